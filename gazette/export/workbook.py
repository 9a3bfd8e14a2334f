"""One Excel workbook with a sheet a table: numbers are numbers, days are days, text is text and never a formula or a
link.

A sheet holds a million rows; a longer table goes on in the next sheet. A cell holds 32,767 characters: longer text is
cut, and how often that happened is told, in the workbook too. The texts of the issues are left out for that reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter

from gazette.export.sources import Source
from gazette.tables import Column

FILE = "gazette.xlsx"
MOST_ROWS = 1_048_575  # below the heading
MOST_CHARACTERS = 32_767
CUT = " …[cut 已截断]"
LEFT_OUT = ("texts",)
BATCH = 20_000
WIDTHS = {"date": 11, "timestamp": 20, "int": 13, "float": 16}
ABOUT = ("sheet", "column", "type", "unit", "may be empty", "English", "中文")


class Workbook:
    """The workbook while it is being written."""

    def __init__(self, file: Path) -> None:
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self.book = xlsxwriter.Workbook(str(file), options | {"strings_to_numbers": False})
        self.cut: Counter[str] = Counter()
        self.heading = self.book.add_format({"bold": True, "bg_color": "#E8E6E1", "text_wrap": True, "valign": "top"})
        self.formats = {
            "date": self.book.add_format({"num_format": "yyyy-mm-dd"}),
            "timestamp": self.book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            "int": self.book.add_format({"num_format": "#,##0"}),
            "float": self.book.add_format({"num_format": "#,##0.##########"}),
        }

    def write_about(self, sources: Iterable[Source]) -> None:
        """The first sheet: every column in words."""
        sheet = self.book.add_worksheet("about 说明")
        for number, name in enumerate(ABOUT):
            sheet.write_string(0, number, name, self.heading)
        row = 0
        for source in sources:
            for column in source.table.columns:
                row += 1
                empty = "yes" if column.nullable else ""
                told = (source.name, column.name, column.type, column.unit or "", empty, column.en, column.zh)
                for number, text in enumerate(told):
                    sheet.write_string(row, number, text)
        sheet.freeze_panes(1, 0)
        for number, width in enumerate((22, 26, 11, 12, 8, 60, 50)):
            sheet.set_column(number, number, width)

    def write_table(self, source: Source) -> None:
        rows = _read(source)
        number = 0
        while True:
            part = islice(rows, MOST_ROWS)
            first = next(part, None)
            if first is None and number:
                return
            number += 1
            self._write_sheet(source, number, [] if first is None else _chain(first, part))

    def _write_sheet(self, source: Source, number: int, rows: Iterable[tuple[Any, ...]]) -> None:
        name = source.name if number == 1 else f"{source.name} {number}"
        sheet = self.book.add_worksheet(name[:31])
        for place, column in enumerate(source.table.columns):
            sheet.set_column(place, place, WIDTHS.get(column.type, 22))
            sheet.write_string(0, place, column.name, self.heading)
        sheet.freeze_panes(1, 1)
        last = 0
        for last, row in enumerate(rows, start=1):
            for place, (column, value) in enumerate(zip(source.table.columns, row, strict=True)):
                if value is not None:
                    self._write_cell(sheet, last, place, column, value)
        sheet.autofilter(0, 0, last, len(source.table.columns) - 1)

    def _write_cell(self, sheet: Any, row: int, place: int, column: Column, value: Any) -> None:
        if isinstance(value, str):
            if len(value) > MOST_CHARACTERS:
                self.cut[column.name] += 1
                value = value[: MOST_CHARACTERS - len(CUT)] + CUT
            sheet.write_string(row, place, value)
        elif isinstance(value, datetime):
            sheet.write_datetime(row, place, value.replace(tzinfo=None), self.formats["timestamp"])
        elif isinstance(value, date):
            sheet.write_datetime(row, place, value, self.formats["date"])
        else:
            sheet.write_number(row, place, value, self.formats.get(column.type))

    def close(self) -> None:
        self.book.close()


def write_workbook(sources: Iterable[Source], folder: Path) -> tuple[Path, Counter[str]]:
    """The workbook, and how many cells of which column were cut."""
    file = folder / FILE
    shown = [source for source in sources if source.name not in LEFT_OUT]
    workbook = Workbook(file)
    workbook.write_about(shown)
    for source in shown:
        workbook.write_table(source)
    workbook.close()
    return file, workbook.cut


def _read(source: Source) -> Iterator[tuple[Any, ...]]:
    for path in source.files:
        part = Source(source.name, source.table, (path,)).scan().collect()
        for start in range(0, part.height, BATCH):
            yield from _times_as_utc(part.slice(start, BATCH)).iter_rows()


def _times_as_utc(rows: pl.DataFrame) -> pl.DataFrame:
    times = [name for name, dtype in rows.schema.items() if dtype == pl.Datetime]
    return rows.with_columns(pl.col(name).dt.convert_time_zone("UTC") for name in times)


def _chain(first: tuple[Any, ...], rest: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    yield first
    yield from rest
