"""The pipeline over a folder of issues: what is published, what is kept back and why, and what a re-run changes."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

import gazette
import gazette.ingest.sources
import tasks.chunks
from flows import pipeline
from gazette.publish.store import Store
from gazette.tables import TABLES
from tasks.batch import Batch
from tasks.summary import CLEAN, NOTHING, QUARANTINE, REJECTIONS, RunSummary, build_page

Data = Any
Process = Callable[..., RunSummary]
RUN_COLUMNS = TABLES["documents"].run_columns


def test_issues_become_tables(data: Data, process: Process) -> None:
    data.write_page(5)
    data.write_page(6, count=70)
    summary = process(data)
    assert summary.name == CLEAN
    assert data.statuses() == {"05/01.txt": "published", "06/01.txt": "published"}
    for row in data.documents():
        assert row["mentions_count"] >= 5
        assert row["digits_in"] == row["digits_kept"] > 0
        assert (row["encoding"], row["format"], row["pipeline_version"]) == ("utf-8", "txt", gazette.__version__)
    mentions, texts = data.store.read("mentions"), data.store.read("texts")
    text = dict(texts.iter_rows())
    for row in mentions.to_dicts():
        assert "".join(text[row["issue_id"]][row["char_start"] : row["char_end"]].split()) == row["text"]
    assert data.store.read("enterprises")["enterprise_count"].dtype == pl.Int64


def test_the_second_run_changes_nothing(data: Data, process: Process) -> None:
    data.write_page(5)
    data.write("daily/2020-03-06/02.txt", b"")
    process(data)
    before, generation = data.tree(), data.store.snapshot()
    summary = process(data)
    assert summary.name == NOTHING
    assert data.store.snapshot() == generation
    assert data.tree() == before


def test_a_batch_begins_when_the_last_has_let_go(data: Data, process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of its texts and rows: memory then depends on the size of a batch, not on their number."""
    batches: list[Batch] = []
    ingest = pipeline.ingest

    def look(batch: Batch, run: Any) -> Batch:
        assert not any(before.works or before.parts or before.checks for before in batches)
        batches.append(batch)
        return ingest(batch, run)

    monkeypatch.setattr(pipeline, "ingest", look)
    for day in (5, 6, 7):
        data.write_page(day)
    assert process(data, batch_size=1).totals["mentions_count"] >= 15
    assert len(batches) == 3


@pytest.mark.parametrize("batch_size", [1, 2, 200])
def test_the_same_issues_give_the_same_files(data: Data, process: Process, batch_size: int) -> None:
    """Afresh, in batches of any size: byte for byte but for the run columns of documents."""
    for day in (5, 6, 7):
        data.write_page(day, count=50 + day)
    data.write("daily/2020-03-08/01.txt", data.write_page(5, count=55).read_bytes())
    process(data)
    first, documents = data.tree(), data.store.read_documents().drop(RUN_COLUMNS)
    shutil.rmtree(data.store.home)
    process(data, batch_size=batch_size)
    second = data.tree()
    assert second.keys() == first.keys()
    assert [name for name in first if first[name] != second[name]] == [
        name for name in first if "/documents/" in name and first[name] != second[name]
    ]
    assert data.store.read_documents().drop(RUN_COLUMNS).equals(documents)


def test_every_unfit_file_is_listed_with_its_reason_and_the_others_go_on(data: Data, process: Process) -> None:
    data.write_page(5)
    files = {
        "daily/2020-03-05/02.txt": (b"", "empty"),
        "daily/2020-03-05/03.txt": (bytes(range(256)) * 20, "binary"),
        "daily/2020-03-05/04.txt": (b"This page is in English, and that is not what is read here. " * 9, "not_chinese"),
        "daily/2020-03-05/05.txt": ("全区企业恢复生产。".encode() + b"\xe5\x85", "undecodable"),
        "daily/2020-03-05/06.txt": (b"{\\rtf1 ...}", "unsupported_format"),
        "daily/2020-03-05/07.txt": ("全区企业恢复生产。\n" * 900, "too_large"),
        "daily/spring/08.txt": ("全区企业恢复生产60家。", "no_date"),
        "weekly/2020-03-05/01.txt": ("全区企业恢复生产70家。", "bad_metadata"),
    }
    for path, (content, _) in files.items():
        data.write(path, content)
    summary = process(data, max_bytes=20_000)
    assert summary.name == QUARANTINE
    rows = {row["path"]: row for row in data.documents()}
    for path, (_, reason) in files.items():
        assert (rows[path]["status"], rows[path]["stage"], rows[path]["reason"]) == ("quarantined", "ingest", reason)
        assert rows[path]["detail"]
        assert rows[path]["issue_id"]
        assert (data.root / "raw" / path).exists()
    assert rows["daily/2020-03-05/01.txt"]["status"] == "published"
    assert process(data, max_bytes=20_000).name == NOTHING


def test_impossible_figures_are_kept_back_and_the_rest_published(data: Data, process_gated: Process) -> None:
    data.write("daily/2020-03-05/01.txt", "全区重大项目复工率103%。全区工业企业复工86家。\n")
    data.write("daily/2020-03-06/01.txt", "全区重大项目10个，已复工12个。银行发放贷款3亿元。\n")
    summary = process_gated(data)
    assert summary.name == REJECTIONS
    assert set(data.statuses().values()) == {"published"}
    seen = {(row["path"], row["table"], row["expectation"]) for row in summary.rejected}
    assert ("daily/2020-03-05/01.txt", "projects", "resumption_rate_within_0_and_100") in seen
    assert ("daily/2020-03-06/01.txt", "projects", "project_count_not_above_total_count") in seen
    kept_back = data.store.read("projects", "quarantine")
    assert 103.0 in kept_back["resumption_rate"].to_list()
    mentions = data.store.read("mentions").filter(pl.col("reason") == "rejected")
    assert set(mentions["record_id"]) == set(kept_back["record_id"])
    assert data.store.read("enterprises")["enterprise_count"].to_list() == [86]
    assert data.store.read("finance")["amount_cny"].to_list() == [3e8]
    assert [row["rejected_count"] for row in data.documents()] == [1, 1]


def test_damaged_digits_never_publish(data: Data, process_gated: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    data.write_page(5)
    data.write_page(6, count=77)
    clean = tasks.chunks.clean_text

    def damage(text: str) -> Any:
        cleaned = clean(text)
        return type(cleaned)(cleaned.text.replace("77", "71"), cleaned.places, cleaned.blocks)

    monkeypatch.setattr(tasks.chunks, "clean_text", damage)
    process_gated(data)
    rows = {row["path"]: row for row in data.documents()}
    assert rows["daily/2020-03-05/01.txt"]["status"] == "published"
    row = rows["daily/2020-03-06/01.txt"]
    assert (row["status"], row["stage"]) == ("quarantined", "clean")
    assert "digit" in row["reason"]
    assert row["digits_kept"] < row["digits_in"]
    assert row["issue_id"] not in data.store.read("texts")["issue_id"].to_list()


@pytest.mark.parametrize(("stage", "module", "name"), [
    ("clean", tasks.chunks, "clean_text"),
    ("extract", tasks.chunks, "extract_text"),
    ("extract", tasks.chunks, "build_rows"),
])  # fmt: skip
def test_a_crash_stops_one_issue(
    data: Data, process: Process, monkeypatch: pytest.MonkeyPatch, stage: str, module: Any, name: str
) -> None:
    data.write_page(5)
    data.write_page(6, count=77)
    function = getattr(module, name)

    def crash(*arguments: Any) -> Any:
        if "已复工77家" in str(arguments):
            raise RecursionError("too deep")
        return function(*arguments)

    monkeypatch.setattr(module, name, crash)
    summary = process(data)
    assert data.statuses() == {"05/01.txt": "published", "06/01.txt": "quarantined"}
    row = data.documents()[1]
    assert (row["stage"], row["reason"]) == (stage, "crashed")
    assert row["detail"].startswith("RecursionError: too deep (test_pipeline.py:")
    assert summary.name == QUARANTINE


def test_a_region_that_is_not_in_the_gazetteer_is_stopped_by_the_gate(data: Data, process_gated: Process) -> None:
    data.write_page(5)
    data.write("daily/2020-03-05/01.toml", 'region = "999999"')
    process_gated(data)
    row = data.documents()[0]
    assert (row["status"], row["stage"], row["reason"]) == ("quarantined", "ingest", "region_code_known")


def test_the_same_bytes_are_published_once(data: Data, process: Process) -> None:
    content = data.write_page(5).read_bytes()
    for page in ("02", "03"):
        data.write(f"daily/2020-03-05/{page}.txt", content)
    process(data)
    assert data.statuses() == {"05/01.txt": "published", "05/02.txt": "duplicate", "05/03.txt": "duplicate"}
    assert data.store.read("texts").height == 1


def test_a_copy_of_what_was_stopped_is_tried_on_its_own(data: Data, process_gated: Process) -> None:
    content = data.write_page(5).read_bytes()
    data.write("daily/2020-03-05/01.toml", 'region = "999999"')
    data.write("daily/2020-03-05/02.txt", content)
    process_gated(data)
    assert data.statuses() == {"05/01.txt": "quarantined", "05/02.txt": "published"}


@pytest.mark.parametrize("together", [True, False])
def test_a_newer_file_supersedes(data: Data, process: Process, together: bool) -> None:
    data.write("daily/2020-03-05/01.txt", data.write_page(5).read_bytes(), at=1000)
    if not together:
        process(data)
    data.write("daily/2020-03-05/01.md", "全区工业企业复工99家。\n", at=2000)
    process(data)
    assert data.statuses() == {"05/01.md": "published", "05/01.txt": "superseded"}
    assert data.store.read("enterprises")["enterprise_count"].to_list() == [99]
    assert data.store.read("texts").height == 1
    superseded = next(row for row in data.documents() if row["status"] == "superseded")
    assert superseded["detail"] == "superseded by daily/2020-03-05/01.md"
    assert superseded["mentions_count"] is None


def test_a_file_that_is_gone_before_it_is_read_is_told_of(
    data: Data, process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    data.write_page(5)
    gone = data.write_page(6, count=70)
    identify = gazette.ingest.sources.SourceReader.read_identity

    def identify_and_lose(self: Any, file: Any) -> Any:
        found = identify(self, file)
        if file.location == gone and gone.exists():
            gone.unlink()
        return found

    monkeypatch.setattr(gazette.ingest.sources.SourceReader, "read_identity", identify_and_lose)
    summary = process(data)
    assert summary.vanished == ["daily/2020-03-06/01.txt"]
    assert data.statuses() == {"05/01.txt": "published"}


def test_what_arrives_meanwhile_is_taken_too(data: Data, process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    data.write_page(5)
    commit = Store.commit

    def commit_and_receive(self: Store, change: Any) -> int:
        data.write_page(6, count=70)
        return commit(self, change)

    monkeypatch.setattr(Store, "commit", commit_and_receive)
    process(data)
    assert data.statuses() == {"05/01.txt": "published", "06/01.txt": "published"}


def test_the_page_of_a_run_tells_all_and_runs_no_markup(data: Data, process_gated: Process) -> None:
    data.write_page(5)
    data.write("daily/2020-03-05/<b>|[x](y)`.txt", b"")
    data.write("daily/2020-03-06/01.txt", "全区重大项目复工率103%。\n")
    page = build_page(process_gated(data))
    assert "2 published, 1 quarantined, 1 rows rejected" in page
    assert "resumption&#95;rate&#95;within&#95;0&#95;and&#95;100" in page
    assert "empty" in page
    assert "<b>" not in page
    assert "](y)" not in page


def test_what_may_still_be_written_is_left_for_the_next_run(data: Data, process: Process) -> None:
    data.write_page(5)
    now = int(time.time())
    os.utime(data.write_page(6), (now, now))
    os.utime(data.write_page(7), (now + 3600, now + 3600))  # a clock that is ahead says nothing
    old = now - 60
    os.utime(data.root / "raw/daily/2020-03-05/01.txt", (old, old))
    process(data, settle_seconds=30)
    assert data.statuses() == {"05/01.txt": "published", "07/01.txt": "published"}
    process(data)
    assert data.statuses() == {"05/01.txt": "published", "06/01.txt": "published", "07/01.txt": "published"}
