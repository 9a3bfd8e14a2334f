"""Printed numerals to exact decimals: Arabic, Chinese, formal and mixed (3万4000, 一万五千亿, 肆佰陸拾).

Takes the bare numeral (no unit, no approximator), gives its value and the place value of its last non-zero digit
(300 亿 gives 100 亿), which `low` and `high` of a mention are counted in. Everything stays `Decimal`.
"""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

DIGITS = {
    char: value
    for value, chars in enumerate(
        (
            "〇零",
            "一壹幺",
            "二两贰兩貳",
            "三叁參叄",
            "四肆",
            "五伍",
            "六陆陸",
            "七柒",
            "八捌",
            "九玖",
        )
    )
    for char in chars
}
_SMALL = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_BIG = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8, "兆": 10**12}
_SCALES = {**_SMALL, **_BIG}
_TOKEN = re.compile(r"[0-9][0-9,]*(?:\.[0-9]+)?|\.[0-9]+|.")
_POINT = re.compile(r"^(.*?)[点點](.+?)([万萬亿億兆]*)$")
_PLAIN = re.compile(r"([0-9][0-9,]*(?:\.[0-9]+)?)([十百千万亿]*)$")
_ONE = Decimal(1)


class Numeral(NamedTuple):
    """A number and the place value of its last non-zero digit, both exact."""

    value: Decimal
    place: Decimal


_ZERO = Numeral(Decimal(0), _ONE)


class _Digit(NamedTuple):
    value: Decimal
    arabic: bool


def parse_numeral(text: str) -> Numeral:
    """The value of a printed numeral without blanks; `ValueError` where it is none (三点, 百五一)."""
    plain = _PLAIN.match(text)
    if plain:
        return _parse_plain(plain[1], plain[2])
    point = _POINT.match(text)
    return _parse_decimal(*point.groups()) if point else _evaluate(_tokens(text))


def _parse_plain(digits: str, scales: str) -> Numeral:
    """The common case, without tokens: 98.3, 12468, 6.4万, 1.2万亿."""
    value = Decimal(digits.replace(",", ""))
    factor = 1
    for char in scales:
        factor *= _SCALES[char]
    return Numeral(value * factor, _place_of(value) * factor)


def _parse_decimal(whole: str, fraction: str, scales: str) -> Numeral:
    digits = "".join(str(_digit(char)) for char in fraction)
    base = parse_numeral(whole) if whole else _ZERO
    total = _sum(base, Numeral(Decimal(f"0.{digits}"), _place_of(Decimal(f"0.{digits}"))))
    for char in scales:
        total = _times(total, _BIG[char])
    return total


def _digit(char: str) -> int:
    if char in DIGITS:
        return DIGITS[char]
    if char in "0123456789":
        return int(char)
    raise ValueError(f"no digit: {char!r}")


def _tokens(text: str) -> list[_Digit | str]:
    tokens: list[_Digit | str] = []
    for part in _TOKEN.findall(text):
        if part in _SCALES:
            tokens.append(part)
        elif part in DIGITS:
            tokens.append(_Digit(Decimal(DIGITS[part]), arabic=False))
        elif part[0] in "0123456789.":
            tokens.append(_Digit(Decimal(part.replace(",", "")), arabic=True))
        else:
            raise ValueError(f"no numeral: {text!r}")
    if not tokens:
        raise ValueError("empty numeral")
    return _joined(tokens)


def _joined(tokens: list[_Digit | str]) -> list[_Digit | str]:
    """Runs of Chinese digits without scales are read like Arabic ones (二〇二五); 零 elsewhere is only a filler."""
    if len(tokens) > 1 and all(isinstance(t, _Digit) and not t.arabic for t in tokens):
        digits = "".join(str(t.value) for t in tokens if isinstance(t, _Digit))
        return [_Digit(Decimal(digits), arabic=True)]
    for left, right in pairwise(tokens):
        if isinstance(left, _Digit) and isinstance(right, _Digit) and left.value:
            raise ValueError("two digits in a row inside a numeral")
    return tokens


def _evaluate(tokens: list[_Digit | str]) -> Numeral:
    parts: list[tuple[Numeral, int]] = []  # finished sections with their big scale
    section, digit = _ZERO, None
    previous: _Digit | str | None = None
    last = 1
    for token in tokens:
        if isinstance(token, _Digit):
            digit = Numeral(token.value, _place_of(token.value))
        elif token in _SMALL:
            implied = digit is None or (not digit.value and not isinstance(previous, str))
            section = _sum(
                section,
                _times(
                    Numeral(_ONE, _ONE) if implied or digit is None else digit,
                    _SMALL[token],
                ),
            )
            digit, last = None, _SMALL[token]
        else:
            section = _sum(section, digit) if digit else section
            section, parts = _close_section(section, parts, _BIG[token], isinstance(previous, str))
            parts.append((section, _BIG[token]))
            section, digit, last = _ZERO, None, _BIG[token]
        previous = token
    if digit is not None:
        section = _sum(section, _times(digit, _shorthand(tokens, last)))
    total = _ZERO
    for part, _ in parts:
        total = _sum(total, part)
    return _sum(total, section)


def _close_section(
    section: Numeral, parts: list[tuple[Numeral, int]], scale: int, after_scale: bool
) -> tuple[Numeral, list[tuple[Numeral, int]]]:
    """What a big scale multiplies: the section before it and every finished part of a smaller scale (一万五千亿)."""
    limit = scale if after_scale else scale - 1
    total = _ZERO
    for part, size in parts:
        if size <= limit:
            total = _sum(total, part)
    total = _sum(total, section)
    kept = [(part, size) for part, size in parts if size > limit]
    return _times(total if total.value else Numeral(_ONE, _ONE), scale), kept


def _shorthand(tokens: list[_Digit | str], last: int) -> int:
    """The worth of a closing digit: 一万三 is 13000, 一万零三 is 10003, 3万4000 is 34000."""
    if len(tokens) < 2 or not isinstance(tokens[-2], str):
        return 1
    digit = tokens[-1]
    assert isinstance(digit, _Digit)
    return last // 10 if 0 < digit.value < 10 and digit.value % 1 == 0 else 1


def _sum(left: Numeral, right: Numeral) -> Numeral:
    return Numeral(left.value + right.value, right.place if right.value else left.place)


def _times(number: Numeral, factor: int) -> Numeral:
    return Numeral(number.value * factor, number.place * factor)


def _place_of(value: Decimal) -> Decimal:
    """The place value of the last non-zero digit: 100 for 300, 0.1 for 98.30, 1 for zero."""
    exponent = value.normalize().as_tuple().exponent if value else 0
    assert isinstance(exponent, int)
    return Decimal(1).scaleb(exponent)
