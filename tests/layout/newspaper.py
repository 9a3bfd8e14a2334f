"""Makes newspaper pages to test reading order on: a PDF and, by construction, the paragraphs as they are to be read.

The pages vary in columns, gutters, type and leading, in how articles stand to each other, in what interrupts their
columns (photos, captions, sidebars in drawn boxes, pull quotes, sub-heads), in how lines are justified and hang, and
in the order in which the PDF prints it all. The font is one of those that every PDF reader brings along.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO

from PIL import Image
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from tests.layout.prose import CAPTIONS, HEADS, QUOTES, SUBHEADS, Writer

FONT = "STSong-Light"
PHOTO = Image.new("L", (8, 8), 150)
NO_START = "，。、；：！？”’）》%…"
NO_END = "“‘（《"
HALF_AT_END = "，。、；：”）》"


@dataclass(frozen=True)
class Rect:
    """Downwards from the upper left."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0


@dataclass(frozen=True)
class Slot:
    """Room for one line."""

    x: float
    y: float  # upper edge
    width: float
    column: int


@dataclass
class SetLine:
    """One line as printed: characters at x from the left."""

    glyphs: list[tuple[str, float]]
    base: float
    size: float
    frame: str
    tracking: float = 0.0  # where all glyphs are one string with this between them


@dataclass
class Style:
    """The choices that hold for a whole page."""

    columns: int
    gutter: float
    size: float
    leading: float
    width: float
    height: float
    margin: float
    hanging: str  # hang, half or push
    by_glyph: bool
    order: str  # reading, frames or rows
    column_rules: bool
    caption_size: float
    stretched: bool  # each column's leading is its own, so that lines of two columns do not stand level
    framed: bool  # a line is drawn about the page


@dataclass
class Page:
    """What was put on a page, and the body paragraphs in order, an article after the other."""

    style: Style
    kind: str
    lines: list[SetLine] = field(default_factory=list)
    rects: list[tuple[Rect, str]] = field(default_factory=list)  # with how it is drawn
    rules: list[Rect] = field(default_factory=list)
    body: list[str] = field(default_factory=list)
    sidebars: list[str] = field(default_factory=list)
    features: set[str] = field(default_factory=set)


def draw_style(draw: random.Random) -> Style:
    columns = draw.choice((3, 4, 4, 5, 5, 6, 6, 7))
    size = draw.uniform(8.0, 11.0) if columns < 6 else draw.uniform(8.0, 9.5)
    gutter = draw.uniform(8.0, 16.0)
    margin = draw.uniform(28, 44)
    width = min(1000.0, 2 * margin + columns * draw.uniform(10.5, 17.0) * size + (columns - 1) * gutter)
    return Style(
        columns,
        gutter,
        size,
        draw.uniform(1.32, 1.75) * size,
        width,
        draw.uniform(720, 1050),
        margin,
        draw.choice(("hang", "half", "push")),
        draw.random() < 0.5,
        draw.choice(("reading", "frames", "rows")),
        draw.random() < 0.2,
        size * draw.choice((0.82, 0.88, 0.92, 1.0)),
        draw.random() < 0.4,
        draw.random() < 0.15,
    )


class Compositor:
    """Puts one page together from a seed."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.writer = Writer(self.draw)
        self.style = draw_style(self.draw)
        kind = self.draw.choice(("one", "one", "stacked", "side", "side", "corner", "mixed"))
        if self.style.columns < 4 and kind in ("side", "corner", "mixed"):
            kind = "stacked"
        self.page = Page(self.style, kind)
        s = self.style
        self.column = (s.width - 2 * s.margin - (s.columns - 1) * s.gutter) / s.columns
        self.frames = 0

    def compose(self) -> Page:
        s = self.style
        top = self._set_masthead()
        bottom = s.height - s.margin
        if s.framed:
            self.page.rects.append(
                (Rect(s.margin / 2, s.margin / 2, s.width - s.margin / 2, s.height - s.margin / 2), "box")
            )
        getattr(self, f"_compose_{self.page.kind}")(top, bottom)
        return self.page

    def _compose_one(self, top: float, bottom: float) -> None:
        self._set_article(0, self.style.columns, top, bottom)

    def _compose_stacked(self, top: float, bottom: float) -> None:
        middle = top + (bottom - top) * self.draw.uniform(0.4, 0.6)
        self._set_article(0, self.style.columns, top, middle)
        self._set_article(0, self.style.columns, self._part(0, self.style.columns, middle), bottom)

    def _compose_side(self, top: float, bottom: float) -> None:
        split = self.draw.randint(2, self.style.columns - 2)
        self._part_sideways(split, top, bottom)
        self._set_article(0, split, top, bottom)
        self._set_article(split, self.style.columns, top, bottom)

    def _compose_corner(self, top: float, bottom: float) -> None:
        split = self.draw.randint(2, self.style.columns - 2)
        middle = top + (bottom - top) * self.draw.uniform(0.4, 0.6)
        self._part_sideways(split, top, bottom)
        self._set_article(0, split, top, middle)
        self._set_article(0, split, self._part(0, split, middle), bottom)
        self._set_article(split, self.style.columns, top, bottom)

    def _compose_mixed(self, top: float, bottom: float) -> None:
        split = self.draw.randint(2, self.style.columns - 2)
        middle = top + (bottom - top) * self.draw.uniform(0.4, 0.55)
        self._set_article(0, self.style.columns, top, middle)
        below = self._part(0, self.style.columns, middle)
        self._part_sideways(split, below, bottom)
        self._set_article(0, split, below, bottom)
        self._set_article(split, self.style.columns, below, bottom)

    def _part(self, first: int, last: int, y: float) -> float:
        """A rule or a blank between two articles; gives where the lower one begins."""
        if self.draw.random() < 0.6:
            x0, x1 = self._find_x(first), self._find_x(last - 1) + self.column
            self.page.rules.append(Rect(x0, y + 8, x1, y + 8))
            return y + 18
        return y + self.draw.uniform(10, 24)

    def _part_sideways(self, split: int, top: float, bottom: float) -> None:
        if self.draw.random() < 0.5:
            x = self._find_x(split) - self.style.gutter / 2
            self.page.rules.append(Rect(x, top, x, bottom))

    def _find_x(self, column: int) -> float:
        return self.style.margin + column * (self.column + self.style.gutter)

    def _set_masthead(self) -> float:
        s = self.style
        y = s.margin
        self._set_words(f"2021年{self.draw.randint(1, 12)}月9日　星期二", s.margin, y, 9, "masthead")
        title = f"柏口日报　0{self.draw.randint(1, 8)} 要闻"
        self._set_words(title, s.width - s.margin - find_width(title, 9), y, 9, "masthead")
        self.page.rules.append(Rect(s.margin, y + 14, s.width - s.margin, y + 14))
        return y + 24

    def _set_words(self, text: str, x: float, y: float, size: float, frame: str, tracking: float = 0.0) -> None:
        glyphs: list[tuple[str, float]] = []
        for character in text:
            glyphs.append((character, x))
            x += find_width(character, size) + tracking
        self.page.lines.append(SetLine(glyphs, y + 0.88 * size, size, frame, tracking))

    def _set_article(self, first: int, last: int, top: float, bottom: float) -> None:
        """An article, now and then in type of its own size."""
        style = self.style
        if self.draw.random() < 0.3:
            scale = self.draw.uniform(0.92, 1.1)
            self.style = replace(style, size=style.size * scale, leading=style.leading * scale)
        self._set_article_in_style(first, last, top, bottom)
        self.style = style

    def _set_article_in_style(self, first: int, last: int, top: float, bottom: float) -> None:
        x0, x1 = self._find_x(first), self._find_x(last - 1) + self.column
        upright = last - first >= 3 and self.draw.random() < 0.2
        obstacles: list[Rect] = []
        if upright:
            obstacles.append(self._set_upright_headline(first, top, bottom))
        else:
            top = self._set_headline(x0, x1, top)
        if self.style.column_rules:
            for column in range(first + 1, last):
                x = self._find_x(column) - self.style.gutter / 2
                self.page.rules.append(Rect(x, top, x, bottom))
        area = Rect(x0, top, x1, bottom)
        self._set_obstacles(first, last, area, obstacles)
        self._fill(self._find_slots(first, last, area, obstacles))

    def _set_headline(self, x0: float, x1: float, top: float) -> float:
        """Kicker, headline of one line or two, byline; gives where the columns begin."""
        frame = self._new_frame("head")
        size = min(self.draw.uniform(2.0, 4.2) * self.style.size, (x1 - x0) / 8)
        middle = self.draw.random() < 0.6
        texts = [(self.draw.choice(HEADS), size) for _ in range(self.draw.choice((1, 1, 2)))]
        if self.draw.random() < 0.5:
            texts.insert(0, (self.writer.fill("{place}{n}个项目开工"), max(size * 0.5, 1.35 * self.style.size)))
        for text, points in texts:
            width = find_width(text, points)
            x = (x0 + x1 - width) / 2 if middle else x0
            self._set_words(text, max(x0, x), top, points, frame)
            top += 1.25 * points
        if self.draw.random() < 0.6:
            byline = f"本报记者 {self.draw.choice(('陆长河', '宁采薇'))}"
            size = self.style.size * self.draw.choice((0.95, 1.0))
            self._set_words(byline, (x0 + x1 - find_width(byline, size)) / 2, top + 4, size, frame)
            top += size + 6
        return top + self.draw.uniform(0.6, 1.6) * self.style.size

    def _set_upright_headline(self, first: int, top: float, bottom: float) -> Rect:
        self.page.features.add("upright")
        frame = self._new_frame("head")
        text = self.draw.choice(HEADS)
        size = min(self.draw.uniform(2.0, 2.8) * self.style.size, self.column / 2.2, (bottom - top) / (len(text) + 2))
        x = self._find_x(first) + (self.column - size) / 2
        y = top
        for character in text:
            self.page.lines.append(SetLine([(character, x)], y + 0.88 * size, size, frame))
            y += size * 1.1
        return Rect(self._find_x(first), top, self._find_x(first) + self.column, y + self.style.size)

    def _new_frame(self, kind: str) -> str:
        self.frames += 1
        return f"{kind}{self.frames}"

    def _set_obstacles(self, first: int, last: int, area: Rect, obstacles: list[Rect]) -> None:
        room = self.style.size
        for _ in range(self.draw.choice((0, 1, 1, 2, 3))):
            kind = self.draw.choice(("photo", "photo", "wrap", "sidebar", "quote"))
            rect = self._find_place(kind, first, last, area)
            grown = Rect(rect.x0 - room, rect.y0 - 3 * room, rect.x1 + room, rect.y1 + 3 * room)
            if rect.y0 < area.y0 or rect.y1 > area.y1 or any(overlap(grown, other) for other in obstacles):
                continue
            self.page.features.add(kind)
            getattr(self, f"_set_{kind}")(rect)
            obstacles.append(rect)

    def _find_place(self, kind: str, first: int, last: int, area: Rect) -> Rect:
        widest = 1 if kind in ("sidebar", "quote") else 3
        span = self.draw.randint(1, min(widest + (self.draw.random() < 0.4), last - first))
        column = self.draw.randint(first, last - span)
        x0, x1 = self._find_x(column), self._find_x(column + span - 1) + self.column
        if kind == "wrap" and span > 1:
            x0, x1 = x0 + self.column * 0.45, x1 - self.column * 0.45
        tall = {"quote": 6.5, "sidebar": self.draw.uniform(10, 22)}.get(
            kind, self.draw.uniform(8, 20)
        ) * self.style.size
        tall = min(tall, area.height * 0.5)
        place = self.draw.choice(("top", "middle", "bottom")) if kind != "quote" else "middle"
        start = {
            "top": area.y0,
            "bottom": area.y1 - tall,
            "middle": self.draw.uniform(area.y0, max(area.y0, area.y1 - tall)),
        }[place]
        steps = round((start - area.y0) / self.style.leading)
        return Rect(x0, area.y0 + steps * self.style.leading, x1, area.y0 + steps * self.style.leading + tall)

    def _set_photo(self, rect: Rect) -> None:
        size = self.style.caption_size
        frame = self._new_frame("caption")
        lines = break_plain(self.writer.fill(self.draw.choice(CAPTIONS)), rect.width, size)
        caption = len(lines) * size * 1.25 + 0.6 * size
        pad = 0.4 * self.style.size
        photo = Rect(rect.x0, rect.y0 + pad, rect.x1, rect.y1 - caption - pad)
        self.page.rects.append((photo, self.draw.choice(("photo", "drawing"))))
        for index, line in enumerate(lines):
            self._set_words(line, rect.x0, rect.y1 - caption + index * size * 1.25, size, frame)

    _set_wrap = _set_photo

    def _set_sidebar(self, rect: Rect) -> None:
        s = self.style
        size = s.size * self.draw.choice((0.85, 1.0, 1.0))
        pad = self.draw.uniform(0.5, 0.9) * s.size
        frame = self._new_frame("sidebar")
        self.page.rects.append(
            (Rect(rect.x0, rect.y0 + 4, rect.x1, rect.y1 - 4), self.draw.choice(("box", "tint", "rules")))
        )
        y = rect.y0 + 4 + pad
        if self.draw.random() < 0.7:
            self._set_words("数说柏口", rect.x0 + pad, y, size * 1.3, frame)
            y += size * 2.0
        while True:
            note = self.writer.write_note()
            lines = break_plain(note, rect.width - 2 * pad, size)
            if y + len(lines) * size * 1.4 > rect.y1 - 4 - pad:
                return
            self.page.sidebars.append(note)
            for line in lines:
                self._set_words(line, rect.x0 + pad, y, size, frame)
                y += size * 1.4

    def _set_quote(self, rect: Rect) -> None:
        size = self.style.size * self.draw.uniform(1.3, 1.5)
        frame = self._new_frame("quote")
        pad = 0.5 * self.style.size
        if self.draw.random() < 0.7:
            for y in (rect.y0 + pad, rect.y1 - pad):
                self.page.rules.append(Rect(rect.x0, y, rect.x1, y))
        y = rect.y0 + 2 * pad
        for line in break_plain(self.draw.choice(QUOTES), rect.width, size)[:3]:
            self._set_words(line, rect.x0, y, size, frame)
            y += size * 1.25

    def _find_slots(self, first: int, last: int, area: Rect, obstacles: Sequence[Rect]) -> list[Slot]:
        slots: list[Slot] = []
        s = self.style
        for column in range(first, last):
            y = area.y0
            leading = s.leading * (self.draw.uniform(0.97, 1.05) if s.stretched else 1.0)
            while y + s.size <= area.y1:
                free = self._find_free(self._find_x(column), y, obstacles)
                if free:
                    slots.append(Slot(free[0], y, free[1], column))
                y += leading
        return slots

    def _find_free(self, x: float, y: float, obstacles: Sequence[Rect]) -> tuple[float, float] | None:
        """The wider part of a column that no obstacle covers, if five characters have room."""
        x0, x1 = x, x + self.column
        for rect in obstacles:
            if rect.y0 < y + self.style.size and rect.y1 > y and rect.x0 < x1 and rect.x1 > x0:
                room = self.style.size
                left, right = (x0, rect.x0 - room), (rect.x1 + room, x1)
                x0, x1 = max(left, right, key=lambda part: part[1] - part[0])
        return (x0, x1 - x0) if x1 - x0 >= 5 * self.style.size else None

    def _fill(self, slots: list[Slot]) -> None:
        place = 0
        since = 0
        stop = len(slots) * self.draw.uniform(0.85, 1.0)
        while place < stop:
            if since > 3 and self.draw.random() < 0.3 and place + 6 < len(slots):
                place = self._set_subhead(slots, place)
                since = 0
            text = self.writer.write_paragraph()
            lines = self._break(text, slots[place:])
            if lines is None:
                return
            self.page.body.append(text)
            for slot, line, last in lines:
                self._set_line(slot, line, last)
            place += len(lines)
            since += 1

    def _set_subhead(self, slots: list[Slot], place: int) -> int:
        """Centred, with a blank line above it (but for a column's top) and perhaps one below; gives the next slot."""
        text = self.draw.choice(SUBHEADS)
        size = self.style.size * self.draw.choice((1.0, 1.1, 1.25))
        if place and slots[place - 1].column == slots[place].column:
            place += 1
        slot = slots[place]
        if find_width(text, size) > slot.width or place + 4 > len(slots) or slots[place + 2].column != slot.column:
            return place
        self.page.features.add("subhead")
        x = slot.x + (slot.width - find_width(text, size)) / 2
        self._set_words(text, x, slot.y, size, f"column{slot.column}-{int(slot.y / 200)}")
        return place + self.draw.choice((1, 2))

    def _break(self, text: str, slots: Sequence[Slot]) -> list[tuple[Slot, str, bool]] | None:
        """The paragraph in lines, the first indented; None where it does not fit."""
        tokens = re.findall(r"[0-9.]+%?|.", text)
        lines: list[tuple[Slot, str, bool]] = []
        for slot in slots:
            size = self.style.size
            room = slot.width - (0.0 if lines else 2 * size)
            line, tokens = take_line(tokens, room, size, self.style.hanging)
            first = not lines
            shifted = Slot(slot.x + 2 * size, slot.y, slot.width - 2 * size, slot.column) if first else slot
            lines.append((shifted, line, not tokens))
            if not tokens:
                return lines
        return None

    def _set_line(self, slot: Slot, text: str, last: bool) -> None:
        size = self.style.size
        width = find_width(text, size)
        end = text[-1]
        hangs = width > slot.width + 0.1 or (self.style.hanging == "half" and end in HALF_AT_END)
        if hangs and end in NO_START:
            width -= size if self.style.hanging == "hang" else size / 2
        gaps = max(1, len(text) - (2 if hangs and self.style.hanging == "hang" else 1))
        extra = 0.0 if last else (slot.width - width) / gaps
        self._set_words(text, slot.x, slot.y, size, f"column{slot.column}-{int(slot.y / 200)}", max(extra, -0.3))


def take_line(tokens: list[str], room: float, size: float, hanging: str) -> tuple[str, list[str]]:
    """As many tokens as have room, no mark at the head of the next line; the line, and what is left."""
    count, width = 0, 0.0
    while count < len(tokens) and (not count or width + find_width(tokens[count], size) <= room + 0.01):
        width += find_width(tokens[count], size)
        count += 1
    allowed = {"hang": size, "half": size / 2, "push": 0.0}[hanging]
    if count < len(tokens) and tokens[count] in HALF_AT_END and width + size <= room + allowed + 0.01:
        count += 1
    while count > 1 and count < len(tokens) and (tokens[count] in NO_START or tokens[count - 1] in NO_END):
        count -= 1
    return "".join(tokens[:count]), tokens[count:]


def break_plain(text: str, width: float, size: float) -> list[str]:
    tokens = re.findall(r"[0-9.]+%?|.", text)
    lines: list[str] = []
    while tokens:
        line, tokens = take_line(tokens, width, size, "push")
        lines.append(line)
    return lines


def find_width(text: str, size: float) -> float:
    return pdfmetrics.stringWidth(text, FONT, size)


def overlap(first: Rect, second: Rect) -> bool:
    return first.x0 < second.x1 and second.x0 < first.x1 and first.y0 < second.y1 and second.y0 < first.y1


def write_pdf(pages: Sequence[Page], seed: int = 0) -> bytes:
    """The pages as a PDF, each printed in the order that its style says."""
    register_font()
    output = BytesIO()
    canvas = Canvas(output, invariant=1)
    for page in pages:
        canvas.setPageSize((page.style.width, page.style.height))
        draw_shapes(canvas, page)
        for line in order_lines(page, random.Random(seed)):
            draw_line(canvas, line, page.style)
        canvas.showPage()
    canvas.save()
    return output.getvalue()


def register_font() -> None:
    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(FONT))


def draw_shapes(canvas: Canvas, page: Page) -> None:
    height = page.style.height
    for rect, kind in page.rects:
        canvas.setFillGray({"drawing": 0.6, "tint": 0.9}.get(kind, 1.0))
        if kind == "photo":
            canvas.drawInlineImage(PHOTO, rect.x0, height - rect.y1, rect.width, rect.height)
        elif kind == "rules":
            for x0, y0, x1, y1 in (
                (rect.x0, rect.y0, rect.x1, rect.y0),
                (rect.x0, rect.y1, rect.x1, rect.y1),
                (rect.x0, rect.y0, rect.x0, rect.y1),
                (rect.x1, rect.y0, rect.x1, rect.y1),
            ):
                canvas.line(x0, height - y0, x1, height - y1)
        else:
            canvas.rect(rect.x0, height - rect.y1, rect.width, rect.height, stroke=kind == "box", fill=kind != "box")
    canvas.setFillGray(0.0)
    for rule in page.rules:
        canvas.line(rule.x0, height - rule.y0, rule.x1, height - rule.y1)


def order_lines(page: Page, draw: random.Random) -> list[SetLine]:
    if page.style.order == "rows":
        return sorted(page.lines, key=lambda line: (round(line.base), line.glyphs[0][1]))
    if page.style.order == "reading":
        return page.lines
    frames: dict[str, list[SetLine]] = {}
    for line in page.lines:
        frames.setdefault(line.frame, []).append(line)
    names = list(frames)
    draw.shuffle(names)
    return [line for name in names for line in frames[name]]


def draw_line(canvas: Canvas, line: SetLine, style: Style) -> None:
    text = canvas.beginText()
    text.setFont(FONT, line.size)
    text.setTextOrigin(line.glyphs[0][1], style.height - line.base)
    if len(line.glyphs) == 1:
        text.textOut(line.glyphs[0][0] + "\u3000")  # a lone glyph without an outline would not count as text
    elif style.by_glyph:
        text._code.append(place_glyphs(line))
    else:
        text.setCharSpace(line.tracking)
        text.textOut("".join(character for character, _ in line.glyphs))
        text.setCharSpace(0)
    canvas.drawText(text)


def place_glyphs(line: SetLine) -> str:
    """The line as one operator that moves each glyph to its place."""
    parts: list[str] = []
    at = line.glyphs[0][1]
    for character, x in line.glyphs:
        if abs(x - at) > 0.001:
            parts.append(f"{(at - x) * 1000 / line.size:.3f}")
        parts.append(f"<{character.encode('utf-16-be').hex()}>")
        at = x + find_width(character, line.size)
    return f"[{' '.join(parts)}] TJ"


def compose_page(seed: int) -> Page:
    register_font()
    return Compositor(seed).compose()


def find_figure_sentences(paragraphs: Sequence[str]) -> list[str]:
    """The sentences with a figure, white space stripped: what the share of contiguous sentences is counted over."""
    sentences: list[str] = []
    for paragraph in paragraphs:
        stripped = re.sub(r"\s", "", paragraph)
        sentences.extend(re.findall(r"[^。！？；]+[。！？；]+[”’）]*|[^。！？；]+$", stripped))
    return [sentence for sentence in sentences if re.search(r"\d", sentence)]


def find_broken(paragraphs: Sequence[str], text: str) -> tuple[list[str], int]:
    """The sentences with a figure that `text` does not contain whole, and how many there are in all."""
    stripped = re.sub(r"\s", "", text)
    sentences = find_figure_sentences(paragraphs)
    return [sentence for sentence in sentences if sentence not in stripped], len(sentences)
