"""`gazette status`: the issues seen so far and what became of each, and the files that wait for the next run."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from cli.failure import Failure
from cli.folder import read_tables
from cli.issues import COLUMNS, Document, print_issues
from cli.published import open_published
from cli.terminal import open_console
from gazette.ingest.sources import NO_RAW
from gazette.publish.documents import find_pending
from gazette.publish.store import StoreError
from storage import write_address


def show_status(data: Path) -> None:
    """Prints the table documents, newest issue first, and the files that the next run will process."""
    address, data = write_address(data), read_tables(data, with_raw=True)
    documents = _read_documents(data)
    pending = _find_pending(data, address)
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


def _find_pending(data: Path, address: str) -> list[str]:
    """What the next run will process, as the run itself finds it."""
    if not (data / "raw").is_dir():
        raise Failure(f"{address}/raw: {NO_RAW}")
    try:
        return [pending.file.path for pending in find_pending(data)]
    except (OSError, StoreError) as error:
        raise Failure(f"{address}: {error}") from error
