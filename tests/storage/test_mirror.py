"""raw/ of an object store as files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from storage.bucket import Bucket
from storage.mirror import Mirror
from tests.storage.server import BUCKET, ObjectServer


@pytest.fixture
def mirror(bucket: Bucket, tmp_path: Path) -> Mirror:
    return Mirror(bucket, tmp_path / "copy")


def read(mirror: Mirror) -> dict[str, str]:
    files = (file for file in mirror.folder.rglob("*") if file.is_file())
    return {file.relative_to(mirror.folder).as_posix(): file.read_text() for file in files}


def fetched(server: ObjectServer) -> list[str]:
    keys = [key.removeprefix("data/raw/") for method, key in server.requests if method == "GET" and "/raw/" in key]
    server.requests.clear()
    return sorted(keys)


def test_what_is_new_changed_or_gone_is_followed_and_nothing_else_fetched(mirror: Mirror, server: ObjectServer) -> None:
    server.put("data/raw/daily/2020-03-05/01.txt", "one")
    server.put("data/raw/日报/2020-03-05/02.txt", "二")
    server.put("data/rawer/x.txt", "no")
    assert mirror.refresh() == {}
    assert read(mirror) == {"daily/2020-03-05/01.txt": "one", "日报/2020-03-05/02.txt": "二"}
    fetched(server)
    mirror.refresh()
    assert fetched(server) == []
    server.put("data/raw/daily/2020-03-05/01.txt", "uno")
    server.put("data/raw/daily/2020-03-06/03.txt", "three")
    server.client.delete_object(Bucket=BUCKET, Key="data/raw/日报/2020-03-05/02.txt")
    mirror.refresh()
    assert fetched(server) == ["daily/2020-03-05/01.txt", "daily/2020-03-06/03.txt"]
    assert read(mirror) == {"daily/2020-03-05/01.txt": "uno", "daily/2020-03-06/03.txt": "three"}
    assert not (mirror.folder / "日报").exists()


def test_a_file_is_as_old_as_its_object(mirror: Mirror, server: ObjectServer) -> None:
    server.put("data/raw/daily/2020-03-05/01.txt", "one")
    mirror.refresh()
    told = server.client.list_objects_v2(Bucket=BUCKET, Prefix="data/raw/")["Contents"][0]["LastModified"]
    assert (mirror.folder / "daily/2020-03-05/01.txt").stat().st_mtime == told.timestamp()


def test_what_was_changed_here_is_what_the_store_has_again(mirror: Mirror, server: ObjectServer) -> None:
    server.put("data/raw/daily/2020-03-05/01.txt", "one")
    server.put("data/raw/daily/2020-03-05/02.txt", "two")
    mirror.refresh()
    (mirror.folder / "daily/2020-03-05/01.txt").write_text("ten")
    (mirror.folder / "daily/2020-03-05/02.txt").unlink()
    (mirror.folder / "daily/own.txt").write_text("mine")
    (mirror.folder / "link").symlink_to(mirror.folder / "daily", target_is_directory=True)
    mirror.refresh()
    assert read(mirror) == {"daily/2020-03-05/01.txt": "one", "daily/2020-03-05/02.txt": "two"}
    assert os.listdir(mirror.folder) == ["daily"]


@pytest.mark.parametrize("state", [b"", b"[1]", b"{", b"\xff"])
def test_what_is_known_may_be_lost(mirror: Mirror, server: ObjectServer, state: bytes) -> None:
    server.put("data/raw/daily/2020-03-05/01.txt", "one")
    mirror.refresh()
    mirror._known_file.write_bytes(state)
    fetched(server)
    mirror.refresh()
    assert fetched(server) == ["daily/2020-03-05/01.txt"]


def test_objects_that_can_be_no_files_are_left_out_and_told(
    mirror: Mirror, server: ObjectServer, tmp_path: Path
) -> None:
    (tmp_path / "victim").write_text("whole")
    bad = ["../../victim", "a/../../../victim", "/etc/x", "a//b.txt", "a/./b.txt", "x" * 256, "字" * 100, "daily"]
    for path in [*bad, "daily/2020-03-05/01.txt", "markers/"]:
        server.put(f"data/raw/{path}", "one")
    left_out = mirror.refresh()
    assert sorted(left_out) == sorted(bad)
    assert left_out["daily"] == "an object where a folder is"
    assert left_out["x" * 256] == "a name of more than 255 bytes"
    assert read(mirror) == {"daily/2020-03-05/01.txt": "one"}
    assert (tmp_path / "victim").read_text() == "whole"


def test_a_file_becomes_a_folder_and_a_folder_a_file(mirror: Mirror, server: ObjectServer) -> None:
    server.put("data/raw/a", "file")
    server.put("data/raw/b/x.txt", "inside")
    mirror.refresh()
    for key in ("data/raw/a", "data/raw/b/x.txt"):
        server.client.delete_object(Bucket=BUCKET, Key=key)
    server.put("data/raw/a/x.txt", "inside")
    server.put("data/raw/b", "file")
    mirror.refresh()
    assert read(mirror) == {"a/x.txt": "inside", "b": "file"}


def test_an_object_that_is_replaced_while_it_is_listed_comes_with_the_next_refresh(
    mirror: Mirror, server: ObjectServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.put("data/raw/daily/2020-03-05/01.txt", "one")
    server.put("data/raw/daily/2020-03-05/02.txt", "two")
    remove = mirror._remove_others

    def meanwhile(wanted: object) -> None:
        remove(wanted)  # type: ignore[arg-type]
        server.put("data/raw/daily/2020-03-05/01.txt", "uno")
        server.client.delete_object(Bucket=BUCKET, Key="data/raw/daily/2020-03-05/02.txt")

    monkeypatch.setattr(mirror, "_remove_others", meanwhile)
    mirror.refresh()
    assert read(mirror) == {}
    monkeypatch.setattr(mirror, "_remove_others", remove)
    mirror.refresh()
    assert read(mirror) == {"daily/2020-03-05/01.txt": "uno"}


def test_many_files_come_in_pieces_and_none_twice(
    mirror: Mirror, server: ObjectServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.mirror.KEPT_EVERY", 7)
    for number in range(30):
        server.put(f"data/raw/daily/2020-03-05/{number:02}.txt", str(number))
    calls = []
    fetch = mirror._fetch

    def fail_late(files: list) -> dict[str, str]:  # type: ignore[type-arg]
        calls.append(len(files))
        if len(calls) == 3:
            raise OSError("the disk is full")
        return fetch(files)

    monkeypatch.setattr(mirror, "_fetch", fail_late)
    with pytest.raises(OSError, match="full"):
        mirror.refresh()
    monkeypatch.setattr(mirror, "_fetch", fetch)
    fetched(server)
    mirror.refresh()
    assert calls == [7, 7, 7]
    assert len(fetched(server)) == 16
    assert read(mirror) == {f"daily/2020-03-05/{number:02}.txt": str(number) for number in range(30)}
