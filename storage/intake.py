"""Puts the issues of a local folder into raw/ of an object store: what `gazette.ingest.intake` does on a disk.

An object is there whole or not at all, and only where none was: what is there already stays as it is. Files go up some
at a time, and what describes an issue before the issue.
"""

from __future__ import annotations

import filecmp
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from gazette.ingest.intake import Placed
from gazette.ingest.metadata import PUBLICATION_FILE
from gazette.ingest.sources import IssueFile
from storage.bucket import PARALLEL, Bucket, Conflict, split
from storage.mirror import RAW

AT_ONCE = 500  # files that are begun before the first of them is told of


def place_objects(
    bucket: Bucket, folder: Path, mirror: Path, files: Sequence[IssueFile]
) -> Iterator[tuple[IssueFile, Placed]]:
    """Puts the files of `folder` there, and tells of each in order what became of it. `mirror` is raw/ as it was a
    moment ago. Raises StorageError and OSError."""

    def place(file: IssueFile) -> Placed:
        if file.is_described:
            _place_if_there(bucket, folder, mirror, Path(file.path).with_suffix(".toml"))
        return _place(bucket, folder, mirror, Path(file.path))

    for name in sorted({file.path.split("/")[0] for file in files}):
        _place_if_there(bucket, folder, mirror, Path(name, PUBLICATION_FILE))
    with ThreadPoolExecutor(PARALLEL) as threads:
        for some in split(files, AT_ONCE):
            yield from zip(some, threads.map(place, some), strict=True)


def _place_if_there(bucket: Bucket, folder: Path, mirror: Path, path: Path) -> None:
    if (folder / path).is_file():
        _place(bucket, folder, mirror, path)


def _place(bucket: Bucket, folder: Path, mirror: Path, path: Path) -> Placed:
    source, key = folder / path, f"{RAW}{path.as_posix()}"
    if (mirror / path).is_file():
        return _compare(source, mirror / path)
    try:
        bucket.create(source, key)
        return Placed.NEW
    except Conflict:  # put there since, or by us, and the answer was lost
        with tempfile.TemporaryDirectory() as desk:
            bucket.download(key, other := Path(desk, "object"))
            return _compare(source, other)


def _compare(source: Path, other: Path) -> Placed:
    return Placed.SAME if filecmp.cmp(source, other, shallow=False) else Placed.OTHER
