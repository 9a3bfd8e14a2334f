"""The watcher over a real folder, with an announcer that only takes note: no server is asked here."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from watchfiles import Change

from service import watcher as watching
from service.child import ServiceFault
from service.settings import Settings, Watch
from service.watcher import Watcher, watch_folder
from tests.service.serving import Folder, wait_for

SETTLE = 0.3
Begin = Callable[..., Watcher]


class Notes:
    """What was announced; `fault` is raised while it is set, `has_under_way` is what the server says of runs."""

    def __init__(self) -> None:
        self.bursts: list[list[str]] = []
        self.fault: Exception | None = None
        self.has_under_way = False
        self.follows = True

    def announce(self, paths: Sequence[str]) -> bool:
        if self.fault:
            raise self.fault
        self.bursts.append(list(paths))
        return self.follows

    def has_run(self, types: Sequence[Any]) -> bool:
        if self.fault:
            raise self.fault
        return self.has_under_way


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "data")


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
def begin(folder: Folder, notes: Notes) -> Begin:
    def build(rescan_minutes: float = 10) -> Watcher:
        watch = Watch(settle_seconds=SETTLE, rescan_minutes=rescan_minutes)
        return Watcher(Settings(data=str(folder.root), watch=watch), notes)  # type: ignore[arg-type]

    return build


@contextmanager
def running(settings: Settings, notes: Notes, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """The watcher as it runs, in a thread."""
    monkeypatch.setattr(watching, "Announcer", lambda: notes)
    stop, ready = threading.Event(), threading.Event()
    thread = threading.Thread(target=watch_folder, args=(settings, ready.set, stop))
    thread.start()
    try:
        assert ready.wait(30)
        yield stop
    finally:
        stop.set()
        thread.join(30)
    assert not thread.is_alive()


def test_what_was_there_at_the_start_is_announced_together(folder: Folder, begin: Begin, notes: Notes) -> None:
    paths = [folder.drop(f"daily/2020-03-0{day}/01.txt", folder.build_page(), time.time() - 60) for day in (1, 2)]
    begin().tick(set())
    assert notes.bursts == [paths]


def test_what_was_being_written_at_the_start_is_followed(folder: Folder, begin: Begin, notes: Notes) -> None:
    """No change need follow that would tell of it."""
    path = folder.drop("daily/2020-03-01/01.txt", folder.build_page())
    watcher = begin()
    watcher.tick(set())
    assert notes.bursts == []
    time.sleep(SETTLE)
    watcher.tick(set())
    assert notes.bursts == [[path]]


def test_a_folder_moved_into_place_brings_its_files(folder: Folder, begin: Begin, notes: Notes) -> None:
    watcher = begin()
    watcher.tick(set())
    paths = [folder.drop(f"daily/2020-03-05/{page}.txt", folder.build_page(), time.time() - 60) for page in (1, 2)]
    folder.drop("daily/2020-03-05/3.txt.part", "x")
    watcher.tick({(Change.added, str(folder.raw / "daily/2020-03-05"))})
    assert notes.bursts == [paths]


def test_a_changed_description_makes_it_look_for_what_is_pending_now(
    folder: Folder, begin: Begin, notes: Notes
) -> None:
    path = folder.drop("daily/2020-03-01/01.txt", folder.build_page(), time.time() - 60)
    watcher = begin()
    watcher.tick(set())
    notes.bursts.clear()
    watcher.tick({(Change.modified, str(folder.raw / "daily/publication.toml"))})
    time.sleep(SETTLE)
    watcher.tick(set())
    assert notes.bursts == [[path]]  # it is still pending here: nothing has processed it


def test_nothing_is_lost_while_the_server_is_away(
    folder: Folder, begin: Begin, notes: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "RETRY", 0.05)
    watcher = begin()
    watcher.tick(set())
    path = folder.drop("daily/2020-03-01/01.txt", folder.build_page(), time.time() - 60)
    notes.fault = httpx.ConnectError("away")
    watcher.tick({(Change.added, str(folder.raw / path))})
    time.sleep(0.06)
    watcher.tick(set())
    assert notes.bursts == []
    notes.fault = None
    time.sleep(0.06)
    watcher.tick(set())
    assert notes.bursts == [[path]]


def test_an_event_that_no_run_follows_is_seen_to(
    folder: Folder, begin: Begin, notes: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server may have been killed between taking the event and making a run of it."""
    monkeypatch.setattr(watching, "RETRY", 0.05)
    watcher = begin()
    watcher.tick(set())
    path = folder.drop("daily/2020-03-01/01.txt", folder.build_page(), time.time() - 60)
    notes.follows = False
    watcher.tick({(Change.added, str(folder.raw / path))})
    time.sleep(0.06)
    notes.follows = True
    watcher.tick(set())
    assert notes.bursts == [[path], [path]]


def test_what_no_run_settles_is_asked_for_less_and_less(folder: Folder, begin: Begin, notes: Notes) -> None:
    folder.drop("daily/2020-03-01/01.txt", folder.build_page(), time.time() - 60)
    watcher = begin(rescan_minutes=1)
    waits = []
    for _ in range(4):
        watcher.rescan_due = 0
        watcher.tick(set())
        waits.append(round((watcher.rescan_due - time.monotonic()) / 60))
    assert waits == [1, 2, 4, 8]
    folder.drop("daily/2020-03-02/01.txt", folder.build_page(), time.time() - 60)
    watcher.rescan_due = 0
    watcher.tick(set())
    assert round((watcher.rescan_due - time.monotonic()) / 60) == 1
    assert len(notes.bursts) == 5


def test_while_a_run_is_under_way_the_folder_is_left_alone(folder: Folder, begin: Begin, notes: Notes) -> None:
    folder.drop("daily/2020-03-01/01.txt", folder.build_page(), time.time() - 60)
    notes.has_under_way = True
    watcher = begin()
    watcher.tick(set())
    assert notes.bursts == []
    assert watcher.rescan_due - time.monotonic() < 60


def test_real_changes_are_seen_in_new_folders_too(
    folder: Folder, notes: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(data=str(folder.root), watch=Watch(settle_seconds=SETTLE))
    with running(settings, notes, monkeypatch):
        paths = {folder.drop(f"new/2020-03-{day:02}/{day}.txt", folder.build_page()) for day in range(1, 21)}
        wait_for(lambda: {path for burst in notes.bursts for path in burst} >= paths, "all are announced", 30)


def test_where_the_system_cannot_watch_the_folder_is_looked_through(
    folder: Folder, notes: Notes, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def refuse(*arguments: Any, **options: Any) -> Iterator[Any]:
        raise OSError("OS file watch limit reached.")
        yield

    monkeypatch.setattr(watching, "watch", refuse)
    settings = Settings(data=str(folder.root), watch=Watch(settle_seconds=SETTLE, rescan_minutes=0.05))
    with running(settings, notes, monkeypatch):
        path = folder.drop("daily/2020-03-01/01.txt", folder.build_page())
        wait_for(lambda: notes.bursts, "it is announced", 30)
    assert notes.bursts[0] == [path]
    assert "cannot be watched (OS file watch limit reached.)" in capfd.readouterr().err


def test_another_folder_in_its_place_is_told(folder: Folder, notes: Notes, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would not be watched: whoever started the watcher starts it again."""
    monkeypatch.setattr(watching, "Announcer", lambda: notes)
    settings = Settings(data=str(folder.root), watch=Watch(settle_seconds=SETTLE))

    def replace() -> None:
        if not (folder.root / "old").exists():
            os.rename(folder.raw, folder.root / "old")
            folder.raw.mkdir()

    with pytest.raises(ServiceFault, match="it has gone, or is another folder now"):
        watch_folder(settings, replace, threading.Event())
    folder.raw.rmdir()
    with pytest.raises(ServiceFault, match="raw: No such file or directory"):
        watch_folder(settings, lambda: None, threading.Event())
