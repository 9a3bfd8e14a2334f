"""The number, percent, ordinal, dimension, currency and duration cases of Microsoft Recognizers-Text (Chinese specs,
../shared/conformance), run against `find_numbers` and `find_quantities`.

Every case passes, or is listed in quantities_listed.toml with its reason; a listed case that passes fails the run.

How their expectations map onto ours:
- NumberModel knows no units, so it is `find_numbers`, span and value.
- PercentModel takes 百分点 for a percentage; ours are two units with the same figure, so both are taken here.
- OrdinalModel marks 第 and the number; our mention goes on over the classifier, so its number is compared.
- CurrencyModel and DimensionModel keep the printed unit; ours are base units (metre, tonne, mu), so value and unit are
  converted through UNITS. An amount whose currency is not printed (奖池36.57亿) is money for us and nothing for them:
  mentions without a printed unit are left out there. Approximators (超过) belong to our mention, not to theirs.
- DurationParser counts seconds, we count days.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest

from gazette.extract.model import Kind, Qualifier, Quantity
from gazette.extract.quantities import find_numbers, find_quantities
from tests.conformance.cases import CASES, Case, check_list, check_listed_or_passes, read_cases, read_listed

LISTED = read_listed("quantities_listed.toml")
ONLY = re.compile(r"Number/|NumberWithUnit/|DateTime/Chinese/DurationParser")
FOLD = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code) != "，"}
COMMA = re.compile("(?<=[\uff10-\uff19])，(?=[\uff10-\uff19])")  # a separator among full-width digits only
ALLOWED = 10  # of the whole suite 8 % may be listed; the dates have a list of their own
SECONDS = Decimal(86400)
UNITS = {  # their unit -> our unit and how many of it one of theirs is
    "Mu": ("mu", "1"),
    "Centimeter": ("metre", "0.01"),
    "Meter": ("metre", "1"),
    "Kilometer": ("metre", "1000"),
    "Jin": ("tonne", "0.0005"),
    "Kilogram": ("tonne", "0.001"),
    "Kilowatt": ("kilowatt", "1"),
    "Chinese yuan": ("CNY", "1"),
    "United States dollar": ("USD", "1"),
    "Dollar": ("USD", "1"),
}
MEASURED = {Kind.AREA, Kind.LENGTH, Kind.MASS, Kind.OTHER}
Reading = tuple[int, int, Decimal, str]  # start, end, value, unit


def find_for(family: str, text: str) -> list[Reading]:
    """What ours finds of the family's kind."""
    if family == "NumberModel":
        return [(number.start, number.end, number.value, "") for number in find_numbers(text)]
    found = find_quantities(text)
    if family == "OrdinalModel":
        return [(q.start, q.number_end, q.value, "") for q in found if q.kind is Kind.ORDINAL]
    if family == "PercentModel":
        return [(q.start, q.end, q.value, "") for q in found if q.kind is Kind.RATE]
    if family == "DurationParser":
        return [(q.start, q.end, q.value * SECONDS, "") for q in found if q.kind is Kind.DURATION]
    kinds = {Kind.MONEY} if family == "CurrencyModel" else MEASURED
    return [(start_of(q), q.end, q.value, q.unit) for q in found if q.kind in kinds and q.unit_text]


def start_of(quantity: Quantity) -> int:
    """Where the figure starts without the approximator that our mention takes in."""
    return quantity.start if quantity.qualifier is Qualifier.EXACT else quantity.number_start


def expected_of(family: str, result: dict[str, Any]) -> Reading:
    resolution, unit, factor = result["resolution"], "", "1"
    if family in ("CurrencyModel", "DimensionModel"):
        unit, factor = UNITS[resolution["unit"]]
    if family == "DurationParser":
        value = resolution["PastResolution"]["duration"]
    else:
        value = (resolution["value"] or "0").rstrip("%")
    return result["start"], result["end"], Decimal(value) * Decimal(factor), unit


def check_case(case: Case) -> None:
    family = case["suite"].rsplit("/", 1)[1]
    found = find_for(family, COMMA.sub(",", case["input"]).translate(FOLD))
    wanted = [expected_of(family, result) for result in case["results"]]
    assert [(start, end, unit) for start, end, _, unit in found] == [(s, e, u) for s, e, _, u in wanted]
    for ours, theirs in zip(found, wanted, strict=True):
        # They print a fraction with 15 digits.
        assert abs(ours[2] - theirs[2]) <= abs(theirs[2]) * Decimal("1e-14")


@pytest.mark.skipif(not CASES.exists(), reason="the conformance suite is not here")
@pytest.mark.parametrize("name", sorted(read_cases(ONLY)))
def test_case_passes_or_is_listed(name: str) -> None:
    check_listed_or_passes(name, read_cases(ONLY)[name], LISTED, check_case)


@pytest.mark.skipif(not CASES.exists(), reason="the conformance suite is not here")
def test_list_names_existing_cases_and_stays_short() -> None:
    check_list(LISTED, read_cases(ONLY), ALLOWED)
