"""Lines in reading order to paragraphs: what a column cut is joined, what stands in mid-sentence waits for its end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from gazette.layout.lines import Kind, Line, Run
from gazette.layout.model import Glyph

_WORD_GAP = 0.18  # of the type size: a wider gap between two Latin words is a blank
_LIKE_COLUMN = 0.8  # of the usual line: a lone line that wide may be running text


@dataclass(slots=True)
class Paragraph:
    kind: Kind
    lines: list[Line]

    @property
    def ends_sentence(self) -> bool:
        return self.lines[-1].ends_sentence

    @property
    def size(self) -> float:
        return self.lines[0].size


def build_paragraphs(lines: Sequence[Line]) -> list[Paragraph]:
    """The paragraphs of one region. Large type that stands where a sentence goes on comes after its paragraph."""
    usual = median([line.x1 - line.x0 for line in lines if line.kind is not Kind.DISPLAY] or [0.0])
    paragraphs: list[Paragraph] = []
    waiting: list[Line] = []
    for line in lines:
        if line.kind is Kind.DISPLAY:
            waiting.append(line)
        elif paragraphs and _goes_on(paragraphs[-1], line, waiting, usual):
            paragraphs[-1].lines.append(line)
        else:
            _release(paragraphs, waiting)
            paragraphs.append(Paragraph(line.kind, [line]))
    _release(paragraphs, waiting)
    return paragraphs


def _goes_on(paragraph: Paragraph, line: Line, between: Sequence[Line], usual: float) -> bool:
    """Whether `line` continues the paragraph, over the large type that stands between them."""
    if paragraph.kind is Kind.DISPLAY:
        return False
    before = paragraph.lines[-1]
    if line.indented or _differ(before, line):
        return False
    if before.ends_sentence:
        return not between and not before.is_short
    lone = before.single and (before.x1 - before.x0) < _LIKE_COLUMN * usual
    if lone or (before.single and before.x1 - before.x0 > usual / _LIKE_COLUMN):
        return False
    return not (between and before.is_short and _stands_free(before))


def _stands_free(line: Line) -> bool:
    return line.x0 > line.left + line.size


def _differ(before: Line, after: Line) -> bool:
    """Whether the type changes: a sub-head set a little larger."""
    return abs(before.size - after.size) > 0.06 * min(before.size, after.size)


def _release(paragraphs: list[Paragraph], waiting: list[Line]) -> None:
    """Large type, its lines of one size that stand together as one paragraph."""
    for line in waiting:
        last = paragraphs[-1] if paragraphs else None
        if last is not None and last.kind is Kind.DISPLAY and _is_same_heading(last.lines[-1], line):
            last.lines.append(line)
        else:
            paragraphs.append(Paragraph(Kind.DISPLAY, [line]))
    waiting.clear()


def _is_same_heading(before: Line, after: Line) -> bool:
    below = after.y0 - before.y1
    like = abs(before.size - after.size) < 0.05 * before.size
    beside = min(before.x1, after.x1) - max(before.x0, after.x0) > 0
    return like and beside and -before.size < below < before.size


def write_paragraph(paragraph: Paragraph) -> list[Glyph | str]:
    """The paragraph's glyphs in reading order. Blanks that justify are left out, those between words are kept."""
    written: list[Glyph | str] = []
    running = paragraph.kind is Kind.TEXT and len(paragraph.lines) > 1
    for index, line in enumerate(paragraph.lines):
        if index and _needs_blank(paragraph.lines[index - 1], line, paragraph.kind):
            written.append(" ")
        written.extend(_write_line(line, running))
    return written


def _needs_blank(before: Line, after: Line, kind: Kind) -> bool:
    first, second = before.glyphs[-1].text, after.glyphs[0].text
    if kind is Kind.DISPLAY:
        full = before.x1 >= after.x1 - before.size and abs(before.x0 - after.x0) < 0.3 * before.size
        return not full
    return first.isascii() and second.isascii() and first.isalpha() and second.isalpha()


def _write_line(line: Line, running: bool) -> Iterable[Glyph | str]:
    gaps = [after.x0 - before.x1 for before, after in zip(line.glyphs, line.glyphs[1:], strict=False)]
    usual = max(0.0, median(gaps)) if gaps else 0.0
    for index, glyph in enumerate(line.glyphs):
        if index and not _is_upright(line.runs):
            before = line.glyphs[index - 1]
            if _is_blank(before, glyph, gaps[index - 1], usual, running):
                yield " "
        yield glyph


def _is_upright(runs: Sequence[Run]) -> bool:
    return any(run.upright for run in runs)


def _is_blank(before: Glyph, after: Glyph, gap: float, usual: float, running: bool) -> bool:
    size = min(before.size, after.size)
    latin = before.text.isascii() and after.text.isascii()
    if latin and (before.text.isalpha() or after.text.isalpha()):
        return gap - usual > _WORD_GAP * size
    if running or latin:
        return False
    least = 0.1 if after.spaced else 0.4  # typesetting puts a quarter between Chinese and Latin type
    return gap - usual > least * size
