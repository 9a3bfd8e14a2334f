"""What became of every issue file, as the documents table remembers it: which files are pending, which are duplicates,
and which take another's place.

- pending: a file whose path and bytes no document knows, whose metadata now says something else, that was quarantined
  by another version of the pipeline, or that waits for character recognition where that is now installed;
- duplicate: its bytes are published from another file that is still there;
- superseded: another file of the same publication, date and page is newer (by its time of writing, then its path), or
  the file itself was overwritten or moved.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from sys import intern
from typing import Any, NamedTuple

import polars as pl

import gazette
from gazette.ingest.formats import has_ocr
from gazette.ingest.identities import Identities
from gazette.ingest.reasons import Reason, UnreadableIssue
from gazette.ingest.sources import IssueFile, Origin, SourceReader, find_issue_files, open_archives
from gazette.ingest.unpacking import INSIDE
from gazette.publish.store import COUNTS, RESTATED, Store, build_month

PUBLISHED, QUARANTINED, DUPLICATE, SUPERSEDED = "published", "quarantined", "duplicate", "superseded"
Slot = tuple[str | None, date | None, str | None]
Key = tuple[str, str | None]  # path and issue_id


class Document(NamedTuple):
    """What the ledger remembers of a row of documents."""

    path: str
    issue_id: str | None
    status: str
    publication: str | None
    publication_name: str | None
    region_code: str | None
    issue_date: date | None
    page: str | None
    reason: str | None
    detail: str | None
    pipeline_version: str
    modified_us: int | None  # since 1970; a number, because making datetimes of all rows takes longer than all else

    @property
    def slot(self) -> Slot:
        return self.publication, self.issue_date, self.page

    @property
    def month(self) -> str:
        return build_month(self.issue_date)

    @property
    def recency(self) -> tuple[int, str]:
        return self.modified_us or 0, self.path

    def has_origin(self, origin: Origin) -> bool:
        known = (self.publication, self.publication_name, self.issue_date, self.page, self.region_code)
        return known == (
            origin.publication,
            origin.publication_name,
            origin.issue_date,
            origin.page,
            origin.region_code,
        )


COLUMNS = Document._fields[:-1]  # the rest is computed
SHARED = ("status", "publication", "publication_name", "region_code", "page", "pipeline_version")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Pending:
    """A file to process, with the identity it had when it was found."""

    file: IssueFile
    issue_id: str | None


@dataclass
class Settlement:
    """What new documents mean for the tables: their own final status, the older documents that get another one, and
    the issues whose rows leave the tables, with their month."""

    documents: list[dict[str, Any]] = field(default_factory=list)
    restated: dict[Key, dict[str, Any]] = field(default_factory=dict)
    withdrawn: dict[str, str] = field(default_factory=dict)

    def build_restated(self) -> pl.DataFrame:
        return pl.DataFrame(list(self.restated.values()), schema=RESTATED, orient="row")


class Ledger:
    """All documents, kept up to date while a run goes on. `version` is that of the pipeline now; `present` are the
    paths that exist now."""

    def __init__(self, documents: pl.DataFrame, version: str) -> None:
        self.version = version
        self.present: set[str] = set()
        self._documents: dict[Key, Document] = {}
        self._paths: dict[str, tuple[Key, ...]] = {}
        self._issues: dict[str | None, tuple[Key, ...]] = {}
        self._slots: dict[Slot, tuple[Key, ...]] = {}
        for document in _read_documents(documents):
            self._add(document)

    def find_pending(
        self, files: Iterable[IssueFile], reader: SourceReader, identities: Identities | None = None
    ) -> list[Pending]:
        """The files to process, in the order given, archives member by member. Reads every file whose bytes
        `identities` does not know."""
        listed = list(open_archives(files, reader.sandbox, lambda file: bool(identities and identities.find(file))))
        self.present = {file.path for file in listed}
        found = (Pending(file, _identify(file, reader, identities)) for file in listed)
        return [pending for pending in found if self._is_pending(pending, reader)]

    def find_original(self, issue_id: str, path: str) -> Document | None:
        """The published document that a file with these bytes is a duplicate of."""
        others = (self._documents[key] for key in self._issues.get(issue_id, ()) if key[0] != path)
        return next((other for other in others if other.status == PUBLISHED and other.path in self.present), None)

    def settle(self, rows: Iterable[Mapping[str, Any]]) -> Settlement:
        """Takes in new rows of documents (those that passed every gate as published) and says what follows."""
        settlement = Settlement()
        rows_by_key: dict[Key, dict[str, Any]] = {}
        for row in rows:
            document = _build_document(row)
            key = (document.path, document.issue_id)
            rows_by_key[key] = dict(row)
            self._take_out(key, settlement)
            if document.issue_id is not None:  # what could not be read then, the file or its archive, can be now
                self._take_out((document.path, None), settlement)
                self._take_out((document.path.split(INSIDE)[0], None), settlement)
            self._add(document)
            if document.status == PUBLISHED:
                self._displace(document, rows_by_key, settlement)
        settlement.documents = list(rows_by_key.values())
        return settlement

    def _is_pending(self, pending: Pending, reader: SourceReader) -> bool:
        known = self._documents.get((pending.file.path, pending.issue_id))
        if known is None or (known.status == QUARANTINED and self._may_be_read_now(known)):
            return True
        try:
            origin = reader.read_origin(pending.file)
        except UnreadableIssue as failure:
            return known.status == QUARANTINED and (known.reason, known.detail) != (failure.reason, failure.detail)
        return not known.has_origin(origin) or self._is_unsettled(known)

    def _may_be_read_now(self, known: Document) -> bool:
        return known.pipeline_version != self.version or (known.reason == Reason.NEEDS_OCR and has_ocr())

    def _is_unsettled(self, known: Document) -> bool:
        """Whether the reason for which a file is not in the tables no longer holds."""
        if known.status == DUPLICATE:
            return known.issue_id is None or self.find_original(known.issue_id, known.path) is None
        if known.status == SUPERSEDED:
            winner = next(self._find_published(known.slot), None)
            return winner is None or winner.path == known.path
        return False

    def _find_published(self, slot: Slot) -> Iterator[Document]:
        documents = (self._documents[key] for key in self._slots.get(slot, ()))
        return (document for document in documents if document.status == PUBLISHED)

    def _take_out(self, key: Key, settlement: Settlement) -> None:
        """Forgets the document that a new one of the same path and bytes replaces."""
        old = self._documents.pop(key, None)
        if old is None:
            return
        for index, place in self._places(old):
            index[place] = tuple(other for other in index.get(place, ()) if other != key)
        settlement.restated[key] = _restate(old, None, None)
        if old.status == PUBLISHED and old.issue_id:
            settlement.withdrawn[old.issue_id] = old.month

    def _displace(self, new: Document, rows: dict[Key, dict[str, Any]], settlement: Settlement) -> None:
        """Finds who gives way: what the file held before, the file that it was moved from, and of the files of one
        publication, date and page all but the newest."""
        for rival in self._find_rivals(new):
            moved = rival.issue_id == new.issue_id
            newer = rival.path != new.path and not moved and rival.recency > new.recency
            loser, winner = (new, rival) if newer else (rival, new)
            key = (loser.path, loser.issue_id)
            detail = f"{'moved to' if moved else 'superseded by'} {winner.path}"
            self._documents[key] = loser._replace(status=SUPERSEDED, detail=detail)
            if key in rows:
                rows[key] |= {"status": SUPERSEDED, "detail": detail} | dict.fromkeys(COUNTS)
            else:
                settlement.restated[key] = _restate(loser, SUPERSEDED, detail)
                if loser.issue_id:
                    settlement.withdrawn[loser.issue_id] = loser.month

    def _find_rivals(self, new: Document) -> list[Document]:
        keys = {key for index, place in self._places(new) for key in index.get(place, ())}
        keys.discard((new.path, new.issue_id))
        known = (self._documents[key] for key in sorted(keys, key=str) if key in self._documents)
        return [document for document in known if document.status == PUBLISHED]

    def _add(self, document: Document) -> None:
        key = (document.path, document.issue_id)
        self._documents[key] = document
        for index, place in self._places(document):
            index[place] = (*index.get(place, ()), key)

    def _places(self, document: Document) -> tuple[tuple[dict[Any, tuple[Key, ...]], Any], ...]:
        """Where the document stands in each index. What is in quarantine is nobody's original and nobody's rival."""
        if document.status == QUARANTINED:
            return ((self._paths, document.path),)
        return (self._paths, document.path), (self._issues, document.issue_id), (self._slots, document.slot)


def _read_documents(rows: pl.DataFrame) -> Iterator[Document]:
    """With one string for what many rows say, which is a third less memory where there are very many."""
    modified = pl.col("file_modified_at").dt.epoch("us").alias("modified_us")
    columns = {column.name: column.to_list() for column in rows.select(*COLUMNS, modified)}
    for name in SHARED:
        columns[name] = [value and intern(value) for value in columns[name]]
    return map(Document._make, zip(*columns.values(), strict=True))


def _build_document(row: Mapping[str, Any]) -> Document:
    modified = row["file_modified_at"]
    modified_us = (modified - EPOCH) // timedelta(microseconds=1) if modified is not None else None
    return Document._make([*(row[name] for name in COLUMNS), modified_us])


def _identify(file: IssueFile, reader: SourceReader, identities: Identities | None) -> str | None:
    if identities is None:
        return reader.read_identity(file)
    issue_id, now = identities.find(file), time.time_ns()
    if issue_id is None and (issue_id := reader.read_identity(file)) is not None:
        identities.remember(file, issue_id, now)
    return issue_id


def find_pending(data: Path, *, keep: bool = False) -> list[Pending]:
    """The files below `data`/raw that the next run will process. With `keep`, which only the holder of the store's lock
    may ask for, what was learnt of their bytes is kept. Raises OSError where raw/ cannot be listed."""
    store = Store(data)
    identities = Identities(store.identities)
    ledger = Ledger(store.read_documents(), gazette.__version__)
    pending = ledger.find_pending(find_issue_files(store.raw), SourceReader(store.raw), identities)
    if keep:
        identities.write()
    return pending


def _restate(document: Document, status: str | None, detail: str | None) -> dict[str, Any]:
    return {
        "path": document.path,
        "issue_id": document.issue_id,
        "month": document.month,
        "status": status,
        "detail": detail,
    }
