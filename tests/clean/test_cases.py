"""Dumps and the blocks that they must give (cases.toml)."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from gazette.clean import check_digits, clean

CASES: list[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("cases.toml").read_text(encoding="utf-8"))["case"]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_dump_gives_its_blocks(case: dict[str, Any]) -> None:
    cleaned = clean(case["dump"])
    assert [f"{block.role.value}: {cleaned.text[block.start : block.end]}" for block in cleaned.blocks] == case[
        "blocks"
    ]
    if "articles" in case:
        assert [block.article for block in cleaned.blocks] == case["articles"]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_cleaning_again_changes_nothing(case: dict[str, Any]) -> None:
    cleaned = clean(case["dump"])
    assert clean(cleaned.text).text == cleaned.text
    assert check_digits(case["dump"], cleaned).even
