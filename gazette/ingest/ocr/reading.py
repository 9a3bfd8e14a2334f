"""From a page image to its text in reading order: start reading here.

The layout works on the page turned upright and brought to a common type size, because its smallest distances are in
points; the boxes it gives are brought back to the page as it is, in points from the upper left corner.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median

from gazette.ingest.ocr.engine import recognise
from gazette.ingest.ocr.glyphs import build_glyphs, level_lines
from gazette.ingest.ocr.model import CERTAIN, OcrLine, OcrText, Point, add_confidences
from gazette.ingest.ocr.settings import OcrSettings, read_settings
from gazette.ingest.ocr.skew import find_skew, turn
from gazette.ingest.ocr.walls import find_walls
from gazette.ingest.pdf import PageImage
from gazette.layout import Glyph, PageText, Wall, read_page

_TYPE_SIZE = 10.0  # points: what running text is brought to for the layout

Edges = tuple[float, float, float, float]


def read_scan(image: PageImage, number: int = 1) -> OcrText:
    """The text of a page image; empty where nothing is printed. Boxes are in points by the image's scale. Raises
    OcrProblem where the extra is missing or recognition fails."""
    settings = read_settings()
    lines = recognise(image, settings)
    skew = find_skew(lines, settings.largest_skew)
    return order_lines(lines, find_walls(image, lines, skew), skew=skew, scale=image.scale, page=number)


def order_lines(
    lines: Iterable[OcrLine],
    walls: Iterable[Wall] = (),
    *,
    skew: float,
    scale: float,
    page: int = 1,
    settings: OcrSettings | None = None,
) -> OcrText:
    """Recognised lines as text in reading order. `walls` are in pixels on the page turned upright; `scale`: pixels a
    point."""
    settings = settings or read_settings()
    kept = [line for line in lines if line.confidence >= settings.least_line_confidence]
    levelled = level_lines(kept, skew)
    if not levelled:
        return OcrText()
    frame = _Frame.fit([line.size for line in levelled for _ in line.characters], skew, scale)
    glyphs: list[Glyph] = []
    confidences: dict[Edges, float] = {}
    for line in levelled:
        found = [frame.bring_in(glyph) for glyph in build_glyphs(line)]
        printed = [c for c in line.characters if not c.text.isspace()]
        confidences.update((_find_edges(g[1:5]), c.confidence) for g, c in zip(found, printed, strict=True))
        glyphs.extend(found)
    width = max(g.x1 for g in glyphs) - min(0.0, min(g.x0 for g in glyphs))
    text = read_page(glyphs, [frame.bring_in_wall(wall) for wall in walls], width=width, page=page)
    return _add_confidences(text, confidences, frame)


@dataclass(frozen=True, slots=True)
class _Frame:
    """Between pixels of the upright page, points of the layout, and points of the page as it is."""

    zoom: float  # layout points a pixel
    skew: float
    scale: float

    @classmethod
    def fit(cls, sizes: Sequence[float], skew: float, scale: float) -> _Frame:
        return cls(_TYPE_SIZE / median(sizes), skew, scale)

    def bring_in(self, glyph: Glyph) -> Glyph:
        x0, y0, x1, y1, size = (value * self.zoom for value in glyph[1:6])
        return Glyph(glyph.text, x0, y0, x1, y1, size)

    def bring_in_wall(self, wall: Wall) -> Wall:
        return Wall(wall.kind, *(edge * self.zoom for edge in wall[1:]))

    def bring_back(self, edges: Edges) -> Edges:
        """The box about the character's middle on the page as it is, which was turned by a few degrees at most."""
        x0, y0, x1, y1 = (edge / self.zoom for edge in edges)
        x, y = turn(Point((x0 + x1) / 2, (y0 + y1) / 2), -self.skew)
        half_width, half_height = (x1 - x0) / 2, (y1 - y0) / 2
        corners = (x - half_width, y - half_height, x + half_width, y + half_height)
        left, top, right, bottom = (max(0.0, edge / self.scale) for edge in corners)
        return left, top, right, bottom


def _find_edges(edges: Iterable[float]) -> Edges:
    """As exact as the layout keeps them."""
    x0, y0, x1, y1 = array("f", edges)
    return x0, y0, x1, y1


def _add_confidences(text: PageText, confidences: dict[Edges, float], frame: _Frame) -> OcrText:
    """The layout does not know of confidences; a character's box tells which one it is."""
    boxes, found = array("f"), array("f")
    for index, page in enumerate(text.pages):
        edges = _find_edges(text.boxes[4 * index : 4 * index + 4])
        boxes.extend(frame.bring_back(edges) if page else edges)
        found.append(confidences[edges] if page else CERTAIN)
    return add_confidences(replace(text, boxes=boxes), found)
