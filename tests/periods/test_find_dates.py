"""`find_dates` on our own cases (dates.toml): one value, many spellings."""

from __future__ import annotations

import itertools
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazette.extract.periods import DateRole, find_dates
from gazette.extract.periods.festivals import load_festivals
from gazette.extract.periods.grammar import WORDS

DATA = tomllib.loads(Path(__file__).with_name("dates.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", DATA["cases"], ids=lambda row: f"{row[0]} {row[1]} {row[2]}")
def test_date_is_read(row: list[Any]) -> None:
    issue, text, printed, first, last, grain, role = row[:7]
    found = {text[span.start : span.end]: span for span in find_dates(text, date.fromisoformat(issue))}
    assert printed in found
    span = found[printed]
    assert (str(span.first or ""), str(span.last)) == (first, last)
    assert (span.grain, span.role) == (grain, role)
    if len(row) > 7:
        assert str(span.next_last) == row[7]


@pytest.mark.parametrize("text", DATA["none"])
def test_no_date_is_read(text: str) -> None:
    assert find_dates(text, date(2020, 4, 10)) == []


def test_dates_are_in_order_and_do_not_overlap() -> None:
    text = "2月21日复工以来，截至3月底到岗80人，较2019年末多9人，力争6月底前满员"
    spans = find_dates(text, date(2020, 4, 10))
    assert [text[span.start : span.end] for span in spans] == ["2月21日复工以来", "3月底", "2019年末", "6月底"]
    assert all(left.end <= right.start for left, right in itertools.pairwise(spans))


@pytest.mark.parametrize(
    "word", [*WORDS.day, *WORDS.now, *WORDS.recent, *WORDS.year, *WORDS.month, *WORDS.week, *load_festivals()]
)
def test_every_listed_word_is_found(word: str) -> None:
    spans = find_dates(f"市里{word}有雨", date(2020, 4, 10))
    assert [(span.start, span.end) for span in spans] == [(2, 2 + len(word))]


@given(
    text=st.text(
        "0123456789一二三十零年月日号至今前后上下半季度初底末旬来以“”（）—到春节周截内近未个，。", max_size=40
    ),
    issue=st.dates(date(1990, 1, 1), date(2060, 12, 31)),
)
def test_any_text_gives_spans_in_order_and_days_in_order(text: str, issue: date) -> None:
    spans = find_dates(text, issue)
    ends = [0, *(offset for span in spans for offset in (span.start, span.end)), len(text)]
    assert ends == sorted(ends)
    dated = [span for span in spans if span.role is not DateRole.SINCE and span.first is not None]
    assert all(span.first <= span.last for span in dated if span.first)
