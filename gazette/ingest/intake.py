"""Takes a folder of issues that is laid out as raw/ is, and puts those of certain days into raw/.

An issue is there whole or not at all: it is linked to its place where both folders are on one file system, and copied
beside it and renamed where they are not. What is there already stays as it is, so that what was interrupted can simply
be begun again.
"""

from __future__ import annotations

import errno
import filecmp
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from gazette.ingest.metadata import PUBLICATION_FILE
from gazette.ingest.reasons import UnreadableIssue
from gazette.ingest.sources import IssueFile, SourceReader, find_issue_files

UNFINISHED = ".backfill-"  # hidden names are no issues
NO_LINKS = (errno.EXDEV, errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK, errno.EACCES)


class Placed(StrEnum):
    """What became of a file that was to be put into raw/."""

    NEW = "new"
    SAME = "same"  # there already
    OTHER = "other"  # another file is there, and stays


class IntakeError(ValueError):
    """The folder cannot be taken in; the message says why."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The issue files of a folder: those of the days wanted, and those whose day cannot be told before they are
    opened."""

    files: tuple[IssueFile, ...]
    undated: tuple[IssueFile, ...]


def choose_files(folder: Path, since: date | None, until: date | None) -> Chosen:
    """The issue files below `folder` from `since` to `until`, both included. Where neither is given all are wanted, and
    none is undated. Raises IntakeError, or OSError where the folder cannot be listed."""
    files = [file for file in find_issue_files(folder) if file.problem is None]
    if since is None and until is None:
        return Chosen(tuple(files), ())
    reader = SourceReader(folder)
    days = [(file, _find_day(file, reader)) for file in files]
    wanted = (file for file, day in days if day is not None and (since or day) <= day <= (until or day))
    return Chosen(tuple(wanted), tuple(file for file, day in days if day is None))


def _find_day(file: IssueFile, reader: SourceReader) -> date | None:
    try:
        return reader.read_origin(file).issue_date
    except UnreadableIssue:
        return None


def check_publications(folder: Path, raw: Path, files: Iterable[IssueFile]) -> None:
    """Raises IntakeError where a publication is described neither in `folder` nor in `raw`: all its issues would end in
    quarantine."""
    for name in sorted({file.path.split("/")[0] for file in files}):
        if not any((root / name / PUBLICATION_FILE).is_file() for root in (folder, raw)):
            words = f"there is no such file, and {name} has none in {raw} either (it tells the name and the region)"
            raise IntakeError(f"{folder / name / PUBLICATION_FILE}: {words}")


def place_files(folder: Path, raw: Path, files: Iterable[IssueFile]) -> Iterator[tuple[IssueFile, Placed]]:
    """Puts the files into `raw` one after the other, each with what describes it. Raises OSError."""
    described: set[str] = set()
    for file in files:
        publication = file.path.split("/")[0]
        if publication not in described:
            _place_if_there(folder / publication / PUBLICATION_FILE, raw / publication / PUBLICATION_FILE)
            described.add(publication)
        target = raw / file.path
        if file.is_described:
            _place_if_there(file.location.with_suffix(".toml"), target.with_suffix(".toml"))
        yield file, _place(file.location, target)


def _place_if_there(source: Path, target: Path) -> None:
    if source.is_file():
        _place(source, target)


def _place(source: Path, target: Path) -> Placed:
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        return Placed.SAME if filecmp.cmp(source, target, shallow=False) else Placed.OTHER
    try:
        os.link(source, target)
    except FileExistsError:
        return Placed.OTHER
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        unfinished = target.with_name(f"{UNFINISHED}{os.getpid()}-{target.name}")
        shutil.copy2(source, unfinished)
        os.replace(unfinished, target)
    return Placed.NEW
