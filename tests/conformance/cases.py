"""The cases of Microsoft Recognizers-Text (../shared/conformance), and what it means that one passes or is listed."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

CASES = Path(__file__).parents[2] / "../shared/conformance/microsoft-chinese.jsonl"
TOTAL = 234  # of the whole suite 8 % may be listed
Case = dict[str, Any]


@cache
def read_cases(only: re.Pattern[str]) -> dict[str, Case]:
    """The cases whose suite matches, by suite and number; none where the conformance suite is not here."""
    if not CASES.exists():
        return {}
    cases = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]
    return {f"{case['suite']}:{case['case']}": case for case in cases if only.match(case["suite"])}


def read_listed(name: str) -> dict[str, str]:
    return tomllib.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))


def check_listed_or_passes(name: str, case: Case, listed: dict[str, str], check_case: Callable[[Case], None]) -> None:
    """A listed case must fail, so that the list stays as short as the truth."""
    if name not in listed:
        check_case(case)
        return
    with pytest.raises(AssertionError):
        check_case(case)


def check_list(listed: dict[str, str], cases: dict[str, Case], allowed: int) -> None:
    assert set(listed) <= set(cases)
    assert all(len(reason) > 20 for reason in listed.values())
    assert len(listed) <= allowed < 0.08 * TOTAL
