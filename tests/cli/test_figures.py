"""How figures are written for reading."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cli.figures import Number, write_figure


@pytest.mark.parametrize(
    ("value", "unit", "qualifier", "written"),
    [
        (6481, "enterprise", "exact", "6,481"),
        (20693000000.0, "CNY", "exact", "206.93亿"),
        (Decimal("30000000000"), "CNY", "more_than", ">300亿"),
        (6064470000000.0, "CNY", "at_least", "≥6.06447万亿"),
        (35410700, "CNY", "exact", "3,541.07万"),
        (9800, "CNY", "exact", "9,800"),
        (99.0, "percent", "at_least", "≥99%"),
        (-3.5, "percent", "exact", "-3.5%"),
        (2300, "person", "about", "≈2,300"),
        (100, "person", "nearly", "<100"),
        (100, "person", "at_most", "≤100"),
        (0, "person", None, "0"),
    ],
)
def test_values(value: Number, unit: str, qualifier: str | None, written: str) -> None:
    assert write_figure(value, unit, qualifier) == written


def test_a_range_is_written_as_its_two_ends() -> None:
    assert write_figure(5.5, "percent", "range", 5, 6) == "5–6%"
    assert write_figure(40000, "person", "range", 30000, 50000) == "30,000–50,000"
