"""Paragraphs out of the lines of a wrapped run.

Takes the lines of one run, gives drafts of blocks: lines that belong together and what they are. A paragraph goes on
over line ends and frame ends until its sentence ends; captions, credits and headings may stand between two of its lines
and come after it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from statistics import median

from gazette.clean.columns import measure_columns
from gazette.clean.lines import Line
from gazette.clean.marks import find_marked_role
from gazette.clean.model import Role

SLACK = 1.5
"""How far a full line may stay behind its column: punctuation and figures do not justify evenly."""
_INDENT = 2.0
_FEWEST_INDENTS = 3
_LONGEST_PARAGRAPH = 24
_LEAST_INDENT, _MOST_INDENT = 1.5, 3.5
_LONGEST_HEADING_LINE = 30.0
_SHORT_HEADING = 12.0
_HEADING_LINES = 3
_CAPTION_LINES = 4
_LONGEST_ORPHAN = 4
_LOOK_AHEAD = 4
_HEADING_FRAMES = 8
_INTERPOSED_FRAMES = 12
_PARAGRAPH_OPENERS = frozenset("“‘")
_PAIRS = ("“”", "‘’", "（）", "《》", "【】")


@dataclass(slots=True)
class Draft:
    """A block before its text is put together. `wrapped`: its lines were cut by a column."""

    role: Role
    lines: list[Line]
    wrapped: bool = False
    article: int = field(default=0)


def build_drafts(lines: list[Line]) -> list[Draft]:
    """The blocks of a wrapped run, in the order of their first lines."""
    _mark_captions(lines)
    measure_columns(lines)
    assembly = _Assembly(lines)
    drafts = assembly.build()
    drafts.sort(key=lambda draft: draft.lines[0].start)
    return drafts


def _mark_captions(lines: list[Line]) -> None:
    """Give the lines above a photographer's name, in the same frame, the role of the caption that they begin."""
    frames = [list(frame) for _, frame in groupby(lines, key=lambda line: line.frame)]
    for number, frame in enumerate(frames):
        for index, line in enumerate(frame):
            line.role = find_marked_role(line.raw, standing_alone=False)
            if line.role is Role.CAPTION:
                _mark_caption_head(frame, index)
        neighbours = frames[max(0, number - 1) : number] + frames[number + 1 : number + 2]
        _mark_standing_alone(frame, double_spaced=_is_double_spaced(frame, neighbours))


def _mark_caption_head(frame: list[Line], end: int) -> None:
    head = end
    while head > 0 and end - head < _CAPTION_LINES and _is_caption_head(frame[head - 1]):
        head -= 1
    if head == 0 or end - head < _CAPTION_LINES:
        for line in frame[head:end]:
            line.role = Role.CAPTION


def _is_caption_head(line: Line) -> bool:
    return line.role is None and not line.ends_sentence


def _is_double_spaced(frame: list[Line], neighbours: list[list[Line]]) -> bool:
    return len(frame) == 1 and any(len(n) == 1 and abs(n[0].width - frame[0].width) <= SLACK * 2 for n in neighbours)


def _mark_standing_alone(frame: list[Line], *, double_spaced: bool) -> None:
    """Roles that only a frame of its own, or a line of its own above or under a paragraph, can show. In a double-spaced
    column every line is a frame, and one that could be a caption may as well be running text."""
    plain = [line for line in frame if line.role is None]
    if plain and len(plain) == len(frame) <= _HEADING_LINES and not any(line.ends_sentence for line in plain):
        role = find_marked_role("".join(line.raw for line in plain))
        if role is not None and not (double_spaced and role is Role.CAPTION):
            for line in plain:
                line.role = role
    for line in (plain[:1] + plain[-1:]) if len(frame) > 1 else ():
        if line.role is None and find_marked_role(line.raw) in (Role.CREDIT, Role.FURNITURE):
            line.role = find_marked_role(line.raw)


class _Assembly:
    """Goes through the lines once, with at most one paragraph open and one suspended.

    A sidebar set into the middle of a paragraph suspends it: its frames open and end with paragraphs of their own, and
    the frame after them does neither begin a paragraph nor stand in another column than the one suspended."""

    def __init__(self, lines: list[Line]) -> None:
        self.lines = lines
        self.drafts: list[Draft] = []
        self.open: Draft | None = None
        self.suspended: Draft | None = None
        self.resumes_at = -1
        self.frame_ends = _find_frame_ends(lines)
        self.keeps_indents = sum(line.indented for line in lines) >= max(
            _FEWEST_INDENTS, len(lines) / _LONGEST_PARAGRAPH
        )
        self.has_frames = lines[0].frame != lines[-1].frame

    def build(self) -> list[Draft]:
        index = 0
        while index < len(self.lines):
            self._suspend_or_resume(index)
            line = self.lines[index]
            if line.role is not None:
                index = self._take_marked(index)
            elif (end := self._find_heading_end(index)) > index:
                self._take_heading(index, end)
                index = end
            else:
                self._take_body(index)
                index += 1
        return self.drafts

    def _suspend_or_resume(self, index: int) -> None:
        if index == self.resumes_at:
            self.open, self.suspended, self.resumes_at = self.suspended, None, -1
        elif self.suspended is None and self._is_in_mid_sentence() and self._starts_frame(index):
            resumes_at = self._find_resumption(index)
            if resumes_at > index:
                self.open, self.suspended, self.resumes_at = None, self.open, resumes_at

    def _is_in_mid_sentence(self) -> bool:
        return self.open is not None and not self.open.lines[-1].ends_sentence

    def _starts_frame(self, index: int) -> bool:
        return index > 0 and self.lines[index - 1].frame != self.lines[index].frame

    def _find_resumption(self, index: int) -> int:
        """Where the open paragraph goes on after frames that are none of it, from `index` on; `index` if it just goes
        on there."""
        at, seen_body = index, False
        for _ in range(_INTERPOSED_FRAMES):
            if at >= len(self.lines):
                return index
            end = self.frame_ends[at]
            if self.lines[at].role is None and not (not seen_body and self._is_heading_frame(at, end)):
                if seen_body and self._resumes(at):
                    return at
                if not self._is_whole_paragraphs(at, end):
                    return index
                seen_body = True
            at = end
        return index

    def _is_heading_frame(self, start: int, end: int) -> bool:
        return end - start <= _HEADING_LINES and all(_could_be_heading(line) for line in self.lines[start:end])

    def _is_whole_paragraphs(self, start: int, end: int) -> bool:
        return end - start > 1 and self._opens_paragraph(start) and self.lines[end - 1].ends_sentence

    def _resumes(self, index: int) -> bool:
        """Whether the line goes on with the open paragraph: it does not open one, and its column is as wide."""
        assert self.open is not None
        if self._goes_on_at(index):
            return True
        line, column = self.lines[index], self._find_column_after(index)
        same_column = abs(column - self.open.lines[-1].column) <= _LEAST_INDENT
        return column > 0 and same_column and not line.ends_sentence and line.width > column - _LEAST_INDENT / 2

    def _take_marked(self, index: int) -> int:
        """A caption's lines make one block, up to its photographer; any other marked line is a block of its own."""
        role, end = self.lines[index].role, index + 1
        assert role is not None
        if role is Role.CAPTION:
            frame = self.lines[index].frame
            while end < len(self.lines) and self.lines[end].role is role and self.lines[end].frame == frame:
                if self._ends_caption(end - 1):
                    break
                end += 1
        self.drafts.append(Draft(role, self.lines[index:end], wrapped=role is Role.CAPTION))
        return end

    def _ends_caption(self, index: int) -> bool:
        """Whether the caption ends with the line: its photographer stands there, and not on the next line alone."""
        following = self.lines[index + 1]
        if len(following.text) <= _LONGEST_ORPHAN and find_marked_role(following.raw) is Role.CAPTION:
            return False
        return find_marked_role(self.lines[index].raw, standing_alone=False) is Role.CAPTION

    def _take_heading(self, start: int, end: int) -> None:
        """Short lines or lines of one width are one heading; others are a title and its subtitle. A paragraph in
        mid-sentence goes on after the heading; one between two sentences ends with it."""
        if self.open is not None and self.open.lines[-1].ends_sentence:
            self.open = None
        lines = self.lines[start:end]
        widths = [line.width for line in lines]
        if max(widths) - min(widths) <= SLACK or max(widths) <= _SHORT_HEADING:
            self.drafts.append(Draft(Role.SUBHEAD, lines))
        else:
            self.drafts.extend(Draft(Role.SUBHEAD, [line]) for line in lines)

    def _take_body(self, index: int) -> None:
        line = self.lines[index]
        if self.open is None:
            self.open = Draft(Role.BODY, [line], wrapped=True)
            self.drafts.append(self.open)
        else:
            self.open.lines.append(line)
        if self._ends_paragraph(index):
            self.open = None

    def _ends_paragraph(self, index: int) -> bool:
        line = self.lines[index]
        following = self.lines[index + 1] if index + 1 < len(self.lines) else None
        assert self.open is not None
        indent = _INDENT if self.open.lines[0] is line else 0
        short = line.width < line.column - indent - SLACK
        if line.ends_clause:
            return short and following is not None and following.width >= line.width
        if not line.ends_sentence:
            return False
        if short or following is None or following.role is not None:
            return True
        if following.frame != line.frame and not self._goes_on_full(index):
            return True
        return self._opens_paragraph(index + 1)

    def _goes_on_full(self, index: int) -> bool:
        """Whether the paragraph goes on in the frame after `index` though a sentence ends with this one: both lines are
        full, in columns of one width."""
        line, following = self.lines[index], self.lines[index + 1]
        column = self._find_column_after(index + 1)
        if not column or abs(column - line.column) > _LEAST_INDENT:
            return False
        if following.ends_sentence or self.lines[index + 2].ends_sentence or following.text[0] in _PARAGRAPH_OPENERS:
            return False
        return following.width >= column - _LEAST_INDENT / 2 and line.width >= line.column - _LEAST_INDENT / 2

    def _opens_paragraph(self, index: int) -> bool:
        """Whether the line is set as the first of a paragraph: indented, or, where the dump keeps no indents, as much
        shorter than its column as an indent, and not because a sentence ends with it."""
        line = self.lines[index]
        if line.indented and line.role is None:
            return True
        if line.ends_sentence or line.role is not None or self.keeps_indents:
            return False
        column = self._find_column_after(index)
        return column > 0 and _LEAST_INDENT <= column - line.width <= _MOST_INDENT

    def _find_column_after(self, index: int) -> float:
        """The width of the lines after `index` that do not end a sentence; 0 where the text breaks off there."""
        widths: list[float] = []
        for line in self.lines[index + 1 : index + 1 + _LOOK_AHEAD]:
            if line.role is not None:
                break
            if line.ends_sentence:
                widths.extend([line.width] if not widths and line.width > self.lines[index].width else [])
                break
            widths.append(line.width)
        return median(widths) if widths else 0.0

    def _find_heading_end(self, index: int) -> int:
        """One past the last line of the heading that begins at `index`; `index` itself where none begins."""
        end = index
        frame = self.lines[index].frame
        while end < len(self.lines) and end - index < _HEADING_LINES and self.lines[end].frame == frame:
            if not _could_be_heading(self.lines[end]) and not (end > index and self._could_be_subtitle(end)):
                break
            end += 1
        if end == index:
            return index
        whole = self._is_whole_frame(index, end)
        if self._is_in_mid_sentence():
            return end if whole and self._interrupts(index, end) else index
        while end > index and not self._is_heading(index, end, whole=whole):
            end, whole = end - 1, False
        return end

    def _could_be_subtitle(self, index: int) -> bool:
        """Whether the line, under a title and the last of its frame, could be a heading but for its commas."""
        line = self.lines[index]
        return self.frame_ends[index] == index + 1 and _could_be_heading(line, pauses="。；")

    def _is_whole_frame(self, start: int, end: int) -> bool:
        frame = self.lines[start].frame
        first = start == 0 or self.lines[start - 1].frame != frame or self.lines[start - 1].role is not None
        last = end == len(self.lines) or self.lines[end].frame != frame or self.lines[end].role is not None
        return first and last

    def _is_heading(self, start: int, end: int, *, whole: bool) -> bool:
        """Whether the lines, with no paragraph open before them, are a heading, by the evidence for and against it."""
        lines = self.lines[start:end]
        if self._goes_on_at(end):
            return False
        after = self._skip_heading_frames(end) if whole else end
        following = self.lines[after] if after < len(self.lines) else None
        score = 2 * any(_has_parts(line) for line in lines) - (not whole and self.has_frames)
        if following is None or following.role is not None:
            score += 1 + whole - 2 * self._goes_on_after_marked(after, lines)
        else:
            score += self._compare_with_column(after, lines, whole=whole)
        return score >= 2

    def _goes_on_after_marked(self, index: int, lines: list[Line]) -> bool:
        """Whether `lines`, above a caption or the like, go on below it: they are as wide as the first line of the
        paragraph that does not open there."""
        end = min(index + _LOOK_AHEAD, len(self.lines))
        plain = next((i for i in range(index, end) if self.lines[i].role is None), None)
        if plain is None or self._opens_paragraph(plain):
            return False
        column = self._find_column_after(plain) or self.lines[plain].width
        return self._goes_on_at(plain) or abs(column - _INDENT - lines[0].width) <= SLACK / 2

    def _skip_heading_frames(self, index: int) -> int:
        """The index after the frames, from `index` on, every line of which could be a heading: what follows the last of
        several headings tells what they are."""
        last = index
        for _ in range(_HEADING_FRAMES):
            end = last
            if end >= len(self.lines) or self.lines[end].role is not None:
                return last
            while end < len(self.lines) and self.lines[end].frame == self.lines[last].frame:
                if self.lines[end].role is not None:
                    break
                if not _could_be_heading(self.lines[end]):
                    return last
                end += 1
            if self._goes_on_at(end):
                return last
            last = end
            if last < len(self.lines) and self._opens_paragraph(last):
                return last
        return last

    def _goes_on_at(self, index: int) -> bool:
        """Whether the line at `index` can only be the rest of the line before it."""
        return index < len(self.lines) and self.lines[index].role is None and _continues(self.lines[index].text)

    def _compare_with_column(self, index: int, lines: list[Line], *, whole: bool) -> int:
        column = self._find_column_after(index) or self.lines[index].width
        widest = max(line.width for line in lines)
        opens = self._opens_paragraph(index)
        score = 2 * opens
        score += widest > column + SLACK or widest < column - _MOST_INDENT - 1
        score += whole and not _stands_single(self.lines, index)
        following = self.lines[index]
        if following.ends_sentence and following.width < widest - SLACK:
            score -= 2
        if not (opens and self.has_frames) and abs(column - _INDENT - lines[-1].width) <= SLACK / 2:
            score -= 2 + (len(lines) > 1)
        return score

    def _interrupts(self, start: int, end: int) -> bool:
        """Whether the lines, in mid-sentence and a frame of their own, are a heading and not the sentence going on."""
        assert self.open is not None
        lines = self.lines[start:end]
        if end < len(self.lines) and self.lines[end].role is None and self._opens_paragraph(end):
            return False
        column = self.open.lines[-1].column
        widest = max(line.width for line in lines)
        unlike = widest > column + SLACK or widest < column - _MOST_INDENT
        return any(_has_parts(line) for line in lines) or (unlike and not _stands_single(self.lines, end))


def _find_frame_ends(lines: list[Line]) -> list[int]:
    """For each line, the index one past the last line of its frame."""
    ends = [len(lines)] * len(lines)
    for index in range(len(lines) - 2, -1, -1):
        same = lines[index].frame == lines[index + 1].frame
        ends[index] = ends[index + 1] if same else index + 1
    return ends


def _could_be_heading(line: Line, *, pauses: str = "，。；") -> bool:
    return (
        line.role is None
        and line.width <= _LONGEST_HEADING_LINE
        and line.width >= 2
        and not line.ends_clause
        and not any(mark in line.text for mark in pauses)
        and line.text[-1] not in "、（“《"
        and all(line.text.count(pair[0]) == line.text.count(pair[1]) for pair in _PAIRS)
    )


def _has_parts(line: Line) -> bool:
    """Whether a column's label opens the line, or blanks divide it into headline parts, as they do neither in running
    text nor in letter-spacing."""
    if line.raw[0] == "【" and "】" in line.raw[:-1]:
        return True
    parts = line.raw.split(" ")
    if len(parts) < 2 or min(map(len, parts)) < 2:
        return False
    return not any(part[0].isdecimal() or part[-1].isdecimal() for part in parts)


def _continues(text: str) -> bool:
    """Whether `text` cannot begin a sentence: a mark stands at its head, or its first sentence ends within a word."""
    return text[0] in "，。；：、！？”’）》…" or (len(text) > 1 and text[1] in "。！？；")


def _stands_single(lines: list[Line], index: int) -> bool:
    """Whether the line at `index` is a frame of its own, as every line of a double-spaced column is."""
    if index >= len(lines):
        return False
    frame = lines[index].frame
    before = index > 0 and lines[index - 1].frame == frame
    after = index + 1 < len(lines) and lines[index + 1].frame == frame
    return not before and not after
