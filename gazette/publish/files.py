"""Takes frames, writes Parquet files whose bytes depend on nothing but the rows, the declaration and the library.

Every field carries its description in both languages and its unit (`Table.arrow_schema`).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from gazette.tables import SCHEMA, Table

ROW_GROUP = 65_536
VERSION_KEY = b"schema"
FIRST = 1  # what the first version wrote, which did not say so


class StoreError(RuntimeError):
    """The tables cannot be written or read where they are; the message says what to do about it."""


def write_parquet(frame: pl.DataFrame, table: Table, file: Path) -> None:
    """Writes the rows in the table's order and flushes them to the disk. Raises OSError, or pyarrow.ArrowInvalid where
    a column that must not be null is."""
    if frame.columns != list(table.names):
        frame = frame.select(table.names)
    rows = frame.sort(table.sort_key, nulls_last=False, maintain_order=True)
    schema = table.arrow_schema()
    schema = schema.with_metadata({**schema.metadata, VERSION_KEY: str(SCHEMA)})
    arrow = rows.to_arrow().cast(schema)
    with file.open("xb") as handle:
        pq.write_table(arrow, handle, compression="zstd", row_group_size=ROW_GROUP)
        handle.flush()
        os.fsync(handle.fileno())


def scan_parquet(files: Sequence[Path], table: Table) -> pl.LazyFrame:
    """The rows of files of ours, unread, as `read_parquet` gives them; no files are no rows."""
    schema = table.polars_schema()
    if not files:
        return schema.to_frame().lazy()
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
