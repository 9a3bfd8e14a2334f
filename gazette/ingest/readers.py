"""What the processes of the sandbox can do: one reader a format, and the look into archives.

A reader takes the bytes of an issue file and gives an `Answer` that `gazette.ingest.formats` makes a text of. Libraries
are loaded by the reader that needs them: a process that reads HTML loads no PDF library.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gazette.ingest.decode import Decoded, check_text
from gazette.ingest.reasons import Reason, UnreadableIssue
from gazette.ingest.sandbox import Answer

MAX_CHARACTERS = 2_000_000  # of one issue; a page has ten thousand
PDF_ENCODING = "pdf"  # a text layer has no encoding of its own


@dataclass(frozen=True, slots=True)
class Budget:
    """The processor time that a reader may still take."""

    seconds: int
    seconds_a_page: int
    set_seconds: Callable[[int], None]

    def allow_pages(self, count: int) -> None:
        self.set_seconds(self.seconds + self.seconds_a_page * count)


Reader = Callable[..., Answer]


def read_html(data: bytes, budget: Budget) -> Answer:
    from gazette.ingest.html import read_page

    return build_answer(read_page(data))


def read_pdf(data: bytes, budget: Budget) -> Answer:
    from gazette.ingest import pdf
    from gazette.ingest.placement import Layout

    try:
        with pdf.open_pdf(data) as document:
            budget.allow_pages(min(len(document), pdf.MAX_PAGES))
        pages = pdf.read_pdf(data)
    except pdf.PdfProblem as problem:
        raise UnreadableIssue(_find_pdf_reason(problem.reason, data), problem.detail) from None
    if waiting := [page for page in pages if page.needs_ocr]:
        raise UnreadableIssue(Reason.NEEDS_OCR, f"page {waiting[0].number} of {len(pages)}: {waiting[0].needs_ocr}")
    joined = pdf.join_text(pages)
    return build_answer(Decoded(joined.text, PDF_ENCODING, Layout(joined.pages, joined.boxes)))


def _find_pdf_reason(reason: str, data: bytes) -> Reason:
    if reason == "damaged" and b"startxref" not in data[-2048:]:
        return Reason.TRUNCATED
    return Reason(reason)


def build_answer(decoded: Decoded) -> Answer:
    """Raises UnreadableIssue where the text is none that can be published."""
    text, layout = decoded.text, decoded.layout
    if len(text) > MAX_CHARACTERS:
        detail = f"{len(text):,} characters, over the limit of {MAX_CHARACTERS:,} an issue"
        raise UnreadableIssue(Reason.TOO_LARGE, detail)
    if not text.strip():
        raise UnreadableIssue(Reason.NO_TEXT, "no text in it")
    check_text(text, decoded.encoding)
    blobs = [text.encode("utf-8", "replace")]
    if layout is not None:
        blobs += [layout.pages.tobytes(), layout.boxes.tobytes()]
        blobs += [layout.confidences.tobytes()] if layout.confidences is not None else []
    return Answer({"encoding": decoded.encoding}, tuple(blobs))


READERS: Mapping[str, Reader] = {"html": read_html, "pdf": read_pdf}
