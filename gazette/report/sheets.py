"""Pictures of the pages of PDFs and scans, with the boxes of the figures.

Takes an issue file as it lies below raw/ and the pages that its figures stand on, gives a picture a page. The file is
drawn in the process that reads foreign bytes (`gazette.ingest.sandbox`), for a PDF may be made to do harm. A file that
is gone, was changed since, or cannot be drawn is told as such; the rest of the page is there all the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gazette.ingest.opening import open_regular
from gazette.ingest.reasons import UnreadableIssue
from gazette.ingest.sandbox import Sandbox
from gazette.ingest.sources import MAX_BYTES, build_printable
from gazette.ingest.unpacking import INSIDE, list_members, read_member

PAGED = ("pdf", "png", "jpeg", "tiff")
DOTS_PER_INCH = 110.0  # legible on a screen; a broadsheet takes 400 KB


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of the file: its size in points and its picture, or the reason why there is none."""

    number: int
    width: float = 0.0
    height: float = 0.0
    path: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawn page: WebP bytes, and the size of the page in points."""

    width: float
    height: float
    webp: bytes


def read_source(raw: Path, path: str, issue_id: str, sandbox: Sandbox) -> bytes | None:
    """The bytes of an issue file, a member of an archive too; None where they are no longer those of the issue."""
    archive, _, name = path.partition(INSIDE)
    file = raw / archive
    try:
        if not file.resolve().is_relative_to(raw.resolve()):
            return None
        data = _read_member(sandbox, file, name) if name else _read(file)
    except (OSError, UnreadableIssue):
        return None
    return data if hashlib.sha256(data).hexdigest() == issue_id else None


def _read(file: Path) -> bytes:
    with open_regular(file) as handle:
        return handle.read(MAX_BYTES + 1)


def _read_member(sandbox: Sandbox, file: Path, name: str) -> bytes:
    entries = list_members(sandbox, file) or ()
    found = ((index, inner) for index, inner, _, _ in entries if build_printable(inner) == name)
    index, inner = next(found, (-1, ""))
    return read_member(sandbox, file, index, inner, MAX_BYTES) if inner else b""


def draw(data: bytes, number: int, is_pdf: bool, sandbox: Sandbox) -> Picture:
    """One page of a file as a picture. Raises UnreadableIssue."""
    answer = sandbox.run("draw_page", data, number=number, is_pdf=is_pdf, dpi=DOTS_PER_INCH)
    size: Any = answer.values
    return Picture(float(size["width"]), float(size["height"]), answer.blobs[0])


def find_pages(mentions: Sequence[Any]) -> list[int]:
    """The pages that figures with a box stand on."""
    return sorted({row["page_number"] for row in mentions if row["page_number"] is not None and row["x0"] is not None})
