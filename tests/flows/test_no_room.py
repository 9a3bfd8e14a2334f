"""No room, no right, files that change under the run, a clock set back: a clear word, the old tables whole, and the next
run complete."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import pytest

import tasks.publish
from cli.published import open_published
from flows.run import RunFailed, run
from gazette.ingest.sources import SourceReader
from gazette.publish.store import Store, StoreError
from tasks.summary import CLEAN, NOTHING, RunSummary
from tests.flows.conftest import Data

Process = Callable[..., RunSummary]
NOBODY = 65534
PAGES = 6


@contextmanager
def mounted(folder: Path, size: str) -> Iterator[None]:
    """A disk of its own at `folder`; skips the test where none may be mounted."""
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], capture_output=True)
    if made.returncode:
        pytest.skip(f"no disk may be mounted here: {made.stderr.decode().strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Data]:
    """A data folder on a disk of 4 MB, with one issue published and others pending."""
    with mounted(tmp_path / "disk", "4m"):
        yield Data(tmp_path / "disk")


def write_pages(data: Data) -> None:
    for day in range(6, 6 + PAGES):
        data.write_page(day, count=40 + day)


def fill(disk: Path, left: int) -> Path:
    """Takes the disk's room but for `left` bytes."""
    space = os.statvfs(disk)
    filler = disk / "filler"
    filler.write_bytes(b"x" * max(0, space.f_bavail * space.f_frsize - left))
    return filler


def test_a_full_disk(disk: Data, tmp_path: Path, process: Process) -> None:
    """With any room left, from none to nearly enough: all of the change is there, or nothing of it."""
    disk.write_page(5)
    process(disk)
    before = disk.tree()
    write_pages(disk)
    told = 0
    for left in (0, 4096, 8192, 16_384, 32_768, 65_536):
        filler = fill(disk.root, left)
        try:
            with pytest.raises(StoreError, match=r"there is no room left on the disk; the tables are as they were"):
                process(disk)
            told += 1
        except BaseException:
            filler.unlink()
            raise
        assert disk.tree() == before
        assert [folder.name for folder in disk.store.generations.iterdir()] == ["1"]
        filler.unlink()
    assert told == 6
    assert len(process(disk).documents) == PAGES
    other = Data(tmp_path / "other")
    other.write_page(5)
    write_pages(other)
    process(other)
    assert {path: file for path, file in disk.tree().items() if not is_of_run(path)} == {
        path: file for path, file in other.tree().items() if not is_of_run(path)
    }
    assert process(disk).name == NOTHING


def is_of_run(path: str) -> bool:
    """Whether a file tells of runs, which are two on the disk that was full."""
    return path.startswith(("curated/documents/", "curated/checks/"))


def test_a_disk_that_may_only_be_read(disk: Data, process: Process) -> None:
    disk.write_page(5)
    process(disk)
    write_pages(disk)
    before = disk.tree()
    subprocess.run(["mount", "-o", "remount,ro", disk.root], check=True)
    with pytest.raises(RunFailed, match=r"it is on a read-only file system; the tables are as they were"):
        run(disk.root, lambda progress: None)
    assert disk.tree() == before
    assert open_published(disk.root).execute("select count(*) from documents").fetchone() == (1,)
    subprocess.run(["mount", "-o", "remount,rw", disk.root], check=True)
    assert len(process(disk).documents) == PAGES


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_user_who_may_not_write(data: Data, process: Process) -> None:
    data.write_page(5)
    process(data)
    for folder in (data.root, *data.root.parents):
        if folder.owner() == "root" and folder.is_relative_to("/tmp"):
            folder.chmod(folder.stat().st_mode | 0o055)
    data.root.chmod(0o755)
    before = data.tree()
    out, into = os.pipe()
    child = os.fork()
    if not child:
        os.setuid(NOBODY)
        try:
            with Store(data.root).lock():
                os.write(into, b"held")
        except StoreError as error:
            os.write(into, str(error).encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert os.read(out, 1000).decode() == f"{data.root}: this user may not write there; the tables are as they were"
    assert data.tree() == before


def test_a_file_that_changes_between_listing_and_reading(
    data: Data, process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is published is what was read, under the identity of its own bytes; the next run finds nothing to do."""
    file = data.write_page(5)
    read, turns = SourceReader.read_issue, iter([data.write_page])

    def change_and_read(self: SourceReader, found: Any) -> Any:
        for write in turns:
            write(5, count=77)
        return read(self, found)

    monkeypatch.setattr(SourceReader, "read_issue", change_and_read)
    process(data)
    assert data.store.read("enterprises")["enterprise_count"].to_list()[0] == 77
    assert data.store.read("texts")["text"].to_list() == [file.read_text(encoding="utf-8")]
    assert [row["status"] for row in data.documents()] == ["published"]
    assert process(data).name == NOTHING


@pytest.mark.parametrize("turn", ["folder", "link"])
def test_a_file_that_turns_into_something_else(
    data: Data, process: Process, monkeypatch: pytest.MonkeyPatch, turn: str
) -> None:
    data.write_page(5)
    file = data.write_page(6, count=70)
    read, turns = SourceReader.read_issue, iter([file])

    def turn_and_read(self: SourceReader, found: Any) -> Any:
        for one in turns:
            one.unlink()
            one.mkdir() if turn == "folder" else one.symlink_to("/dev/mem")
        return read(self, found)

    monkeypatch.setattr(SourceReader, "read_issue", turn_and_read)
    process(data)
    statuses = data.statuses()
    assert statuses.pop("05/01.txt") == "published"
    assert set(statuses.values()) <= {"quarantined"}
    file.rmdir() if turn == "folder" else file.unlink()
    data.write_page(6, count=70)
    process(data)
    assert data.statuses()["06/01.txt"] == "published"
    assert data.store.read("texts").height == 2


class Earlier(datetime):
    """The clock, a day behind."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return datetime.now(tz) - timedelta(days=1)


def test_a_clock_set_back(data: Data, process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was written before is from a time to come: it is neither read again nor displaced, and what arrives is
    taken. A page that is put in the place of an older one is the newer, whatever the clock says."""
    data.write_page(5)
    data.write_page(6, count=70)
    process(data)
    before = {row["path"]: row for row in data.documents()}
    now = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: now() - 86_400 * 10**9)
    monkeypatch.setattr(tasks.publish, "datetime", Earlier)
    earlier = int(time.time_ns() / 1e9)
    data.write("daily/2020-03-07/01.txt", "全区工业企业复工99家。\n", at=earlier)
    data.write("daily/2020-03-06/01.txt", "全区工业企业复工98家。\n", at=earlier)
    assert process(data, settle_seconds=5).name == NOTHING  # written just now, and may still grow
    assert process(data).name == CLEAN
    rows = {(row["path"], row["status"]): row for row in data.documents()}
    assert rows[("daily/2020-03-05/01.txt", "published")] == before["daily/2020-03-05/01.txt"]
    assert ("daily/2020-03-06/01.txt", "superseded") in rows
    assert ("daily/2020-03-06/01.txt", "published") in rows
    assert rows[("daily/2020-03-07/01.txt", "published")]["ingested_at"] < datetime.now(UTC) - timedelta(hours=23)
    assert sorted(data.store.read("enterprises")["enterprise_count"].to_list()) == [60, 98, 99]
    assert process(data).name == NOTHING
