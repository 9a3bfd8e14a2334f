"""`gazette`: the commands and their options. What they do stands in the module of the same name, imported on call."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli.failure import Failure
from cli.folder import DATA, DataFolder, find_issues
from cli.folder import HELP as DATA_HELP
from cli.options import DaskAddress, Processes, RunnerName
from cli.terminal import write_error
from tasks.memory import share_memory

HELP = """Read gazette and newspaper issues and file every printed figure in gated tables.

\b
Exit codes:
  0    all went well; quarantined issues and rejected rows are part of that
  1    the run itself failed
  2    wrong usage, or a query that cannot be run
  3    a file is not there or cannot be read, or there are no tables yet
  130  interrupted
"""

app = typer.Typer(
    help=HELP, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None
)
DAY = "YYYY-MM-DD"

ServedFolder = Annotated[Path | None, typer.Option("--data", metavar="DIR", help=DATA_HELP)]
SettingsFile = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="Settings; gazette.toml beside DIR if not given.")
]


class Format(StrEnum):
    """How `gazette query` writes its rows."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


class ExportFormat(StrEnum):
    """What `gazette export` writes."""

    CSV = "csv"
    XLSX = "xlsx"
    DUCKDB = "duckdb"
    JSONL = "jsonl"


@app.command()
def run(
    data: DataFolder = DATA,
    runner: RunnerName = None,
    dask_address: DaskAddress = None,
    processes: Processes = None,
) -> None:
    """Process every pending issue under DIR/raw.

    The stages are ingest, clean, extract, validate and publish. Prints one line per issue: what became of it, its
    figures and records, its rejected rows, and the reason. An issue is pending until `gazette status` lists it. Exits
    with 0 when every pending issue ended published, duplicate, superseded or quarantined, and with 1 when the run
    itself failed.
    """
    from cli.options import read_options
    from cli.run import run_pending

    run_pending(data, read_options(data, runner, dask_address, processes))


@app.command()
def backfill(
    folder: Annotated[
        Path,
        typer.Argument(metavar="FOLDER", help="Issues, laid out as under DIR/raw: <publication>/<YYYY-MM-DD>/<page>."),
    ],
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar=DAY, help="Only issues of this day and later.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar=DAY, help="Only issues up to and with this day.")
    ] = None,
    data: DataFolder = DATA,
    runner: RunnerName = None,
    dask_address: DaskAddress = None,
    processes: Processes = None,
) -> None:
    """Take in and process years of issues at once.

    Puts the issues of FOLDER into DIR/raw (linked where both are on one disk, copied where not; what is there already
    stays), and processes in batches all that is pending. Interrupted or killed, it goes on where it was when it is
    called again: what a batch published stays published.
    """
    from cli.backfill import backfill_folder
    from cli.options import read_options

    options = read_options(data, runner, dask_address, processes)
    backfill_folder(folder, data, since.date() if since else None, until.date() if until else None, options)


@app.command()
def rerun(
    issue: Annotated[
        list[str] | None,
        typer.Option("--issue", metavar="ID", help="An issue: its identity, how that begins, or its path under raw."),
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar=DAY, help="All issues printed on this day and later."),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option("--report", metavar="FILE", help="Write every cell that changed (.parquet .json .csv)."),
    ] = None,
    data: DataFolder = DATA,
    runner: RunnerName = None,
    dask_address: DaskAddress = None,
    processes: Processes = None,
) -> None:
    """Read processed issues anew, after rules changed.

    Replaces exactly the records of these issues, a batch in one step, and lists the cells that were added, removed and
    altered, each with its sentence.
    """
    from cli.options import read_options
    from cli.rerun import rerun_issues

    options = read_options(data, runner, dask_address, processes)
    rerun_issues(data, issue or [], since.date() if since else None, report, options)


@app.command()
def serve(data: ServedFolder = None, config: SettingsFile = None) -> None:
    """Run unattended: every night, and whenever an issue arrives under DIR/raw.

    Starts Prefect's server (its database under DIR), a worker and a watcher, says where the user interface is, and ends
    all of them on Ctrl-C or SIGTERM. Settings stand in gazette.toml and in the environment (GAZETTE_*).
    """
    from cli.serve import serve_folder

    serve_folder(data, config)


@app.command()
def watch(data: ServedFolder = None, config: SettingsFile = None) -> None:
    """Tell a Prefect server of your own of the issues that arrive under DIR/raw.

    PREFECT_API_URL names the server. For those who run server and workers themselves, with the deployments of
    prefect.yaml; `gazette serve` does all of it on one machine.
    """
    from cli.serve import watch_arrivals

    watch_arrivals(data, config)


@app.command()
def show(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Text, HTML, PDF, image, .docx, .md, or an archive of these.")
    ],
    date: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="The issue date, if the path does not tell."),
    ] = None,
    region: Annotated[
        str | None,
        typer.Option(
            metavar="CODE", help="GB/T 2260 code of the place of printing, if publication.toml does not tell."
        ),
    ] = None,
) -> None:
    """Print every figure of one issue and where it goes.

    With its sentence, its value in base units, and the cell it fills or the reason why it fills none.
    Nothing is written and no gate is run.
    """
    # One issue, and the process ends: collecting garbage while words and places load is a tenth of its time.
    gc.set_threshold(200_000, 20, 20)
    from cli.show import show_issue

    show_issue(find_issues(file), date.date() if date else None, region)


@app.command()
def query(
    sql: Annotated[str, typer.Argument(metavar="SQL", help="One DuckDB query: select, from, describe, show, explain.")],
    data: DataFolder = DATA,
    format: Annotated[Format, typer.Option(help="A table for reading (the first rows), or all rows.")] = Format.TABLE,
    rows: Annotated[int, typer.Option(min=1, help="How many rows a table for reading shows.")] = 100,
) -> None:
    """Run one SQL query over the tables.

    Every table is a view: projects, enterprises, finance, labor, mentions, texts, documents; rejected rows are
    views too: quarantine.projects and so on. Queries only read, and reach no other file.

    \b
    Example:
      gazette query "select region, as_of, resumption_rate from projects order by as_of"
    """
    from cli.query import run_query

    run_query(sql, data, format.value, rows)


@app.command()
def status(data: DataFolder = DATA) -> None:
    """List the issues seen and what became of each."""
    from cli.status import show_status

    show_status(data)


@app.command()
def tables(
    data: DataFolder = DATA,
    rows: Annotated[int, typer.Option(min=1, help="How many rows of each table.")] = 5,
) -> None:
    """Show the first rows of every table."""
    from cli.tables import show_tables

    show_tables(data, rows)


@app.command()
def report(
    data: DataFolder = DATA,
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Where it is written; DIR/reports if not said.")
    ] = None,
) -> None:
    """Write a site of the tables and issues that opens from disk.

    In English and Chinese, without network or server. A second report renews what has changed.
    """
    from cli.report import write_report

    write_report(data, out)


@app.command()
def export(
    format: Annotated[ExportFormat, typer.Option(help="What the files are for.")],
    data: DataFolder = DATA,
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Where they are written; DIR/exports/FORMAT if not said.")
    ] = None,
) -> None:
    """Write the tables as files for other programs.

    csv and xlsx open in Excel as they are; duckdb is one database with every column commented; jsonl has one object a
    line. The folder is replaced as a whole.
    """
    from cli.export import export_tables

    export_tables(data, format.value, out)


@app.command()
def audit(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Text issues; the day is in a file's or folder's name.")
    ],
    region: Annotated[str, typer.Option(metavar="CODE", help="GB/T 2260 code of where they are printed.")] = "100000",
    top: Annotated[int, typer.Option(min=1, help="How many unresolved contexts are listed.")] = 40,
) -> None:
    """Tell where the figures of many issues went.

    The shares filed, outside the tables and unresolved, the commonest unresolved contexts, and the rules that never
    fired. For those who mend rules; nothing is written.
    """
    from cli.audit import audit_folder

    audit_folder(find_issues(folder), region, top)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit. What the user can mend is one line on standard error, without a traceback."""
    share_memory()
    try:
        app(args=arguments, prog_name="gazette")
    except Failure as failure:
        write_error(str(failure))
        sys.exit(failure.code)


if __name__ == "__main__":
    main()
