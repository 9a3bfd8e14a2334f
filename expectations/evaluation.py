"""One suite run over one frame: which rules were asked of how many rows, and which rows break them.

Takes a frame with its derived columns, gives findings (schema FOUND) and a summary (schema SUMMARY). Here the data
cross over to pandas and Great Expectations; nobody else needs to know of either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from expectations.results import FINDINGS, SUMMARY, GateError
from expectations.rows import ROW, find_rows_spoken_of
from expectations.rules import Rule, RuleError, frame_of

if TYPE_CHECKING:
    import pandas as pd

LONGEST_SEEN = 80  # characters of an observed string
Findings = tuple[pl.DataFrame, pl.DataFrame]  # of the schemas FOUND and SUMMARY
# What a suite finds before it is split into rejected, quarantined and warned; ROW numbers the rows of the frame.
FOUND = pl.Schema({ROW: pl.Int64(), **FINDINGS, "breaks": pl.String(), "severity": pl.String()})


def run_rules(rules: Sequence[Rule], frame: pl.DataFrame, stage: str) -> Findings:
    """What the rules of one suite find, and the count of rows checked and failed for each. Raises GateError where a
    rule could not be evaluated: whatever goes wrong in here, the data are not to blame."""
    if frame.is_empty():
        return FOUND.to_frame(), _summarize(rules, stage, {}, {})
    numbered = frame.with_row_index(ROW).with_columns(pl.col(ROW).cast(pl.Int64))
    try:
        checked, broken = _evaluate(rules, numbered)
    except Exception as error:
        raise GateError(f"suite {rules[0].suite}: {error}") from error
    found = [_build_findings(rule, numbered, broken[rule.name]) for rule in rules if rule.name in broken]
    failed = {name: len(rows) for name, rows in broken.items()}
    return pl.concat([FOUND.to_frame(), *found]), _summarize(rules, stage, checked, failed)


def join_findings(parts: Sequence[Findings]) -> Findings:
    """What one suite finds in several parts of a table; rows are numbered within their part."""
    if len(parts) == 1:
        return parts[0]
    found, summaries = zip(*parts, strict=True)
    counts = ("checked", "failed")
    rules = pl.concat(summaries).group_by(pl.exclude(counts), maintain_order=True).agg(pl.col(counts).sum())
    return pl.concat(found), rules.select(SUMMARY.names())


def _evaluate(rules: Sequence[Rule], numbered: pl.DataFrame) -> tuple[dict[str, int], dict[str, list[int]]]:
    """For each rule the number of rows it speaks of; for each broken rule the rows that break it."""
    from expectations.suites import find_breaking_rows  # imports Great Expectations: seconds

    for rule in rules:
        if missing := set(rule.columns) - set(numbered.columns):
            raise RuleError(f"rule {rule.name} speaks of unknown columns: {', '.join(sorted(missing))}")
    named = dict.fromkeys(name for rule in rules for name in rule.columns)
    pandas = numbered.select(ROW, *named).to_pandas()
    checked = _count_checked(rules, numbered, pandas)
    asked = tuple(rule for rule in rules if checked[rule.name])  # a rule that speaks of no row cannot fail
    broken = find_breaking_rows(asked, pandas) if asked else {}
    for name in list(pandas.columns):  # Great Expectations holds the frame in circles, which are found late
        del pandas[name]
    return checked, broken


def _count_checked(rules: Sequence[Rule], numbered: pl.DataFrame, pandas: pd.DataFrame) -> dict[str, int]:
    """For each rule the number of rows it speaks of."""
    filled = {rule.name: pl.all_horizontal(pl.col(rule.columns).is_not_null()).sum() for rule in rules}
    counts = numbered.select(**filled).row(0, named=True)
    for rule in rules:
        if rule.check == "present" or (rule.nulls == "checked" and rule.when is None):
            counts[rule.name] = numbered.height
        elif rule.when is not None and (counts[rule.name] or rule.nulls == "checked"):
            counts[rule.name] = len(find_rows_spoken_of(pandas, rule.columns, rule.when, rule.nulls)[ROW])
    return counts


def _build_findings(rule: Rule, numbered: pl.DataFrame, rows: list[int]) -> pl.DataFrame:
    """One row for each row that breaks the rule, with the values seen."""
    key = frame_of(rule.suite).key
    broken = numbered.filter(pl.col(ROW).is_in(rows))
    seen = ["; ".join(f"{name}={_show(row[name])}" for name in rule.columns) for row in broken.iter_rows(named=True)]
    return broken.select(
        ROW,
        "issue_id",
        expectation=pl.lit(rule.name),
        observed=pl.Series(seen, dtype=pl.String),
        table=pl.lit(rule.suite),
        key=pl.col(key),
        breaks=pl.lit(rule.breaks.value),
        severity=pl.lit(rule.severity.value),
    )


def _show(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, float):
        return f"{value:.15g}"
    shown = str(value)
    return shown if len(shown) <= LONGEST_SEEN else f"{shown[:LONGEST_SEEN]}…"


def _summarize(
    rules: Sequence[Rule], stage: str, checked: Mapping[str, int], failed: Mapping[str, int]
) -> pl.DataFrame:
    rows = [
        (
            stage,
            rule.suite,
            rule.name,
            " ".join(rule.columns),
            rule.severity.value,
            checked.get(rule.name, 0),
            failed.get(rule.name, 0),
            rule.en,
            rule.zh,
        )
        for rule in rules
    ]
    return pl.DataFrame(rows, schema=SUMMARY, orient="row")
