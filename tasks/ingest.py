"""The first stage as a task: reads and decodes the issue files of a batch, and finds the duplicates among them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from prefect import task
from prefect.cache_policies import NO_CACHE

from gazette.ingest.sources import IssueFile, Reading
from gazette.publish.documents import Pending
from tasks.batch import CRASHED, Batch, Failure, Run, Work
from tasks.calls import Crash
from tasks.chunks import Read, read_files


@task(
    name="ingest",
    task_run_name="ingest batch {batch.number}",
    retries=2,
    retry_delay_seconds=[1, 5],
    cache_policy=NO_CACHE,
    persist_result=False,
)
def ingest(batch: Batch, run: Run) -> Batch:
    """Fills `batch.works`. What cannot be read gets a failure with its reason; a duplicate names its original."""
    batch.works, batch.deferred, batch.vanished = [], [], []
    seen: set[str] = set()
    for pending, read in zip(batch.pending, _read_all(batch.pending, run), strict=True):
        if read is None:
            batch.vanished.append(pending.file.path)
        else:
            _take_in(batch, run, pending, read, seen)
    return batch


def _read_all(pending: list[Pending], run: Run) -> Iterator[Read | None]:
    """What each file holds, in order; None for one that is gone."""
    files = [one.file for one in pending]
    function = partial(read_files, raw=run.reader.raw, max_bytes=run.reader.max_bytes)
    for chunk, result in run.reading.map(function, files, [file.byte_count for file in files]):
        if isinstance(result, Crash):
            yield _build_crashed(chunk[0], result)
        else:
            yield from result


def _build_crashed(file: IssueFile, crash: Crash) -> Read:
    """What is told of a file whose reading took the process along."""
    return Reading(file, None, file.byte_count, None, None), crash


def _take_in(batch: Batch, run: Run, pending: Pending, read: Read, seen: set[str]) -> None:
    reading, row = read
    work = Work(reading)
    if reading.failure is not None:
        work.failure = Failure("ingest", reading.failure.reason.value, reading.failure.detail)
    elif reading.issue is None:
        work.reading = replace(reading, issue_id=pending.issue_id)
        work.failure = Failure("ingest", CRASHED, row.detail if isinstance(row, Crash) else "")
    elif reading.issue.issue_id in seen:
        batch.deferred.append(pending)
        return
    else:
        seen.add(reading.issue.issue_id)
        work.char_count = len(reading.issue.text)
        work.original = run.ledger.find_original(reading.issue.issue_id, reading.file.path)
        if isinstance(row, Crash):
            work.failure = Failure("ingest", CRASHED, row.detail)
        elif row is not None:
            work.stage_rows["ingest"] = row
    batch.works.append(work)
