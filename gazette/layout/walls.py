"""Makes walls of what is drawn on a page: which boxes hold a text of their own, and which rules part texts.

A sidebar may be set like the text around it; the box drawn about it is then all that tells it apart. A box may be one
rectangle, four rules, or two level rules with a short text between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gazette.layout.model import Glyph, Wall, WallKind

_THINNEST_BOX = 2.5  # of the type size: a lower or narrower rectangle is a rule or an ornament
_LARGEST_SHARE = 0.5  # of the glyphs: a box that holds more is the page's or the article's frame
_OPEN_BOX_HEIGHT = 11.0  # of the type size: between two rules with no sides
_MOST_BOXES = 200
_MOST_WALLS = 2000
_LONGEST_QUOTE = 120  # characters
_OPEN_BOX_WIDTH = 0.7  # of the page


def find_boxes(walls: Iterable[Wall], size: float, page_width: float) -> list[Wall]:
    """Rectangles that may hold a text, the smallest first. `size` is that of running text."""
    walls = list(walls)
    boxes = [w for w in walls if w.kind is WallKind.BOX]
    rules = [w for w in walls if w.kind is WallKind.RULE]
    level = [w for w in rules if w.x1 - w.x0 > w.y1 - w.y0]
    steep = [w for w in rules if w.x1 - w.x0 <= w.y1 - w.y0]
    boxes += _join_rules(level, steep, size, page_width)
    boxes = [b for b in boxes if min(b.x1 - b.x0, b.y1 - b.y0) > _THINNEST_BOX * size]
    return sorted(set(boxes), key=_find_area)[-_MOST_BOXES:]


def _find_area(wall: Wall) -> tuple[float, Wall]:
    return (wall.x1 - wall.x0) * (wall.y1 - wall.y0), wall


def keep_largest(walls: Iterable[Wall]) -> list[Wall]:
    """The walls that may matter: of very many, as an illustration has, the longest."""
    return sorted(set(walls), key=lambda w: (-max(w.x1 - w.x0, w.y1 - w.y0), w))[:_MOST_WALLS]


def _join_rules(level: Sequence[Wall], steep: Sequence[Wall], size: float, page_width: float) -> list[Wall]:
    """Boxes made of rules: two level ones of one extent, with two steep ones at their ends or little between them."""
    boxes: list[Wall] = []
    ordered = sorted(level[:400], key=lambda w: w.y0)
    ending: set[Wall] = set()
    for index, top in enumerate(ordered):
        partners = [
            w for w in ordered[index + 1 :] if _are_close(w.x0, top.x0, size) and _are_close(w.x1, top.x1, size)
        ]
        for bottom in partners[:3]:
            box = Wall(WallKind.BOX, top.x0, top.y1, top.x1, bottom.y0)
            closed = all(any(_stands_at(s, x, box, size) for s in steep) for x in (box.x0, box.x1))
            low = box.y1 - box.y0 < _OPEN_BOX_HEIGHT * size and box.x1 - box.x0 < _OPEN_BOX_WIDTH * page_width
            if closed or (low and bottom is partners[0] and top not in ending):
                ending.add(bottom)  # what ends one open box begins no other
                boxes.append(box)
    return boxes


def _are_close(first: float, second: float, size: float) -> bool:
    return abs(first - second) < 0.4 * size


def _stands_at(rule: Wall, x: float, box: Wall, size: float) -> bool:
    covered = min(rule.y1, box.y1) - max(rule.y0, box.y0)
    return _are_close((rule.x0 + rule.x1) / 2, x, size) and covered > 0.8 * (box.y1 - box.y0)


def split_boxed(
    glyphs: Sequence[Glyph], boxes: Sequence[Wall], size: float
) -> tuple[dict[Wall, list[Glyph]], list[Glyph]]:
    """The boxes with the texts that stand in them, and what is left. A box with nothing but large type (a headline's
    ground, a pull quote) and one that holds most of the page are not taken for one."""
    left = list(glyphs)
    boxed: dict[Wall, list[Glyph]] = {}
    for box in boxes:
        inside = [g for g in left if _holds(box, g)]
        running = sum(g.size < 1.2 * size for g in inside)
        if running >= 10 and len(inside) <= _LARGEST_SHARE * len(glyphs):
            boxed[box] = inside
            taken = {id(g) for g in inside}
            left = [g for g in left if id(g) not in taken]
    return boxed, left


def _holds(box: Wall, glyph: Glyph) -> bool:
    x, y = (glyph.x0 + glyph.x1) / 2, (glyph.y0 + glyph.y1) / 2
    return box.x0 < x < box.x1 and box.y0 < y < box.y1


def find_quote_boxes(boxes: Sequence[Wall], glyphs: Sequence[Glyph], size: float) -> list[Wall]:
    """The boxes with nothing but a little large type in them: pull quotes."""
    found: list[Wall] = []
    for box in boxes:
        inside = [g for g in glyphs if _holds(box, g)]
        if 4 <= len(inside) <= _LONGEST_QUOTE and all(g.size > 1.1 * size for g in inside):
            found.append(box)
    return found


def drop_edges(walls: Iterable[Wall], boxes: Iterable[Wall], size: float) -> list[Wall]:
    """The walls without the rules that boxes are made of."""
    boxes = list(boxes)
    return [w for w in walls if w.kind is not WallKind.RULE or not any(_is_edge(w, b, 0.5 * size) for b in boxes)]


def _is_edge(rule: Wall, box: Wall, near: float) -> bool:
    within = box.x0 - near < rule.x0 and rule.x1 < box.x1 + near and box.y0 - near < rule.y0 and rule.y1 < box.y1 + near
    level = min(abs(rule.y0 - box.y0), abs(rule.y1 - box.y1)) < near and rule.x1 - rule.x0 > near
    steep = min(abs(rule.x0 - box.x0), abs(rule.x1 - box.x1)) < near and rule.y1 - rule.y0 > near
    return within and (level or steep)


def find_pictures(walls: Iterable[Wall], glyphs: Sequence[Glyph], size: float) -> list[Wall]:
    """Images, and boxes with hardly a character in them, which are pictures drawn."""
    pictures: list[Wall] = []
    for wall in walls:
        if wall.kind is WallKind.RULE or min(wall.x1 - wall.x0, wall.y1 - wall.y0) < 4 * size:
            continue
        if wall.kind is WallKind.IMAGE or sum(_holds(wall, g) for g in glyphs) < 4:
            pictures.append(wall)
    return pictures


def find_rules(walls: Iterable[Wall], size: float) -> tuple[list[Wall], list[Wall]]:
    """Level and steep lines: rules, and the edges of boxes."""
    level: list[Wall] = []
    steep: list[Wall] = []
    for wall in walls:
        if wall.kind is not WallKind.RULE:
            continue
        if wall.x1 - wall.x0 > max(3 * size, wall.y1 - wall.y0):
            level.append(wall)
        elif wall.y1 - wall.y0 > 3 * size:
            steep.append(wall)
    return level, steep
