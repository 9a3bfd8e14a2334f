"""CSV and JSON Lines: one file a table.

CSV is written so that Excel opens it with a double click: a byte order mark, so that Chinese is not garbled, ISO days,
numbers without exponents, and no text that would run as a formula.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from gazette.export.formulas import disarm
from gazette.export.sources import Source


def write_csv(source: Source, folder: Path) -> Path:
    file = folder / f"{source.name}.csv"
    text = [name for name, dtype in source.table.polars_schema().items() if dtype == pl.String]
    rows = source.scan().with_columns(disarm(name) for name in text)
    rows.sink_csv(
        file,
        include_bom=True,
        line_terminator="\r\n",
        float_scientific=False,
        date_format="%Y-%m-%d",
        datetime_format="%Y-%m-%dT%H:%M:%SZ",
    )
    return file


def write_jsonl(source: Source, folder: Path) -> Path:
    file = folder / f"{source.name}.jsonl"
    times = [name for name, dtype in source.table.polars_schema().items() if dtype == pl.Datetime]
    rows = source.scan().with_columns(pl.col(name).dt.strftime("%Y-%m-%dT%H:%M:%SZ") for name in times)
    rows.sink_ndjson(file)
    return file
