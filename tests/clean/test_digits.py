"""The account of digits sees a digit lost, invented or moved."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gazette.clean import DigitsDamaged, build_digit_balance, check_digits, clean, count_digits

DECODED = "截至３月９日，\n全区 12 家企业复工，三家停产。"


def test_full_width_counts_as_half_width_and_numerals_count() -> None:
    assert count_digits("３3三") == {"3": 2, "三": 1}
    assert count_digits("٣") == {"٣": 1}
    assert not count_digits("没有")


def test_balance_of_a_clean_text_is_even() -> None:
    balance = check_digits(DECODED, clean(DECODED))
    assert balance.even
    assert balance.digits_in == balance.digits_kept == 4


def test_a_lost_digit_is_seen() -> None:
    cleaned = clean(DECODED)
    damaged = replace(cleaned, text=cleaned.text.replace("2", "余"))
    with pytest.raises(DigitsDamaged, match=r"lost \{'2': 1\}") as caught:
        check_digits(DECODED, damaged)
    assert caught.value.balance.digits_kept == 3


def test_an_invented_digit_is_seen() -> None:
    cleaned = clean(DECODED)
    damaged = replace(cleaned, text=cleaned.text.replace("家企", "9企"))
    assert build_digit_balance(DECODED, damaged).invented["9"] >= 1


def test_a_lost_numeral_is_seen() -> None:
    cleaned = clean(DECODED)
    damaged = replace(cleaned, text=cleaned.text.replace("三", "数"))
    assert build_digit_balance(DECODED, damaged).lost == {"三": 1}


def test_digits_that_changed_places_are_seen() -> None:
    cleaned = clean(DECODED)
    damaged = replace(cleaned, text=cleaned.text.replace("12", "21"))
    balance = build_digit_balance(DECODED, damaged)
    assert not balance.even
    assert balance.digits_in == balance.digits_kept
