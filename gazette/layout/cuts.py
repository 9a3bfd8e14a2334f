"""Recursive XY-cut that tries the cuts open to it and keeps the order that reads best.

A region is cut along a blank strip, level or upright, until one column is left. Geometry alone does not tell whether
two texts side by side end at one level by chance; the text does: a column that breaks off in mid-sentence is followed
by one that starts without an indent, one that ends with a full stop mostly by an indent or a headline. Every way to
cut is therefore scored by how its columns join, and the best is kept. Regions met again are remembered, so the ways
to cut n columns and m bands cost about n² m² regions, not all their combinations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import accumulate
from operator import or_
from statistics import median

from gazette.layout.lines import Kind, Line, Run, build_lines
from gazette.layout.model import Wall

_GUTTERS = ((5.0, 0.45), (4.0, 0.55), (3.0, 0.65), (2.0, 1.0), (0.5, 2.0), (0.0, 0.8))
"""The narrowest gutter, in type sizes, by how many rows have text on both of its sides."""
_SURE_ROWS = 6  # a gutter that parts so many rows is one for the whole page
_KNOWN_GUTTER = 0.3  # narrowest where the same gutter was found elsewhere on the page
_BAND = 1.0  # the lowest band
_BAND_PITCH = 1.6  # a band is higher than that many gaps between lines
_DISPLAY_BAND = 0.05  # beside a headline
_MUCH_WORK = 120_000  # runs looked at in all regions of a page, several times what one has: beyond, the likeliest cut
_MOST_WORK = 240_000  # beyond, no cut at all: such a page is no newspaper's
_MOST_CUTS = 24  # tried in one region
_JOIN_COST = 0.02  # of a join by itself: of two orders that read well, the one with fewer leaps
_LARGE_QUOTE = 2.0  # of running text: larger type is a headline, never a pull quote


@dataclass(frozen=True, slots=True)
class Order:
    """Lines in reading order, how well they join, and the runs taken out because they stood across the gutters."""

    score: float
    lines: tuple[Line, ...]
    lifted: tuple[Run, ...] = ()
    whole: bool = False  # one column


@dataclass(frozen=True, slots=True)
class Cut:
    """A way to cut a region in two: its parts in reading order and how likely it is by itself, 0 or less: likely cuts
    earn nothing, or the order with the most of them would win."""

    first: tuple[int, ...]
    second: tuple[int, ...]
    prior: float


@dataclass
class Cutter:
    """Orders runs. `size` is the type size that gaps are measured in; `level` and `steep` are rules on the page."""

    runs: Sequence[Run]
    size: float
    level: Sequence[Wall] = ()
    steep: Sequence[Wall] = ()
    pictures: Sequence[Wall] = ()
    _orders: dict[tuple[int, ...], Order] = field(default_factory=dict)
    _gutters: set[tuple[float, float]] = field(default_factory=set)
    _missed: set[tuple[float, float]] = field(default_factory=set)
    _large: set[int] = field(default_factory=set)
    _levels: list[int] = field(default_factory=list)
    _pitch: float = 0.0
    _work: int = 0

    def find_order(self) -> Order:
        self._pitch = find_pitch(self.runs, self.size)
        self._large = {i for i, run in enumerate(self.runs) if run.kind is Kind.DISPLAY}
        self._levels = [_find_levels(run, self.size / 2) for run in self.runs]
        everything = tuple(range(len(self.runs)))
        order = self._order(everything)
        if any(_overlap(gap, known) > 0.25 * self.size for gap in self._missed for known in self._gutters):
            self._work = 0
            self._orders.clear()  # what was found in one place helps in another
            order = self._order(everything)
        return order

    def _order(self, region: tuple[int, ...]) -> Order:
        found = self._orders.get(region)
        if found is None:
            found = self._orders[region] = self._find_best(region)
        return found

    def _find_best(self, region: tuple[int, ...]) -> Order:
        self._work += len(region)
        if len(region) < 2 or self._work > _MOST_WORK:
            return self._build_column(region)
        upright = self._find_gutters(region)
        bands = self._find_bands(region)
        candidates = [self._lift(region, lifted) for lifted in self._find_straddling(region, upright)]
        if not upright and bands:
            strong = [cut for cut in bands if cut.prior > -0.05]
            candidates.append(self._order_bands(region, strong or bands))
            if not strong and 1 < len(bands) < 7:
                candidates.extend(self._order_bands(region, [cut]) for cut in bands)
        elif upright:
            cuts = sorted(upright + bands, key=lambda cut: -cut.prior)[:_MOST_CUTS]
            if self._work > _MUCH_WORK:
                cuts = cuts[:1]
            candidates.extend(self._try(cut) for cut in cuts)
        elif not candidates and (crossing := self._find_crossing(region)):
            candidates.append(self._lift(region, crossing))
        return max(candidates, key=lambda order: order.score) if candidates else self._build_column(region)

    def _try(self, cut: Cut) -> Order:
        first, second = self._order(cut.first), self._order(cut.second)
        return join_orders(first, second, self.size, cut.prior)

    def _order_bands(self, region: tuple[int, ...], bands: list[Cut]) -> Order:
        """Bands of a region without gutters are read from top to bottom, whatever cut is made first."""
        orders: list[Order] = []
        done: set[int] = set()
        for cut in bands:
            orders.append(self._order(tuple(i for i in cut.first if i not in done)))
            done.update(cut.first)
        orders.append(self._order(bands[-1].second))
        if all(order.whole for order in orders):
            return self._build_column(region)
        joined = orders[0]
        for order, cut in zip(orders[1:], bands, strict=True):
            joined = join_orders(joined, order, self.size, min(0.0, cut.prior))
        return joined

    def _build_column(self, region: tuple[int, ...]) -> Order:
        lines = build_lines(self.runs[i] for i in region)
        score = sum(_score_within(lines, index, self.size) for index in range(1, len(lines)))
        return Order(score, tuple(lines), (), whole=True)

    def _lift(self, region: tuple[int, ...], lifted: set[int]) -> Order:
        rest = self._order(tuple(i for i in region if i not in lifted))
        runs = tuple(self.runs[i] for i in sorted(lifted))
        cost = 0.05 if all(run.kind is Kind.DISPLAY for run in runs) else 0.3
        return Order(rest.score - cost, rest.lines, rest.lifted + runs)

    def _find_gutters(self, region: tuple[int, ...]) -> list[Cut]:
        runs = self.runs
        by_left = sorted(region, key=lambda i: runs[i].x0)
        extent = min(runs[i].y0 for i in region), max(runs[i].y1 for i in region)
        right_levels = list(accumulate((self._levels[i] for i in reversed(by_left)), or_))[::-1]
        cuts: list[Cut] = []
        edge, levels = runs[by_left[0]].x1, self._levels[by_left[0]]
        for place, index in enumerate(by_left[1:], start=1):
            run = runs[index]
            if run.x0 - edge > _KNOWN_GUTTER * self.size:
                gap = (edge, run.x0)
                ruled = any(gap[0] - 1 <= (w.x0 + w.x1) / 2 <= gap[1] + 1 and _spans(w, extent) for w in self.steep)
                rows = (levels & right_levels[place]).bit_count() / 2
                rows = min(rows, self._count_flush(gap, by_left, place))
                cut = self._make_gutter(gap, by_left[:place], by_left[place:], rows, ruled)
                if cut is not None:
                    cuts.append(cut)
            edge = max(edge, run.x1)
            levels |= self._levels[index]
        return cuts

    def _count_flush(self, gap: tuple[float, float], by_left: list[int], place: int) -> float:
        """How many rows end or begin at the edge of the gap, whichever are more: of a column that stands beside
        anything, many do; of a gap within a line only that line does."""
        ending = beginning = 0
        for i in by_left[:place]:
            if self.runs[i].x1 > gap[0] - self.size:
                ending |= self._levels[i]
        for i in by_left[place:]:
            if self.runs[i].x0 > gap[1] + 0.3 * self.size:
                break
            beginning |= self._levels[i]
        return max(ending.bit_count(), beginning.bit_count()) / 2

    def _make_gutter(
        self, gap: tuple[float, float], first: list[int], second: list[int], rows: float, ruled: bool
    ) -> Cut | None:
        splits = self._splits_headline(first, second)
        if (rows < _SURE_ROWS and splits) or not (ruled or self._is_gutter(gap, rows)):
            return None
        prior = 0.0 if ruled else -0.01
        for rule in self.level:
            if rule.x0 < gap[0] - self.size and rule.x1 > gap[1] + self.size and self._parts(rule, first, second):
                prior -= 1.0
        return Cut(tuple(sorted(first)), tuple(sorted(second)), prior - (0.15 if splits else 0.0))

    def _is_gutter(self, gap: tuple[float, float], rows: float) -> bool:
        width = (gap[1] - gap[0]) / self.size
        if width >= next(least for count, least in _GUTTERS if rows >= count):
            if rows >= _SURE_ROWS:
                self._gutters.add(gap)
            return True
        if any(_overlap(gap, known) > 0.25 * self.size for known in self._gutters):
            return True
        self._missed.add(gap)
        return False

    def _parts(self, rule: Wall, first: Sequence[int], second: Sequence[int]) -> bool:
        """Whether the rule has text above and below it on one side of a gutter, and any on the other."""
        for part in (first, second):
            beside = [self.runs[i] for i in part if self.runs[i].x0 < rule.x1 and self.runs[i].x1 > rule.x0]
            if any(run.y0 > rule.y0 for run in beside) and any(run.y1 < rule.y1 for run in beside):
                return True
        return False

    def _splits_headline(self, first: Sequence[int], second: Sequence[int]) -> bool:
        left = [self.runs[i] for i in first if i in self._large]
        right = [self.runs[i] for i in second if i in self._large]
        return any(_belong_together(run, other) for run in left for other in right)

    def _find_bands(self, region: tuple[int, ...]) -> list[Cut]:
        by_top = sorted(region, key=lambda i: self.runs[i].y0)
        left, right = min(self.runs[i].x0 for i in region), max(self.runs[i].x1 for i in region)
        large = [self.runs[i] for i in region if self.runs[i].kind is Kind.DISPLAY]
        cuts: list[Cut] = []
        lowest = self.runs[by_top[0]].y1
        for place, index in enumerate(by_top[1:], start=1):
            run = self.runs[index]
            if run.y0 - lowest > _DISPLAY_BAND * self.size:
                prior = self._judge_band((lowest, run.y0), by_top, place, (left, right), large)
                if prior is not None:
                    cuts.append(Cut(tuple(sorted(by_top[:place])), tuple(sorted(by_top[place:])), prior))
            lowest = max(lowest, run.y1)
        return cuts

    def _judge_band(
        self, gap: tuple[float, float], by_top: list[int], place: int, sides: tuple[float, float], large: list[Run]
    ) -> float | None:
        """How likely the gap parts two texts; None where it is no more than leading."""
        height = (gap[1] - gap[0]) / self.size
        opens = self.runs[by_top[place]].kind is Kind.DISPLAY
        beside = opens or any(gap[0] - 1 < run.y1 <= gap[0] for run in large)
        ruled = any(
            gap[0] - 1 <= (w.y0 + w.y1) / 2 <= gap[1] + 1
            and min(w.x1, sides[1]) - max(w.x0, sides[0]) > 0.8 * (sides[1] - sides[0])
            for w in self.level
        )
        leading = max(_BAND, _BAND_PITCH * self._pitch / self.size)
        if not (beside or ruled or height >= leading):
            return None
        if not ruled and self._severs(gap, by_top, place, leading * self.size):
            return None
        crossed = any(
            sides[0] < (w.x0 + w.x1) / 2 < sides[1] and w.y0 < gap[0] - self.size and w.y1 > gap[1] + self.size
            for w in self.steep
        )
        near = [run for run in large if gap[0] - 2 * self.size < run.y1 and run.y0 < gap[1] + 2 * self.size]
        if near and not (ruled and self._stands_under_rule(near, gap)) and all(self._is_quote(r, by_top) for r in near):
            return -0.2 - 1.0 * crossed  # a pull quote and the rules about it part nothing
        if ruled or beside:
            return -1.0 * crossed
        return (-0.2 if self._is_pictured(gap, sides) else -0.1) - 1.0 * crossed  # a column goes on below a blank

    def _could_be_quote(self, run: Run) -> bool:
        return 1.2 * self.size < run.size < _LARGE_QUOTE * self.size and not run.upright

    def _is_quote(self, run: Run, region: Sequence[int]) -> bool:
        """Whether it may be a pull quote: of its size, and below running text of the region."""
        if not self._could_be_quote(run):
            return False
        above = (self.runs[i] for i in region if self.runs[i].y1 <= run.y0 + 1)
        return any(o.kind is not Kind.DISPLAY and o.x0 < run.x1 and o.x1 > run.x0 for o in above)

    def _stands_under_rule(self, large: Sequence[Run], gap: tuple[float, float]) -> bool:
        """Whether the rule in the gap is above all large type near it, and none below: about a quote there are two."""
        bottom = max(run.y1 for run in large)
        if min(run.y0 for run in large) < gap[0]:
            return False
        left, right = min(run.x0 for run in large), max(run.x1 for run in large)
        return not any(
            bottom - 1 <= (w.y0 + w.y1) / 2 <= bottom + 2 * self.size and w.x0 < right and w.x1 > left
            for w in self.level
        )

    def _is_pictured(self, gap: tuple[float, float], sides: tuple[float, float]) -> bool:
        return any(
            min(w.x1, sides[1]) - max(w.x0, sides[0]) > 0.4 * (sides[1] - sides[0])
            and min(w.y1, gap[1]) - max(w.y0, gap[0]) > 0.4 * (gap[1] - gap[0])
            for w in self.pictures
        )

    def _severs(self, gap: tuple[float, float], by_top: list[int], place: int, leading: float) -> bool:
        """Whether a column runs on across the gap."""
        last: list[Run] = []
        for i in reversed(by_top[:place]):
            run = self.runs[i]
            if run.y0 < gap[0] - leading - 2 * self.size:
                break
            if run.y1 > gap[0] - leading and run.kind is not Kind.DISPLAY:
                last.append(run)
        for i in by_top[place:]:
            run = self.runs[i]
            if run.y0 >= gap[1] + leading:
                break
            if run.kind is not Kind.DISPLAY and any(
                run.y0 - other.y1 < leading and min(other.x1, run.x1) > max(other.x0, run.x0) for other in last
            ):
                return True
        return False

    def _find_straddling(self, region: tuple[int, ...], upright: list[Cut]) -> list[set[int]]:
        """Pull quotes that stand across a gutter which would be open without them."""
        quotes = {i for i in region if self.runs[i].kind is Kind.DISPLAY and self._could_be_quote(self.runs[i])}
        if not quotes or len(quotes) == len(region):
            return []
        rest = tuple(i for i in region if i not in quotes)
        open_cuts = self._find_gutters(rest)
        if len(open_cuts) <= len(upright):
            return []
        straddling: set[int] = set()
        for cut in open_cuts:
            left, right = max(self.runs[i].x1 for i in cut.first), min(self.runs[i].x0 for i in cut.second)
            straddling.update(i for i in quotes if self.runs[i].x0 < left and self.runs[i].x1 > right)
        return [self._add_rest_of_quote(straddling, quotes)] if straddling else []

    def _add_rest_of_quote(self, straddling: set[int], quotes: set[int]) -> set[int]:
        """The last line of a quote may be too short to stand across the gutter."""
        whole = set(straddling)
        for i in sorted(quotes - straddling, key=lambda i: self.runs[i].y0):
            run = self.runs[i]
            for j in whole:
                other = self.runs[j]
                if abs(run.size - other.size) < 0.5 and abs(run.y0 - other.y0) < 2 * run.size:
                    whole.add(i)
                    break
        return whole

    def _find_crossing(self, region: tuple[int, ...]) -> set[int]:
        """A few lines of text that stand across a gutter which everything else keeps clear: a caption in body type,
        a box that was read askew."""
        lines = [self.runs[i] for i in region]
        rows = reduce(or_, (self._levels[i] for i in region)).bit_count() / 3
        if rows < 8:
            return set()
        most = max(1, min(4, int(rows * 0.08)))
        left, right = min(run.x0 for run in lines), max(run.x1 for run in lines)
        x = left + 4 * self.size
        while x < right - 4 * self.size:
            crossing = {i for i in region if self.runs[i].x0 < x + 0.5 * self.size and self.runs[i].x1 > x}
            if 0 < len(crossing) <= most and not crossing & self._large and self._opens(region, crossing, x):
                return crossing
            x += 0.2 * self.size
        return set()

    def _opens(self, region: tuple[int, ...], crossing: set[int], x: float) -> bool:
        """Whether there is a sure gutter at x but for what crosses it."""
        first = [i for i in region if i not in crossing and self.runs[i].x1 <= x]
        second = [i for i in region if i not in crossing and self.runs[i].x0 >= x + 0.5 * self.size]
        if not first or not second:
            return False
        shared = reduce(or_, (self._levels[i] for i in first)) & reduce(or_, (self._levels[i] for i in second))
        return shared.bit_count() / 2 >= _SURE_ROWS


def _find_levels(run: Run, step: float) -> int:
    """The steps of height that the run covers, as the bits of a number."""
    first, last = int((run.y0 + 0.2 * run.size) / step), int((run.y1 - 0.2 * run.size) / step)
    return ((1 << (last - first + 1)) - 1) << first if 0 <= first <= last else 0


def _spans(rule: Wall, extent: tuple[float, float]) -> bool:
    return _overlap((rule.y0, rule.y1), extent) > 0.7 * (extent[1] - extent[0])


def _overlap(first: tuple[float, float], second: tuple[float, float]) -> float:
    return min(first[1], second[1]) - max(first[0], second[0])


def find_pitch(runs: Sequence[Run], size: float) -> float:
    """The usual gap between two lines of a column."""
    ordered = sorted((run for run in runs if run.kind is not Kind.DISPLAY), key=lambda run: run.y0)
    gaps: list[float] = []
    for index, run in enumerate(ordered):
        for other in ordered[index + 1 : index + 80]:
            if other.y0 > run.y1 - 0.2 * size and other.x0 < run.x1 and other.x1 > run.x0:
                gaps.append(other.y0 - run.y1)
                break
    return max(0.0, median(gaps)) if gaps else 0.6 * size


def _belong_together(first: Run, second: Run) -> bool:
    apart = abs(first.y0 + first.y1 - second.y0 - second.y1) / 2
    like = abs(first.size - second.size) < 0.05 * first.size
    return like and apart < 0.3 * first.size and second.x0 - first.x1 < 1.3 * first.size


def join_orders(first: Order, second: Order, size: float, prior: float) -> Order:
    """The two orders as one, scored by how the second goes on from the first."""
    before = next((line for line in reversed(first.lines) if line.kind is not Kind.DISPLAY), None)
    after = next((line for line in second.lines if line.kind is not Kind.DISPLAY), None)
    score = first.score + second.score + prior
    if before is not None and after is not None:
        between = _find_tail(first.lines) + _find_head(second.lines)
        score += score_join(before, after, between, size)
    return Order(score, first.lines + second.lines, first.lifted + second.lifted)


def _find_tail(lines: Sequence[Line]) -> list[Line]:
    tail: list[Line] = []
    for line in reversed(lines):
        if line.kind is not Kind.DISPLAY:
            break
        tail.append(line)
    return tail


def _find_head(lines: Sequence[Line]) -> list[Line]:
    head: list[Line] = []
    for line in lines:
        if line.kind is not Kind.DISPLAY:
            break
        head.append(line)
    return head


def _score_within(lines: Sequence[Line], index: int, size: float) -> float:
    """How a line of a column goes on from the text before it, where anything lies between them."""
    line = lines[index]
    if line.kind is Kind.DISPLAY or line.follows:
        return 0.0
    between = _find_tail(lines[:index])
    before = lines[index - len(between) - 1] if len(between) < index else None
    return score_join(before, line, between, size) if before else 0.0


def score_join(before: Line, after: Line, between: Sequence[Line], size: float) -> float:
    """Nothing where the text goes on well, down to -1 where a sentence breaks off. A good join earns nothing: cuts in
    the wrong place make more joins, of which most are good by chance."""
    if before.single or after.single:
        return -_JOIN_COST
    headline = any(line.size >= 1.5 * size for line in between)
    if before.ends_sentence:
        if after.indented:
            return 0.0 if headline else -_JOIN_COST
        return -1.0 if headline or before.is_short else -0.5
    if after.indented:
        return -1.0
    return -0.7 if headline else -_JOIN_COST * (2 if between else 1)
