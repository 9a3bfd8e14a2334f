"""What belongs together in one statement, and in which phase, status, instrument or activity it is."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.records.statements import describe_text

FILES = sorted(Path(__file__).parent.glob("statements*.toml"))
CASES = [case for path in FILES for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:18])
def test_statement_makes_its_records(case: dict[str, Any]) -> None:
    assert describe_text(case["text"]) == case["records"]
