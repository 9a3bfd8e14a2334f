"""The lines of a page and their measures.

Takes folded text, gives its non-blank lines with what the later steps ask of each: how wide it is, whether a sentence
ends at its end, whether a blank line stands before it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from gazette.clean.characters import INVISIBLE
from gazette.clean.model import Role

SENTENCE_ENDS = frozenset("。！？…!?")
CLAUSE_ENDS = frozenset("：；:;")
_AFTER_SENTENCE = "”’）》」』】)\"'"
_INDENT = 2
_PADDING = " " + INVISIBLE
_INNER_PAUSE = re.compile("[，。；、：]")


@dataclass(slots=True)
class Line:
    """One non-blank line: its place in the folded text, `raw` without padding, `text` without any blanks or invisible
    characters: the same object where there are none.

    `width` is in Chinese characters, a half-width one counting a half. `frame` numbers the stretches between blank
    lines. `ends_sentence`: a sentence ends with the line. `indented`: two blanks or more stand before it. `column` is
    the width of the column that it stands in, 0 till measured."""

    start: int
    end: int
    raw: str
    text: str
    width: float
    frame: int
    ends_sentence: bool
    indented: bool
    role: Role | None = field(default=None)
    column: float = 0.0

    @property
    def ends_clause(self) -> bool:
        return self.text[-1] in CLAUSE_ENDS

    @property
    def has_pause(self) -> bool:
        """Whether it reads as running text: a comma, full stop or the like stands in it."""
        return _INNER_PAUSE.search(self.text) is not None


def ends_sentence(text: str) -> bool:
    """Whether a sentence ends at the end of `text`, closing quotes and brackets not counted."""
    last = text[-1:]
    if last in SENTENCE_ENDS:
        return True
    if last and last in _AFTER_SENTENCE:
        return text.rstrip(_AFTER_SENTENCE)[-1:] in SENTENCE_ENDS
    return False


def find_lines(folded: str) -> list[Line]:
    """The lines of `folded` that hold more than blanks, in order."""
    lines: list[Line] = []
    offset, frame, after_blank = 0, -1, True
    for raw in folded.split("\n"):
        stripped = raw.strip(_PADDING)
        if not stripped:
            after_blank = True
        else:
            frame += after_blank
            after_blank = False
            indent = 0 if raw[0] == stripped[0] else len(raw) - len(raw.lstrip(_PADDING))
            lines.append(_build_line(stripped, offset + indent, frame, indented=indent >= _INDENT))
        offset += len(raw) + 1
    return lines


def _build_line(stripped: str, start: int, frame: int, *, indented: bool) -> Line:
    text = stripped
    if " " in text or INVISIBLE in text:
        text = text.replace(" ", "").replace(INVISIBLE, "")
    half = len(text.encode("ascii", "ignore"))
    return Line(
        start, start + len(stripped), stripped, text, len(text) - half / 2, frame, ends_sentence(text), indented
    )
