"""The reader's word lists, loaded from the TOML files beside this module and checked.

Gives the units and classifiers, the approximators, the counted nouns and the exceptions. Unknown keys, kinds and
qualifiers are refused, with the file and the key named, so that a slip in the data is seen at once.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from gazette.extract.model import Kind, Qualifier


class LexiconError(ValueError):
    """A word list holds something that the reader does not know."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One spelling of a unit: canonical name, kind, exact factor to the base unit (`factor / divisor`)."""

    text: str
    name: str
    kind: Kind
    factor: Decimal
    divisor: Decimal
    counts: frozenset[str]
    digits_only: bool
    one: bool
    not_before: tuple[str, ...]
    label_before: tuple[str, ...]
    inner: str = ""  # 多, 余 or 半 inside the unit: 一个多月, 两个半小时


@dataclass(frozen=True, slots=True)
class Before:
    """An approximator in front of a number."""

    text: str
    qualifier: Qualifier
    not_after: frozenset[str]
    round_only: bool


@dataclass(frozen=True, slots=True)
class After:
    """An approximator behind number and unit."""

    text: str
    qualifier: Qualifier
    not_before: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Noun:
    """A counted noun and the unit that it makes of a classifier."""

    text: str
    unit: str
    kind: Kind
    not_before: tuple[str, ...] = ()
    only_before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClockRule:
    """Which marks make 24小时 a span of hours; without one it means round the clock."""

    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exceptions:
    """Words that hold a numeral and print no figure, and where a figure is only a label."""

    words: tuple[str, ...]
    label_words: tuple[str, ...]
    money_before: tuple[str, ...]
    value_before: tuple[str, ...]
    clock: ClockRule


# Kinds that are amounts of something wherever they stand, quotation marks or not.
MEASURES = frozenset({Kind.MONEY, Kind.MASS, Kind.AREA, Kind.RATE, Kind.LENGTH})
_UNIT_KEYS = {
    "kind",
    "words",
    "scaled",
    "counts",
    "digits_only",
    "one",
    "not_before",
    "label_before",
    "counts_by",
}
_BEFORE_KEYS = {"text", "qualifier", "not_after", "round_only"}
_AFTER_KEYS = {"text", "qualifier", "not_before"}
_INNER = ("多", "余", "半")


@cache
def load_units() -> dict[str, Unit]:
    """Every spelling of units.toml, with 个多月 and 个半月 beside 个月."""
    units: dict[str, Unit] = {}
    for name, table in _read("units.toml").items():
        for unit in _units_of(name, table):
            if unit.text in units:
                raise LexiconError(f"units.toml: {unit.text} stands under {units[unit.text].name} and {name}")
            units[unit.text] = unit
    return units


@cache
def load_before() -> tuple[Before, ...]:
    found = []
    for table in _read("approximators.toml")["before"]:
        _check_keys("approximators.toml", "before", table, _BEFORE_KEYS)
        for text in table["text"].split():
            qualifier = _qualifier("approximators.toml", table["qualifier"])
            found.append(
                Before(
                    text,
                    qualifier,
                    frozenset(table.get("not_after", "")),
                    table.get("round_only", False),
                )
            )
    return tuple(found)


@cache
def load_after() -> tuple[After, ...]:
    found = []
    for table in _read("approximators.toml")["after"]:
        _check_keys("approximators.toml", "after", table, _AFTER_KEYS)
        for text in table["text"].split():
            qualifier = _qualifier("approximators.toml", table["qualifier"])
            found.append(After(text, qualifier, tuple(table.get("not_before", "").split())))
    return tuple(found)


@cache
def load_inside() -> dict[str, Qualifier]:
    table = _read("approximators.toml")
    _check_keys("approximators.toml", "", table, {"inside", "before", "after"})
    return {char: _qualifier("approximators.toml", name) for char, name in table["inside"].items()}


@cache
def load_nouns() -> dict[str, Noun]:
    nouns: dict[str, Noun] = {}
    for unit, table in _read("nouns.toml").items():
        _check_keys("nouns.toml", unit, table, {"kind", "words", "not_before", "only_before"})
        words = table["words"].split()
        for key in ("not_before", "only_before"):
            _check_keys("nouns.toml", f"{unit}.{key}", table.get(key, {}), set(words))
        for word in words:
            if word in nouns and nouns[word].unit != unit:
                raise LexiconError(f"nouns.toml: {word} stands under {nouns[word].unit} and {unit}")
            guards = (tuple(table.get(key, {}).get(word, "").split()) for key in ("not_before", "only_before"))
            nouns[word] = Noun(word, unit, _kind("nouns.toml", table["kind"]), *guards)
    return nouns


@cache
def load_exceptions() -> Exceptions:
    table = _read("exceptions.toml")
    _check_keys(
        "exceptions.toml",
        "",
        table,
        {"no_figure", "label", "money_before", "value_before", "clock"},
    )
    _check_keys("exceptions.toml", "clock", table["clock"], {"before", "after"})
    clock = ClockRule(tuple(table["clock"]["before"].split()), tuple(table["clock"]["after"].split()))
    words, labels = tuple(table["no_figure"].split()), tuple(table["label"].split())
    return Exceptions(
        words,
        labels,
        tuple(table["money_before"].split()),
        tuple(table["value_before"].split()),
        clock,
    )


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))


def _units_of(name: str, table: Mapping[str, Any]) -> Iterable[Unit]:
    _check_keys("units.toml", name, table, _UNIT_KEYS)
    factors = dict.fromkeys(table.get("words", "").split(), "1") | dict(table.get("scaled", {}))
    digits_only = set(table.get("digits_only", "").split())
    for key in ("not_before", "label_before", "counts_by"):
        _check_keys("units.toml", f"{name}.{key}", table.get(key, {}), set(factors))
    if digits_only - set(factors):
        raise LexiconError(
            f"units.toml: {name}.digits_only: {' '.join(digits_only - set(factors))} is no spelling of it"
        )
    for text, factor in factors.items():
        top, _, bottom = factor.partition("/")
        unit = Unit(
            text=text,
            name=name,
            kind=_kind("units.toml", table["kind"]),
            factor=Decimal(top),
            divisor=Decimal(bottom or "1"),
            counts=frozenset(table.get("counts_by", {}).get(text, table.get("counts", "")).split()),
            digits_only=text in digits_only,
            one=table.get("one", False),
            not_before=tuple(table.get("not_before", {}).get(text, "").split()),
            label_before=tuple(table.get("label_before", {}).get(text, "").split()),
        )
        yield unit
        if text[0] == "个" and unit.kind is Kind.DURATION:
            yield from (_with_inner(unit, inner) for inner in _INNER)


def _with_inner(unit: Unit, inner: str) -> Unit:
    fields = {name: getattr(unit, name) for name in Unit.__dataclass_fields__}
    return Unit(**(fields | {"text": unit.text[0] + inner + unit.text[1:], "inner": inner}))


def _check_keys(file: str, where: str, table: Mapping[str, Any], known: set[str]) -> None:
    for key in table:
        if key not in known:
            raise LexiconError(f"{file}: {where}: unknown key {key!r} (known: {', '.join(sorted(known))})")


def _kind(file: str, name: str) -> Kind:
    try:
        return Kind(name)
    except ValueError:
        raise LexiconError(f"{file}: unknown kind {name!r}") from None


def _qualifier(file: str, name: str) -> Qualifier:
    try:
        return Qualifier(name)
    except ValueError:
        raise LexiconError(f"{file}: unknown qualifier {name!r}") from None
