"""`gazette tables`: the first rows of every table, in the columns that tell most, headed in English and Chinese."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.figures import LEGEND, write_figure
from cli.grid import Heading, Line, print_grid
from cli.published import QUARANTINE, open_published
from cli.terminal import open_console
from gazette.tables import RECORD_TABLES, TABLES, Column, Table

if TYPE_CHECKING:
    import duckdb
    from rich.console import Console

# Of a record table: these, its kind, and the measures that the rows shown have. Of the others: what is listed.
LEADING = ("region", "as_of", "modality")
CLOSING = ("entity", "scope")
TELLING = {
    "mentions": ("text", "kind", "value", "unit", "qualifier", "table", "column", "reason"),
    "texts": ("issue_id", "text"),
    "series": (
        "region",
        "as_of",
        "modality",
        "column",
        "enum",
        "scope",
        "entity",
        "value",
        "low",
        "high",
        "sources",
        "agreement",
    ),
    "checks": ("finished_at", "stage", "table", "expectation", "severity", "checked", "failed"),
    "documents": ("path", "status", "stage", "reason", "mentions_count", "rejected_count"),
}
HEADING_WIDTH = 12
# Of each issue (of mentions: of each way a figure may go; GROUPS) the first row, then of each the second, and so on.
ROWS = """
    SELECT {columns} FROM {table}
    ORDER BY row_number() OVER (PARTITION BY {group} ORDER BY {key}), {first}, {key} LIMIT {rows}
"""
GROUPS = {"mentions": "reason", "series": "agreement", "checks": "stage"}
REJECTED = ("region", "expectation", "observed", "quote")
Row = dict[str, Any]


def show_tables(data: Path, rows: int) -> None:
    """Prints each table's name, size and first rows, those of the newest issues first."""
    connection, console = open_published(data), open_console()
    for table in TABLES.values():
        _print_table(console, table, connection, rows)
    _print_rejected(console, connection, rows)
    console.print(LEGEND, style="dim", markup=False)


def _print_table(console: Console, table: Table, connection: duckdb.DuckDBPyConnection, rows: int) -> None:
    from rich.text import Text

    total = _count(connection, table.name)
    console.print(Text.assemble((table.name, "bold"), f"  {total:,} rows · {table.en} {table.zh}"))
    if total:
        first = _read_first(connection, table, rows)
        _print_rows(console, _find_telling(table, first), first)
    console.print()


def _print_rejected(console: Console, connection: duckdb.DuckDBPyConnection, rows: int) -> None:
    """What the gates kept out of the tables, with the expectation that each row broke."""
    from rich.text import Text

    parts = [f"SELECT '{name}' AS \"table\", {', '.join(REJECTED)} FROM {QUARANTINE}.{name}" for name in RECORD_TABLES]
    found = connection.execute(" UNION ALL ".join(parts)).fetchall()
    console.print(
        Text.assemble((QUARANTINE, "bold"), f"  {len(found):,} rows · Rows that a gate rejected. 未通过校验的行")
    )
    if found:
        kept = map(TABLES["projects"].quarantine().column, REJECTED[:-1])
        columns = [Column("table", "string", "", "表"), *kept]
        _print_rows(console, columns, [dict(zip(("table", *REJECTED), row, strict=True)) for row in found[:rows]])
    console.print()


def _count(connection: duckdb.DuckDBPyConnection, name: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM {name}").fetchone()
    return int(row[0]) if row else 0


def _read_first(connection: duckdb.DuckDBPyConnection, table: Table, rows: int) -> list[Row]:
    names = [
        column.name
        for column in table.columns
        if column.type != "timestamp" or column.name in TELLING.get(table.name, ())
    ]
    group = GROUPS.get(table.name, "issue_id")
    first = "issue_date DESC" if "issue_date" in names else f"{group} NULLS FIRST"
    columns, key = ", ".join(f'"{name}"' for name in names), ", ".join(table.sort_key)
    sql = ROWS.format(columns=columns, table=table.name, group=group, first=first, key=key, rows=rows)
    return [dict(zip(names, row, strict=True)) for row in connection.execute(sql).fetchall()]


def _find_telling(table: Table, rows: list[Row]) -> list[Column]:
    """The columns worth their width here: of measures, names and scopes only those that a row has."""
    if not table.is_record_table:
        return [table.column(name) for name in TELLING[table.name]]
    names = [*LEADING, str(table.kind), *(column.name for column in table.measures), *CLOSING]
    return [table.column(name) for name in names if any(row[name] is not None for row in rows)]


def _print_rows(console: Console, columns: list[Column], rows: list[Row]) -> None:
    """The rows under their headings, each with its sentence below."""
    headings = [Heading(write_heading(column), column.measure or column.type in ("int", "float")) for column in columns]
    lines = [Line([_write_cell(column, row) for column in columns], row.get("quote") or "") for row in rows]
    print_grid(console, headings, lines)


def write_heading(column: Column) -> list[str]:
    """The column's name, broken behind underscores, and its Chinese meaning up to the first comma, in short lines."""
    lines = [""]
    for part in re.findall(r"[^_]+_?", column.name):
        if lines[-1] and len(lines[-1]) + len(part) > HEADING_WIDTH:
            lines.append("")
        lines[-1] += part
    meaning = re.split("[，；：（]", column.zh)[0]
    half = HEADING_WIDTH // 2
    return [*lines, *(meaning[i : i + half] for i in range(0, len(meaning), half))]


def _write_cell(column: Column, row: Row) -> str:
    value, name = row[column.name], column.name
    if value is None:
        return ""
    if column.measure:
        return write_figure(value, column.unit, row[f"{name}_qualifier"], row[f"{name}_low"], row[f"{name}_high"])
    if name == "issue_id":
        return f"{value[:8]}…"
    if name == "value":
        return write_figure(value, row["unit"], None)
    return f"{value:,}" if column.type == "int" else " ".join(str(value).split())
