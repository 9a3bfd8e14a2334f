"""The table checks: batches of a run are summed up, runs stand side by side."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl

from expectations.results import SUMMARY
from gazette.publish.checks import build_checks
from gazette.publish.store import Change, Store

NIGHT = datetime(2020, 3, 27, 2, tzinfo=UTC)
RULE = ("validate", "labor", "labor_rate_within_0_and_100", "labor_rate", "reject")
WORDS = ("A rate lies between 0 and 100.", "在 0 与 100 之间。")


def commit(store: Store, run_id: str, at: datetime, *found: tuple[int, int]) -> None:
    summaries = [pl.DataFrame([(*RULE, *counts, *WORDS)], schema=SUMMARY, orient="row") for counts in found]
    store.commit(Change(revisions=[build_checks(store, summaries, run_id, at)]))


def test_batches_of_a_run_are_summed_and_runs_stand_side_by_side(store: Store) -> None:
    commit(store, "first", NIGHT, (10, 1))
    commit(store, "first", NIGHT.replace(hour=3), (5, 2))
    commit(store, "second", NIGHT.replace(hour=4), (7, 0))
    rows = store.read("checks").sort("finished_at")
    assert rows.select("run_id", "checked", "failed", "finished_at").rows() == [
        ("first", 15, 3, NIGHT.replace(hour=3)),
        ("second", 7, 0, NIGHT.replace(hour=4)),
    ]
    assert rows["rule_zh"].to_list() == [WORDS[1]] * 2


def test_a_rule_that_spoke_of_nothing_is_left_out(store: Store) -> None:
    commit(store, "first", NIGHT, (0, 0))
    assert store.read("checks").is_empty()


def test_a_run_over_the_turn_of_the_month_has_its_rows_in_both(store: Store) -> None:
    commit(store, "first", datetime(2020, 3, 31, 23, tzinfo=UTC), (10, 1))
    commit(store, "first", datetime(2020, 4, 1, tzinfo=UTC), (5, 0))
    assert sorted(store.read("checks")["checked"]) == [5, 10]
