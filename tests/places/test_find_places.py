"""What find_places reads, case by case: cases.toml."""

from __future__ import annotations

import itertools
import tomllib
from pathlib import Path
from typing import Any

import pytest

from gazette.extract.places import find_places

CASES = tomllib.loads(Path(__file__).with_name("cases.toml").read_text(encoding="utf-8"))["case"]


@pytest.mark.parametrize("case", CASES, ids=[case["about"] for case in CASES])
def test_case(case: dict[str, Any]) -> None:
    text = case["text"]
    spans = find_places(text, case.get("near", []))
    found = [f"{text[span.start : span.end]}={span.place.code}" for span in spans if span.governs]
    aside = [f"{text[span.start : span.end]}={span.place.code}" for span in spans if not span.governs]
    assert found == case["places"]
    assert aside == case.get("aside", [])


def test_spans_are_in_order_and_do_not_overlap() -> None:
    text = "南充市顺庆区和顺庆，在通江，四川通江，当地和四川省巴中市通江县" * 3
    spans = find_places(text)
    assert len(spans) > 10
    assert all(one.end <= other.start for one, other in itertools.pairwise(spans))


def test_a_name_inside_another_is_marked() -> None:
    span = find_places("重庆农商行发放贷款3亿元")[0]
    assert span.inside_name
    assert not span.governs


def test_nothing_in_nothing() -> None:
    assert find_places("") == []
