"""The third stage as a task: reads the figures and records of a batch, and builds their rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from prefect import task
from prefect.cache_policies import NO_CACHE

from gazette.publish.columns import Row
from tasks.batch import Batch, Run, Work, apply
from tasks.calls import Crash
from tasks.chunks import extract_issues
from tasks.memory import give_back


@task(name="extract", task_run_name="extract batch {batch.number}", cache_policy=NO_CACHE, persist_result=False)
def extract(batch: Batch, run: Run, on_done: Callable[[int], None]) -> Batch:
    """Reads every issue of the batch that still goes on. The texts are let go of, chunk by chunk."""
    batch.parts = []
    works = [work for work in batch.going_on() if work.clean is not None]
    for work, row in apply("extract", works, _extract_all(works, batch, run, on_done)):
        work.stage_rows["extract"] = row
    return batch


def _extract_all(works: list[Work], batch: Batch, run: Run, on_done: Callable[[int], None]) -> Iterator[Row | Crash]:
    function = partial(extract_issues, seconds=run.limits.issue_seconds)
    sizes = [work.char_count or 0 for work in works]
    for chunk, result in run.runner.map(function, [work.take_text() for work in works], sizes):
        on_done(len(chunk))
        give_back()
        if isinstance(result, Crash):
            yield result
        else:
            batch.parts.append(result.tables)
            yield from result.issues
