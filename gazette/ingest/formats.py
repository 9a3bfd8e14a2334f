"""Takes an issue file's bytes, gives its format and its text: the place where a new format is plugged in.

The format is told by content, never by the file's name. A format takes part once it has a signature here and a reader
in `gazette.ingest.readers`, which runs in a process of its own; plain text is decoded in this one. A format with a
signature and no reader is quarantined as `unsupported_format`, its file kept.
"""

from __future__ import annotations

import codecs
import re
from array import array
from collections.abc import Callable, Mapping
from functools import cache

from gazette.ingest.decode import Decoded, decode
from gazette.ingest.markdown import is_markdown, read_markdown
from gazette.ingest.placement import Layout
from gazette.ingest.reasons import Reason, UnreadableIssue
from gazette.ingest.sandbox import Answer, Limits, Sandbox

HEAD = 4096  # bytes at the beginning that a signature is looked for in
MEGABYTE = 1024 * 1024
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
    b"Rar!\x1a\x07": "rar",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
}
PDF_HEAD = 1024  # within this many bytes PDF readers accept the signature
HTML_ROOT = re.compile(rb"<(?:html|!doctype html|head|body)[\s>]", re.IGNORECASE)
HTML_START = re.compile(rb"\s*(?:<!--.*?-->\s*)*<[a-z!?]", re.IGNORECASE | re.DOTALL)
HTML_TAG = re.compile(rb"</?(?:p|br|div|td|tr|table|span|h[1-6]|meta|title|font|center)\b[^<>]*>", re.IGNORECASE)
FEWEST_TAGS = 3
TAR = (257, b"ustar")

WORD_DOCUMENT = b"word/document.xml"
WORD_FIRST = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"word/")  # what a Word document's zip file begins with
ZIP_NAME = 30  # where the name of a zip file's first member stands

IMAGE = Limits(memory=4096 * MEGABYTE, patience=7200)  # the reader sets its own limit on time, by the pages
LIMITS: Mapping[str, Limits] = {
    "html": Limits(seconds=5),
    "docx": Limits(),
    "pdf": Limits(),
    "png": IMAGE,
    "jpeg": IMAGE,
    "tiff": IMAGE,
}
IMAGES = frozenset({"png", "jpeg", "tiff"})
LARGEST: Mapping[str, int] = {"html": 5 * MEGABYTE}  # bytes, where less than what an issue file may have
DECODED: Mapping[str, Callable[[bytes], Decoded]] = {"txt": decode, "md": read_markdown}  # in this process


def find_format(data: bytes) -> str:
    """The format that the bytes are in; `txt` where no signature is found."""
    head = data[:HEAD]
    for start, format_ in STARTS.items():
        if head.startswith(start):
            return "docx" if format_ == "zip" and _is_docx(data) else format_
    if b"%pdf-" in head[:PDF_HEAD].lower():
        return "pdf"
    if head[TAR[0] :].startswith(TAR[1]):
        return "tar"
    if _is_html(head):
        return "html"
    return "md" if is_markdown(head.decode("latin-1")) else "txt"


def _is_docx(data: bytes) -> bool:
    return data.startswith(WORD_FIRST, ZIP_NAME) and WORD_DOCUMENT in data


def _is_html(head: bytes) -> bool:
    """Whether the text begins as HTML does: with its root, or with a tag and more of them."""
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if head.startswith(mark):
            head = head[2:].decode(encoding, "replace").encode("utf-8", "replace")
    head = head.removeprefix(codecs.BOM_UTF8)
    if HTML_ROOT.search(head):
        return True
    return HTML_START.match(head) is not None and len(HTML_TAG.findall(head)) >= FEWEST_TAGS


def read_text(data: bytes, format_: str, sandbox: Sandbox | None = None) -> Decoded:
    """The text of an issue file. Raises UnreadableIssue."""
    if format_ in DECODED:
        return DECODED[format_](data)
    if format_ not in LIMITS:
        readable = ", ".join((*DECODED, *LIMITS))
        raise UnreadableIssue(Reason.UNSUPPORTED_FORMAT, f"{format_} is not read (read are: {readable})")
    if len(data) > (largest := LARGEST.get(format_, len(data))):
        raise UnreadableIssue(Reason.TOO_LARGE, f"over the limit of {largest:,} bytes for {format_}")
    sandbox = sandbox or open_sandbox()
    if format_ in IMAGES:
        return _build_decoded(sandbox.run("image", data, IMAGE))
    try:
        return _build_decoded(sandbox.run(format_, data, LIMITS[format_]))
    except UnreadableIssue as failure:
        if failure.reason is not Reason.NEEDS_OCR or not has_ocr():
            raise
    return _build_decoded(sandbox.run("scanned_pdf", data, IMAGE))


def has_ocr() -> bool:
    """Whether scanned pages can be read."""
    from gazette.ingest.ocr.engine import is_installed  # loads the PDF library, which text alone has no need of

    return is_installed()


@cache
def open_sandbox() -> Sandbox:
    """The sandbox of this process; its children end with it."""
    return Sandbox()


def _build_decoded(answer: Answer) -> Decoded:
    """What a reader answered, checked: its process had foreign bytes in it."""
    try:
        text, encoding = answer.blobs[0].decode("utf-8"), str(answer.values["encoding"])
        return Decoded(text, encoding, _build_layout(answer.blobs[1:], len(text)) if len(answer.blobs) > 1 else None)
    except (LookupError, ValueError) as error:
        raise UnreadableIssue(Reason.READER_FAILED, "its reader answered nonsense") from error


def _build_layout(blobs: tuple[bytes, ...], length: int) -> Layout:
    pages, boxes, confidences = array("H"), array("f"), array("f")
    pages.frombytes(blobs[0])
    boxes.frombytes(blobs[1])
    if len(blobs) > 2:
        confidences.frombytes(blobs[2])
    if len(pages) != length or len(boxes) != 4 * length or (len(blobs) > 2 and len(confidences) != length):
        raise ValueError("the layout does not fit the text")
    return Layout(pages, boxes, confidences if len(blobs) > 2 else None)
