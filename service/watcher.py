"""The role that sees issues arrive.

watchfiles tells of changes below raw/; a file that is complete (`service.arrivals`) is announced to Prefect's server
(`service.announcer`), whose trigger starts a run over all that is pending. Nothing rests on an event alone: at the
start, and now and then, the folder is looked through for what is pending and has no run ahead of it, be it that it
arrived while nothing ran, that the server was away, or that a run was cut off.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from prefect.client.schemas.objects import StateType
from watchfiles import Change, watch

from gazette.ingest.sources import is_settled
from gazette.publish.documents import find_pending
from gazette.publish.store import StoreError
from service.announcer import WAITING, Announcer, ClientError
from service.arrivals import Arrivals, Look, is_description, is_issue_name
from service.child import ServiceFault
from service.settings import Settings, load_settings
from storage import is_remote, open_reading

TICK_MS = 250
RETRY = 5.0  # seconds until the server is spoken to again
SOON = 30.0  # seconds until the folder is looked through again where a run is under way
LONGEST_RESCAN = 24 * 3600.0


class Watcher:
    """Watches one data folder. `tick` is called often, with what has changed since."""

    def __init__(self, settings: Settings, announcer: Announcer) -> None:
        self.data = Path(settings.data)
        self.raw = self.data / "raw"
        self.settle = settings.watch.settle_seconds
        self.interval = settings.watch.rescan_minutes * 60
        self.announcer = announcer
        self.arrivals = Arrivals(self.settle)
        self.rescan_due = 0.0
        self.retry_due = 0.0
        self.left: set[str] = set()
        self.rescans = 0  # that found the same

    def tick(self, changes: set[tuple[Change, str]]) -> None:
        for change, name in changes:
            self._take_in(change, Path(name))
        for path in list(self.arrivals.growing):
            self._look(path)
        now = time.monotonic()
        if now < self.retry_due:
            return
        try:
            if burst := self.arrivals.take_burst(time.time()):
                if not self._announce(burst):
                    self.rescan_due = time.monotonic() + RETRY
            elif now >= self.rescan_due:
                self._rescan()
        except ClientError as error:
            _say(f"the server cannot be told of arrivals ({type(error).__name__}); trying again")
            self.retry_due = time.monotonic() + RETRY

    def _take_in(self, change: Change, file: Path) -> None:
        path = file.relative_to(self.raw).as_posix()
        if change is Change.deleted:
            self.arrivals.forget(path)
        elif is_description(path):
            self.rescan_due = min(self.rescan_due, time.monotonic() + self.settle)
        elif file.is_dir() and not file.is_symlink():
            for found in file.rglob("*"):  # what came with the folder, before it was watched
                if found.is_file():
                    self._take_in(Change.added, found)
        elif is_issue_name(path):
            self._look(path)

    def _look(self, path: str) -> None:
        try:
            seen = os.stat(self.raw / path, follow_symlinks=False)
        except OSError:
            self.arrivals.forget(path)
            return
        self.arrivals.see(path, Look(seen.st_size, seen.st_mtime, time.time()))

    def _announce(self, burst: list[str]) -> bool:
        """Tells the server of files, and tells whether a run follows."""
        has_run = self.announcer.announce(burst)
        self.arrivals.announced(burst)
        if not has_run:
            _say("no run has followed an arrival; is there the deployment gazette-etl/on-arrival, and is it active?")
        return has_run

    def _rescan(self) -> None:
        """Announces what is pending and has no run ahead. The same files are asked for at longer and longer intervals:
        what a run has failed on, it will mostly fail on again."""
        self.rescan_due = time.monotonic() + self.interval
        if self.announcer.has_run([*WAITING, StateType.RUNNING]):
            self.rescan_due = time.monotonic() + min(SOON, self.interval)
            return
        try:
            found = find_pending(open_reading(self.data, with_raw=True))
        except (OSError, StoreError) as error:
            _say(f"{self.data}: {error}")
            return
        pending = {one.file.path for one in found if is_settled(one.file.modified_ns, self.settle)}
        for one in found:
            if one.file.path not in pending and not is_remote(self.data):
                self._look(one.file.location.relative_to(self.raw).as_posix())  # no change need follow that would tell
        self.rescans = self.rescans + 1 if pending and pending == self.left else 0
        self.left = pending
        if pending:
            self.rescan_due = time.monotonic() + min(LONGEST_RESCAN, self.interval * 2**self.rescans)
            self._announce(sorted(pending))


def watch_folder(settings: Settings, ready: Callable[[], None], stop: threading.Event) -> None:
    """Watches until `stop` is set. Raises ServiceFault where the folder is not there, or no longer."""
    watcher = Watcher(settings, Announcer())
    identity = _identify(watcher.raw)
    for changes in _see_changes(watcher.raw, settings.watch.polling, stop):
        if _identify(watcher.raw) != identity:
            raise ServiceFault(f"{watcher.raw}: it has gone, or is another folder now")
        watcher.tick(changes)
        ready()


def _see_changes(raw: Path, polling: bool, stop: threading.Event) -> Iterator[set[tuple[Change, str]]]:
    """What has changed, some times a second. An object store tells of nothing, and the system of no more folders than
    it has room for: there the folder is looked through now and then, and that is all."""
    if not is_remote(raw):
        try:
            yield from watch(
                raw,
                watch_filter=None,
                debounce=TICK_MS,
                rust_timeout=TICK_MS,
                yield_on_timeout=True,
                stop_event=stop,
                force_polling=polling or None,
            )
        except OSError as error:
            _say(f"{raw} cannot be watched ({error}); looking through it every watch.rescan_minutes instead")
    while not stop.wait(TICK_MS / 1000):
        yield set()


def _identify(raw: Path) -> tuple[int, int] | None:
    """Which folder it is: one that took its place is not watched. Raises ServiceFault where it is not there."""
    if is_remote(raw):
        return None
    try:
        seen = raw.stat()
    except OSError as error:
        raise ServiceFault(f"{raw}: {error.strerror or error}") from error
    return seen.st_dev, seen.st_ino


def main(ready: Callable[[], None]) -> None:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda number, frame: stop.set())
    watch_folder(load_settings(), ready, stop)


def _say(words: str) -> None:
    sys.stderr.write(f"gazette watcher: {words}\n")
