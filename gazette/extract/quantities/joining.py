"""Figures that go on behind their unit: ranges, products, tenths, amounts in two units, units printed only once.

Takes the text, the place of a figure (start, end of its number, end) and its reading; gives reading and ends of the
whole figure.
"""

from __future__ import annotations

import re

from gazette.extract.model import Kind, Qualifier
from gazette.extract.quantities.figures import UNITS, Groups, match_figure
from gazette.extract.quantities.lexicon import MEASURES
from gazette.extract.quantities.patterns import CHINESE, CROSSES, RANGES
from gazette.extract.quantities.reading import Reading, in_base_units, low_of_range, read

Place = tuple[int, int, int]  # start, end of the number, end
Joined = tuple[Reading, int, int]  # reading, end of the number, end

NUMERALS = CHINESE | frozenset("0123456789")
GOES_ON = NUMERALS | RANGES | CROSSES | {"又"}
LIST_LINKS = frozenset("、和与及")
_COMPOUND = frozenset({Kind.MONEY, Kind.DURATION})
_LIST_REACH = 6
_HEAD_REACH = 16
_HEAD = re.compile("[（(](?:单位[:：])?([^（）()，。]{1,6})[）)][:： ]*$")


def extend(text: str, place: Place, reading: Reading) -> tuple[Reading, int, int]:
    """The figure with what goes on behind it: a range, a product (2×350兆瓦) or a smaller unit (8天20小时)."""
    _, number_end, end = place
    char = text[end]
    if char in RANGES:
        return _range(text, place, reading) or (reading, number_end, end)
    if char in CROSSES:
        return _product(text, end, reading) or (reading, number_end, end)
    if reading.is_share and char in NUMERALS:
        return _tenths(text, place, reading)
    if reading.unit is not None and reading.unit.kind in _COMPOUND:
        reading, end = _compound(text, end, reading)
    return reading, number_end, end


def _tenths(text: str, place: Place, reading: Reading) -> tuple[Reading, int, int]:
    """三成五 is 35 percent, where nothing is counted by the 五."""
    _, number_end, end = place
    figure = match_figure(text, end)
    digit = read((figure.number, None, None, None, None)) if figure and len(figure.number) == 1 else None
    if digit is None or not 0 < digit.value < 10 or UNITS.find_end(text, end + 1, len(text)):
        return reading, number_end, end
    return (
        reading._replace(value=reading.value + digit.value, place=digit.place),
        number_end,
        end + 1,
    )


def _range(text: str, place: Place, left: Reading) -> tuple[Reading, int, int] | None:
    """`5%—6%`, `3至5万人`, `6—10℃`: the whole range, if one goes on at `place[2]`."""
    start, _, end = place
    at = end + 2 if text.startswith("——", end) else end + 1
    if at >= len(text) or text[at] not in NUMERALS:
        return None
    if text[end] == "到" and left.unit is not None and start and text[start - 1] in "从由自":
        return None
    figure = match_figure(text, at)
    right = read(figure.groups) if figure else None
    if figure is None or right is None or right.round_figure or right.qualifier is Qualifier.RANGE:
        return None
    if right.unit is None and right.number.isdigit():
        return None  # 从0到1, 2023—2024赛季
    low = low_of_range(left, right)
    if low is None or low >= right.value:
        return None
    middle = (low + right.value) / 2
    reading = right._replace(
        value=middle,
        low=low,
        high=right.value,
        qualifier=Qualifier.RANGE,
        chinese=False,
    )
    return reading, figure.number_end, figure.end


def _product(text: str, end: int, left: Reading) -> tuple[Reading, int, int] | None:
    if left.unit is not None or end + 1 >= len(text) or text[end + 1] not in NUMERALS:
        return None
    figure = match_figure(text, end + 1)
    right = read(figure.groups) if figure else None
    if figure is None or right is None or right.unit is None or right.unit.kind is not Kind.OTHER:
        return None
    return right._replace(value=left.value * right.value), figure.number_end, figure.end


def _compound(text: str, end: int, reading: Reading) -> tuple[Reading, int]:
    while reading.qualifier is Qualifier.EXACT and end < len(text):
        at = end + 1 if text[end] in "又零" else end
        figure = match_figure(text, at) if at < len(text) and text[at] in NUMERALS else None
        part = read(_goes_on_as(figure.groups, reading)) if figure and figure.unit else None
        if figure is None or part is None or not _continues(reading, part):
            break
        reading = reading._replace(value=reading.value + part.value, place=part.place, qualifier=part.qualifier)
        end = figure.end
    return reading, end


def _goes_on_as(groups: Groups, reading: Reading) -> Groups:
    """Behind an amount of money 分 is a cent, behind a number of days 时 an hour."""
    money = reading.unit is not None and reading.unit.kind is Kind.MONEY
    if money and groups[2] == "分":
        return (groups[0], None, "分钱", None, None)
    return (groups[0], None, "小时", None, None) if not money and groups[2] == "时" else groups


def _continues(reading: Reading, part: Reading) -> bool:
    """Whether `part` goes on with `reading` in another, as a rule smaller unit: 8天20小时, 两天又一个月."""
    if part.unit is None or reading.unit is None or part.unit.name != reading.unit.name:
        return False
    return part.unit.factor * reading.unit.divisor != reading.unit.factor * part.unit.divisor


def take_unit_behind(text: str, end: int, reading: Reading) -> Reading:
    """110万亿、120万亿、130万亿元: a figure of a list takes the unit of measure that only the last one prints."""
    number, at = reading.number, end
    if number.isdigit() and len(number) < 2:
        return reading
    for _ in range(_LIST_REACH):
        figure = match_figure(text, at + 1) if at + 1 < len(text) and text[at] in LIST_LINKS else None
        part = read(figure.groups) if figure else None
        if figure is None or part is None:
            break
        if part.unit is not None:
            measured = part.unit.kind in MEASURES or part.unit.kind is Kind.OTHER
            return in_base_units(reading._replace(unit=part.unit)) if measured else reading
        at = figure.end
    return reading


def _one_of(words: str) -> Groups:
    """One of what the words name, as a figure's groups: 亿元 is 1亿元."""
    figure = match_figure(f"1{words}", 0)
    if figure and figure.end == len(words) + 1:
        return figure.groups
    return ("1", None, words, None, None)  # read as one number, a unit may lose its head: 1百 and 分点


def take_unit_of_head(text: str, start: int, reading: Reading) -> Reading:
    """总投资（亿元）：10.00: a bare number takes the unit that stands in brackets before it."""
    head = _HEAD.search(text, max(0, start - _HEAD_REACH), start)
    one = read(_one_of(head[1])) if head else None
    if one is None or one.unit is None or one.qualifier is not Qualifier.EXACT:
        return reading
    return reading._replace(value=reading.value * one.value, place=reading.place * one.value, unit=one.unit)
