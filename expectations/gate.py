"""The gates: start reading here. Frames of a batch go in; what to publish, reject and quarantine comes out.

`check_stage` looks at the issues after ingest, clean and extract, `check_tables` at the tables of a batch before they
are published, `check_documents` at the list of files. The rules are in the TOML files beside this module. A fault of
the gate itself raises GateError and is never mistaken for a fault of the data.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date

import polars as pl

from expectations.derived import Frames, derive_series, derive_stage, derive_table
from expectations.evaluation import Findings, join_findings, run_rules
from expectations.results import FINDINGS, GateError, SeriesResult, StageResult, TableResult
from expectations.rows import ROW
from expectations.rules import Breaks, Severity, rules_of
from gazette.tables import RECORD_TABLES, STAGES, TABLES, Table

MENTIONS_A_PART = 25_000  # some hundred pages
CHECKED_TABLES = (*RECORD_TABLES, "mentions", "texts")


def check_stage(
    stage: str, frame: pl.DataFrame, *, region_codes: Collection[str] | None = None, today: date | None = None
) -> StageResult:
    """The verdict on the issues of a batch after `stage`: one row an issue, columns as `STAGES[stage]` declares.

    Without `region_codes` it is not checked whether codes are known. Raises GateError.
    """
    if stage not in STAGES:
        raise GateError(f"no stage is called {stage}")
    conformed = _conform(frame, STAGES[stage])
    _check_issue_ids(conformed, stage)
    found, summary = run_rules(rules_of(stage), derive_stage(conformed, region_codes, today or date.today()), stage)
    return _stage_result(found, summary)


def check_documents(documents: pl.DataFrame) -> StageResult:
    """The verdict on rows of the table documents; `key` of a finding is the file's path. Raises GateError."""
    found, summary = run_rules(rules_of("documents"), _conform(documents, TABLES["documents"]), "publish")
    return _stage_result(found, summary)


def check_series(series: pl.DataFrame, *, region_codes: Collection[str] | None = None) -> SeriesResult:
    """The verdict on rows of the table series. Raises GateError."""
    conformed = _conform(series, TABLES["series"])
    found, summary = run_rules(rules_of("series"), derive_series(conformed, region_codes), "publish")
    reasons = _reasons_by_row(found.filter(pl.col("severity") == Severity.REJECT.value))
    rejected, accepted = _divide(conformed, reasons)
    return SeriesResult(accepted, rejected, summary)


def check_tables(
    frames: Mapping[str, pl.DataFrame], issues: pl.DataFrame, *, region_codes: Collection[str] | None = None
) -> TableResult:
    """The verdict on the four record tables, mentions and texts of a batch.

    `frames` are as `Table.unchecked()` declares them (counts may be floats, so that 1.5 can be seen); `issues` has one
    row an issue of the batch (column issue_id), also those with no row in any table. Raises GateError.
    """
    if missing := set(CHECKED_TABLES) - set(frames):
        raise GateError(f"tables are missing: {', '.join(sorted(missing))}")
    conformed = {name: _conform(frames[name], TABLES[name].unchecked()) for name in CHECKED_TABLES}
    _check_batch(conformed, issues)
    found, summary = zip(*_run_tables(conformed, issues, region_codes), strict=True)
    return _table_result(conformed, pl.concat(found), pl.concat(summary))


def _run_tables(frames: Frames, issues: pl.DataFrame, region_codes: Collection[str] | None) -> Iterator[Findings]:
    """What the rules of each table find. Mentions and texts are most of a batch, and pandas and the columns that rules
    compare with take several times their room: they are looked at some issues at a time."""
    for name in CHECKED_TABLES:
        parts = [(frames, issues)] if name in RECORD_TABLES else _cut(frames, issues)
        rules = rules_of(name)
        runs = (run_rules(rules, derive_table(name, *part, region_codes), "validate") for part in parts)
        yield join_findings(list(runs))


def _cut(frames: Frames, issues: pl.DataFrame) -> Iterator[tuple[Frames, pl.DataFrame]]:
    """The frames of a batch in parts of whole issues; no rule of mentions or texts compares an issue with another."""
    counts = frames["mentions"].group_by("issue_id").agg(mentions=pl.len())
    sized = issues.select(pl.col("issue_id").cast(pl.String)).join(
        counts, on="issue_id", how="left", maintain_order="left"
    )
    numbered = sized.with_columns(part=pl.col("mentions").fill_null(0).cum_sum() // MENTIONS_A_PART)
    parts = numbered.partition_by("part", maintain_order=True)
    if len(parts) < 2:
        yield frames, issues
        return
    for part in parts:
        meant = pl.col("issue_id").is_in(part["issue_id"].to_list())
        cut = {name: frames[name].filter(meant) for name in CHECKED_TABLES}
        yield cut, issues.filter(pl.col("issue_id").cast(pl.String).is_in(part["issue_id"].to_list()))


# Frames as the gate needs them


def _conform(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    """The frame in the declared order and types. Raises GateError for a column too many, too few, or of another type;
    a column of nothing but nulls has any type, and whole numbers may stand for floats."""
    declared = table.polars_schema()
    if missing := [name for name in declared if name not in frame.columns]:
        raise GateError(f"{table.name}: columns are missing: {', '.join(missing)}")
    if undeclared := [name for name in frame.columns if name not in declared]:
        raise GateError(f"{table.name}: columns are not declared: {', '.join(undeclared)}")
    for name, wanted in declared.items():
        found = frame.schema[name]
        widened = wanted.is_float() and found.is_numeric()
        if not (found == wanted or found == pl.Null or widened or (wanted.is_integer() and found.is_integer())):
            raise GateError(f"{table.name}.{name}: type is {found}, not {wanted}")
    return table.cast(frame)


def _check_issue_ids(frame: pl.DataFrame, name: str) -> None:
    if frame["issue_id"].null_count():
        raise GateError(f"{name}: rows without issue_id: nobody could be told what to quarantine")


def _check_batch(frames: Mapping[str, pl.DataFrame], issues: pl.DataFrame) -> None:
    """Every row belongs to an issue of the batch, and every issue stands in it once."""
    if "issue_id" not in issues.columns:
        raise GateError("issues: columns are missing: issue_id")
    if issues["issue_id"].is_duplicated().any():
        raise GateError("issues: an issue stands twice in the batch")
    for name, frame in frames.items():
        _check_issue_ids(frame, name)
        strange = frame.filter(~pl.col("issue_id").is_in(issues["issue_id"].cast(pl.String).to_list()))
        if strange.height:
            raise GateError(f"{name}: rows of an issue that is not in the batch: {strange['issue_id'][0]}")


# Verdicts


def _stage_result(found: pl.DataFrame, summary: pl.DataFrame) -> StageResult:
    rejects = found["severity"] == Severity.REJECT.value
    columns = FINDINGS.names()
    return StageResult(found.filter(rejects).select(columns), found.filter(~rejects).select(columns), summary)


def _table_result(frames: Mapping[str, pl.DataFrame], found: pl.DataFrame, summary: pl.DataFrame) -> TableResult:
    """Issues that are broken as a whole drop out first; then broken rows; then mentions learn where their row went."""
    rejects = found.filter(pl.col("severity") == Severity.REJECT.value)
    quarantined = _one_row_a_rule(rejects.filter(pl.col("breaks") == Breaks.ISSUE.value))
    broken_issues = quarantined["issue_id"].unique().to_list()
    left = {name: frame.filter(~pl.col("issue_id").is_in(broken_issues)) for name, frame in frames.items()}
    rejected, accepted = {}, dict(left)
    for name in RECORD_TABLES:
        reasons = _reasons_by_row(rejects.filter((pl.col("table") == name) & (pl.col("breaks") == Breaks.ROW.value)))
        rejected[name], accepted[name] = _split(frames[name], reasons, broken_issues)
    accepted["mentions"] = _mark_rejected(accepted["mentions"], rejected)
    warned = found.filter(pl.col("severity") == Severity.WARN.value).select(FINDINGS.names())
    published = {name: TABLES[name].cast(frame) for name, frame in accepted.items()}
    return TableResult(published, rejected, quarantined, warned, summary)


def _one_row_a_rule(found: pl.DataFrame) -> pl.DataFrame:
    """One row an issue and rule: the first value seen, and how many more there are."""
    more = pl.when(pl.len() > 1).then(pl.format(" (and {} more)", pl.len() - 1)).otherwise(pl.lit(""))
    grouped = found.group_by("issue_id", "expectation", "table", maintain_order=True)
    return grouped.agg(observed=pl.col("observed").first() + more, key=pl.col("key").first()).select(FINDINGS.names())


def _reasons_by_row(found: pl.DataFrame) -> pl.DataFrame:
    grouped = found.group_by(ROW, maintain_order=True)
    return grouped.agg(pl.col("expectation").str.join("; "), pl.col("observed").str.join("; "))


def _split(frame: pl.DataFrame, reasons: pl.DataFrame, broken_issues: list[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rejected rows with their reasons, and the others; of broken issues, neither."""
    return _divide(frame, reasons, ~pl.col("issue_id").is_in(broken_issues))


def _divide(
    frame: pl.DataFrame, reasons: pl.DataFrame, among: pl.Expr | bool = True
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Of the rows that are meant, those with reasons, and the others; reasons go by the number of the row."""
    numbered = frame.with_row_index(ROW).with_columns(pl.col(ROW).cast(pl.Int64)).filter(among)
    rejected = numbered.join(reasons, on=ROW, how="inner", maintain_order="left").drop(ROW)
    return rejected, numbered.join(reasons, on=ROW, how="anti", maintain_order="left").drop(ROW)


def _mark_rejected(mentions: pl.DataFrame, rejected: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Mentions that fill a cell of a rejected record say so; table, column and record_id stay to name it."""
    keys = ["issue_id", "table", "record_id"]
    gone = pl.concat(
        [rejected[name].select("issue_id", "record_id", table=pl.lit(name)).select(keys) for name in RECORD_TABLES]
    ).unique()
    few = mentions.select(keys).with_row_index(ROW).filter(pl.col("record_id").is_in(gone["record_id"].to_list()))
    rows = few.join(gone, on=keys, how="semi", maintain_order="left")[ROW]
    return mentions.with_columns(mentions["reason"].scatter(rows, "rejected"))
