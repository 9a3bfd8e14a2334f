"""Takes a page as pixels, gives it as a picture for a screen. Runs in the processes of the sandbox alone."""

from __future__ import annotations

import io
from itertools import islice

from PIL import Image

from gazette.ingest.ocr import OcrProblem
from gazette.ingest.ocr.images import read_images
from gazette.ingest.pdf import PageImage

LONGEST_SIDE = 2600  # pixels
QUALITY = 60  # of WebP, at which the small print of a newspaper is as legible as at 90


def read_image(data: bytes, number: int) -> PageImage:
    """Frame `number` (from 1) of an image file. Raises OcrProblem."""
    page = next(islice(read_images(data), number - 1, None), None)
    if page is None:
        raise OcrProblem("damaged", f"it has no page {number}")
    return page


def write_webp(page: PageImage) -> bytes:
    image = Image.frombytes("RGB", (page.width, page.height), page.pixels)
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    written = io.BytesIO()
    image.save(written, "WEBP", quality=QUALITY)
    return written.getvalue()
