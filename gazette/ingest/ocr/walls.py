"""Finds the pictures and rules of a scanned page, which captions stand under and text does not run across.

Takes the image and its lines, gives walls in pixels on the page turned upright. Text is painted over first, so that
what is left dark is drawn: a large dark patch is a picture, a long thin one a rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import TYPE_CHECKING, Any

from gazette.ingest.ocr.model import OcrLine
from gazette.ingest.ocr.skew import find_height
from gazette.ingest.pdf import PageImage
from gazette.layout import Wall, WallKind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_STEP = 4  # pixels a cell where pictures are looked for
_LEAST_PICTURE = 4.0  # line heights, either way
_PICTURE_DARKNESS = 0.92  # of the paper's brightness
_PICTURE_FILL = 0.5
_RULE_DARKNESS = 0.7
_LEAST_RULE = 5.0  # line heights
_THICKEST_RULE = 0.4


def find_walls(image: PageImage, lines: Sequence[OcrLine], skew: float) -> list[Wall]:
    """Pictures and rules; none where no line was read. `skew` in degrees."""
    if not lines:
        return []
    import cv2
    import numpy as np

    height = median(find_height(line) for line in lines)
    pixels = np.frombuffer(image.pixels, dtype=np.uint8).reshape(image.height, image.width, 3)
    grey = cv2.medianBlur(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), 3)
    paper = int(np.percentile(grey[::8, ::8], 75))
    for line in lines:
        cv2.fillConvexPoly(grey, np.array(line.corners, dtype=np.int32), paper)
    turning = cv2.getRotationMatrix2D((0.0, 0.0), skew, 1.0)
    grey = cv2.warpAffine(grey, turning, (image.width, image.height), flags=cv2.INTER_LINEAR, borderValue=paper)
    pictures = _find_pictures(cv2, grey, paper, height)
    for picture in pictures:
        grey[int(picture.y0) : int(picture.y1) + 1, int(picture.x0) : int(picture.x1) + 1] = paper
    return pictures + _find_rules(cv2, grey < _RULE_DARKNESS * paper, height)


def _find_pictures(cv2: Any, grey: NDArray[np.uint8], paper: int, height: float) -> list[Wall]:
    rows, columns = grey.shape
    small = cv2.resize(grey, (max(1, columns // _STEP), max(1, rows // _STEP)), interpolation=cv2.INTER_AREA)
    dark = (cv2.blur(small, (5, 5)) < _PICTURE_DARKNESS * paper).astype("uint8")
    least = _LEAST_PICTURE * height / _STEP
    found: list[Wall] = []
    _, _, stats, _ = cv2.connectedComponentsWithStats(dark)
    for x, y, wide, high, area in stats[1:].tolist():
        if min(wide, high) >= least and area > _PICTURE_FILL * wide * high and wide * high < 0.6 * dark.size:
            found.append(Wall(WallKind.IMAGE, x * _STEP, y * _STEP, (x + wide) * _STEP, (y + high) * _STEP))
    return found


def _find_rules(cv2: Any, dark: NDArray[np.bool_], height: float) -> list[Wall]:
    ink = dark.astype("uint8")
    long = int(_LEAST_RULE * height)
    found: list[Wall] = []
    for along, shape in ((0, (long, 1)), (1, (1, long))):
        joined = cv2.morphologyEx(
            ink, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_RECT, (9, 3) if along == 0 else (3, 9))
        )
        kept = cv2.morphologyEx(joined, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_RECT, shape))
        _, _, stats, _ = cv2.connectedComponentsWithStats(kept)
        for x, y, wide, high, _area in stats[1:].tolist():
            if (high if along == 0 else wide) <= _THICKEST_RULE * height:
                found.append(Wall(WallKind.RULE, x, y, x + wide, y + high))
    return found
