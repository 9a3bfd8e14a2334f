"""What issues print differently, and what they agree about.

Takes a snapshot, gives the newest rows of `series` that two issues stand behind, each with the figures side by side and
the sentences they were printed in.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import polars as pl

from gazette.publish.series import parse_statements
from gazette.report.snapshot import Snapshot
from gazette.report.words import Words, name_cell, name_value
from gazette.tables import RECORD_TABLES, TABLES

LISTED = {"disputed": 200, "corroborated": 100, "ambiguous": 50}
Row = dict[str, Any]


def build_disagreement(snapshot: Snapshot) -> dict[str, Any]:
    counts = dict(snapshot.scan("series").group_by("agreement").len().collect().iter_rows())
    rows = _read_newest(snapshot)
    records = _read_records(snapshot, rows)
    names = _read_names(snapshot)
    cases = [_build_case(row, records, names) for row in rows]
    return {
        "counts": {name: counts.get(name, 0) for name in (*LISTED, "single")},
        **{name: [case for case in cases if case["row"]["agreement"] == name] for name in LISTED},
    }


def _read_newest(snapshot: Snapshot) -> list[Row]:
    found: list[Row] = []
    left = dict(LISTED)
    for month in snapshot.find_months("series"):
        rows = snapshot.read("series", month).with_columns(parse_statements(pl.col("statements")))
        rows = rows.filter(pl.col("agreement") != "single").sort("as_of", "series_id", descending=[True, False])
        for row in rows.iter_rows(named=True):
            if left[row["agreement"]] > 0:
                left[row["agreement"]] -= 1
                found.append(row)
        if not any(left.values()):
            break
    return found


def _read_records(snapshot: Snapshot, rows: Iterable[Row]) -> dict[str, Row]:
    """The records behind the rows, by their identifier."""
    ids = [one["record_id"] for row in rows for one in row["statements"]]
    wanted = ("record_id", "quote", "publication", "page", "article", "char_start")
    parts = [snapshot.scan(name).filter(pl.col("record_id").is_in(ids)).select(wanted) for name in RECORD_TABLES]
    return {row["record_id"]: row for row in pl.concat(parts).collect().iter_rows(named=True)}


def _read_names(snapshot: Snapshot) -> dict[str, str]:
    names = snapshot.scan("documents").select("publication", "publication_name").drop_nulls().unique().collect()
    return dict(names.iter_rows())


def _build_case(row: Row, records: dict[str, Row], names: dict[str, str]) -> Row:
    """One indicator with its versions; those of one issue stand together, the newest issue first."""
    table = TABLES[row["table"]]
    enum = table.column(str(table.kind)).enum
    kind = next((name_value(item) for item in (enum.items if enum else ()) if item.value == row["enum"]), None)
    versions = [one | {"record": records.get(one["record_id"], {})} for one in row["statements"]]
    for version in versions:
        publication = version["record"].get("publication")
        version["publication"] = names.get(publication or "", publication)
    return {
        "row": row,
        "indicator": name_cell(row["table"], row["column"]),
        "kind": kind or Words("", ""),
        "versions": versions,
    }
