"""Each expectation of each suite is seen to fail, and good frames pass them all."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import polars as pl
import pytest

from expectations import gate
from expectations.derived import derive_series, derive_stage, derive_table
from expectations.evaluation import run_rules
from expectations.rows import ROW
from expectations.rules import Breaks, Severity, rules_of
from gazette.tables import RECORD_TABLES, STAGES
from tests.expectations.breaking import BREAKING, Case, Frames, cases
from tests.expectations.frames import (
    ISSUE,
    REGION_CODES,
    TODAY,
    good_documents,
    good_series,
    good_stage,
    good_tables,
    issues,
    only,
)

PARTS = {"mentions", "texts", *RECORD_TABLES}
SUITES = [*STAGES, *PARTS, "documents", "series"]


def good_frames(suite: str) -> Frames:
    if suite in STAGES:
        return {suite: good_stage(suite)}
    if suite == "series":
        return {suite: good_series()}
    return {"documents": good_documents()} if suite == "documents" else dict(good_tables())


def find_batch(frames: Frames) -> pl.DataFrame:
    return frames["texts"].select("issue_id").unique()


def derive(suite: str, frames: Frames) -> pl.DataFrame:
    """The suite's frame as its rules see it."""
    if suite in STAGES:
        return derive_stage(frames[suite], REGION_CODES, TODAY)
    if suite == "series":
        return derive_series(frames[suite], REGION_CODES)
    return frames[suite] if suite == "documents" else derive_table(suite, frames, find_batch(frames), REGION_CODES)


@cache
def find_broken(suite: str) -> Mapping[str, set[str]]:
    """For each case of the suite the rules that it breaks.

    All cases stand in one frame, each derived by itself, because a call of Great Expectations costs more than a row;
    what must be unique is asked for case by case.
    """
    rules = rules_of(suite)
    derived = {case.rule.name: derive(suite, case.apply(good_frames(suite))) for case in cases(suite)}
    labelled = [frame.with_columns(case=pl.lit(name)) for name, frame in derived.items()]
    frame = pl.concat(labelled, how="vertical_relaxed")
    found, _ = run_rules([rule for rule in rules if rule.check != "unique"], frame, "test")
    broken: dict[str, set[str]] = {rule.name: set() for rule in rules}
    for row, name in found.select(ROW, "expectation").iter_rows():
        broken[frame["case"][row]].add(name)
    for rule in rules:
        if rule.check == "unique":
            broken[rule.name] |= set(run_rules([rule], derived[rule.name], "test")[0]["expectation"])
    return broken


@pytest.mark.parametrize(
    "case", [case for suite in sorted(SUITES) for case in cases(suite)], ids=lambda c: f"{c.rule.suite}-{c.rule.name}"
)
def test_expectation_is_seen_to_fail(case: Case) -> None:
    assert case.rule.name in find_broken(case.rule.suite)[case.rule.name]


@pytest.mark.parametrize("suite", sorted(SUITES))
def test_good_frames_pass(suite: str) -> None:
    found, summary = run_rules(rules_of(suite), derive(suite, good_frames(suite)), "test")
    assert found.is_empty()
    assert summary["checked"].sum() > 0
    assert summary["failed"].sum() == 0


@pytest.mark.parametrize("suite", sorted(SUITES))
def test_no_case_breaks_a_rule_that_is_gone(suite: str) -> None:
    rules = {rule.name for rule in rules_of(suite)}
    written = {name for name in BREAKING[suite] if not name.endswith(("_present", "_in_its_set"))}
    endings = ("whole", "not_negative", "positive", "trillion", "billion", "its_whole", "not_above_whole")
    assert {name for name in written - rules if not name.endswith(endings)} == set()


@pytest.mark.parametrize("suite", sorted(SUITES))
def test_every_rule_is_worded_in_both_languages(suite: str) -> None:
    for rule in rules_of(suite):
        assert rule.en.endswith((".", "?")) or ":" in rule.en, rule.name
        assert any("\u4e00" <= character <= "\u9fff" for character in rule.zh), rule.name


@pytest.mark.parametrize(
    ("suite", "name"),
    [
        ("labor", "labor_rate_within_0_and_100"),
        ("mentions", "mention_equals_its_span"),
        ("finance", "lender_is_not_the_entity"),
    ],
)
def test_what_a_rule_breaks_goes_where_it_says(suite: str, name: str) -> None:
    """A row rule leaves the issue published, an issue rule takes all of it out, a warning neither."""
    case = next(case for case in cases(suite) if case.rule.name == name)
    result = gate.check_tables(case.apply(only("labor", suite)), issues(), region_codes=REGION_CODES)
    breaks_issue = case.rule.breaks is Breaks.ISSUE
    assert (ISSUE in result.quarantined_issues) is breaks_issue
    rejects_row = case.rule.severity is Severity.REJECT and not breaks_issue
    assert any(frame.height for frame in result.rejected.values()) is rejects_row
    assert result.accepted["texts"].is_empty() is breaks_issue


def test_issues_name_the_batch() -> None:
    batch = pl.concat([issues(), issues().with_columns(issue_id=pl.lit("f" * 64))])
    result = gate.check_tables(only("labor"), batch)
    assert result.quarantined.select("issue_id", "expectation").rows() == [("f" * 64, "text_present")]
