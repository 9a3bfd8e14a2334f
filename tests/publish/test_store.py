"""The store: a change is published whole or not at all, touches the months it changes, and is healed after a crash."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow.dataset
import pyarrow.parquet
import pytest

from gazette.publish import store as module
from gazette.publish.store import RESTATED, Change, Store, StoreError
from gazette.tables import TABLES

MARCH, APRIL = date(2020, 3, 5), date(2020, 4, 6)
Build = Callable[..., Any]


class Killed(BaseException):
    """The process dies here: nothing that follows happens."""


def test_what_is_committed_is_read(store: Store, build_issue: Build, build_change: Build, issue_ids: Build) -> None:
    store.commit(build_change(build_issue("a", MARCH), build_issue("b", APRIL)))
    for name in ("projects", "mentions", "texts", "documents"):
        assert issue_ids(store, name) == ["a", "b"]
    assert (store.data / "curated/projects/month=2020-03/part-0.parquet").is_file()
    assert (store.data / "curated/projects/month=2020-04/part-0.parquet").is_file()
    assert store.read("projects").schema == TABLES["projects"].polars_schema()


def test_same_issues_in_any_order_give_the_same_bytes(
    tmp_path: Path, build_issue: Build, build_change: Build, read_tree: Build
) -> None:
    issues = [build_issue(name, day) for name in "abcd" for day in (MARCH,)]
    trees = []
    for number, order in enumerate([issues, issues[::-1]]):
        store = Store(tmp_path / str(number))
        store.generations.mkdir(parents=True)
        for issue in order:
            store.commit(build_change(issue))
        store.commit(build_change(order[0]))
        trees.append(read_tree(store))
    assert trees[0] == trees[1]


def test_only_the_months_that_change_are_written(
    store: Store, build_issue: Build, build_change: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.commit(build_change(build_issue("a", MARCH), build_issue("b", APRIL)))
    kept = store.data / "curated/mentions/month=2020-03/part-0.parquet"
    inode = kept.stat().st_ino
    written: list[str] = []
    write = module.write_parquet
    monkeypatch.setattr(module, "write_parquet", lambda f, t, file: (written.append(str(file)), write(f, t, file)))
    store.commit(build_change(build_issue("c", APRIL)))
    assert written
    assert all("month=2020-04" in file for file in written)
    assert kept.stat().st_ino == inode


def test_rejected_rows_are_kept_apart_with_all_they_had(store: Store, build_issue: Build, build_change: Build) -> None:
    store.commit(build_change(build_issue("a", MARCH), rejected=("r-a",)))
    assert store.read("projects").is_empty()
    (row,) = store.read("projects", "quarantine").to_dicts()
    assert (row["expectation"], row["observed"]) == ("count_at_most_total", "12 of 10")
    assert (row["project_count"], row["quote"]) == (12.0, "复工项目12个")
    store.commit(build_change(build_issue("a", MARCH)))
    assert store.read("projects", "quarantine").is_empty()
    assert not list((store.data / "quarantine").rglob("*.parquet"))


def test_a_withdrawn_issue_leaves_every_table_but_documents(
    store: Store, build_issue: Build, build_change: Build, issue_ids: Build
) -> None:
    store.commit(build_change(build_issue("a", MARCH), build_issue("b", MARCH)))
    restated = pl.DataFrame(
        [{"path": f"daily/{MARCH}/a.txt", "issue_id": "a", "month": "2020-03", "status": "superseded", "detail": "x"}],
        schema=RESTATED,
    )
    store.commit(Change(withdrawn={"a": "2020-03"}, restated=restated))
    for name in ("projects", "mentions", "texts"):
        assert issue_ids(store, name) == ["b"]
    statuses = dict(store.read_documents().select("issue_id", "status").iter_rows())
    assert statuses == {"a": "superseded", "b": "published"}


def test_an_issue_of_another_date_moves_to_its_month(
    store: Store, build_issue: Build, build_change: Build, issue_ids: Build
) -> None:
    store.commit(build_change(build_issue("a", MARCH)))
    row = {"path": f"daily/{MARCH}/a.txt", "issue_id": "a", "month": "2020-03", "status": None, "detail": None}
    gone = pl.DataFrame([row], schema=RESTATED)
    store.commit(build_change(build_issue("a", APRIL), withdrawn={"a": "2020-03"}, restated=gone))
    for name in ("projects", "mentions", "texts", "documents"):
        assert issue_ids(store, name) == ["a"]
        assert pl.read_parquet(store.data / f"curated/{name}/month=2020-03/part-0.parquet").is_empty()


def test_every_table_has_a_file_even_without_rows(store: Store, build_document: Build) -> None:
    documents = pl.DataFrame([build_document("a", None)], schema=TABLES["documents"].polars_schema())
    store.commit(Change(documents=documents))
    for name, table in TABLES.items():
        frame = pl.read_parquet(store.data / f"curated/{name}/**/*.parquet", hive_partitioning=False)
        assert frame.schema == table.polars_schema()


def test_every_reader_reads_every_table_with_its_descriptions(
    store: Store, build_issue: Build, build_change: Build
) -> None:
    store.commit(build_change(build_issue("a", MARCH), build_issue("b", APRIL)))
    for name, table in TABLES.items():
        folder = store.data / "curated" / name
        rows = 2 if name in ("projects", "mentions", "texts", "documents") else 0
        assert pl.read_parquet(f"{folder}/**/*.parquet").height == rows
        assert pl.read_parquet(folder).height == rows
        assert duckdb.sql(f"select * from '{folder}/**/*.parquet'").fetchall().__len__() == rows
        dataset = pyarrow.dataset.dataset(folder, partitioning="hive")
        assert dataset.count_rows() == rows
        for file in folder.rglob("*.parquet"):
            schema = pyarrow.parquet.read_schema(file)
            assert schema.names == list(table.names)
            for column in table.columns:
                metadata = schema.field(column.name).metadata
                assert metadata[b"description_en"].decode() == column.en
                assert metadata[b"description_zh"].decode() == column.zh
                assert metadata.get(b"unit", b"").decode() == (column.unit or "")


PRIMITIVES = (("os", "link"), ("os", "rename"), ("os", "replace"), ("os", "fsync"), ("shutil", "rmtree"))


def _die_at(step: int, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Kills the process at its step-th change of the disk; gives the count of steps taken."""
    taken = [0]

    def wrap(function: Callable[..., Any], late: bool) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            taken[0] += 1
            if taken[0] == step and not late:
                raise Killed
            result = function(*arguments, **options)
            if taken[0] == step:
                raise Killed
            return result

        return call

    for late, (owner, name) in enumerate(PRIMITIVES):
        target = {"os": os, "shutil": shutil}[owner]
        monkeypatch.setattr(target, name, wrap(getattr(target, name), bool(late % 2)))
    monkeypatch.setattr(Path, "symlink_to", wrap(Path.symlink_to, True))
    monkeypatch.setattr(module, "write_parquet", wrap(module.write_parquet, False))
    return taken


def test_a_crash_at_any_step_is_healed(
    tmp_path: Path, build_issue: Build, build_change: Build, read_tree: Build
) -> None:
    """The change is there or not, never half of it; after one more run the tables are those of an undisturbed run."""
    first, second = [build_issue("a", MARCH)], [build_issue("a", MARCH, 9.0), build_issue("b", APRIL)]
    before, after = Store(tmp_path / "before"), Store(tmp_path / "after")
    with before.lock():
        for _ in range(3):  # so that old generations are removed too
            before.commit(build_change(*first))
    shutil.copytree(before.data, after.data, symlinks=True)
    after.commit(build_change(*second))
    wanted = {"before": read_tree(before), "after": read_tree(after)}
    step, outcomes = 0, []
    while True:
        step += 1
        store = Store(tmp_path / f"crash{step}")
        shutil.copytree(before.data, store.data, symlinks=True)
        with pytest.MonkeyPatch.context() as patch:
            taken = _die_at(step, patch)
            try:
                with store.lock():
                    store.commit(build_change(*second))
            except Killed:
                pass
        seen = read_tree(store)
        outcomes.append(next(name for name, tree in wanted.items() if tree == seen))
        with store.lock():
            store.heal()
            if outcomes[-1] == "before":
                store.commit(build_change(*second))
        assert read_tree(store) == wanted["after"]
        assert len(list(store.generations.iterdir())) <= module.KEPT_GENERATIONS
        assert sorted(p.name for p in store.home.iterdir()) == ["current", "generations", "lock"]
        if taken[0] < step:
            break
    assert len(outcomes) > 30
    assert sorted(outcomes, key=["before", "after"].index) == outcomes
    assert "before" in outcomes


def test_a_crash_before_the_first_publication_is_healed(
    tmp_path: Path, build_issue: Build, build_change: Build, issue_ids: Build
) -> None:
    store = Store(tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Store, "_link_public", lambda self: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed), store.lock():
            store.commit(build_change(build_issue("a", MARCH)))
    assert not (tmp_path / "curated").exists()
    with store.lock():
        store.heal()
    assert pl.read_parquet(tmp_path / "curated/projects/**/*.parquet").height == 1


def test_a_reader_who_listed_files_before_the_swap_reads_whole_files(
    store: Store, build_issue: Build, build_change: Build
) -> None:
    store.commit(build_change(build_issue("a", MARCH)))
    files = list((store.data / "curated" / "projects").rglob("*.parquet"))
    root = store.snapshot()
    for number in range(5):
        store.commit(build_change(build_issue(f"n{number}", MARCH)))
        assert [pl.read_parquet(file).height for file in files] == [number + 2]
    assert root is not None
    assert not root.exists()


def test_a_reader_never_sees_half_an_issue(store: Store, build_issue: Build, build_change: Build) -> None:
    """Each commit replaces the one issue: a reader of one generation sees the same figure in both tables."""
    store.commit(build_change(build_issue("a", MARCH, 0.0)))
    seen, stop = [], threading.Event()

    def read() -> None:
        while not stop.is_set():
            root = store.snapshot()
            assert root is not None
            count = pl.read_parquet(root / "curated/projects/**/*.parquet")["project_count"].to_list()
            value = pl.read_parquet(root / "curated/mentions/**/*.parquet")["value"].to_list()
            seen.append((count, value))

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(1, 12):
        store.commit(build_change(build_issue("a", MARCH, float(number))))
    stop.set()
    reader.join()
    assert seen
    assert all(len(count) == 1 and count == value for count, value in seen)


def test_no_room_leaves_the_tables_as_they_were(
    store: Store, build_issue: Build, build_change: Build, read_tree: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.commit(build_change(build_issue("a", MARCH)))
    before = read_tree(store)

    def full(*arguments: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    for name in ("write_parquet", "_link_unchanged", "_flush"):
        with monkeypatch.context() as patch:
            patch.setattr(module, name, full)
            with pytest.raises(StoreError, match=r"no room left on the disk; the tables are as they were"):
                store.commit(build_change(build_issue("b", MARCH)))
        assert read_tree(store) == before
        assert [folder.name for folder in store.generations.iterdir()] == ["1"]
    assert store.commit(build_change(build_issue("b", MARCH))) == 2


def test_a_failed_swap_can_be_tried_again(
    store: Store, build_issue: Build, build_change: Build, issue_ids: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.commit(build_change(build_issue("a", MARCH)))
    with monkeypatch.context() as patch:
        patch.setattr(Store, "_swap", lambda self, number: (_ for _ in ()).throw(OSError(errno.EIO, "input/output")))
        with pytest.raises(StoreError):
            store.commit(build_change(build_issue("b", MARCH)))
    assert issue_ids(store, "projects") == ["a"]
    store.commit(build_change(build_issue("b", MARCH)))
    assert issue_ids(store, "projects") == ["a", "b"]


def test_a_file_system_without_hard_links(
    store: Store, build_issue: Build, build_change: Build, issue_ids: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: Any) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    store.commit(build_change(build_issue("a", MARCH)))
    store.commit(build_change(build_issue("b", APRIL)))
    assert issue_ids(store, "projects") == ["a", "b"]


def test_a_foreign_folder_in_the_way_is_not_touched(store: Store, build_issue: Build, build_change: Build) -> None:
    mine = store.data / "curated" / "notes.txt"
    mine.parent.mkdir()
    mine.write_text("mine", encoding="utf-8")
    with pytest.raises(StoreError, match="curated is in the way"):
        store.commit(build_change(build_issue("a", MARCH)))
    assert mine.read_text(encoding="utf-8") == "mine"


def test_a_data_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(StoreError, match="the tables are as they were"), Store(tmp_path / "file").lock():
        pass


HOLD = """
import pathlib, sys, time
from gazette.publish.store import Store
with Store(pathlib.Path(sys.argv[1])).lock():
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


def _start_holder(data: Path, seconds: float) -> subprocess.Popen[bytes]:
    """Another process, which holds the lock by the time this returns."""
    root = Path(__file__).parents[2]
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(data), str(seconds)], stdout=subprocess.PIPE, cwd=root)
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    return process


def test_a_second_run_is_told_who_holds_the_lock_and_waits(tmp_path: Path) -> None:
    words: list[str] = []
    with _start_holder(tmp_path, 1) as process, Store(tmp_path).lock(words.append):
        assert process.wait(timeout=10) == 0
    assert len(words) == 1
    assert f"process {process.pid} on" in words[0]


def test_the_lock_dies_with_its_process(tmp_path: Path) -> None:
    words: list[str] = []
    with _start_holder(tmp_path, 60) as process:
        process.kill()
    with Store(tmp_path).lock(words.append):
        assert words == []
