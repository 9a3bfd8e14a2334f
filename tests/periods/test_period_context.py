"""`PeriodContext` on our own cases (periods.toml): filing rule 8."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gazette.clean.model import Block, Role
from gazette.extract.model import Basis, Period
from gazette.extract.periods import PeriodContext

DATA = tomllib.loads(Path(__file__).with_name("periods.toml").read_text(encoding="utf-8"))


def build_blocks(printed: str) -> tuple[str, list[Block]]:
    """Text and blocks of a case: blocks separated by |, headlines marked #, headings ##."""
    text, blocks = "", []
    for part in printed.split("|"):
        role = {0: Role.BODY, 1: Role.HEADLINE, 2: Role.SUBHEAD}[len(part) - len(part.lstrip("#"))]
        start = len(text)
        text += part.lstrip("#") + "\n"
        blocks.append(Block(role, start, len(text) - 1, 0))
    return text, blocks


def read_period(case: dict[str, Any]) -> Period:
    marked, _ = build_blocks(case["text"])
    text, blocks = build_blocks(case["text"].replace("⟦", "").replace("⟧", ""))
    context = PeriodContext(text, blocks, date.fromisoformat(case["issue"]))
    return context.period_at(marked.index("⟦"), case.get("planned", False))


@pytest.mark.parametrize("case", DATA["cases"], ids=lambda case: f"{case['issue']} {case['text']}")
def test_period(case: dict[str, Any]) -> None:
    start = date.fromisoformat(case["start"]) if "start" in case else None
    assert read_period(case) == Period(start, date.fromisoformat(case["as_of"]), Basis(case["basis"]))


def test_articles_do_not_inherit_from_each_other() -> None:
    text = "上半年收入增长\n收入9亿元。"
    blocks = [Block(Role.HEADLINE, 0, 7, 0), Block(Role.BODY, 8, 14, 1)]
    context = PeriodContext(text, blocks, date(2026, 8, 5))
    assert context.period_at(10, planned=False) == Period(None, date(2026, 8, 5), Basis.ISSUE)


def test_text_without_blocks_has_the_issue_date() -> None:
    assert PeriodContext("", [], date(2026, 8, 5)).period_at(0, planned=False).as_of == date(2026, 8, 5)


@pytest.mark.parametrize(
    ("text", "is_ahead"),
    [
        ("到2027年，支持企业⟦500家⟧。", True),
        ("明年，支持企业⟦500家⟧。", True),
        ("到2024年，支持企业⟦500家⟧。", False),
        ("今年计划支持企业300家，目前已支持⟦50家⟧。", False),
        ("预计年底完工。支持企业⟦50家⟧。", False),
    ],
)
def test_date_ahead_tells_a_plan(text: str, is_ahead: bool) -> None:
    printed, blocks = build_blocks(text.replace("⟦", "").replace("⟧", ""))
    context = PeriodContext(printed, blocks, date(2025, 3, 13))
    assert context.is_ahead(text.index("⟦")) is is_ahead
