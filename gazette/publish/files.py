"""Takes frames, writes Parquet files whose bytes depend on nothing but the rows, the declaration and the library.

Every field carries its description in both languages and its unit (`Table.arrow_schema`).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from gazette.tables import SCHEMA, Table

ROW_GROUP = 65_536
BULKY = ("mentions", "texts")  # most of the bytes: zstd makes them a quarter smaller than snappy does. In the others it
# takes a third of the time of writing, to set itself up for every column, and makes nothing smaller
VERSION_KEY = b"schema"
FIRST = 1  # what the first version wrote, which did not say so


class StoreError(RuntimeError):
    """The tables cannot be written or read where they are; the message says what to do about it."""


def sort_rows(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    """The rows in the table's order, which is that of every file."""
    return frame.sort(table.sort_key, nulls_last=False, maintain_order=True)


def write_parquet(frame: pl.DataFrame, table: Table, file: Path) -> None:
    """Writes the rows, which are in the table's order, and flushes them to the disk. Raises OSError, or
    pyarrow.ArrowInvalid where a column that must not be null is."""
    if frame.columns != list(table.names):
        frame = frame.select(table.names)
    with file.open("xb") as handle:
        compression = "zstd" if table.name in BULKY else "snappy"
        pq.write_table(_build_arrow(frame, table), handle, compression=compression, row_group_size=ROW_GROUP)
        handle.flush()
        os.fsync(handle.fileno())


def _build_arrow(frame: pl.DataFrame, table: Table) -> pa.Table:
    """As `cast` would, which takes three times as long: few columns need it."""
    schema = table.arrow_schema()
    schema = schema.with_metadata({**schema.metadata, VERSION_KEY: str(SCHEMA)})
    columns = [
        column if column.type == field.type else column.cast(field.type)
        for column, field in zip(frame.to_arrow().columns, schema, strict=True)
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def scan_parquet(files: Sequence[Path], table: Table) -> pl.LazyFrame:
    """The rows of files of ours, unread, as `read_parquet` gives them; no files are no rows."""
    schema = table.polars_schema()
    if not files:
        return table.empty_frame.lazy()
    rows = pl.scan_parquet(
        list(files), schema=schema, hive_partitioning=False, missing_columns="insert", extra_columns="ignore"
    )
    return rows.select(schema.names())


def read_parquet(file: Path, table: Table) -> pl.DataFrame:
    """The rows of a file of ours; columns that an older version did not write are null. Raises StoreError where a newer
    version wrote it."""
    check_version(read_version(file), file)
    frame = pl.read_parquet(file, hive_partitioning=False, use_pyarrow=False)
    schema = table.polars_schema()
    missing = [pl.lit(None, dtype=dtype).alias(name) for name, dtype in schema.items() if name not in frame.columns]
    return frame.with_columns(missing).select(schema.names()).cast(schema)


def read_version(file: Path) -> int:
    """The number of the declaration that a file was written by."""
    metadata = pq.read_schema(file).metadata or {}
    return int(metadata.get(VERSION_KEY, FIRST))


def check_version(version: int, where: object) -> None:
    """Raises StoreError where it is newer than ours: what we do not know of we would lose."""
    if version > SCHEMA:
        words = f"written by a newer version of Gazette (schema {version}; this one knows up to {SCHEMA})"
        raise StoreError(f"{where}: {words}; update Gazette. Nothing was changed")
