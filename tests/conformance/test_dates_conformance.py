"""The date cases of the Chinese specs of Microsoft Recognizers-Text (../shared/conformance), run against `find_dates`.

Every case passes, or is listed in dates_listed.toml with its reason; a listed case that passes fails the run, so that
the list stays as short as the truth. Durations are tested with the quantities.

What differs by design, and is allowed for here: their ends of whole years and months are exclusive (ours is the last
day), their span takes in 从, 自, 截止到, 开始 (ours is the date), and of their two readings ours is the past one.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from gazette.extract.periods import DateRole, DateSpan, find_dates
from tests.conformance.cases import CASES, Case, check_list, check_listed_or_passes, read_cases, read_listed

LISTED = read_listed("dates_listed.toml")
ONLY = re.compile(r"DateTime/Chinese/(?!DurationParser)")
FOLD = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
ALLOWED = 8  # of the whole suite 8 % may be listed; the dates' part of it


def find_wanted_days(resolution: dict[str, Any]) -> list[tuple[date, date]]:
    """All pairs of first and last day that the case accepts; an open end is `date.min` or `date.max`."""
    readings = resolution.get("values") or [resolution["PastResolution"], resolution["FutureResolution"]]
    pairs = []
    for reading in readings:
        day = reading.get("date") or reading.get("value")
        first, last = reading.get("startDate") or reading.get("start"), reading.get("endDate") or reading.get("end")
        if day:
            first = last = day
        pairs.append((to_day(first, date.min), to_day(last, date.max)))
    return pairs


def to_day(text: str | None, otherwise: date) -> date:
    return date.fromisoformat(text) if text and text[:1].isdigit() else otherwise


def is_same(span: DateSpan, wanted: tuple[date, date], reference: date) -> bool:
    first, last = wanted
    if span.role is DateRole.SINCE:
        return span.first == first and span.last == reference
    if first == date.min:  # their "before 2018" is our "up to the end of 2018"
        return span.role is DateRole.UNTIL and last.year == span.last.year
    ends = {span.last, span.last + timedelta(1), span.last.replace(month=1, day=1)}
    return span.first == first and last in ends


def check_case(case: Case) -> None:
    text = case["input"].translate(FOLD)
    reference = datetime.fromisoformat(case["reference"]).date()
    found = find_dates(text, reference)
    assert len(found) == len(case["results"]), [text[span.start : span.end] for span in found]
    for span, wanted in zip(found, case["results"], strict=True):
        head = len(re.match(r"(?:从|自|截止到)?", wanted["text"]).group())  # type: ignore[union-attr]
        assert span.start == wanted["start"] + head
        assert text[span.start : span.end] == re.sub("^(?:从|自|截止到)|开始$", "", wanted["text"])
        assert any(is_same(span, days, reference) for days in find_wanted_days(wanted["resolution"]))


@pytest.mark.skipif(not CASES.exists(), reason="the conformance suite is not here")
@pytest.mark.parametrize("name", sorted(read_cases(ONLY)))
def test_case_passes_or_is_listed(name: str) -> None:
    check_listed_or_passes(name, read_cases(ONLY)[name], LISTED, check_case)


@pytest.mark.skipif(not CASES.exists(), reason="the conformance suite is not here")
def test_list_names_existing_cases_and_stays_short() -> None:
    check_list(LISTED, read_cases(ONLY), ALLOWED)
