"""A data folder with issues of our own writing, and the pipeline without Prefect's server around it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from expectations.results import FINDINGS, SUMMARY, SeriesResult, StageResult, TableResult
from flows import pipeline
from gazette.ingest.sources import MAX_BYTES
from gazette.publish.frames import cast_published
from gazette.publish.store import Store
from gazette.tables import RECORD_TABLES, TABLES
from tasks.batch import Limits
from tasks.runners import Here, Runner
from tasks.summary import RunSummary

PAGE = """全区企业加快恢复生产
　　本报讯 截至3月{day}日，全
区规模以上工业企业80家
已复工{count}家。返岗员工1.5
万人。
　　银行为25家企业发放贷款
3.2亿元。
"""
TASKS = ("ingest", "clean", "extract", "publish")
GATES = ("check_stage", "check_tables", "check_documents", "check_series")
Run = Callable[..., RunSummary]


class Data:
    """The folder, and what is published from it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.store = Store(root)
        self.write("daily/publication.toml", 'name = "某日报"\nregion = "500110"\n')

    def write(self, path: str, content: str | bytes, at: int | None = None) -> Path:
        file = self.root / "raw" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        if at is not None:
            os.utime(file, (at, at))
        return file

    def write_page(self, day: int, page: str = "01", count: int = 60) -> Path:
        return self.write(f"daily/2020-03-{day:02}/{page}.txt", PAGE.format(day=day, count=count))

    def statuses(self) -> dict[str, str]:
        return {row["path"].removeprefix("daily/2020-03-"): row["status"] for row in self.documents()}

    def documents(self) -> list[dict[str, Any]]:
        return sorted(self.store.read_documents().to_dicts(), key=lambda row: (row["path"], row["ingested_at"]))

    def tree(self) -> dict[str, bytes]:
        root = self.store.snapshot()
        assert root is not None
        return {str(file.relative_to(root)): file.read_bytes() for file in sorted(root.rglob("*.parquet"))}


@pytest.fixture
def data(tmp_path: Path) -> Data:
    return Data(tmp_path / "data")


def _process(
    data: Data,
    *,
    runner: Runner,
    batch_size: int = 200,
    max_bytes: int = MAX_BYTES,
    settle_seconds: float = 0,
    seconds: float = 60,
) -> RunSummary:
    summary = RunSummary()
    limits = Limits(batch_issues=batch_size, issue_bytes=max_bytes, issue_seconds=seconds)
    with data.store.lock():
        data.store.heal()
        for part in pipeline.process_pending(data.store, runner, limits, settle_seconds):
            summary.add(part)
    return summary


@pytest.fixture
def process_gated(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the stages and gates over a data folder, each task as the function that it is."""
    for name in (*TASKS, *GATES):
        monkeypatch.setattr(pipeline, name, getattr(pipeline, name).fn)
    return partial(_process, runner=Here())


@pytest.fixture
def process(monkeypatch: pytest.MonkeyPatch, process_gated: Run) -> Run:
    """The same with gates that let everything pass: a gate takes seconds, and most tests are not about gates."""
    nothing = FINDINGS.to_frame()
    passed = StageResult(nothing, nothing, SUMMARY.to_frame())
    monkeypatch.setattr(pipeline, "check_stage", lambda stage, frame: passed)
    monkeypatch.setattr(pipeline, "check_documents", lambda frame: passed)
    monkeypatch.setattr(pipeline, "check_tables", _pass_tables)
    rejected = TABLES["series"].quarantine().empty_frame
    monkeypatch.setattr(pipeline, "check_series", lambda rows: SeriesResult(rows, rejected, SUMMARY.to_frame()))
    return process_gated


def _pass_tables(frames: Mapping[str, pl.DataFrame], issues: pl.DataFrame) -> TableResult:
    nothing = FINDINGS.to_frame()
    accepted = {name: cast_published(name, frame) for name, frame in frames.items()}
    rejected = {name: TABLES[name].quarantine().empty_frame for name in RECORD_TABLES}
    return TableResult(accepted, rejected, nothing, nothing, SUMMARY.to_frame())
