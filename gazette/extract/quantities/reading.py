"""What a figure says by itself: number, approximators inside and after it, and unit, read from the figure's groups.

A reading depends on the spelling only, so it is kept in a bounded cache; the finder adds what the neighbourhood says.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from gazette.extract.model import Qualifier
from gazette.extract.quantities.figures import Groups
from gazette.extract.quantities.lexicon import Unit, load_after, load_inside, load_units
from gazette.extract.quantities.numerals import Numeral, parse_numeral
from gazette.extract.quantities.patterns import BIG, DIGITS, LONGEST, SMALL

_UNITS = load_units()
_AFTER = {after.text: after for after in load_after()}
_INSIDE = load_inside()
_SCALES = SMALL + BIG + "拾佰仟"
_CACHE_LIMIT = 16_000
_HALF = Decimal("0.5")
_UNKNOWN = object()


class Reading(NamedTuple):
    """Value, place value of the last non-zero digit and range bounds in base units; the unit and the bare number."""

    value: Decimal
    place: Decimal
    low: Decimal | None
    high: Decimal | None
    qualifier: Qualifier
    unit: Unit | None
    number: str
    chinese: bool
    round_figure: bool  # only scales, no digit: 百, 千万

    @property
    def is_share(self) -> bool:
        """Whether it is counted in tenths: 三成."""
        return self.unit is not None and self.unit.text == "成"

    def interval(self, value: Decimal, qualifier: Qualifier) -> tuple[Decimal | None, Decimal | None]:
        """`low` and `high` as the mentions table defines them."""
        if qualifier is Qualifier.EXACT:
            return value, value
        if qualifier is Qualifier.RANGE:
            return self.low, self.high
        if qualifier is Qualifier.AT_LEAST:
            return value, None
        if qualifier is Qualifier.AT_MOST:
            return None, value
        if qualifier is Qualifier.ABOUT:
            return value - self.place / 2, value + self.place / 2
        if qualifier is Qualifier.MORE_THAN:
            return value, value + self.place
        return value - self.place, value


_readings: dict[Groups, Reading | None] = {}


def read(groups: Groups) -> Reading | None:
    """The reading of a figure's groups; None where they make no figure (三点五一二, 两来)."""
    known = _readings.get(groups, _UNKNOWN)
    if known is not _UNKNOWN:
        return known  # type: ignore[return-value]
    if len(_readings) >= _CACHE_LIMIT:
        _readings.clear()
    reading = _readings[groups] = _parse(*groups)
    return reading


def combine(left: Qualifier, inner: Qualifier) -> Qualifier:
    """Which of two approximators counts: bounds before it, then 多 and bounds after it, then the others."""
    if inner is Qualifier.RANGE:
        return inner
    if left in (Qualifier.AT_LEAST, Qualifier.AT_MOST) or inner in (
        Qualifier.EXACT,
        Qualifier.ABOUT,
    ):
        return left
    return inner


def _parse(
    number: str | None,
    more: str | None,
    unit_text: str | None,
    tail: str | None,
    after: str | None,
) -> Reading | None:
    if number is None or len(number) > LONGEST or (unit_text and unit_text not in _UNITS):
        return None
    bare = number.replace(" ", "")
    inner = next((char for char in bare if char in _INSIDE), more.strip() if more else "")
    plain = bare.replace(inner, "") if inner else bare
    chinese = bare[0] not in "0123456789"
    if inner and more and chinese and plain[-1] not in _SCALES:
        return None
    if unit_text == "度" and any(char in BIG for char in number):
        unit_text = "度电"  # 4000亿度: no temperature and no angle
    unit = _UNITS[unit_text] if unit_text else None
    numbers = _numbers(plain, chinese)
    if numbers is None or (unit is not None and unit.text == "成" and numbers[-1].value > 10):
        return None
    qualifier = _INSIDE.get(inner, Qualifier.EXACT)
    reading = Reading(
        *numbers[-1],
        None,
        None,
        qualifier,
        unit,
        plain,
        chinese,
        chinese and not plain.strip(_SCALES),
    )
    if len(numbers) == 2:
        low, high = numbers[0].value, numbers[1].value
        reading = reading._replace(value=(low + high) / 2, low=low, high=high, qualifier=Qualifier.RANGE)
    return in_base_units(_with_tail(reading, tail, after))


def _numbers(plain: str, chinese: bool) -> tuple[Numeral, ...] | None:
    if plain == "半":
        return (Numeral(_HALF, _HALF),)
    try:
        return (chinese and _digit_pair(plain)) or (parse_numeral(plain),)
    except ValueError:
        return None


def _digit_pair(plain: str) -> tuple[Numeral, Numeral] | None:
    """两三, 七八百, 十七八, 三四十万: two neighbouring digits that mean a range."""
    digits = "一二三四五六七八九"
    body = plain.replace("两", "二")
    for at in range(len(body) - 1):
        first, second = body[at], body[at + 1]
        if first not in digits or second not in digits:
            continue
        near = digits.index(second) - digits.index(first) == 1 or (first, second) == (
            "三",
            "五",
        )
        if plain[at] == "一" and plain[at + 1] == "二":
            return None
        rest = body[at + 2 :]
        if not near or rest.strip(_SCALES) or (at and body[at - 1] not in _SCALES) or rest[:1] in ("点", "點"):
            return None
        return parse_numeral(body[: at + 1] + rest), parse_numeral(body[:at] + body[at + 1 :])
    return None


def _with_tail(reading: Reading, tail: str | None, after: str | None) -> Reading:
    """Adds 半, 多 behind the unit (三年半, 一个多月) and a bound after all (以上, 左右, 两天内)."""
    unit = reading.unit
    more = (unit.inner if unit else "") or (tail or "")
    if more == "半":
        half = reading.place / 2
        reading = reading._replace(value=reading.value + half, place=half)
    elif more:
        reading = reading._replace(qualifier=Qualifier.MORE_THAN)
    if not after:
        return reading
    return reading._replace(qualifier=combine(_AFTER[after.strip()].qualifier, reading.qualifier))


def in_base_units(reading: Reading) -> Reading:
    """The same figure multiplied by its unit's factor."""
    unit = reading.unit
    if unit is None or (unit.factor == 1 and unit.divisor == 1):
        return reading

    def scaled(amount: Decimal | None) -> Decimal | None:
        return None if amount is None else amount * unit.factor / unit.divisor

    return reading._replace(
        value=reading.value * unit.factor / unit.divisor,
        place=reading.place * unit.factor / unit.divisor,
        low=scaled(reading.low),
        high=scaled(reading.high),
    )


def low_of_range(left: Reading, right: Reading) -> Decimal | None:
    """The lower end of `left`—`right` in base units: 3至5万人 begins at 30000; None where it is no range."""
    if left.unit is not None:
        same = right.unit is not None and left.unit.name == right.unit.name
        return left.value if same else None
    value = left.value * _shared_scale(left, right)
    if right.unit is None:
        return None if right.chinese else value
    return value * right.unit.factor / right.unit.divisor


def _shared_scale(left: Reading, right: Reading) -> Decimal:
    """万 of 3至5万, which counts for both ends; 1 where the left end has its own (8000至1万)."""
    scales = right.number.lstrip("0123456789.," + DIGITS)
    mantissa = right.number[: len(right.number) - len(scales)]
    own = any(char in BIG for char in left.number)
    if own or not scales or not mantissa or scales.strip(_SCALES) or left.value >= parse_numeral(mantissa).value:
        return Decimal(1)
    return parse_numeral(scales).value
