"""What a numeral is not: an article, an idiom, part of a name, a label.

`is_figure` asks whether a numeral in words prints a figure at all, `find_name_kind` whether a figure is an ordinal or
a label instead of a quantity.
"""

from __future__ import annotations

from gazette.extract.model import Kind, Qualifier
from gazette.extract.quantities import context
from gazette.extract.quantities.lexicon import MEASURES
from gazette.extract.quantities.patterns import BIG, DIGITS, SMALL
from gazette.extract.quantities.reading import Reading

_LISTED_UNITS = frozenset({"country", "place", "institution", "enterprise"})
# 这一年, 新的一年, 唯一: 一 is an article or part of a word.
_NOT_RANKED = frozenset("目此之以日年月当先提")  # 目前1300名员工 are no first 1300
_ARTICLE_AFTER = frozenset("这那每某同新又有此上下前后头全进唯统任另首各哪何的键")
_ROUND_QUALIFIERS = (Qualifier.MORE_THAN, Qualifier.AT_LEAST, Qualifier.ABOUT)


def is_figure(text: str, start: int, end: int, reading: Reading, approximated: bool) -> bool:
    """Whether a numeral in words prints a figure: no articles, no bare 千万, no numerals of weekdays."""
    unit, number = reading.unit, reading.number
    before = text[start - 1] if start else ""
    if before and before in "周初拜" and number in "一二三四五六":
        return False
    if number == "一":
        return _is_one(reading, before)
    if number == "半":
        return unit is not None and unit.kind is Kind.DURATION and not (before and before in "上下前后大小多")
    if before and before in "几数幾" and number[0] in SMALL + BIG:
        return False
    if reading.round_figure and number[0] != "十":
        return _is_round_figure(text, end, reading, before, approximated)
    if len(number) > 1 and not number.strip(DIGITS) and reading.qualifier is not Qualifier.RANGE:
        return False  # 唯一一座: digits in a row are no number but in a year
    if number == "二" and unit is not None and unit.kind is Kind.COUNT:
        return False  # 二次, 二手: the second, for two of them are 两次
    if unit is None:
        vague = approximated or reading.qualifier is not Qualifier.EXACT
        return number[-1] in BIG or (vague and number[-1] in SMALL)
    return (
        not unit.digits_only
        or len(number) > 1
        or number == "十"
        or (unit.name in _LISTED_UNITS and context.is_after_list(text, start))
    )


def _is_one(reading: Reading, before: str) -> bool:
    unit = reading.unit
    if unit is None or not (unit.one or unit.inner) or unit.digits_only:
        return False
    return unit.kind is not Kind.DURATION or before not in _ARTICLE_AFTER


def _is_round_figure(text: str, end: int, reading: Reading, before: str, approximated: bool) -> bool:
    """百, 千万 and the like without a digit: figures when approximated (上百, 百余), or as amounts (百亿元, 万吨)."""
    unit, large = reading.unit, len(reading.number) > 1
    if before and before in "每好若":
        return False
    if approximated or reading.qualifier in (
        Qualifier.MORE_THAN,
        Qualifier.AT_LEAST,
        Qualifier.ABOUT,
    ):
        return True
    if unit is None:
        return large and context.is_size_class(text, end, reading.number)
    if unit.kind is Kind.MONEY:
        return (large and not (before and before in "（(：位")) or text.startswith("级", end)
    return unit.kind in (Kind.MASS, Kind.AREA) or (large and (unit.kind in MEASURES or unit.kind is Kind.OTHER))


def find_name_kind(text: str, place: tuple[int, int, int], reading: Reading, approximated: bool) -> Kind | None:
    """Label or ordinal where the figure is part of a name or a quoted pattern; None for a quantity."""
    start, number_end, end = place
    unit = reading.unit
    if unit is not None and unit.kind in (Kind.LABEL, Kind.ORDINAL):
        return unit.kind
    if context.is_joined(text, start, end) or context.in_title(text, start):
        return Kind.LABEL
    if unit is None:
        if not approximated and not reading.chinese and context.is_bare_label(text, start, number_end, reading):
            return Kind.LABEL
        return Kind.LABEL if context.is_quoted(text, start, reading.chinese) else None
    if unit.label_before and text.startswith(unit.label_before, end):
        return Kind.LABEL
    if context.is_in_name(text, start, reading):
        return Kind.LABEL
    if unit.kind in MEASURES:
        return None
    before = text[max(0, start - 2) : start]
    if unit.text in "位名" and before.endswith("前") and before[0] not in _NOT_RANKED:
        return Kind.ORDINAL
    if unit.text == "小时" and not approximated and context.is_round_the_clock(text, start, end, reading):
        return Kind.LABEL
    return Kind.LABEL if context.is_quoted(text, start, reading.chinese) else None
