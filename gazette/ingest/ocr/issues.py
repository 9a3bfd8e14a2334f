"""Whole issues with scanned pages: what the readers of formats call, with the issue's limits on pages and time.

`allow_seconds` is told how much processor time the pages may take before the first of them is read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gazette.ingest.ocr.engine import OcrProblem, check_installed
from gazette.ingest.ocr.images import read_images
from gazette.ingest.ocr.model import OcrText, join_pages
from gazette.ingest.ocr.reading import read_scan
from gazette.ingest.ocr.settings import read_settings
from gazette.ingest.pdf import PdfPage, render_page
from gazette.layout import PageText

Allow = Callable[[int], object]


def read_scanned_pages(data: bytes, pages: Sequence[PdfPage], allow_seconds: Allow) -> OcrText:
    """The text of a PDF: that of its text layer, and what is read from the image of each page that has no usable one.
    Raises OcrProblem, and PdfProblem where a page cannot be drawn."""
    scanned = [page for page in pages if page.needs_ocr]
    if scanned:
        _check_pages(len(scanned), allow_seconds)
    texts: list[PageText] = []
    for page in pages:
        image = render_page(data, page.number, read_settings().dots_per_inch) if page.needs_ocr else None
        texts.append(read_scan(image, page.number) if image else page.text)
    return join_pages(texts)


def read_image_issue(data: bytes, allow_seconds: Allow) -> OcrText:
    """The text of an image file, each frame of a TIFF being a page. Raises OcrProblem."""
    check_installed()
    texts: list[OcrText] = []
    for number, image in enumerate(read_images(data), start=1):
        _check_pages(number, allow_seconds)
        texts.append(read_scan(image, number))
    return join_pages(texts)


def _check_pages(count: int, allow_seconds: Allow) -> None:
    check_installed()
    settings = read_settings()
    if count > settings.most_pages:
        raise OcrProblem("too_large", f"{count} scanned pages, over the limit of {settings.most_pages:.0f} an issue")
    allow_seconds(int(settings.seconds_to_start + settings.seconds_a_page * count))
