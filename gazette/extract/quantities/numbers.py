"""Finds bare numbers: numerals of any script, whether or not a unit follows.

The pipeline reads figures with their units (`find_quantities`); this is for text where a number stands alone (a table
cell, a value typed by a user) and for comparing the numerals with other readers.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from gazette.extract.quantities import context
from gazette.extract.quantities.figures import UNITS
from gazette.extract.quantities.numerals import parse_numeral

_DIGITS = "〇零一二三四五六七八九"
_TWO = "两兩"
_FORMAL = "壹贰叁肆伍陆柒捌玖貳參陸"
_SMALL = "十百千拾佰仟"
_BIG = "万亿萬億兆"
_CHARS = _DIGITS + _TWO + _FORMAL + _SMALL + _BIG
_MORE = "多余几馀餘幾"
_SIGNS = "-−负負"
_BLANK = rf"(?<=[{_CHARS}分之])\s+(?=[0-9{_CHARS}点點分之{_MORE}])|(?<=[0-9])\s+(?=[{_CHARS}点點分之{_MORE}])"
_ARABIC = r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?|(?<![.0-9])\.[0-9]+"
_WORDS = rf"半?[{_CHARS}]+(?:[{_MORE}][{_BIG}]+)?(?:[点點][{_DIGITS}{_FORMAL}]+)?"
_MIXED = rf"(?:{_ARABIC})(?:[{_MORE}]?[{_SMALL}{_BIG}]+(?:[零〇]?[0-9]+[{_SMALL}{_BIG}]*)*)?"
_NUMBER = rf"(?:{_MIXED}|{_WORDS})"
_FRACTION = rf"({_NUMBER})分之({_NUMBER})"
_ALONE_BEFORE = frozenset("是为“‘（(、，：:和或")
_ALONE_AFTER = frozenset("的和与或而这”’）)个雙對双对")


class Number(NamedTuple):
    """A number at `[start, end)` of the text, and its exact value."""

    start: int
    end: int
    value: Decimal


@cache
def _compile(pattern: str) -> re.Pattern[str]:
    """Compiled at the first use: the pipeline uses none of them."""
    return re.compile(pattern)


def find_numbers(text: str) -> list[Number]:
    """Every number of `text`, in order; words that only contain a numeral (一切, 四川, 队伍) are none."""
    squeezed, places = _squeeze(text)
    found: list[Number] = []
    position = 0
    find, fractions = _compile(_NUMBER), _compile(_FRACTION)
    while match := find.search(squeezed, position):
        fraction = fractions.match(squeezed, match.start())
        start, end = match.start(), (fraction or match).end()
        position = end
        exception = context.find_exception(squeezed, start)
        if exception is not None:
            position = max(exception[1], start + 1)
            continue
        value = _fraction_value(fraction) if fraction else _value(squeezed, match)
        if value is None:
            continue
        if start and squeezed[start - 1] in _SIGNS:
            start, value = start - 1, -value
        found.append(Number(places[start], places[end - 1] + 1, value))
    return found


def _squeeze(text: str) -> tuple[str, list[int]]:
    """The text without the blanks inside numerals, and the place of every kept character."""
    places = list(range(len(text)))
    for match in reversed(list(_compile(_BLANK).finditer(text))):
        del places[match.start() : match.end()]
    return "".join(text[place] for place in places), places


def _fraction_value(match: re.Match[str]) -> Decimal | None:
    below, above = _parse(match[1]), _parse(match[2])
    return above / below if below and above is not None else None


def _value(text: str, match: re.Match[str]) -> Decimal | None:
    words = match[0]
    if words[0] in "0123456789." or _stands_alone(text, match.start(), match.end()):
        return _parse(words)
    return None


def _parse(words: str) -> Decimal | None:
    plain = words.translate(_DROP_MORE)
    try:
        if plain[0] == "半":
            return parse_numeral(plain[1:]).value / 2
        return parse_numeral("0" + plain if plain[0] == "." else plain).value
    except ValueError:
        return None


_DROP_MORE = dict.fromkeys(map(ord, _MORE))


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether a numeral in words is a number here: of several signs, or one that no word swallows."""
    words = text[start:end]
    if not words.strip(_BIG + _SMALL) and len(words) > 1:
        return False  # 万万
    if len(words) > 1:
        return not (len(words) == 2 and not words.strip(_DIGITS + _TWO))  # 两两
    after = text[end] if end < len(text) else ""
    if words in _FORMAL + "拾佰仟":
        return text[start - 1 : start] in _ALONE_BEFORE and not ("\u4e00" <= after <= "\u9fff")
    return not ("\u4e00" <= after <= "\u9fff") or after in _ALONE_AFTER or UNITS.find_end(text, end, len(text)) > 0
