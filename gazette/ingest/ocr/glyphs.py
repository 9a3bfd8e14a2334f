"""Recognised lines to glyphs as `gazette.layout` takes them: upright, with a type size, at the width they are set in.

Recognition tells the middle of each character and the box of the line, which is padded by a few pixels. The type size
is what a line's length gives a character where the line is long enough, and the height of its box where it is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from gazette.ingest.ocr.model import OcrCharacter, OcrLine
from gazette.ingest.ocr.skew import find_height, turn
from gazette.layout import Glyph

_FULL_WIDTH = dict(zip(",;:!?()", "，；：！？（）", strict=True))
_OPENING = frozenset("“‘（《〈「『【〔")
_CLOSING = frozenset("，。、；：！？”’）》〉」』】〕…")
_NARROW = 0.55  # of the type size: a figure or a Latin letter
_LONG = 6.0  # type sizes: from this length on a line tells its own
_PADDED = 0.8  # the type size in heights of the box, where no line tells
_LARGEST_RATIO = 1.25  # of the page's: what a line's height allows its size to be
_ONE_SIZE = 0.07  # sizes that close to the commonest are one with it
_LIKE_HEIGHT = 0.2
_SAME_HEIGHT = 0.1
_LIKE_SIZE = 0.12
_COLUMN = 3  # lines
_STRETCHED = 16  # characters: a longer line is hardly stretched
_SHARED = 0.6  # of the shorter line's length
_NEAR = 3.0  # line heights


@dataclass(frozen=True, slots=True)
class LevelLine:
    """A line on the page turned upright, in pixels: its ends, its middle height and its type size."""

    characters: tuple[OcrCharacter, ...]
    x0: float
    x1: float
    y: float
    size: float


def level_lines(lines: Sequence[OcrLine], skew: float) -> list[LevelLine]:
    """The lines with `skew` degrees taken out. Lines without characters are left out."""
    lines = [line for line in lines if line.characters]
    sizes = _find_sizes(lines)
    levelled: list[LevelLine] = []
    for line, size in zip(lines, sizes, strict=True):
        start, end = turn(line.start, skew), turn(line.end, skew)
        levelled.append(LevelLine(_widen_marks(line.characters), start.x, end.x, (start.y + end.y) / 2, size))
    return levelled


def build_glyphs(line: LevelLine) -> list[Glyph]:
    """A glyph for each character of the line that is not blank, none of them over the next."""
    middles = [line.x0 + c.place * (line.x1 - line.x0) for c in line.characters]
    glyphs: list[Glyph] = []
    for index, character in enumerate(line.characters):
        before = (middles[index - 1] + middles[index]) / 2 if index else line.x0
        last = index + 1 == len(middles)
        after = line.x1 if last else (middles[index] + middles[index + 1]) / 2
        if character.text.isspace():
            continue
        x0, x1 = _find_extent(character.text, middles[index], line.size)
        x0, x1 = max(x0, before), x1 if last and character.text in _CLOSING else min(x1, after)
        half = line.size / 2
        glyphs.append(Glyph(character.text, x0, line.y - half, max(x1, x0 + 0.1 * line.size), line.y + half, line.size))
    return glyphs


def _find_extent(text: str, middle: float, size: float) -> tuple[float, float]:
    """A mark's ink is in one half of its square, which is what its middle was found by."""
    if text in _CLOSING:
        return middle - 0.25 * size, middle + 0.75 * size
    if text in _OPENING:
        return middle - 0.75 * size, middle + 0.25 * size
    half = (0.5 if _is_wide(text) else _NARROW / 2) * size
    return middle - half, middle + half


def _is_wide(text: str) -> bool:
    return text >= "\u2e80" or text in "“”‘’…—·℃"


def _widen_marks(characters: tuple[OcrCharacter, ...]) -> tuple[OcrCharacter, ...]:
    """Marks as Chinese sets them. Recognition hardly tells a comma at the end of a line from a full-width one; between
    two figures (1,100; 8:30) it is left as it is."""
    texts = [c.text for c in characters]
    if not any(text >= "\u4e00" for text in texts):
        return characters
    widened = list(characters)
    for index, character in enumerate(characters):
        beside = [texts[i] for i in (index - 1, index + 1) if 0 <= i < len(texts)]
        if character.text in _FULL_WIDTH and not (len(beside) == 2 and all(t.isascii() for t in beside)):
            widened[index] = character._replace(text=_FULL_WIDTH[character.text])
    return tuple(widened)


def _find_sizes(lines: Sequence[OcrLine]) -> list[float]:
    """The type size of each line, in pixels: one for the lines of a column that are set alike."""
    heights = [find_height(line) for line in lines]
    own = [_find_own_size(line) for line in lines]
    ratios = [size / height for size, height in zip(own, heights, strict=True) if size]
    ratio = median(ratios) if ratios else _PADDED
    sizes = [0.0] * len(lines)
    for group in _drop_stretched(_group_alike(lines, heights, own), lines, heights):
        among = sorted(min(own[i], _LARGEST_RATIO * ratio * heights[i]) for i in group)
        for i in group:
            sizes[i] = among[len(among) // 4]  # justified lines are set wider, never narrower
    lengths = [len(line.characters) for line in lines]
    common = _find_common(sizes, lengths)
    sizes = [common if abs(size - common) <= _ONE_SIZE * common else size for size in sizes]
    return [size or _borrow_size(index, lines, heights, sizes, ratio) for index, size in enumerate(sizes)]


def _find_common(sizes: Sequence[float], lengths: Sequence[int]) -> float:
    """The size that most characters are set in."""
    weights = {
        size: sum(n for s, n in zip(sizes, lengths, strict=True) if s and abs(s - size) <= _ONE_SIZE * size)
        for size in set(sizes)
        if size
    }
    return max(weights, key=lambda size: (weights[size], -size), default=0.0)


def _group_alike(lines: Sequence[OcrLine], heights: Sequence[float], own: Sequence[float]) -> list[list[int]]:
    """The lines long enough to tell their size, those together that stand one below the other and differ little."""
    groups: list[list[int]] = []
    for index in sorted((i for i, size in enumerate(own) if size), key=lambda i: lines[i].start.y):
        touched = [
            number
            for number, group in enumerate(groups)
            if any(_are_alike(lines[i], lines[index], heights[i], heights[index], own[i] / own[index]) for i in group)
        ]
        merged = [i for number in touched for i in groups[number]] + [index]
        groups = [group for number, group in enumerate(groups) if number not in touched] + [merged]
    return groups


def _drop_stretched(groups: list[list[int]], lines: Sequence[OcrLine], heights: Sequence[float]) -> Iterator[list[int]]:
    """The groups without single lines beside a column of their height: a line with little in it is stretched to the
    column's width, so that its length tells nothing."""
    columns = [group for group in groups if len(group) >= _COLUMN]
    for group in groups:
        first = group[0]
        beside = any(
            _are_near(lines[first], lines[i]) and abs(heights[i] - heights[first]) < _SAME_HEIGHT * heights[i]
            for column in columns
            for i in column
        )
        if len(group) > 1 or not beside or len(lines[first].characters) > _STRETCHED:
            yield group


def _are_near(first: OcrLine, second: OcrLine) -> bool:
    shared = min(first.end.x, second.end.x) - max(first.start.x, second.start.x)
    shorter = min(first.end.x - first.start.x, second.end.x - second.start.x)
    return shared > _SHARED * shorter and abs(first.start.y - second.start.y) < _NEAR * find_height(first)


def _are_alike(above: OcrLine, below: OcrLine, height: float, other: float, ratio: float) -> bool:
    if abs(height - other) > _LIKE_HEIGHT * height or not 1 - _LIKE_SIZE < ratio < 1 / (1 - _LIKE_SIZE):
        return False
    return _are_near(above, below)


def _find_own_size(line: OcrLine) -> float:
    """The length of the line over that of its characters in type sizes; 0 where the line is too short to tell."""
    first, last = line.characters[0], line.characters[-1]
    units = sum(_find_units(c.text) for c in line.characters)
    if units < _LONG:
        return 0.0
    before = 0.75 if first.text in _OPENING else _find_units(first.text) / 2  # to where its middle was found
    after = 0.75 if last.text in _CLOSING else _find_units(last.text) / 2
    return (last.place - first.place) * (line.end.x - line.start.x) / (units - before - after)


def _find_units(text: str) -> float:
    return 1.0 if _is_wide(text) else _NARROW


def _borrow_size(
    index: int, lines: Sequence[OcrLine], heights: Sequence[float], sizes: Sequence[float], ratio: float
) -> float:
    """The size of the nearest line that is about as high, above rather than below: a short line is most often the
    last of its paragraph."""
    own = lines[index]
    best, nearest = ratio * heights[index], _NEAR * heights[index]
    for other, height, size in zip(lines, heights, sizes, strict=True):
        if not size or abs(height - heights[index]) > _LIKE_HEIGHT * height:
            continue
        aside = max(other.start.x - own.end.x, own.start.x - other.end.x, 0.0)
        below = other.start.y - own.start.y
        distance = (2 * below if below > 0 else -below) + 2 * aside
        if distance < nearest:
            best, nearest = size, distance
    return best
