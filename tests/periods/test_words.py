"""The data of the date reader is checked on load; festivals fall on the days of the calendar."""

from __future__ import annotations

from datetime import date

import pytest

from gazette.extract.periods.festivals import load_festivals, parse_festivals
from gazette.extract.periods.words import FILE, parse_words, read_toml


def test_unknown_word_list_is_refused() -> None:
    with pytest.raises(ValueError, match=r"words\.toml: unknown key 'someday'"):
        parse_words(read_toml(FILE) | {"someday": ["他日"]})


def test_unknown_role_is_refused() -> None:
    raw = read_toml(FILE)
    raw["role"]["hearsay"] = ["听说"]
    with pytest.raises(ValueError, match=r"words\.toml: role: unknown key 'hearsay'"):
        parse_words(raw)


def test_missing_word_list_is_refused() -> None:
    raw = read_toml(FILE)
    del raw["recent"]
    with pytest.raises(ValueError, match=r"words\.toml: missing key 'recent'"):
        parse_words(raw)


def test_day_wants_two_offsets_in_order() -> None:
    raw = read_toml(FILE)
    raw["day"]["大前天"] = [-2, -3]
    with pytest.raises(ValueError, match="大前天"):
        parse_words(raw)


def test_unknown_festival_key_is_refused() -> None:
    raw = read_toml("festivals.toml")
    raw["festival"]["spring"]["length"] = 7
    with pytest.raises(ValueError, match=r"festivals\.toml: festival\.spring: unknown key 'length'"):
        parse_festivals(raw)


@pytest.mark.parametrize(
    ("word", "year", "day"),
    [
        ("春节", 2020, "2020-01-25"),
        ("春节", 2033, "2033-01-31"),
        ("中秋", 2025, "2025-10-06"),
        ("端午节", 2025, "2025-05-31"),
    ],
)
def test_lunar_day(word: str, year: int, day: str) -> None:
    assert load_festivals()[word].find_day(year) == date.fromisoformat(day)


def test_days_off_are_those_published() -> None:
    assert load_festivals()["春节"].find_holiday(2020) == (date(2020, 1, 24), date(2020, 2, 2))


def test_year_without_published_days_off_takes_the_usual_length() -> None:
    assert load_festivals()["国庆"].find_holiday(2044) == (date(2044, 10, 1), date(2044, 10, 7))
