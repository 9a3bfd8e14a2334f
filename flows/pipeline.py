"""The pipeline: issues from raw/ to the published tables. Start reading here.

    ingest -> gate -> clean -> gate -> extract -> gate -> validate -> publish

Each stage is a task over a batch of issues, and a gate stands after each. An issue that fails goes no further and is
listed with its stage and reason; the others of its batch go on. `flows.run.run` is how the command line starts this
flow: importing this module imports Prefect, which reads its settings from the environment at that moment.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import polars as pl
from prefect import flow, runtime
from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import State
from prefect.states import Completed

import gazette
from flows.events import report_quarantined
from gazette.ingest.identities import Identities
from gazette.ingest.sources import MAX_BYTES, SourceReader, find_issue_files, is_settled
from gazette.publish.documents import Key, Ledger, Pending
from gazette.publish.frames import build_frame
from gazette.publish.migration import list_months
from gazette.publish.series import derive_series
from gazette.publish.store import Change, Revision, Store
from gazette.tables import SCHEMA, TABLES
from storage import is_remote, open_store
from tasks.batch import BATCH_ISSUES, ISSUE_SECONDS, Batch, Limits, Progress, Report, Run
from tasks.clean import clean
from tasks.cluster import Cluster, open_cluster
from tasks.extract import extract
from tasks.ingest import ingest
from tasks.memory import give_back
from tasks.publish import Publication, build_documents, publish
from tasks.runners import Here, Runner
from tasks.summary import RunSummary, build_page
from tasks.validate import TableResult, check_documents, check_series, check_stage, check_tables
from tasks.workers import Workers

ATTEMPTS = 2  # a duplicate may have to be read after all, once its original turns out to be unfit
ARTIFACT = "gazette-run"


class Listener:
    """Whoever is told of the progress of the run in this process."""

    report: Report = staticmethod(lambda progress: None)


@contextmanager
def listening(report: Report) -> Iterator[None]:
    before, Listener.report = Listener.report, staticmethod(report)
    try:
        yield
    finally:
        Listener.report = before


def build_run_name() -> str:
    folder = Path(runtime.flow_run.parameters["data_dir"]).resolve().name
    return f"{folder} {datetime.now():%Y-%m-%d %H:%M:%S}"


@flow(name="gazette-etl", flow_run_name=build_run_name, persist_result=False)
def etl(
    data_dir: str,
    batch_size: int = BATCH_ISSUES,
    max_bytes: int = MAX_BYTES,
    settle_seconds: float = 0,
    issue_seconds: float = ISSUE_SECONDS,
    processes: int | None = None,
    dask_address: str | None = None,
) -> State[RunSummary]:
    """Processes every pending issue under `data_dir`/raw, except those written within the last `settle_seconds`, which
    may still grow: on `processes` cores of this machine (all of them, if not set), or on the Dask cluster at
    `dask_address`. The state's name tells a clean run from one with rejected rows or quarantined issues."""
    summary, started = RunSummary(), time.monotonic()
    limits = Limits(batch_issues=batch_size, issue_bytes=max_bytes, issue_seconds=issue_seconds)
    with open_store_and_runners(data_dir, processes, dask_address) as (store, runner, reading):
        for part in process_pending(store, runner, limits, settle_seconds, reading):
            summary.add(part)
    summary.documents.sort(key=lambda document: document["path"])
    summary.seconds = time.monotonic() - started
    create_markdown_artifact(key=ARTIFACT, markdown=build_page(summary), description=summary.message)
    if runtime.deployment.id:  # whoever starts a run by hand sees what became of it
        report_quarantined(summary)
    return Completed(name=summary.name, message=summary.message, data=summary)


@contextmanager
def open_store_and_runners(
    data_dir: str, processes: int | None, dask_address: str | None
) -> Iterator[tuple[Store, Runner, Runner]]:
    """The store, locked, whole and up to date; where batches are worked on, and where issue files are read. Raises
    StoreError and ClusterError."""
    store = open_store(data_dir)
    with (
        open_runner(processes, dask_address) as runner,
        store.lock(lambda words: Listener.report(Progress(message=words))),
    ):
        store.heal()
        bring_up_to_date(store)
        yield store, runner, choose_reader(data_dir, runner)


@contextmanager
def open_runner(processes: int | None, dask_address: str | None) -> Iterator[Runner]:
    """Where batches are worked on. Raises ClusterError where there is no such cluster."""
    if dask_address is not None:
        with open_cluster(dask_address) as cluster:
            yield cluster
        return
    workers = Workers(processes)
    try:
        yield workers
    finally:
        workers.close()


def choose_reader(data_dir: str, runner: Runner) -> Runner:
    """Where issue files are read: as the rest, unless other machines could not see them. Raises ClusterError where they
    should and do not."""
    if not isinstance(runner, Cluster):
        return runner
    if is_remote(data_dir):
        return Here()  # from the working copy of this machine
    runner.check_folder(Path(data_dir).absolute())
    return runner


def process_pending(
    store: Store, runner: Runner, limits: Limits, settle_seconds: float = 0, reading: Runner | None = None
) -> Iterator[RunSummary]:
    """Batch after batch until nothing is pending; also what arrives meanwhile."""
    ledger, identities = Ledger(store.read_documents(), gazette.__version__), Identities(store.identities)
    attempts: Counter[Key] = Counter()
    number, run_id = 0, find_run_id()
    while True:
        store.refresh()
        reader = SourceReader(store.raw.absolute(), limits.issue_bytes)  # workers may stand in another folder
        found = ledger.find_pending(find_issue_files(reader.raw), reader, identities)
        complete = (one for one in found if is_settled(one.file.modified_ns, settle_seconds))
        pending = [one for one in complete if attempts[one.file.path, one.issue_id] < ATTEMPTS]
        identities.write()
        if not pending:
            return
        attempts.update((one.file.path, one.issue_id) for one in pending)
        run = Run(store, ledger, reader, run_id, runner, limits, reading)
        for batch, summary in process_all(pending, run, number):
            number = batch.number
            yield summary
        del found, complete, pending  # before all files are listed once more


def find_run_id() -> str:
    return str(runtime.flow_run.id or uuid4())


def process_all(
    pending: list[Pending], run: Run, number: int = 0, on_batch: Callable[[list[Pending]], None] = lambda pending: None
) -> Iterator[tuple[Batch, RunSummary]]:
    """The issues in batches, numbered on from `number`; `on_batch` is called before each."""
    meter = Meter(len(pending))
    pending = sorted(pending, key=find_order)
    while pending:
        number += 1
        taken = count_batch(pending, run.limits)
        batch = Batch(number, pending[:taken])
        on_batch(batch.pending)
        yield batch, process_batch(batch, run, meter)
        pending = batch.deferred + pending[taken:]


def find_order(pending: Pending) -> tuple[str, str]:
    """By the folder of the day, then by path: a batch then touches few months, each of which is a file a table."""
    folders = pending.file.path.split("/")
    return folders[1] if len(folders) > 2 else "", pending.file.path


def count_batch(pending: Sequence[Pending], limits: Limits) -> int:
    """How many of the issues make up the next batch: at least one."""
    size = 0
    for count, one in enumerate(pending):
        size += one.file.byte_count
        if count == limits.batch_issues or (count and size > limits.batch_bytes):
            return count
    return len(pending)


def process_batch(batch: Batch, run: Run, meter: Meter) -> RunSummary:
    """One batch through all stages and gates."""
    warned: list[dict[str, object]] = []
    ingest(batch, run)
    meter.advance("ingest", len(batch.pending) - len(batch.deferred))
    pass_gate("ingest", batch, warned)
    clean(batch, run, meter.step("clean"))
    pass_gate("clean", batch, warned)
    extract(batch, run, meter.step("extract"))
    pass_gate("extract", batch, warned)
    tables = validate(batch, warned)
    publication = settle(batch, run, tables)
    publication.series = derive(batch, run, publication)
    summary = publish(batch, run, publication)
    meter.advance("publish", len(batch.pending) - len(batch.deferred))
    summary.warned = warned
    batch.let_go()
    publication.let_go()
    give_back()
    return summary


def pass_gate(stage: str, batch: Batch, warned: list[dict[str, object]]) -> None:
    """Stops the issues of the batch that the gate after a stage rejects."""
    frame = batch.build_frame(stage)
    if frame.is_empty():
        return
    result = check_stage(stage, frame)
    batch.checks.append(result.summary)
    batch.quarantine(stage, result.rejected)
    warned += batch.build_findings(result.warned)


def validate(batch: Batch, warned: list[dict[str, object]]) -> TableResult:
    """The rows of the batch, told apart into those to publish and those to keep back."""
    frames = batch.build_tables()
    batch.parts = []
    tables = check_tables(frames, batch.build_frame("extract"))
    frames.clear()
    give_back()
    batch.checks.append(tables.summary)
    batch.quarantine("validate", tables.quarantined)
    warned += batch.build_findings(tables.warned)
    return tables


def settle(batch: Batch, run: Run, tables: TableResult) -> Publication:
    """What the batch means for the list of files. A file whose own row breaks a rule is quarantined."""
    rows = build_documents(batch, run, tables)
    if rows:
        checked = check_documents(build_frame(TABLES["documents"], rows))
        batch.checks.append(checked.summary)
        if not checked.rejected.is_empty():
            batch.quarantine("validate", checked.rejected)
            rows = build_documents(batch, run, tables)
    return Publication(tables, run.ledger.settle(rows))


def derive(batch: Batch, run: Run, publication: Publication) -> tuple[Revision, ...]:
    """What the batch means for the table that is derived from the records of all issues. Rows that break a rule are
    kept back like others."""
    revisions, checks = derive_gated(run.store, publication.change)
    batch.checks += checks
    return revisions


def derive_gated(store: Store, change: Change) -> tuple[tuple[Revision, ...], list[pl.DataFrame]]:
    """What a change means for the series, and the summary of the gate that the rows passed."""
    derived = derive_series(store, change)
    if derived.rows.is_empty():
        return derived.build_revisions(derived.rows, TABLES["series"].quarantine().empty_frame), []
    result = check_series(derived.rows)
    return derived.build_revisions(result.accepted, result.rejected), [result.summary]


def bring_up_to_date(store: Store) -> None:
    """Brings tables that an older version wrote to the declaration of today: first what is derived from the records,
    then all else in one step, which also marks them. What is interrupted begins again."""
    if not store.is_outdated():
        return
    words = f"the tables are those of an older version (schema {store.read_schema()}); bringing them to schema {SCHEMA}"
    Listener.report(Progress(message=words))
    for change in list_months(store):
        revisions, _ = derive_gated(store, change)
        store.commit(Change(revisions=revisions))
    store.migrate()


class Meter:
    """Counts the issues that have passed each stage, and tells the listener."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.done: Counter[str] = Counter()

    def advance(self, stage: str, count: int = 1) -> None:
        self.done[stage] += count
        Listener.report(Progress(stage=stage, done=self.done[stage], total=self.total))

    def step(self, stage: str) -> Callable[[int], None]:
        return lambda count: self.advance(stage, count)
