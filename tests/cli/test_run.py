"""`gazette run`: what it prints of a run, and how it exits. The run itself is tested with the flows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from flows.run import Options, Progress, Report, RunFailed, RunSummary
from gazette.tables import TABLES
from tests.cli.conftest import Gazette
from tests.cli.samples import build_row

PUBLISHED = {"path": "daily/2020-03-27/1.txt", "status": "published", "mentions_count": 31, "projects_count": 4}
QUARANTINED = {
    "path": "daily/2020-03-27/2.txt",
    "status": "quarantined",
    "stage": "ingest",
    "reason": "no_date",
    "detail": "no day [told]",
}
REJECTED = {
    "path": "daily/2020-03-27/1.txt",
    "table": "projects",
    "record_id": "r1",
    "expectation": "rate_within_0_100",
    "observed": "103",
    "quote": "复工率103%。",
}


def replace_run(monkeypatch: pytest.MonkeyPatch, summary: RunSummary | Exception, *told: Progress) -> list[Path]:
    """Puts a run in the place of the real one that tells `told` and ends in `summary`; gives the folders it got."""
    folders: list[Path] = []

    def run(data_dir: Path, report: Report, options: Options) -> RunSummary:
        folders.append(data_dir)
        for progress in told:
            report(progress)
        if isinstance(summary, Exception):
            raise summary
        return summary

    monkeypatch.setattr("flows.run.run", run)
    return folders


def build_documents(*values: dict[str, Any]) -> list[dict[str, Any]]:
    return [build_row(TABLES["documents"], **value) for value in values]


def test_one_line_an_issue_with_counts_and_reason(gazette: Gazette, monkeypatch: pytest.MonkeyPatch) -> None:
    replace_run(monkeypatch, RunSummary(documents=build_documents(PUBLISHED, QUARANTINED), seconds=1.25))
    told = gazette("run")
    assert told.code == 0
    lines = [line.split() for line in told.out.splitlines()]
    assert ["daily/2020-03-27/1.txt", "published", "31", "4"] in lines
    assert "ingest: no_date: no day [told]" in " ".join(told.out.split())
    assert "1 published, 1 quarantined, 0 rows rejected in 1.2 s" in told.out


def test_a_rejected_row_tells_its_rule_its_value_and_its_sentence(
    gazette: Gazette, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace_run(monkeypatch, RunSummary(documents=build_documents(PUBLISHED), rejected=[REJECTED]))
    told = gazette("run")
    assert told.code == 0
    assert "daily/2020-03-27/1.txt · projects · rate_within_0_100: 103\n      复工率103%。\n" in told.out


def test_progress_and_messages_go_to_stderr(gazette: Gazette, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = (Progress(message="starting [slowly]"), Progress(stage="ingest", done=1, total=2))
    replace_run(monkeypatch, RunSummary(), *steps)
    told = gazette("run")
    assert (told.code, told.out, told.err) == (0, "", "starting [slowly]\n")


def test_the_data_folder_is_handed_on(gazette: Gazette, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folders = replace_run(monkeypatch, RunSummary())
    gazette("run", "--data", tmp_path)
    gazette("run")
    assert folders == [tmp_path, Path("data")]


def test_a_run_that_failed_exits_with_1_and_one_line(gazette: Gazette, monkeypatch: pytest.MonkeyPatch) -> None:
    replace_run(monkeypatch, RunFailed("data/.store: no space left"))
    told = gazette("run")
    assert (told.code, told.out, told.err) == (1, "", "gazette: data/.store: no space left\n")


def test_a_data_folder_without_raw_fails(gazette: Gazette, tmp_path: Path) -> None:
    told = gazette("run", "--data", tmp_path)
    assert told.code == 1
    assert told.err.startswith(f"gazette: {tmp_path / 'raw'}: there is no such folder")


def test_nothing_pending_is_said_and_is_fine(gazette: Gazette, tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    told = gazette("run", "--data", tmp_path)
    assert (told.code, told.out, told.err) == (0, "", f"nothing pending under {tmp_path / 'raw'}\n")
