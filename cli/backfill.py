"""`gazette backfill`: takes in years of issues and processes them, with a bar that tells the rate and the time left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from cli.failure import ExitCode, Failure
from cli.folder import read_tables
from cli.run import print_summary
from cli.terminal import open_console, open_progress_console
from gazette.ingest.intake import IntakeError, Placed, check_publications, choose_files
from gazette.publish.store import StoreError
from storage import place_files

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

    from flows.run import Options, Progress, Report

LISTED = 20  # files that are told one by one
MEASURED = "extract"  # the stage that takes most of the time: how far it is tells how far the whole is


def backfill_folder(folder: Path, data: Path, since: date | None, until: date | None, options: Options) -> None:
    """Takes in the issues of `folder` and processes all that is pending. Raises Failure."""
    from flows.run import RunFailed, run

    console = open_progress_console()
    with _showing_rate(console) as bars:
        _take_in(folder, data, since, until, console, bars)
        try:
            summary = run(data, _build_report(bars, console), options)
        except RunFailed as failed:
            raise Failure(str(failed), ExitCode.RUN_FAILED) from failed
    print_summary(open_console(), summary)


def _take_in(folder: Path, data: Path, since: date | None, until: date | None, console: Console, bars: Bars) -> None:
    """Puts the issues into raw/ and tells what is there already. Raises Failure."""
    raw = read_tables(data, with_raw=True) / "raw"
    try:
        chosen = choose_files(folder, since, until)
        check_publications(folder, raw, chosen.files)
        bar = bars.add_task("take in", total=len(chosen.files))
        found: Counter[Placed] = Counter()
        for file, placed in place_files(data, folder, chosen.files):
            found[placed] += 1
            bars.advance(bar)
            if placed is Placed.OTHER and found[placed] <= LISTED:
                words = f"left out  {file.path}: another file is there already"
                console.print(words, style="yellow", markup=False, soft_wrap=True)
    except (IntakeError, StoreError) as error:
        raise Failure(str(error)) from error
    except OSError as error:
        raise Failure(f"{error.filename or folder}: {error.strerror or error}") from error
    for file in chosen.undated[:LISTED]:
        words = f"left out  {file.path}: its day cannot be told from its path"
        console.print(words, style="yellow", markup=False, soft_wrap=True)
    told = f"{found[Placed.NEW]:,} taken in, {found[Placed.SAME]:,} there already"
    if left_out := found[Placed.OTHER] + len(chosen.undated):
        told += f", {left_out:,} left out"
    console.print(told)


@contextmanager
def _showing_rate(console: Console) -> Iterator[Bars]:
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        ProgressColumn,
        Task,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bars
    from rich.text import Text

    class Rate(ProgressColumn):
        """Issues a second."""

        def render(self, task: Task) -> Text:
            speed = task.finished_speed or task.speed
            return Text(f"{speed:,.1f}/s" if speed else "")

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate(), TimeElapsedColumn())
    left = (TextColumn("left"), TimeRemainingColumn())
    is_shown = console.is_terminal
    with Bars(
        *columns, *left, console=console, transient=True, disable=not is_shown, speed_estimate_period=300
    ) as bars:
        yield bars


def _build_report(bars: Bars, console: Console) -> Report:
    bar: TaskID | None = None

    def report(progress: Progress) -> None:
        nonlocal bar
        if progress.message:
            console.print(progress.message, markup=False)
        if progress.stage == MEASURED:
            bar = bars.add_task("process") if bar is None else bar
            bars.update(bar, completed=progress.done, total=progress.total)

    return report
