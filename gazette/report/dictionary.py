"""The dictionary: every table and column, from the one declaration, with an example and the rules that are about it.

Takes a snapshot for the examples and for the words of the gates; the rest is declared. A figure's example is that of
the first rule that files it, which is run as a test.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import polars as pl

from gazette.extract.records.declaration import Indicator, load_rules
from gazette.report.snapshot import Snapshot
from gazette.report.words import Words
from gazette.tables import TABLES, Column, Table

LONGEST_EXAMPLE = 60
MONTHS_LOOKED_INTO = 24


def build_dictionary(snapshot: Snapshot) -> dict[str, Any]:
    gates = _read_gates(snapshot)
    filing: dict[tuple[str | None, str | None], list[Indicator]] = defaultdict(list)
    for indicator in load_rules().indicators:
        filing[indicator.table, indicator.column].append(indicator)
    return {"dictionary": [_build_table(table, snapshot, gates, filing) for table in TABLES.values()]}


def _build_table(table: Table, snapshot: Snapshot, gates: Any, filing: Any) -> dict[str, Any]:
    examples = _read_examples(table, snapshot)
    columns = [
        {
            "column": column,
            "example": examples.get(column.name),
            "filing": filing[table.name, column.name],
            "gates": gates.get((table.name, column.name), []),
        }
        for column in table.columns
        if column.derived_from is None
    ]
    return {"table": table, "about": Words(table.en, table.zh), "columns": columns}


def _read_examples(table: Table, snapshot: Snapshot) -> dict[str, str]:
    """Of each column the first value there is, in the newest months."""
    found: dict[str, Any] = {}
    for month in snapshot.find_months(table.name)[:MONTHS_LOOKED_INTO]:
        rows = snapshot.read(table.name, month)
        wanted = [name for name in rows.columns if name not in found]
        if not wanted:
            break
        firsts = rows.select(pl.col(name).drop_nulls().first() for name in wanted)
        found |= {name: value for name, value in firsts.row(0, named=True).items() if value is not None}
    return {name: _shorten(table.column(name), value) for name, value in found.items()}


def _shorten(column: Column, value: Any) -> str:
    text = f"{value:.15g}" if column.type == "float" else str(value)
    return text if len(text) <= LONGEST_EXAMPLE else f"{text[:LONGEST_EXAMPLE]}…"


def _read_gates(snapshot: Snapshot) -> dict[tuple[str, str], list[tuple[str, Words]]]:
    """The rules of the gates by the columns that they speak of, in their newest words."""
    checks = snapshot.scan("checks").sort("finished_at").unique(["table", "expectation"], keep="last").collect()
    found: dict[tuple[str, str], list[tuple[str, Words]]] = defaultdict(list)
    for row in checks.sort("expectation").iter_rows(named=True):
        for column in (row["columns"] or "").split():
            found[row["table"], column].append((row["expectation"], Words(row["rule_en"], row["rule_zh"])))
    return found
