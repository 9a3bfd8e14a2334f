"""What a careful reader said of figures drawn from the corpus: how many are rightly filed, and that they still are.

reading.jsonl was drawn by draw.py and read one figure at a time beside its sentence (facts only are kept). Rules were
mended by its wrong ones since, so its share flatters; reading_unseen.jsonl (`--seed 20261129`) was drawn and read when
that was done, and says how the rules do on what nobody had looked at. Its verdicts stand as they were given.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.corpus.draw import CORPUS, FILED, UNFILED, read_issue

HERE = Path(__file__).parent
LEAST_RIGHT = {"reading.jsonl": 0.95, "reading_unseen.jsonl": 0.95}
MOST_MISSED = 0.05
MOST_CHANGED = 0.03

Facts = dict[str, Any]


def read_reading(name: str) -> list[Facts]:
    return [json.loads(line) for line in (HERE / name).read_text(encoding="utf-8").splitlines()]


def is_filed(facts: Facts) -> bool:
    return facts["reason"] is None


def find_share(figures: Iterable[Facts], verdict: str) -> float:
    verdicts = [facts["verdict"] for facts in figures]
    return verdicts.count(verdict) / len(verdicts)


def find_today(days: Iterable[str]) -> dict[tuple[str, int], Facts]:
    paths = (CORPUS / f"{day}.txt" for day in sorted(days))
    return {figure.find_place(): figure.facts for path in paths for figure in read_issue(path)}


@pytest.mark.parametrize("name", LEAST_RIGHT)
def test_every_figure_was_judged_once_and_every_fault_says_what_it_should_be(name: str) -> None:
    reading = read_reading(name)
    assert sum(map(is_filed, reading)) == FILED
    assert len(reading) == FILED + UNFILED
    assert len({(facts["date"], facts["char_start"]) for facts in reading}) == len(reading)
    for facts in reading:
        assert facts["verdict"] in {"right", "wrong"}
        assert ("note" in facts) == (facts["verdict"] == "wrong"), facts


@pytest.mark.parametrize("name", LEAST_RIGHT)
def test_filed_figures_are_rightly_filed(name: str) -> None:
    assert find_share(filter(is_filed, read_reading(name)), "right") >= LEAST_RIGHT[name]


@pytest.mark.parametrize("name", LEAST_RIGHT)
def test_few_figures_outside_belonged_in_a_table(name: str) -> None:
    unfiled = [facts for facts in read_reading(name) if not is_filed(facts)]
    assert find_share(unfiled, "wrong") <= MOST_MISSED


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not at hand")
def test_what_was_right_is_still_filed_so() -> None:
    right = [facts for facts in read_reading("reading.jsonl") if facts["verdict"] == "right"]
    today = find_today({facts["date"] for facts in right})
    changed = defaultdict(list)
    for facts in right:
        now = today.get((facts["date"], facts["char_start"]), {})
        for name in ("value", "table", "column"):
            if now.get(name, "gone") != facts[name]:
                changed[facts["date"], facts["char_start"]].append((name, facts[name], now.get(name, "gone")))
    assert len(changed) <= MOST_CHANGED * len(right), dict(changed)
