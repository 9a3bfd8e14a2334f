"""What holds of any text: the promises that `make fuzz` looks for breaches of, by examples drawn at random, and the
texts that once broke one."""

from __future__ import annotations

import sys
import tomllib
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from benchmarks.linearity import load_units
from fuzz import promises
from gazette.clean import clean
from gazette.extract import extract
from gazette.extract.model import Basis, Extraction, Kind, Qualifier, Reason
from gazette.extract.periods.dates import find_dates
from gazette.extract.quantities import find_quantities
from gazette.extract.quantities.lexicon import load_units as load_measures

WORDS = Path(promises.__file__).with_name("words.txt").read_text(encoding="utf-8").split()
CASES = tomllib.loads(Path(__file__).with_name("cases.toml").read_text(encoding="utf-8"))["case"]
SENTENCES = [
    unit for name, unit in load_units().items() if name in ("ordinary", "money_clause", "loan", "wrapped", "brief")
]
TEXTS = st.lists(st.sampled_from([*WORDS, "\n", " ", *SENTENCES]) | st.text(max_size=3), max_size=25).map("".join)
DAY, REGION = promises.DAY, promises.REGION
slowly = settings(deadline=None, derandomize=True, max_examples=120)


@slowly
@given(st.binary(max_size=200) | TEXTS.map(str.encode) | TEXTS.map(lambda text: text.encode("gb18030", "replace")))
def test_bytes_are_a_text_or_a_reason(data: bytes) -> None:
    promises.check_decoding(data)


@slowly
@given(TEXTS)
def test_cleaning_keeps_its_promises(text: str) -> None:
    promises.check_cleaning(text)


@slowly
@given(TEXTS)
def test_extraction_keeps_its_promises(text: str) -> None:
    promises.check_extraction(text)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["was"])
def test_what_once_broke_a_promise(case: dict[str, Any]) -> None:
    promises.check_cleaning(case["text"])
    promises.check_extraction(case["text"])


# -- dates and units


@slowly
@given(st.dates(date(1950, 1, 1), date(2069, 12, 31)), st.sampled_from(["{y}年{m}月{d}日", "{y}年{m:02}月{d:02}日"]))
def test_a_full_date_is_read_back_whatever_day_the_issue_is_of(day: date, form: str) -> None:
    printed = form.format(y=day.year, m=day.month, d=day.day)
    text = f"截至{printed}，复工12家。"
    spans = [each for each in find_dates(text, DAY) if text[each.start : each.end].endswith(printed)]
    assert [each.last for each in spans] == [day]
    (number,) = [quantity for quantity in find_quantities(text) if quantity.kind is not Kind.DATE]
    assert text[number.start : number.end] == "12家"


@slowly
@given(st.dates(date(2000, 1, 1), date(2069, 12, 31)), st.integers(0, 120))
def test_a_day_without_a_year_is_that_of_the_months_before_the_issue(issue: date, ago: int) -> None:
    day = date.fromordinal(issue.toordinal() - ago)
    text = f"截至{day.month}月{day.day}日，复工12家。"
    (span,) = find_dates(text, issue)
    assert span.last == day


MEASURES = sorted(text for text, unit in load_measures().items() if unit.kind in (Kind.MONEY, Kind.AREA, Kind.MASS))


@slowly
@given(st.sampled_from(MEASURES), st.decimals("0.1", 10**6, places=1))
def test_a_unit_multiplies_exactly_and_its_span_is_what_is_printed(unit: str, number: Decimal) -> None:
    assume("年" not in unit)
    text = f"合计{number}{unit}。"
    (quantity,) = find_quantities(text)
    measure = load_measures()[unit]
    assert text[quantity.start : quantity.end] == f"{number}{unit}"
    assert quantity.value == number * measure.factor / measure.divisor
    assert quantity.qualifier in (Qualifier.EXACT, Qualifier.MORE_THAN)


# -- cutting a text between two paragraphs


def tell_mentions(extraction: Extraction) -> list[tuple[Any, ...]]:
    """What is printed, and where it was filed: what a paragraph says by itself. A statement said again in another
    paragraph is told by the first of them, so whether it is a duplicate is no matter of its own."""
    return [
        (*one.quantity[4:], one.column, one.record.table if one.record else None, _settle(one.reason))
        for one in extraction.mentions
    ]


def _settle(reason: Reason | None) -> Reason | None:
    return None if reason is Reason.DUPLICATE else reason


def tell_records(extraction: Extraction, text: str) -> list[tuple[Any, ...]]:
    """Everything that a record says, but for where in the text."""
    return [
        (
            *(one.table, one.kind, one.rule, one.modality, one.scope, one.entity, one.lender),
            {column: quantity[4:] for column, quantity in one.cells.items()},
            *(text[one.quote_start : one.quote_end], one.period, one.place),
        )
        for one in extraction.records
    ]


COUNTIES = ("綦江区", "大渡口区", "江津区", "永川区", "合川区")
FIGURES = st.integers(20, 99_999)


@st.composite
def paragraphs(draw: st.DrawFn) -> list[str]:
    """Paragraphs that say their own day and place, with figures that stand nowhere else; and some that do not."""
    numbers = iter(draw(st.lists(FIGURES, min_size=40, max_size=40, unique=True)))
    told = []
    for place in draw(st.lists(st.sampled_from(COUNTIES), min_size=2, max_size=6)):
        day = draw(st.integers(1, 8))
        form = draw(
            st.sampled_from(
                [
                    "截至3月{d}日，{p}规模以上工业企业复工{a}家，返岗员工{b}人。",
                    "3月{d}日，{p}集中开工项目{a}个，总投资{b}万元。其中，农业项目{c}个。",
                    "截至3月{d}日，{p}各银行为{a}家企业发放贷款{b}万元。",
                    "3月{d}日，{p}举行招聘会，提供岗位{a}个，{b}人达成就业意向。",
                    "目前，{p}已有{a}家企业开工，产值{b}万元。",
                ]
            )
        )
        told.append(form.format(d=day, p=place, a=next(numbers), b=next(numbers), c=next(numbers)))
    return told


@slowly
@given(paragraphs(), st.data())
def test_cutting_a_text_between_paragraphs_changes_no_record(told: list[str], data: st.DataObject) -> None:
    """Paragraphs that say day and place themselves: the records of both parts are those of the whole, each field."""
    at = data.draw(st.integers(1, len(told) - 1))
    whole, *parts = ("\n".join(lines) for lines in (told, told[:at], told[at:]))
    found, *cut = (extract(clean(text), DAY, "500000") for text in (whole, *parts))
    assume(all(one.place == found.place for one in cut))  # of the issue: the default where nothing is said
    told_by_parts = [row for one, text in zip(cut, parts, strict=True) for row in tell_records(one, text)]
    assert told_by_parts == tell_records(found, whole)
    assert [row for one in cut for row in tell_mentions(one)] == tell_mentions(found)


@slowly
@given(st.lists(st.sampled_from([*SENTENCES[:3], *CASES[0]["lines"]]), min_size=2, max_size=8), st.data())
def test_what_a_paragraph_says_by_itself_is_the_same_wherever_it_stands(lines: list[str], data: st.DataObject) -> None:
    """Any paragraphs, with inherited days and places, and said again: figures, units and qualifiers are those of the
    whole; before the cut, so are days and places, because a text is read from the top."""
    told = [line.strip() for line in lines]
    at = data.draw(st.integers(1, len(told) - 1))
    whole, *parts = ("\n".join(some) for some in (told, told[:at], told[at:]))
    found, *cut = (extract(clean(text), DAY, "500000") for text in (whole, *parts))
    assert [one.quantity[4:] for part in cut for one in part.mentions] == [one.quantity[4:] for one in found.mentions]
    assume(cut[0].place == found.place)
    upper = [record for record in found.records if record.quote_end <= len(parts[0])]
    again = {id(one.record) for one in found.mentions if one.reason is Reason.DUPLICATE}
    own = [(r.period, r.place, r.table, r.kind) for r in upper if id(r) not in again]
    alone = [(r.period, r.place, r.table, r.kind) for r in cut[0].records]
    assert all(alone.count(row) >= own.count(row) for row in own)


# -- growth


def count_steps(text: str) -> int:
    """How many lines of Python reading `text` takes: a measure of work that no other load on the machine sways."""
    steps = 0

    def trace(_frame: object, event: str, _arg: object) -> Any:
        nonlocal steps
        steps += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        extract(clean(text), DAY, REGION)
    finally:
        sys.settrace(before)
    return steps


@pytest.mark.parametrize("name", ["one_line", "project", "loan", "rate", "heading", "goes_on", "brief", "respectively"])
def test_extraction_works_no_more_than_the_text_grows(name: str) -> None:
    unit = load_units()[name]
    extract(clean(unit), DAY, REGION)
    counts = [count_steps(unit * (length // len(unit))) for length in (3_000, 12_000)]
    assert all(long <= 5 * short for short, long in pairwise(counts)), counts


@pytest.mark.parametrize(
    "text", ["9" * 1_000_000, "一" * 200_000, "其中" * 500_000, "（" * 300_000, "1," * 200_000], ids=lambda t: t[:2]
)
def test_runs_that_are_no_figures_end(text: str) -> None:
    extraction = extract(clean(text), DAY, REGION)
    assert all(one.quantity.end - one.quantity.start <= len(text) for one in extraction.mentions)
    promises.check_parents(extraction)
    assert all(one.period.basis is Basis.ISSUE for one in extraction.records)
