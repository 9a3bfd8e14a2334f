"""Takes captions and notes out of the flow: what is set smaller than running text, or stands under a picture.

A caption set in body type is known by its place right under a picture and by what captions say (摄, 图 …) or by a
font of its own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from gazette.layout.layers import Sizes
from gazette.layout.lines import Kind, Run
from gazette.layout.model import Wall

_FAR = 1.8  # of the type size: from a picture's edge to its caption
_LEADING = 0.9  # of the type size: between two lines of a caption
_MOST_ROWS = 5
_CREDIT = re.compile(r"([摄图]/.{2,12}|摄影.{0,8}|摄[)）]?|供图[)）]?|制图.{0,4})。?$")
_MARK = re.compile(r"^[▲△▼▽↑↓←→◀▶◆●图]")
_BYLINE = re.compile(r"^[■□●◆]?(文/|图/|撰文|(本报|本刊|首席|特约|见习|全媒体)*(评论员|记者|通讯员))")
_NO_BYLINE = re.compile(r"[，。；从在]|讯(?!员)|获悉|了解|介绍")
_LONGEST_BYLINE = 40
_UNDER_HEADLINE = 2.0  # of the type size


def assign_bylines(runs: Sequence[Run]) -> None:
    """Makes the line of authors right under a headline a part of it: it stands across columns as the headline does."""
    large = [run for run in runs if run.kind is Kind.DISPLAY]
    for run in runs:
        if run.kind is Kind.DISPLAY or not _BYLINE.search(text := "".join(g.text for g in run.glyphs)):
            continue
        row = [r for r in runs if abs(r.y1 - run.y1) < 0.3 * run.size and -1 < r.x0 - run.x1 < 8 * run.size]
        line = text + "".join(g.text for r in row if r is not run for g in r.glyphs)
        above = any(-1 < run.y0 - head.y1 < _UNDER_HEADLINE * run.size for head in large)
        if above and len(line) <= _LONGEST_BYLINE and not _NO_BYLINE.search(line):
            for part in (run, *row):
                part.kind = Kind.DISPLAY


def split_captions(runs: Sequence[Run], images: Sequence[Wall], sizes: Sizes) -> tuple[list[list[Run]], list[Run]]:
    """Groups of runs that are captions or notes, and the runs that are left."""
    aside = [run for run in runs if run.kind is Kind.ASIDE]
    flow = [run for run in runs if run.kind is not Kind.ASIDE]
    groups = group_runs(aside)
    font = _find_font(flow)
    for image in images:
        if caption := _find_caption(image, flow, sizes.common, font):
            groups.append(caption)
            taken = {id(run) for run in caption}
            flow = [run for run in flow if id(run) not in taken]
    return groups, flow


def group_runs(runs: Sequence[Run]) -> list[list[Run]]:
    """Runs that stand near each other, as the lines of one caption do."""
    ordered = sorted(runs, key=lambda r: (r.y0, r.x0))
    leaders = list(range(len(ordered)))

    def find_leader(index: int) -> int:
        while leaders[index] != index:
            leaders[index] = leaders[leaders[index]]
            index = leaders[index]
        return index

    open_: list[int] = []  # runs that one further down may still be near to
    for index, run in enumerate(ordered):
        open_ = [i for i in open_ if run.y0 - ordered[i].y1 < 1.3 * max(run.size, ordered[i].size)]
        for other in open_:
            if _are_near(ordered[other], run):
                leaders[find_leader(other)] = find_leader(index)
        open_.append(index)
    groups: dict[int, list[Run]] = {}
    for index, run in enumerate(ordered):
        groups.setdefault(find_leader(index), []).append(run)
    return list(groups.values())


def _are_near(first: Run, second: Run) -> bool:
    size = max(first.size, second.size)
    dx = max(first.x0, second.x0) - min(first.x1, second.x1)
    dy = max(first.y0, second.y0) - min(first.y1, second.y1)
    return dx < 1.3 * size and dy < 1.3 * size and max(dx, 0) + max(dy, 0) < 1.6 * size


def _find_font(runs: Sequence[Run]) -> int:
    fonts = Counter(g.font for run in runs if run.kind is Kind.TEXT for g in run.glyphs)
    return fonts.most_common(1)[0][0] if fonts else 0


def is_under_picture(runs: Sequence[Run], images: Sequence[Wall]) -> bool:
    """Whether the runs stand right under one of the pictures, as a caption does."""
    top, size = min(run.y0 for run in runs), runs[0].size
    left, right = min(run.x0 for run in runs), max(run.x1 for run in runs)
    return any(
        -size < top - image.y1 < 2.5 * size and min(right, image.x1) - max(left, image.x0) > 0.5 * (right - left)
        for image in images
    )


def _find_caption(image: Wall, runs: Sequence[Run], size: float, font: int) -> list[Run]:
    """The runs of the caption in body type right under a picture and no wider than it; none where that is body text."""
    rows = _find_rows_under(image, runs, size)
    for count in range(1, min(len(rows), _MOST_ROWS) + 1):
        caption = [run for row in rows[:count] for run in row]
        text = "".join(g.text for run in caption for g in run.glyphs)
        if _CREDIT.search(text) or (_MARK.search(text) and count == len(rows)):
            return caption
    unlike = [row for row in rows if _find_font(row) != font]
    return [run for row in rows for run in row] if rows and len(unlike) == len(rows) <= _MOST_ROWS else []


def _find_rows_under(image: Wall, runs: Sequence[Run], size: float) -> list[list[Run]]:
    """The lines under a picture down to the first gap, each with its runs from left to right."""
    inside = [r for r in runs if r.kind is Kind.TEXT and r.x0 > image.x0 - size and r.x1 < image.x1 + size]
    rows: list[list[Run]] = []
    bottom, reach = image.y1, _FAR * size
    for run in sorted(inside, key=lambda r: r.y0):
        if run.y0 < image.y1 - 0.5 * size:
            continue
        if run.y0 - bottom > reach:
            break
        if rows and abs(run.y1 - rows[-1][0].y1) < 0.4 * size:
            rows[-1].append(run)
        else:
            rows.append([run])
            bottom, reach = run.y1, _LEADING * size
    return [sorted(row, key=lambda r: r.x0) for row in rows]
