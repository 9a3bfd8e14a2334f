"""`gazette status`: the issues seen so far and what became of each, and the files that wait for the next run."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from cli.failure import Failure
from cli.issues import COLUMNS, Document, print_issues
from cli.published import open_published
from cli.terminal import open_console
from gazette.ingest.sources import find_issue_files
from gazette.ingest.unpacking import INSIDE


def show_status(data: Path) -> None:
    """Prints the table documents, newest issue first, and the files that no row of it knows."""
    documents = _read_documents(data)
    pending = _find_pending(data / "raw", documents)
    console = open_console()
    if documents:
        print_issues(console, documents)
        console.print()
    counts = Counter(document["status"] for document in documents) + Counter({"pending": len(pending)})
    console.print(
        " · ".join(f"{count:,} {status}" for status, count in counts.items()) or "no issues seen, none pending"
    )
    for path in pending:
        console.print(f"  pending  {path}", markup=False, soft_wrap=True)


def _read_documents(data: Path) -> list[Document]:
    if not (data / "curated").is_dir():
        return []
    sql = f"SELECT {', '.join(COLUMNS)} FROM documents ORDER BY issue_date DESC NULLS FIRST, path"
    rows = open_published(data).execute(sql).fetchall()
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows]


def _find_pending(raw: Path, documents: list[Document]) -> list[str]:
    if not raw.is_dir():
        raise Failure(f"{raw}: there is no such folder; issues lie in raw/<publication>/<YYYY-MM-DD>/<page>.txt")
    seen = {path for document in documents for path in (document["path"], document["path"].split(INSIDE)[0])}
    return [file.path for file in find_issue_files(raw) if file.path not in seen]
