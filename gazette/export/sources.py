"""What is exported: every published table, and beside each the rows that its gate rejected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from gazette.publish.files import scan_parquet
from gazette.publish.store import FILE_NAME
from gazette.tables import GATED_BY_ROW, TABLES, Table


@dataclass(frozen=True, slots=True)
class Source:
    """A table to export, its rows unread. `schema` is where a database puts it."""

    name: str
    table: Table
    files: tuple[Path, ...]
    schema: str = "main"

    def scan(self) -> pl.LazyFrame:
        """All rows, in the declared columns; those that an older version did not write are null."""
        return scan_parquet(self.files, self.table)


def find_sources(root: Path) -> Iterator[Source]:
    """The tables of a generation, oldest month first."""
    for name, table in TABLES.items():
        yield Source(name, table, _find_files(root / "curated" / name))
    for name in GATED_BY_ROW:
        yield Source(
            f"rejected_{name}", TABLES[name].quarantine(), _find_files(root / "quarantine" / name), "quarantine"
        )


def _find_files(folder: Path) -> tuple[Path, ...]:
    return tuple(sorted(folder.glob(f"month=*/{FILE_NAME}")))
