"""What a PDF may be beside a good one: scanned, broken, locked, turned, too large."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from gazette.ingest import pdf
from gazette.ingest.pdf import PdfProblem, join_text, read_pdf, render_page
from tests.layout.newspaper import FONT, register_font

SAMPLES = Path(__file__).parents[2] / ".." / "shared" / "samples"
LINES = (
    "　　柏口县今年安排重点工程三十二项，总投资186.4亿元，",
    "年内计划完成41.7亿元。第一批设备已经装船。",
    "　　截至3月20日，全县已有419家企业恢复生产，到岗员工",
    "57320人，返岗率91.2%。",
)


def make_pdf(draw: Callable[[Canvas], None], pages: int = 1, **options: object) -> bytes:
    register_font()
    output = BytesIO()
    canvas = Canvas(output, pagesize=(300, 200), invariant=1, **options)
    for _ in range(pages):
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return output.getvalue()


def draw_lines(canvas: Canvas) -> None:
    canvas.setFont(FONT, 10)
    for index, line in enumerate(LINES):
        indent = 20 if line.startswith("\u3000") else 0
        canvas.drawString(20 + indent, 160 - 15 * index, line.strip())


TEXT = "".join(LINES[:2]).strip() + "\n" + "".join(LINES[2:]).strip()


def test_paragraphs_are_lines() -> None:
    assert join_text(read_pdf(make_pdf(draw_lines))).text == TEXT


def test_boxes_are_where_the_text_is_printed() -> None:
    page = read_pdf(make_pdf(draw_lines))[0]
    at = page.text.text.index("57320人")
    (box,) = page.text.find_boxes(at, at + 6)
    assert (box.page, box.x0) == (1, pytest.approx(20, abs=1))
    assert box.y0 == pytest.approx(200 - 115 - 8.8, abs=0.5)
    assert box.x1 - box.x0 == pytest.approx(5 * 4.6 + 10, abs=3)


def test_a_mention_over_a_line_end_has_two_boxes() -> None:
    page = read_pdf(make_pdf(draw_lines))[0]
    at = page.text.text.index("到岗员工")
    first, second = page.text.find_boxes(at, at + 9)
    assert first.y1 < second.y0
    assert second.x0 < first.x0


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_turned_pages_read_the_same(turned: int) -> None:
    """A page set upright on a sheet that is shown turned back."""

    def draw(canvas: Canvas) -> None:
        canvas.setPageSize((300, 300))
        canvas.setPageRotation(turned)
        canvas.translate(150, 150)
        canvas.rotate(turned)
        canvas.translate(-150, -150)
        draw_lines(canvas)

    page = read_pdf(make_pdf(draw))[0]
    assert page.text.text == TEXT
    assert 0 < page.text.boxes[0] < 60


def test_cropped_pages_count_from_their_own_corner() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setCropBox((10, 20, 300, 190))
        draw_lines(canvas)

    page = read_pdf(make_pdf(draw))[0]
    assert (page.width, page.height) == (290, 170)
    assert page.text.text == TEXT
    assert page.text.boxes[0] == pytest.approx(30, abs=1)
    assert page.text.boxes[1] == pytest.approx(190 - 160 - 8.8, abs=0.5)


def test_hardly_any_text_needs_ocr() -> None:
    page = read_pdf(make_pdf(lambda canvas: canvas.rect(20, 20, 200, 100, fill=1)))[0]
    assert page.needs_ocr == "0 characters of text on the page"
    assert page.text.text == ""


def test_text_that_is_not_chinese_needs_ocr() -> None:
    def draw(canvas: Canvas) -> None:
        for index in range(5):
            canvas.drawString(20, 150 - 15 * index, "(cid:13)(cid:8) #%&* qwerty")

    assert "0% of the characters are Chinese" in (read_pdf(make_pdf(draw))[0].needs_ocr or "")


def test_every_page_has_its_number() -> None:
    pages = read_pdf(make_pdf(draw_lines, pages=3))
    assert [page.number for page in pages] == [1, 2, 3]
    assert [set(page.text.pages) for page in pages] == [{0, 1}, {0, 2}, {0, 3}]


def find_problem(data: bytes) -> PdfProblem:
    with pytest.raises(PdfProblem) as caught:
        read_pdf(data)
    return caught.value


def test_too_many_pages() -> None:
    problem = find_problem(make_pdf(lambda canvas: None, pages=61))
    assert problem.reason == "too_large"
    assert "61 pages" in problem.detail


def test_too_many_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MAX_CHARACTERS", 40)
    assert find_problem(make_pdf(draw_lines)).reason == "too_large"


def test_a_password_is_asked_for() -> None:
    locked = make_pdf(draw_lines, encrypt=StandardEncryption("secret", canPrint=0))
    assert find_problem(locked).reason == "encrypted"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.98])
def test_cut_short(share: float) -> None:
    data = make_pdf(draw_lines)
    assert find_problem(data[: int(share * len(data))]).reason == "truncated"


def test_structure_broken() -> None:
    data = make_pdf(draw_lines)
    assert find_problem(data[:200] + b"%%EOF").reason == "damaged"


def test_number_of_pages_is_told_first() -> None:
    told: list[int] = []
    read_pdf(make_pdf(draw_lines, pages=3), told.append)
    assert told == [3]


def test_no_pdf_at_all() -> None:
    assert find_problem("<html>柏口日报</html>".encode()).reason == "damaged"


def test_page_image() -> None:
    image = render_page(make_pdf(draw_lines), 1, dpi=144)
    assert (image.width, image.height) == (pytest.approx(600, abs=1), pytest.approx(400, abs=1))
    assert len(image.pixels) == 3 * image.width * image.height
    assert image.pixels[:3] == b"\xff\xff\xff"


def test_page_image_keeps_within_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MAX_PIXELS", 60_000)
    image = render_page(make_pdf(draw_lines), 1, dpi=144)
    assert image.width * image.height <= 60_000
    assert image.scale == pytest.approx(1.0, abs=0.01)


def test_a_huge_page_has_no_image() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setPageSize((14_400_000, 14_400_000))

    with pytest.raises(PdfProblem, match="too_large"):
        render_page(make_pdf(draw), 1)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="no samples beside the project")
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("enc_user.pdf", "encrypted"),
        ("trunc98.pdf", "truncated"),
        ("zero.pdf", "damaged"),
        ("html_as.pdf", "damaged"),
    ],
)
def test_broken_samples(name: str, reason: str) -> None:
    assert find_problem((SAMPLES / "broken" / name).read_bytes()).reason == reason


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="no samples beside the project")
@pytest.mark.parametrize("name", ["broken/no_tounicode.pdf", "pdf/page_c_scan200.pdf"])
def test_samples_without_text(name: str) -> None:
    assert all(page.needs_ocr for page in read_pdf((SAMPLES / name).read_bytes()))
