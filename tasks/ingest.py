"""The first stage as a task: reads and decodes the issue files of a batch, and finds the duplicates among them."""

from __future__ import annotations

from prefect import task
from prefect.cache_policies import NO_CACHE

from gazette.ingest.sources import Reading
from gazette.publish.documents import Pending
from gazette.publish.frames import build_ingest_row
from tasks.batch import CRASHED, Batch, Failure, Run, Work
from tasks.workers import Crash, call


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
    for pending in batch.pending:
        try:
            reading = run.reader.read_issue(pending.file)
        except FileNotFoundError:
            batch.vanished.append(pending.file.path)
            continue
        _take_in(batch, run, pending, reading, seen)
    return batch


def _take_in(batch: Batch, run: Run, pending: Pending, reading: Reading, seen: set[str]) -> None:
    work = Work(reading)
    if reading.failure is not None:
        work.failure = Failure("ingest", reading.failure.reason.value, reading.failure.detail)
    elif work.issue.issue_id in seen:
        batch.deferred.append(pending)
        return
    else:
        seen.add(work.issue.issue_id)
        work.original = run.ledger.find_original(work.issue.issue_id, reading.file.path)
        row = call(build_ingest_row, work.issue)
        if isinstance(row, Crash):
            work.failure = Failure("ingest", CRASHED, row.detail)
        else:
            work.stage_rows["ingest"] = row
    batch.works.append(work)
