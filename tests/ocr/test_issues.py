"""Issues with scanned pages among others, within limits on pages and time. Recognition itself is replaced."""

from __future__ import annotations

import pytest

from gazette.ingest.ocr import OcrProblem, engine, issues, reading
from gazette.ingest.ocr.issues import read_image_issue, read_scanned_pages
from gazette.ingest.pdf import PageImage, PdfPage
from gazette.layout import PageText
from tests.ocr.scans import build_column

LAYER = PageText("老街的灯")


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of the pages that were drawn, filled as they are; each reads as one line."""
    numbers: list[int] = []

    def render(data: bytes, number: int, dpi: float) -> PageImage:
        numbers.append(number)
        return PageImage(40, 40, dpi / 72, bytes(4800))

    monkeypatch.setattr(issues, "check_installed", lambda: None)
    monkeypatch.setattr(issues, "render_page", render)
    monkeypatch.setattr(
        reading, "recognise", lambda image, settings: build_column("全县有419家企业开工。", 9, 9, ems=30)
    )
    monkeypatch.setattr(reading, "find_walls", lambda image, lines, skew: [])
    return numbers


def build_page(number: int, scanned: bool) -> PdfPage:
    if scanned:
        return PdfPage(number, 100, 100, PageText(), "0 characters of text on the page")
    text = PageText(LAYER.text)
    text.pages.extend([number] * len(text.text))
    text.boxes.extend([0.0] * 4 * len(text.text))
    return PdfPage(number, 100, 100, text)


def test_only_scanned_pages_are_drawn(drawn: list[int]) -> None:
    allowed: list[int] = []
    pages = [build_page(1, False), build_page(2, True), build_page(3, False), build_page(4, True)]
    text = read_scanned_pages(b"", pages, allowed.append)
    assert drawn == [2, 4]
    assert text.text.split("\n\n") == ["老街的灯", "全县有419家企业开工。"] * 2
    at = text.text.rindex("419")
    assert text.find_boxes(at, at + 3)[0].page == 4
    assert text.find_confidence(0, 4) == 1.0
    assert text.find_confidence(at, at + 3) == pytest.approx(0.99)
    assert allowed == [60 + 2 * 180]


def test_no_time_is_asked_for_where_nothing_is_scanned(drawn: list[int]) -> None:
    allowed: list[int] = []
    assert read_scanned_pages(b"", [build_page(1, False)], allowed.append).text == "老街的灯"
    assert allowed == drawn == []


def test_too_many_scanned_pages(drawn: list[int]) -> None:
    with pytest.raises(OcrProblem, match="21 scanned pages") as problem:
        read_scanned_pages(b"", [build_page(n, True) for n in range(1, 22)], lambda seconds: None)
    assert problem.value.reason == "too_large"
    assert drawn == []


def test_frames_are_pages(drawn: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    allowed: list[int] = []
    monkeypatch.setattr(issues, "read_images", lambda data: iter([PageImage(40, 40, 1.0, bytes(4800))] * 2))
    text = read_image_issue(b"", allowed.append)
    assert [page for page in sorted(set(text.pages)) if page] == [1, 2]
    assert allowed == [60 + 180, 60 + 360]


def test_without_the_extra_nothing_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "find_spec", lambda name: None)
    for read in (
        lambda: read_scanned_pages(b"", [build_page(1, True)], lambda seconds: None),
        lambda: read_image_issue(b"", lambda seconds: None),
    ):
        with pytest.raises(OcrProblem, match="needs_ocr"):
            read()
