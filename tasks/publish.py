"""The last stage as a task: what passed the gates goes into the tables, and the list of files tells of every file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import polars as pl
from prefect import task
from prefect.cache_policies import NO_CACHE

import gazette
from gazette.publish.checks import build_checks
from gazette.publish.columns import Row
from gazette.publish.documents import DUPLICATE, PUBLISHED, QUARANTINED, Settlement
from gazette.publish.frames import build_frame, mark_rejected_mentions
from gazette.publish.store import CONTENT, Change, Revision, build_month
from gazette.tables import RECORD_TABLES, TABLES
from tasks.batch import Batch, Run, Work
from tasks.summary import RunSummary
from tasks.validate import TableResult


class Publication:
    """What a batch is about to publish: the rows that passed, the documents with their consequences, and what both mean
    for the table that is derived from the records."""

    def __init__(self, tables: TableResult, settlement: Settlement) -> None:
        self.tables = tables
        self.settlement = settlement
        self.series: tuple[Revision, ...] = ()

    @cached_property
    def change(self) -> Change:
        return build_change(self)

    def let_go(self) -> None:
        """Empties it, as `Batch.let_go` does."""
        self.__dict__.clear()


@task(
    name="publish",
    task_run_name="publish batch {batch.number}",
    retries=2,
    retry_delay_seconds=[1, 5],
    cache_policy=NO_CACHE,
    persist_result=False,
)
def publish(batch: Batch, run: Run, publication: Publication) -> RunSummary:
    """Commits the batch. Raises StoreError where the tables could not be written; they are then as they were."""
    change = publication.change
    checks = build_checks(run.store, batch.checks, run.run_id, datetime.now(UTC).replace(microsecond=0))
    change.revisions = [*publication.series, checks]
    run.store.commit(change)
    return _build_summary(batch, publication, change)


def build_change(publication: Publication) -> Change:
    """The commit: rows of the issues that ended published, and of them alone."""
    tables, settlement = publication.tables, publication.settlement
    published = [row for row in settlement.documents if row["status"] == PUBLISHED]
    months = {row["issue_id"]: build_month(row["issue_date"]) for row in published}
    of_published = pl.col("issue_id").is_in(list(months))
    rejected = {name: frame.filter(of_published) for name, frame in tables.rejected.items()}
    accepted = {name: tables.accepted[name].filter(of_published) for name in CONTENT if name in tables.accepted}
    if "mentions" in accepted:
        rejected_ids = [key for name in RECORD_TABLES if name in rejected for key in rejected[name]["record_id"]]
        accepted["mentions"] = mark_rejected_mentions(accepted["mentions"], rejected_ids)
    return Change(
        accepted=accepted,
        rejected=rejected,
        months=months,
        withdrawn=settlement.withdrawn,
        documents=build_frame(TABLES["documents"], settlement.documents),
        restated=settlement.build_restated(),
    )


def build_documents(batch: Batch, run: Run, tables: TableResult) -> list[Row]:
    """A row of documents for every file of the batch, as far as the batch alone can tell."""
    counts = {name: _count_by_issue(frame) for name, frame in tables.accepted.items()}
    rejected: Counter[str] = sum((_count_by_issue(frame) for frame in tables.rejected.values()), Counter())
    now = datetime.now(UTC).replace(microsecond=0)
    return [_build_document(work, run, counts, rejected, now) for work in batch.works]


def _count_by_issue(frame: pl.DataFrame) -> Counter[str]:
    return Counter(dict(frame.group_by("issue_id").len().iter_rows()))


def _build_document(
    work: Work, run: Run, counts: Mapping[str, Counter[str]], rejected: Counter[str], now: datetime
) -> Row:
    reading, origin, issue, clean = work.reading, work.reading.origin, work.reading.issue, work.stage_rows.get("clean")
    row: dict[str, Any] = {
        "issue_id": reading.issue_id,
        "path": reading.file.path,
        "publication": origin.publication if origin else None,
        "publication_name": origin.publication_name if origin else None,
        "region_code": origin.region_code if origin else None,
        "issue_date": origin.issue_date if origin else None,
        "page": origin.page if origin else None,
        "format": reading.format,
        "encoding": issue.encoding if issue else None,
        "byte_count": reading.byte_count,
        "char_count": work.char_count,
        "status": PUBLISHED,
        "stage": None,
        "reason": None,
        "detail": None,
        "digits_in": clean["digits_in"] if clean else None,
        "digits_kept": clean["digits_kept"] if clean else None,
        "file_modified_at": datetime.fromtimestamp(reading.file.modified_ns // 1000 / 1_000_000, UTC),
        "pipeline_version": gazette.__version__,
        "run_id": run.run_id,
        "ingested_at": now,
    }
    if work.failure is not None:
        failure = work.failure
        row |= {"status": QUARANTINED, "stage": failure.stage, "reason": failure.reason, "detail": failure.detail}
    elif work.original is not None:
        row |= {"status": DUPLICATE, "detail": f"same bytes as {work.original.path}"}
    else:
        row |= {f"{name}_count": counts[name][work.issue.issue_id] for name in (*RECORD_TABLES, "mentions")}
        row["rejected_count"] = rejected[work.issue.issue_id]
    return {**dict.fromkeys(TABLES["documents"].names), **row}


def _build_summary(batch: Batch, publication: Publication, change: Change) -> RunSummary:
    paths = {row["issue_id"]: row["path"] for row in publication.settlement.documents}
    rejected = [
        {"path": paths[row["issue_id"]], "table": name} | {key: row[key] for key in SHOWN_OF_REJECTED}
        for name, frame in change.rejected.items()
        for row in frame.to_dicts()
    ]
    return RunSummary(documents=publication.settlement.documents, rejected=rejected, vanished=batch.vanished)


SHOWN_OF_REJECTED = ("record_id", "expectation", "observed", "quote")
