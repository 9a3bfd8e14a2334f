"""Shares in words: 一半, 过半, 三分之二, 百分之九十五, 1/3, all as rates in percent."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from gazette.extract.model import Qualifier
from gazette.extract.quantities import context
from gazette.extract.quantities.figures import AFTERS, match_figure
from gazette.extract.quantities.lexicon import load_units
from gazette.extract.quantities.numerals import parse_numeral
from gazette.extract.quantities.patterns import SLASH
from gazette.extract.quantities.reading import Reading, combine, read

_PERCENT = load_units()["%"]
_HUNDRED = Decimal(100)
_OVER = frozenset("过超逾近")
_NO_HALF = tuple("个年天月小日导球程径岛")  # 半年, 半导体 behind 超 or 近


class Share(NamedTuple):
    """A share at `[begin, end)` of the text, its number at `[start, number_end)`."""

    begin: int
    end: int
    start: int
    number_end: int
    reading: Reading
    qualifier: Qualifier


def read_half(text: str, start: int, floor: int) -> Share | None:
    """一半, 半数 and the 半 of 过半, if one stands at `start`: 50 percent."""
    end = _half_end(text, start)
    if not end:
        return None
    stop = AFTERS.find_end(text, end, len(text)) or end
    reading = read(("50", None, "%", None, text[end:stop] or None))
    assert reading is not None
    approximator = context.find_before(text, start, floor, True)
    if approximator is None and text.endswith("已经过", 0, start):
        approximator = start - 1, Qualifier.AT_LEAST
    if approximator is None and end - start == 1:
        return None
    return _approximated(approximator, (start, end, stop), reading)


def _half_end(text: str, start: int) -> int:
    if text.startswith("半数", start):
        return start + 2
    if text.startswith("一半", start):
        return 0 if text.startswith(("导", "天"), start + 2) else start + 2
    over = text[start] == "半" and start > 0 and text[start - 1] in _OVER
    return start + 1 if over and not text.startswith(_NO_HALF, start + 1) else 0


def read_fraction(text: str, start: int, end: int, floor: int) -> Share | None:
    """百分之九十五, 千分之三, 三分之二; `end` is the end of 分之."""
    while text.startswith(" ", end):
        end += 1
    denominator = _denominator(text[start:end])
    figure = match_figure(text, end) if denominator else None
    if figure is None:
        return None
    after, stop = (None, figure.more_end) if figure.unit else (figure.after, figure.end)
    reading = read((figure.number, figure.more, None, None, after))
    if reading is None:  # 三分之一来自
        reading, stop = read((figure.number, None, None, None, None)), figure.number_end
    if reading is None:
        return None
    before = context.find_before(text, start, floor, False)
    return _approximated(before, (start, figure.number_end, stop), _as_rate(reading, denominator))


def read_slash(text: str, start: int, floor: int) -> Share | None:
    """1/3; what else stands with a slash (9/11 of a date, 24/7) is no share."""
    match = SLASH.match(text, start)
    reading = read((match[1], None, None, None, None)) if match else None
    if match is None or reading is None or int(match[1]) >= int(match[2]):
        return None
    rate = _as_rate(reading, Decimal(match[2]))
    return _approximated(context.find_before(text, start, floor, False), (start, match.end(), match.end()), rate)


def _approximated(before: tuple[int, Qualifier] | None, place: tuple[int, int, int], reading: Reading) -> Share:
    start, number_end, end = place
    if before is None:
        return Share(start, end, start, number_end, reading, reading.qualifier)
    return Share(before[0], end, start, number_end, reading, combine(before[1], reading.qualifier))


def _denominator(words: str) -> Decimal:
    try:
        return parse_numeral(words.replace(" ", "").removesuffix("分之")).value
    except ValueError:
        return Decimal(0)


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
