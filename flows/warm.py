"""Loads all that a run needs, so that a process made ready beforehand begins its run at once: the flow, the gates (some
seconds), the places and the rules."""

from __future__ import annotations

from datetime import date

SAMPLE = "截至3月5日，全区规模以上工业企业80家已复工60家，总投资3.2亿元的项目开工2个，返岗员工1.5万人。"


def warm_up() -> None:
    import flows.pipeline  # noqa: F401
    from gazette.clean import clean
    from gazette.extract import extract
    from tasks import validate

    validate.warm_up()
    validate.find_region_codes()
    extract(clean(SAMPLE), date(2020, 3, 6), "500110")
