"""One line per issue: what became of it, its figures and records, its rejected rows, and the reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from gazette.tables import RECORD_TABLES

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

STYLES = {"published": "green", "quarantined": "red", "duplicate": "dim", "superseded": "dim"}
COUNTS = ("mentions_count", *(f"{table}_count" for table in RECORD_TABLES), "rejected_count")
COLUMNS = ("path", "status", "stage", "reason", "detail", *COUNTS)
HEADINGS = ("figures\n数字", "projects\n项目", "enterprises\n企业", "finance\n金融", "labor\n用工", "rejected\n剔除")
Document = Mapping[str, Any]


def print_issues(console: Console, documents: Iterable[Document]) -> None:
    """A grid with a line for each of `documents` (rows of the table documents)."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    grid.add_column("issue\n刊物", overflow="fold")
    grid.add_column("status\n状态", no_wrap=True)
    for heading in HEADINGS:
        grid.add_column(heading, justify="right", no_wrap=True)
    grid.add_column("reason\n原因", overflow="fold")
    for document in documents:
        status = document["status"]
        counts = ("" if document[name] is None else f"{document[name]:,}" for name in COUNTS)
        grid.add_row(Text(document["path"]), Text(status, STYLES.get(status, "")), *counts, _build_reason(document))
    console.print(grid)


def _build_reason(document: Document) -> Text:
    """Why an issue is out of the tables: the stage, the reason and the same in words; empty where it is in them."""
    from rich.text import Text

    return Text(": ".join(document[name] for name in ("stage", "reason", "detail") if document[name]))
