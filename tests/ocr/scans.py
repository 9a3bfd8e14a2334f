"""Makes what recognition gives for a scanned page: lines with jittered boxes, turned by some degrees."""

from __future__ import annotations

import math
import random

from gazette.ingest.ocr.model import OcrCharacter, OcrLine, Point

SIZE = 28.0  # pixels
PAD = 3.0  # that recognition adds about a line
PITCH = 40.0


def build_line(
    text: str, x: float, y: float, *, size: float = SIZE, confidence: float = 0.99, jitter: float = 0.0
) -> OcrLine:
    """A line whose ink begins at x, y (upper left) on the upright page."""
    widths = [size if c >= "\u2e80" or c in "“”" else 0.55 * size for c in text]
    length = sum(widths) + 2 * PAD
    draw = random.Random(f"{text}{x}{y}")
    left, right, top, bottom = (draw.uniform(-jitter, jitter) for _ in range(4))
    x0, x1, y0, y1 = x - PAD + left, x + length - PAD + right, y - PAD + top, y + size + PAD + bottom
    characters, at = [], PAD
    for c, width in zip(text, widths, strict=True):
        ink = 0.25 * size if c in "，。、；：”" else 0.75 * size if c == "“" else width / 2
        if c != " ":
            characters.append(OcrCharacter(c, (at + ink) / length, confidence))
        at += width
    return OcrLine((Point(x0, y0), Point(x1, y0), Point(x1, y1), Point(x0, y1)), tuple(characters))


def build_column(text: str, x: float, y: float, *, ems: int = 10, jitter: float = 1.0) -> list[OcrLine]:
    """A column of that many characters a line; a paragraph begins with two full-width blanks."""
    lines: list[OcrLine] = []
    for paragraph in text.split("\n"):
        for start in range(0, len(paragraph), ems):
            part = paragraph[start : start + ems]
            indent = len(part) - len(part.lstrip("\u3000"))
            lines.append(build_line(part.lstrip("\u3000"), x + indent * SIZE, y + PITCH * len(lines), jitter=jitter))
    return lines


def turn_lines(lines: list[OcrLine], degrees: float) -> list[OcrLine]:
    """As they stand on a page that was laid on the scanner askew: running downwards to the right by `degrees`."""
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))

    def turn(point: Point) -> Point:
        return Point(point.x * cosine - point.y * sine, point.x * sine + point.y * cosine)

    turned = []
    for line in lines:
        a, b, c, d = line.corners
        turned.append(OcrLine((turn(a), turn(b), turn(c), turn(d)), line.characters))
    return turned
