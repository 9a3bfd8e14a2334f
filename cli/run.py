"""`gazette run`: processes what is pending, shows the progress, and tells what became of every issue.

Progress goes to standard error, the result to standard output.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cli.failure import ExitCode, Failure
from cli.issues import print_issues
from cli.terminal import open_console, open_progress_console

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import TaskID

    from flows.run import Options, Progress, Report, RunSummary

LISTED = 500  # issues that are told one by one; `gazette status` lists them all


def run_pending(data: Path, options: Options) -> None:
    """Processes every pending issue under `data`/raw. Raises Failure where the run itself fails."""
    from flows.run import RunFailed, run

    try:
        with showing_progress() as report:
            summary = run(data, report, options)
    except RunFailed as failed:
        raise Failure(str(failed), ExitCode.RUN_FAILED) from failed
    print_summary(open_console(), summary)


@contextmanager
def showing_progress() -> Iterator[Report]:
    """Bars that move on a terminal; elsewhere only messages, one a line."""
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    console = open_progress_console()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    stages: dict[str, TaskID] = {}
    with Bars(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:

        def report(progress: Progress) -> None:
            if progress.message:
                console.print(progress.message, markup=False)
            if progress.stage:
                bar = stages.get(progress.stage)
                stages[progress.stage] = bar = bars.add_task(progress.stage) if bar is None else bar
                bars.update(bar, completed=progress.done, total=progress.total)

        yield report


def print_summary(console: Console, summary: RunSummary) -> None:
    """One line per issue, each rejected row with the rule that it broke, and the sum."""
    if not summary.documents and not summary.vanished:
        return
    print_issues(console, summary.documents[:LISTED])
    if (more := summary.statuses.total() - LISTED) > 0:
        console.print(f"and {more:,} more; `gazette status` lists them all")
    console.print()
    if summary.rejected:
        console.print("rejected rows, kept in quarantine 剔除的行", style="red")
    for row in summary.rejected[:LISTED]:
        words = f"  {row['path']} · {row['table']} · {row['expectation']}: {row['observed']}\n      {row['quote']}"
        console.print(words, markup=False, soft_wrap=True)
    for path in summary.vanished:
        console.print(f"gone before it was read  {path}", style="yellow", markup=False, soft_wrap=True)
    console.print(f"{summary.message} in {summary.seconds:.1f} s", style="bold", markup=False)
