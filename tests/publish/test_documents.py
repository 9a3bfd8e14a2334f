"""The ledger: which files are pending, which are duplicates, which take another's place."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from gazette.ingest.sources import IssueFile, SourceReader, find_issue_files
from gazette.publish.documents import Ledger, Settlement
from gazette.tables import TABLES

DAY = date(2020, 3, 5)
TEXT = "全区已有86家企业恢复生产，返岗员工1.2万人，银行发放贷款3.5亿元。\n"
Build = Callable[..., Any]


class Newsroom:
    """A folder raw/ with what the pipeline would do to it, but for reading: every file that decodes is published."""

    def __init__(self, raw: Path, build_document: Build) -> None:
        self.raw = raw
        self.build_document = build_document
        self.rows: dict[tuple[str, str | None], dict[str, Any]] = {}
        self.version = "1"
        self.unfit: set[str] = set()
        (raw / "daily").mkdir(parents=True)
        self.describe('name = "某日报"\nregion = "500110"\n')

    def describe(self, toml: str) -> None:
        (self.raw / "daily" / "publication.toml").write_text(toml, encoding="utf-8")

    def write(self, path: str, text: str = TEXT, at: int = 1000) -> Path:
        file = self.raw / "daily" / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
        os.utime(file, (at, at))
        return file

    def ledger(self) -> Ledger:
        frame = pl.DataFrame(list(self.rows.values()), schema=TABLES["documents"].polars_schema(), orient="row")
        return Ledger(frame, self.version)

    def pending(self) -> list[str]:
        found = self.ledger().find_pending(find_issue_files(self.raw), SourceReader(self.raw))
        return [pending.file.path.removeprefix("daily/") for pending in found]

    def run(self) -> list[Settlement]:
        """Processes what is pending, one file at a time, and remembers the outcome."""
        settlements = []
        ledger, reader = self.ledger(), SourceReader(self.raw)
        for pending in ledger.find_pending(find_issue_files(self.raw), reader):
            settlement = ledger.settle([self._read(pending.file, ledger, reader)])
            for key, row in settlement.restated.items():
                if row["status"] is None:
                    self.rows.pop(key, None)
                else:
                    self.rows[key] |= {"status": row["status"], "detail": row["detail"]}
            self.rows |= {(row["path"], row["issue_id"]): row for row in settlement.documents}
            settlements.append(settlement)
        return settlements

    def _read(self, file: IssueFile, ledger: Ledger, reader: SourceReader) -> dict[str, Any]:
        reading = reader.read_issue(file)
        origin = reading.origin
        row = self.build_document(
            reading.issue_id,
            origin.issue_date if origin else None,
            path=file.path,
            publication_name=origin.publication_name if origin else None,
            region_code=origin.region_code if origin else None,
            page=origin.page if origin else None,
            file_modified_at=datetime.fromtimestamp(file.modified_ns / 1e9, UTC),
            pipeline_version=self.version,
        )
        if reading.failure or file.location.stem in self.unfit:
            reason, detail = (reading.failure.reason, reading.failure.detail) if reading.failure else ("gate", "seen")
            return row | {"status": "quarantined", "stage": "ingest", "reason": str(reason), "detail": detail}
        original = ledger.find_original(str(reading.issue_id), file.path)
        return row | ({"status": "duplicate", "detail": f"same bytes as {original.path}"} if original else {})

    def statuses(self) -> dict[str, str]:
        return {path.removeprefix("daily/"): row["status"] for (path, _), row in sorted(self.rows.items(), key=str)}


@pytest.fixture
def room(tmp_path: Path, build_document: Build) -> Newsroom:
    return Newsroom(tmp_path / "raw", build_document)


def test_what_was_processed_is_not_pending(room: Newsroom) -> None:
    room.write(f"{DAY}/01.txt")
    room.write(f"{DAY}/02.txt", "")
    assert room.pending() == [f"{DAY}/01.txt", f"{DAY}/02.txt"]
    room.run()
    assert room.pending() == []
    assert room.statuses() == {f"{DAY}/01.txt": "published", f"{DAY}/02.txt": "quarantined"}


def test_touching_a_file_does_not_make_it_pending(room: Newsroom) -> None:
    room.write(f"{DAY}/01.txt")
    room.run()
    room.write(f"{DAY}/01.txt", at=5000)
    assert room.pending() == []


def test_the_same_bytes_elsewhere_are_a_duplicate(room: Newsroom) -> None:
    room.write(f"{DAY}/01.txt")
    room.write(f"{DAY}/02.txt")
    room.run()
    assert room.statuses() == {f"{DAY}/01.txt": "published", f"{DAY}/02.txt": "duplicate"}
    assert (
        room.rows["daily/2020-03-05/02.txt", next(iter(room.rows))[1]]["detail"] == f"same bytes as daily/{DAY}/01.txt"
    )
    assert room.pending() == []


def test_a_duplicate_of_what_could_not_be_published_is_no_duplicate(room: Newsroom) -> None:
    room.write("loose.txt")
    room.write(f"{DAY}/02.txt")
    room.run()
    assert room.statuses() == {f"{DAY}/02.txt": "published", "loose.txt": "quarantined"}


@pytest.mark.parametrize(("old", "new"), [("a.txt", "b.txt"), ("b.txt", "a.txt")])
@pytest.mark.parametrize("together", [True, False])
def test_the_newer_file_of_a_page_supersedes(room: Newsroom, old: str, new: str, together: bool) -> None:
    """Whatever the names, and whether or not they come in one run."""
    for name in (old, new):
        (room.raw / "daily" / str(DAY)).mkdir(exist_ok=True)
        (room.raw / "daily" / str(DAY) / name).with_suffix(".toml").write_text('page = "01"', encoding="utf-8")
    room.write(f"{DAY}/{old}", at=1000)
    if not together:
        room.run()
    room.write(f"{DAY}/{new}", TEXT * 2, at=2000)
    settlements = room.run()
    assert room.statuses() == {f"{DAY}/{old}": "superseded", f"{DAY}/{new}": "published"}
    assert room.pending() == []
    if not together:
        assert list(settlements[0].withdrawn.values()) == ["2020-03"]


def test_of_equally_old_files_the_last_by_name_wins(room: Newsroom) -> None:
    room.write(f"{DAY}/01.md", TEXT)
    room.write(f"{DAY}/01.txt", TEXT * 2)
    room.run()
    assert room.statuses() == {f"{DAY}/01.md": "superseded", f"{DAY}/01.txt": "published"}


def test_a_file_that_is_overwritten_supersedes_itself(room: Newsroom) -> None:
    room.write(f"{DAY}/01.txt", at=2000)
    room.run()
    room.write(f"{DAY}/01.txt", TEXT * 2, at=1000)  # older by its time, and there all the same
    (settlement,) = room.run()
    assert [row["status"] for row in room.rows.values()] == ["superseded", "published"]
    assert list(settlement.withdrawn.values()) == ["2020-03"]
    assert room.pending() == []


def test_a_file_that_is_put_back_is_published_again(room: Newsroom) -> None:
    room.write(f"{DAY}/01.txt")
    room.run()
    room.write(f"{DAY}/01.txt", TEXT * 2)
    room.run()
    room.write(f"{DAY}/01.txt")
    assert room.pending() == [f"{DAY}/01.txt"]
    room.run()
    published = [row for row in room.rows.values() if row["status"] == "published"]
    assert len(published) == 1
    assert room.pending() == []


def test_what_overwrites_a_page_and_cannot_be_read_takes_nothing_away(room: Newsroom) -> None:
    room.write(f"{DAY}/01.txt")
    room.run()
    room.write(f"{DAY}/01.txt", "")
    (settlement,) = room.run()
    assert settlement.withdrawn == {}
    assert sorted(row["status"] for row in room.rows.values()) == ["published", "quarantined"]


def test_a_file_that_is_moved_to_its_right_day_moves_in_the_tables(room: Newsroom) -> None:
    file = room.write(f"{DAY}/01.txt")
    room.run()
    (room.raw / "daily" / "2020-04-01").mkdir()
    file.rename(room.raw / "daily" / "2020-04-01" / "01.txt")
    (settlement,) = room.run()
    assert room.statuses() == {f"{DAY}/01.txt": "superseded", "2020-04-01/01.txt": "published"}
    assert list(settlement.withdrawn.values()) == ["2020-03"]
    assert room.pending() == []


def test_mended_metadata_is_taken_up(room: Newsroom) -> None:
    room.describe('name = "某日报"\nregoin = "500110"\n')
    room.write(f"{DAY}/01.txt")
    room.run()
    assert room.pending() == []
    room.describe('name = "某日报"\nregion = "500110"\n')
    assert room.pending() == [f"{DAY}/01.txt"]
    room.run()
    assert room.statuses() == {f"{DAY}/01.txt": "published"}


def test_changed_metadata_is_taken_up_and_moves_the_issue(room: Newsroom) -> None:
    room.write(f"{DAY}/01.txt")
    room.run()
    (room.raw / "daily" / str(DAY) / "01.toml").write_text("date = 2020-04-02", encoding="utf-8")
    (settlement,) = room.run()
    assert list(settlement.withdrawn.values()) == ["2020-03"]
    assert [row["month"] for row in settlement.restated.values() if row["status"] is None] == ["2020-03"]
    assert [row["issue_date"] for row in room.rows.values()] == [date(2020, 4, 2)]


def test_a_slip_in_the_metadata_takes_nothing_away(room: Newsroom) -> None:
    room.write(f"{DAY}/01.txt")
    room.run()
    room.describe("name =")
    assert room.pending() == []


def test_what_was_quarantined_is_tried_again_by_a_new_version(room: Newsroom) -> None:
    room.unfit = {"01"}
    room.write(f"{DAY}/01.txt")
    room.write(f"{DAY}/02.txt", TEXT * 2)
    room.run()
    assert room.pending() == []
    room.version, room.unfit = "2", set()
    assert room.pending() == [f"{DAY}/01.txt"]
    room.run()
    assert set(room.statuses().values()) == {"published"}


def test_a_link_that_becomes_a_file_is_read(room: Newsroom, tmp_path: Path) -> None:
    link = room.raw / "daily" / str(DAY) / "01.txt"
    link.parent.mkdir()
    link.symlink_to(tmp_path / "nowhere")
    room.run()
    assert room.statuses() == {f"{DAY}/01.txt": "quarantined"}
    link.unlink()
    room.write(f"{DAY}/01.txt")
    room.run()
    assert room.statuses() == {f"{DAY}/01.txt": "published"}
