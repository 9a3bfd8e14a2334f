"""`gazette show`: every figure of one file, where it goes, and what is said when the file cannot be shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.cli.conftest import Gazette
from tests.cli.test_main import find_slow_imports

TEXT = """园区企业有序开工
截至3月10日，江津区复工企业38家，复工率95%。工地上每天3次测温。
"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A page in a publication's folder, as it lies under raw/."""
    file = tmp_path / "daily" / "2020-03-12" / "page-01.txt"
    file.parent.mkdir(parents=True)
    file.write_text(TEXT, encoding="utf-8")
    (tmp_path / "daily" / "publication.toml").write_text('name = "某日报"\nregion = "500000"\n', encoding="utf-8")
    return file


def test_each_figure_stands_with_its_value_and_its_cell(gazette: Gazette, page: Path) -> None:
    told = gazette("show", page)
    assert told.code == 0
    lines = [line.split() for line in told.out.splitlines()]
    filed = {line[0]: (line[1], *line[-2:]) for line in lines if line and line[-1] == "#1"}
    assert filed["38家"] == ("38", "enterprises.enterprise_count", "#1")
    assert filed["95%"] == ("95%", "enterprises.resumption_rate", "#1")


def test_a_figure_that_fills_no_cell_stands_with_its_reason(gazette: Gazette, page: Path) -> None:
    line = next(line for line in gazette("show", page).out.splitlines() if line.strip().startswith("3次"))
    assert line.split()[-1] == "outside_tables"


def test_a_record_tells_its_day_and_its_place(gazette: Gazette, page: Path) -> None:
    line = next(line for line in gazette("show", page).out.splitlines() if "→ #1" in line)
    assert "enterprises · resumed · actual · as of 2020-03-10 (stated) · 重庆市江津区 500116" in line


def test_day_and_region_come_from_the_path_and_the_publication(gazette: Gazette, page: Path) -> None:
    assert "2020-03-12 · 重庆市" in gazette("show", page).out


def test_options_override_the_path_and_the_publication(gazette: Gazette, page: Path) -> None:
    page.write_text("全区规上工业企业复工300家。", encoding="utf-8")
    told = gazette("show", page, "--date", "2021-05-06", "--region", "500109")
    assert "2021-05-06 · 重庆市北碚区 500109" in told.out


def test_a_toml_beside_the_page_overrides_the_path(gazette: Gazette, page: Path) -> None:
    page.with_suffix(".toml").write_text('date = "2020-03-13"\n', encoding="utf-8")
    assert "2020-03-13 · " in gazette("show", page).out


def test_gb18030_is_read_like_utf8(gazette: Gazette, page: Path) -> None:
    before = gazette("show", page).out
    page.write_bytes(TEXT.encode("gb18030"))
    assert gazette("show", page).out == before.replace("utf-8", "gb18030")


def test_a_loose_file_needs_a_day(gazette: Gazette, tmp_path: Path) -> None:
    file = tmp_path / "loose.txt"
    file.write_text(TEXT, encoding="utf-8")
    told = gazette("show", file)
    assert told.code == 2
    assert (
        told.err == f"gazette: {file}: neither its folder nor a .toml beside it tells the day; give --date YYYY-MM-DD\n"
    )
    assert gazette("show", file, "--date", "2020-03-12").code == 0


def test_an_unknown_key_is_named_with_its_file(gazette: Gazette, page: Path) -> None:
    (page.parents[1] / "publication.toml").write_text('name = "某日报"\nregoin = "500000"\n', encoding="utf-8")
    told = gazette("show", page)
    assert told.code == 3
    assert "daily/publication.toml: unknown key 'regoin'" in told.err
    assert "Traceback" not in told.err


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"\x00\x01\x02\x03" * 50, "binary"),
        (b"Nothing but English here. " * 9, "not_chinese"),
        (b"{\\rtf1}", "unsupported_format"),
        (b"%PDF-1.7", "truncated"),
    ],
)
def test_a_file_that_is_no_issue_is_refused_with_the_reason(
    gazette: Gazette, page: Path, data: bytes, reason: str
) -> None:
    page.write_bytes(data)
    told = gazette("show", page)
    assert told.code == 3
    assert told.err.startswith(f"gazette: {page}: ")
    assert f"({reason}) · " in told.err


def test_a_missing_file_is_named(gazette: Gazette, tmp_path: Path) -> None:
    told = gazette("show", tmp_path / "none.txt")
    assert (told.code, told.err) == (3, f"gazette: {tmp_path / 'none.txt'}: No such file or directory\n")


@pytest.mark.parametrize("region", ["5001", "abcdef", "999999"])
def test_a_region_that_is_none_is_refused(gazette: Gazette, page: Path, region: str) -> None:
    told = gazette("show", page, "--region", region)
    assert told.code == 2
    assert told.err.startswith(f"gazette: --region: '{region}'")


def test_lines_of_figures_fit_the_terminal(gazette: Gazette, page: Path) -> None:
    assert max(cell_len(line) for line in gazette("show", page).out.splitlines()) <= 120


def test_showing_imports_nothing_slow(page: Path) -> None:
    assert find_slow_imports("show", str(page)) == []
