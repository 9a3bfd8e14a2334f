"""Takes the folder raw/, gives the issue files below it, and for each what it is, where it was printed and its text.

raw/<publication>/<YYYY-MM-DD>/<page>.txt is an issue file; raw/<publication>/publication.toml and a .toml beside a
page describe it (`gazette.ingest.metadata`). The members of an archive are issue files too: what stands for them in
its place is made by `gazette.ingest.unpacking`. Links are not followed. A file that cannot be read is not passed over:
it comes out as a `Reading` with the failure.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path, PurePosixPath

from gazette.ingest.decode import Decoded
from gazette.ingest.formats import find_format, open_sandbox, read_text
from gazette.ingest.metadata import (
    PUBLICATION_FILE,
    PageOverride,
    Publication,
    parse_date,
    read_page_override,
    read_publication,
)
from gazette.ingest.model import Issue
from gazette.ingest.opening import open_regular
from gazette.ingest.reasons import Reason, UnreadableIssue
from gazette.ingest.sandbox import Sandbox
from gazette.ingest.unpacking import INSIDE, Entry, check_member, is_archive, list_members, read_member

UNFINISHED = re.compile(r"^[.~]|~$|\.(tmp|part|partial|crdownload|swp)$|^(Thumbs\.db|desktop\.ini)$", re.IGNORECASE)
DEEPEST = 8  # folders below raw/: what is deeper is named once, and not looked through
NO_RAW = "there is no such folder; issues lie in raw/<publication>/<YYYY-MM-DD>/<page>.txt"
MAX_BYTES = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class MemberOf:
    """Where an issue file stands in an archive: the archive's path below raw/, and the place and name in it."""

    archive: str
    index: int
    name: str


@dataclass(frozen=True, slots=True)
class IssueFile:
    """A file below raw/ that is to be an issue. `path` identifies it (below raw/, with /); `location` opens it.
    `is_described` tells that a .toml stands beside it; `problem` is set where it must not be opened. A member of an
    archive has the archive's location, times and description."""

    path: str
    location: Path
    byte_count: int
    modified_ns: int
    changed_ns: int = 0
    inode: int = 0
    is_described: bool = False
    problem: UnreadableIssue | None = None
    member: MemberOf | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where and when an issue was printed."""

    publication: str
    publication_name: str
    issue_date: date
    page: str | None
    region_code: str


@dataclass(frozen=True, slots=True)
class Reading:
    """An issue file as it was read: an issue, or the failure and what is known of the file all the same."""

    file: IssueFile
    issue_id: str | None
    byte_count: int | None
    origin: Origin | None
    format: str | None
    issue: Issue | None = None
    failure: UnreadableIssue | None = None


def find_issue_files(raw: Path) -> list[IssueFile]:
    """Every issue file below `raw`, ordered by path. Metadata, hidden and unfinished files are none. Raises OSError
    where `raw` itself cannot be listed."""
    return sorted(_walk(raw, "", 0), key=lambda file: file.path)


def is_settled(modified_ns: int, seconds: float, now_ns: int | None = None) -> bool:
    """Whether a file that was last written at `modified_ns` has been left alone for `seconds`, and so is complete. One
    renamed into place keeps the time of its writing. A time to come says nothing, and such a file is taken."""
    age = (time.time_ns() if now_ns is None else now_ns) - modified_ns
    return age < 0 or age >= seconds * 1e9


def _walk(folder: Path, prefix: str, depth: int) -> Iterator[IssueFile]:
    with os.scandir(folder) as entries:
        listed = list(entries)
    descriptions = {entry.name for entry in listed if entry.name.endswith(".toml")} - {PUBLICATION_FILE}
    for entry in listed:
        path = f"{prefix}{entry.name}"
        if UNFINISHED.search(entry.name) or (entry.name.endswith(".toml") and not entry.is_symlink()):
            continue
        if entry.is_dir(follow_symlinks=False):
            if depth == DEEPEST:
                problem = UnreadableIssue(Reason.BAD_PATH, "folders stand too deep here; nothing in them was read")
                yield IssueFile(build_printable(path), folder / entry.name, 0, 0, problem=problem)
                continue
            try:
                yield from _walk(folder / entry.name, f"{path}/", depth + 1)
            except OSError as error:
                problem = UnreadableIssue(Reason.UNREADABLE, error.strerror or type(error).__name__)
                yield IssueFile(build_printable(path), folder / entry.name, 0, 0, problem=problem)
        else:
            is_described = Path(entry.name).with_suffix(".toml").name in descriptions
            yield from _look_at(entry, path, depth, is_described)


def _look_at(entry: os.DirEntry[str], path: str, depth: int, is_described: bool) -> Iterator[IssueFile]:
    try:
        seen = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return  # gone since it was listed; nothing to tell of
    yield IssueFile(
        path=build_printable(path),
        location=Path(entry.path),
        byte_count=seen.st_size,
        modified_ns=seen.st_mtime_ns,
        changed_ns=seen.st_ctime_ns,
        inode=seen.st_ino,
        is_described=is_described,
        problem=_find_problem(path, seen.st_mode, depth),
    )


def _find_problem(path: str, mode: int, depth: int) -> UnreadableIssue | None:
    if build_printable(path) != path:
        return UnreadableIssue(Reason.BAD_PATH, "control characters in its name")
    if stat.S_ISLNK(mode):
        return UnreadableIssue(Reason.SYMLINK, "links are not followed: put the file itself here")
    if not stat.S_ISREG(mode):
        return UnreadableIssue(Reason.UNREADABLE, "no regular file")
    if not 1 <= depth <= 2:
        return UnreadableIssue(Reason.BAD_PATH, "issues stand in <publication>/<YYYY-MM-DD>/<page>.txt")
    return None


def build_printable(path: str) -> str:
    """The path with whatever would not print, or would print as something else, written as an escape."""
    return path if path.isprintable() else "".join(map(_escape, path))


def _escape(character: str) -> str:
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
        return character.encode("unicode_escape").decode("ascii")
    return character


@dataclass
class SourceReader:
    """Reads issue files; each publication's metadata is read once."""

    raw: Path
    max_bytes: int = MAX_BYTES
    sandbox: Sandbox = field(default_factory=open_sandbox)
    _publications: dict[Path, Publication | UnreadableIssue] = field(default_factory=dict)

    def read_origin(self, file: IssueFile) -> Origin:
        """Raises UnreadableIssue (no_date, bad_metadata, or the file's own problem)."""
        if file.problem:
            raise file.problem
        outer = (file.member.archive if file.member else file.path).split("/")
        inner = file.member.name.split("/") if file.member else outer[-1:]
        publication = self._read_publication(self.raw / outer[0])
        override = PageOverride()
        if file.is_described:
            beside = file.location.with_suffix(".toml")
            override = read_page_override(beside, "/".join((*outer[:-1], beside.name)))
        return Origin(
            publication=outer[0],
            publication_name=publication.name,
            issue_date=override.date or parse_folders([*outer[1:-1], *inner[:-1]]),
            page=_find_page(file, inner, override),
            region_code=override.region or publication.region,
        )

    def read_identity(self, file: IssueFile) -> str | None:
        """Hex SHA-256 of the file's bytes; None where they must not or cannot be read."""
        if file.problem:
            return None
        if file.member:
            return self._identify_member(file)
        try:
            with open_regular(file.location) as handle:
                return hashlib.file_digest(handle, "sha256").hexdigest()
        except OSError:
            return None

    def read_issue(self, file: IssueFile) -> Reading:
        """The issue in `file`, or why there is none. Raises FileNotFoundError where the file is gone."""
        data = b""
        issue_id: str | None = None
        origin: Origin | None = None
        format_: str | None = None
        failure: UnreadableIssue | None = None
        try:
            origin = self.read_origin(file)
        except UnreadableIssue as error:
            failure = error
        try:
            if file.problem is None:
                data, issue_id = self._read_bytes(file)
                format_ = find_format(data)
                if failure is None and origin is not None:
                    if file.member:
                        check_member(format_)
                    decoded = read_text(data, format_, self.sandbox)
                    issue = _build_issue(file, issue_id, origin, format_, decoded, len(data))
                    return Reading(file, issue_id, len(data), origin, format_, issue)
        except UnreadableIssue as error:
            failure = failure or error
            issue_id = issue_id or self.read_identity(file)
        return Reading(file, issue_id, len(data) or file.byte_count, origin, format_, failure=failure)

    def _identify_member(self, file: IssueFile) -> str | None:
        try:
            return self._read_bytes(file)[1]
        except (UnreadableIssue, FileNotFoundError):
            return None

    def _read_bytes(self, file: IssueFile) -> tuple[bytes, str]:
        if file.member:
            data = read_member(self.sandbox, file.location, file.member.index, file.member.name, self.max_bytes)
            return data, hashlib.sha256(data).hexdigest()
        try:
            with open_regular(file.location) as handle:
                data = handle.read(self.max_bytes + 1)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise UnreadableIssue(Reason.UNREADABLE, error.strerror or type(error).__name__) from error
        if len(data) > self.max_bytes:
            raise UnreadableIssue(Reason.TOO_LARGE, f"over the limit of {self.max_bytes:,} bytes")
        return data, hashlib.sha256(data).hexdigest()

    def _read_publication(self, folder: Path) -> Publication:
        if folder not in self._publications:
            try:
                self._publications[folder] = read_publication(folder)
            except UnreadableIssue as error:
                self._publications[folder] = error
        found = self._publications[folder]
        if isinstance(found, UnreadableIssue):
            raise UnreadableIssue(found.reason, found.detail)
        return found


def parse_folders(folders: list[str]) -> date:
    """The day that one of the folders is named for, the innermost first. Raises UnreadableIssue (no_date)."""
    for name in reversed(folders):
        if day := _find_date(name):
            return day
    said = f"the folder {folders[0]!r}" if folders else "a folder"
    detail = f"neither {said} nor a .toml beside the page tells the day (YYYY-MM-DD)"
    raise UnreadableIssue(Reason.NO_DATE, detail)


def _find_page(file: IssueFile, inner: list[str], override: PageOverride) -> str:
    """The page's name: for a member of an archive with the folders that tell it from others of its name."""
    if file.member is None:
        return override.page or file.location.stem
    folders = [name for name in inner[:-1] if _find_date(name) is None]
    return "/".join((*folders, PurePosixPath(inner[-1]).stem))


def _find_date(name: str) -> date | None:
    try:
        return parse_date(name)
    except ValueError:
        return None


def _build_issue(
    file: IssueFile, issue_id: str, origin: Origin, format_: str, decoded: Decoded, byte_count: int
) -> Issue:
    return Issue(
        issue_id=issue_id,
        path=file.path,
        publication=origin.publication,
        publication_name=origin.publication_name,
        issue_date=origin.issue_date,
        page=origin.page,
        region_code=origin.region_code,
        format=format_,
        encoding=decoded.encoding,
        byte_count=byte_count,
        text=decoded.text,
        layout=decoded.layout,
    )


def open_archives(
    files: Iterable[IssueFile], sandbox: Sandbox, is_known: Callable[[IssueFile], bool] = lambda file: False
) -> Iterator[IssueFile]:
    """The files, their archives replaced by what is in them. An archive that cannot be opened stays, with the problem;
    a file that `is_known` is none, and is not looked at."""
    for file in files:
        try:
            if file.problem or is_known(file) or not is_archive(file.location):
                yield file
                continue
            entries = list_members(sandbox, file.location)
        except UnreadableIssue as problem:
            yield replace(file, problem=problem)
        except OSError:
            yield file  # whoever reads it will say so
        else:
            yield from [file] if entries is None else (_build_member(file, entry) for entry in entries)


def _build_member(file: IssueFile, entry: Entry) -> IssueFile:
    index, name, problem, size = entry
    path = f"{file.path}{INSIDE}{build_printable(name)}"
    return replace(file, path=path, byte_count=size, problem=problem, member=MemberOf(file.path, index, name))
