"""The pipeline on an object store: the tables of a local run, whatever runs meet or are killed."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flows import pipeline
from gazette.publish.store import Change
from gazette.tables import TABLES
from tasks.batch import Limits
from tasks.runners import Here
from tests.cli.conftest import Gazette
from tests.flows.conftest import Data
from tests.storage.conftest import ADDRESS, Build, Machine
from tests.storage.server import BUCKET, Fault, ObjectServer
from tests.storage.views import Tree, commit, read_live, read_public, working

ROOT = Path(__file__).parents[2]
OF_THE_RUN = ("pipeline_version", "run_id", "ingested_at")
Process = Callable[..., Any]


class RemoteData(Data):
    """A data folder whose issues go to the object store, and whose files are as old as the objects."""

    def __init__(self, root: Path, server: ObjectServer, machine: Machine) -> None:
        self.server = server
        super().__init__(root)
        self.local, self.store = self.store, machine("here")

    def write(self, path: str, content: str | bytes, at: int | None = None) -> Path:
        file = super().write(path, content, at)
        self.server.put(f"data/raw/{path}", content)
        told = self.server.client.head_object(Bucket=BUCKET, Key=f"data/raw/{path}")["LastModified"]
        os.utime(file, (told.timestamp(),) * 2)
        return file

    def remove(self, path: str) -> None:
        (self.root / "raw" / path).unlink()
        self.server.client.delete_object(Bucket=BUCKET, Key=f"data/raw/{path}")


@pytest.fixture
def papers(tmp_path: Path, server: ObjectServer, machine: Machine) -> RemoteData:
    return RemoteData(tmp_path / "local", server, machine)


def read_rows(tree: Tree, folder: Path) -> dict[str, Any]:
    """Every file's bytes; of those that tell of the run the rows, without what is the run's own."""
    found: dict[str, Any] = {}
    for path, content in tree.items():
        name = path.split("/")[1]
        if name == "checks":
            continue
        found[path] = content
        if name == "documents":
            (folder / "part.parquet").write_bytes(content)
            found[path] = pl.read_parquet(folder / "part.parquet").drop(OF_THE_RUN).rows()
    return found


def run_locally(papers: RemoteData, process: Process) -> Tree:
    """The tables that the same files give on a disk."""
    remote, papers.store = papers.store, papers.local
    try:
        process(papers)
        return papers.tree()
    finally:
        papers.store = remote


def test_the_tables_are_those_of_a_local_run(
    papers: RemoteData,
    process_gated: Process,
    server: ObjectServer,
    tmp_path: Path,
) -> None:
    papers.write_page(5)
    papers.write("daily/2020-03-06/01.txt", "全区重大项目复工率103%。全区工业企业复工86家。\n")
    papers.write("daily/2020-03-07/01.txt", b"")
    papers.write("daily/2020-04-02/02.txt", "全区工业企业复工91家。\n")
    papers.write("daily/2020-04-02/02.toml", 'page = "03"\n')
    process_gated(papers)
    local = run_locally(papers, process_gated)
    assert {path.split("/")[1] for path in local} == set(TABLES)
    wanted = read_rows(local, tmp_path)
    assert read_rows(read_live(server), tmp_path) == wanted
    assert read_rows(read_public(server), tmp_path) == wanted
    assert process_gated(papers).documents == []


def test_what_changes_in_the_bucket_changes_the_tables(
    papers: RemoteData,
    process: Process,
    server: ObjectServer,
    tmp_path: Path,
) -> None:
    papers.write_page(5)
    papers.write_page(6)
    process(papers)
    run_locally(papers, process)
    time.sleep(1.1)  # the store tells time in seconds, and the newer file is to win
    papers.write_page(5, count=70)
    papers.write_page(6, page="02", count=70)
    papers.remove("daily/2020-03-06/01.txt")
    process(papers)
    local = run_locally(papers, process)
    assert papers.statuses() == {
        "05/01.txt": "published",
        "06/01.txt": "published",
        "06/02.txt": "published",
    }
    assert read_rows(read_live(server), tmp_path) == read_rows(local, tmp_path)


def test_what_arrives_during_a_run_is_taken_by_it(papers: RemoteData, process: Process) -> None:
    papers.write_page(5)
    refresh = papers.store.refresh

    def arrive() -> None:
        refresh()
        papers.write_page(6)
        papers.store.refresh = refresh  # type: ignore[method-assign]

    papers.store.refresh = arrive  # type: ignore[method-assign]
    process(papers)
    assert papers.statuses() == {"05/01.txt": "published", "06/01.txt": "published"}


@pytest.mark.usefixtures("process")
def test_two_machines_at_once_process_each_issue_once(
    papers: RemoteData, machine: Machine, server: ObjectServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.lease.POLL_SECONDS", 0.1)
    for day in range(1, 7):
        papers.write_page(day)
    processed: dict[str, list[str]] = {"first": [], "second": []}
    told: list[str] = []
    stores = {name: machine(name) for name in processed}

    def run(name: str) -> None:
        with stores[name].lock(told.append):
            stores[name].heal()
            for part in pipeline.process_pending(stores[name], Here(), Limits(batch_issues=2)):
                processed[name] += [document["path"] for document in part.documents]

    threads = [threading.Thread(target=run, args=(name,)) for name in processed]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(len, processed.values())) == [0, 6]
    assert len(set(processed["first"] + processed["second"])) == 6
    assert len(told) == 1
    assert told[0].startswith(f"another run works on {ADDRESS} (process {os.getpid()} on ")
    assert len(read_public(server)) == len(read_live(server))


def test_a_file_that_can_be_none_is_told_once(papers: RemoteData, process: Process) -> None:
    papers.write_page(5)
    papers.server.put("data/raw/daily//01.txt", "x")
    told: list[str] = []
    with papers.store.lock(told.append):
        papers.store.refresh()
        papers.store.refresh()
    assert told == [f"left out: {ADDRESS}/raw/daily//01.txt: no path of a file"]
    process(papers)
    assert papers.statuses() == {"05/01.txt": "published"}


# -- killed for good

COMMIT = """
import pickle, sys
import storage.lease
from storage import open_store
storage.lease.SECONDS = 2.0
store = open_store(sys.argv[1])
with store.lock():
    store.heal()
    store.commit(pickle.load(open(sys.argv[2], "rb")))
"""


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts Python in the machine's environment of the moment."""
    started: list[subprocess.Popen[str]] = []

    def call(*arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        started.append(process)
        return process

    yield call
    for process in started:
        process.kill()
        process.communicate()


def kill_at(server: ObjectServer, child: subprocess.Popen[str], number: int, fragment: str, fault: Fault) -> None:
    """Has the child killed at its `number`-th write to such a key, whether that is carried out or not."""
    seen: list[str] = []

    def judge(method: str, key: str) -> Fault | None:
        if method == "PUT" and fragment in key and child.poll() is None:
            seen.append(key)
        return fault if len(seen) == number else None

    def kill() -> None:
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        server.judge = lambda method, key: None

    server.judge, server.on_loss = judge, kill


@pytest.mark.parametrize(
    ("number", "fragment", "fault", "fate"),
    [
        (2, ".store/generations/", Fault.GONE, 0),
        (1, "manifest.json", Fault.LOST, 0),
        (1, ".store/current", Fault.GONE, 0),
        (1, ".store/current", Fault.LOST, 1),
        (2, "data/curated/", Fault.LOST, 1),
        (1, ".store/published", Fault.GONE, 1),
    ],
)
def test_a_run_killed_while_it_publishes_leaves_one_state_or_the_other(
    number: int,
    fragment: str,
    fault: Fault,
    fate: int,
    machine: Machine,
    server: ObjectServer,
    changes: list[Change],
    trees: list[Tree],
    read_tree: Build,
    tmp_path: Path,
    start: Callable[..., subprocess.Popen[str]],
) -> None:
    commit(machine("here"), changes[0])
    (tmp_path / "change").write_bytes(pickle.dumps(changes[1]))
    server.judge = lambda method, key: time.sleep(0.01)  # type: ignore[func-returns-value]
    child = start("-c", COMMIT, ADDRESS, str(tmp_path / "change"))
    kill_at(server, child, number, fragment, fault)
    assert child.wait(60) == -signal.SIGKILL, child.communicate()[1]
    assert read_live(server) == trees[fate]
    elsewhere = fault is Fault.LOST  # there the lease has to expire, here it is known to be nobody's
    healed = machine("there" if elsewhere else "here")
    began = time.monotonic()
    with working(healed):
        assert read_tree(healed) == read_public(server) == trees[fate]
        assert elsewhere or time.monotonic() - began < 30
        healed.commit(changes[1])
    assert read_tree(healed) == read_live(server) == read_public(server) == trees[1]


def test_the_command_line_from_end_to_end(
    papers: RemoteData,
    process_gated: Process,
    server: ObjectServer,
    gazette: Gazette,
    start: Callable[..., subprocess.Popen[str]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """A real `gazette run` is killed right after its swap, the next one completes its work and takes what came since;
    then the commands that read see what is there."""
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "prefect"))
    monkeypatch.setenv("GAZETTE_CACHE", str(tmp_path / "here"))
    papers.write_page(5)
    killed = start("-m", "cli.main", "run", "--data", ADDRESS)
    kill_at(server, killed, 1, ".store/current", Fault.LOST)
    assert killed.wait(240) == -signal.SIGKILL
    assert read_live(server)
    assert not read_public(server)
    papers.write_page(6)
    out, err = start("-m", "cli.main", "run", "--data", ADDRESS).communicate(timeout=240)
    assert "1 published" in out, err
    assert "daily/2020-03-06/01.txt" in out
    assert "daily/2020-03-05/01.txt" not in out
    wanted = read_rows(run_locally(papers, process_gated), tmp_path)
    assert read_rows(read_live(server), tmp_path) == read_rows(read_public(server), tmp_path) == wanted

    told = gazette("query", "select count(*) as n from documents", "--data", ADDRESS, "--format", "csv")
    assert (told.code, told.out) == (0, "n\n2\n")
    told = gazette("query", f"select * from '{ADDRESS}/curated/texts/**/*.parquet'", "--data", ADDRESS)
    assert told.code == 2
    papers.write_page(7)
    told = gazette("status", "--data", ADDRESS)
    assert (told.code, told.out.splitlines()[-2:]) == (
        0,
        ["2 published · 1 pending", "  pending  daily/2020-03-07/01.txt"],
    )
    told = gazette("tables", "--data", ADDRESS)
    assert (told.code, told.err) == (0, "")
    assert "documents  2 rows" in told.out


@pytest.mark.parametrize("command", [("run",), ("status",), ("tables",), ("query", "select 1")])
def test_what_cannot_be_opened_is_told_in_one_line(
    command: tuple[str, ...],
    gazette: Gazette,
    server: ObjectServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    code = 1 if command == ("run",) else 3
    told = gazette(*command, "--data", "s3://no-bucket/data")
    assert (told.code, told.out, told.err) == (code, "", "gazette: s3://no-bucket/data: there is no such bucket\n")
    told = gazette(*command, "--data", "s3://x")
    assert (told.code, told.err) == (
        code,
        f"gazette: {Path('s3://x')}: 'x' cannot be the name of a bucket (s3://bucket/folder)\n",
    )
    server.judge = lambda method, key: Fault.DENIED
    told = gazette(*command, "--data", ADDRESS)
    assert (told.code, told.out) == (code, "")
    assert told.err.startswith(f"gazette: {ADDRESS}: access denied: ")
    assert told.err.count("\n") == 1
    monkeypatch.setitem(sys.modules, "boto3", None)
    told = gazette(*command, "--data", ADDRESS)
    assert (told.code, told.err) == (code, f"gazette: {ADDRESS}: data folders in an object store take `make s3` once\n")


def test_a_bucket_without_issues_or_tables_is_told(gazette: Gazette, server: ObjectServer) -> None:
    told = gazette("run", "--data", ADDRESS)
    assert told.code == 1
    assert told.err.startswith(f"gazette: {ADDRESS}/raw: there is no such folder; issues lie in raw/")
    told = gazette("tables", "--data", ADDRESS)
    assert told.code == 3
    assert told.err == f"gazette: {ADDRESS}/curated: no tables yet; `gazette run --data {ADDRESS}` makes them\n"


@pytest.mark.parametrize("prefix", ["data", "raw/data", ""])
def test_issues_in_a_bucket_are_shown_and_audited(prefix: str, gazette: Gazette, server: ObjectServer) -> None:
    address = f"s3://{BUCKET}/{prefix}".rstrip("/")
    raw = f"{prefix}/raw".lstrip("/")
    server.put(f"{raw}/daily/publication.toml", 'name = "某日报"\nregion = "500110"\n')
    server.put(f"{raw}/daily/2020-03-05/01.txt", "全区工业企业复工91家。\n")
    told = gazette("show", f"{address}/raw/daily/2020-03-05/01.txt")
    assert (told.code, told.err) == (0, "")
    assert "91家" in told.out
    assert "enterprises" in told.out
    told = gazette("audit", f"{address}/raw/daily", "--region", "500110")
    assert told.code == 0
    assert told.out.startswith("1 issues")
    told = gazette("show", f"{address}/raw/daily/2020-03-05/02.txt")
    assert told.code == 3
    assert told.err.endswith("02.txt: No such file or directory\n")


def test_objects_outside_a_data_folder_are_no_issues(gazette: Gazette, server: ObjectServer) -> None:
    told = gazette("show", f"s3://{BUCKET}/daily/01.txt")
    assert (told.code, told.out) == (2, "")
    assert (
        told.err == f"gazette: s3://{BUCKET}/daily/01.txt: issues in an object store lie below raw/ of a data folder\n"
    )
