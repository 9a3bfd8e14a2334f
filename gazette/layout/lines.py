"""Glyphs to runs and lines: what stands on one level without a gap, and what is read from left to right.

A run is a stretch that no column gap divides; runs are what pages are cut between. A line is what one column holds on
one level. An opening mark at the head of a run counts with its inked half only, a closing mark at its end hardly
at all: it may hang into the gutter as a whole and would close it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from statistics import median

from gazette.layout.model import Glyph

OPENING = frozenset("“‘（《〈「『【〔")
CLOSING = frozenset("，。、；：！？”’）》〉」』】〕…")
SENTENCE_ENDS = frozenset("。！？!?…：:")
AFTER_END = frozenset("”’）》」』】")

_RUNNING_MARKS = "，。；、！？"
_SAME_LEVEL = 0.35  # of the type size: how far two baselines of one line may lie apart
_RUN_GAP = 0.35  # of the type size: a wider gap ends a run
_LETTER_SPACED = 0.25  # of the type size: a usual gap wider than that is letter-spacing
_DISPLAY_GAP = 0.25  # likewise in large type, whose marks are not trimmed
_LIKE_SIZE = 1.5


class Kind(StrEnum):
    TEXT = "text"
    DISPLAY = "display"  # type larger than running text: headlines, large sub-heads, pull quotes
    ASIDE = "aside"  # type smaller than running text: captions, notes


@dataclass(slots=True, eq=False)
class Run:
    """Glyphs in reading order with the box that cuts must not touch."""

    glyphs: list[Glyph]
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    kind: Kind = Kind.TEXT
    upright: bool = False  # set from top to bottom


@dataclass(slots=True, eq=False)
class Line:
    """A line of one column. `left` and `right` are the edges of the column where the line stands."""

    runs: list[Run]
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    kind: Kind
    left: float = 0.0
    right: float = 0.0
    indented: bool = False
    single: bool = False  # stands alone and is as wide as no column: a page title, a byline
    follows: bool = False  # the line right below another of the same column
    glyphs: list[Glyph] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(glyph.text for glyph in self.glyphs)

    @property
    def ends_sentence(self) -> bool:
        text = self.text.rstrip()
        while text and text[-1] in AFTER_END:
            if text[-1] in "”’":
                return True
            text = text[:-1]
        return bool(text) and text[-1] in SENTENCE_ENDS

    @property
    def is_short(self) -> bool:
        return self.x1 < self.right - 1.5 * self.size


def build_runs(glyphs: Iterable[Glyph], display: float) -> list[Run]:
    """The runs of the glyphs, none of them blank, in no particular order. `display`: sizes above are large type."""
    runs: list[Run] = []
    rows = find_rows(glyphs)
    tracking = _find_tracking(rows, display)
    for row in rows:
        _adopt_sizes(found := _split_row(row, display, tracking))
        runs.extend(found)
    return runs


def _find_tracking(rows: Iterable[Sequence[Glyph]], display: float) -> float:
    """The usual gap between two characters of running text, in type sizes: more than nothing where a whole page is
    letter-spaced, which must not be taken for columns of one character."""
    gaps = [
        (after.x0 - before.x1) / after.size
        for row in rows
        for before, after in pairwise(row)
        if after.size <= display and before.text >= "\u4e00" and after.text >= "\u4e00"
    ]
    near = [gap for gap in gaps if gap < 1.5]
    usual = median(near) if near else 0.0
    return usual if usual > _LETTER_SPACED else 0.0


def find_rows(glyphs: Iterable[Glyph]) -> list[list[Glyph]]:
    """Glyphs of one level together, from left to right. Several columns may share a row."""
    rows: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda g: (g.y1 - 0.12 * g.size, g.x0)):
        if rows and _is_level(rows[-1][0], glyph):
            rows[-1].append(glyph)
        elif len(rows) > 1 and _is_level(rows[-2][0], glyph):
            rows[-2].append(glyph)
        else:
            rows.append([glyph])
    for row in rows:
        row.sort(key=lambda g: g.x0)
    return rows


def _is_level(first: Glyph, second: Glyph) -> bool:
    small, large = sorted((first.size, second.size))
    apart = abs((first.y1 - 0.12 * first.size) - (second.y1 - 0.12 * second.size))
    return apart < _SAME_LEVEL * small and large < _LIKE_SIZE * small


def _split_row(row: list[Glyph], display: float, tracking: float) -> list[Run]:
    parts: list[list[Glyph]] = []
    for glyph in row:
        if parts and _goes_on(parts[-1][-1], glyph, display, tracking):
            parts[-1].append(glyph)
        else:
            parts.append([glyph])
    return [build_run(part) for part in parts]


def _goes_on(before: Glyph, after: Glyph, display: float, tracking: float) -> bool:
    size = min(before.size, after.size)
    if size > display:
        return after.x0 - before.x1 < _DISPLAY_GAP * size
    gap = find_left(after) - find_right(before)
    return gap < _RUN_GAP * size or (tracking > 0 and after.x0 - before.x1 < (1.3 * tracking + 0.1) * size)


def build_run(glyphs: list[Glyph]) -> Run:
    """A level run of glyphs given from left to right."""
    return Run(
        glyphs,
        find_left(glyphs[0]),
        min(g.y0 for g in glyphs),
        max(find_right(g) for g in glyphs),
        max(g.y1 for g in glyphs),
        find_size(glyphs),
    )


def find_size(glyphs: Sequence[Glyph]) -> float:
    """The type size of most Chinese characters; of most glyphs where there are none."""
    sizes = Counter(round(g.size, 1) for g in glyphs if g.text >= "\u2e80") or Counter(round(g.size, 1) for g in glyphs)
    return max(sizes.items(), key=lambda item: (item[1], item[0]))[0]


def find_left(glyph: Glyph) -> float:
    """Where the glyph's ink begins, as far as punctuation tells."""
    if glyph.text in OPENING and glyph.x1 - glyph.x0 > 0.7 * glyph.size:
        return glyph.x0 + 0.5 * glyph.size
    return glyph.x0


def find_right(glyph: Glyph) -> float:
    if glyph.text in CLOSING and glyph.x1 - glyph.x0 > 0.7 * glyph.size:
        return glyph.x0 + 0.15 * glyph.size
    return glyph.x1


def _adopt_sizes(runs: list[Run]) -> None:
    """A run without Chinese (figures, which are often set a little smaller) has the size of what it stands beside."""
    for index, run in enumerate(runs):
        if any(g.text >= "\u2e80" for g in run.glyphs):
            continue
        beside = [runs[i] for i in (index - 1, index + 1) if 0 <= i < len(runs)]
        near = [r for r in beside if max(r.x0 - run.x1, run.x0 - r.x1) < 1.2 * max(r.size, run.size)]
        near = [r for r in near if 1 / _LIKE_SIZE < r.size / run.size < _LIKE_SIZE]
        if near:
            run.size = near[0].size


def build_lines(runs: Iterable[Run]) -> list[Line]:
    """The lines of one column, from top to bottom, with the column's edges and first-line indents told."""
    rows: list[list[Run]] = []
    for run in sorted(runs, key=lambda r: ((r.y0 + r.y1) / 2, r.x0)):
        if rows and not run.upright and _share_line(rows[-1], run):
            rows[-1].append(run)
        else:
            rows.append([run])
    lines = [_build_line(sorted(row, key=lambda r: r.x0)) for row in rows]
    _find_edges(lines)
    return lines


def _share_line(row: list[Run], run: Run) -> bool:
    first = row[0]
    apart = abs((first.y0 + first.y1 - run.y0 - run.y1) / 2)
    return not first.upright and apart < 0.5 * min(first.size, run.size)


def _build_line(runs: list[Run]) -> Line:
    kinds = Counter(dict.fromkeys(Kind, 0))
    for run in runs:
        kinds[run.kind] += len(run.glyphs)
    largest = max(runs, key=lambda r: len(r.glyphs))
    return Line(
        runs,
        min(r.x0 for r in runs),
        min(r.y0 for r in runs),
        max(r.x1 for r in runs),
        max(r.y1 for r in runs),
        largest.size,
        kinds.most_common(1)[0][0],
        glyphs=[g for r in runs for g in r.glyphs],
    )


def _find_edges(lines: list[Line]) -> None:
    texts = [line for line in lines if line.kind is not Kind.DISPLAY]
    if not texts:
        return
    left, right = min(line.x0 for line in texts), max(line.x1 for line in texts)
    for index, line in enumerate(texts):
        around = texts[max(0, index - 2) : index + 3]
        near = [other for other in around if abs(other.y0 - line.y0) < 6 * line.size]
        line.left, line.right = left, max([other.x1 for other in near] + [line.x1])
        line.follows = index > 0 and line.y0 - texts[index - 1].y1 < 1.1 * line.size
    for index, line in enumerate(texts):
        line.indented = _is_indented(texts, index)
    for index, line in enumerate(texts):
        alone = not line.follows and not (index + 1 < len(texts) and texts[index + 1].follows)
        line.single = alone and not any(mark in line.text for mark in _RUNNING_MARKS)
        line.right = max(line.right, right if line.right > right - 2 * line.size else line.right)


def _is_indented(lines: list[Line], index: int) -> bool:
    """Whether the line opens a paragraph by its indent. Beside a picture the column's edge moves, so a line is held
    against the next one first, and against the one before it or the column where there is none."""
    line = lines[index]
    before = lines[index - 1] if index else None
    after = lines[index + 1] if index + 1 < len(lines) and lines[index + 1].follows else None
    if before is not None and line.follows and not before.ends_sentence and not _is_heading_like(before):
        return False
    if after is not None:
        if _is_indent(line.x0 - after.x0, line.size):
            return True
        if abs(line.x0 - after.x0) > 0.6 * line.size or not line.ends_sentence:
            return False
    if before is not None and line.follows:
        return _is_indent(line.x0 - before.x0, line.size) or (
            abs(line.x0 - before.x0) < 0.3 * line.size and before.indented
        )
    return _is_indent(line.x0 - line.left, line.size)


def _is_indent(distance: float, size: float) -> bool:
    return 1.2 * size < distance < 3.6 * size


def _is_heading_like(line: Line) -> bool:
    """A line in mid-column that touches neither edge and is no running text."""
    return (
        not any(mark in line.text for mark in _RUNNING_MARKS)
        and line.x0 > line.left + 0.8 * line.size
        and line.x1 < line.right - 0.8 * line.size
    )
