"""A grid for the terminal: columns aligned in terminal cells (a Chinese character takes two), with notes between lines.

A note is what is too long for a column: the sentence of a record, the reason of an issue.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

WIDEST_CELL = 44
GAP = 2


@dataclass(frozen=True, slots=True)
class Heading:
    """The lines above a column, and whether its cells stand at the right."""

    lines: Sequence[str]
    right: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """The cells of one row, in the order of the headings; its note stands below, folded or cut at the right edge."""

    cells: Sequence[str]
    note: str = ""
    fold: bool = False
    style: str = ""


def print_grid(console: Console, headings: Sequence[Heading], lines: Sequence[Line]) -> None:
    """As many columns, from the left, as there is room for."""
    from rich.padding import Padding
    from rich.text import Text

    widths = _find_widths(headings, lines, console.width)
    height = max(len(heading.lines) for heading in headings)
    for i in range(height):
        cells = [_bottom(heading.lines, height)[i] for heading in headings]
        console.print(_build_line(cells, headings, widths, "bold"), no_wrap=True)
    console.print("─" * min(console.width, sum(widths) + GAP * (len(widths) - 1)), style="dim")
    for line in lines:
        console.print(_build_line(line.cells, headings, widths, line.style), no_wrap=True)
        if line.note:
            note = Text(line.note, style="dim", no_wrap=not line.fold, overflow="fold" if line.fold else "ellipsis")
            console.print(Padding(note, (0, 0, 0, 4), expand=False))


def _bottom(lines: Sequence[str], height: int) -> list[str]:
    return [""] * (height - len(lines)) + list(lines)


def _find_widths(headings: Sequence[Heading], lines: Sequence[Line], room: int) -> list[int]:
    """The width of each column, from the left, that fits into `room`."""
    from rich.cells import cell_len

    widths: list[int] = []
    for i, heading in enumerate(headings):
        width = min(max(map(cell_len, (*heading.lines, *(line.cells[i] for line in lines)))), WIDEST_CELL)
        if sum(widths) + GAP * len(widths) + width > room:
            break
        widths.append(width)
    return widths


def _build_line(cells: Sequence[str], headings: Sequence[Heading], widths: Sequence[int], style: str) -> Text:
    from rich.text import Text

    line = Text(style=style)
    for cell, heading, width in zip(cells, headings, widths, strict=False):
        part = Text(cell)
        part.truncate(width, overflow="ellipsis")
        part.align("right" if heading.right else "left", width)
        line.append_text(part).append(" " * GAP)
    line.rstrip()
    return line
