"""Headings among the unmarked lines of a wrapped run.

Takes the layout of a run, gives where the heading that begins at a line ends. A heading has no mark of its own: it is
told by what it lacks (commas, full stops), by its blanks, its width against the column, and by what follows it. No one
of these is proof, so they are added up.
"""

from __future__ import annotations

from gazette.clean.columns import SLACK
from gazette.clean.layout import INDENT, LOOK_AHEAD, MOST_INDENT, Layout
from gazette.clean.lines import Line

_WIDEST = 30.0
_NARROWEST = 2.0
_MOST_LINES = 3
_MOST_FRAMES = 8
_ENOUGH = 2
"""Evidence that makes a heading: two points."""
_OPEN_ENDS = frozenset("、（“《")
_PAIRS = (("“", "”"), ("‘", "’"), ("（", "）"), ("《", "》"), ("【", "】"))


def find_heading_end(layout: Layout, index: int) -> int:
    """One past the last line of the heading that begins at `index`, between paragraphs; `index` where none does."""
    end = _find_candidate_end(layout, index)
    whole = end > index and _is_whole_frame(layout, index, end)
    while end > index and not _is_heading(layout, index, end, whole=whole):
        end, whole = end - 1, False
    return end


def find_interruption_end(layout: Layout, index: int, column: float) -> int:
    """One past the last line of the heading that stands in mid-sentence at `index`, in its own frame; `column`: how
    wide the paragraph is that it breaks off. `index` where the sentence just goes on."""
    end = _find_candidate_end(layout, index)
    if end == index or not _is_whole_frame(layout, index, end):
        return index
    following = layout.get(end)
    if following is not None and following.role is None and layout.opens_paragraph(end):
        return index
    widest = max(line.width for line in layout.lines[index:end])
    unlike = widest > column + SLACK or widest < column - MOST_INDENT
    parts = any(_has_parts(line) for line in layout.lines[index:end])
    return end if parts or (unlike and not layout.stands_single(end)) else index


def is_heading_frame(layout: Layout, start: int, end: int) -> bool:
    """Whether the frame could hold nothing but a heading."""
    return end - start <= _MOST_LINES and all(_could_be_heading(line) for line in layout.lines[start:end])


def _find_candidate_end(layout: Layout, index: int) -> int:
    end, last = index, min(layout.frame_ends[index], index + _MOST_LINES)
    while end < last and (_could_be_heading(layout[end]) or (end > index and _could_be_subtitle(layout, end))):
        end += 1
    return end


def _could_be_heading(line: Line, *, pauses: str = "，。；") -> bool:
    return (
        line.role is None
        and _NARROWEST <= line.width <= _WIDEST
        and not line.ends_clause
        and line.text[-1] not in _OPEN_ENDS
        and not any(mark in line.text for mark in pauses)
        and all(line.text.count(opening) == line.text.count(closing) for opening, closing in _PAIRS)
    )


def _could_be_subtitle(layout: Layout, index: int) -> bool:
    """Whether the line, under a title and the last of its frame, could be a heading but for its commas."""
    return layout.frame_ends[index] == index + 1 and _could_be_heading(layout[index], pauses="。；")


def _is_whole_frame(layout: Layout, start: int, end: int) -> bool:
    first = start == 0 or layout.starts_frame(start) or layout[start - 1].role is not None
    last = end == len(layout) or layout.starts_frame(end) or layout[end].role is not None
    return first and last


def _is_heading(layout: Layout, start: int, end: int, *, whole: bool) -> bool:
    """Whether the evidence is enough. Against: a frame shared with other text, a line after them that goes on."""
    if layout.goes_on_at(end):
        return False
    lines = layout.lines[start:end]
    after = _skip_heading_frames(layout, end) if whole else end
    following = layout.get(after)
    score = 2 * any(_has_parts(line) for line in lines) - (not whole and layout.has_frames)
    if following is None or following.role is not None:
        score += 1 + whole - 2 * _goes_on_after_marked(layout, after, lines[0])
    else:
        score += _compare_with_column(layout, after, lines)
        score += whole and not layout.stands_single(after)
    return score >= _ENOUGH


def _compare_with_column(layout: Layout, index: int, lines: list[Line]) -> int:
    """The evidence of widths: for a heading, that the line after it, at `index`, opens a paragraph, or that it is wider
    or much narrower than the column; against, that it is as wide as a paragraph's first line, or that a short line ends
    its sentence."""
    following, opens = layout[index], layout.opens_paragraph(index)
    column = layout.find_column_after(index) or following.width
    widest = max(line.width for line in lines)
    score = 2 * opens + (widest > column + SLACK or widest < column - MOST_INDENT - 1)
    if following.ends_sentence and following.width < widest - SLACK:
        score -= 2
    if not (opens and layout.has_frames) and _is_as_wide_as_first(lines[-1], column):
        score -= 2 + (len(lines) > 1)
    return score


def _is_as_wide_as_first(line: Line, column: float) -> bool:
    return abs(column - INDENT - line.width) <= SLACK / 2


def _goes_on_after_marked(layout: Layout, index: int, line: Line) -> bool:
    """Whether `line`, above a caption or the like, goes on below it: it is as wide as the first line of the paragraph
    that does not open there."""
    end = min(index + LOOK_AHEAD, len(layout))
    plain = next((i for i in range(index, end) if layout[i].role is None), None)
    if plain is None or layout.opens_paragraph(plain):
        return False
    column = layout.find_column_after(plain) or layout[plain].width
    return layout.goes_on_at(plain) or _is_as_wide_as_first(line, column)


def _skip_heading_frames(layout: Layout, index: int) -> int:
    """The index after the frames, from `index` on, every line of which could be a heading: what follows the last of
    several headings tells what they are."""
    for _ in range(_MOST_FRAMES):
        end = _find_heading_frame_end(layout, index)
        if end == index or layout.goes_on_at(end):
            return index
        index = end
        if index < len(layout) and layout.opens_paragraph(index):
            return index
    return index


def _find_heading_frame_end(layout: Layout, index: int) -> int:
    """The end of the frame at `index`, or of its lines above a marked one; `index` where one could be no heading."""
    end = index
    while end < len(layout) and end < layout.frame_ends[index] and layout[end].role is None:
        if not _could_be_heading(layout[end]):
            return index
        end += 1
    return end


def _has_parts(line: Line) -> bool:
    """Whether a column's label opens the line, or blanks divide it into headline parts, as they do neither in running
    text nor in letter-spacing."""
    if line.raw[0] == "【" and "】" in line.raw[:-1]:
        return True
    parts = line.raw.split(" ")
    if len(parts) < 2 or min(map(len, parts)) < 2:
        return False
    return not any(part[0].isdecimal() or part[-1].isdecimal() for part in parts)
