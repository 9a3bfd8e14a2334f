"""`gazette backfill` with real processes: killed in the middle it goes on where it was, and whoever works on it, one
process, several or a Dask cluster, the tables are the same byte for byte."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from gazette.publish.store import Store
from tasks.workers import PAYS_FROM

ROOT = Path(__file__).parents[2]
DAYS = 30
SENTENCES = (
    "截至{month}月{day}日，全区规模以上工业企业{a}家，已复工{b}家，复工率{c}%。",
    "返岗员工{b}人，新签约项目{a}个，总投资{c}.5亿元。",
    "银行为{a}家企业发放贷款{c}.2亿元，减免租金{b}万元。",
    "全区道路两旁种下的树今年已经长得很高，居民说春天里花开得比往年都好看，孩子们放学以后常在树下读书。",
)
PATIENCE = 240  # seconds; a run starts a server, and machines are busy


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A month of issues, long enough to be spread over processes."""
    folder = tmp_path_factory.mktemp("years")
    daily = folder / "daily"
    daily.mkdir()
    (daily / "publication.toml").write_text('name = "某日报"\nregion = "500110"\n', encoding="utf-8")
    length = PAYS_FROM // DAYS + 1
    for number in range(DAYS):
        day = date(2020, 2, 15) + timedelta(number)
        lines = (
            line.format(month=day.month, day=day.day, a=80 + n % 50, b=60 + n % 20, c=1 + (n + number) % 97)
            for n in range(length)
            for line in SENTENCES
        )
        text = ""
        while len(text) < length:
            text += f"{next(lines)}\n"
        (daily / f"{day}").mkdir()
        (daily / f"{day}" / "01.txt").write_text(text, encoding="utf-8")
    return folder


def start(*words: str | Path, **environment: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "cli.main", *map(str, words)]
    surroundings = {**os.environ, **environment}
    return subprocess.Popen(
        command, cwd=ROOT, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def backfill(folder: Path, data: Path, *words: str, **environment: str) -> str:
    with start("backfill", folder, "--data", data, *words, **environment) as process:
        out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, err
    return out


def read_tree(data: Path) -> dict[str, bytes]:
    """Every table, byte for byte. Of documents, and of what the gates checked, the columns that tell of the run are
    left out."""
    store = Store(data)
    root = store.snapshot()
    assert root is not None
    tree = {}
    for file in sorted(root.rglob("*.parquet")):
        name = str(file.relative_to(root))
        if name.startswith("curated/checks/"):
            continue
        if name.startswith("curated/documents/"):
            rows = pl.read_parquet(file, hive_partitioning=False).drop("run_id", "ingested_at", "pipeline_version")
            tree[name] = rows.write_csv().encode()
        else:
            tree[name] = file.read_bytes()
    return tree


@pytest.fixture(scope="module")
def by_one(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    data = tmp_path_factory.mktemp("one") / "data"
    out = backfill(folder, data, "--processes", "1")
    assert f"{DAYS} published" in out
    return read_tree(data)


def test_two_processes_give_the_same_tables(folder: Path, tmp_path: Path, by_one: dict[str, bytes]) -> None:
    backfill(folder, tmp_path / "data", "--processes", "2")
    assert read_tree(tmp_path / "data") == by_one


def test_killed_in_the_middle_it_goes_on_where_it_was(folder: Path, tmp_path: Path, by_one: dict[str, bytes]) -> None:
    """In batches of four; killed for good once some are published. Those are not processed again."""
    data, small = tmp_path / "data", {"GAZETTE_LIMITS__BATCH_SIZE": "4"}
    with start("backfill", folder, "--data", data, "--processes", "1", **small) as process:
        assert process.stderr is not None
        store, end = Store(data), time.monotonic() + PATIENCE
        while time.monotonic() < end and process.poll() is None and store.read_documents().height < 8:
            time.sleep(0.05)
        os.kill(process.pid, signal.SIGKILL)
    first = store.read_documents()
    assert 8 <= first.height < DAYS
    out = backfill(folder, data, "--processes", "1", **small)
    assert re.search(rf"\b{DAYS - first.height} published", out)
    kept = store.read_documents().join(first, on=first.columns, how="semi", nulls_equal=True)
    assert kept.height == first.height
    assert read_tree(data) == by_one


def find_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[str]:
    """A scheduler and two workers, each a process that knows nothing of the run but where the scheduler is."""
    pytest.importorskip("distributed", reason="the extra dask is not installed")
    address = f"tcp://127.0.0.1:{find_port()}"
    options = ["--local-directory", str(tmp_path / "dask"), "--nthreads", "1", "--no-dashboard"]
    commands = [
        ["scheduler", "--host", address, "--no-dashboard"],
        *(["worker", address, "--host", "127.0.0.1", *options] for _ in range(2)),
    ]
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "distributed.cli.dask_" + command[0], *command[1:]],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for command in commands
    ]
    try:
        _wait_for_workers(address)
        yield address
    finally:
        for process in reversed(processes):
            process.terminate()
        for process in processes:
            process.wait(30)


def _wait_for_workers(address: str) -> None:
    from distributed import Client

    with Client(address, timeout="60s") as client:
        client.wait_for_workers(2, timeout=120)


def test_a_cluster_gives_the_same_tables(
    folder: Path, tmp_path: Path, scheduler: str, by_one: dict[str, bytes]
) -> None:
    backfill(folder, tmp_path / "data", "--runner", "dask", "--dask-address", scheduler)
    assert read_tree(tmp_path / "data") == by_one
