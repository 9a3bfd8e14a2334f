"""`gazette tables` and `gazette status`: what came out, and what did not."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.cli.conftest import Gazette


def test_a_record_shows_its_figures_as_printed_and_its_sentence_below(gazette: Gazette, data: Path) -> None:
    lines = gazette("tables", "--data", data).out.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("重庆市綦江区"))
    assert lines[at].split() == ["重庆市綦江区", "2020-03-17", "actual", "resumed", "155", ">206.93亿"]
    assert lines[at + 1] == "    重大项目复工155个，总投资206.93亿元。"


def test_columns_stand_below_each_other_whatever_the_width_of_the_characters(gazette: Gazette, data: Path) -> None:
    lines = [line for line in gazette("tables", "--data", data).out.splitlines() if line.startswith("重庆市")]
    assert len(lines) == 2
    assert len({cell_len(line[: line.index("2020-03-")]) for line in lines}) == 1


def test_a_narrow_terminal_gets_fewer_columns(gazette: Gazette, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    told = gazette("tables", "--data", data).out
    assert "region" in told
    assert "investment_" not in told


def test_measures_that_no_row_has_take_no_room(gazette: Gazette, data: Path) -> None:
    assert "land_area" not in gazette("tables", "--data", data).out


def test_every_table_is_named_with_its_size_in_two_languages(gazette: Gazette, data: Path) -> None:
    told = gazette("tables", "--data", data)
    assert "projects  2 rows · Projects: how many, in which phase, for how much. 项目：数量、阶段与投资" in told.out
    assert "labor  0 rows" in told.out


def test_rejected_rows_stand_with_the_expectation_that_they_broke(gazette: Gazette, data: Path) -> None:
    told = gazette("tables", "--data", data)
    assert "quarantine  1 rows" in told.out
    assert "rate_within_0_100" in told.out


def test_no_line_is_wider_than_the_terminal(gazette: Gazette, data: Path) -> None:
    assert max(cell_len(line) for line in gazette("tables", "--data", data).out.splitlines()) <= 120


def test_status_has_one_line_an_issue_with_the_reason(gazette: Gazette, data: Path) -> None:
    pending = data / "raw" / "daily" / "2020-03-29" / "1.txt"
    pending.parent.mkdir(parents=True)
    pending.write_text("全区复工10家。")
    told = gazette("status", "--data", data)
    assert told.code == 0
    words = [line.split() for line in told.out.splitlines()]
    assert ["daily/2020-03-27/1.txt", "published", "3", "2", "0", "0", "0", "1"] in words
    assert "ingest: empty:" in told.out
    assert ["1", "quarantined", "·", "1", "published", "·", "1", "pending"] in words
    assert ["pending", "daily/2020-03-29/1.txt"] in words


def test_status_without_a_raw_folder_says_where_issues_lie(gazette: Gazette, tmp_path: Path) -> None:
    told = gazette("status", "--data", tmp_path / "none")
    assert told.code == 3
    assert "raw/<publication>/<YYYY-MM-DD>/<page>.txt" in told.err
