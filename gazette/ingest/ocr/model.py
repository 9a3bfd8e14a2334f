"""What recognition gives, line by line, and what a scanned page becomes: text with a box and a confidence for each
character."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import NamedTuple

from gazette.layout import PageText
from gazette.layout import join_pages as join_texts

CERTAIN = 1.0  # the confidence of a character that was not read by OCR: put in between, or from a text layer


class Point(NamedTuple):
    """In pixels of the page image, from its upper left corner."""

    x: float
    y: float


class OcrCharacter(NamedTuple):
    """One character of a line: its middle as a share of the line's length, its confidence from 0 to 1."""

    text: str
    place: float
    confidence: float


@dataclass(frozen=True, slots=True)
class OcrLine:
    """A line as it was recognised: the corners of its box (upper left, upper right, lower right, lower left) and its
    characters from left to right."""

    corners: tuple[Point, Point, Point, Point]
    characters: tuple[OcrCharacter, ...]

    @property
    def text(self) -> str:
        return "".join(c.text for c in self.characters)

    @property
    def confidence(self) -> float:
        """The mean over its characters."""
        return sum(c.confidence for c in self.characters) / max(len(self.characters), 1)

    @property
    def start(self) -> Point:
        """The middle of its left edge."""
        return _find_middle(self.corners[0], self.corners[3])

    @property
    def end(self) -> Point:
        return _find_middle(self.corners[1], self.corners[2])


def _find_middle(first: Point, second: Point) -> Point:
    return Point((first.x + second.x) / 2, (first.y + second.y) / 2)


@dataclass(slots=True)
class OcrText(PageText):
    """The text of a page or of several, `confidences[i]` being that of `text[i]`, or CERTAIN."""

    confidences: array[float] = field(default_factory=lambda: array("f"))

    def find_confidence(self, start: int, end: int) -> float | None:
        """The lowest confidence of what is printed of `text[start:end]`; None where nothing is."""
        printed = (c for c, page in zip(self.confidences[start:end], self.pages[start:end], strict=True) if page)
        return min(printed, default=None)


def join_pages(pages: Iterable[PageText]) -> OcrText:
    """One text of many, parted by a blank line. Pages with a text layer may be among them."""
    kept = [page for page in pages if page.text]
    joined = join_texts(kept)
    confidences = array("f")
    for page in kept:
        if confidences:
            confidences.extend((CERTAIN, CERTAIN))
        confidences.extend(page.confidences if isinstance(page, OcrText) else [CERTAIN] * len(page.text))
    return add_confidences(joined, confidences)


def add_confidences(text: PageText, confidences: array[float]) -> OcrText:
    """The same text with a confidence for each character."""
    return OcrText(**{f.name: getattr(text, f.name) for f in fields(PageText)}, confidences=confidences)
