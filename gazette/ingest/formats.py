"""Takes an issue file's bytes, gives its format and its text: the place where a new format is plugged in.

The format is told by content, never by the file's name. A format takes part once it has a signature here and a reader
in `READERS`; a format with a signature and no reader is quarantined as `unsupported_format`, its file kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gazette.ingest.decode import Decoded, decode
from gazette.ingest.reasons import Reason, UnreadableIssue

HEAD = 1024  # bytes at the beginning that a signature is looked for in
STARTS: Mapping[bytes, str] = {
    b"\x89PNG\r\n\x1a\n": "png",
    b"\xff\xd8\xff": "jpeg",
    b"II*\x00": "tiff",
    b"MM\x00*": "tiff",
    b"GIF8": "gif",
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"\x1f\x8b": "gzip",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "office97",
    b"{\\rtf": "rtf",
}
CONTAINS: Mapping[bytes, str] = {b"%pdf-": "pdf", b"<html": "html", b"<!doctype html": "html"}

READERS: Mapping[str, Callable[[bytes], Decoded]] = {"txt": decode}


def find_format(data: bytes) -> str:
    """The format that the bytes are in; `txt` where no signature is found."""
    head = data[:HEAD]
    for start, format_ in STARTS.items():
        if head.startswith(start):
            return format_
    lowered = head.lower()
    return next((format_ for mark, format_ in CONTAINS.items() if mark in lowered), "txt")


def read_text(data: bytes, format_: str) -> Decoded:
    """The text of an issue file. Raises UnreadableIssue."""
    if format_ not in READERS:
        raise UnreadableIssue(Reason.UNSUPPORTED_FORMAT, f"{format_} is not read (read are: {', '.join(READERS)})")
    return READERS[format_](data)
