"""What a run did: the summary that the command line shows, and the Markdown page that Prefect keeps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gazette.publish.documents import PUBLISHED, QUARANTINED
from gazette.publish.store import COUNTS

SHOWN = 200  # rows of a list on the page; the tables have them all
CLEAN, REJECTIONS, QUARANTINE, NOTHING = (
    "Completed",
    "CompletedWithRejections",
    "CompletedWithQuarantine",
    "NothingPending",
)
MARKUP = str.maketrans({character: f"&#{ord(character)};" for character in "&\\`*_{}[]<>()#|!~"})


@dataclass
class RunSummary:
    """What became of every file of a run.

    documents: rows of the table documents, one a file.
    rejected: path, table, record_id, expectation, observed and quote of every row that went to quarantine.
    warned: path, table, key, expectation and observed of what a gate found odd, and let pass.
    vanished: paths of files that were gone before they could be read.
    """

    documents: list[dict[str, Any]] = field(default_factory=list)
    rejected: list[dict[str, Any]] = field(default_factory=list)
    warned: list[dict[str, Any]] = field(default_factory=list)
    vanished: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def name(self) -> str:
        """The state that the run ends in."""
        if not self.documents:
            return NOTHING
        if any(document["status"] == QUARANTINED for document in self.documents):
            return QUARANTINE
        return REJECTIONS if self.rejected else CLEAN

    @property
    def message(self) -> str:
        counts = Counter(document["status"] for document in self.documents)
        parts = [f"{count} {status}" for status, count in sorted(counts.items())]
        return ", ".join([*parts, f"{len(self.rejected)} rows rejected"])

    def add(self, other: RunSummary) -> None:
        """Takes in what a batch did; a file that was processed twice is told of once."""
        paths = {document["path"] for document in other.documents}
        self.documents = [document for document in self.documents if document["path"] not in paths]
        self.documents += other.documents
        self.rejected += other.rejected
        self.warned += other.warned
        self.vanished += other.vanished


def build_page(summary: RunSummary) -> str:
    """The run as a Markdown page."""
    published = [document for document in summary.documents if document["status"] == PUBLISHED]
    totals = {name: sum(document[name] or 0 for document in published) for name in COUNTS}
    sections = [
        f"# Run: {summary.message}",
        _build_table("Published", ["table", "rows"], [[n.removesuffix("_count"), c] for n, c in totals.items()]),
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
