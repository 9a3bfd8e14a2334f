"""The two real newspaper pages and the real broadcast items, where they are at hand: facts about them, no text."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from gazette.clean import Role, check_digits, clean
from gazette.clean.characters import fold

SHARED = Path(__file__).parents[2] / ".." / "shared"
GOLD = sorted((SHARED / "gold").glob("*.json"))

pytestmark = pytest.mark.skipif(not GOLD, reason="the real pages are not at hand")


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def squeeze(text: str) -> str:
    return re.sub(r"\s", "", fold(text))


@pytest.mark.parametrize("path", GOLD, ids=lambda path: path.stem)
def test_every_context_is_contiguous_unless_it_runs_over_two_blocks(path: Path) -> None:
    gold = read(path)
    cleaned = clean((SHARED / gold["file"]).read_text(encoding="utf-8-sig"))
    text = squeeze(cleaned.text)
    for mention in gold["mentions"]:
        context = squeeze(mention["m"].replace("⟦", "").replace("⟧", ""))
        assert context in text, mention["m"]


@pytest.mark.parametrize("path", GOLD, ids=lambda path: path.stem)
def test_digits_are_kept_and_cleaning_again_changes_nothing(path: Path) -> None:
    decoded = (SHARED / read(path)["file"]).read_text(encoding="utf-8-sig")
    cleaned = clean(decoded)
    assert check_digits(decoded, cleaned).even
    assert clean(cleaned.text).text == cleaned.text


@pytest.mark.parametrize(
    ("name", "headlines", "subheads", "captions", "credits", "furniture", "bodies"),
    [("qijiang", 2, 4, 5, 0, 0, 30), ("dadukou", 2, 6, 4, 1, 1, 36)],
)
def test_roles_of_the_two_pages(
    name: str, headlines: int, subheads: int, captions: int, credits: int, furniture: int, bodies: int
) -> None:
    gold = read(SHARED / "gold" / f"{name}.json")
    cleaned = clean((SHARED / gold["file"]).read_text(encoding="utf-8-sig"))
    roles = [block.role for block in cleaned.blocks]
    assert [roles.count(role) for role in (Role.HEADLINE, Role.SUBHEAD, Role.CAPTION, Role.CREDIT, Role.FURNITURE)] == [
        headlines,
        subheads,
        captions,
        credits,
        furniture,
    ]
    paragraphs = [cleaned.text[b.start : b.end] for b in cleaned.blocks if b.role is Role.BODY]
    assert len(paragraphs) == bodies
    assert all(paragraph[-1] in "。”" for paragraph in paragraphs)
    assert not any(" " in paragraph for paragraph in paragraphs)
