"""`gazette backfill` into an object store."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gazette.ingest.intake import Placed, choose_files
from storage import open_reading, place_files
from tests.cli.conftest import Gazette
from tests.storage.conftest import ADDRESS
from tests.storage.server import Fault, ObjectServer


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "years"
    files = {
        "daily/publication.toml": 'name = "某日报"\nregion = "500110"\n',
        "daily/2020-03-05/01.txt": "one",
        "daily/2020-03-06/02.txt": "two",
        "daily/2020-03-06/02.toml": 'page = "A2"\n',
        "daily/2021-01-01/03.txt": "three",
    }
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(content)
    return root


def place(folder: Path) -> dict[str, Placed]:
    return {file.path: placed for file, placed in place_files(ADDRESS, folder, choose_files(folder, None, None).files)}


def test_issues_and_what_describes_them_go_up_once(folder: Path, server: ObjectServer) -> None:
    assert set(place(folder).values()) == {Placed.NEW}
    found = {key.removeprefix("data/raw/"): server.get(key).decode() for key in server.list_keys("data/raw/")}
    files = (file for file in folder.rglob("*") if file.is_file())
    assert found == {file.relative_to(folder).as_posix(): file.read_text() for file in files}
    server.requests.clear()
    assert set(place(folder).values()) == {Placed.SAME}
    assert {method for method, _ in server.requests} == {"GET"}


def test_what_is_there_stays(folder: Path, server: ObjectServer) -> None:
    server.put("data/raw/daily/2020-03-05/01.txt", "uno")
    server.put("data/raw/daily/publication.toml", "name = 'x'")
    assert place(folder)["daily/2020-03-05/01.txt"] is Placed.OTHER
    assert server.get("data/raw/daily/2020-03-05/01.txt") == b"uno"
    assert server.get("data/raw/daily/publication.toml") == b"name = 'x'"


@pytest.mark.parametrize(("body", "fate"), [("one", Placed.SAME), ("uno", Placed.OTHER)])
def test_what_another_put_there_meanwhile_stays(folder: Path, server: ObjectServer, body: str, fate: Placed) -> None:
    files = choose_files(folder, None, None).files
    placing = place_files(ADDRESS, folder, files)
    server.put("data/raw/daily/2020-03-05/01.txt", body)  # since the mirror was taken
    assert {file.path: placed for file, placed in placing}["daily/2020-03-05/01.txt"] is fate
    assert server.get("data/raw/daily/2020-03-05/01.txt").decode() == body


def test_a_lost_answer_is_no_other_file(folder: Path, server: ObjectServer) -> None:
    answers = iter([Fault.LOST])
    server.judge = lambda method, key: next(answers, None) if key.endswith("01.txt") and method == "PUT" else None
    assert Placed.OTHER not in place(folder).values()


def test_the_command_takes_in_the_days_wanted_and_runs(
    folder: Path, server: ObjectServer, gazette: Gazette, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tasks.summary import RunSummary

    folders: list[Any] = []
    monkeypatch.setattr("flows.run.run", lambda data, report, options: folders.append(data) or RunSummary())
    told = gazette("backfill", folder, "--since", "2020-03-06", "--until", "2020-12-31", "--data", ADDRESS)
    assert (told.code, told.err.splitlines()) == (0, ["1 taken in, 0 there already"])
    assert folders == [Path(ADDRESS)]
    assert sorted(server.list_keys("data/raw/")) == [
        "data/raw/daily/2020-03-06/02.toml",
        "data/raw/daily/2020-03-06/02.txt",
        "data/raw/daily/publication.toml",
    ]
    assert (open_reading(ADDRESS, with_raw=True) / "raw/daily/2020-03-06/02.txt").read_text() == "two"
    server.judge = lambda method, key: Fault.DENIED if method == "PUT" else None
    told = gazette("backfill", folder, "--data", ADDRESS)
    assert (told.code, told.out) == (3, "")
    assert f"gazette: {ADDRESS}: access denied" in told.err
