"""Archives stand for their members, and no member reaches beyond its archive."""

from __future__ import annotations

import gzip
import hashlib
import io
import zipfile
from datetime import date
from pathlib import Path

import pytest

from gazette.ingest.reasons import Reason
from gazette.ingest.sources import Reading, SourceReader, find_issue_files, open_archives
from tests.ingest.files import SENTENCES, TEXT, build_docx, build_pdf, build_zip


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    (folder / "daily" / "2020-03-05").mkdir(parents=True)
    (folder / "daily" / "publication.toml").write_text('name = "某日报"\nregion = "500000"\n', encoding="utf-8")
    return folder


def read(raw: Path, path: str, data: bytes) -> dict[str, Reading]:
    """What is in the archive, by the path within it; the archive itself under an empty name."""
    (raw / path).write_bytes(data)
    reader = SourceReader(raw)
    files = open_archives(find_issue_files(raw), reader.sandbox)
    return {file.path.removeprefix(path).removeprefix("!/"): reader.read_issue(file) for file in files}


def find_reasons(readings: dict[str, Reading]) -> dict[str, Reason | None]:
    return {name: reading.failure and reading.failure.reason for name, reading in readings.items()}


def test_members_are_issues_with_their_own_day_and_page(raw: Path) -> None:
    members = {
        "2020-03-06/01.txt": TEXT.encode(),
        "2020-03-06/B/01.txt": (TEXT + "。").encode(),
        "2020-03-07/02.pdf": build_pdf(),
    }
    readings = read(raw, "daily/march.zip", build_zip(members))
    issues = {name: reading.issue for name, reading in readings.items()}
    assert set(issues) == set(members)
    first, second, third = (issues[name] for name in members)
    assert first
    assert second
    assert third
    assert (first.issue_date, first.page, first.format, first.text) == (date(2020, 3, 6), "01", "txt", TEXT)
    assert (second.issue_date, second.page) == (date(2020, 3, 6), "B/01")
    assert (third.issue_date, third.page, third.format) == (date(2020, 3, 7), "02", "pdf")
    assert first.issue_id == hashlib.sha256(members["2020-03-06/01.txt"]).hexdigest()
    assert first.path == "daily/march.zip!/2020-03-06/01.txt"


def test_gzip_has_one_member_named_as_it_is(raw: Path) -> None:
    reading = read(raw, "daily/2020-03-05/01.txt.gz", gzip.compress(TEXT.encode()))["01.txt"]
    assert reading.issue
    assert (reading.issue.text, reading.issue.page, reading.issue.issue_date) == (TEXT, "01", date(2020, 3, 5))


def test_a_word_document_is_no_archive(raw: Path) -> None:
    issue = read(raw, "daily/2020-03-05/01.docx", build_docx())[""].issue
    assert issue
    assert (issue.format, issue.text) == ("docx", "".join(f"{sentence}\n" for sentence in SENTENCES))


def test_names_in_gbk(raw: Path) -> None:
    data = build_zip({"aaaaaa.txt": TEXT.encode()}).replace(b"aaaaaa", "第一版".encode("gb18030"))
    assert set(read(raw, "daily/2020-03-05/a.zip", data)) == {"第一版.txt"}


@pytest.mark.parametrize(
    "name", ["../../evil.txt", "a/../../evil.txt", "/srv/evil.txt", "C:/evil.txt", "..\\evil.txt", "a\x1bb.txt"]
)
def test_names_that_lead_out(raw: Path, name: str) -> None:
    before = set(raw.parent.rglob("*"))
    readings = read(raw, "daily/2020-03-05/a.zip", build_zip({name: TEXT.encode(), "good.txt": TEXT.encode()}))
    assert sorted(map(str, find_reasons(readings).values())) == ["None", "bad_path"]
    assert set(raw.parent.rglob("*")) - before == {raw / "daily/2020-03-05/a.zip"}


def test_links_passwords_and_archives_within(raw: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("inner.zip", build_zip({"a.txt": TEXT.encode()}))
        archive.writestr("inner.txt", gzip.compress(TEXT.encode()))
        archive.writestr("locked.txt", TEXT)
        archive.infolist()[-1].flag_bits |= 1
        archive.writestr("__MACOSX/._a.txt", "no issue")
    assert find_reasons(read(raw, "daily/2020-03-05/a.zip", buffer.getvalue())) == {
        "link.txt": Reason.SYMLINK,
        "inner.zip": Reason.NESTED_ARCHIVE,
        "inner.txt": Reason.NESTED_ARCHIVE,
        "locked.txt": Reason.ENCRYPTED,
    }


def test_bombs(raw: Path) -> None:
    zeros = bytes(30_000_000)
    assert find_reasons(read(raw, "daily/2020-03-05/a.zip", build_zip({"a.txt": zeros}))) == {"a.txt": Reason.TOO_LARGE}
    (raw / "daily/2020-03-05/a.zip").unlink()
    assert find_reasons(read(raw, "daily/2020-03-05/a.gz", gzip.compress(zeros))) == {"a": Reason.TOO_LARGE}


def test_members_that_overlap(raw: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.txt", TEXT * 9)
        twin = zipfile.ZipInfo("b.txt")
        twin.CRC, twin.file_size, twin.compress_size = (
            getattr(archive.filelist[0], key) for key in ("CRC", "file_size", "compress_size")
        )
        twin.header_offset = archive.filelist[0].header_offset
        archive.filelist.append(twin)
        archive._didModify = True  # type: ignore[attr-defined]
    assert find_reasons(read(raw, "daily/2020-03-05/a.zip", buffer.getvalue())) == {"": Reason.DAMAGED}


def test_too_many_members(raw: Path) -> None:
    data = build_zip({f"{number}.txt": b"" for number in range(10_000)}, zipfile.ZIP_STORED)
    readings = read(raw, "daily/2020-03-05/a.zip", data)
    assert find_reasons(readings) == {"": Reason.TOO_LARGE}
    assert readings[""].failure
    assert "10,000 members" in readings[""].failure.detail


def test_an_archive_that_is_cut_short(raw: Path) -> None:
    data = build_zip({"a.txt": TEXT.encode()})
    assert find_reasons(read(raw, "daily/2020-03-05/a.zip", data[:-30])) == {"": Reason.TRUNCATED}
    (raw / "daily/2020-03-05/a.zip").unlink()
    assert find_reasons(read(raw, "daily/2020-03-05/a.gz", gzip.compress(TEXT.encode())[:-9])) == {
        "a": Reason.TRUNCATED
    }
