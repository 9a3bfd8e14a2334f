"""Each expectation of each suite is seen to fail, and good frames pass them all."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
import pytest

from expectations import gate
from expectations.derived import derive_stage, derive_table
from expectations.evaluation import run_rules
from expectations.results import StageResult, TableResult
from expectations.rules import Breaks, Severity, rules_of
from gazette.tables import RECORD_TABLES, STAGES
from tests.expectations.breaking import BREAKING, Case, Frames, cases
from tests.expectations.frames import (
    ISSUE,
    REGION_CODES,
    TODAY,
    good_documents,
    good_stage,
    good_tables,
    issues,
)

PARTS = {"mentions", "texts", *RECORD_TABLES}
SUITES = [*STAGES, *PARTS, "documents"]


def good_frames(suite: str) -> Frames:
    if suite in STAGES:
        return {suite: good_stage(suite)}
    return {"documents": good_documents()} if suite == "documents" else dict(good_tables())


def check(suite: str, frames: Frames) -> StageResult | TableResult:
    if suite in STAGES:
        return gate.check_stage(suite, frames[suite], region_codes=REGION_CODES, today=TODAY)
    if suite == "documents":
        return gate.check_documents(frames["documents"])
    return gate.check_tables(frames, find_batch(frames), region_codes=REGION_CODES)


def find_batch(frames: Frames) -> pl.DataFrame:
    return frames["texts"].select("issue_id").unique()


def derive(suite: str, frames: Frames) -> pl.DataFrame:
    """The suite's frame as its rules see it."""
    if suite in STAGES:
        return derive_stage(frames[suite], REGION_CODES, TODAY)
    return frames[suite] if suite == "documents" else derive_table(suite, frames, find_batch(frames), REGION_CODES)


def find_seen(result: StageResult | TableResult) -> Iterator[tuple[str, str]]:
    """Every (table, expectation) that the result reports broken, wherever it is reported."""
    found = [result.warned]
    found += [result.rejected] if isinstance(result, StageResult) else [result.quarantined]
    for frame in found:
        yield from frame.select("table", "expectation").iter_rows()
    if isinstance(result, TableResult):
        for table, rejected in result.rejected.items():
            for names in rejected["expectation"]:
                yield from ((table, name) for name in names.split("; "))


@pytest.mark.parametrize(
    "case", [case for suite in sorted(SUITES) for case in cases(suite)], ids=lambda c: f"{c.rule.suite}-{c.rule.name}"
)
def test_expectation_is_seen_to_fail(case: Case) -> None:
    suite = case.rule.suite
    found, summary = run_rules([case.rule], derive(suite, case.apply(good_frames(suite))), "test")
    assert found["expectation"].unique().to_list() == [case.rule.name]
    assert 1 <= summary["failed"].item() <= summary["checked"].item()


@pytest.mark.parametrize("suite", sorted(SUITES))
def test_good_frames_pass(suite: str) -> None:
    result = check(suite, good_frames(suite))
    assert list(find_seen(result)) == []
    assert result.summary["failed"].sum() == 0


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


def test_what_a_rule_breaks_goes_where_it_says() -> None:
    """A row rule leaves the issue published, an issue rule takes all of it out, a warning neither."""
    for suite, name in (
        ("projects", "resumption_rate_within_0_and_100"),
        ("mentions", "mention_equals_its_span"),
        ("finance", "lender_is_not_the_entity"),
    ):
        case = next(case for case in cases(suite) if case.rule.name == name)
        result = check(suite, case.apply(good_frames(suite)))
        assert isinstance(result, TableResult)
        breaks_issue = case.rule.breaks is Breaks.ISSUE
        assert (ISSUE in result.quarantined_issues) is breaks_issue
        rejects_row = case.rule.severity is Severity.REJECT and not breaks_issue
        assert any(frame.height for frame in result.rejected.values()) is rejects_row
        assert result.accepted["texts"].is_empty() is breaks_issue


def test_issues_name_the_batch() -> None:
    result = gate.check_tables(good_tables(), pl.concat([issues(), issues().with_columns(issue_id=pl.lit("f" * 64))]))
    assert result.quarantined.select("issue_id", "expectation").rows() == [("f" * 64, "text_present")]
