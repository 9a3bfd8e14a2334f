"""Tells running text from what is set larger (headlines, pull quotes) and smaller (captions, notes) by type size.

Each size that a good share of the page is set in is running text: two articles may be set in two sizes. What is set
smaller is taken out before columns are looked for, because a caption under a wide picture closes the gutters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from gazette.layout.lines import Kind, Run
from gazette.layout.model import Glyph

BODY_SHARE = 0.15
_ONE_SIZE = 1.04  # sizes closer than this are one size
_LARGEST_BODY = 1.35  # of the commonest size
_DISPLAY = 1.2  # of the largest running text
_ASIDE = 0.95  # of the smallest


@dataclass(frozen=True, slots=True)
class Sizes:
    """The type sizes of running text, in points: the smallest, the commonest, the largest."""

    smallest: float
    common: float
    largest: float

    @property
    def display(self) -> float:
        """Larger type is no running text."""
        return _DISPLAY * self.largest

    def find_kind(self, size: float) -> Kind:
        if size > self.display:
            return Kind.DISPLAY
        return Kind.ASIDE if size < _ASIDE * self.smallest else Kind.TEXT


def find_sizes(glyphs: Sequence[Glyph]) -> Sizes:
    """The sizes of running text. `glyphs` must not be empty."""
    counts = _group_sizes(Counter(round(g.size, 1) for g in glyphs if g.text >= "\u2e80")) or _group_sizes(
        Counter(round(g.size, 1) for g in glyphs)
    )
    common = max(counts, key=lambda size: counts[size])
    total = sum(counts.values())
    body = [s for s, n in counts.items() if n >= BODY_SHARE * total and s < _LARGEST_BODY * common] or [common]
    return Sizes(min(body), common, max(body))


def _group_sizes(counts: Counter[float]) -> dict[float, int]:
    groups: dict[float, int] = {}
    last = 0.0
    for size in sorted(counts):
        if last and size < _ONE_SIZE * last:
            groups[last] += counts[size]
        else:
            groups[size] = counts[size]
            last = size
    return groups


def assign_kinds(runs: Sequence[Run], sizes: Sizes) -> None:
    for run in runs:
        run.kind = sizes.find_kind(run.size)
