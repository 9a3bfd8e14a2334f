"""`gazette report` and `gazette export`: where they write, and what they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from gazette.publish.store import Change, Store
from tests.cli.conftest import Gazette


@pytest.fixture
def published(tmp_path: Path) -> Path:
    store = Store(tmp_path / "data")
    store.generations.mkdir(parents=True)
    store.commit(Change())
    return store.data


def test_the_report_says_where_to_open_it(published: Path, gazette: Gazette, tmp_path: Path) -> None:
    outcome = gazette("report", "--data", published)
    assert outcome.code == 0
    assert f"open {published / 'reports' / 'index.html'}" in outcome.out.replace("\n", "")
    assert gazette("report", "--data", published, "--out", tmp_path / "site").code == 0
    assert (tmp_path / "site" / "index.html").exists()


def test_an_export_lists_its_files(published: Path, gazette: Gazette, tmp_path: Path) -> None:
    outcome = gazette("export", "--format", "csv", "--data", published, "--out", tmp_path / "csv")
    assert outcome.code == 0
    assert f"{tmp_path / 'csv' / 'projects.csv'}" in outcome.out
    outcome = gazette("export", "--format", "xlsx", "--data", published)
    assert "texts is left out" in outcome.err


@pytest.mark.parametrize("command", [("report",), ("export", "--format", "csv")])
def test_without_tables_they_say_how_to_get_them(tmp_path: Path, gazette: Gazette, command: tuple[str, ...]) -> None:
    outcome = gazette(*command, "--data", tmp_path)
    assert outcome.code == 3
    assert "no tables yet; `gazette run" in outcome.err


@pytest.mark.parametrize("command", [("report",), ("export", "--format", "csv")])
def test_of_an_object_store_they_ask_where_to_write(gazette: Gazette, command: tuple[str, ...]) -> None:
    outcome = gazette(*command, "--data", "s3://bucket/folder")
    assert outcome.code == 2
    assert "--out" in outcome.err
