"""Which files below raw/ are issues, where and when they were printed, and what is said of those that are not read."""

from __future__ import annotations

import hashlib
import os
from datetime import date
from pathlib import Path

import pytest

from gazette.ingest.formats import find_format
from gazette.ingest.reasons import Reason
from gazette.ingest.sources import IssueFile, Reading, SourceReader, find_issue_files, open_archives

TEXT = "全区已有86家企业恢复生产，返岗员工1.2万人，银行发放贷款3.5亿元。\n"


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    (folder / "daily" / "2020-03-05").mkdir(parents=True)
    (folder / "daily" / "publication.toml").write_text('name = "某日报"\nregion = "500000"\n', encoding="utf-8")
    return folder


def write(raw: Path, path: str, content: str | bytes = TEXT) -> Path:
    file = raw / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def read(raw: Path, path: str, **limits: int) -> Reading:
    reader = SourceReader(raw, **limits)
    return reader.read_issue(next(file for file in find_issue_files(raw) if file.path == path))


def fail(raw: Path, path: str, **limits: int) -> tuple[Reason, str]:
    reading = read(raw, path, **limits)
    assert reading.issue is None
    assert reading.failure is not None
    return reading.failure.reason, reading.failure.detail


def test_path_and_publication_say_where_and_when(raw: Path) -> None:
    file = write(raw, "daily/2020-03-05/03.txt")
    issue = read(raw, "daily/2020-03-05/03.txt").issue
    assert issue is not None
    assert issue.issue_id == hashlib.sha256(file.read_bytes()).hexdigest()
    assert (issue.publication, issue.publication_name, issue.region_code) == ("daily", "某日报", "500000")
    assert (issue.issue_date, issue.page, issue.format) == (date(2020, 3, 5), "03", "txt")
    assert (issue.text, issue.byte_count) == (TEXT, len(TEXT.encode()))


def test_a_pages_own_toml_overrides(raw: Path) -> None:
    write(raw, "daily/2020-03-05/x.txt")
    write(raw, "daily/2020-03-05/x.toml", 'date = 2020-03-06\npage = 7\nregion = "500110"\n')
    issue = read(raw, "daily/2020-03-05/x.txt").issue
    assert issue is not None
    assert (issue.issue_date, issue.page, issue.region_code) == (date(2020, 3, 6), "7", "500110")


def test_a_toml_tells_the_date_that_the_path_does_not(raw: Path) -> None:
    write(raw, "daily/loose.txt")
    assert fail(raw, "daily/loose.txt")[0] is Reason.NO_DATE
    write(raw, "daily/loose.toml", 'date = "2020-03-06"')
    issue = read(raw, "daily/loose.txt").issue
    assert issue is not None
    assert issue.issue_date == date(2020, 3, 6)


@pytest.mark.parametrize("folder", ["March", "2020-3-5", "20200305", "2020-02-30", "2020-03-05b", "２０２０-03-05"])
def test_a_folder_that_is_no_day(raw: Path, folder: str) -> None:
    write(raw, f"daily/{folder}/1.txt")
    reason, detail = fail(raw, f"daily/{folder}/1.txt")
    assert reason is Reason.NO_DATE
    assert folder in detail


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ('regoin = "500110"', "daily/2020-03-05/1.toml: unknown key 'regoin' (known: date, page, region)"),
        ("region = 500110", "1.toml: region: 500110 is no region code"),
        ('region = "5001"', "1.toml: region: '5001' is no region code"),
        ('date = "5 March"', "1.toml: date: '5 March' is no date"),
        ("date = 2020-03-05T10:00:00", "1.toml: date:"),
        ('page = "a\\u0007"', "1.toml: page:"),
        ("date = ", "1.toml: Invalid value"),
        (b"page = '\xff'", "1.toml:"),
        ("#" * 70_000, "over 65536 bytes"),
    ],
)
def test_faults_of_a_pages_toml_name_file_and_key(raw: Path, toml: str | bytes, words: str) -> None:
    write(raw, "daily/2020-03-05/1.txt")
    write(raw, "daily/2020-03-05/1.toml", toml)
    reason, detail = fail(raw, "daily/2020-03-05/1.txt")
    assert reason is Reason.BAD_METADATA
    assert words in detail


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        (None, "daily/publication.toml: there is no such file"),
        ('name = "某日报"', "daily/publication.toml: lacks region"),
        ('name = "某日报"\nregion = "500000"\nlanguage = "zh"', "daily/publication.toml: unknown key 'language'"),
        ('name = ""\nregion = "500000"', "daily/publication.toml: name: '' is no name"),
    ],
)
def test_faults_of_publication_toml_name_file_and_key(raw: Path, toml: str | None, words: str) -> None:
    write(raw, "daily/2020-03-05/1.txt")
    (raw / "daily" / "publication.toml").unlink()
    if toml is not None:
        write(raw, "daily/publication.toml", toml)
    reason, detail = fail(raw, "daily/2020-03-05/1.txt")
    assert reason is Reason.BAD_METADATA
    assert words in detail


def test_a_failed_issue_is_still_identified(raw: Path) -> None:
    file = write(raw, "daily/2020-03-05/1.txt", b"plain English, of which there is enough to be sure of it. " * 5)
    reading = read(raw, "daily/2020-03-05/1.txt")
    assert reading.issue_id == hashlib.sha256(file.read_bytes()).hexdigest()
    assert reading.byte_count == file.stat().st_size
    assert reading.origin is not None


def test_the_size_limit(raw: Path) -> None:
    file = write(raw, "daily/2020-03-05/1.txt", TEXT * 100)
    reading = read(raw, "daily/2020-03-05/1.txt", max_bytes=1000)
    assert reading.failure is not None
    assert reading.failure.reason is Reason.TOO_LARGE
    assert reading.issue_id == hashlib.sha256(file.read_bytes()).hexdigest()
    assert reading.byte_count == file.stat().st_size
    assert read(raw, "daily/2020-03-05/1.txt", max_bytes=file.stat().st_size).issue is not None


@pytest.mark.parametrize(
    ("data", "format_"),
    [
        (b"%PDF-1.7\n", "pdf"),
        (b"\n%PDF-1.4 late", "pdf"),
        (b"<!DOCTYPE html><body>", "html"),
        (b"\xef\xbb\xbf  <html lang='zh'>", "html"),
        ("\ufeff<html><p>".encode("utf-16-le"), "html"),
        (b"<!-- made by hand --><div><p>a<br>b</p></div>", "html"),
        ("全区<重点>企业<复工>率".encode(), "txt"),
        (b"\x89PNG\r\n\x1a\n0000", "png"),
        (b"\xff\xd8\xff\xe0", "jpeg"),
        (b"PK\x03\x04....", "zip"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"{\\rtf1", "rtf"),
    ],
)
def test_the_format_is_told_by_content(data: bytes, format_: str) -> None:
    assert find_format(data) == format_


def test_a_format_without_a_reader(raw: Path) -> None:
    write(raw, "daily/2020-03-05/1.txt", b"{\\rtf1 ...}")
    reading = read(raw, "daily/2020-03-05/1.txt")
    assert reading.failure is not None
    assert (reading.failure.reason, reading.format) == (Reason.UNSUPPORTED_FORMAT, "rtf")


def test_text_is_text_whatever_its_name(raw: Path) -> None:
    write(raw, "daily/2020-03-05/1.pdf")
    assert read(raw, "daily/2020-03-05/1.pdf").issue is not None


def test_what_is_no_issue_is_passed_over(raw: Path) -> None:
    for name in (".DS_Store", "~lock.txt", "1.txt.part", "1.txt~", "Thumbs.db", "2.tmp", "1.toml"):
        write(raw, f"daily/2020-03-05/{name}")
    write(raw, ".git/x/1.txt")
    assert find_issue_files(raw) == []


def test_links_are_not_followed(raw: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "1.txt").write_text(TEXT, encoding="utf-8")
    (raw / "daily" / "2020-03-05" / "1.txt").symlink_to(secret / "1.txt")
    (raw / "daily" / "2020-03-06").symlink_to(secret)
    files = find_issue_files(raw)
    assert [file.path for file in files] == ["daily/2020-03-05/1.txt", "daily/2020-03-06"]
    for file in files:
        reading = SourceReader(raw).read_issue(file)
        assert reading.failure is not None
        assert reading.failure.reason is Reason.SYMLINK
        assert reading.issue_id is None


@pytest.mark.parametrize(("name", "shown"), [("a\nb.txt", r"a\nb.txt"), ("a\u202eb.txt", r"a\u202eb.txt")])
def test_control_characters_in_names(raw: Path, name: str, shown: str) -> None:
    write(raw, f"daily/2020-03-05/{name}")
    path = f"daily/2020-03-05/{shown}"
    assert fail(raw, path)[0] is Reason.BAD_PATH
    assert read(raw, path).issue_id is None


def test_names_that_are_no_unicode(raw: Path) -> None:
    with open(os.fsencode(raw / "daily" / "2020-03-05") + b"/\xff.txt", "wb") as file:
        file.write(TEXT.encode())
    (found,) = find_issue_files(raw)
    assert found.path.encode("utf-8").endswith(rb"\udcff.txt")


@pytest.mark.parametrize("path", ["stray.txt", "daily/2020-03-05/deep/1.txt"])
def test_issues_stand_at_their_depth(raw: Path, path: str) -> None:
    write(raw, path)
    assert fail(raw, path)[0] is Reason.BAD_PATH


@pytest.mark.parametrize("turn", ["link", "pipe"])
def test_what_takes_a_files_place_after_it_was_listed_is_not_opened(raw: Path, tmp_path: Path, turn: str) -> None:
    file = write(raw, "daily/2020-03-05/1.txt")
    (found,) = find_issue_files(raw)
    file.unlink()
    if turn == "link":
        (tmp_path / "secret").write_text(TEXT, encoding="utf-8")
        file.symlink_to(tmp_path / "secret")
    else:
        os.mkfifo(file)
    reader = SourceReader(raw)
    assert reader.read_identity(found) is None
    failure = reader.read_issue(found).failure
    assert failure is not None
    assert failure.reason is Reason.UNREADABLE
    assert list(open_archives([found], reader.sandbox)) == [found]


@pytest.mark.parametrize("turn", ["link", "pipe"])
@pytest.mark.parametrize("name", ["publication.toml", "2020-03-05/1.toml"])
def test_descriptions_are_no_links_and_no_pipes(raw: Path, tmp_path: Path, turn: str, name: str) -> None:
    write(raw, "daily/2020-03-05/1.txt")
    description = raw / "daily" / name
    content = description.read_bytes() if description.exists() else b'page = "2"'
    description.unlink(missing_ok=True)
    if turn == "link":
        (tmp_path / "elsewhere.toml").write_bytes(content)
        description.symlink_to(tmp_path / "elsewhere.toml")
    else:
        os.mkfifo(description)
    reason, detail = next(
        (one.failure.reason, one.failure.detail)
        for one in map(SourceReader(raw).read_issue, find_issue_files(raw))
        if one.file.path == "daily/2020-03-05/1.txt" and one.failure
    )
    assert reason is Reason.BAD_METADATA
    assert ("link" if turn == "link" else "no regular file") in detail


def test_folders_that_never_end_are_named_once(raw: Path) -> None:
    folder = os.open(raw / "daily", os.O_RDONLY)
    for _ in range(300):
        os.mkdir("deeper", dir_fd=folder)
        inner = os.open("deeper", os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = inner
    os.close(folder)
    (found,) = find_issue_files(raw)
    assert found.problem is not None
    assert found.problem.reason is Reason.BAD_PATH
    assert found.path == "daily" + "/deeper" * 8


def test_a_pipe_is_not_opened(raw: Path) -> None:
    os.mkfifo(raw / "daily" / "2020-03-05" / "1.txt")
    assert fail(raw, "daily/2020-03-05/1.txt")[0] is Reason.UNREADABLE


def test_a_file_that_is_gone_raises(raw: Path) -> None:
    file = write(raw, "daily/2020-03-05/1.txt")
    (found,) = find_issue_files(raw)
    file.unlink()
    with pytest.raises(FileNotFoundError):
        SourceReader(raw).read_issue(found)


def test_order_is_by_path(raw: Path) -> None:
    for name in ("10.txt", "2.txt", "01.txt"):
        write(raw, f"daily/2020-03-05/{name}")
    assert [Path(file.path).name for file in find_issue_files(raw)] == ["01.txt", "10.txt", "2.txt"]
    assert all(isinstance(file, IssueFile) for file in find_issue_files(raw))
