"""Years of issues taken in: whole or not at all, only the days wanted, and nothing that is there is written over."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gazette.ingest import intake
from gazette.ingest.intake import IntakeError, Placed, check_publications, choose_files, place_files
from gazette.ingest.sources import find_issue_files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "years"
    files = {
        "daily/publication.toml": 'name = "某日报"\nregion = "500110"\n',
        "daily/2019-12-31/01.txt": "一",
        "daily/2020-01-01/01.txt": "二",
        "daily/2020-01-01/01.toml": 'page = "A1"\n',
        "daily/2020-01-02/01.txt": "三",
        "daily/spring/01.txt": "四",
        "daily/2020-01-02/.02.txt.swp": "五",
    }
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


def take_in(folder: Path, raw: Path, since: date | None = None, until: date | None = None) -> dict[str, Placed]:
    return {file.path: placed for file, placed in place_files(folder, raw, choose_files(folder, since, until).files)}


def list_files(raw: Path) -> list[str]:
    return sorted(str(path.relative_to(raw)) for path in raw.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("since", "until", "wanted"),
    [
        (None, None, ["2019-12-31", "2020-01-01", "2020-01-02", "spring"]),
        (date(2020, 1, 1), None, ["2020-01-01", "2020-01-02"]),
        (None, date(2020, 1, 1), ["2019-12-31", "2020-01-01"]),
        (date(2020, 1, 1), date(2020, 1, 1), ["2020-01-01"]),
    ],
)
def test_the_days_wanted(folder: Path, since: date | None, until: date | None, wanted: list[str]) -> None:
    chosen = choose_files(folder, since, until)
    assert [file.path.split("/")[1] for file in chosen.files] == wanted
    assert [file.path for file in chosen.undated] == ([] if "spring" in wanted else ["daily/spring/01.txt"])


@pytest.mark.parametrize("is_one_disk", [True, False])
def test_files_are_put_in_place_with_what_describes_them(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_one_disk: bool
) -> None:
    if not is_one_disk:

        def refuse(*paths: Any) -> None:
            raise OSError(errno.EXDEV, "another disk")

        monkeypatch.setattr(os, "link", refuse)
    raw = tmp_path / "data" / "raw"
    assert set(take_in(folder, raw, since=date(2020, 1, 1)).values()) == {Placed.NEW}
    assert list_files(raw) == [
        "daily/2020-01-01/01.toml",
        "daily/2020-01-01/01.txt",
        "daily/2020-01-02/01.txt",
        "daily/publication.toml",
    ]
    page = raw / "daily/2020-01-01/01.txt"
    assert page.read_text(encoding="utf-8") == "二"
    assert page.stat().st_mtime_ns == (folder / "daily/2020-01-01/01.txt").stat().st_mtime_ns
    assert set(take_in(folder, raw, since=date(2020, 1, 1)).values()) == {Placed.SAME}


def test_what_is_there_stays(folder: Path, tmp_path: Path) -> None:
    raw = tmp_path / "data" / "raw"
    there = raw / "daily/2020-01-02/01.txt"
    there.parent.mkdir(parents=True)
    there.write_text("六", encoding="utf-8")
    assert take_in(folder, raw)["daily/2020-01-02/01.txt"] is Placed.OTHER
    assert there.read_text(encoding="utf-8") == "六"


@pytest.mark.parametrize("cut_at", [1, 2])
def test_a_copy_that_was_interrupted_is_no_issue(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cut_at: int
) -> None:
    raw = tmp_path / "data" / "raw"
    copies: list[Path] = []
    copy: Callable[..., Any] = intake.shutil.copy2

    def interrupt(source: Path, target: Path) -> None:
        copies.append(target)
        if len(copies) > cut_at:
            target.write_bytes(source.read_bytes()[:1])
            raise KeyboardInterrupt
        copy(source, target)

    def refuse(*paths: Any) -> None:
        raise OSError(errno.EXDEV, "another disk")

    monkeypatch.setattr(os, "link", refuse)
    monkeypatch.setattr(intake.shutil, "copy2", interrupt)
    with pytest.raises(KeyboardInterrupt):
        take_in(folder, raw)
    assert len(find_issue_files(raw)) == cut_at - 1
    monkeypatch.setattr(intake.shutil, "copy2", copy)
    assert set(take_in(folder, raw).values()) <= {Placed.NEW, Placed.SAME}
    assert len(find_issue_files(raw)) == 4


def test_a_publication_without_its_metadata_is_refused(folder: Path, tmp_path: Path) -> None:
    (folder / "daily/publication.toml").unlink()
    chosen = choose_files(folder, None, None)
    with pytest.raises(IntakeError, match=r"daily/publication\.toml: there is no such file"):
        check_publications(folder, tmp_path / "raw", chosen.files)
    (tmp_path / "raw/daily").mkdir(parents=True)
    (tmp_path / "raw/daily/publication.toml").write_text("", encoding="utf-8")
    check_publications(folder, tmp_path / "raw", chosen.files)
