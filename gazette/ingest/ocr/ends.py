"""Lengthens the boxes of lines to the ink that was left out at their ends.

Detection loses a thin last character (一, 二, a closing quotation mark) after a gap now and then, and with it perhaps a
digit of a figure: such a loss is silent, so what is printed within a character's reach of a line is read with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_DARK = 0.75  # of the paper's brightness
_LOWEST = 16.0  # pixels: on a coarser page dirt looks like strokes
_REACH = 1.5  # heights of the box
_HALF = 0.55  # of the height, above and below the middle: where ink is looked for
_STROKE = 0.2  # of the height: the shortest stroke of a character; what is shorter is dirt
_TALLEST = 1.0  # of the height: what is taller is a rule or a picture
_THINNEST = 0.012  # of the square of the height: the least area of a stroke
_MARGIN = 0.15  # of the height, kept beyond the ink


def lengthen_boxes(pixels: NDArray[np.uint8], boxes: NDArray[np.float32]) -> NDArray[np.float32]:
    """The boxes (n x 4 corners x 2, from the upper left clockwise, in pixels) with their ends where the ink ends."""
    import cv2
    import numpy as np

    grey = cv2.GaussianBlur(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), (3, 3), 0)
    ink = (grey < _DARK * np.percentile(grey[::8, ::8], 75)).astype(np.uint8)
    edges = np.stack([boxes[..., 0].min(1), boxes[..., 1].min(1), boxes[..., 0].max(1), boxes[..., 1].max(1)], axis=1)
    lengthened = boxes.copy()
    for index, box in enumerate(boxes):
        height = float(np.linalg.norm(box[3] - box[0]) + np.linalg.norm(box[2] - box[1])) / 2
        if height < _LOWEST or edges[index, 2] - edges[index, 0] < height:
            continue
        along = (box[1] - box[0]) / max(float(np.linalg.norm(box[1] - box[0])), 1.0)
        for corners, outwards in (((1, 2), 1), ((0, 3), -1)):
            middle = (box[corners[0]] + box[corners[1]]) / 2
            free = _find_free(edges, index, outwards, _REACH * height)
            added = _measure_ink(ink, float(middle[0]), float(middle[1]), height, outwards, free)
            for corner in corners:
                lengthened[index, corner] += outwards * added * along
    return lengthened


def _find_free(edges: NDArray[np.float32], index: int, outwards: int, reach: float) -> float:
    """How far it is from the end of a line to the next line on its level, at most `reach`."""
    x0, y0, x1, y1 = edges[index]
    level = (edges[:, 3] > y0 + 0.25 * (y1 - y0)) & (edges[:, 1] < y1 - 0.25 * (y1 - y0))
    level[index] = False
    apart = edges[level, 0] - x1 if outwards > 0 else x0 - edges[level, 2]
    beside = edges[level, 2] > x1 if outwards > 0 else edges[level, 0] < x0
    return float(min(reach, apart[beside].min(initial=reach)))


def _measure_ink(ink: NDArray[np.uint8], x: float, y: float, height: float, outwards: int, free: float) -> float:
    """How far beyond the end of a line there are strokes, with a margin; 0 where there are none. What goes on beyond
    the reach is no character that belongs to the line."""
    import cv2

    first, last = (int(x), int(x + free)) if outwards > 0 else (int(x - free), int(x))
    first, last = max(first, 0), min(last, ink.shape[1])
    top, bottom = max(0, int(y - _HALF * height)), min(ink.shape[0], int(y + _HALF * height) + 1)
    if last - first < 3 or bottom - top < 3:
        return 0.0
    strip = ink[top:bottom, first:last]
    farthest = 0
    _, _, found, _ = cv2.connectedComponentsWithStats(strip if outwards > 0 else strip[:, ::-1].copy())
    for left, _, wide, high, area in found[1:].tolist():
        is_stroke = max(wide, high) >= _STROKE * height and area >= _THINNEST * height * height
        if is_stroke and high < _TALLEST * height and left + wide < strip.shape[1]:
            farthest = max(farthest, left + wide)
    return float(min(farthest + _MARGIN * height, free)) if farthest else 0.0
