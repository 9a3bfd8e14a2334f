"""How the lines of a wrapped run are laid out: frames, columns, indents.

Takes the lines of one run, answers what the joining of paragraphs and the telling of headings both ask: where a frame
ends, how wide the column is, whether a line opens a paragraph or can only be the rest of the one before.
"""

from __future__ import annotations

from statistics import median

from gazette.clean.columns import measure_columns
from gazette.clean.lines import Line

INDENT = 2.0
LEAST_INDENT, MOST_INDENT = 1.5, 3.5
LOOK_AHEAD = 4
_FEWEST_INDENTS = 3
_LONGEST_PARAGRAPH = 24
"""Lines a paragraph has at most, on average: with fewer indents the dump does not keep them."""
_NO_BEGINNING = frozenset("，。；：、！？”’）》…")


class Layout:
    """The lines of a run, with their frames and columns."""

    def __init__(self, lines: list[Line]) -> None:
        measure_columns(lines)
        self.lines = lines
        self.frame_ends = _find_frame_ends(lines)
        self.has_frames = lines[0].frame != lines[-1].frame
        fewest = max(_FEWEST_INDENTS, len(lines) / _LONGEST_PARAGRAPH)
        self.keeps_indents = sum(line.indented for line in lines) >= fewest

    def __len__(self) -> int:
        return len(self.lines)

    def __getitem__(self, index: int) -> Line:
        return self.lines[index]

    def get(self, index: int) -> Line | None:
        """The line at `index`; None past the last."""
        return self.lines[index] if index < len(self.lines) else None

    def starts_frame(self, index: int) -> bool:
        """Whether a blank line stands before the line, other than at the head of the run."""
        return index > 0 and self.lines[index - 1].frame != self.lines[index].frame

    def stands_single(self, index: int) -> bool:
        """Whether the line at `index` is a frame of its own, as every line of a double-spaced column is."""
        if index >= len(self.lines):
            return False
        return (index == 0 or self.starts_frame(index)) and self.frame_ends[index] == index + 1

    def opens_paragraph(self, index: int) -> bool:
        """Whether the line is set as the first of a paragraph: indented, or, where the dump keeps no indents, as much
        shorter than its column as an indent, and not because a sentence ends with it."""
        line = self.lines[index]
        if line.indented and line.role is None:
            return True
        if line.ends_sentence or line.role is not None or self.keeps_indents:
            return False
        column = self.find_column_after(index)
        return column > 0 and LEAST_INDENT <= column - line.width <= MOST_INDENT

    def find_column_after(self, index: int) -> float:
        """The width of the lines after `index` that do not end a sentence; 0 where the text breaks off there."""
        widths: list[float] = []
        for line in self.lines[index + 1 : index + 1 + LOOK_AHEAD]:
            if line.role is not None:
                break
            if line.ends_sentence:
                widths.extend([line.width] if not widths and line.width > self.lines[index].width else [])
                break
            widths.append(line.width)
        return median(widths) if widths else 0.0

    def goes_on_at(self, index: int) -> bool:
        """Whether the line at `index` can only be the rest of the line before it: a mark stands at its head, or its
        first sentence ends within a word."""
        line = self.get(index)
        if line is None or line.role is not None:
            return False
        return line.text[0] in _NO_BEGINNING or line.text[1:2] in ("。", "！", "？", "；")


def _find_frame_ends(lines: list[Line]) -> list[int]:
    """For each line, the index one past the last line of its frame."""
    ends = [len(lines)] * len(lines)
    for index in range(len(lines) - 2, -1, -1):
        same = lines[index].frame == lines[index + 1].frame
        ends[index] = ends[index + 1] if same else index + 1
    return ends
