"""Which blanks inside a line separate something, and which are letter-spacing or justification.

Takes one folded line and gives the stretches of it that stay. A blank stays between headline parts, between names,
between Latin words or two figures; it goes beside a figure or punctuation and inside letter-spaced words. Dropping
blanks twice drops no more than dropping them once.
"""

from __future__ import annotations

import re
from itertools import pairwise

from gazette.clean.characters import INVISIBLE

_GAP = re.compile(f"[ {INVISIBLE}]+")
_NO_BLANK_BESIDE = frozenset("，。；：、！？…·—/～")
_OPENING = frozenset("“‘（《〈【「『([")
_CLOSING = frozenset("”’）》〉】」』)]%‰℃")
_FIGURE_TAIL = frozenset("0123456789%‰℃°")
_SENTENCE_MARK = re.compile("[，。；！？]")
_QUOTES = ("“《【「", "”》】」")
_PART = 4
"""Characters that a part of a headline has at least: shorter ones beside a figure are its unit or its approximator."""


def find_stretches(line: str, *, running: bool, quoted: bool = False) -> list[tuple[int, int]]:
    """The stretches (start, end) of `line` that stay, in order; a blank that stays is the end of a stretch. `running`:
    the line is part of a paragraph set in columns, where no blank between two Chinese characters separates anything,
    unless it stands inside quotes; `quoted`: a quote is open where the line begins."""
    if " " not in line and INVISIBLE not in line:
        return [(0, len(line))]
    gaps = [match.span() for match in _GAP.finditer(line)]
    edges = [0, *(edge for gap in gaps for edge in gap), len(line)]
    words = list(zip(edges[::2], edges[1::2], strict=True))
    heading = not _SENTENCE_MARK.search(line)
    stretches: list[tuple[int, int]] = []
    start = 0
    for (left_start, left_end), (right_start, right_end) in pairwise(words):
        blank = line.find(" ", left_end, right_start)
        kept = blank >= 0 and _separates(line[left_start:left_end], line[right_start:right_end], heading=heading)
        if kept and running and not is_quoted(line, blank, quoted=quoted):
            kept = _is_latin_gap(line[left_end - 1], line[right_start])
        if kept:
            stretches.extend([(start, left_end), (blank, blank + 1)])
        else:
            stretches.append((start, left_end))
        start = right_start
    stretches.append((start, len(line)))
    return stretches


def is_quoted(line: str, at: int, *, quoted: bool) -> bool:
    """Whether a quote is open at `at` in `line`; `quoted`: one is open at the line's start."""
    opened, closed = (max(line.rfind(mark, 0, at) for mark in marks) for marks in _QUOTES)
    return quoted if opened == closed else opened > closed


def _separates(left: str, right: str, *, heading: bool) -> bool:
    if not left or not right:
        return False
    before, after = left[-1], right[0]
    if before in _NO_BLANK_BESIDE or after in _NO_BLANK_BESIDE or before in _OPENING or after in _CLOSING:
        return False
    if _is_latin_gap(before, after):
        return True
    if len(left) == 1 and len(right) == 1:
        return False
    if before.isascii() or after.isascii():
        return heading and min(len(left), len(right)) >= _PART and not _is_figure_gap(left, right)
    return True


def _is_latin_gap(before: str, after: str) -> bool:
    return before.isascii() and after.isascii()


def _is_figure_gap(left: str, right: str) -> bool:
    """Whether the blank stands between a bare figure and its counted noun, or before a bare figure."""
    return left[-1].isdecimal() or all(char in _FIGURE_TAIL or char in ".,+-" for char in right)
