"""What a gate says, as plain frames: what is published, rejected, quarantined or warned of, and what was checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

# One row a broken rule and row: `table` and `key` name the row (its record_id, mention_id or path; issue_id otherwise).
FINDINGS = pl.Schema(
    {
        "issue_id": pl.String(),
        "expectation": pl.String(),
        "observed": pl.String(),
        "table": pl.String(),
        "key": pl.String(),
    }
)
# One row a rule: how many rows it spoke of, how many broke it, its columns, and the rule in words.
SUMMARY = pl.Schema(
    {
        "stage": pl.String(),
        "table": pl.String(),
        "expectation": pl.String(),
        "columns": pl.String(),
        "severity": pl.String(),
        "checked": pl.Int64(),
        "failed": pl.Int64(),
        "rule_en": pl.String(),
        "rule_zh": pl.String(),
    }
)


class GateError(RuntimeError):
    """The gate itself could not do its work: a column is missing, a type is wrong, an expectation raised. No verdict on
    the data; nothing of the batch may be published."""


@dataclass(frozen=True, slots=True)
class StageResult:
    """The verdict on a stage's issues. `rejected` has one row an issue and broken rule (schema FINDINGS)."""

    rejected: pl.DataFrame
    warned: pl.DataFrame
    summary: pl.DataFrame

    @property
    def rejected_issues(self) -> frozenset[str]:
        return frozenset(self.rejected["issue_id"].drop_nulls())


@dataclass(frozen=True, slots=True)
class TableResult:
    """The verdict on a batch's tables.

    `accepted`: the rows to publish, in the declared schema; issues in quarantine have none. `rejected`: for each record
    table its rejected rows, in the schema of `Table.quarantine()` (several broken rules joined by "; ").
    `quarantined`: one row an issue and broken issue-level rule; `warned`: one row a finding (both schema FINDINGS).
    """

    accepted: Mapping[str, pl.DataFrame]
    rejected: Mapping[str, pl.DataFrame]
    quarantined: pl.DataFrame
    warned: pl.DataFrame
    summary: pl.DataFrame

    @property
    def quarantined_issues(self) -> frozenset[str]:
        return frozenset(self.quarantined["issue_id"])


@dataclass(frozen=True, slots=True)
class SeriesResult:
    """The verdict on rows of the derived table: those to publish, those to keep back (`Table.quarantine()`)."""

    accepted: pl.DataFrame
    rejected: pl.DataFrame
    summary: pl.DataFrame
