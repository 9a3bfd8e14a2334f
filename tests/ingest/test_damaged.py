"""Damaged and malicious files: each is read, or told why not; nothing else happens."""

from __future__ import annotations

import gzip
from collections import Counter
from difflib import SequenceMatcher
from pathlib import Path

import pytest

from gazette.ingest.formats import find_format, read_text
from gazette.ingest.reasons import Reason, UnreadableIssue
from gazette.ingest.sources import Reading, SourceReader, find_issue_files, open_archives
from tests.ingest.files import GOOD, SENTENCES, TEXT, build_pdf, build_pdf_bomb, build_zip, iter_damaged

BROKEN = Path(__file__).parents[3] / "shared" / "samples" / "broken"
LETTERS = "".join(SENTENCES)


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    (folder / "daily" / "2020-03-05").mkdir(parents=True)
    (folder / "daily" / "publication.toml").write_text('name = "某日报"\nregion = "500000"\n', encoding="utf-8")
    return folder


def read_all(raw: Path) -> list[Reading]:
    reader = SourceReader(raw)
    return [reader.read_issue(file) for file in open_archives(find_issue_files(raw), reader.sandbox)]


def list_tree(folder: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() if file.is_file() else b"" for file in folder.rglob("*")}


def test_damaged_files(raw: Path) -> None:
    """Whatever is published is text of the file it comes from; all else has a reason, and none of them is a crash of
    the reader that nobody thought of."""
    names = [name for name, data in iter_damaged() if (raw / "daily" / "2020-03-05" / name).write_bytes(data)]
    before = list_tree(raw.parent)
    readings = read_all(raw)
    assert list_tree(raw.parent) == before
    assert len(names) == 203
    assert {reading.file.path.split("/")[2].removesuffix("!") for reading in readings} == set(names)
    assert all((reading.issue is None) != (reading.failure is None) for reading in readings)
    reasons = Counter(reading.failure.reason for reading in readings if reading.failure)
    assert Reason.READER_FAILED not in reasons
    assert len(reasons) >= 5
    issues = [reading.issue for reading in readings if reading.issue]
    assert len(issues) >= 50
    for issue in issues:
        assert sum(character in LETTERS for character in issue.text) > 0.5 * len("".join(issue.text.split())), (
            issue.path
        )


@pytest.mark.parametrize("name", ["page.pdf", "page.docx", "pages.zip", "page.txt.gz"])
def test_packed_text_is_whole_or_refused(raw: Path, name: str) -> None:
    """Formats with checksums never give a part of a text, or another one."""
    good = raw / "daily" / "2020-03-05" / name
    good.write_bytes(GOOD[name])
    known = [reading.issue.text for reading in read_all(raw) if reading.issue]
    good.unlink()
    for damaged, data in iter_damaged():
        if name in damaged and not damaged.startswith("repeat"):
            (raw / "daily" / "2020-03-05" / damaged).write_bytes(data)
    for reading in read_all(raw):
        if reading.issue and reading.issue.format != "html":
            best = max(SequenceMatcher(None, text, reading.issue.text).ratio() for text in known)
            assert best > 0.97, reading.file.path


@pytest.mark.parametrize("extension", ["pdf", "txt", "jpg", "zip", "html", ""])
@pytest.mark.parametrize("name", ["utf8.txt", "page.html", "page.pdf", "page.docx"])
def test_the_extension_says_nothing(raw: Path, name: str, extension: str) -> None:
    (raw / "daily" / "2020-03-05" / f"page.{extension}").write_bytes(GOOD[name])
    (reading,) = read_all(raw)
    assert reading.issue
    assert all(sentence in reading.issue.text for sentence in SENTENCES)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (build_pdf(password="secret"), Reason.ENCRYPTED),
        (build_pdf(pages=2000), Reason.TOO_LARGE),
        (build_pdf_bomb(1500), Reason.TOO_LARGE),
        (build_pdf()[:-400], Reason.TRUNCATED),
        (build_zip({"a.txt": bytes(40_000_000)}), Reason.TOO_LARGE),
        (gzip.compress(bytes(40_000_000)), Reason.TOO_LARGE),
        (build_zip({"../a.txt": TEXT.encode()}), Reason.BAD_PATH),
        (build_zip({"a.zip": build_zip({"b.zip": build_zip({"a.txt": TEXT.encode()})})}), Reason.NESTED_ARCHIVE),
        (b"<html><body>" + b"<p>a</p>" * 450_000, Reason.TOO_LARGE),
        (b"<html>" + b" " * 6_000_000, Reason.TOO_LARGE),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), Reason.UNSUPPORTED_FORMAT),
    ],
    ids=["password", "pages", "bomb", "cut", "zip bomb", "gzip bomb", "path", "nested", "elements", "html", "office"],
)
def test_true_reasons(raw: Path, data: bytes, reason: Reason) -> None:
    (raw / "daily" / "2020-03-05" / "page").write_bytes(data)
    (raw / "daily" / "2020-03-05" / "sound.txt").write_bytes(TEXT.encode())
    (bad, sound) = read_all(raw)
    assert bad.failure
    assert bad.failure.reason is reason
    assert sound.issue


def test_a_huge_page_is_a_page(raw: Path) -> None:
    (raw / "daily" / "2020-03-05" / "page").write_bytes(build_pdf(size=(2e7, 2e7)))
    (reading,) = read_all(raw)
    assert reading.issue
    assert SENTENCES[0] in reading.issue.text


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("enc_owner.pdf", None),
        ("enc_user.pdf", Reason.ENCRYPTED),
        ("html_as.pdf", Reason.NO_TEXT),
        ("no_tounicode.pdf", Reason.NEEDS_OCR),
        ("trunc98.pdf", Reason.TRUNCATED),
        ("zero.pdf", Reason.EMPTY),
    ],
)
@pytest.mark.skipif(not BROKEN.is_dir(), reason="the samples are not here")
def test_samples(monkeypatch: pytest.MonkeyPatch, name: str, reason: Reason | None) -> None:
    monkeypatch.setattr("gazette.ingest.formats.has_ocr", lambda: False)
    data = (BROKEN / name).read_bytes()
    if reason is None:
        decoded = read_text(data, find_format(data))
        assert "186.4亿元" in decoded.text
        assert decoded.layout
        return
    with pytest.raises(UnreadableIssue) as caught:
        read_text(data, find_format(data))
    assert caught.value.reason is reason
