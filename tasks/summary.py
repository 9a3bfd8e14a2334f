"""What a run did: the summary that the command line shows, and the Markdown page that Prefect keeps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gazette.publish.documents import PUBLISHED, QUARANTINED
from gazette.publish.store import COUNTS

if TYPE_CHECKING:
    import polars as pl

KEPT = 1_000  # documents of a status, and rows of a list, that a summary holds
SHOWN = 200  # rows of a list on the page; the tables have them all
CLEAN, REJECTIONS, QUARANTINE, NOTHING = (
    "Completed",
    "CompletedWithRejections",
    "CompletedWithQuarantine",
    "NothingPending",
)
MARKUP = str.maketrans({character: f"&#{ord(character)};" for character in "&\\`*_{}[]<>()#|!~"})


class RunSummary:
    """What became of the files of a run. A run over years of issues is counted whole, but of each status, and of the
    rows of each list, only the first KEPT are told one by one. A plain class, like a batch: Prefect looks through all
    that a dataclass holds when a flow returns it.

    documents: rows of the table documents, one a file.
    rejected: path, table, record_id, expectation, observed and quote of rows that went to quarantine.
    warned: path, table, key, expectation and observed of what a gate found odd, and let pass.
    vanished: paths of files that were gone before they could be read.
    statuses: how many files ended in each status. totals: published rows by column of COUNTS.
    """

    def __init__(
        self,
        documents: Iterable[dict[str, Any]] = (),
        rejected: Sequence[dict[str, Any]] = (),
        vanished: Sequence[str] = (),
        seconds: float = 0.0,
    ) -> None:
        self.documents: list[dict[str, Any]] = []
        self.rejected = list(rejected)
        self.rejected_count = len(rejected)
        self.warned: list[dict[str, Any]] = []
        self.vanished = list(vanished)
        self.seconds = seconds
        self.statuses: Counter[str] = Counter()
        self.totals: Counter[str] = Counter()
        self._told: dict[str, tuple[str, tuple[int, ...]]] = {}
        for document in documents:
            self._tell(document)

    @property
    def name(self) -> str:
        """The state that the run ends in."""
        if not self.statuses.total():
            return NOTHING
        if self.statuses[QUARANTINED]:
            return QUARANTINE
        return REJECTIONS if self.rejected_count else CLEAN

    @property
    def message(self) -> str:
        parts = [f"{count} {status}" for status, count in sorted(self.statuses.items()) if count]
        return ", ".join([*parts, f"{self.rejected_count} rows rejected"])

    def add(self, other: RunSummary) -> None:
        """Takes in what a batch did; a file that was processed twice is told of once."""
        listed = {document["path"]: document for document in other.documents}
        for path, (status, counts) in other._told.items():  # all of them: `documents` holds the first ones alone
            self._note(path, status, counts, listed.get(path))
        self.rejected_count += other.rejected_count
        self.rejected += other.rejected[: KEPT - len(self.rejected)]
        self.warned += other.warned[: KEPT - len(self.warned)]
        self.vanished += other.vanished[: KEPT - len(self.vanished)]

    def _tell(self, document: dict[str, Any]) -> None:
        status = document["status"]
        counts = tuple(document.get(name) or 0 for name in COUNTS) if status == PUBLISHED else ()
        self._note(document["path"], status, counts, document)

    def _note(self, path: str, status: str, counts: tuple[int, ...], document: dict[str, Any] | None) -> None:
        if path in self._told:
            self._forget(path)
        self._told[path] = status, counts
        self.statuses[status] += 1
        self.totals.update(dict(zip(COUNTS, counts, strict=False)))
        if document is not None and self.statuses[status] <= KEPT:
            self.documents.append(document)

    def _forget(self, path: str) -> None:
        status, counts = self._told.pop(path)
        self.statuses[status] -= 1
        self.totals.subtract(dict(zip(COUNTS, counts, strict=False)))
        self.documents = [document for document in self.documents if document["path"] != path]


def build_page(summary: RunSummary) -> str:
    """The run as a Markdown page."""
    sections = [
        f"# Run: {summary.message}",
        _build_table("Published", ["table", "rows"], [[n.removesuffix("_count"), summary.totals[n]] for n in COUNTS]),
        _build_table(
            "Rejected rows",
            ["issue", "table", "record", "expectation", "observed", "quote"],
            _pick(summary.rejected, ("path", "table", "record_id", "expectation", "observed", "quote")),
        ),
        _build_table(
            "Quarantined issues",
            ["issue", "stage", "reason", "detail"],
            _pick(
                (document for document in summary.documents if document["status"] == QUARANTINED),
                ("path", "stage", "reason", "detail"),
            ),
        ),
        _build_table(
            "Warnings",
            ["issue", "table", "row", "expectation", "observed"],
            _pick(summary.warned, ("path", "table", "key", "expectation", "observed")),
        ),
        _build_table("Issues", ["issue", "status", *COUNTS], _pick(summary.documents, ("path", "status", *COUNTS))),
    ]
    return "\n\n".join(sections)


def build_changes_page(message: str, changes: pl.DataFrame) -> str:
    """What a rerun changed, as a Markdown page (changes: schema gazette.publish.changes.CHANGES)."""
    head = ("change", "table", "column", "publication", "issue_date", "page", "old", "new", "quote")
    rows = [list(row) for row in changes.select(head).head(SHOWN + 1).iter_rows()]
    table = _build_table("Cells", list(head), rows[:SHOWN])
    more = f"\n\nand {changes.height - SHOWN:,} more" if changes.height > SHOWN else ""
    return f"# Rerun: {message}\n\n{table}{more}"


def _pick(rows: Iterable[Mapping[str, Any]], names: Sequence[str]) -> list[list[Any]]:
    return [[row[name] for name in names] for row in rows]


def _build_table(title: str, head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    if not rows:
        return f"## {title}\n\nnone"
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    lines += [f"| {' | '.join(map(escape, row))} |" for row in rows[:SHOWN]]
    if len(rows) > SHOWN:
        lines.append(f"\nand {len(rows) - SHOWN:,} more")
    return f"## {title}\n\n" + "\n".join(lines)


def escape(value: Any) -> str:
    """A value as plain text in a cell: no markup of an issue's or a file name's works on the page."""
    return " ".join(("" if value is None else str(value)).translate(MARKUP).split())
