"""Who may write to a data folder in an object store: one run at a time, wherever it runs.

The lease is one object, written under a condition each time: created if there is none, else replaced only in the very
version that was read. Its holder writes it anew every few seconds; one that was not written for `seconds`, by the
store's own clock, belongs to a run that died, and is taken over. A run that died on this machine, in this working copy,
is known to be dead at once, for it held the copy's lock, which we hold now.

A holder that cannot renew in time (no network, a suspended machine) has lost the lease, and `check` says so. Between
`check` and a write any time may pass; so whoever takes a lease over also rewrites `.store/current`
(`storage.remote`), and the late write of the former holder fails by its condition.
"""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from storage.bucket import Bucket, Conflict, Content, StorageError

KEY = ".store/lease"
SECONDS = 60.0
POLL_SECONDS = 2.0
BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Holder:
    """What the object says. `token` is the run's own; `place` is the lock file of its working copy."""

    token: str
    place: str
    process: str
    seconds: float
    renewals: int = 0
    is_released: bool = False

    def write(self) -> bytes:
        return json.dumps(asdict(self), indent=1).encode()


class Lease:
    """Held from `hold` on; `took_over` tells that a holder before us did not let go of it by itself."""

    def __init__(self, bucket: Bucket, lock: Path) -> None:
        self.took_over = False
        self._bucket = bucket
        process = f"process {os.getpid()} on {socket.gethostname()}"
        self._holder = Holder(uuid4().hex, _identify(lock), process, SECONDS)
        self._etag = ""
        self._holds_until = 0.0  # by time.monotonic
        self._ended = threading.Event()

    @contextmanager
    def hold(self, on_wait: Callable[[str], None] | None) -> Iterator[None]:
        """Waits for the lease, and lets go of it at the end. Where another run has it, `on_wait` is told who."""
        self._acquire(on_wait)
        thread = threading.Thread(target=self._renew, name="lease", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._ended.set()
            thread.join()
            self._release()

    def check(self) -> None:
        """Raises StorageError where the lease may be another's by now."""
        if time.monotonic() >= self._holds_until:
            raise StorageError(
                f"{self._bucket.address}: this run could not renew its lease in time, and another may have begun; "
                "the tables are as they were"
            )

    def _acquire(self, on_wait: Callable[[str], None] | None) -> None:
        is_told = False
        while not self._try(found := self._bucket.read(KEY)):
            if on_wait and not is_told and found:
                on_wait(f"another run works on {self._bucket.address} ({_parse(found).process}); waiting for it to end")
                is_told = True
            time.sleep(POLL_SECONDS)
        self._bucket.check_conditions(KEY, self._holder.write())

    def _try(self, found: Content | None) -> bool:
        former = _parse(found) if found else None
        if found and former and not self._is_over(former, found):
            return False
        try:
            self._write(self._holder, found.etag if found else None)
        except Conflict:
            return False  # another run was quicker
        self.took_over = former is not None and not former.is_released
        return True

    def _is_over(self, former: Holder, found: Content) -> bool:
        """Whether the lease is nobody's any more."""
        is_expired = found.read_at - found.modified > timedelta(seconds=former.seconds)
        return former.is_released or former.place == self._holder.place or is_expired

    def _write(self, holder: Holder, etag: str | None) -> None:
        began = time.monotonic()
        self._etag = self._bucket.write(KEY, holder.write(), etag)
        self._holder, self._holds_until = holder, began + holder.seconds * 0.75

    def _renew(self) -> None:
        while not self._ended.wait(self._holder.seconds / 4):
            try:
                self._write(replace(self._holder, renewals=self._holder.renewals + 1), self._etag)
            except StorageError as error:
                if isinstance(error, Conflict) and self._is_lost():
                    self._holds_until = 0.0
                    return  # all else is tried again until it is too late

    def _is_lost(self) -> bool:
        """Whether another wrote the object; a store may also refuse a write that it could not settle with others."""
        try:
            found = self._bucket.read(KEY)
        except StorageError:
            return False  # not known yet
        return found is None or found.etag != self._etag

    def _release(self) -> None:
        """Where this fails, the lease expires by itself."""
        self._holds_until = 0.0
        with suppress(StorageError):
            self._bucket.write(KEY, replace(self._holder, is_released=True).write(), self._etag)


def _parse(found: Content) -> Holder:
    """What the object says; of one that is damaged only its age counts."""
    try:
        holder = Holder(**json.loads(found.body))
        return replace(holder, seconds=float(holder.seconds))
    except (ValueError, TypeError):
        return Holder("", "", "unknown", SECONDS)


def _identify(lock: Path) -> str:
    """The lock file, told from every other one on every machine since it was started."""
    seen = lock.stat()
    boot = BOOT.read_text().strip() if BOOT.exists() else socket.gethostname()
    return f"{boot}:{seen.st_dev}:{seen.st_ino}"
