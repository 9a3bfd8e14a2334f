"""Pictures of pages: drawn in the sandbox, of the file that the issue was read from and of no other."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from gazette.ingest.reasons import Reason, UnreadableIssue
from gazette.ingest.sandbox import Sandbox
from gazette.report.sheets import draw, read_source


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    sandbox = Sandbox(1)
    yield sandbox
    sandbox.close()


def draw_scan(width: int = 600, height: int = 900, dots: int = 200) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(written, "PNG", dpi=(dots, dots))
    return written.getvalue()


def identify(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_a_scan_is_drawn_with_its_size_in_points(sandbox: Sandbox) -> None:
    picture = draw(draw_scan(), 1, is_pdf=False, sandbox=sandbox)
    assert (round(picture.width), round(picture.height)) == (216, 324)  # 600 and 900 dots, 200 an inch
    assert Image.open(io.BytesIO(picture.webp)).format == "WEBP"


def test_a_large_scan_is_made_smaller_and_keeps_its_size_in_points(sandbox: Sandbox) -> None:
    picture = draw(draw_scan(3000, 4000, 300), 1, is_pdf=False, sandbox=sandbox)
    assert (round(picture.width), round(picture.height)) == (720, 960)
    assert max(Image.open(io.BytesIO(picture.webp)).size) <= 2600


@pytest.mark.parametrize(("data", "is_pdf"), [(b"%PDF-1.4 broken", True), (b"\x89PNG\r\n\x1a\n", False), (b"", True)])
def test_what_cannot_be_drawn_is_told(sandbox: Sandbox, data: bytes, is_pdf: bool) -> None:
    with pytest.raises(UnreadableIssue) as failure:
        draw(data, 1, is_pdf, sandbox)
    assert failure.value.reason in (Reason.DAMAGED, Reason.TRUNCATED, Reason.READER_FAILED)


def test_a_page_that_is_not_there_is_told(sandbox: Sandbox) -> None:
    with pytest.raises(UnreadableIssue, match="no page 2"):
        draw(draw_scan(), 2, is_pdf=False, sandbox=sandbox)


def test_only_the_file_that_the_issue_was_read_from_is_shown(tmp_path: Path, sandbox: Sandbox) -> None:
    raw, data = tmp_path / "raw", draw_scan()
    (raw / "daily").mkdir(parents=True)
    (raw / "daily" / "01.png").write_bytes(data)
    (tmp_path / "secret.png").write_bytes(data)
    (raw / "daily" / "link.png").symlink_to(tmp_path / "secret.png")
    assert read_source(raw, "daily/01.png", identify(data), sandbox) == data
    assert read_source(raw, "daily/01.png", identify(b"other"), sandbox) is None
    for path in ("../secret.png", "daily/link.png", "daily/gone.png", "daily"):
        assert read_source(raw, path, identify(data), sandbox) is None


def test_a_member_of_an_archive_is_found(tmp_path: Path, sandbox: Sandbox) -> None:
    raw, data = tmp_path / "raw", draw_scan()
    (raw / "daily").mkdir(parents=True)
    with zipfile.ZipFile(raw / "daily" / "pages.zip", "w") as archive:
        archive.writestr("2020-03-05/01.png", data)
    path = "daily/pages.zip!/2020-03-05/01.png"
    assert read_source(raw, path, identify(data), sandbox) == data
    assert read_source(raw, "daily/pages.zip!/2020-03-05/02.png", identify(data), sandbox) is None
