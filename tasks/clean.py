"""The second stage as a task: cleans the texts of a batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from prefect import task
from prefect.cache_policies import NO_CACHE

from gazette.ingest.model import Issue
from tasks.batch import Batch, Run, apply
from tasks.calls import Crash
from tasks.chunks import Cleaned, clean_issues


@task(name="clean", task_run_name="clean batch {batch.number}", cache_policy=NO_CACHE, persist_result=False)
def clean(batch: Batch, run: Run, on_done: Callable[[int], None]) -> Batch:
    """Cleans every issue of the batch that still goes on."""
    works = batch.going_on()
    for work, (cleaned, row) in apply("clean", works, _clean_all([work.issue for work in works], run, on_done)):
        work.clean, work.stage_rows["clean"] = cleaned, row
    return batch


def _clean_all(issues: list[Issue], run: Run, on_done: Callable[[int], None]) -> Iterator[Cleaned | Crash]:
    function = partial(clean_issues, seconds=run.limits.issue_seconds)
    for chunk, result in run.runner.map(function, issues, [len(issue.text) for issue in issues]):
        on_done(len(chunk))
        yield from [result] if isinstance(result, Crash) else result
