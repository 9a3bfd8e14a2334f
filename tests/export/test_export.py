"""Exports, opened again by what people open them with."""

from __future__ import annotations

import csv
import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import duckdb
import polars as pl
import pytest

from gazette.export import FORMATS, ExportError, export
from gazette.export import workbook as module
from gazette.export.formulas import BEGINNINGS, disarm
from gazette.publish.frames import build_frame
from gazette.publish.store import Change, Store, build_month
from gazette.tables import TABLES

DAY = date(2020, 3, 27)
ISSUE = "a" * 64
EVIL = ['=HYPERLINK("http://example.invalid")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1+1"]
XLSX = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def record(number: int, **values: Any) -> dict[str, Any]:
    return {
        "record_id": f"r{number}",
        "issue_id": ISSUE,
        "publication": "daily",
        "issue_date": DAY,
        "region": "重庆市綦江区",
        "region_code": "500110",
        "modality": "actual",
        "as_of": DAY,
        "as_of_basis": "issue",
        "status": "counted",
        "output_growth_rate": -3.5,
        "output_growth_rate_qualifier": "exact",
        "quote": "产值下降3.5%，“引号”、逗号,与\n换行。",
        "char_start": 0,
        "char_end": 9,
        "rule": "growth",
        **values,
    }


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Published enterprises whose scopes begin as formulas do."""
    store = Store(tmp_path / "data")
    store.generations.mkdir(parents=True)
    records = [record(0, output_value_cny=20693000000.0, enterprise_count=12)]
    records += [record(number, scope=scope) for number, scope in enumerate(EVIL, start=1)]
    enterprises = build_frame(TABLES["enterprises"].unchecked(), records).cast(TABLES["enterprises"].polars_schema())
    texts = build_frame(TABLES["texts"], [{"issue_id": ISSUE, "text": "=1+1 全文"}])
    store.commit(Change({"enterprises": enterprises, "texts": texts}, months={ISSUE: build_month(DAY)}))
    return store.data


def read_csv(data: Path, name: str) -> list[dict[str, str]]:
    with (data / "exports" / "csv" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_csv_opens_in_excel_without_garbling_and_runs_nothing(data: Path) -> None:
    export(data, "csv")
    assert (data / "exports/csv/enterprises.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    rows = read_csv(data, "enterprises")
    assert rows[0]["region"] == "重庆市綦江区"
    assert rows[0]["quote"] == record(0)["quote"]
    assert [row["scope"] for row in rows[1:]] == [f"'{scope}" for scope in EVIL]
    assert rows[0]["output_growth_rate"] == "-3.5"  # a number, however it begins
    assert float(rows[0]["output_value_cny"]) == 20693000000
    assert "e" not in rows[0]["output_value_cny"]
    assert rows[0]["as_of"] == "2020-03-27"
    assert read_csv(data, "texts") == [{"issue_id": ISSUE, "text": "'=1+1 全文"}]


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_no_beginning_of_a_formula_is_left(beginning: str) -> None:
    frame = pl.DataFrame({"text": [f"{beginning}1", f"a{beginning}", None, ""]})
    assert frame.select(disarm("text"))["text"].to_list() == [f"'{beginning}1", f"a{beginning}", None, ""]


def read_sheet(file: Path, name: str) -> list[dict[str, ElementTree.Element]]:
    """The cells of a sheet by the letters of their column, row by row, as the file has them."""
    with zipfile.ZipFile(file) as book:
        sheets = ElementTree.fromstring(book.read("xl/workbook.xml")).iterfind("m:sheets/m:sheet", XLSX)
        number = [sheet.attrib["name"] for sheet in sheets].index(name) + 1
        root = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))
    rows = root.iterfind("m:sheetData/m:row", XLSX)
    return [{cell.attrib["r"].rstrip("0123456789"): cell for cell in row} for row in rows]


def find_letters(column: str) -> str:
    number, letters = TABLES["enterprises"].names.index(column) + 1, ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def text_of(cell: ElementTree.Element) -> str:
    return "".join(cell.itertext())


def test_a_workbook_has_numbers_days_and_text_that_stays_text(data: Path) -> None:
    summary = export(data, "xlsx")
    rows = read_sheet(summary.files[0], "enterprises")
    assert not [cell for row in rows for cell in row.values() if cell.find("m:f", XLSX) is not None]  # no formula
    value, day = rows[1][find_letters("output_value_cny")], rows[1][find_letters("as_of")]
    assert (value.get("t"), text_of(value)) in ((None, "20693000000"), ("n", "20693000000"))
    assert (day.get("t"), text_of(day)) in ((None, "43917"), ("n", "43917"))  # days since 1899-12-30
    assert text_of(rows[1][find_letters("output_growth_rate")]) == "-3.5"
    scopes = [row[find_letters("scope")] for row in rows[2:]]
    assert [cell.get("t") for cell in scopes] == ["inlineStr"] * len(EVIL)
    assert [text_of(cell) for cell in scopes] == [scope.replace("\r", "_x000D_") for scope in EVIL]  # as XML has it
    assert summary.left_out == ("texts",)


def test_a_table_longer_than_a_sheet_goes_on_in_the_next(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_ROWS", 5)
    file = export(data, "xlsx").files[0]
    assert [len(read_sheet(file, name)) for name in ("enterprises", "enterprises 2")] == [6, 4]


def test_text_that_no_cell_holds_is_cut_and_told(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_CHARACTERS", 20)
    summary = export(data, "xlsx")
    assert dict(summary.cut)["quote"] == 8
    cell = read_sheet(summary.files[0], "enterprises")[1][find_letters("quote")]
    assert text_of(cell).endswith(module.CUT)
    assert len(text_of(cell)) == 20


def test_duckdb_has_every_table_with_its_columns_commented(data: Path) -> None:
    file = export(data, "duckdb").files[0]
    with duckdb.connect(str(file), read_only=True) as connection:
        rows = connection.execute(
            "SELECT scope, output_growth_rate, as_of FROM enterprises ORDER BY record_id"
        ).fetchall()
        assert rows[1] == (EVIL[0], -3.5, DAY)
        comments = connection.execute("SELECT table_name, column_name, comment FROM duckdb_columns()").fetchall()
        tables = {name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    assert tables == set(TABLES)
    said = {(table, column): words for table, column, words in comments}
    for table in TABLES.values():
        for column in table.columns:
            assert column.en in said[table.name, column.name]
            assert column.zh in said[table.name, column.name]


def test_jsonl_is_one_object_a_line_as_published(data: Path) -> None:
    export(data, "jsonl")
    lines = (data / "exports/jsonl/enterprises.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    assert [row["scope"] for row in rows[1:]] == EVIL
    assert rows[0]["output_growth_rate"] == -3.5
    assert rows[0]["as_of"] == "2020-03-27"
    assert rows[0]["parent_id"] is None


@pytest.mark.parametrize("format_", FORMATS)
def test_an_export_takes_the_place_of_the_one_before(data: Path, format_: str) -> None:
    first = export(data, format_)
    (first.folder / "of an older version.csv").touch()
    second = export(data, format_)
    assert {file.name for file in second.folder.iterdir()} == {file.name for file in second.files} | {".gazette-export"}
    assert [file.name for file in second.folder.parent.iterdir()] == [format_]


def test_a_folder_of_others_is_not_replaced(data: Path, tmp_path: Path) -> None:
    other = tmp_path / "papers"
    other.mkdir()
    (other / "thesis.docx").touch()
    with pytest.raises(ExportError, match="in the way"):
        export(data, "csv", other)
    assert (other / "thesis.docx").exists()


def test_an_export_that_fails_leaves_the_one_before(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = export(data, "xlsx").files[0].read_bytes()

    def fail(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.Workbook, "write_table", fail)
    with pytest.raises(ExportError, match="No space left"):
        export(data, "xlsx")
    assert (data / "exports/xlsx/gazette.xlsx").read_bytes() == kept
    assert [file.name for file in (data / "exports").iterdir()] == ["xlsx"]


def test_without_tables_it_says_how_to_get_them(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="no tables yet; `gazette run"):
        export(tmp_path, "csv")
