"""Takes a PDF's bytes, gives each page's text in reading order with a box for every character, and page images.

The text layer is read character by character (pypdfium2) and ordered by `gazette.layout`. A page without a text layer,
or with one whose characters mean nothing (no ToUnicode table), is not guessed at: `PdfPage.needs_ocr` is set.
A decompression bomb kills the process instead of raising: call this in a child process with limits on memory and time.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from gazette.ingest.decode import is_han
from gazette.layout import Glyph, PageText, Wall, WallKind, join_pages, read_page

MAX_PAGES = 60
MAX_CHARACTERS = 40_000  # on one page
MAX_PIXELS = 40_000_000  # of one page image
FEWEST_CHARACTERS = 50
FEWEST_HAN = 0.3  # of a page's characters; running Chinese with its marks and figures has over 0.7

_MAX_OBJECTS = 20_000  # on one page that walls are looked for among: an illustration may have any number
_MAX_DEPTH = 3
_MAX_POINTS = 4_000  # of one path: column rules are sometimes drawn as one path
_RULE = 4.0  # points: a thinner rectangle is a rule
_LEAST_IMAGE = 20.0  # points

_HEAD = 1024  # bytes: what a PDF begins with stands within these
_TAIL = 4096  # bytes: what it ends with
_BLANKS = frozenset((0x20, 0xA0, 0x3000))

Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


class PdfProblem(ValueError):
    """A PDF that cannot be read: `reason` is encrypted, truncated, damaged or too_large; `detail` is for a person."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail

    def __reduce__(self) -> tuple[type[PdfProblem], tuple[str, str]]:
        return type(self), (self.reason, self.detail)


@dataclass(frozen=True, slots=True)
class PdfPage:
    """One page: its number from 1, its size in points as shown, its text. `needs_ocr` says why there is none."""

    number: int
    width: float
    height: float
    text: PageText
    needs_ocr: str | None = None


@dataclass(frozen=True, slots=True)
class PageImage:
    """A page as pixels: rows from the top, three bytes (red, green, blue) a pixel. `scale`: pixels a point."""

    width: int
    height: int
    scale: float
    pixels: bytes


def read_pdf(data: bytes, allow_pages: Callable[[int], object] | None = None) -> list[PdfPage]:
    """The pages of a PDF. `allow_pages` is told their number before they are read, so that a limit on time can be set
    by it. Raises PdfProblem."""
    with open_pdf(data) as document:
        if len(document) > MAX_PAGES:
            raise PdfProblem("too_large", f"{len(document)} pages, over the limit of {MAX_PAGES} an issue")
        if allow_pages is not None:
            allow_pages(len(document))
        return [_read_page(document, number) for number in range(1, len(document) + 1)]


def join_text(pages: list[PdfPage]) -> PageText:
    """The text of all pages that have one, parted by a blank line."""
    return join_pages(page.text for page in pages)


def render_page(data: bytes, number: int, dpi: float = 200.0) -> PageImage:
    """Page `number` (from 1) as an image; at a lower resolution where `dpi` would be over MAX_PIXELS. Raises
    PdfProblem."""
    with open_pdf(data) as document, _open_page(document, number) as page:
        width, height = page.get_size()
        if width < 1 or height < 1:
            raise PdfProblem("damaged", f"page {number} is {width:g} by {height:g} points")
        scale = min(dpi / 72.0, math.sqrt(MAX_PIXELS / (width * height)))
        if scale < 0.2:
            raise PdfProblem("too_large", f"page {number} is {width:.0f} by {height:.0f} points")
        bitmap = page.render(scale=scale * 0.9999, rev_byteorder=True, prefer_bgrx=False)
        try:
            return _copy_pixels(bitmap, scale)
        finally:
            bitmap.close()


def _copy_pixels(bitmap: Any, scale: float) -> PageImage:
    """The bitmap without its padding, three bytes a pixel."""
    raw = memoryview(bitmap.buffer).cast("B")
    width, height, stride = bitmap.width, bitmap.height, bitmap.stride
    if bitmap.n_channels != 3:
        raise PdfProblem("damaged", f"a page image of {bitmap.n_channels} channels")
    rows = [bytes(raw[y * stride : y * stride + 3 * width]) for y in range(height)]
    return PageImage(width, height, scale, b"".join(rows))


@contextmanager
def open_pdf(data: bytes) -> Iterator[Any]:
    """The document, closed afterwards. Raises PdfProblem."""
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        raise _explain(error, data) from error
    try:
        if len(document) == 0:
            raise PdfProblem("damaged", "it has no pages")
        yield document
    finally:
        document.close()


def _explain(error: Exception, data: bytes) -> PdfProblem:
    if "password" in str(error).lower():
        return PdfProblem("encrypted", "it needs a password")
    if b"%PDF-" not in data[:_HEAD]:
        return PdfProblem("damaged", "it does not begin as a PDF does")
    if b"%%EOF" not in data[-_TAIL:]:
        return PdfProblem("truncated", "its end is missing")
    return PdfProblem("damaged", "its structure is broken")


@contextmanager
def _open_page(document: Any, number: int) -> Iterator[Any]:
    try:
        page = document[number - 1]
    except (pdfium.PdfiumError, IndexError) as error:
        raise PdfProblem("damaged", f"page {number} cannot be read") from error
    try:
        yield page
    finally:
        page.close()


def _read_page(document: Any, number: int) -> PdfPage:
    with _open_page(document, number) as page:
        width, height = page.get_size()
        place = _Placement.of(page)
        glyphs = _read_glyphs(page, place, number)
        if reason := find_ocr_need(glyphs):
            return PdfPage(number, width, height, PageText(), reason)
        inside = [g for g in glyphs if 0 <= (g.x0 + g.x1) / 2 <= width and 0 <= (g.y0 + g.y1) / 2 <= height]
        walls = _read_walls(page, place, width, height)
        return PdfPage(number, width, height, read_page(inside, walls, width=width, page=number))


def find_ocr_need(glyphs: list[Glyph]) -> str | None:
    """Why the text layer cannot be used; None where it can."""
    printed = [g for g in glyphs if not g.text.isspace()]
    if len(printed) < FEWEST_CHARACTERS:
        return f"{len(printed)} characters of text on the page"
    share = sum(is_han(g.text) for g in printed) / len(printed)
    return f"{share:.0%} of the characters are Chinese: a broken text layer" if share < FEWEST_HAN else None


@dataclass(frozen=True, slots=True)
class _Placement:
    """From a PDF's coordinates (upwards, unturned) to those of the page as shown (downwards, from its upper left)."""

    left: float
    bottom: float
    right: float
    top: float
    turned: int  # degrees clockwise

    @classmethod
    def of(cls, page: Any) -> _Placement:
        left, bottom, right, top = page.get_bbox()
        return cls(left, bottom, right, top, page.get_rotation())

    def find_point(self, x: float, y: float) -> tuple[float, float]:
        match self.turned:
            case 90:
                return y - self.bottom, x - self.left
            case 180:
                return self.right - x, y - self.bottom
            case 270:
                return self.top - y, self.right - x
            case _:
                return x - self.left, self.top - y

    def find_box(self, left: float, bottom: float, right: float, top: float) -> tuple[float, float, float, float]:
        (xa, ya), (xb, yb) = self.find_point(left, bottom), self.find_point(right, top)
        return min(xa, xb), min(ya, yb), max(xa, xb), max(ya, yb)


def _read_glyphs(page: Any, place: _Placement, number: int) -> list[Glyph]:
    textpage = page.get_textpage()
    try:
        count = textpage.count_chars()
        if count > MAX_CHARACTERS:
            detail = f"{count:,} characters on page {number}, over the limit of {MAX_CHARACTERS:,}"
            raise PdfProblem("too_large", detail)
        return list(_iter_glyphs(textpage.raw, count, place))
    finally:
        textpage.close()


def _iter_glyphs(textpage: Any, count: int, place: _Placement) -> Iterator[Glyph]:
    rect, matrix = pdfium_c.FS_RECTF(), pdfium_c.FS_MATRIX()
    x, y = ctypes.c_double(), ctypes.c_double()
    fonts: dict[int, int] = {}
    spaced = False
    for index in range(count):
        code = pdfium_c.FPDFText_GetUnicode(textpage, index)
        if pdfium_c.FPDFText_IsGenerated(textpage, index) == 1:
            continue
        if code in _BLANKS:
            spaced = True
            continue
        if code < 0x20 or code in (0xFFFE, 0xFFFF) or 0xD800 <= code < 0xE000 or code > 0x10FFFF:
            continue
        if not pdfium_c.FPDFText_GetLooseCharBox(textpage, index, rect):
            continue
        pdfium_c.FPDFText_GetMatrix(textpage, index, matrix)
        pdfium_c.FPDFText_GetCharOrigin(textpage, index, x, y)
        scale = math.sqrt(abs(matrix.a * matrix.d - matrix.b * matrix.c))
        size = pdfium_c.FPDFText_GetFontSize(textpage, index) * (scale or 1.0)
        box = (rect.left, rect.bottom, rect.right, rect.top)
        if not all(map(math.isfinite, (*box, size))) or size < 1.0 or rect.right <= rect.left:
            continue
        font = _find_font(textpage, index, fonts)
        glyph = _build_glyph(chr(code), box, y.value, size, font, matrix, place)
        yield glyph._replace(spaced=True) if spaced else glyph
        spaced = False


def _find_font(textpage: Any, index: int, fonts: dict[int, int]) -> int:
    """A number for the font that the character is set in."""
    item = pdfium_c.FPDFText_GetTextObject(textpage, index)
    if not item:
        return 0
    address = ctypes.cast(item, ctypes.c_void_p).value or 0
    if address not in fonts:
        font = pdfium_c.FPDFTextObj_GetFont(item)
        fonts[address] = ctypes.cast(font, ctypes.c_void_p).value or 0
    return fonts[address]


def _build_glyph(
    text: str,
    box: tuple[float, float, float, float],
    base: float,
    size: float,
    font: int,
    matrix: Any,
    place: _Placement,
) -> Glyph:
    """A character's box, as high as its type size about the baseline: fonts differ in what they call their height."""
    left, bottom, right, top = box
    level = abs(matrix.b) < 0.1 * abs(matrix.a) and abs(matrix.c) < 0.1 * abs(matrix.d)
    if level and matrix.d > 0 and bottom - size < base < top + size:
        bottom, top = base - 0.12 * size, base + 0.88 * size
    return Glyph(text, *place.find_box(left, bottom, right, top), size, font)


def _read_walls(page: Any, place: _Placement, width: float, height: float) -> list[Wall]:
    """Boxes, rules and pictures that are drawn on the page, but for those as large as the page."""
    walls: list[Wall] = []
    for item, matrix in islice(_iter_objects(page), _MAX_OBJECTS):
        kind = pdfium_c.FPDFPageObj_GetType(item)
        if kind == pdfium_c.FPDF_PAGEOBJ_PATH:
            walls.extend(_read_path(item, matrix, place))
        elif kind in (pdfium_c.FPDF_PAGEOBJ_IMAGE, pdfium_c.FPDF_PAGEOBJ_SHADING):
            walls.extend(_read_image(item, matrix, place))
    return [w for w in walls if (w.x1 - w.x0) * (w.y1 - w.y0) < 0.8 * width * height]


def _iter_objects(page: Any) -> Iterator[tuple[Any, Matrix]]:
    """Every object of the page and the matrix from its space to the page's, those within forms too."""
    for index in range(pdfium_c.FPDFPage_CountObjects(page.raw)):
        item = pdfium_c.FPDFPage_GetObject(page.raw, index)
        if item:
            yield from _iter_object(item, _IDENTITY, 0)


def _iter_object(item: Any, outer: Matrix, depth: int) -> Iterator[tuple[Any, Matrix]]:
    matrix = _multiply(_find_matrix(item), outer)
    if pdfium_c.FPDFPageObj_GetType(item) != pdfium_c.FPDF_PAGEOBJ_FORM:
        yield item, matrix
    elif depth < _MAX_DEPTH:
        for index in range(min(pdfium_c.FPDFFormObj_CountObjects(item), _MAX_OBJECTS)):
            inner = pdfium_c.FPDFFormObj_GetObject(item, index)
            if inner:
                yield from _iter_object(inner, matrix, depth + 1)


def _find_matrix(item: Any) -> Matrix:
    matrix = pdfium_c.FS_MATRIX()
    if not pdfium_c.FPDFPageObj_GetMatrix(item, matrix):
        return _IDENTITY
    return matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f


def _multiply(inner: Matrix, outer: Matrix) -> Matrix:
    a, b, c, d, e, f = inner
    oa, ob, oc, od, oe, of = outer
    return (
        a * oa + b * oc,
        a * ob + b * od,
        c * oa + d * oc,
        c * ob + d * od,
        e * oa + f * oc + oe,
        e * ob + f * od + of,
    )


def _apply(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    return matrix[0] * x + matrix[2] * y + matrix[4], matrix[1] * x + matrix[3] * y + matrix[5]


def _read_image(item: Any, matrix: Matrix, place: _Placement) -> Iterator[Wall]:
    """An image fills the unit square of its matrix."""
    corners = [place.find_point(*_apply(matrix, x, y)) for x in (0.0, 1.0) for y in (0.0, 1.0)]
    wall = _build_wall(WallKind.IMAGE, corners)
    if min(wall.x1 - wall.x0, wall.y1 - wall.y0) > _LEAST_IMAGE:
        yield wall


def _read_path(item: Any, matrix: Matrix, place: _Placement) -> Iterator[Wall]:
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium_c.FPDFPath_GetDrawMode(item, fill, stroke)
    if not fill.value and not stroke.value:
        return
    for points in _iter_subpaths(item, matrix, place):
        wall = _build_wall(WallKind.BOX, points)
        width, height = wall.x1 - wall.x0, wall.y1 - wall.y0
        if not all(map(math.isfinite, wall[1:])):
            continue
        if min(width, height) < _RULE:
            if max(width, height) > 3 * _RULE:
                yield wall._replace(kind=WallKind.RULE)
        elif _is_box(points, wall):
            yield wall


def _iter_subpaths(item: Any, matrix: Matrix, place: _Placement) -> Iterator[list[tuple[float, float]]]:
    x, y = ctypes.c_float(), ctypes.c_float()
    points: list[tuple[float, float]] = []
    for index in range(min(pdfium_c.FPDFPath_CountSegments(item), _MAX_POINTS)):
        segment = pdfium_c.FPDFPath_GetPathSegment(item, index)
        if pdfium_c.FPDFPathSegment_GetType(segment) == pdfium_c.FPDF_SEGMENT_MOVETO and points:
            yield points
            points = []
        if pdfium_c.FPDFPathSegment_GetPoint(segment, x, y):
            points.append(place.find_point(*_apply(matrix, x.value, y.value)))
    if len(points) > 1:
        yield points


def _build_wall(kind: WallKind, points: list[tuple[float, float]]) -> Wall:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return Wall(kind, min(xs), min(ys), max(xs), max(ys))


def _is_box(points: list[tuple[float, float]], wall: Wall) -> bool:
    """Whether the path is a rectangle, its corners perhaps rounded: every point is near two of the edges, or on one
    of them near a corner."""
    near = 0.15 * min(wall.x1 - wall.x0, wall.y1 - wall.y0)
    if len(points) > 24 or len(points) < 4:
        return False
    return all(min(x - wall.x0, wall.x1 - x) <= near and min(y - wall.y0, wall.y1 - y) <= near for x, y in points)
