"""Paragraphs out of the lines of a wrapped run.

Takes the lines of one run, gives drafts of blocks: lines that belong together and what they are. A paragraph goes on
over line ends and frame ends until its sentence ends; captions, credits, headings and a sidebar may stand between two
of its lines and come after it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from gazette.clean.captions import find_caption_end, mark_roles
from gazette.clean.columns import SLACK
from gazette.clean.headings import find_heading_end, find_interruption_end, is_heading_frame
from gazette.clean.layout import INDENT, LEAST_INDENT, Layout
from gazette.clean.lines import Line
from gazette.clean.model import Role

_SHORT_HEADING = 12.0
_MOST_INTERPOSED_FRAMES = 12
_OPENING_QUOTES = frozenset("“‘")


@dataclass(slots=True)
class Draft:
    """A block before its text is put together. `wrapped`: its lines were cut by a column."""

    role: Role
    lines: list[Line]
    wrapped: bool = False
    article: int = field(default=0)


def build_drafts(lines: list[Line], *, leaps: bool = True) -> list[Draft]:
    """The blocks of a wrapped run, in the order of their first lines. Without `leaps` a paragraph ends where something
    else stands between its lines."""
    mark_roles(lines)
    drafts = _Assembly(Layout(lines), leaps).build()
    drafts.sort(key=lambda draft: draft.lines[0].start)
    return drafts


class _Assembly:
    """Goes through the lines once, with at most one paragraph open and one suspended.

    A sidebar set into the middle of a paragraph suspends it: its frames open and end with paragraphs of their own, and
    the frame after them neither begins a paragraph nor stands in another column than the one suspended."""

    def __init__(self, layout: Layout, leaps: bool) -> None:
        self.layout = layout
        self.leaps = leaps
        self.drafts: list[Draft] = []
        self.open: Draft | None = None
        self.suspended: Draft | None = None
        self.resumes_at = -1

    def build(self) -> list[Draft]:
        index = 0
        while index < len(self.layout):
            self._suspend_or_resume(index)
            if self.layout[index].role is not None:
                index = self._take_marked(index)
                self._stay()
            elif (end := self._find_heading_end(index)) > index:
                self._take_heading(index, end)
                self._stay()
                index = end
            else:
                self._take_body(index)
                index += 1
        return self.drafts

    def _stay(self) -> None:
        if not self.leaps:
            self.open = None

    def _is_in_mid_sentence(self) -> bool:
        return self.open is not None and not self.open.lines[-1].ends_sentence

    def _suspend_or_resume(self, index: int) -> None:
        if index == self.resumes_at:
            self.open, self.suspended, self.resumes_at = self.suspended, None, -1
        elif self.leaps and self.suspended is None and self._is_in_mid_sentence() and self.layout.starts_frame(index):
            resumes_at = self._find_resumption(index)
            if resumes_at > index:
                self.open, self.suspended, self.resumes_at = None, self.open, resumes_at

    def _find_resumption(self, index: int) -> int:
        """Where the open paragraph goes on after frames that are none of it, from `index` on; `index` if it just goes
        on there."""
        at, seen_body = index, False
        for _ in range(_MOST_INTERPOSED_FRAMES):
            if at >= len(self.layout):
                return index
            end = self.layout.frame_ends[at]
            if self.layout[at].role is None and (seen_body or not is_heading_frame(self.layout, at, end)):
                if seen_body and self._resumes(at):
                    return at
                if not self._is_whole_paragraphs(at, end):
                    return index
                seen_body = True
            at = end
        return index

    def _is_whole_paragraphs(self, start: int, end: int) -> bool:
        return end - start > 1 and self.layout.opens_paragraph(start) and self.layout[end - 1].ends_sentence

    def _resumes(self, index: int) -> bool:
        """Whether the line goes on with the open paragraph: it does not open one, and its column is as wide."""
        assert self.open is not None
        if self.layout.goes_on_at(index):
            return True
        line, suspended = self.layout[index], self.open.lines[-1].column
        column = self.layout.find_column_after(index) or suspended
        same_column = abs(column - suspended) <= LEAST_INDENT and abs(line.width - suspended) <= LEAST_INDENT
        return same_column and not line.ends_sentence and line.width > column - LEAST_INDENT / 2

    def _take_marked(self, index: int) -> int:
        """A caption's lines make one block, any other marked line is a block of its own."""
        role = self.layout[index].role
        assert role is not None
        end = find_caption_end(self.layout.lines, index) if role is Role.CAPTION else index + 1
        self.drafts.append(Draft(role, self.layout.lines[index:end], wrapped=role is Role.CAPTION))
        return end

    def _find_heading_end(self, index: int) -> int:
        if self.open is not None and self._is_in_mid_sentence():
            return find_interruption_end(self.layout, index, self.open.lines[-1].column)
        return find_heading_end(self.layout, index)

    def _take_heading(self, start: int, end: int) -> None:
        """Short lines or lines of one width are one heading; others are a title and its subtitle. A paragraph in
        mid-sentence goes on after the heading; one between two sentences ends with it."""
        if not self._is_in_mid_sentence():
            self.open = None
        lines = self.layout.lines[start:end]
        widths = [line.width for line in lines]
        if max(widths) - min(widths) <= SLACK or max(widths) <= _SHORT_HEADING:
            self.drafts.append(Draft(Role.SUBHEAD, lines))
        else:
            self.drafts.extend(Draft(Role.SUBHEAD, [line]) for line in lines)

    def _take_body(self, index: int) -> None:
        if self.open is None:
            self.open = Draft(Role.BODY, [], wrapped=True)
            self.drafts.append(self.open)
        self.open.lines.append(self.layout[index])
        if self._ends_paragraph(self.open, index):
            self.open = None

    def _ends_paragraph(self, draft: Draft, index: int) -> bool:
        """Whether the line at `index`, the last of `draft` so far, ends its paragraph."""
        line, following = self.layout[index], self.layout.get(index + 1)
        indent = INDENT if len(draft.lines) == 1 else 0
        short = line.width < line.column - indent - SLACK
        if line.ends_clause:
            return short and following is not None and following.width >= line.width
        if not line.ends_sentence:
            return False
        if short or following is None or following.role is not None:
            return True
        if self.layout.starts_frame(index + 1) and not self._goes_on_full(index):
            return True
        return self.layout.opens_paragraph(index + 1)

    def _goes_on_full(self, index: int) -> bool:
        """Whether the paragraph goes on in the frame after `index` though a sentence ends with this one: the lines are
        full, in columns of one width."""
        line, following, third = self.layout[index], self.layout[index + 1], self.layout.get(index + 2)
        column = self.layout.find_column_after(index + 1)
        if third is None or third.ends_sentence or not column or abs(column - line.column) > LEAST_INDENT:
            return False
        if following.ends_sentence or following.text[0] in _OPENING_QUOTES:
            return False
        return following.width >= column - LEAST_INDENT / 2 and line.width >= line.column - LEAST_INDENT / 2
