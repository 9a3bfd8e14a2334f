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
from gazette.extract.quantities.dates import DATE_LINKS, DATE_UNITS, HOURS, find_date_end
from gazette.extract.quantities.figures import Figure, match_figure
from gazette.extract.quantities.joining import GOES_ON, LIST_LINKS, Place, extend, take_unit_behind, take_unit_of_head
from gazette.extract.quantities.lexicon import load_units
from gazette.extract.quantities.patterns import BIG, CHINESE, FORMAL, SMALL, START
from gazette.extract.quantities.reading import Reading, combine, in_base_units, read
from gazette.extract.quantities.shares import Share, read_fraction, read_half, read_slash
from gazette.extract.quantities.wording import find_name_kind, is_figure

_UNITS = load_units()
_CNY = _UNITS["元"]
_MARKS = {"￥": _CNY, "¥": _CNY, "$": _UNITS["美元"], "€": _UNITS["欧元"], "£": _UNITS["英镑"]}
_MARK_REACH = 6
_HEAD_ENDS = frozenset("）):： ")
_MINUS = frozenset("负負")
_NOT_MINUS = ("减负", "欠负", "税负", "债负", "肩负", "担负", "背负", "抱负", "自负", "胜负")  # 为企业减负3亿元
_LATIN = frozenset(string.ascii_letters)
_ZERO = Decimal(0)

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
    """What stands at `start`, where a figure may: an idiom, a share, a date, an ordinal, a label or a quantity."""
    if text[start] in CHINESE:
        found = _in_words(text, start, floor)
        if found is not None:
            return found
    figure = match_figure(text, start)
    if figure is None:
        return None, start + 1
    number_end, end, unit_text = figure.number_end, figure.end, figure.unit
    if start > floor and text[start - 1] in _LATIN:
        return _unread(text, start, number_end)
    if unit_text in DATE_UNITS or (unit_text is None and end < len(text) and text[end] in DATE_LINKS):
        stop = figure.unit_end if unit_text == "点" and figure.number in HOURS else 0
        stop = stop or find_date_end(text, start, number_end, unit_text)
        if stop:
            return _date(text, start, number_end, stop, floor), stop
    if unit_text == "分之" or (unit_text is None and text.startswith("/", end)):
        return _share_or_label(text, figure, floor)
    return _read_figure(text, figure, floor)


def _in_words(text: str, start: int, floor: int) -> Found | None:
    """An idiom or name that swallows the numeral at `start`, or 一半; None where the numeral stands for itself."""
    exception = context.find_exception(text, start) if not text.startswith("第", start - 1) else None
    if exception is not None:
        begin, end, label = exception
        return (_label((max(begin, floor), end, start, end), Kind.LABEL) if label else None), max(end, start + 1)
    half = read_half(text, start, floor)
    return (_built_share(text, half), half.end) if half else None


def _share_or_label(text: str, figure: Figure, floor: int) -> Found:
    start = figure.start
    share = read_fraction(text, start, figure.unit_end, floor) if figure.unit else read_slash(text, start, floor)
    return (_built_share(text, share), share.end) if share else _unread(text, start, figure.number_end)


def _built_share(text: str, share: Share) -> Quantity:
    return _built(text, (share.begin, share.end, share.start, share.number_end), share.reading, share.qualifier)


def _read_figure(text: str, figure: Figure, floor: int) -> Found:
    start, number_end, end = figure.start, figure.number_end, figure.end
    if figure.unit == "级" and not figure.number.strip(SMALL + BIG):  # 万亿级: a size, not a grade
        reading, end = read((figure.number, None, None, None, None)), number_end
    else:
        reading = read(figure.groups)
    if reading is None:
        return _unread(text, start, number_end)
    if start > floor and text[start - 1] == "第":
        stop = figure.unit_end if figure.unit else number_end
        return _label((start - 1, stop, start, number_end), Kind.ORDINAL, reading), stop
    return _quantity(text, (start, number_end, end), reading, floor)


def _unread(text: str, start: int, end: int) -> Found:
    """A number whose surroundings make no unit: a label where it is in figures, nothing where it is in words."""
    if text[start] in CHINESE:
        return None, start + 1 if text[start] in FORMAL else end
    bare = read((text[start:end], None, None, None, None))
    return (_label((start, end, start, end), Kind.LABEL, bare) if bare else None), end


def _quantity(text: str, place: Place, reading: Reading, floor: int) -> Found:
    """The quantity whose number starts at `place[0]`, once approximators, ranges and names around it are known."""
    start, number_end, end = place
    if end < len(text):
        if text[end] in GOES_ON:
            reading, number_end, end = extend(text, place, reading)
        elif text[end] in LIST_LINKS and reading.unit is None:
            reading = take_unit_behind(text, end, reading)
    if reading.unit is None and start > floor and text[start - 1] in _HEAD_ENDS:
        reading = take_unit_of_head(text, start, reading)
    begin, negative = _signed_start(text, start, floor, reading)
    if begin > floor:
        begin, reading = _currency_before(text, begin, floor, reading)
    qualifier, approximator = reading.qualifier, None
    if begin > floor and text[begin - 1] in context.before_ends():
        approximator = context.find_before(text, begin, floor, reading.round_figure or reading.is_share)
        if approximator is not None:
            begin, qualifier = approximator[0], combine(approximator[1], qualifier)
    if reading.chinese and not is_figure(text, start, end, reading, approximator is not None):
        return None, max(number_end, start + 1)
    kind = find_name_kind(text, (start, number_end, end), reading, approximator is not None)
    if kind is not None:
        return _label((start, end, start, number_end), kind, reading), end
    return _built(text, (begin, end, start, number_end), reading, qualifier, negative), end


def _signed_start(text: str, start: int, floor: int, reading: Reading) -> tuple[int, bool]:
    """Where the number starts with its sign, and whether it is negative: 零下20℃, 增速-5%, 负13.5千米."""
    before = text[start - 1] if start > floor else ""
    if before == "下" and text.startswith("零", start - 2):
        return start - 2, True
    if before in _MINUS and not text.endswith(_NOT_MINUS, 0, start):
        return start - 1, True
    if before == "-" or before == "−":
        joined = start >= 2 and text[start - 2].isalnum()  # 歼-20, 31-1
        measured = reading.unit is not None and (reading.unit.name == "celsius" or reading.unit.kind is Kind.RATE)
        if not joined or (measured and not text[start - 2].isascii()):
            return start - 1, True
    return start, False


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


def _date(text: str, start: int, number_end: int, end: int, floor: int) -> Quantity:
    reading = read((text[start:number_end], None, None, None, None))
    begin = start - 1 if start > floor and text[start - 1] == "第" else start
    return _label((begin, end, start, number_end), Kind.DATE, reading)


def _label(span: tuple[int, int, int, int], kind: Kind, reading: Reading | None = None) -> Quantity:
    """A date, a label or an ordinal: exact, the number as printed, no unit of measure."""
    bare = read((reading.number, None, None, None, None)) if reading else None
    value = bare.value if bare else _ZERO
    unit_text = reading.unit.text if reading and reading.unit else ""
    return Quantity(*span[:2], *span[2:], kind, value, value, value, kind.value, unit_text, Qualifier.EXACT)


def _built(
    text: str, span: tuple[int, int, int, int], reading: Reading, qualifier: Qualifier, negative: bool = False
) -> Quantity:
    begin, end, number_start, number_end = span
    unit, value = reading.unit, -reading.value if negative else reading.value
    name, kind = (unit.name, unit.kind) if unit else ("number", Kind.OTHER)
    if unit is None or unit.counts:
        name, kind = _counted(text, begin, end, reading)
    elif unit.kind is Kind.RATE and qualifier is Qualifier.EXACT:
        qualifier = context.find_share_before(text, number_start) or qualifier
    elif unit.text in ("个月", "月") and number_start and text[number_start - 1] in "前头":
        return _label((number_start, end, number_start, number_end), Kind.DATE, reading)
    low, high = reading.interval(value, qualifier)
    unit_text = unit.text if unit else ""
    return Quantity(begin, end, number_start, number_end, kind, value, low, high, name, unit_text, qualifier)


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
