"""The published tables as the report reads them: one generation, month by month.

Takes the folder of a generation, gives frames of single months, so that no table is ever in memory whole, and digests
of the files, by which a later report knows what has changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import polars as pl

from gazette.publish.files import read_parquet, scan_parquet
from gazette.publish.store import CONTENT, FILE_NAME, declare
from gazette.tables import RECORD_TABLES

CURATED, QUARANTINE = "curated", "quarantine"
OF_ISSUES = tuple((CURATED, name) for name in (*CONTENT, "documents")) + tuple((QUARANTINE, n) for n in RECORD_TABLES)


class Snapshot:
    """One generation of the tables."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._digests: dict[Path, str] = {}

    def find_months(self, name: str, section: str = CURATED) -> list[str]:
        """The months that a table has a file of, newest first."""
        files = (self.root / section / name).glob(f"month=*/{FILE_NAME}")
        return sorted((file.parent.name.removeprefix("month=") for file in files), reverse=True)

    def read(self, name: str, month: str, section: str = CURATED) -> pl.DataFrame:
        """The rows of a table in one month; none where it has no file."""
        table = declare(name, section)
        file = self._find_file(name, month, section)
        return read_parquet(file, table) if file.exists() else table.empty_frame

    def scan(self, name: str, section: str = CURATED) -> pl.LazyFrame:
        """All rows of a table, unread."""
        files = [self._find_file(name, month, section) for month in reversed(self.find_months(name, section))]
        return scan_parquet(files, declare(name, section))

    def count_rows(self, name: str, section: str = CURATED) -> int:
        return int(self.scan(name, section).select(pl.len()).collect().item())

    def digest(self, parts: Iterable[tuple[str, str]], month: str) -> str:
        """Of the files that hold a month of these tables (section and name of each)."""
        files = (self._find_file(name, month, section) for section, name in parts)
        return hashlib.sha256(" ".join(map(self._digest, files)).encode()).hexdigest()

    def _digest(self, file: Path) -> str:
        if file not in self._digests:
            self._digests[file] = _digest(file)
        return self._digests[file]

    def _find_file(self, name: str, month: str, section: str) -> Path:
        return self.root / section / name / f"month={month}" / FILE_NAME


def _digest(file: Path) -> str:
    if not file.exists():
        return "-"
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
