"""One page in four forms gives the same records: only where they stand in the file may differ."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from gazette.clean import clean
from gazette.extract import extract
from gazette.ingest.ocr import is_installed
from gazette.ingest.sources import SourceReader, find_issue_files
from gazette.publish.rows import Row, build_rows
from gazette.tables import RECORD_TABLES
from tests.forms.page import DAY, REGION, draw_scan, has_chinese_font, write_html, write_layered_pdf, write_text

PROVENANCE = {"record_id", "issue_id", "article", "char_start", "char_end"}  # that a row may differ in
FEWEST = {"projects": 3, "enterprises": 2, "finance": 4, "labor": 6}
"""The records that the page is about at the least, by their table."""


def read_rows(folder: Path, name: str, data: bytes) -> dict[str, list[Row]]:
    """The rows that a run would publish of an issue file, but for those that its gates reject."""
    issue_folder = folder / "raw" / "changzhou-shibao" / DAY
    issue_folder.mkdir(parents=True)
    (issue_folder.parent / "publication.toml").write_text(f'name = "昌州时报"\nregion = "{REGION}"\n', encoding="utf-8")
    (issue_folder / name).write_bytes(data)
    (file,) = find_issue_files(folder / "raw")
    reading = SourceReader(folder / "raw").read_issue(file)
    assert reading.issue is not None, reading.failure
    cleaned = clean(reading.issue.text)
    return build_rows(reading.issue, cleaned, extract(cleaned, reading.issue.issue_date, reading.issue.region_code))


def write_records(rows: dict[str, list[Row]]) -> list[str]:
    """A line for each record, sorted: what it says, and what its parent says."""
    return sorted(line for table in RECORD_TABLES for line in _write_table(table, rows[table]))


def _write_table(table: str, rows: list[Row]) -> Iterator[str]:
    quotes = {row["record_id"]: _write_cells(row) for row in rows}
    for row in rows:
        parent = quotes[row["parent_id"]] if row["parent_id"] else None
        yield f"{table}: {_write_cells(row)} | part of {parent}"


def _write_cells(row: Row) -> str:
    kept = {name: value for name, value in row.items() if name not in PROVENANCE | {"parent_id"} and value is not None}
    return ", ".join(f"{name}={_write_cell(value)}" for name, value in sorted(kept.items()))


def _write_cell(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


@cache
def write_pdf() -> bytes:
    return write_layered_pdf()


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    rows = read_rows(tmp_path_factory.mktemp("text"), "page-02.txt", write_text().encode())
    assert {table: len(rows[table]) for table in RECORD_TABLES if len(rows[table]) < FEWEST[table]} == {}
    return write_records(rows)


def check_same(expected: list[str], rows: dict[str, list[Row]]) -> None:
    found = write_records(rows)
    assert found == expected, "\n".join(difflib.unified_diff(expected, found, "text", "this form", lineterm="", n=0))


@pytest.mark.parametrize(("name", "write"), [("page-02.html", write_html), ("page-02.pdf", write_pdf)])
def test_same_records(tmp_path: Path, expected: list[str], name: str, write: Any) -> None:
    check_same(expected, read_rows(tmp_path, name, write()))


@pytest.mark.skipif("TEST_OCR" not in os.environ, reason="takes half a minute: set TEST_OCR=1 to run it")
@pytest.mark.skipif(not is_installed(), reason="the extra `ocr` is not installed")
def test_same_records_from_a_scan(tmp_path: Path, expected: list[str]) -> None:
    if not has_chinese_font():
        pytest.skip("no Chinese font to draw a page with: WenQuanYi Micro Hei is one")
    check_same(expected, read_rows(tmp_path, "page-02.png", draw_scan(write_pdf())))
