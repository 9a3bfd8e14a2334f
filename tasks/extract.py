"""The third stage as a task: reads the figures and records of a batch, and builds their rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import polars as pl
from prefect import task
from prefect.cache_policies import NO_CACHE

from gazette.clean.model import CleanText
from gazette.extract import extract as extract_text
from gazette.ingest.model import Issue
from gazette.publish.frames import Row, build_extract_row, build_frame
from gazette.publish.rows import build_rows
from gazette.publish.store import CONTENT
from gazette.tables import TABLES
from tasks.batch import Batch, Run, apply
from tasks.calls import Crash, call

Pair = tuple[Issue, CleanText]
Rows = dict[str, list[Row]]


class Extracted:
    """What a chunk of issues gives: its rows by table, and each issue as the gate after this stage sees it, or why it
    crashed."""

    def __init__(self, tables: dict[str, pl.DataFrame], issues: list[Row | Crash]) -> None:
        self.tables = tables
        self.issues = issues


@task(name="extract", task_run_name="extract batch {batch.number}", cache_policy=NO_CACHE, persist_result=False)
def extract(batch: Batch, run: Run, on_done: Callable[[int], None]) -> Batch:
    """Reads every issue of the batch that still goes on. The cleaned texts are let go of."""
    batch.parts = []
    works = [work for work in batch.going_on() if work.clean is not None]
    pairs = [(work.issue, work.clean) for work in works if work.clean is not None]
    for work, row in apply("extract", works, _extract_all(pairs, batch, run, on_done)):
        work.stage_rows["extract"] = row
    for work in works:
        work.clean = None
    return batch


def _extract_all(pairs: list[Pair], batch: Batch, run: Run, on_done: Callable[[int], None]) -> Iterator[Row | Crash]:
    function = partial(extract_issues, seconds=run.limits.issue_seconds)
    for chunk, result in run.runner.map(function, pairs, [len(issue.text) for issue, _ in pairs]):
        on_done(len(chunk))
        if isinstance(result, Crash):
            yield result
        else:
            batch.parts.append(result.tables)
            yield from result.issues


def extract_issues(pairs: Sequence[Pair], seconds: float) -> Extracted:
    """The rows of several issues. Raises where the rows of one are none of their tables; alone, it is that one."""
    results = [call(extract_issue, pair, seconds) for pair in pairs]
    rows = [result[0] for result in results if not isinstance(result, Crash)]
    tables = {
        name: build_frame(TABLES[name].unchecked(), [row for one in rows for row in one[name]]) for name in CONTENT
    }
    return Extracted(tables, [result if isinstance(result, Crash) else result[1] for result in results])


def extract_issue(pair: Pair) -> tuple[Rows, Row]:
    """The rows of the tables, and the issue as the gate after this stage sees it."""
    issue, cleaned = pair
    extraction = extract_text(cleaned, issue.issue_date, issue.region_code)
    rows = build_rows(issue, cleaned, extraction)
    return rows, build_extract_row(issue, cleaned, extraction, rows["mentions"])
