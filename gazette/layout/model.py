"""What the layout takes, glyphs and walls, and what it gives: text in reading order with a box for each character.

All coordinates are in points from the page's upper left corner, x to the right and y downwards.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple


class Glyph(NamedTuple):
    """One character as it is set: its box as wide as its advance and as high as its type size. `size` in points;
    `font` only tells fonts apart."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    font: int = 0
    spaced: bool = False  # a blank is printed before it


class WallKind(StrEnum):
    BOX = "box"  # a rectangle, drawn or filled
    RULE = "rule"  # a thin line, upright or level
    IMAGE = "image"


class Wall(NamedTuple):
    """Something drawn on the page that text does not run across."""

    kind: WallKind
    x0: float
    y0: float
    x1: float
    y1: float


class Box(NamedTuple):
    """Where on which page something is printed; pages count from 1."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(slots=True)
class PageText:
    """Text in reading order, of one page or of several, with a box for each of its characters.

    `pages[i]` is the page (from 1) that `text[i]` stands on, `boxes[4 * i : 4 * i + 4]` are its x0, y0, x1, y1.
    Characters put in between (line feeds, blanks between two lines) have page 0 and a box of zeros. `headlines` are the
    places in `text` of what opens an article, told by its type size, as (start, end).
    """

    text: str = ""
    pages: array[int] = field(default_factory=lambda: array("H"))
    boxes: array[float] = field(default_factory=lambda: array("f"))
    headlines: list[tuple[int, int]] = field(default_factory=list)

    def find_boxes(self, start: int, end: int) -> list[Box]:
        """The boxes of `text[start:end]`, one for each stretch of a line, in reading order."""
        found: list[Box] = []
        for box in self._iter_boxes(start, end):
            if found and _are_on_one_line(found[-1], box):
                last = found[-1]
                found[-1] = Box(box.page, last.x0, min(last.y0, box.y0), box.x1, max(last.y1, box.y1))
            else:
                found.append(box)
        return found

    def _iter_boxes(self, start: int, end: int) -> Iterator[Box]:
        for index in range(start, end):
            if page := self.pages[index]:
                yield Box(page, *self.boxes[4 * index : 4 * index + 4])


def _are_on_one_line(before: Box, after: Box) -> bool:
    middle = (after.y0 + after.y1) / 2
    return before.page == after.page and before.y0 <= middle <= before.y1 and after.x0 > before.x0


def build_page_text(paragraphs: Iterable[tuple[Iterable[Glyph | str], bool, bool]], page: int) -> PageText:
    """Paragraphs one a line, each with whether it is a headline, and whether it opens an article and has a blank line
    before it. A string among the glyphs is something put in, without a box."""
    result = PageText()
    pieces: list[str] = []
    for paragraph, is_headline, opens in paragraphs:
        if pieces:
            _add(result, pieces, "\n\n" if opens else "\n", page)
        start = len(result.pages)
        for glyph in paragraph:
            _add(result, pieces, glyph, page)
        if is_headline:
            result.headlines.append((start, len(result.pages)))
    result.text = "".join(pieces)
    return result


def _add(result: PageText, pieces: list[str], glyph: Glyph | str, page: int) -> None:
    if isinstance(glyph, Glyph):
        text, number, box = glyph.text, page, glyph[1:5]
    else:
        text, number, box = glyph, 0, (0.0, 0.0, 0.0, 0.0)
    pieces.append(text)
    for _ in text:
        result.pages.append(number)
        result.boxes.extend(box)


def join_pages(pages: Iterable[PageText]) -> PageText:
    """One text of many, parted by a blank line. Pages without text leave nothing behind."""
    joined = PageText()
    texts: list[str] = []
    for page in pages:
        if not page.text:
            continue
        if texts:
            joined.pages.extend((0, 0))
            joined.boxes.extend((0.0,) * 8)
        texts.append(page.text)
        joined.headlines.extend((len(joined.pages) + start, len(joined.pages) + end) for start, end in page.headlines)
        joined.pages.extend(page.pages)
        joined.boxes.extend(page.boxes)
    joined.text = "\n\n".join(texts)
    return joined
