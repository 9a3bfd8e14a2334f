"""Finds headlines set from top to bottom: characters stacked in columns, which are read from right to left.

Large type is judged by its neighbours: in an upright headline the next character below is nearer than the next to the
side. Type of any size is upright where at least four characters stand one below the other with nothing beside them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from gazette.layout.layers import Sizes
from gazette.layout.lines import Kind, Run
from gazette.layout.model import Glyph

_REACH = 1.8  # of the type size, between centres: farther characters are no neighbours
_TALLER = 1.3  # how much taller than wide an upright headline is
_MOST_LARGE = 1500  # glyphs of large type on one page that are looked at
_SHORTEST_STACK = 4


def split_upright(glyphs: Sequence[Glyph], sizes: Sizes) -> tuple[list[Run], list[Glyph]]:
    """The upright headlines, and the glyphs that are left."""
    large = [g for g in glyphs if sizes.find_kind(g.size) is Kind.DISPLAY]
    upright = [group for group in _find_groups(large[:_MOST_LARGE]) if _is_upright(group)]
    upright += _find_stacks([g for g in glyphs if sizes.find_kind(g.size) is not Kind.DISPLAY])
    taken = {id(g) for group in upright for g in group}
    return [_build_upright_run(group) for group in upright], [g for g in glyphs if id(g) not in taken]


def _find_groups(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    groups: list[list[Glyph]] = []
    left = list(glyphs)
    while left:
        group, edge = [], [left.pop()]
        while edge:
            glyph = edge.pop()
            group.append(glyph)
            near = [g for g in left if _are_neighbours(glyph, g)]
            if near:
                taken = {id(g) for g in near}
                left = [g for g in left if id(g) not in taken]
                edge.extend(near)
        groups.append(group)
    return groups


def _are_neighbours(first: Glyph, second: Glyph) -> bool:
    size = first.size
    dx, dy = _find_distance(first, second)
    if abs(size - second.size) > 0.1 * size:
        return False
    return (dx < 0.4 * size and dy < _REACH * size) or (dy < 0.4 * size and dx < _REACH * size)


def _find_distance(first: Glyph, second: Glyph) -> tuple[float, float]:
    return abs(first.x0 + first.x1 - second.x0 - second.x1) / 2, abs(first.y0 + first.y1 - second.y0 - second.y1) / 2


def _is_upright(group: list[Glyph]) -> bool:
    if len(group) < 3:
        return False
    width = max(g.x1 for g in group) - min(g.x0 for g in group)
    height = max(g.y1 for g in group) - min(g.y0 for g in group)
    if height < _TALLER * width:
        return False
    below, beside = _find_pitches(group)
    return bool(below) and (not beside or median(below) < median(beside))


def _find_pitches(group: list[Glyph]) -> tuple[list[float], list[float]]:
    below: list[float] = []
    beside: list[float] = []
    for glyph in group:
        apart = [(_find_distance(glyph, other)) for other in group if other is not glyph]
        below.extend(sorted(dy for dx, dy in apart if dx < 0.4 * glyph.size)[:1])
        beside.extend(sorted(dx for dx, dy in apart if dy < 0.4 * glyph.size)[:1])
    return below, beside


def _find_stacks(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    lonely = [g for g in _find_lonely(glyphs) if g.text >= "\u2e80"]
    lonely.sort(key=lambda g: (round((g.x0 + g.x1) / 8), g.y0))
    stacks: list[list[Glyph]] = []
    for glyph in lonely:
        if stacks and _is_below(stacks[-1][-1], glyph):
            stacks[-1].append(glyph)
        else:
            stacks.append([glyph])
    return [stack for stack in stacks if len(stack) >= _SHORTEST_STACK]


def _find_lonely(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Glyphs with nothing beside them within two thirds of their size."""
    rows: dict[int, list[Glyph]] = {}
    for glyph in glyphs:
        for number in range(int(glyph.y0 // 8), int(glyph.y1 // 8) + 1):
            rows.setdefault(number, []).append(glyph)
    beside: set[int] = set()
    for row in rows.values():
        row.sort(key=lambda g: g.x0)
        for before, after in pairwise(row):
            overlap = min(before.y1, after.y1) - max(before.y0, after.y0)
            if overlap > 0.3 * before.size and after.x0 - before.x1 < 0.67 * max(before.size, after.size):
                beside.update((id(before), id(after)))
    return [g for g in glyphs if id(g) not in beside]


def _is_below(first: Glyph, second: Glyph) -> bool:
    dx, dy = _find_distance(first, second)
    return dx < 0.25 * first.size and 0.8 * first.size < dy < 1.5 * first.size and first.y0 < second.y0


def _build_upright_run(group: list[Glyph]) -> Run:
    columns: list[list[Glyph]] = []
    for glyph in sorted(group, key=lambda g: -(g.x0 + g.x1)):
        if columns and columns[-1][0].x0 - glyph.x0 < 0.5 * glyph.size:
            columns[-1].append(glyph)
        else:
            columns.append([glyph])
    glyphs = [g for column in columns for g in sorted(column, key=lambda g: g.y0)]
    edges = min(g.x0 for g in group), min(g.y0 for g in group), max(g.x1 for g in group), max(g.y1 for g in group)
    return Run(glyphs, *edges, size=group[0].size, kind=Kind.DISPLAY, upright=True)
