"""One DuckDB file with every table, its columns commented in both languages; rejected rows in the schema quarantine."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb

from gazette.export.sources import Source
from gazette.tables import Column

FILE = "gazette.duckdb"
READ = "read_parquet($files, hive_partitioning = false, union_by_name = true)"


def write_database(sources: Iterable[Source], folder: Path) -> Path:
    file = folder / FILE
    with duckdb.connect(str(file)) as connection:
        connection.execute("CREATE SCHEMA quarantine")
        for source in sources:
            _write_table(connection, source)
    return file


def _write_table(connection: duckdb.DuckDBPyConnection, source: Source) -> None:
    name, files = f"{source.schema}.{_quote(source.table.name)}", [str(file) for file in source.files]
    there = _find_columns(connection, files) if files else set(source.table.names)
    columns = ", ".join(_declare(column, column.name in there) for column in source.table.columns)
    connection.execute(f"CREATE TABLE {name} ({columns})")
    if files:
        names = ", ".join(_quote(column) for column in source.table.names if column in there)
        connection.execute(f"INSERT INTO {name} BY NAME SELECT {names} FROM {READ}", {"files": files})
    _comment(connection, f"TABLE {name}", f"{source.table.en} {source.table.zh}")
    for column in source.table.columns:
        _comment(connection, f"COLUMN {name}.{_quote(column.name)}", _describe(column))


def _find_columns(connection: duckdb.DuckDBPyConnection, files: list[str]) -> set[str]:
    """The columns that the files have: an older version wrote fewer."""
    found = connection.execute(f"SELECT column_name FROM (DESCRIBE SELECT * FROM {READ})", {"files": files})
    return {row[0] for row in found.fetchall()}


def _declare(column: Column, is_there: bool) -> str:
    return f"{_quote(column.name)} {column.duckdb_type}{' NOT NULL' if is_there and not column.nullable else ''}"


def _describe(column: Column) -> str:
    unit = f" [{column.unit}]" if column.unit else ""
    values = f" ({', '.join(column.enum.values)})" if column.enum else ""
    return f"{column.en} {column.zh}{unit}{values}"


def _comment(connection: duckdb.DuckDBPyConnection, what: str, words: str) -> None:
    escaped = words.replace("'", "''")
    connection.execute(f"COMMENT ON {what} IS '{escaped}'")


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
