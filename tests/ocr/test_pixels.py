"""What is looked for on the page image itself: pictures, rules, and ink that detection left out. Needs the extra."""

from __future__ import annotations

import pytest

from gazette.ingest.ocr.model import OcrCharacter, OcrLine, Point
from gazette.ingest.ocr.walls import find_walls
from gazette.ingest.pdf import PageImage
from gazette.layout import WallKind

np = pytest.importorskip("numpy")
cv2 = pytest.importorskip("cv2", reason="the extra `ocr` is not installed")

PAPER, INK = 230, 40


def draw_page() -> object:
    page = np.full((600, 500, 3), PAPER, dtype=np.uint8)
    noise = np.random.default_rng(4).integers(-15, 15, page.shape[:2])
    return (page + noise[:, :, None]).astype(np.uint8)


def build_line(x0: float, y0: float, x1: float, y1: float) -> OcrLine:
    corners = (Point(x0, y0), Point(x1, y0), Point(x1, y1), Point(x0, y1))
    return OcrLine(corners, (OcrCharacter("县", 0.5, 0.9),))


def test_pictures_and_rules_are_found_and_text_is_not() -> None:
    page = draw_page()
    page[100:300, 60:260] = 150
    page[400:403, 60:440] = INK
    page[320:560, 470:472] = INK
    page[345:370, 60:440:2] = INK  # a line of text
    image = PageImage(500, 600, 2.0, page.tobytes())
    walls = find_walls(image, [build_line(58, 342, 442, 372)] * 9, 0.0)
    pictures = [w for w in walls if w.kind is WallKind.IMAGE]
    rules = [w for w in walls if w.kind is WallKind.RULE]
    assert len(pictures) == 1
    assert pictures[0][1:] == pytest.approx((60, 100, 260, 300), abs=10)
    assert sorted(w.x1 - w.x0 > w.y1 - w.y0 for w in rules) == [False, True]
    assert all(w.y0 > 310 for w in rules)


@pytest.mark.parametrize(
    ("drawn", "added"),
    [
        ((228, 232, 228, 252), 42),  # 一 after a gap
        ((205, 255, 228, 230), 0),  # a column rule
        ((228, 232, 228, 310), 0),  # a rule that goes on
        ((222, 224, 228, 230), 0),  # dirt
    ],
)
def test_ink_at_the_end_of_a_line(drawn: tuple[int, int, int, int], added: int) -> None:
    from gazette.ingest.ocr.ends import lengthen_boxes

    page = draw_page()
    top, bottom, left, right = drawn
    page[top:bottom, left:right] = INK
    box = np.array([[[60, 213], [214, 213], [214, 247], [60, 247]]], dtype=np.float32)
    longer = lengthen_boxes(page, box)
    assert longer[0, 1, 0] - box[0, 1, 0] == pytest.approx(added, abs=4)
    assert longer[0, 0, 0] == box[0, 0, 0]


def test_the_next_column_is_left_alone() -> None:
    from gazette.ingest.ocr.ends import lengthen_boxes

    page = draw_page()
    page[220:240, 240:300:2] = INK
    boxes = np.array(
        [[[60, 213], [214, 213], [214, 247], [60, 247]], [[238, 214], [420, 214], [420, 248], [238, 248]]],
        dtype=np.float32,
    )
    assert lengthen_boxes(page, boxes) == pytest.approx(boxes)
