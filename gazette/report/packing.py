"""Takes a frame, gives it column by column in as little JSON as a page needs: a column of one value is that value, one
of few values is a list of them and their numbers."""

from __future__ import annotations

from typing import Any

import polars as pl


def pack(frame: pl.DataFrame) -> dict[str, Any]:
    """`n` rows and their `columns`: each {"c": value}, {"d": values, "i": numbers} or {"v": values}."""
    return {"n": frame.height, "columns": {column.name: _pack_column(column) for column in frame.iter_columns()}}


def _pack_column(column: pl.Series) -> dict[str, Any]:
    if column.dtype == pl.Float64:
        column = column.map_elements(_shorten, return_dtype=pl.Object)
        values = column.to_list()
        return {"c": values[0]} if len(set(values)) == 1 else {"v": values}
    distinct = column.unique(maintain_order=True)
    if distinct.len() <= 1:
        return {"c": distinct.item() if distinct.len() else None}
    if column.dtype == pl.String and distinct.len() * 2 <= column.len():
        numbers = {value: number for number, value in enumerate(distinct)}
        return {"d": distinct.to_list(), "i": [numbers[value] for value in column]}
    return {"v": column.to_list()}


def _shorten(value: float) -> float | int:
    return int(value) if value.is_integer() and abs(value) < 1e15 else value
