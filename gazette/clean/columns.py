"""Whether lines are wrapped to a column, and how wide the column is.

Takes the lines of a page, gives the runs of lines that were wrapped by hand or by a typesetter. The decision is
measured on the lines themselves: running text (commas, full stops) that breaks off in mid-sentence at about the width
of the next line, again and again. One-paragraph-a-line text does not, and is left as it stands.
"""

from __future__ import annotations

from itertools import pairwise
from statistics import median

from gazette.clean.lines import Line

WIDEST_COLUMN = 48.0
"""Chinese characters; a wider line is a paragraph. Text wrapped at 80 columns is 40 wide."""
SLACK = 1.5
"""How far a full line may stay behind its column: punctuation and figures do not justify evenly."""
_RAGGED = 3.0
_FEWEST_BREAKS = 2
_BREAK_SHARE = 0.25
_NEAR = 4


def find_wrapped_runs(lines: list[Line]) -> list[tuple[int, int]]:
    """The runs (first, one past the last) of `lines` that are wrapped to a column."""
    runs: list[tuple[int, int]] = []
    start = 0
    for index in range(len(lines) + 1):
        if index < len(lines) and lines[index].width <= WIDEST_COLUMN:
            continue
        if index - start > _FEWEST_BREAKS and _is_wrapped(lines[start:index]):
            runs.append((start, index))
        start = index + 1
    return runs


def _is_wrapped(lines: list[Line]) -> bool:
    plain = [line for line in lines if line.role is None]
    breaks = sum(1 for line, following in pairwise(plain) if _breaks_off(line, following))
    return breaks >= _FEWEST_BREAKS and breaks >= _BREAK_SHARE * len(plain)


def _breaks_off(line: Line, following: Line) -> bool:
    """Whether running text seems to go on from `line` to `following`: its sentence does not end, and the next line is
    about as wide, or shorter because a paragraph ends with it."""
    if line.ends_sentence or line.ends_clause or not line.has_pause:
        return False
    difference = following.width - line.width
    return abs(difference) <= _RAGGED or (difference < 0 and following.ends_sentence)


def measure_columns(lines: list[Line]) -> None:
    """Set `column` of each line of a wrapped run: the median width of the lines near it that break off in mid-sentence,
    in its own frame where that has enough of them."""
    full = [index for index, line in enumerate(lines) if line.role is None and not line.ends_sentence]
    position = 0
    for index, line in enumerate(lines):
        while position < len(full) and full[position] < index:
            position += 1
        near = [lines[i] for i in full[max(0, position - _NEAR) : position + _NEAR + 1]]
        own = [other.width for other in near if other.frame == line.frame]
        line.column = median(own) if len(own) >= _NEAR else median([o.width for o in near] or [line.width])
