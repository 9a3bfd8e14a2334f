"""`gazette rerun`: what it prints of a rerun and writes to a file; and how the commands that process issues are told
where to work."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flows.run import NothingChosen, Options, Report, RerunSummary, RunSummary
from gazette.publish.changes import CHANGES
from tests.cli.conftest import Gazette

CELL = {
    "table": "projects",
    "issue_id": "ab" * 32,
    "publication": "daily",
    "issue_date": date(2020, 3, 5),
    "page": "01",
    "record_id": "r1",
    "char_start": 0,
    "char_end": 20,
    "quote": "占地[120]亩。",
}


def build_changes(*cells: dict[str, Any]) -> pl.DataFrame:
    rows = [{**dict.fromkeys(CHANGES), **CELL, **cell} for cell in cells]
    return pl.DataFrame(rows, schema=CHANGES, orient="row")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What the rerun was asked for, in the place of a real one that finds three cells."""
    calls: list[tuple[Any, ...]] = []
    changes = build_changes(
        {"change": "altered", "column": "land_area_mu", "old": "120", "new": "130"},
        {"change": "altered", "column": "land_area_mu_low", "old": "120", "new": "130"},
        {"change": "removed", "column": "investment_cny_low", "old": "5"},
    )

    def rerun(data: Path, issues: Sequence[str], since: date | None, report: Report, options: Options) -> RerunSummary:
        calls.append((data, list(issues), since, options))
        if "unknown" in issues:
            raise NothingChosen("unknown: no processed issue has that identity or path")
        return RerunSummary(RunSummary(seconds=1.0), changes, ["daily/2020-03-09/01.txt"])

    monkeypatch.setattr("flows.run.rerun", rerun)
    return calls


def test_every_cell_is_a_line_and_all_are_in_the_report(
    gazette: Gazette, asked: list[tuple[Any, ...]], tmp_path: Path
) -> None:
    """On the screen, without the companions of a measure that changed itself."""
    file = tmp_path / "changes.json"
    told = gazette("rerun", "--since", "2020-03-01", "--data", tmp_path, "--report", file, "--processes", "1")
    assert told.code == 0
    lines = [line.split() for line in told.out.splitlines()]
    assert ["altered", "daily/2020-03-05/01", "projects", "land_area_mu", "120", "130"] in lines
    assert ["removed", "daily/2020-03-05/01", "projects", "investment_cny_low", "5"] in lines
    assert "占地[120]亩。" in told.out
    assert "land_area_mu_low" not in told.out
    assert "left as it was  daily/2020-03-09/01.txt" in told.out
    assert "cells: 0 added, 1 removed, 2 altered" in told.out
    written = json.loads(file.read_text(encoding="utf-8"))
    assert [cell["column"] for cell in written] == ["land_area_mu", "land_area_mu_low", "investment_cny_low"]
    (data, issues, since, options) = asked[0]
    assert (data, issues, since, options.processes) == (tmp_path, [], date(2020, 3, 1), 1)


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["rerun"], 2, "say which issues: --issue ID"),
        (["rerun", "--issue", "a", "--since", "2020-01-01"], 2, "say which issues"),
        (["rerun", "--issue", "a", "--report", "changes.xls"], 2, "ends in none of .parquet, .json, .csv"),
        (["rerun", "--issue", "unknown"], 3, "unknown: no processed issue has that identity or path"),
        (["run", "--runner", "ray"], 2, "--runner: ray is none (known: local, dask)"),
        (["run", "--runner", "dask"], 2, "--runner dask needs --dask-address tcp://HOST:PORT"),
        (["run", "--runner", "local", "--dask-address", "tcp://h:1"], 2, "--dask-address goes with --runner dask"),
        (["backfill", "nowhere"], 3, "nowhere"),
    ],
)
def test_what_makes_no_sense_is_told(gazette: Gazette, words: list[str], code: int, message: str) -> None:
    told = gazette(*words)
    assert told.code == code
    assert message in told.err


def test_the_cluster_of_the_settings_is_used_unless_the_command_line_says_otherwise(
    gazette: Gazette, asked: list[tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GAZETTE_CONCURRENCY__RUNNER", "dask")
    monkeypatch.setenv("GAZETTE_CONCURRENCY__DASK_ADDRESS", "tcp://known:8786")
    gazette("rerun", "--issue", "a")
    gazette("rerun", "--issue", "a", "--runner", "local")
    gazette("rerun", "--issue", "a", "--dask-address", "tcp://said:8786")
    assert [options.dask_address for *_, options in asked] == ["tcp://known:8786", None, "tcp://said:8786"]
