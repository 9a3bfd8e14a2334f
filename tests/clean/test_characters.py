"""Folding is one to one."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from gazette.clean.characters import INVISIBLE, fold


def test_digits_letters_and_marks_are_folded_and_punctuation_stays() -> None:
    assert fold("１２ＡＺａｚ％．＋－／") == "12AZaz%.+-/"
    assert fold("，。；：！？（）“”、㎡…①") == "，。；：！？（）“”、㎡…①"


def test_every_blank_is_a_space_and_every_line_end_a_line_feed() -> None:
    assert fold("\u3000\xa0\t\u2003") == "    "
    assert fold("\r\x0b\x0c\u2028\u2029\x85") == "\n" * 6


def test_invisible_characters_are_marked_for_removal() -> None:
    assert fold("\ufeff\u00ad\u200b\u200d\u2060\ufe0f\x07") == INVISIBLE * 7


@given(st.text())
def test_folding_keeps_length_and_is_done_once(text: str) -> None:
    folded = fold(text)
    assert len(folded) == len(text)
    assert fold(folded) == folded


@given(st.characters(categories=["Nd"]))
def test_folding_keeps_the_value_of_every_digit(digit: str) -> None:
    assert unicodedata.digit(fold(digit)) == unicodedata.digit(digit)
