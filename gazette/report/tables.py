"""The data of the table pages, in chunks that a page loads one after another, the newest first.

Takes a table and a month, gives its rows packed. A page may hold `MOST_ROWS`: more would take a browser more memory
than it has; what is older is in the tables themselves, and in exports.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from gazette.report.declaration import build_rejected
from gazette.report.issues import Rules
from gazette.report.packing import pack
from gazette.report.snapshot import CURATED, QUARANTINE, Snapshot
from gazette.report.words import Words
from gazette.tables import RECORD_TABLES

CHUNK_ROWS = 2_000
MOST_ROWS = 200_000
NEWEST_FIRST = ("issue_date", "as_of", "finished_at")


def find_sources(name: str) -> list[tuple[str, str]]:
    """The published tables that a page shows, each with its section."""
    return [(table, QUARANTINE) for table in RECORD_TABLES] if name == "rejected" else [(name, CURATED)]


def build_chunks(snapshot: Snapshot, name: str, month: str, rules: Rules) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """The chunks of a month: name, number of rows, and the rows packed. `rules` words the rules that rows broke."""
    rows = _read_rejected(snapshot, month, rules) if name == "rejected" else snapshot.read(name, month)
    order = [column for column in NEWEST_FIRST if column in rows.columns][:1]
    rows = rows.sort(*order, descending=True, nulls_last=True, maintain_order=True) if order else rows
    for number, start in enumerate(range(0, rows.height, CHUNK_ROWS)):
        part = rows.slice(start, CHUNK_ROWS)
        yield f"{name}/{month}-{number}", part.height, pack(part)


def build_index(parts: Sequence[tuple[str, int]], total: int) -> dict[str, Any]:
    """What a page asks for first: the chunks with their rows, and how many rows the table has in all."""
    return {"chunks": [{"name": chunk, "rows": rows} for chunk, rows in parts], "total": total}


def _read_rejected(snapshot: Snapshot, month: str, rules: Rules) -> pl.DataFrame:
    columns = build_rejected().names
    parts = [_word(snapshot.read(table, month, QUARANTINE), table, rules).select(columns) for table in RECORD_TABLES]
    return pl.concat(parts)


def _word(rows: pl.DataFrame, table: str, rules: Rules) -> pl.DataFrame:
    """Rejected rows with the rules that they broke in words."""
    broken = [names.split("; ") for names in rows["expectation"]]
    told = [[rules.get((table, name), Words(name, name)) for name in names] for names in broken]
    return rows.with_columns(
        table=pl.lit(table),
        rule_en=pl.Series([" ".join(words.en for words in one) for one in told], dtype=pl.String),
        rule_zh=pl.Series(["".join(words.zh for words in one) for one in told], dtype=pl.String),
    )
