"""One line per issue: what became of it, its figures and records, its rejected rows, and the reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from cli.grid import Heading, Line, print_grid
from gazette.ingest.reasons import read_words
from gazette.tables import RECORD_TABLES

if TYPE_CHECKING:
    from rich.console import Console

STYLES = {"quarantined": "red", "duplicate": "dim", "superseded": "dim"}
COUNTS = ("mentions_count", *(f"{table}_count" for table in RECORD_TABLES), "rejected_count")
COLUMNS = ("path", "status", "stage", "reason", "detail", *COUNTS)
HEADINGS = (
    Heading(("issue", "刊物")),
    Heading(("status", "状态")),
    Heading(("figures", "数字"), right=True),
    Heading(("projects", "项目"), right=True),
    Heading(("enterprises", "企业"), right=True),
    Heading(("finance", "金融"), right=True),
    Heading(("labor", "用工"), right=True),
    Heading(("rejected", "剔除"), right=True),
)
Document = Mapping[str, Any]


def print_issues(console: Console, documents: Iterable[Document]) -> None:
    """A line for each of `documents` (rows of the table documents); why one is out of the tables stands below it."""
    print_grid(console, HEADINGS, [_build_line(document) for document in documents])


def _build_line(document: Document) -> Line:
    counts = ("" if document[name] is None else f"{document[name]:,}" for name in COUNTS)
    cells = (document["path"], document["status"], *counts)
    return Line(cells, write_reason(document), fold=True, style=STYLES.get(document["status"], ""))


def write_reason(document: Document) -> str:
    """Why an issue is out of the tables: the stage, the reason, the same in words, and for files that cannot be read in
    Chinese too; empty where it is in them."""
    stage, reason, detail = (document[name] or "" for name in ("stage", "reason", "detail"))
    words = read_words().get(reason) if stage == "ingest" else None
    told = ": ".join(part for part in (stage, "" if detail.startswith(reason) else reason, detail) if part)
    return f"{told} · {words.zh}" if words else told
