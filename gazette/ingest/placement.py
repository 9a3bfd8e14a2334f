"""Where on which page each character of a text is printed, and how surely it was read: what a page's reader knows
beyond the text."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gazette.layout.model import Box


@dataclass(frozen=True, slots=True)
class Layout:
    """The page (from 1; 0 for what is not printed, as line feeds) and the box of each character of a text, in points
    from the page's upper left corner, x0, y0, x1, y1 one character after the other; for text read from an image also
    how sure the reader was of each, 0 to 1."""

    pages: array[int]
    boxes: array[float]
    confidences: array[float] | None = None

    def find_box(self, start: int, end: int) -> Box | None:
        """Where the characters from `start` to `end` are printed: the stretch on the line that they begin on."""
        from gazette.layout.model import PageText  # here, for text files come without a layout

        pages, boxes = self.pages[start:end], self.boxes[4 * start : 4 * end]
        found = PageText(" " * len(pages), pages, boxes).find_boxes(0, len(pages))
        return found[0] if found else None

    def find_confidence(self, start: int, end: int) -> float | None:
        """The least sure of the characters from `start` to `end`."""
        if self.confidences is None:
            return None
        printed = (c for c, page in zip(self.confidences[start:end], self.pages[start:end], strict=True) if page)
        return min(printed, default=None)
