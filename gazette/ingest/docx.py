"""Takes a Word document (.docx), gives its paragraphs one a line, those of tables cell by cell.

A .docx is a zip file of XML; what is read is the document itself: no comments, notes, headers and footers, and no text
that was deleted under revision.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from xml.etree import ElementTree

from gazette.ingest.decode import Decoded
from gazette.ingest.reasons import Reason, UnreadableIssue

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"  # says again what stands before it
DOCUMENT = "word/document.xml"
LARGEST = 64 * 1024 * 1024  # bytes of XML
PRINTED = {f"{WORD}tab": "\t", f"{WORD}br": "\n", f"{WORD}cr": "\n", f"{WORD}noBreakHyphen": "-"}


def read_document(data: bytes) -> Decoded:
    """Raises UnreadableIssue (damaged, encrypted, too_large)."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive, archive.open(DOCUMENT) as handle:
            xml = handle.read(LARGEST + 1)
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, ValueError, NotImplementedError) as error:
        raise UnreadableIssue(Reason.DAMAGED, f"the document is damaged: {error}") from error
    except RuntimeError as error:
        raise UnreadableIssue(Reason.ENCRYPTED, "it needs a password") from error
    if len(xml) > LARGEST:
        raise UnreadableIssue(Reason.TOO_LARGE, f"over the limit of {LARGEST:,} bytes of text and marks")
    try:
        paragraphs = [text for text in _iter_paragraphs(xml) if text]
    except ElementTree.ParseError as error:
        raise UnreadableIssue(Reason.DAMAGED, f"the document is damaged: {error}") from error
    return Decoded("".join(f"{text}\n" for text in paragraphs), "utf-8")


def _iter_paragraphs(xml: bytes) -> Iterator[str]:
    """As they end; a paragraph within another (a text box) comes first."""
    open_paragraphs: list[list[str]] = []
    fallbacks = 0
    for event, element in ElementTree.iterparse(BytesIO(xml), events=("start", "end")):
        is_start = event == "start"
        if element.tag == FALLBACK:
            fallbacks += 1 if is_start else -1
        elif element.tag == f"{WORD}p":
            if is_start:
                open_paragraphs.append([])
            elif open_paragraphs:
                yield "".join(open_paragraphs.pop()).strip()
                element.clear()
        elif not is_start and open_paragraphs and not fallbacks:
            open_paragraphs[-1].append(
                (element.text or "") if element.tag == f"{WORD}t" else PRINTED.get(element.tag, "")
            )
