"""Takes the path of an archive (.zip, .gz), gives what is in it: a list of its members, and the bytes of one.

Runs in a process of the sandbox. Nothing is unpacked to disk: names in an archive are names, never paths that anything
is written to. What an archive may not do is declared in `LIMITS`; a member that tries comes out with the problem.
"""

from __future__ import annotations

import gzip
import os
import re
import stat
import zipfile
import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import BinaryIO

from gazette.ingest.opening import open_regular
from gazette.ingest.reasons import Reason, UnreadableIssue

MEGABYTE = 1024 * 1024
SKIPPED = re.compile(r"(^|/)(__MACOSX/|[.~](?!\.)[^/]*$|Thumbs\.db$|desktop\.ini$)|\.toml$|/$", re.IGNORECASE)
DOCUMENTS = {
    "word/document.xml": "docx",
    "xl/workbook.xml": "xlsx",
    "ppt/presentation.xml": "pptx",
    "META-INF/container.xml": "epub",
    "content.xml": "opendocument",
}
END_OF_ZIP = b"PK\x05\x06"
TAIL = 66_000  # bytes at the end that hold the end record and its comment
Fingerprint = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    members: int = 5_000
    total: int = 4 * 1024 * MEGABYTE  # bytes of all members
    ratio: int = 200  # a member over `small` bytes may not be that many times its compressed size
    small: int = 10 * MEGABYTE


LIMITS = ArchiveLimits()


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive: its place in it, its name as printed, its size in bytes."""

    index: int
    name: str
    size: int
    problem: UnreadableIssue | None = None


def list_members(path: str) -> tuple[str, list[Member]]:
    """The archive's format and its members; none where it is a document that happens to be a zip file. Raises
    UnreadableIssue."""
    with open_regular(path) as handle:
        if handle.read(2) == b"\x1f\x8b":
            return "gzip", [Member(0, _find_gzip_name(path), 0)]
    archive = _open_zip(path, _find_fingerprint(path))
    names = set(archive.namelist())
    if document := next((format_ for name, format_ in DOCUMENTS.items() if name in names), None):
        return document, []
    _check_archive(archive, path)
    members = (_build_member(index, info) for index, info in enumerate(archive.infolist()))
    return "zip", _refuse_twins([member for member in members if not SKIPPED.search(member.name)])


def read_member(path: str, index: int, name: str, largest: int) -> bytes:
    """The bytes of a member that `list_members` told of. Raises UnreadableIssue."""
    with open_regular(path) as handle:
        if handle.read(2) == b"\x1f\x8b":
            handle.seek(0)
            return _read_gzip(handle, largest)
    archive = _open_zip(path, _find_fingerprint(path))
    infos = archive.infolist()
    if index >= len(infos) or _find_name(infos[index]) != name:
        raise UnreadableIssue(Reason.UNREADABLE, "the archive changed while it was read")
    return _read_zip(archive, infos[index], largest)


def _find_fingerprint(path: str) -> Fingerprint:
    seen = os.stat(path)
    return seen.st_size, seen.st_mtime_ns, seen.st_ino


@lru_cache(maxsize=1)
def _open_zip(path: str, fingerprint: Fingerprint) -> zipfile.ZipFile:
    """Kept open: an archive is read member by member. `fingerprint` tells it from one that took its place."""
    try:
        return zipfile.ZipFile(open_regular(path))
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError) as error:
        with open_regular(path) as handle:
            handle.seek(max(0, fingerprint[0] - TAIL))
            has_end = END_OF_ZIP in handle.read()
        if has_end:
            raise UnreadableIssue(Reason.DAMAGED, f"the archive is damaged: {error}") from error
        raise UnreadableIssue(Reason.TRUNCATED, "the archive's end is missing") from error


def _check_archive(archive: zipfile.ZipFile, path: str) -> None:
    infos = archive.infolist()
    if len(infos) > LIMITS.members:
        detail = f"{len(infos):,} members, over the limit of {LIMITS.members:,} an archive"
        raise UnreadableIssue(Reason.TOO_LARGE, detail)
    if (total := sum(info.file_size for info in infos)) > LIMITS.total:
        detail = f"its members are {total:,} bytes, over the limit of {LIMITS.total:,}"
        raise UnreadableIssue(Reason.TOO_LARGE, detail)
    if sum(info.compress_size for info in infos) > os.path.getsize(path):
        raise UnreadableIssue(Reason.DAMAGED, "its members overlap, as in a decompression bomb")


def _build_member(index: int, info: zipfile.ZipInfo) -> Member:
    name = _find_name(info)
    return Member(index, name, info.file_size, _find_problem(info, name))


def _find_name(info: zipfile.ZipInfo) -> str:
    """The name in the encoding it is in: where it is not marked as UTF-8 it is most often GBK, which zipfile takes for
    code page 437."""
    raw = info.orig_filename
    if info.flag_bits & 0x800:
        return raw
    try:
        encoded = raw.encode("cp437")
    except UnicodeEncodeError:
        return raw
    for encoding in ("utf-8", "gb18030"):
        try:
            return encoded.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw


def _find_problem(info: zipfile.ZipInfo, name: str) -> UnreadableIssue | None:
    parts = re.split(r"[/\\]", name)
    if ".." in parts or parts[0] == "" or re.match(r"[A-Za-z]:", name) or not name.isprintable():
        return UnreadableIssue(Reason.BAD_PATH, "a name that leads out of the archive, or does not print")
    if stat.S_ISLNK(info.external_attr >> 16):
        return UnreadableIssue(Reason.SYMLINK, "links are not followed: put the file itself into the archive")
    if info.flag_bits & 0x1:
        return UnreadableIssue(Reason.ENCRYPTED, "it needs a password")
    if info.file_size > LIMITS.small and info.file_size > LIMITS.ratio * info.compress_size:
        detail = f"{info.file_size:,} bytes out of {info.compress_size:,}, as in a decompression bomb"
        return UnreadableIssue(Reason.TOO_LARGE, detail)
    return None


def _refuse_twins(members: list[Member]) -> list[Member]:
    """Of members with one name the first is read; the others are told apart by number."""
    seen: set[str] = set()
    kept = []
    for member in members:
        if member.name in seen:
            problem = UnreadableIssue(Reason.BAD_PATH, "another member has the same name")
            member = Member(member.index, f"{member.name}#{member.index}", member.size, problem)
        seen.add(member.name)
        kept.append(member)
    return kept


def _read_zip(archive: zipfile.ZipFile, info: zipfile.ZipInfo, largest: int) -> bytes:
    try:
        with archive.open(info) as handle:
            data = handle.read(largest + 1)
            if len(data) <= largest:
                handle.read(1)  # reaches the end, where the checksum is looked at
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError) as error:
        raise UnreadableIssue(Reason.DAMAGED, f"damaged within the archive: {error}") from error
    except NotImplementedError as error:
        raise UnreadableIssue(Reason.UNSUPPORTED_FORMAT, f"packed in a way that is not read: {error}") from error
    except RuntimeError as error:
        raise UnreadableIssue(Reason.ENCRYPTED, "it needs a password") from error
    return _check_size(data, largest)


def _read_gzip(handle: BinaryIO, largest: int) -> bytes:
    try:
        with gzip.GzipFile(fileobj=handle) as unpacked:
            return _check_size(unpacked.read(largest + 1), largest)
    except EOFError as error:
        raise UnreadableIssue(Reason.TRUNCATED, "the archive's end is missing") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise UnreadableIssue(Reason.DAMAGED, f"the archive is damaged: {error}") from error


def _check_size(data: bytes, largest: int) -> bytes:
    if len(data) > largest:
        raise UnreadableIssue(Reason.TOO_LARGE, f"over the limit of {largest:,} bytes when unpacked")
    return data


def _find_gzip_name(path: str) -> str:
    """The archive's own name without .gz: the one that it was packed under is seldom kept, and may be any path."""
    name = os.path.basename(path)
    return re.sub(r"\.gz(ip)?$", "", name, flags=re.IGNORECASE) or name
