"""Scanned pages to text in reading order, with a box and a confidence for every character.

Takes page images (`images` reads them from files, `gazette.ingest.pdf` draws them), gives what a text layer gives, so
that the stages after ingest need not know that a page was scanned. Recognition is an optional extra of the project:
without it `is_installed` says no, and an issue that needs it waits as `needs_ocr`.

    engine (rapidocr: lines) -> skew -> glyphs -> gazette.layout (reading order) -> boxes on the page as it is
"""

from gazette.ingest.ocr.engine import HOW_TO_INSTALL, OcrProblem, check_installed, is_installed
from gazette.ingest.ocr.images import read_images
from gazette.ingest.ocr.issues import read_image_issue, read_scanned_pages
from gazette.ingest.ocr.model import CERTAIN, OcrLine, OcrText, join_pages
from gazette.ingest.ocr.reading import order_lines, read_scan
from gazette.ingest.ocr.settings import OcrSettings, read_settings

__all__ = [
    "CERTAIN",
    "HOW_TO_INSTALL",
    "OcrLine",
    "OcrProblem",
    "OcrSettings",
    "OcrText",
    "check_installed",
    "is_installed",
    "join_pages",
    "order_lines",
    "read_image_issue",
    "read_images",
    "read_scan",
    "read_scanned_pages",
    "read_settings",
]
