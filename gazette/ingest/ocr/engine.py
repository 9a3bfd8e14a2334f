"""Recognises the lines of a page image with rapidocr, the one place that knows it.

Lines are looked for on the page made smaller, and read from the page at its full size: looking takes memory by the
pixel, reading gains from each. The models come with the package; nothing is fetched.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from gazette.ingest.ocr.ends import lengthen_boxes
from gazette.ingest.ocr.model import OcrCharacter, OcrLine, Point
from gazette.ingest.ocr.settings import OcrSettings
from gazette.ingest.pdf import PageImage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_PACKAGES = ("rapidocr", "onnxruntime", "cv2", "PIL")
_LEAST_SIDE = 8  # pixels

HOW_TO_INSTALL = (
    "reading it takes OCR, which is not installed: run  make ocr  or  pip install '.[ocr]'  (450 MB) in the "
    "project's folder and environment; the next run reads it"
)


class OcrProblem(ValueError):
    """A page that cannot be read: `reason` is one of needs_ocr, damaged, too_large, reader_failed; `detail` is for a
    person."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail

    def __reduce__(self) -> tuple[type[OcrProblem], tuple[str, str]]:
        return type(self), (self.reason, self.detail)


def is_installed() -> bool:
    """Whether the optional extra `ocr` is there. Loads none of it."""
    return all(find_spec(name) is not None for name in _PACKAGES)


def check_installed() -> None:
    """Raises OcrProblem (needs_ocr), which says how to get it."""
    if not is_installed():
        raise OcrProblem("needs_ocr", HOW_TO_INSTALL)


def recognise(image: PageImage, settings: OcrSettings) -> list[OcrLine]:
    """The lines of a page image, in no particular order. Raises OcrProblem."""
    check_installed()
    if min(image.width, image.height) < _LEAST_SIDE:
        return []
    import numpy as np

    pixels = np.frombuffer(image.pixels, dtype=np.uint8).reshape(image.height, image.width, 3)[:, :, ::-1]
    engine = _load_engine(settings)
    try:
        found = engine(pixels, use_det=True, use_cls=False, use_rec=False)
        boxes = getattr(found, "boxes", None)
        if boxes is None or len(boxes) == 0:
            return []
        return _read_lines(engine, pixels, lengthen_boxes(pixels, np.asarray(boxes, dtype=np.float32)))
    except MemoryError:
        raise
    except Exception as error:  # rapidocr and onnxruntime have no common base for theirs
        raise OcrProblem("reader_failed", f"recognition broke down: {type(error).__name__}: {error}"[:300]) from error


@cache
def _load_engine(settings: OcrSettings) -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(
        params={
            "Global.max_side_len": int(settings.detection_side),
            "Global.text_score": 0.0,
            "Global.return_word_box": True,
            "Global.log_level": "critical",
            "Det.max_candidates": int(settings.most_lines),
        }
    )


def _read_lines(engine: Any, pixels: NDArray[np.uint8], boxes: NDArray[np.float32]) -> list[OcrLine]:
    crops = engine.crop_text_regions(pixels, boxes)
    whole = [index for index, crop in enumerate(crops) if crop.size and min(crop.shape[:2]) > 1]
    if not whole:
        return []
    read = engine.recognize_txt([crops[index] for index in whole])
    lines: list[OcrLine] = []
    for index, text, words in zip(whole, read.txts, read.word_results, strict=True):
        points = [Point(float(x), float(y)) for x, y in boxes[index]]
        if characters := _place_characters(text, words):
            lines.append(OcrLine((points[0], points[1], points[2], points[3]), characters))
    return lines


def _place_characters(text: str, words: Any) -> tuple[OcrCharacter, ...]:
    """Each character at its step of the recogniser, which goes over the line in steps of one width."""
    steps = [step for word in words.word_cols for step in word]
    printed = [(c, confidence) for c, confidence in zip(text, words.confs, strict=True) if not c.isspace()]
    places = [min(1.0, (step + 0.5) / words.line_txt_len) for step in steps]
    return tuple(OcrCharacter(c, place, confidence) for (c, confidence), place in zip(printed, places, strict=True))
