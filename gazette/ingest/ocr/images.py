"""Reads page images from files: PNG, JPEG, and TIFF, of which each frame is a page.

Takes a file's bytes, gives images with their scale. The size is read from the header and held against the limit before
a pixel is decoded. An image that does not say its resolution, or says one that no scanner has, counts as
`dots_per_inch` of the settings.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from gazette.ingest.ocr.engine import OcrProblem
from gazette.ingest.ocr.settings import read_settings
from gazette.ingest.pdf import MAX_PIXELS, PageImage

if TYPE_CHECKING:
    from PIL import Image

FORMATS = ("PNG", "JPEG", "TIFF")
_RESOLUTIONS = (100.0, 1200.0)  # dots an inch


def read_images(data: bytes) -> Iterator[PageImage]:
    """The pages of an image file, decoded one at a time. Raises OcrProblem."""
    from PIL import Image

    try:
        with warnings.catch_warnings(action="ignore"), Image.open(io.BytesIO(data), formats=FORMATS) as image:
            _check_pages(image)
            for number in range(getattr(image, "n_frames", 1)):
                image.seek(number)
                yield _read_frame(image, number + 1)
    except OcrProblem:
        raise
    except Image.DecompressionBombError as error:
        raise OcrProblem("too_large", f"over the limit of {MAX_PIXELS:,} pixels a page") from error
    except (OSError, ValueError, SyntaxError, TypeError, EOFError, KeyError) as error:
        raise OcrProblem("damaged", "the image is cut short or damaged") from error


def _check_pages(image: Any) -> None:
    most = int(read_settings().most_pages)
    if (pages := getattr(image, "n_frames", 1)) > most:
        raise OcrProblem("too_large", f"{pages} pages, over the limit of {most} scanned ones an issue")


def _read_frame(image: Image.Image, number: int) -> PageImage:
    width, height = image.size
    if width * height > MAX_PIXELS:
        detail = f"page {number} is {width:,} by {height:,} pixels, over the limit of {MAX_PIXELS:,} in all"
        raise OcrProblem("too_large", detail)
    scale = _find_resolution(image) / 72.0
    upright = _draw_upright(image)
    return PageImage(upright.width, upright.height, scale, upright.tobytes())


def _draw_upright(image: Image.Image) -> Image.Image:
    """In three colours, on white where it is transparent, turned as the camera was held."""
    from PIL import Image, ImageOps

    image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I") or image.mode == "F":
        low, high = (float(value) for value in image.convert("F").getextrema())  # type: ignore[arg-type]
        spread = 255.0 / (high - low) if high > low else 1.0
        image = image.convert("F").point(lambda value: value * spread - low * spread).convert("L")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        ground = Image.new("RGBA", image.size, (255, 255, 255, 255))
        image = Image.alpha_composite(ground, image)
    return image.convert("RGB")


def _find_resolution(image: Image.Image) -> float:
    dots = image.info.get("dpi", (0.0,))
    try:
        stated = float(dots[0])
    except (TypeError, ValueError, IndexError, ZeroDivisionError):
        stated = 0.0
    least, most = _RESOLUTIONS
    return stated if least <= stated <= most else read_settings().dots_per_inch
