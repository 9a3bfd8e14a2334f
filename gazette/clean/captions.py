"""Captions, credits and page furniture among the lines of a wrapped run.

Takes the lines of one run and sets the role of each that its look, or its place in its frame, tells; all others are
headings or body, which only their surroundings tell.
"""

from __future__ import annotations

from itertools import groupby

from gazette.clean.columns import SLACK
from gazette.clean.lines import Line
from gazette.clean.marks import find_marked_role
from gazette.clean.model import Role

_CAPTION_LINES = 4
_LONGEST_ORPHAN = 4
_LINES_ALONE = 3


def mark_roles(lines: list[Line]) -> None:
    """Set the role of every line that is a caption, a credit or furniture."""
    frames = [list(frame) for _, frame in groupby(lines, key=lambda line: line.frame)]
    for number, frame in enumerate(frames):
        for index, line in enumerate(frame):
            line.role = find_marked_role(line.raw, standing_alone=False)
            if line.role is Role.CAPTION:
                _mark_caption_head(frame, index)
        neighbours = frames[max(0, number - 1) : number] + frames[number + 1 : number + 2]
        _mark_standing_alone(frame, double_spaced=_is_double_spaced(frame, neighbours))


def _mark_caption_head(frame: list[Line], end: int) -> None:
    """Give the lines above a photographer's name, in the same frame, the role of the caption that they begin."""
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
    if plain and len(plain) == len(frame) <= _LINES_ALONE and not any(line.ends_sentence for line in plain):
        role = find_marked_role("".join(line.raw for line in plain))
        if role is not None and not (double_spaced and role is Role.CAPTION):
            for line in plain:
                line.role = role
    for line in (plain[:1] + plain[-1:]) if len(frame) > 1 else ():
        if line.role is None and find_marked_role(line.raw) in (Role.CREDIT, Role.FURNITURE):
            line.role = find_marked_role(line.raw)


def find_caption_end(lines: list[Line], index: int) -> int:
    """One past the last line of the caption that begins at `index`: a photographer ends it, or its frame."""
    end, frame = index + 1, lines[index].frame
    while end < len(lines) and lines[end].role is Role.CAPTION and lines[end].frame == frame:
        if _ends_caption(lines[end - 1], lines[end]):
            break
        end += 1
    return end


def _ends_caption(line: Line, following: Line) -> bool:
    """Whether the caption ends with `line`: its photographer stands there, and not on the next line alone."""
    if len(following.text) <= _LONGEST_ORPHAN and find_marked_role(following.raw) is Role.CAPTION:
        return False
    return find_marked_role(line.raw, standing_alone=False) is Role.CAPTION
