"""`gazette audit`: shares over a folder, and what is left out."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Gazette


def test_the_shares_of_a_folder(gazette: Gazette, tmp_path: Path) -> None:
    (tmp_path / "2020-03-12.txt").write_text("江津区复工企业38家，复工率95%。", encoding="utf-8")
    (tmp_path / "2020-03-13").mkdir()
    (tmp_path / "2020-03-13" / "page-01.txt").write_text("江津区复工企业40家，复工率96%。", encoding="utf-8")
    told = gazette("audit", tmp_path)
    assert (told.code, told.err) == (0, "")
    assert told.out.startswith("2 issues, ")
    assert "4 figures" in told.out
    assert ["filed", "100.0%"] in [line.split() for line in told.out.splitlines()]
    assert "rules that never fired" in told.out


def test_files_that_cannot_be_read_are_named(gazette: Gazette, tmp_path: Path) -> None:
    (tmp_path / "2020-03-12.txt").write_text("江津区复工企业38家。", encoding="utf-8")
    (tmp_path / "2020-03-13.txt").write_bytes(b"")
    (tmp_path / "undated.txt").write_text("江津区复工企业38家。", encoding="utf-8")
    told = gazette("audit", tmp_path)
    assert told.out.startswith("1 issues")
    assert "2020-03-13.txt: left out: empty" in told.err
    assert "undated.txt: left out: 'undated' is no date" in told.err


def test_an_empty_folder_is_named(gazette: Gazette, tmp_path: Path) -> None:
    assert gazette("audit", tmp_path) == (3, "", f"gazette: {tmp_path}: there is no .txt file in it\n")
