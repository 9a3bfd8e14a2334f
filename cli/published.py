"""The published tables as DuckDB views that can read nothing else: what `query`, `status` and `tables` look at.

Takes the data folder, gives a connection in memory. All views read the generation that is current when the connection
is opened, so a run that publishes meanwhile does not mix two states.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cli.failure import Failure
from cli.folder import read_tables
from gazette.tables import GATED_BY_ROW, SCHEMA, TABLES, Table
from storage import write_address

if TYPE_CHECKING:
    import duckdb

QUARANTINE = "quarantine"
# Settings that cannot be made once the connection is locked: no extension, no Python variable, no spilling to disk.
CLOSED = {
    "autoload_known_extensions": "false",
    "autoinstall_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
    "temp_directory": "",
}


def open_published(data: Path) -> duckdb.DuckDBPyConnection:
    """A locked connection with one view a table, and quarantine.<table> for rejected rows.

    Raises Failure where the data folder holds no tables.
    """
    import duckdb

    curated = (read_tables(data) / "curated").resolve()
    if not curated.is_dir():
        address = write_address(data)
        raise Failure(f"{address}/curated: no tables yet; `gazette run --data {address}` makes them")
    connection = duckdb.connect(config=dict(CLOSED))
    _check_version(connection, curated)
    connection.execute(f"CREATE SCHEMA {QUARANTINE}")
    read: list[Path] = []
    for name, table in TABLES.items():
        read += _create_view(connection, name, table, curated / name)
    for name in GATED_BY_ROW:
        folder = curated.parent / QUARANTINE / name
        read += _create_view(connection, f"{QUARANTINE}.{name}", TABLES[name].quarantine(), folder)
    _lock(connection, read)
    return connection


def _check_version(connection: duckdb.DuckDBPyConnection, curated: Path) -> None:
    """Raises Failure where a newer version wrote the tables: what it means by them is not known here."""
    files = sorted((curated / "documents").rglob("*.parquet"))[:1]
    told = "SELECT decode(value) FROM parquet_kv_metadata(?) WHERE decode(key) = 'schema'"
    found = connection.execute(told, [str(files[0])]).fetchone() if files else None
    if found is not None and int(found[0]) > SCHEMA:
        words = f"a newer version of Gazette wrote these tables (schema {found[0]}; this one knows up to {SCHEMA})"
        raise Failure(f"{curated}: {words}; update Gazette")


def _create_view(connection: duckdb.DuckDBPyConnection, name: str, table: Table, folder: Path) -> list[Path]:
    """Creates the view and returns the files it reads; a table without files is an empty one."""
    files = sorted(folder.rglob("*.parquet"))
    if files:
        source = f"read_parquet({_quote_list(files)}, hive_partitioning = false, union_by_name = true)"
        connection.execute(f"CREATE VIEW {name} AS SELECT *{_add_missing(connection, table, source)} FROM {source}")
    else:
        columns = ", ".join(f'"{column.name}" {column.duckdb_type}' for column in table.columns)
        connection.execute(f"CREATE TABLE {name} ({columns})")
    return files


def _add_missing(connection: duckdb.DuckDBPyConnection, table: Table, source: str) -> str:
    """The columns that an older version did not write, as null."""
    written = {row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}
    missing = (column for column in table.columns if column.name not in written)
    return "".join(f', NULL::{column.duckdb_type} AS "{column.name}"' for column in missing)


def _lock(connection: duckdb.DuckDBPyConnection, files: list[Path]) -> None:
    """Leaves the listed files readable, and nothing else, for good."""
    connection.execute(f"SET allowed_paths = {_quote_list(files)}")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _quote_list(files: list[Path]) -> str:
    return "[" + ", ".join("'" + str(file).replace("'", "''") + "'" for file in files) + "]"
