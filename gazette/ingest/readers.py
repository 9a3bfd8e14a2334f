"""What the processes of the sandbox can do: one reader a format, and the look into archives.

A reader takes the bytes of an issue file and gives an `Answer` that `gazette.ingest.formats` makes a text of. Libraries
are loaded by the reader that needs them: a process that reads HTML loads no PDF library.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gazette.ingest.decode import Decoded, check_text
from gazette.ingest.placement import Layout
from gazette.ingest.reasons import Reason, UnreadableIssue
from gazette.ingest.sandbox import Answer

if TYPE_CHECKING:
    from gazette.ingest.archives import Member
    from gazette.layout import PageText

MAX_CHARACTERS = 2_000_000  # of one issue; a page has ten thousand
PDF_ENCODING, OCR_ENCODING = "pdf", "ocr"  # what comes from a page has no encoding of its own


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


def read_docx(data: bytes, budget: Budget) -> Answer:
    from gazette.ingest.docx import read_document

    return build_answer(read_document(data))


def read_pdf(data: bytes, budget: Budget) -> Answer:
    """A PDF with a text layer on every page."""
    from gazette.ingest import pdf
    from gazette.ingest.streams import check_streams

    try:
        with pdf.open_pdf(data):
            pass  # what is no PDF at all, or is locked, is told so first
        check_streams(data)
        pages = pdf.read_pdf(data, budget.allow_pages)
    except pdf.PdfProblem as problem:
        raise _explain(problem.reason, problem.detail) from None
    if waiting := [page for page in pages if page.needs_ocr]:
        from gazette.ingest.ocr.engine import HOW_TO_INSTALL

        where = f"page {waiting[0].number} of {len(pages)}: {waiting[0].needs_ocr}"
        raise UnreadableIssue(Reason.NEEDS_OCR, f"{where}; {HOW_TO_INSTALL}")
    return _build_paged(pdf.join_text(pages), PDF_ENCODING)


def read_scanned_pdf(data: bytes, budget: Budget) -> Answer:
    """A PDF some of whose pages are pictures."""
    from gazette.ingest import pdf
    from gazette.ingest.ocr import OcrProblem, read_scanned_pages

    try:
        text = read_scanned_pages(data, pdf.read_pdf(data, budget.allow_pages), budget.set_seconds)
    except (pdf.PdfProblem, OcrProblem) as problem:
        raise _explain(problem.reason, problem.detail) from None
    return _build_paged(text, OCR_ENCODING, text.confidences)


def read_image(data: bytes, budget: Budget) -> Answer:
    """A photograph or scan."""
    from gazette.ingest.ocr import OcrProblem, read_image_issue

    try:
        text = read_image_issue(data, budget.set_seconds)
    except OcrProblem as problem:
        raise _explain(problem.reason, problem.detail) from None
    return _build_paged(text, OCR_ENCODING, text.confidences)


def draw_page(data: bytes, budget: Budget, number: int, is_pdf: bool, dpi: float) -> Answer:
    """A picture of one page for people to look at, and the page's size in points."""
    from gazette.ingest import pdf, pictures
    from gazette.ingest.ocr import OcrProblem

    budget.allow_pages(max(number, 1))
    try:
        page = pdf.render_page(data, number, dpi) if is_pdf else pictures.read_image(data, number)
    except (pdf.PdfProblem, OcrProblem) as problem:
        raise _explain(problem.reason, problem.detail) from None
    size = {"width": page.width / page.scale, "height": page.height / page.scale}
    return Answer(size, (pictures.write_webp(page),))


def list_archive(data: bytes, budget: Budget, path: str) -> Answer:
    """What is in the archive at `path`."""
    from gazette.ingest.archives import list_members

    format_, members = list_members(path)
    return Answer({"format": format_, "members": [_build_entry(member) for member in members]})


def read_archive_member(data: bytes, budget: Budget, path: str, index: int, name: str, largest: int) -> Answer:
    """The bytes of one member."""
    from gazette.ingest.archives import read_member

    return Answer({}, (read_member(path, index, name, largest),))


def _build_entry(member: Member) -> list[object]:
    problem = member.problem
    return [member.index, member.name, member.size, problem and problem.reason.value, problem and problem.detail]


def _explain(reason: str, detail: str) -> UnreadableIssue:
    """The problem of a library as a reason of ingest."""
    return UnreadableIssue(Reason(reason) if reason in set(Reason) else Reason.READER_FAILED, detail)


def _build_paged(text: PageText, encoding: str, confidences: array[float] | None = None) -> Answer:
    return build_answer(Decoded(text.text, encoding, Layout(text.pages, text.boxes, confidences)))


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


READERS: Mapping[str, Reader] = {
    "html": read_html,
    "docx": read_docx,
    "pdf": read_pdf,
    "scanned_pdf": read_scanned_pdf,
    "image": read_image,
    "draw_page": draw_page,
    "archive": list_archive,
    "member": read_archive_member,
}
