"""Issues that were processed before, read anew: after rules have changed, `gazette run` sees nothing to do.

The issues pass the same stages and gates as any others, and each batch replaces exactly their records in one commit.
What that changed is told cell by cell (`gazette.publish.changes`).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date

import polars as pl
from prefect import flow
from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import State
from prefect.states import Completed

import gazette
from flows.pipeline import build_run_name, find_run_id, open_store_and_runners, process_all
from gazette.ingest.sources import MAX_BYTES, IssueFile, SourceReader, find_issue_files, open_archives
from gazette.ingest.unpacking import INSIDE
from gazette.publish.changes import CHANGES, find_changes, find_months, read_rows
from gazette.publish.documents import Ledger, Pending
from gazette.publish.store import Store
from tasks.batch import BATCH_ISSUES, ISSUE_SECONDS, Limits, Run
from tasks.chosen import RerunSummary, choose_documents
from tasks.summary import RunSummary, build_changes_page

ARTIFACT = "gazette-rerun"


@flow(name="gazette-rerun", flow_run_name=build_run_name, persist_result=False)
def rerun(
    data_dir: str,
    issues: list[str],
    since: date | None = None,
    batch_size: int = BATCH_ISSUES,
    max_bytes: int = MAX_BYTES,
    issue_seconds: float = ISSUE_SECONDS,
    processes: int | None = None,
    dask_address: str | None = None,
) -> State[RerunSummary]:
    """Processes anew the issues named (by identity, its beginning, or path), or all printed since a day."""
    summary, started = RerunSummary(), time.monotonic()
    limits = Limits(batch_issues=batch_size, issue_bytes=max_bytes, issue_seconds=issue_seconds)
    with open_store_and_runners(data_dir, processes, dask_address) as (store, runner, reading):
        store.refresh()
        reader = SourceReader(store.raw.absolute(), limits.issue_bytes)
        documents = store.read_documents()
        ledger = Ledger(documents, gazette.__version__)
        chosen = choose_documents(documents, issues, since)
        pending = find_files(chosen, ledger, reader, summary.missing)
        run = Run(store, ledger, reader, find_run_id(), runner, limits, reading)
        summary.changes = pl.concat([CHANGES.to_frame(), *process_again(pending, chosen, run, summary.run)])
    summary.run.seconds = time.monotonic() - started
    create_markdown_artifact(
        key=ARTIFACT, markdown=build_changes_page(summary.message, summary.changes), description=summary.message
    )
    return Completed(name=summary.run.name, message=summary.message, data=summary)


def find_files(documents: pl.DataFrame, ledger: Ledger, reader: SourceReader, missing: list[str]) -> list[Pending]:
    """The files of the documents, where they still hold the same bytes; the paths of the others go into `missing`."""
    wanted = set(documents["path"])
    archives = {path.split(INSIDE)[0] for path in wanted}
    listed = find_issue_files(reader.raw)
    opened = open_archives(listed, reader.sandbox, lambda file: file.path in wanted or file.path not in archives)
    files: dict[str, IssueFile] = {file.path: file for file in opened}
    ledger.present = set(files) | {file.path for file in listed}
    pending = []
    for path, issue_id in documents.select("path", "issue_id").iter_rows():
        file = files.get(path)
        if file is None or reader.read_identity(file) != issue_id:
            missing.append(path)
        else:
            pending.append(Pending(file, issue_id))
    return pending


def process_again(
    pending: list[Pending], documents: pl.DataFrame, run: Run, summary: RunSummary
) -> Iterator[pl.DataFrame]:
    """Batch after batch, and what each changed."""
    before = _Before(run.store, documents)
    for batch, told in process_all(pending, run, on_batch=before.read):
        summary.add(told)
        ids = [one.issue_id for one in batch.pending if one.issue_id is not None]
        now = run.store.read_documents().filter(pl.col("issue_id").is_in(ids))
        yield find_changes(before.rows, read_rows(run.store, find_months(now), ids))


class _Before:
    """The rows of a batch's issues as they are before it is processed."""

    def __init__(self, store: Store, documents: pl.DataFrame) -> None:
        self._store = store
        self._documents = documents
        self.rows: dict[str, pl.DataFrame] = {}

    def read(self, pending: list[Pending]) -> None:
        ids = [one.issue_id for one in pending if one.issue_id is not None]
        months = find_months(self._documents.filter(pl.col("issue_id").is_in(ids)))
        self.rows = read_rows(self._store, months, ids)
