"""Reading order of whole pages: sixty that we make, and the samples where they lie beside the project."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gazette.ingest.pdf import PdfPage, join_text, read_pdf
from tests.layout.newspaper import Page, compose_page, find_broken, find_figure_sentences, write_pdf

SAMPLES = Path(__file__).parents[2] / ".." / "shared" / "samples"
PAGES = 60


@pytest.fixture(scope="module")
def composed() -> list[Page]:
    return [compose_page(seed) for seed in range(PAGES)]


@pytest.fixture(scope="module")
def read(composed: list[Page]) -> list[PdfPage]:
    """All pages as one file, as many as an issue may have."""
    return read_pdf(write_pdf(composed))


def find_shares(composed: list[Page], read: list[PdfPage]) -> list[float]:
    shares: list[float] = []
    for page, result in zip(composed, read, strict=True):
        broken, count = find_broken(page.body, result.text.text)
        shares.append(1 - len(broken) / count)
    return shares


def test_sentences_with_a_figure_are_whole_and_in_order(composed: list[Page], read: list[PdfPage]) -> None:
    shares = find_shares(composed, read)
    assert sum(shares) / PAGES >= 0.98
    assert min(shares) >= 0.9


def test_boxed_texts_are_whole(composed: list[Page], read: list[PdfPage]) -> None:
    texts = [(page.sidebars, result.text.text) for page, result in zip(composed, read, strict=True)]
    broken = [sentence for notes, text in texts for sentence in find_broken(notes, text)[0]]
    assert sum(len(notes) for notes, _ in texts) > 20
    assert broken == []


def test_pages_vary(composed: list[Page]) -> None:
    features = {feature for page in composed for feature in page.features}
    assert features == {"photo", "wrap", "sidebar", "quote", "subhead", "upright"}
    assert {page.kind for page in composed} == {"one", "stacked", "side", "corner", "mixed"}
    assert {page.style.order for page in composed} == {"reading", "frames", "rows"}


def test_no_character_is_lost_or_made_up(composed: list[Page], read: list[PdfPage]) -> None:
    for page, result in zip(composed, read, strict=True):
        printed = sorted(c for line in page.lines for c, _ in line.glyphs if not c.isspace())
        assert sorted(c for c in result.text.text if not c.isspace()) == printed


def test_every_character_has_its_box_on_its_page(read: list[PdfPage]) -> None:
    for page in read:
        text = page.text
        assert len(text.boxes) == 4 * len(text.pages) == 4 * len(text.text)
        for index, character in enumerate(text.text):
            x0, y0, x1, y1 = text.boxes[4 * index : 4 * index + 4]
            if character.isspace():
                assert text.pages[index] == 0
            else:
                assert text.pages[index] == page.number
                assert -2 < x0 < x1 < page.width + 12  # hanging marks reach over the margin
                assert 0 < y0 < y1 < page.height


def test_joined_pages_are_parted_by_a_blank_line(read: list[PdfPage]) -> None:
    joined = join_text(read[:3])
    assert joined.text == "\n\n".join(page.text.text for page in read[:3])
    assert len(joined.boxes) == 4 * len(joined.text) == 4 * len(joined.pages)
    third = len(read[0].text.text) + len(read[1].text.text) + 4
    assert joined.pages[third] == 3
    assert joined.boxes[4 * third : 4 * third + 4] == read[2].text.boxes[:4]


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="no samples beside the project")
@pytest.mark.parametrize(("name", "count"), [("page_a_5col", 32), ("page_b_wrap", 28)])
def test_sample_pages(name: str, count: int) -> None:
    truth = json.loads((SAMPLES / "pdf" / f"{name}.truth.json").read_text(encoding="utf-8"))
    body = [block["text"] for block in truth if block["role"] == "body"]
    assert len(find_figure_sentences(body)) == count  # as many as notes/INGEST.md counts
    text = join_text(read_pdf((SAMPLES / "pdf" / f"{name}.pdf").read_bytes())).text
    assert find_broken(body, text)[0] == []
    lines = {line.replace(" ", "") for line in text.split("\n")}
    assert [p for p in body if p.replace(" ", "") not in lines] == []  # each paragraph is a line of its own
