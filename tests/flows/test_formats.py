"""Issues of every format through the pipeline: what is published, what waits, what is taken up again."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import polars as pl
import pytest

from gazette.ingest.decode import Decoded
from gazette.ingest.formats import read_text
from gazette.ingest.placement import Layout
from gazette.ingest.reasons import Reason, UnreadableIssue
from tasks.summary import RunSummary
from tests.flows.conftest import Data
from tests.ingest.files import GOOD, TEXT, build_pdf, build_zip

Process = Callable[..., RunSummary]
FILES = {
    "01.txt": GOOD["utf8.txt"],
    "02.html": GOOD["page.html"],
    "03.pdf": build_pdf(2),
    "04.docx": GOOD["page.docx"],
    "05.zip": build_zip({"a.pdf": build_pdf(1), "b.txt": f"{TEXT}\n".encode(), "../c.txt": TEXT.encode()}),
    "06.txt.gz": gzip.compress(f"\n{TEXT}".encode()),
    "07.pdf": build_pdf(password="secret"),
    "08.zip": GOOD["pages.zip"][:-40],
}
STATUSES = {
    "01.txt": "published",
    "02.html": "published",
    "03.pdf": "published",
    "04.docx": "published",
    "05.zip!/a.pdf": "published",
    "05.zip!/b.txt": "published",
    "05.zip!/../c.txt": "quarantined",
    "06.txt.gz!/06.txt": "published",
    "07.pdf": "quarantined",
    "08.zip": "quarantined",
}


def write_all(data: Data) -> None:
    for name, content in FILES.items():
        data.write(f"daily/2020-03-05/{name}", content)


def read_statuses(data: Data) -> dict[str, str]:
    return {row["path"].removeprefix("daily/2020-03-05/"): row["status"] for row in data.documents()}


def read_mentions(data: Data) -> pl.DataFrame:
    root = data.store.snapshot()
    assert root is not None
    documents = data.store.read_documents().select("issue_id", "path", "format")
    return pl.read_parquet(root / "curated" / "mentions" / "**" / "*.parquet").join(documents, on="issue_id")


def test_every_format_is_published_once(data: Data, process: Process) -> None:
    write_all(data)
    before = {file: file.read_bytes() for file in (data.root / "raw").rglob("*") if file.is_file()}
    process(data)
    assert read_statuses(data) == STATUSES
    assert {file: file.read_bytes() for file in (data.root / "raw").rglob("*") if file.is_file()} == before
    first = data.tree()
    assert process(data).documents == []
    assert data.tree() == first


def test_figures_of_a_pdf_have_a_place_and_those_of_a_text_have_none(data: Data, process: Process) -> None:
    write_all(data)
    process(data)
    mentions = read_mentions(data)
    placed = mentions.filter(pl.col("path").str.ends_with("03.pdf"))
    assert sorted(placed["page_number"].unique()) == [1, 2]
    assert placed.filter(pl.col("x0") >= pl.col("x1")).is_empty()
    first = placed.filter((pl.col("text") == "86家") & (pl.col("page_number") == 1)).row(0, named=True)
    assert first["x0"] == pytest.approx(80, abs=12)
    assert first["y0"] == pytest.approx(595 - 510, abs=5)
    others = mentions.filter(pl.col("format") != "pdf")
    assert others["page_number"].null_count() == len(others) > 0
    assert mentions["ocr_confidence"].null_count() == len(mentions)


def test_an_archive_mended_takes_its_row_with_it(data: Data, process: Process) -> None:
    data.write("daily/2020-03-05/08.zip", FILES["08.zip"])
    process(data)
    assert read_statuses(data) == {"08.zip": "quarantined"}
    data.write("daily/2020-03-05/08.zip", build_zip({"a.txt": TEXT.encode()}))
    process(data)
    assert read_statuses(data) == {"08.zip!/a.txt": "published"}


def test_a_scan_waits_for_recognition_and_is_then_taken_up(
    data: Data, process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Recognition itself is stood in for."""
    installed = False

    def read(content: bytes, format_: str, *others: object) -> Decoded:
        if format_ != "png":
            return read_text(content, format_)
        if not installed:
            raise UnreadableIssue(Reason.NEEDS_OCR, "not installed")
        text = read_text(FILES["03.pdf"], "pdf")
        assert text.layout
        layout = Layout(text.layout.pages, text.layout.boxes, text.layout.boxes[: len(text.text)])
        return Decoded(text.text, "ocr", layout)

    monkeypatch.setattr("gazette.ingest.sources.read_text", read)
    monkeypatch.setattr("gazette.publish.documents.has_ocr", lambda: installed)
    data.write("daily/2020-03-05/09.png", b"\x89PNG\r\n\x1a\n...")
    process(data)
    (row,) = data.documents()
    assert (row["status"], row["reason"], row["format"]) == ("quarantined", "needs_ocr", "png")
    assert process(data).documents == []
    installed = True
    process(data)
    assert read_statuses(data) == {"09.png": "published"}
    assert read_mentions(data)["ocr_confidence"].null_count() == 0
