"""Finds every figure printed in a text: quantities, and dates, ordinals and labels told apart from them.

Takes cleaned text of one block, gives `Quantity` objects in order. Spans come from the match itself. One regex jumps
to the places where a figure may start, one reads number and unit there; what was read is cached by its spelling, and
only what depends on the neighbourhood (approximators before, counted noun, quotes) is looked at each time.
"""

from __future__ import annotations

import string
from decimal import Decimal

from gazette.extract.model import Kind, Qualifier, Quantity
from gazette.extract.quantities import context
from gazette.extract.quantities.lexicon import load_units
from gazette.extract.quantities.numerals import parse_numeral
from gazette.extract.quantities.patterns import (
    AFTER,
    BIG,
    CROSSES,
    DASHES,
    DATE,
    DIGITS,
    FIGURE,
    FORMAL,
    NUMBER,
    SLASH,
    SMALL,
    START,
    UNIT,
)
from gazette.extract.quantities.reading import (
    Groups,
    Reading,
    combine,
    in_base_units,
    low_of_range,
    read,
)

_UNITS = load_units()
_PERCENT = _UNITS["%"]
_CNY = _UNITS["元"]
_CHINESE = frozenset(DIGITS + SMALL + BIG + "半" + FORMAL)
_NUMERALS = _CHINESE | frozenset("0123456789")
_RANGES = frozenset(DASHES + "至到")
_GOES_ON = _NUMERALS | _RANGES | CROSSES | {"又"}
_DATE_UNITS = frozenset({*"年月日号时点:：∶", "月份", "季度", "世纪", "年代"})
_DATE_LINKS = _RANGES | frozenset("、和")
_DATE_ENDS = frozenset("年月日号时点分秒度份底初末旬代纪半整0123456789")
_LASTING = ("连续", "为期", "历时", "长达", "近", "过去", "未来", "用时")
_MEASURES = frozenset({Kind.MONEY, Kind.MASS, Kind.AREA, Kind.RATE, Kind.LENGTH})
_COMPOUND = frozenset({Kind.MONEY, Kind.DURATION})
_LISTED_UNITS = frozenset({"country", "place", "institution", "enterprise"})
_MARKS = {
    "￥": _CNY,
    "¥": _CNY,
    "$": _UNITS["美元"],
    "€": _UNITS["欧元"],
    "£": _UNITS["英镑"],
}
_MARK_REACH = 6
_LATIN = frozenset(string.ascii_letters)
_HOURS = frozenset({"十", "十一", "十二"})
_LIST_REACH = 6
_HUNDRED = Decimal(100)

Found = tuple[Quantity | None, int]  # a figure, if any, and where to go on


def find_quantities(text: str) -> list[Quantity]:
    """Every figure of `text` (one block, width folded), in order and without overlaps."""
    found: list[Quantity] = []
    search, position, floor = START.search, 0, 0
    while match := search(text, position):
        quantity, position = _figure_at(text, match.start(), floor)
        if quantity is not None:
            found.append(quantity)
            floor = quantity.end
    return found


def _figure_at(text: str, start: int, floor: int) -> Found:
    if text[start] in _CHINESE:
        exception = context.find_exception(text, start) if not text.startswith("第", start - 1) else None
        if exception is not None:
            begin, end, label = exception
            return (_label(max(begin, floor), end, Kind.LABEL) if label else None), max(end, start + 1)
        half = _half_end(text, start)
        if half:
            return _half(text, start, half, floor)
    match = FIGURE.match(text, start)
    if match is None:
        return None, start + 1
    unit_text, end = match[3], match.end()
    if start > floor and text[start - 1] in _LATIN:
        return _unread(text, start, match.end(1))
    if unit_text in _DATE_UNITS or (unit_text is None and end < len(text) and text[end] in _DATE_LINKS):
        date_end = _date_end(text, start, match.end(1), unit_text)
        if date_end:
            return _date(text, start, match.end(1), date_end, floor), date_end
    if unit_text == "点" and match[1] in _HOURS:
        return _date(text, start, match.end(1), match.end(3), floor), match.end(3)
    if unit_text == "分之":
        return _fraction(text, start, match.end(3), floor)
    if unit_text is None and text.startswith("/", end):
        return _slash_fraction(text, start, end, floor)
    if unit_text == "级" and not match[1].strip(SMALL + BIG):
        reading, end = read((match[1], None, None, None, None)), match.end(1)
    else:
        reading = read(match.groups())
    if reading is None:
        return _unread(text, start, match.end(1))
    if start > floor and text[start - 1] == "第":
        stop = match.end(3) if unit_text else match.end(1)
        return _label(start - 1, stop, Kind.ORDINAL, reading, start, match.end(1)), stop
    return _quantity(text, (start, match.end(1), end), reading, floor)


def _unread(text: str, start: int, end: int) -> Found:
    """A number whose surroundings make no unit: a label where it is in figures, nothing where it is in words."""
    bare = read((text[start:end], None, None, None, None)) if text[start] not in _CHINESE else None
    return (_label(start, end, Kind.LABEL, bare, start, end) if bare else None), end


def _quantity(text: str, place: tuple[int, int, int], reading: Reading, floor: int) -> Found:
    """The quantity whose number starts at `place[0]`, once approximators, ranges and names around it are known."""
    start, number_end, end = place
    if end < len(text) and text[end] in _GOES_ON:
        reading, number_end, end = _extended(text, (start, number_end, end), reading)
    if reading.unit is None and end < len(text) and text[end] in "、和与及":
        reading = _with_unit_behind(text, end, reading)
    begin, sign = _sign(text, start, floor, reading)
    if begin > floor:
        begin, reading = _currency_before(text, begin, floor, reading)
    qualifier, approximator = reading.qualifier, None
    if begin > floor and text[begin - 1] in context.before_ends():
        approximator = context.find_before(text, begin, floor, reading.round_figure or _is_share(reading))
        if approximator is not None:
            begin, qualifier = approximator[0], combine(approximator[1], qualifier)
    if reading.chinese and not _is_figure(text, start, end, reading, approximator is not None):
        return None, max(number_end, start + 1)
    kind = _name_kind(text, (start, number_end, end), reading, approximator is not None)
    if kind is not None:
        return _label(start, end, kind, reading, start, number_end), end
    return _built(text, (begin, end, start, number_end), reading, qualifier, sign), end


def _is_share(reading: Reading) -> bool:
    return reading.unit is not None and reading.unit.text == "成"


def _sign(text: str, start: int, floor: int, reading: Reading) -> tuple[int, int]:
    """Where the number starts with its sign, and the sign: 零下20℃, 增速-5%, 负13.5千米."""
    if start <= floor:
        return start, 1
    before = text[start - 1]
    if before == "下" and start - 2 >= floor and text[start - 2] == "零":
        return start - 2, -1
    if before in "负負":
        return start - 1, -1
    if before in "-−":
        joined = start >= 2 and text[start - 2].isalnum()  # 歼-20, 31-1
        measured = reading.unit is not None and (reading.unit.name == "celsius" or reading.unit.kind is Kind.RATE)
        if not joined or (measured and not text[start - 2].isascii()):
            return start - 1, -1
    return start, 1


def _currency_before(text: str, begin: int, floor: int, reading: Reading) -> tuple[int, Reading]:
    """￥300, $20 and 人民币50元: the currency printed before the number."""
    mark = _MARKS.get(text[begin - 1])
    if mark is not None and reading.unit is None:
        return begin - 1, in_base_units(reading._replace(unit=mark))
    if text[begin - 1] in "币 " and reading.unit is not None and reading.unit.name == "CNY":
        stem = text[max(floor, begin - _MARK_REACH) : begin].rstrip()
        if stem.endswith("人民币"):
            return max(floor, begin - _MARK_REACH) + len(stem) - 3, reading
    return begin, reading


def _extended(text: str, place: tuple[int, int, int], reading: Reading) -> tuple[Reading, int, int]:
    """The figure with what goes on behind it: a range, a product (2×350兆瓦) or a smaller unit (8天20小时)."""
    _, number_end, end = place
    char = text[end]
    if char in _RANGES:
        return _range(text, place, reading) or (reading, number_end, end)
    if char in CROSSES:
        return _product(text, end, reading) or (reading, number_end, end)
    if _is_share(reading) and char in _NUMERALS:
        return _tenths(text, place, reading)
    if reading.unit is not None and reading.unit.kind in _COMPOUND:
        reading, end = _compound(text, end, reading)
    return reading, number_end, end


def _tenths(text: str, place: tuple[int, int, int], reading: Reading) -> tuple[Reading, int, int]:
    """三成五 is 35 percent, where nothing is counted by the 五."""
    _, number_end, end = place
    match = NUMBER.match(text, end)
    digit = read((match[0], None, None, None, None)) if match and len(match[0]) == 1 else None
    if digit is None or not 0 < digit.value < 10 or UNIT.match(text, end + 1):
        return reading, number_end, end
    return (
        reading._replace(value=reading.value + digit.value, place=digit.place),
        number_end,
        end + 1,
    )


def _range(text: str, place: tuple[int, int, int], left: Reading) -> tuple[Reading, int, int] | None:
    """`5%—6%`, `3至5万人`, `6—10℃`: the whole range, if one goes on at `place[2]`."""
    start, _, end = place
    at = end + 2 if text.startswith("——", end) else end + 1
    if at >= len(text) or text[at] not in _NUMERALS:
        return None
    if text[end] == "到" and left.unit is not None and start and text[start - 1] in "从由自":
        return None
    match = FIGURE.match(text, at)
    right = read(match.groups()) if match else None
    if match is None or right is None or right.round_figure or right.qualifier is Qualifier.RANGE:
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
    return reading, match.end(1), match.end()


def _product(text: str, end: int, left: Reading) -> tuple[Reading, int, int] | None:
    if left.unit is not None or end + 1 >= len(text) or text[end + 1] not in _NUMERALS:
        return None
    match = FIGURE.match(text, end + 1)
    right = read(match.groups()) if match else None
    if match is None or right is None or right.unit is None or right.unit.kind is not Kind.OTHER:
        return None
    return right._replace(value=left.value * right.value), match.end(1), match.end()


def _compound(text: str, end: int, reading: Reading) -> tuple[Reading, int]:
    while reading.qualifier is Qualifier.EXACT and end < len(text):
        at = end + 1 if text[end] in "又零" else end
        match = FIGURE.match(text, at) if at < len(text) and text[at] in _NUMERALS else None
        part = read(_goes_on_as(match.groups(), reading)) if match and match[3] else None
        if match is None or part is None or not _continues(reading, part):
            break
        reading = reading._replace(value=reading.value + part.value, place=part.place, qualifier=part.qualifier)
        end = match.end()
    return reading, end


def _goes_on_as(groups: Groups, reading: Reading) -> Groups:
    """Behind an amount of money 分 is a cent, behind a number of days 时 an hour."""
    money = reading.unit is not None and reading.unit.kind is Kind.MONEY
    if money and groups[2] == "分":
        return (groups[0], None, "分钱", None, None)
    return (groups[0], None, "小时", None, None) if not money and groups[2] == "时" else groups


def _with_unit_behind(text: str, end: int, reading: Reading) -> Reading:
    """110万亿、120万亿、130万亿元: a figure of a list takes the unit of measure that only the last one prints."""
    number, at = reading.number, end
    if number.isdigit() and len(number) < 2:
        return reading
    for _ in range(_LIST_REACH):
        match = FIGURE.match(text, at + 1) if at + 1 < len(text) and text[at] in "、和与及" else None
        part = read(match.groups()) if match else None
        if match is None or part is None:
            break
        if part.unit is not None:
            measured = part.unit.kind in _MEASURES or part.unit.kind is Kind.OTHER
            return in_base_units(reading._replace(unit=part.unit)) if measured else reading
        at = match.end()
    return reading


def _continues(reading: Reading, part: Reading) -> bool:
    """Whether `part` goes on with `reading` in another, as a rule smaller unit: 8天20小时, 两天又一个月."""
    if part.unit is None or reading.unit is None or part.unit.name != reading.unit.name:
        return False
    return part.unit.factor * reading.unit.divisor != reading.unit.factor * part.unit.divisor


def _is_figure(text: str, start: int, end: int, reading: Reading, approximated: bool) -> bool:
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
    return unit.kind is not Kind.DURATION or not (
        before and before in "这那每某同新又有此上下前后头全进唯统任另首各哪何的"
    )


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
    return unit.kind in (Kind.MASS, Kind.AREA) or (large and (unit.kind in _MEASURES or unit.kind is Kind.OTHER))


def _name_kind(text: str, place: tuple[int, int, int], reading: Reading, approximated: bool) -> Kind | None:
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
    if unit.kind in _MEASURES:
        return None
    if unit.text in "位名" and start and text[start - 1] == "前":
        return Kind.ORDINAL
    if unit.text == "小时" and not approximated and context.is_round_the_clock(text, start, end, reading):
        return Kind.LABEL
    return Kind.LABEL if context.is_quoted(text, start, reading.chinese) else None


def _half_end(text: str, start: int) -> int:
    """Where 一半, 半数 or the 半 of 过半 ends, if one stands at `start`."""
    if text.startswith("半数", start) or (
        text.startswith("一半", start) and not text.startswith(("导", "天"), start + 2)
    ):
        return start + 2
    over = text[start] == "半" and start > 0 and text[start - 1] in "过超逾近"
    return start + 1 if over and not text.startswith(tuple("个年天月小日导球程径岛"), start + 1) else 0


def _half(text: str, start: int, end: int, floor: int) -> Found:
    after = AFTER.match(text, end)
    reading = read(("50", None, "%", None, after[0] if after else None))
    if reading is None:
        return None, end
    stop = after.end() if after else end
    begin, qualifier = start, reading.qualifier
    approximator = context.find_before(text, start, floor, True)
    if approximator is not None:
        begin, qualifier = approximator[0], combine(approximator[1], qualifier)
    elif text.endswith("已经过", 0, start):
        begin, qualifier = start - 1, Qualifier.AT_LEAST
    elif end - start == 1:
        return None, end
    return _built(text, (begin, stop, start, end), reading, qualifier, 1), stop


def _fraction(text: str, start: int, end: int, floor: int) -> Found:
    """百分之九十五, 千分之三, 三分之二: a rate in percent. `end` is the end of 分之."""
    match = NUMBER.match(text, end + (len(text[end:]) - len(text[end:].lstrip(" "))))
    try:
        denominator = parse_numeral(text[start:end].replace(" ", "")[:-2]).value
    except ValueError:
        return None, end
    if match is None or not denominator:
        return None, end
    figure = FIGURE.match(text, match.start())
    assert figure is not None
    after = figure[5] if not figure[3] else None
    reading = read((figure[1], figure[2], None, None, after))
    stop = figure.end() if not figure[3] else (figure.end(2) if figure[2] else figure.end(1))
    if reading is None:  # 三分之一来自
        reading, stop = read((figure[1], None, None, None, None)), figure.end(1)
    if reading is None:
        return None, end
    rate = _as_rate(reading, denominator)
    begin, qualifier = start, rate.qualifier
    approximator = context.find_before(text, start, floor, False)
    if approximator is not None:
        begin, qualifier = approximator[0], combine(approximator[1], qualifier)
    return _built(text, (begin, stop, start, stop), rate, qualifier, 1), stop


def _slash_fraction(text: str, start: int, end: int, floor: int) -> Found:
    """1/3 is a rate in percent; 9/11 and what else stands with a slash is a label."""
    match = SLASH.match(text, start)
    if match is None or int(match[1]) >= int(match[2]):
        return _unread(text, start, end)
    reading = read((match[1], None, None, None, None))
    assert reading is not None
    rate, begin = _as_rate(reading, Decimal(match[2])), start
    qualifier = rate.qualifier
    approximator = context.find_before(text, start, floor, False)
    if approximator is not None:
        begin, qualifier = approximator[0], combine(approximator[1], qualifier)
    return _built(text, (begin, match.end(), start, match.end()), rate, qualifier, 1), match.end()


def _as_rate(reading: Reading, denominator: Decimal) -> Reading:
    def share(amount: Decimal | None) -> Decimal | None:
        return None if amount is None else amount * _HUNDRED / denominator

    return reading._replace(
        value=reading.value * _HUNDRED / denominator,
        place=reading.place * _HUNDRED / denominator,
        low=share(reading.low),
        high=share(reading.high),
        unit=_PERCENT,
        chinese=False,
    )


def _date_end(text: str, start: int, number_end: int, unit_text: str | None) -> int:
    """Where the date that starts at `start` ends; 0 where none does."""
    match = DATE.match(text, start)
    if match is None or match.end() <= number_end or text[match.end() - 1] not in _DATE_ENDS:
        return 0
    end = match.end()
    if unit_text is None:
        return end if text[end - 1] not in "0123456789" else 0
    if unit_text in "日号" and "月" not in match[0]:
        lasting = text.endswith(_LASTING, 0, start) or text.startswith(("内", "之内", "以内"), end)
        if lasting or unit_text == "号" or text[start] in _CHINESE:
            return 0
    return end


def _date(text: str, start: int, number_end: int, end: int, floor: int) -> Quantity:
    reading = read((text[start:number_end], None, None, None, None))
    begin = start - 1 if start > floor and text[start - 1] == "第" else start
    return _label(begin, end, Kind.DATE, reading, start, number_end)


def _label(
    begin: int,
    end: int,
    kind: Kind,
    reading: Reading | None = None,
    number_start: int = -1,
    number_end: int = -1,
) -> Quantity:
    """A date, a label or an ordinal: exact, the number as printed, no unit of measure."""
    bare = read((reading.number, None, None, None, None)) if reading else None
    value = bare.value if bare else Decimal(0)
    unit_text = reading.unit.text if reading and reading.unit else ""
    start, stop = (begin, end) if number_start < 0 else (number_start, number_end)
    return Quantity(
        begin,
        end,
        start,
        stop,
        kind,
        value,
        value,
        value,
        kind.value,
        unit_text,
        Qualifier.EXACT,
    )


def _built(
    text: str,
    span: tuple[int, int, int, int],
    reading: Reading,
    qualifier: Qualifier,
    sign: int,
) -> Quantity:
    begin, end, number_start, number_end = span
    unit, value = reading.unit, reading.value * sign if sign < 0 else reading.value
    name, kind = (unit.name, unit.kind) if unit else ("number", Kind.OTHER)
    if unit is None or unit.counts:
        name, kind = _counted(text, begin, end, reading)
    elif unit.kind is Kind.RATE and qualifier is Qualifier.EXACT:
        qualifier = context.find_share_before(text, number_start) or qualifier
    elif unit.text in ("个月", "月") and number_start and text[number_start - 1] in "前头":
        return _label(number_start, end, Kind.DATE, reading, number_start, number_end)
    low, high = reading.interval(value, qualifier)
    unit_text = unit.text if unit else ""
    return Quantity(
        begin,
        end,
        number_start,
        number_end,
        kind,
        value,
        low,
        high,
        name,
        unit_text,
        qualifier,
    )


def _counted(text: str, begin: int, end: int, reading: Reading) -> tuple[str, Kind]:
    """The unit of a classifier, or of a bare number, by the noun beside it."""
    unit = reading.unit
    if unit is None and reading.round_figure and text.startswith("级", end):
        return _CNY.name, _CNY.kind
    noun = context.find_noun(text, begin, end, unit.counts if unit else context.all_noun_units())
    if noun is not None:
        return noun.unit, noun.kind
    if unit is not None:
        return unit.name, unit.kind
    if reading.round_figure or context.is_money_before(text, begin):
        return _CNY.name, _CNY.kind
    return "number", Kind.OTHER
