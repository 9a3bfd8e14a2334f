"""How far a scanned page is turned, found by how well the left edges of its lines stand one above the other.

The lines' own slopes tell less: a box is only as exact as a pixel or two, which over a column's width is a third of a
degree, while the edges of one column are measured over the height of the page.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

from gazette.ingest.ocr.model import OcrLine, Point

_FEWEST_LINES = 8  # fewer align by chance
_STEP = 0.05  # degrees
_CLOSE = 0.3  # of the line height: edges within it align
_AS_GOOD = 0.995


def find_skew(lines: Sequence[OcrLine], largest: float) -> float:
    """The angle in degrees, between -`largest` and `largest`, that the lines run downwards to the right."""
    slopes = [_find_slope(line) for line in lines if line.end.x - line.start.x > 3 * find_height(line)]
    if len(lines) < _FEWEST_LINES:
        return max(-largest, min(largest, median(slopes))) if slopes else 0.0
    starts = [line.start for line in lines]
    width = _CLOSE * median(find_height(line) for line in lines)
    count = round(largest / _STEP)
    scores = {step * _STEP: _score(starts, step * _STEP, width) for step in range(-count, count + 1)}
    best = max(scores.values())
    return median(angle for angle, score in scores.items() if score >= _AS_GOOD * best)


def find_height(line: OcrLine) -> float:
    left, right = line.corners[0], line.corners[1]
    below_left, below_right = line.corners[3], line.corners[2]
    return (math.dist(left, below_left) + math.dist(right, below_right)) / 2


def turn(point: Point, degrees: float) -> Point:
    """Where the point stands once the page is turned back by that angle, about the page's upper left corner."""
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return Point(point.x * cosine + point.y * sine, point.y * cosine - point.x * sine)


def _find_slope(line: OcrLine) -> float:
    return math.degrees(math.atan2(line.end.y - line.start.y, line.end.x - line.start.x))


def _score(starts: Sequence[Point], degrees: float, width: float) -> float:
    """The sum over all edges of how many others are close, the closer the more."""
    edges = sorted(turn(start, degrees).x for start in starts)
    total = 0.0
    first = 0
    for index, edge in enumerate(edges):
        while edge - edges[first] > width:
            first += 1
        total += sum(1.0 - (edge - other) / width for other in edges[first:index])
    return total
