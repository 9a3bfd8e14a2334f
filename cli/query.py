"""`gazette query`: one SQL query over the published tables, as a table for reading, CSV or JSON.

Two walls keep a query inside: anything that is not a query is refused by its kind, and the connection itself
(`cli.published`) can open no other file.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.failure import ExitCode, Failure
from cli.published import open_published
from cli.terminal import make_printable, open_console

if TYPE_CHECKING:
    import duckdb
    from rich.console import Console

READING = ("SELECT", "EXPLAIN")
BATCH = 10_000
WIDEST_CELL = 60


def run_query(sql: str, data: Path, form: str, rows: int) -> None:
    """Writes the result to standard output. Raises Failure for anything but one query that runs."""
    import duckdb

    connection = open_published(data)
    try:
        result = connection.execute(_check_query(connection, sql))
        names = [column[0] for column in result.description or ()]
        {"csv": _write_csv, "json": _write_json}.get(form, _write_table)(names, result, rows)
    except duckdb.Error as error:
        raise Failure(f"query: {error}", ExitCode.USAGE) from error
    except RuntimeError as error:
        if "interrupted" in str(error):  # what DuckDB makes of Ctrl-C
            raise KeyboardInterrupt from error
        raise


def _check_query(connection: duckdb.DuckDBPyConnection, sql: str) -> duckdb.Statement:
    statements = connection.extract_statements(sql)
    if len(statements) != 1:
        raise Failure(f"query: one query is run at a time; this has {len(statements)}", ExitCode.USAGE)
    kind = _find_kind(statements[0])
    if kind not in READING:
        raise Failure(f"query: {kind} is refused; a query only reads (select, from, describe, show)", ExitCode.USAGE)
    return statements[0]


def _find_kind(statement: duckdb.Statement) -> str:
    try:
        return str(statement.type.name)
    except ValueError:  # a kind that DuckDB knows and its Python package does not, as UPDATE EXTENSIONS
        return "this"


def _batches(result: duckdb.DuckDBPyConnection) -> Iterator[list[tuple[Any, ...]]]:
    while rows := result.fetchmany(BATCH):
        yield rows


def _write_csv(names: list[str], result: duckdb.DuckDBPyConnection, _rows: int) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(names)
    for batch in _batches(result):
        writer.writerows(batch)


def _write_json(names: list[str], result: duckdb.DuckDBPyConnection, _rows: int) -> None:
    """An array with one object a row and line; dates as ISO 8601."""
    separator = "[\n"
    for batch in _batches(result):
        for row in batch:
            line = json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False, default=str)
            sys.stdout.write(separator + line)
            separator = ",\n"
    sys.stdout.write("\n]\n" if separator == ",\n" else "[]\n")


def _write_table(names: list[str], result: duckdb.DuckDBPyConnection, rows: int) -> None:
    console = open_console()
    first = [
        ["" if value is None else make_printable(str(value)) for value in row] for row in result.fetchmany(rows + 1)
    ]
    more, shown = len(first) > rows, first[:rows]
    if _width(names, shown) <= console.width:
        _print_grid(console, names, shown)
    else:
        _print_stacked(console, names, shown)
    note = (
        f"first {rows} rows; --rows N shows more, --format csv or json gives all"
        if more
        else f"{len(shown)} row{'' if len(shown) == 1 else 's'}"
    )
    console.print(note, style="dim", markup=False)


def _width(names: list[str], rows: list[list[str]]) -> int:
    """Columns of the terminal that a grid takes, no cell wider than WIDEST_CELL."""
    from rich.cells import cell_len

    columns = zip(*rows, strict=True) if rows else [()] * len(names)
    widest = [max([cell_len(name), *map(cell_len, cells)]) for name, cells in zip(names, columns, strict=True)]
    return sum(min(width, WIDEST_CELL) + 3 for width in widest) + 1


def _print_grid(console: Console, names: list[str], rows: list[list[str]]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table()
    for name in names:
        table.add_column(Text(name), max_width=WIDEST_CELL, overflow="fold")
    for row in rows:
        table.add_row(*(Text(value) for value in row))
    console.print(table)


def _print_stacked(console: Console, names: list[str], rows: list[list[str]]) -> None:
    """One line a column, row after row: what a grid is too narrow for."""
    from rich.table import Table
    from rich.text import Text

    for number, row in enumerate(rows, 1):
        table = Table(box=None, show_header=False, title=f"row {number}", title_justify="left", pad_edge=False)
        table.add_column(style="cyan", no_wrap=True)
        table.add_column(overflow="fold")
        for name, value in zip(names, row, strict=True):
            table.add_row(Text(name), Text(value))
        console.print(table)
