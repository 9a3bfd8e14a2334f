"""Cases as data: figures in their surroundings (cases.toml) and one value in many spellings (numerals.toml)."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path

import pytest

from gazette.extract.model import Quantity
from gazette.extract.quantities import find_quantities

HERE = Path(__file__).parent
CASES = {
    text: lines
    for group in tomllib.loads((HERE / "cases.toml").read_text(encoding="utf-8")).values()
    for text, lines in group.items()
}
SPELLINGS = [
    (value, spelling)
    for value, spellings in tomllib.loads((HERE / "numerals.toml").read_text(encoding="utf-8")).items()
    for spelling in spellings.split()
]


def number(text: str) -> Decimal | None:
    return None if text == "-" else Decimal(text)


def wanted(line: str) -> tuple[object, ...]:
    span, _, rest = line.partition(" | ")
    value, unit, kind, qualifier, *ends = rest.split()
    low, high = ends or (value, value)
    return span, number(value), unit, kind, qualifier, number(low), number(high)


def seen(text: str, quantity: Quantity) -> tuple[object, ...]:
    q = quantity
    return text[q.start : q.end], q.value, q.unit, q.kind.value, q.qualifier.value, q.low, q.high


@pytest.mark.parametrize("text", CASES)
def test_figures_in_their_surroundings(text: str) -> None:
    assert [seen(text, quantity) for quantity in find_quantities(text)] == [wanted(line) for line in CASES[text]]


@pytest.mark.parametrize(("value", "spelling"), SPELLINGS)
def test_one_value_many_spellings(value: str, spelling: str) -> None:
    text = f"共{spelling}个"
    (quantity,) = find_quantities(text)
    assert text[quantity.start : quantity.end] == f"{spelling}个"
    assert quantity.value == Decimal(value)


def test_our_cases_outnumber_those_of_the_suite() -> None:
    assert len(CASES) + len(SPELLINGS) > 300
