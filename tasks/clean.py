"""The second stage as a task: cleans the texts of a batch."""

from __future__ import annotations

from collections.abc import Callable

from prefect import task
from prefect.cache_policies import NO_CACHE

from gazette.clean import clean as clean_text
from gazette.clean.model import CleanText
from gazette.ingest.model import Issue
from gazette.publish.frames import Row, build_clean_row
from tasks.batch import Batch, Run, apply


@task(name="clean", task_run_name="clean batch {batch.number}", cache_policy=NO_CACHE, persist_result=False)
def clean(batch: Batch, run: Run, on_done: Callable[[], None]) -> Batch:
    """Cleans every issue of the batch that still goes on."""
    works = batch.going_on()
    issues = [work.issue for work in works]
    results = run.workers.map(clean_issue, issues, sum(len(issue.text) for issue in issues), on_done)
    for work, (cleaned, row) in apply("clean", works, results):
        work.clean, work.stage_rows["clean"] = cleaned, row
    return batch


def clean_issue(issue: Issue) -> tuple[CleanText, Row]:
    """The cleaned text, and the issue as the gate after this stage sees it."""
    cleaned = clean_text(issue.text)
    return cleaned, build_clean_row(issue, cleaned)
