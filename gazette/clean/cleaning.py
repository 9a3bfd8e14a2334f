"""Cleaning: decoded text in, running text in blocks out.

Takes the decoded text of one issue, gives `CleanText`. The steps: fold characters one to one, find the lines,
tell wrapped runs from one-paragraph-a-line text, join what a column cut, tell the blocks' roles, drop blanks that
separate nothing. All offsets are in the decoded text throughout, because folding keeps its length.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import pairwise

from gazette.clean.articles import assign_headline_roles, assign_page_roles
from gazette.clean.blanks import find_stretches, is_quoted
from gazette.clean.characters import fold
from gazette.clean.columns import find_wrapped_runs
from gazette.clean.lines import Line, find_lines
from gazette.clean.marks import find_marked_role
from gazette.clean.model import Block, CleanText, Role
from gazette.clean.paragraphs import Draft, build_drafts

_PASSES = 12
"""Joining is repeated until it changes nothing, so that cleaning cleaned text changes nothing either."""
_SHARED_PLACES = array("i", range(1 << 17))
"""Offsets to copy from: copying is much faster than counting."""


def clean(text: str) -> CleanText:
    """The cleaned text of `text`, as decoded: see `CleanText`. Any text will do; an empty one gives no blocks."""
    cleaned = _clean_fully(text)
    if cleaned is not None:
        return cleaned
    straight = _clean_fully(text, leaps=False) or _clean_once(text, leaps=False)[0]
    again = _clean_fully(straight.text)
    return _follow(straight, again) if again is not None else straight


def _clean_fully(text: str, *, leaps: bool = True) -> CleanText | None:
    """What cleaning again and again comes to. None where it comes to nothing, or where a block would be joined to the
    caption that it leapt over: places must rise within a block, as spans need."""
    cleaned, joined = _clean_once(text, leaps)
    for _ in range(_PASSES):
        if not joined:
            return cleaned
        again, joined = _clean_once(cleaned.text, leaps)
        if again.text == cleaned.text:
            return cleaned
        cleaned = _follow(cleaned, again)
        if not _rises(cleaned.places, cleaned.blocks):
            return None
    return None


def _follow(first: CleanText, second: CleanText) -> CleanText:
    """The second cleaning, which was of the text of the first, with places of the decoded text."""
    return CleanText(second.text, array("i", map(first.places.__getitem__, second.places)), second.blocks)


def _rises(places: Sequence[int], blocks: tuple[Block, ...]) -> bool:
    """Whether places rise within every block."""
    return all(a < b for block in blocks for a, b in pairwise(places[block.start : block.end]))


def _clean_once(text: str, leaps: bool) -> tuple[CleanText, bool]:
    """The cleaned text, and whether lines of it may have been joined. Without `leaps` none is joined over others."""
    folded = fold(text)
    lines = find_lines(folded)
    runs = find_wrapped_runs(lines)
    cleaned = _Writer(len(folded)).write(_build_all_drafts(lines, runs, leaps))
    if not runs and len(cleaned.text) == len(folded):
        return CleanText(cleaned.text, range(len(folded)), cleaned.blocks), False
    return cleaned, bool(runs)


def _build_all_drafts(lines: list[Line], runs: list[tuple[int, int]], leaps: bool) -> list[Draft]:
    drafts: list[Draft] = []
    position = 0
    for first, last in runs:
        drafts.extend(_build_headed_drafts(lines[position:first]))
        drafts.extend(build_drafts(lines[first:last], leaps=leaps))
        position = last
    drafts.extend(_build_headed_drafts(lines[position:]))
    if runs:
        assign_page_roles(drafts)
    return drafts


def _build_headed_drafts(lines: list[Line]) -> list[Draft]:
    """The blocks of lines that are a paragraph or a heading each."""
    drafts = _build_line_drafts(lines)
    assign_headline_roles(drafts)
    return drafts


def _build_line_drafts(lines: list[Line]) -> list[Draft]:
    return [Draft(_find_line_role(line), [line]) for line in lines]


def _find_line_role(line: Line) -> Role:
    if line.ends_sentence:
        return Role.BODY
    return find_marked_role(line.raw) or Role.BODY


class _Writer:
    """Puts the text of drafts together, with the place of every character."""

    def __init__(self, length: int) -> None:
        self.length = length
        self.all_places = _SHARED_PLACES if length <= len(_SHARED_PLACES) else array("i", range(length))
        self.pieces: list[str] = []
        self.places = array("i")

    def write(self, drafts: list[Draft]) -> CleanText:
        blocks: list[Block] = []
        end = 0
        for draft in drafts:
            if blocks:
                self._add_mark("\n", min(end, self.length - 1))
            start = len(self.places)
            self._write_draft(draft)
            end = draft.lines[-1].end
            blocks.append(Block(draft.role, start, len(self.places), draft.article))
        return CleanText("".join(self.pieces), self.places, tuple(blocks))

    def _write_draft(self, draft: Draft) -> None:
        running = draft.wrapped and draft.role is Role.BODY
        quoted = False
        for index, line in enumerate(draft.lines):
            if index and self._needs_blank(draft, line):
                self._add_mark(" ", draft.lines[index - 1].end)
            if line.raw is line.text:
                self.pieces.append(line.raw)
                self.places.extend(self.all_places[line.start : line.end])
            else:
                self._write_stretches(line, find_stretches(line.raw, running=running, quoted=quoted))
            quoted = running and is_quoted(line.raw, len(line.raw), quoted=quoted)

    def _write_stretches(self, line: Line, stretches: list[tuple[int, int]]) -> None:
        for start, end in stretches:
            self.pieces.append(line.raw[start:end])
            self.places.extend(self.all_places[line.start + start : line.start + end])

    def _needs_blank(self, draft: Draft, line: Line) -> bool:
        before, after = self.pieces[-1][-1:], line.text[0]
        if draft.role is Role.SUBHEAD or draft.role is Role.HEADLINE:
            return before not in "，、：；"
        if draft.role is Role.CAPTION and after == "摄":
            return True
        return before.isascii() and after.isascii() and before.isalpha() and after.isalpha()

    def _add_mark(self, mark: str, place: int) -> None:
        self.pieces.append(mark)
        self.places.append(place)
