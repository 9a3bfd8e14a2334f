"""Finds every figure printed in a text: quantities, and dates, ordinals and labels told apart from them.

Takes cleaned text of one block, gives `Quantity` objects in order. Spans come from the match itself. One regex jumps
to the places where a figure may start, one reads number and unit there; what was read is cached by its spelling, and
only what depends on the neighbourhood (approximators before, counted noun, quotes) is looked at each time.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from gazette.extract.model import Kind, Qualifier, Quantity
from gazette.extract.quantities import context
from gazette.extract.quantities.lexicon import Unit, load_after, load_exceptions, load_inside, load_units
from gazette.extract.quantities.numerals import Numeral, parse_numeral
from gazette.extract.quantities.patterns import BIG, DASHES, DATE, DIGITS, FIGURE, SMALL, START

_UNITS = load_units()
_AFTER = {after.text: after for after in load_after()}
_INSIDE = load_inside()
_INSIDE_CHARS = "".join(_INSIDE)
_SCALES = SMALL + BIG
_CHINESE = DIGITS + _SCALES + "半"
_DATE_UNITS = frozenset("年月日号时点:：∶") | {"月份", "季度", "世纪", "年代"}
_DATE_ENDS = frozenset("年月日号时点分秒度份底初末旬代纪半整") | frozenset("0123456789")
_CACHE_LIMIT = 50_000
_HALF = Decimal("0.5")
_SPANS = frozenset({Kind.MONEY, Kind.MASS, Kind.AREA, Kind.RATE, Kind.LENGTH})


class Reading(NamedTuple):
    """What a figure says by itself: value, place value and range bounds in base units."""

    value: Decimal
    place: Decimal
    low: Decimal | None
    high: Decimal | None
    qualifier: Qualifier
    unit: Unit | None
    number: str
    chinese: bool
    round_figure: bool  # only scales, no digit: 百, 千万


_readings: dict[tuple[str | None, ...], Reading | None] = {}


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


def _figure_at(text: str, start: int, floor: int) -> tuple[Quantity | None, int]:
    """The figure that starts at `start`, if any, and where to go on."""
    chinese = text[start] in _CHINESE
    if chinese:
        exception = context.find_exception(text, start)
        if exception is not None:
            begin, end, label = exception
            return (_plain(max(begin, floor), end, start, end, Kind.LABEL) if label else None), max(end, start + 1)
    match = FIGURE.match(text, start)
    if match is None:
        return None, start + 1
    number, _, unit_text, _, _ = groups = match.groups()
    end = match.end()
    if unit_text == "分之":
        return _fraction(text, start, match.end(3), floor)
    if unit_text in _DATE_UNITS or (unit_text is None and end < len(text) and text[end] in "—–-－~～至到、和"):
        date_end = _date_end(text, start, match.end(1), unit_text)
        if date_end:
            return _dated(text, start, match.end(1), date_end, floor), date_end
    return _quantity(text, start, match.end(1), end, groups, floor, chinese)


def _quantity(
    text: str, start: int, number_end: int, end: int, groups: tuple[str | None, ...], floor: int, chinese: bool
) -> tuple[Quantity | None, int]:
    reading = _read(groups)
    if reading is None:
        return None, number_end
    ranged = _range_end(text, start, end, reading) if end < len(text) else None
    if ranged is not None:
        reading, number_end, end = ranged
    elif reading.unit is not None and reading.unit.kind in (Kind.DURATION, Kind.MONEY):
        reading, end = _compound(text, end, reading)
    before = text[start - 1] if start > floor else ""
    begin, qualifier = start, reading.qualifier
    value_sign = 1
    if before == "下" and start - 2 >= floor and text[start - 2] == "零":
        begin, value_sign = start - 2, -1
    elif before and before in "-−负負" and not (start - 2 >= 0 and (text[start - 2].isalnum())):
        begin, value_sign = start - 1, -1
    if before == "第":
        return _plain(start - 1, end, start, number_end, Kind.ORDINAL, reading), end
    approximator = None
    if before and begin > floor and text[begin - 1] in context.before_ends():
        approximator = context.find_before(text, begin, floor, reading.round_figure or _is_half(text, reading))
    if approximator is not None:
        begin, left = approximator
        qualifier = _combined(left, qualifier)
    if not _is_figure(text, start, begin, end, reading, approximator is not None):
        return None, max(number_end, start + 1)
    kind = _label_kind(text, start, end, reading, approximator is not None)
    if kind is not None:
        return _plain(start, end, start, number_end, kind, reading), end
    return _built(text, (begin, end, start, number_end), reading, qualifier, value_sign), end


def _is_half(text: str, reading: Reading) -> bool:
    return reading.number == "半" or (reading.unit is not None and reading.unit.text == "成")


def _is_figure(text: str, start: int, begin: int, end: int, reading: Reading, approximated: bool) -> bool:
    """Whether words that hold a numeral print a figure: no articles, no bare 千万, no numerals of names."""
    if not reading.chinese:
        return True
    unit, number = reading.unit, reading.number
    before = text[start - 1] if start else ""
    if before in "周期拜初" and number in "一二三四五六" and (unit is None or before != "期"):
        return False
    if number == "一":
        return _is_one(text, start, reading, before)
    if number == "半":
        return _is_half_figure(text, start, end, reading, before)
    if reading.round_figure and number[0] != "十":
        return _is_round_figure(text, start, end, reading, before, approximated)
    if number[0] == "十" and before and before in "几数幾":
        return False
    if unit is None:
        return number[-1] in BIG or (approximated and number[-1] in _SCALES) or reading.qualifier is not Qualifier.EXACT
    return not (unit.digits_only and len(number) == 1 and number != "十")


def _is_one(text: str, start: int, reading: Reading, before: str) -> bool:
    unit = reading.unit
    if unit is None or not (unit.one or unit.inner):
        return False
    return unit.kind is not Kind.DURATION or not (
        before and before in "这那每某同新又有此上下前后头全进唯统任另首各哪何"
    )


def _is_half_figure(text: str, start: int, end: int, reading: Reading, before: str) -> bool:
    unit = reading.unit
    if text.startswith(("半数", "一半"), start) or (unit is None and before and before in "过超逾近"):
        return True
    return unit is not None and unit.kind is Kind.DURATION and not (before and before in "上下前后大小多")


def _is_round_figure(text: str, start: int, end: int, reading: Reading, before: str, approximated: bool) -> bool:
    if before and before in "几数幾每好若":
        return False
    if approximated or (reading.qualifier is not Qualifier.EXACT and reading.qualifier is not Qualifier.AT_MOST):
        return True
    unit, number = reading.unit, reading.number
    if unit is None:
        return len(number) > 1 and text.startswith("级", end)
    if unit.kind is Kind.MONEY:
        return (len(number) > 1 and not (before and before in "（(：位")) or text.startswith("级", end)
    return len(number) > 1 and unit.kind in _SPANS or unit.kind in (Kind.MASS, Kind.AREA)


def _label_kind(text: str, start: int, end: int, reading: Reading, approximated: bool) -> Kind | None:
    """Label or ordinal where the figure is part of a name or a quoted pattern; None for a quantity."""
    unit = reading.unit
    if unit is not None and unit.kind in (Kind.LABEL, Kind.ORDINAL):
        return unit.kind
    before, after = text[start - 1] if start else "", text[end] if end < len(text) else ""
    if _is_round_the_clock(text, start, end, reading, approximated):
        return Kind.LABEL
    if (before and before in "+＋") or (after and after in "+＋"):
        return Kind.LABEL
    if unit is not None and any(text.startswith(word, end) for word in unit.label_before):
        return Kind.LABEL
    if unit is None and not approximated and _is_bare_label(text, start, end, reading, before, after):
        return Kind.LABEL
    if unit is not None and unit.kind in _SPANS:
        return None
    if context.in_title(text, start):
        return Kind.LABEL
    quote = context.quoted_span(text, start)
    if quote is not None and (quote[0] == start - 1 or reading.chinese or "+" in text[quote[0] : quote[1]]):
        return Kind.LABEL
    return None


def _is_bare_label(text: str, start: int, end: int, reading: Reading, before: str, after: str) -> bool:
    if reading.chinese:
        return False
    if (before and (before.isascii() and before.isalpha())) or (after and after.isascii() and after.isalpha()):
        return True
    if before == "-" or (after and after in "-/"):
        return True
    number = reading.number
    if any(char in _SCALES for char in number) or reading.qualifier is not Qualifier.EXACT:
        return False
    if number.isdigit() and len(number) == 4 and "1500" <= number <= "2199":
        return True
    if len(number) > 7 and number.isdigit():
        return True
    return not (
        before and before in "为达至到于是报升降涨跌点数值得有仅共占" and not (after and "\u4e00" <= after <= "\u9fff")
    )


def _is_round_the_clock(text: str, start: int, end: int, reading: Reading, approximated: bool) -> bool:
    unit = reading.unit
    if unit is None or unit.text != "小时" or reading.number != "24" or approximated:
        return False
    clock = load_exceptions().clock
    if reading.qualifier is not Qualifier.EXACT or end == len(text):
        return False
    return not (text.endswith(clock.before, 0, start) or text.startswith(clock.after, end))


def _combined(left: Qualifier, inner: Qualifier) -> Qualifier:
    """Which of two approximators counts: bounds before it, then 多 and bounds after it, then the others."""
    if inner is Qualifier.RANGE:
        return inner
    if left in (Qualifier.AT_LEAST, Qualifier.AT_MOST) or inner in (Qualifier.EXACT, Qualifier.ABOUT):
        return left
    return inner


def _read(groups: tuple[str | None, ...]) -> Reading | None:
    """What number, approximators and unit say; cached by their spelling."""
    try:
        return _readings[groups]
    except KeyError:
        pass
    reading = _parse(*groups)
    if len(_readings) >= _CACHE_LIMIT:
        _readings.clear()
    _readings[groups] = reading
    return reading


def _parse(
    number: str | None, more: str | None, unit_text: str | None, tail: str | None, after: str | None
) -> Reading | None:
    assert number is not None
    bare = number.replace(" ", "")
    inner = next((char for char in bare if char in _INSIDE_CHARS), more.strip() if more else "")
    plain = bare.replace(inner, "") if inner else bare
    chinese = bare[0] not in "0123456789"
    if inner and chinese and more and plain[-1] not in _SCALES:
        return None
    unit = _UNITS.get(unit_text) if unit_text else None
    if unit_text and unit is None:
        return None
    pair = _digit_pair(plain) if chinese else None
    try:
        numeral = Numeral(_HALF, _HALF) if plain == "半" else (parse_numeral(plain) if pair is None else pair[0])
    except ValueError:
        return None
    if unit is not None and unit.text == "成" and numeral.value > 10:
        return None
    return _assembled(numeral, pair, plain, chinese, inner, unit, tail, after)


def _assembled(
    numeral: Numeral,
    pair: tuple[Numeral, Numeral] | None,
    plain: str,
    chinese: bool,
    inner: str,
    unit: Unit | None,
    tail: str | None,
    after: str | None,
) -> Reading | None:
    value, place = numeral
    qualifier = _INSIDE.get(inner, Qualifier.EXACT)
    more = (unit.inner if unit else "") or (tail or "")
    if more == "半":
        value, place = value + _HALF, _HALF
    elif more:
        qualifier = Qualifier.MORE_THAN
    if after:
        bound = _AFTER[after.strip()]
        if after == "内" and (unit is None or unit.kind is not Kind.DURATION):
            pass
        else:
            qualifier = _combined(bound.qualifier, qualifier)
    low = high = None
    if pair is not None:
        low, high = pair[0].value, pair[1].value
        value, qualifier = (low + high) / 2, Qualifier.RANGE
    if unit is not None and (unit.factor != 1 or unit.divisor != 1):
        value, place = value * unit.factor / unit.divisor, place * unit.factor / unit.divisor
        if low is not None and high is not None:
            low, high = low * unit.factor / unit.divisor, high * unit.factor / unit.divisor
    round_figure = chinese and all(char in _SCALES for char in plain)
    return Reading(value, place, low, high, qualifier, unit, plain, chinese, round_figure)


def _digit_pair(plain: str) -> tuple[Numeral, Numeral] | None:
    """两三, 七八百, 十七八, 三四十万: two neighbouring digits that mean a range."""
    digits = "一二三四五六七八九"
    body = plain.replace("两", "二")
    for at in range(len(body) - 1):
        first, second = body[at], body[at + 1]
        if first in digits and second in digits:
            near = digits.index(second) - digits.index(first) == 1 or (first, second) == ("三", "五")
            if not near or any(char in digits for char in body[at + 2 :]) or "零" in body or "〇" in body:
                return None
            if at and body[at - 1] not in "十百千":
                return None
            return parse_numeral(body[: at + 1] + body[at + 2 :]), parse_numeral(body[:at] + body[at + 1 :])
    return None


def _range_end(text: str, start: int, end: int, left: Reading) -> tuple[Reading, int, int] | None:
    """`5%—6%`, `3至5万人`, `6—10℃`: the whole range, if one starts here."""
    char = text[end]
    if char not in DASHES and char not in "至到":
        return None
    at = end + 2 if text.startswith("——", end) else end + 1
    if at >= len(text) or not (text[at] in "0123456789" or text[at] in _CHINESE):
        return None
    if left.unit is not None and char == "到" and (start and text[start - 1] in "从由自"):
        return None
    match = FIGURE.match(text, at)
    right = _read(match.groups()) if match else None
    if match is None or right is None or (right.chinese and right.round_figure):
        return None
    low = _low_end(left, right)
    if low is None or right.qualifier is Qualifier.RANGE:
        return None
    if low >= right.value:
        return None
    reading = right._replace(
        value=(low + right.value) / 2, low=low, high=right.value, qualifier=Qualifier.RANGE, chinese=False
    )
    return reading, match.end(1), match.end()


def _low_end(left: Reading, right: Reading) -> Decimal | None:
    if left.unit is not None:
        same = right.unit is not None and left.unit.name == right.unit.name
        return left.value if same else None
    value = left.value
    scale = Decimal(1)
    trailing = right.number.lstrip("0123456789.," + DIGITS)
    if trailing and not any(char in BIG for char in left.number) and all(char in _SCALES for char in trailing):
        scale = parse_numeral(trailing).value
        mantissa = right.number[: len(right.number) - len(trailing)]
        if not mantissa or value >= parse_numeral(mantissa).value:
            scale = Decimal(1)
    if right.unit is None:
        return value * scale if not right.chinese else None
    return value * scale * right.unit.factor / right.unit.divisor


def _compound(text: str, end: int, reading: Reading) -> tuple[Reading, int]:
    """8天20小时, 1小时30分钟, 50元6角: amounts that go on in a smaller unit."""
    while reading.qualifier is Qualifier.EXACT and end < len(text):
        at = end + 1 if text[end] in "又零" else end
        if at >= len(text) or not (text[at] in "0123456789" or text[at] in _CHINESE):
            break
        match = FIGURE.match(text, at)
        part = _read(match.groups()) if match and match[3] else None
        if match is None or part is None or part.unit is None or reading.unit is None:
            break
        if part.unit.name != reading.unit.name or part.unit.factor / part.unit.divisor >= reading.place:
            break
        reading = reading._replace(value=reading.value + part.value, place=part.place, qualifier=part.qualifier)
        end = match.end()
    return reading, end


def _fraction(text: str, start: int, end: int, floor: int) -> tuple[Quantity | None, int]:
    """百分之九十五, 千分之三, 三分之二: a rate in percent."""
    match = FIGURE.match(text, end)
    number = text[start : end - 2]
    if match is None:
        return None, end
    reading = _read((match[1], match[2], None, None, match[5]))
    try:
        denominator = parse_numeral(number.replace(" ", "")).value
    except ValueError:
        return None, end
    if reading is None or not denominator:
        return None, end
    stop = match.end(5) if match[5] else (match.end(2) if match[2] else match.end(1))
    if match[5] and match[3]:
        stop = match.end(1)
        reading = _read((match[1], match[2], None, None, None)) or reading
    factor = Decimal(100) / denominator
    rate = _UNITS["%"]
    reading = reading._replace(
        value=reading.value * 100 / denominator,
        place=reading.place * factor,
        low=None if reading.low is None else reading.low * factor,
        high=None if reading.high is None else reading.high * factor,
        unit=rate,
        chinese=False,
    )
    begin, qualifier = start, reading.qualifier
    approximator = context.find_before(text, start, floor, False)
    if approximator is not None:
        begin = approximator[0]
        qualifier = _combined(approximator[1], qualifier)
    return _built(text, (begin, stop, start, stop), reading, qualifier, 1), stop


def _date_end(text: str, start: int, number_end: int, unit_text: str | None) -> int:
    """Where the date that starts at `start` ends; 0 where none does."""
    match = DATE.match(text, start)
    if match is None or match.end() <= number_end or match[0][-1] not in _DATE_ENDS:
        return 0
    words = match[0]
    if unit_text is None:
        return match.end() if words[-1] not in "0123456789" else 0
    if unit_text in ("日", "号") and len(words) <= 4 and ("月" not in words):
        lasting = text.endswith(("连续", "为期", "历时", "长达", "近", "过去", "未来", "用时"), 0, start)
        if lasting or text.startswith(("内", "之内", "以内"), match.end()) or words[0] in _CHINESE:
            return 0
        if unit_text == "号":
            return 0
    return match.end()


def _dated(text: str, start: int, number_end: int, end: int, floor: int) -> Quantity:
    value = Decimal(0)
    reading = _read((text[start:number_end], None, None, None, None))
    if reading is not None:
        value = reading.value
    return Quantity(start, end, start, number_end, Kind.DATE, value, value, value, "date", "", Qualifier.EXACT)


def _plain(
    begin: int, end: int, number_start: int, number_end: int, kind: Kind, reading: Reading | None = None
) -> Quantity:
    """A label or an ordinal: exact, without a unit of measure."""
    value = reading.value if reading else Decimal(0)
    unit_text = reading.unit.text if reading and reading.unit else ""
    return Quantity(
        begin, end, number_start, number_end, kind, value, value, value, kind.value, unit_text, Qualifier.EXACT
    )


def _built(text: str, span: tuple[int, int, int, int], reading: Reading, qualifier: Qualifier, sign: int) -> Quantity:
    begin, end, number_start, number_end = span
    value, unit = reading.value * sign, reading.unit
    if qualifier is Qualifier.EXACT and unit is not None and unit.kind is Kind.RATE:
        qualifier = context.find_share_before(text, number_start) or qualifier
    if unit is not None and not unit.counts:
        name, kind, unit_text = unit.name, unit.kind, unit.text
    else:
        name, kind = _counted(text, number_start if begin == number_start else begin, end, unit)
        unit_text = unit.text if unit else ""
    if unit is not None and unit.text == "个月" and text[:number_start].endswith(("前", "头")):
        return Quantity(
            begin, end, number_start, number_end, Kind.DATE, value, value, value, "date", "个月", Qualifier.EXACT
        )
    low, high = _interval(value, reading, qualifier)
    return Quantity(begin, end, number_start, number_end, kind, value, low, high, name, unit_text, qualifier)


def _counted(text: str, begin: int, end: int, unit: Unit | None) -> tuple[str, Kind]:
    """The unit of a classifier, or of a bare number, by the noun beside it."""
    noun = context.find_noun(text, begin, end)
    if unit is None:
        if context.is_money_before(text, begin):
            return "CNY", Kind.MONEY
        return (noun.unit, noun.kind) if noun else ("number", Kind.OTHER)
    return (noun.unit, noun.kind) if noun else (unit.name, unit.kind)


def _interval(value: Decimal, reading: Reading, qualifier: Qualifier) -> tuple[Decimal | None, Decimal | None]:
    """`low` and `high` as TABLES.md defines them."""
    place = reading.place
    if qualifier is Qualifier.EXACT:
        return value, value
    if qualifier is Qualifier.RANGE:
        return reading.low, reading.high
    if qualifier is Qualifier.AT_LEAST:
        return value, None
    if qualifier is Qualifier.AT_MOST:
        return None, value
    if qualifier is Qualifier.ABOUT:
        return value - place / 2, value + place / 2
    if qualifier is Qualifier.MORE_THAN:
        return value, value + place
    return value - place, value
