"""The first stage as a task: reads and decodes the issue files of a batch, and finds the duplicates among them."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

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
    for pending, reading in zip(batch.pending, _read(batch.pending, run), strict=True):
        if reading is None:
            batch.vanished.append(pending.file.path)
        else:
            _take_in(batch, run, pending, reading, seen)
    return batch


def _read(pending: list[Pending], run: Run) -> Iterator[Reading | None]:
    """What each file holds, in order; None for one that is gone. Several at once: formats other than text are read in
    processes of their own, and a thread only waits for one."""

    def read(one: Pending) -> Reading | None:
        try:
            return run.reader.read_issue(one.file)
        except FileNotFoundError:
            return None

    threads = ThreadPoolExecutor(run.reader.sandbox.size)
    try:
        yield from threads.map(read, pending)
    except BaseException:
        threads.shutdown(wait=False, cancel_futures=True)
        run.reader.sandbox.close()  # whoever interrupts the run need not wait for a page to be read
        raise
    finally:
        threads.shutdown()


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
