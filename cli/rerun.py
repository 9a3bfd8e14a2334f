"""`gazette rerun`: reads processed issues anew, and tells every cell that changed.

Progress goes to standard error, the result to standard output; --report writes all of it to a file.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from cli.failure import ExitCode, Failure
from cli.grid import Heading, Line, print_grid
from cli.run import showing_progress
from cli.terminal import open_console
from gazette.tables import RECORD_TABLES, TABLES

if TYPE_CHECKING:
    import polars as pl
    from rich.console import Console

    from flows.run import Options, RerunSummary

LISTED = 200  # cells that are told one by one; a report has them all
FORMATS = (".parquet", ".json", ".csv")
HEADINGS = tuple(
    Heading(names)
    for names in (
        ("change", "变动"),
        ("issue", "刊物"),
        ("table", "表"),
        ("column", "列"),
        ("old", "原值"),
        ("new", "新值"),
    )
)
STYLES = {"added": "green", "removed": "red", "altered": "yellow"}


def rerun_issues(data: Path, issues: Sequence[str], since: date | None, report: Path | None, options: Options) -> None:
    """Reads anew the issues named, or all printed since a day. Raises Failure."""
    from flows.run import NothingChosen, RunFailed, rerun

    if report is not None and report.suffix not in FORMATS:
        raise Failure(f"--report: {report}: the name ends in none of {', '.join(FORMATS)}", ExitCode.USAGE)
    if bool(issues) == (since is not None):
        raise Failure("say which issues: --issue ID (as often as you like) or --since DATE", ExitCode.USAGE)
    try:
        with showing_progress() as show:
            summary = rerun(data, issues, since, show, options)
    except NothingChosen as error:
        raise Failure(str(error)) from error
    except RunFailed as failed:
        raise Failure(str(failed), ExitCode.RUN_FAILED) from failed
    _print_changes(open_console(), summary)
    if report is not None:
        _write(summary.changes, report)


def _print_changes(console: Console, summary: RerunSummary) -> None:
    """A line a cell, its sentence below it; what accompanies a measure that changed itself is left to the report."""
    shown = _leave_out_companions(summary.changes)
    print_grid(console, HEADINGS, [_build_line(row) for row in shown.head(LISTED).iter_rows(named=True)])
    if (more := shown.height - LISTED) > 0:
        console.print(f"and {more:,} more; --report FILE writes them all")
    for path in summary.missing:
        words = f"left as it was  {path}: its file is gone, or holds something else now"
        console.print(words, style="yellow", markup=False, soft_wrap=True)
    console.print(f"{summary.message} in {summary.run.seconds:.1f} s", style="bold", markup=False)


def _leave_out_companions(changes: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    companions = [
        {"table": name, "column": column.name, "measure": column.derived_from}
        for name in RECORD_TABLES
        for column in TABLES[name].columns
        if column.derived_from
    ]
    accompanying = pl.DataFrame(companions)
    keys = ["table", "record_id"]
    measures = changes.select(*keys, pl.col("column").alias("measure"))
    told = accompanying.join(measures, on=["table", "measure"]).select(*keys, "column").unique()
    return changes.join(told, on=[*keys, "column"], how="anti", maintain_order="left")


def _build_line(row: dict[str, object]) -> Line:
    issue = "/".join(str(row[name]) for name in ("publication", "issue_date", "page") if row[name] is not None)
    cells = (row["change"], issue, row["table"], row["column"], row["old"] or "", row["new"] or "")
    return Line(tuple(map(str, cells)), str(row["quote"] or ""), fold=True, style=STYLES[str(row["change"])])


def _write(changes: pl.DataFrame, file: Path) -> None:
    """All cells, companions too. Raises Failure."""
    try:
        if file.suffix == ".parquet":
            changes.write_parquet(file)
        elif file.suffix == ".json":
            changes.write_json(file)
        else:
            changes.write_csv(file)
    except OSError as error:
        raise Failure(f"{file}: {error.strerror or error}") from error
