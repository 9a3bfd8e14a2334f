"""Prefect's database as it is made once an installation, and where it is laid and where not."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

import pytest

from flows.database import ELSEWHERE, NAME, find_template, provide_database

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("installation") / "share" / "prefect.db"
    words = "import sys, pathlib\nfrom flows.database import make_template\nmake_template(pathlib.Path(sys.argv[1]))\n"
    subprocess.run([sys.executable, "-c", words, str(file)], cwd=ROOT, check=True, timeout=120)
    assert [found.name for found in file.parent.iterdir()] == [file.name]
    return file


def ask(database: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(query).fetchall()


def test_a_folder_without_a_database_begins_with_the_tables(template: Path, tmp_path: Path) -> None:
    home = tmp_path / "data" / ".prefect"
    assert provide_database(home, template)
    assert [file.name for file in home.iterdir()] == [NAME]
    assert (home.stat().st_mode & 0o077) == 0
    assert ask(home / NAME, "select version_num from alembic_version")
    assert ask(home / NAME, "select count(*) from flow_run") == [(0,)]
    assert ask(home / NAME, "select count(*) from configuration") == [(0,)]  # where Prefect keeps its secrets


def test_prefect_finds_nothing_left_to_make(template: Path, tmp_path: Path) -> None:
    """The server boots on the copy, and its tables are as they were."""
    home = tmp_path / ".prefect"
    provide_database(home, template)
    before = ask(home / NAME, "select name, sql from sqlite_master order by name")
    words = (
        "import sys\nfrom flows.environment import prepare_environment\nfrom flows.server import running_server\n"
        "prepare_environment(sys.argv[1])\nwith running_server() as server:\n    server.wait()\n"
    )
    subprocess.run([sys.executable, "-c", words, str(tmp_path)], cwd=ROOT, check=True, timeout=120)
    assert ask(home / NAME, "select name, sql from sqlite_master order by name") == before


def test_a_database_that_is_there_stays(template: Path, tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"one of theirs")
    assert not provide_database(tmp_path, template)
    assert (tmp_path / NAME).read_bytes() == b"one of theirs"


def test_a_run_that_was_quicker_keeps_its_database(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = shutil.copyfile

    def copy_slowly(source: Path, target: Path) -> Path:
        (tmp_path / NAME).write_bytes(b"of the other run")
        return copy(source, target)

    monkeypatch.setattr(shutil, "copyfile", copy_slowly)
    assert not provide_database(tmp_path, template)
    assert (tmp_path / NAME).read_bytes() == b"of the other run"
    assert [file.name for file in tmp_path.iterdir()] == [NAME]


def test_without_a_template_prefect_is_left_to_it(tmp_path: Path) -> None:
    assert not provide_database(tmp_path / "home", tmp_path / "none.db")
    assert not (tmp_path / "home").exists()


def test_a_folder_that_cannot_be_written_is_no_fault(template: Path, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    assert not provide_database(tmp_path / "data" / ".prefect", template)


@pytest.mark.parametrize("setting", ELSEWHERE)
def test_a_database_elsewhere_needs_no_file(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    monkeypatch.setenv(setting, "postgresql+asyncpg://somewhere/prefect")
    assert not provide_database(tmp_path, template)
    assert not list(tmp_path.iterdir())


def test_the_template_is_that_of_todays_prefect() -> None:
    assert version("prefect") in find_template().name
    assert find_template().is_relative_to(sys.prefix)
