"""Keeps a local raw/ like the one in the object store.

Takes the listing, fetches what is new or changed, removes what is gone. A file's time of writing is the object's, since
of two files for one page the newer one counts. A file is complete when it appears under its name. What is known of the
files is kept beside them and is a matter of speed alone.

A run and the commands that look at raw/ share one mirror; a file that changes while a run reads it is what happens to
files on a disk too.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath

from storage.bucket import PARALLEL, Bucket, Conflict, Listed, split

RAW = "raw/"
KEPT_EVERY = 500  # files fetched; a pull that is cut short has to fetch no more than these again
LONGEST_NAME = 255  # bytes
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Mirror:
    """`copy`/raw is all the mirror's: whatever the store does not have is removed from it."""

    def __init__(self, bucket: Bucket, copy: Path) -> None:
        self.folder = copy / "raw"
        self._bucket = bucket
        self._lock = copy / "raw.lock"
        self._known_file = copy / "raw.json"
        self._incoming = copy / "incoming"

    def refresh(self) -> dict[str, str]:
        """Makes the folder like the store's; returns what was left out, with the reason. Waits while another process
        does the same. Raises StorageError and OSError."""
        for folder in (self.folder, self._incoming):
            folder.mkdir(parents=True, exist_ok=True)
        with self._lock.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            return self._refresh()

    def _refresh(self) -> dict[str, str]:
        wanted, left_out = _sift(self._bucket.list(RAW))
        known = _read(self._known_file)
        kept = {path: known[path] for path, listed in wanted.items() if self._has(path, listed, known)}
        self._remove_others(wanted)
        missing = [path for path in wanted if path not in kept]
        for some in split(missing, KEPT_EVERY):
            try:
                kept |= self._fetch([(path, wanted[path]) for path in some])
            finally:
                self._write(kept)
        if kept.keys() != known.keys():
            self._write(kept)
        return left_out

    def _has(self, path: str, listed: Listed, known: Mapping[str, str]) -> bool:
        if known.get(path) != listed.etag:
            return False
        try:
            seen = os.lstat(self.folder / path)
        except OSError:
            return False
        return (seen.st_size, seen.st_mtime_ns) == (listed.size, _count_ns(listed.modified))

    def _fetch(self, files: list[tuple[str, Listed]]) -> dict[str, str]:
        """The files that came, with their ETags."""

        def fetch(numbered: tuple[int, tuple[str, Listed]]) -> bool:
            number, (path, listed) = numbered
            unfinished = self._incoming / f"{number}.part"
            try:
                self._bucket.download(listed.key, unfinished, listed.etag)
            except Conflict:
                return False  # replaced or removed since it was listed: the next refresh sees what it is then
            os.utime(unfinished, ns=(_count_ns(listed.modified),) * 2)
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            os.replace(unfinished, self.folder / path)
            return True

        with ThreadPoolExecutor(PARALLEL) as threads:
            came = list(threads.map(fetch, enumerate(files)))
        return {path: listed.etag for (path, listed), has_come in zip(files, came, strict=True) if has_come}

    def _remove_others(self, wanted: Mapping[str, Listed]) -> None:
        for root, folders, files in os.walk(self.folder, topdown=False):
            for name in files:
                path = os.path.join(root, name)
                if os.path.relpath(path, self.folder) not in wanted:
                    os.unlink(path)
            for name in folders:
                path = os.path.join(root, name)
                if os.path.islink(path):
                    os.unlink(path)
                elif not os.listdir(path):
                    os.rmdir(path)

    def _write(self, known: Mapping[str, str]) -> None:
        unfinished = self._incoming / "known"
        unfinished.write_text(json.dumps(known, separators=(",", ":")), encoding="utf-8")
        os.replace(unfinished, self._known_file)


def _sift(found: Iterator[Listed]) -> tuple[dict[str, Listed], dict[str, str]]:
    """The objects by their path below raw/, and those that no file can be made of. Markers of folders are neither."""
    listed = {one.key.removeprefix(RAW): one for one in found if not one.key.endswith("/")}
    folders = {str(folder) for path in listed for folder in PurePosixPath(path).parents}
    left_out = {path: fault for path in listed if (fault := _find_fault(path, folders))}
    return {path: one for path, one in listed.items() if path not in left_out}, left_out


def _find_fault(path: str, folders: set[str]) -> str | None:
    names = path.split("/")
    if {"", ".", ".."} & set(names) or "\0" in path:
        return "no path of a file"
    if any(len(name.encode()) > LONGEST_NAME for name in names):
        return f"a name of more than {LONGEST_NAME} bytes"
    return "an object where a folder is" if path in folders else None


def _count_ns(time: datetime) -> int:
    return (time - EPOCH) // timedelta(microseconds=1) * 1000


def _read(file: Path) -> dict[str, str]:
    try:
        return {str(path): str(etag) for path, etag in json.loads(file.read_text(encoding="utf-8")).items()}
    except (OSError, ValueError, AttributeError):
        return {}  # absent or damaged: everything is fetched again
