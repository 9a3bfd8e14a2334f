"""The third stage as a task: reads the figures and records of a batch, and builds their rows."""

from __future__ import annotations

from collections.abc import Callable

from prefect import task
from prefect.cache_policies import NO_CACHE

from gazette.clean.model import CleanText
from gazette.extract import extract as extract_text
from gazette.ingest.model import Issue
from gazette.publish.frames import Row, build_extract_row
from gazette.publish.rows import build_rows
from tasks.batch import Batch, Run, apply


@task(name="extract", task_run_name="extract batch {batch.number}", cache_policy=NO_CACHE, persist_result=False)
def extract(batch: Batch, run: Run, on_done: Callable[[], None]) -> Batch:
    """Reads every issue of the batch that still goes on."""
    works = batch.going_on()
    pairs = [(work.issue, work.clean) for work in works if work.clean is not None]
    results = run.workers.map(extract_issue, pairs, sum(len(issue.text) for issue, _ in pairs), on_done)
    for work, (rows, row) in apply("extract", works, results):
        work.rows, work.stage_rows["extract"] = rows, row
    return batch


def extract_issue(pair: tuple[Issue, CleanText]) -> tuple[dict[str, list[Row]], Row]:
    """The rows of the tables, and the issue as the gate after this stage sees it."""
    issue, cleaned = pair
    extraction = extract_text(cleaned, issue.issue_date, issue.region_code)
    rows = build_rows(issue, cleaned, extraction)
    return rows, build_extract_row(issue, cleaned, extraction, rows["mentions"])
