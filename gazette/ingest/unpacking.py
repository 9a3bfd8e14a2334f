"""Takes an archive, gives what stands for its members among the issue files, and their bytes: the side of
`gazette.ingest.archives` that never touches what the archive holds.
"""

from __future__ import annotations

from pathlib import Path

from gazette.ingest.opening import open_regular
from gazette.ingest.reasons import Reason, UnreadableIssue
from gazette.ingest.sandbox import Limits, Sandbox

STARTS = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b")
LARGEST = 1024 * 1024 * 1024  # bytes of an archive
NESTED = frozenset({"zip", "gzip", "tar", "rar", "7z", "bzip2", "xz"})
LIMITS = Limits(seconds=30)
INSIDE = "!/"  # between an archive's path and a member's name
Entry = tuple[int, str, UnreadableIssue | None, int]  # place, name, problem, bytes


def is_archive(location: Path) -> bool:
    """Whether the file begins as an archive does, or as a document that is a zip file. Raises OSError."""
    with open_regular(location) as handle:
        return handle.read(4).startswith(STARTS)


def list_members(sandbox: Sandbox, location: Path) -> list[Entry] | None:
    """What is in the archive; None where it is a document, to be read as a whole. Raises UnreadableIssue."""
    if (size := location.stat().st_size) > LARGEST:
        raise UnreadableIssue(Reason.TOO_LARGE, f"{size:,} bytes, over the limit of {LARGEST:,} an archive")
    values = sandbox.run("archive", limits=LIMITS, path=str(location.absolute())).values
    if values.get("format") not in ("zip", "gzip"):
        return None
    try:
        return [_build_entry(*entry) for entry in values["members"]]
    except (KeyError, TypeError, ValueError) as error:
        raise UnreadableIssue(Reason.READER_FAILED, "its reader answered nonsense") from error


def _build_entry(index: int, name: str, size: int, reason: str | None, detail: str | None) -> Entry:
    problem = UnreadableIssue(reason, str(detail)) if reason else None
    return int(index), str(name), problem, int(size)


def read_member(sandbox: Sandbox, location: Path, index: int, name: str, largest: int) -> bytes:
    """Raises UnreadableIssue, and FileNotFoundError where the archive is gone."""
    location.stat()
    path = str(location.absolute())
    answer = sandbox.run("member", limits=LIMITS, path=path, index=index, name=name, largest=largest)
    if len(answer.blobs) != 1:
        raise UnreadableIssue(Reason.READER_FAILED, "its reader answered nonsense")
    return answer.blobs[0]


def check_member(format_: str) -> None:
    """Raises UnreadableIssue where a member is an archive itself."""
    if format_ in NESTED:
        detail = f"a {format_} file within an archive: only one level is opened"
        raise UnreadableIssue(Reason.NESTED_ARCHIVE, detail)
