"""The way from glyphs and walls to text in reading order: start reading here.

boxed texts are taken out -> upright headlines -> runs -> layers by type size -> captions are taken out
-> recursive XY-cut -> paragraphs -> captions, notes and boxed texts after the article they stand in
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from gazette.layout.captions import assign_bylines, group_runs, is_under_picture, split_captions
from gazette.layout.cuts import Cutter
from gazette.layout.layers import Sizes, assign_kinds, find_sizes
from gazette.layout.lines import Kind, Run, build_runs
from gazette.layout.model import Glyph, PageText, Wall, WallKind, build_page_text
from gazette.layout.paragraphs import Paragraph, build_paragraphs, write_paragraph
from gazette.layout.upright import split_upright
from gazette.layout.walls import (
    drop_edges,
    find_boxes,
    find_pictures,
    find_quote_boxes,
    find_rules,
    keep_largest,
    split_boxed,
)

_HEADLINE = 1.5  # of running text: larger type opens an article


@dataclass(slots=True, eq=False)
class Float:
    """A text that is no part of the flow around it, and where it stands."""

    paragraphs: list[Paragraph]
    x0: float
    y0: float
    x1: float
    y1: float
    is_caption: bool = False


def read_page(glyphs: Iterable[Glyph], walls: Iterable[Wall] = (), *, width: float, page: int = 1) -> PageText:
    """The text of a page in reading order: a paragraph a line, headlines on lines of their own, and a blank line before
    what opens an article. `width` of the page in points. Glyphs may come in any order; blank ones do not count."""
    printed = drop_overprints(g for g in glyphs if not g.text.isspace())
    if not printed:
        return PageText()
    paragraphs = _read_region(printed, keep_largest(walls), width)
    least = _HEADLINE * find_sizes(printed).common
    openings = _find_openings(paragraphs, least)
    written = [(write_paragraph(p), _is_headline(p, least), index in openings) for index, p in enumerate(paragraphs)]
    return build_page_text(written, page)


def _find_openings(paragraphs: Sequence[Paragraph], least: float) -> set[int]:
    """Where articles begin: at the first line of the large type, its kickers too, that holds a headline."""
    openings: set[int] = set()
    for index, paragraph in enumerate(paragraphs):
        if _is_headline(paragraph, least):
            first = index
            while first and paragraphs[first - 1].kind is Kind.DISPLAY:
                first -= 1
            openings.add(first)
    return openings - {0}


def _is_headline(paragraph: Paragraph, least: float) -> bool:
    return paragraph.kind is Kind.DISPLAY and paragraph.size >= least


def drop_overprints(glyphs: Iterable[Glyph]) -> list[Glyph]:
    """Each glyph once: bold type is sometimes made by printing it twice, a little apart."""
    kept: list[Glyph] = []
    seen: dict[tuple[str, int, int], list[Glyph]] = {}
    for glyph in glyphs:
        place = (glyph.text, int(glyph.x0 // 4), int(glyph.y0 // 4))
        near = [
            g
            for dx in (-1, 0, 1)
            for dy in (-1, 0, 1)
            for g in seen.get((glyph.text, place[1] + dx, place[2] + dy), ())
        ]
        least = 0.15 * glyph.size
        if any(abs(g.x0 - glyph.x0) < least and abs(g.y0 - glyph.y0) < least for g in near):
            continue
        seen.setdefault(place, []).append(glyph)
        kept.append(glyph)
    return kept


def _read_region(glyphs: Sequence[Glyph], walls: Sequence[Wall], width: float) -> list[Paragraph]:
    sizes = find_sizes(glyphs)
    boxes = find_boxes(walls, sizes.common, width)
    boxed, left = split_boxed(glyphs, boxes, sizes.common)
    floats = [_read_float(inside, walls, width) for inside in boxed.values()]
    walls = drop_edges(walls, [*boxed, *find_quote_boxes(boxes, left, sizes.common)], sizes.common)
    upright, level = split_upright(left, sizes)
    runs = build_runs(level, sizes.display)
    assign_kinds(runs, sizes)
    pictures = find_pictures(walls, left, sizes.common)  # and the boxes, whose texts are out of the way now
    assign_bylines(runs)
    captions, flow = split_captions(runs, pictures, sizes)
    floats.extend(replace(_read_aside(g, walls), is_caption=is_under_picture(g, pictures)) for g in captions)
    paragraphs = _read_flow(flow + upright, walls, pictures, sizes, floats)
    return _place_floats(paragraphs, floats, sizes)


def _read_flow(
    runs: list[Run], walls: Sequence[Wall], pictures: Sequence[Wall], sizes: Sizes, floats: list[Float]
) -> list[Paragraph]:
    if not runs:
        return []
    level, steep = find_rules(walls, sizes.common)
    order = Cutter(runs, sizes.common, level, steep, pictures).find_order()
    if order.lifted:
        floats.extend(_read_aside(group, ()) for group in group_runs(order.lifted))
    return build_paragraphs(order.lines)


def _read_float(glyphs: Sequence[Glyph], walls: Sequence[Wall], width: float) -> Float:
    return _build_float(_read_region(glyphs, [w for w in walls if w.kind is not WallKind.BOX], width))


def _read_aside(runs: list[Run], walls: Sequence[Wall]) -> Float:
    size = max(run.size for run in runs)
    level, steep = find_rules(walls, size)
    return _build_float(build_paragraphs(Cutter(runs, size, level, steep).find_order().lines))


def _build_float(paragraphs: list[Paragraph]) -> Float:
    lines = [line for p in paragraphs for line in p.lines]
    edges = (min(x.x0 for x in lines), min(x.y0 for x in lines), max(x.x1 for x in lines), max(x.y1 for x in lines))
    return Float(paragraphs, *edges)


def _place_floats(paragraphs: list[Paragraph], floats: list[Float], sizes: Sizes) -> list[Paragraph]:
    """Each float after the last paragraph of the article that it stands in, or nearest to."""
    articles = _split_articles(paragraphs, sizes)
    behind: dict[int, list[Float]] = {}
    for item in sorted(floats, key=lambda f: (f.y0, f.x0)):
        nearest = min(range(len(articles)), key=lambda i: _find_distance(articles[i], item), default=0)
        behind.setdefault(nearest, []).append(item)
    placed: list[Paragraph] = []
    for index, article in enumerate(articles or [[]]):
        above, after = _split_by_place(article, behind.get(index, []))
        for paragraph in article:
            while above and (paragraph.kind is not Kind.DISPLAY or above[0].y0 < paragraph.lines[0].y0):
                placed.extend(above.pop(0).paragraphs)
            placed.append(paragraph)
        for item in above + after:
            placed.extend(item.paragraphs)
    return placed


def _split_by_place(article: list[Paragraph], floats: list[Float]) -> tuple[list[Float], list[Float]]:
    """What stands above the article's text (a page title, a byline), and what stands beside or below it."""
    top = min((line.y0 for p in article if p.kind is not Kind.DISPLAY for line in p.lines), default=0.0)
    above = [f for f in floats if f.y1 <= top + 1 and not f.is_caption]
    return above, [f for f in floats if f not in above]


def _split_articles(paragraphs: list[Paragraph], sizes: Sizes) -> list[list[Paragraph]]:
    articles: list[list[Paragraph]] = []
    for paragraph in paragraphs:
        headline = _is_headline(paragraph, _HEADLINE * sizes.common)
        running = bool(articles) and any(p.kind is not Kind.DISPLAY for p in articles[-1])
        if not articles:
            articles.append([])
        elif headline and running:
            articles.append(_take_kicker(articles[-1]))
        articles[-1].append(paragraph)
    return articles


def _take_kicker(article: list[Paragraph]) -> list[Paragraph]:
    """The large type at the end of an article, which belongs to the headline that follows."""
    kicker: list[Paragraph] = []
    while article[-1].kind is Kind.DISPLAY:
        kicker.insert(0, article.pop())
    return kicker


def _find_distance(article: list[Paragraph], item: Float) -> tuple[float, float]:
    """How far the float's middle is from the article's nearest line, lines of running text only; few lines are no
    article."""
    lines = [line for p in article if p.kind is not Kind.DISPLAY for line in p.lines]
    if len(lines) < 3:
        return 1e9, 0.0
    x, y = (item.x0 + item.x1) / 2, (item.y0 + item.y1) / 2
    x0, x1 = min(line.x0 for line in lines), max(line.x1 for line in lines)
    y0, y1 = min(line.y0 for line in lines), max(line.y1 for line in lines)
    outside = max(x0 - x, x - x1, 0.0) + max(y0 - y, y - y1, 0.0)
    return outside, min(abs((ln.x0 + ln.x1) / 2 - x) + abs((ln.y0 + ln.y1) / 2 - y) for ln in lines)
