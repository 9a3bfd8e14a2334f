"""A file is read again whenever its bytes may have changed, and not before."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from gazette.ingest.identities import SETTLED_NS, Identities
from gazette.ingest.sources import IssueFile, find_issue_files

LATER = time.time_ns() + 10_000 * SETTLED_NS  # whenever in the suite the test comes


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw" / "daily"
    folder.mkdir(parents=True)
    (folder / "1.txt").write_text("abc", encoding="utf-8")
    return tmp_path / "raw"


def look(raw: Path) -> IssueFile:
    (found,) = find_issue_files(raw)
    return found


def keep(raw: Path, read_ns: int = LATER) -> Path:
    cache = raw.parent / "identities.json"
    identities = Identities(cache)
    identities.remember(look(raw), "f" * 64, read_ns)
    identities.write()
    return cache


def test_an_unchanged_file_is_known(raw: Path) -> None:
    assert Identities(keep(raw)).find(look(raw)) == "f" * 64


def test_a_file_of_the_same_size_and_time_is_still_told_apart(raw: Path) -> None:
    """By the time of its change of state, which nobody can set."""
    cache, file = keep(raw), raw / "daily" / "1.txt"
    before = file.stat()
    time.sleep(0.02)
    file.write_text("xyz", encoding="utf-8")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert file.stat().st_mtime_ns == before.st_mtime_ns
    assert Identities(cache).find(look(raw)) is None


def test_a_file_put_in_its_place_is_told_apart(raw: Path) -> None:
    cache = keep(raw)
    other = raw.parent / "other"
    other.write_text("xyz", encoding="utf-8")
    os.replace(other, raw / "daily" / "1.txt")
    assert Identities(cache).find(look(raw)) is None


def test_what_was_written_just_before_is_read_again(raw: Path) -> None:
    file = look(raw)
    for read_ns in (file.changed_ns, file.changed_ns + SETTLED_NS, file.changed_ns - SETTLED_NS):
        assert Identities(keep(raw, read_ns)).find(file) is None


def test_files_that_are_gone_are_forgotten(raw: Path) -> None:
    identities = Identities(keep(raw))
    identities.write()
    assert Identities(identities.file).find(look(raw)) is None


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"daily/1.txt": 3}', '{"daily/1.txt": [["a"], "b"]}'])
def test_a_damaged_file_is_as_good_as_none(raw: Path, damage: str) -> None:
    cache = keep(raw)
    cache.write_text(damage, encoding="utf-8")
    assert Identities(cache).find(look(raw)) is None
