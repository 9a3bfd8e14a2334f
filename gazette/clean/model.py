"""What cleaning gives: running text in blocks, every character of which knows its place in the decoded text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a block is on the page."""

    HEADLINE = "headline"  # an article's headline, also a page title
    SUBHEAD = "subhead"  # a heading inside an article
    BODY = "body"  # one paragraph
    CAPTION = "caption"  # under a picture
    CREDIT = "credit"  # who wrote, supplied or photographed
    FURNITURE = "furniture"  # page numbers, mastheads, section labels


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of `CleanText.text` with one role. Blocks do not overlap, are in reading order and are
    separated by one line feed. `article` numbers the article that the block belongs to, from 0."""

    role: Role
    start: int
    end: int
    article: int


@dataclass(frozen=True, slots=True)
class CleanText:
    """Cleaned text: no hard wraps, letter-spacing or justification blanks; full width folded one to one.

    `places[i]` is the offset in the decoded text of the character `text[i]`; `len(places) == len(text)`.
    A block separator (line feed) has the place right after its block: of the line end that it stands for. A blank put
    between two lines joined has the place of their line end likewise.
    Within a block places rise, but they may leap over a caption that stood in mid-sentence; from block to block they
    may fall again.
    """

    text: str
    places: Sequence[int]
    blocks: tuple[Block, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The place of `text[start:end]` in the decoded text (end exclusive)."""
        return self.places[start], self.places[end - 1] + 1
