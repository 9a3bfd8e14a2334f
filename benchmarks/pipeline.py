"""What the whole pipeline costs beside the bare extraction of the same text, and what it gains from more processes.

Run: python -m benchmarks.pipeline FOLDER [--issues N]. FOLDER holds text issues named by their date.
Each way of working is `gazette backfill` into an empty data folder, as a process of its own: in one process, in two,
and on a Dask cluster of two workers. Printed are the seconds on the clock and of processor time, and the peak of
memory, of all its processes together (the workers of a cluster not, they are not its own); it is checked that all ways
give the same tables.

What the pipeline costs beyond its fixed start-up (imports, Prefect's server, the first look at every rule) is measured
apart: in a process that has processed one issue before. The ratio holds its processor time, that of its workers
included, against cleaning, quantities and records alone, measured in the same process right before and right after,
because the speed of a machine changes; printed is the median of ROUNDS.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import NamedTuple

import polars as pl

from benchmarks.extraction import NATION, read_issues
from benchmarks.processes import find_tree, read_memory
from flows.environment import prepare_environment
from flows.run import load
from flows.server import running_server
from gazette.clean import clean
from gazette.extract import extract
from gazette.publish.store import Store
from gazette.tables import TABLES

PUBLICATION = f'name = "broadcast news"\nregion = "{NATION}"\n'
ROUNDS = 3
TICK = 0.2  # seconds between two looks at the memory


class Cost(NamedTuple):
    """Seconds on the clock, seconds of processor time, and MiB at the peak."""

    clock: float
    processor: float
    memory: float


def lay_out(corpus: Path, folder: Path, most: int | None) -> int:
    """The issues as they would lie under raw/. Gives how many characters they have."""
    characters = 0
    for day, text in read_issues(corpus, most):
        page = folder / "news" / f"{day}" / "01.txt"
        page.parent.mkdir(parents=True)
        page.write_text(text, encoding="utf-8")
        characters += len(text)
    (folder / "news" / "publication.toml").write_text(PUBLICATION, encoding="utf-8")
    return characters


def backfill(folder: Path, data: Path, *options: str) -> Cost:
    """What one `gazette backfill` costs, everything that it starts included."""
    shutil.rmtree(data, ignore_errors=True)
    command = [sys.executable, "-m", "cli.main", "backfill", str(folder), "--data", str(data), *options]
    before, begin = _find_processor_time(), time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        memory = _watch_memory(process.pid)
        _, told = process.communicate()
    if process.returncode:
        raise RuntimeError(told.decode())
    return Cost(time.perf_counter() - begin, _find_processor_time() - before, memory())


def _find_processor_time() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _watch_memory(process: int) -> Callable[[], float]:
    """Looks at the memory of a process and all below it until it ends; gives a function that tells the peak in MiB."""
    peak = 0.0

    def watch() -> None:
        nonlocal peak
        while (size := sum(map(read_memory, find_tree(process)))) > 0:
            peak = max(peak, size)
            time.sleep(TICK)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()

    def tell() -> float:
        thread.join()
        return peak

    return tell


def extract_all(issues: Sequence[tuple[date, str]]) -> int:
    return sum(len(extract(clean(text), day, NATION).mentions) for day, text in issues)


class Comparison(NamedTuple):
    """The whole pipeline and the bare extraction, in one round."""

    whole: Cost
    bare: Cost

    @property
    def ratio(self) -> float:
        return self.whole.processor / self.bare.processor


def measure_beyond(one: Path, everything: Path, processes: int) -> Comparison:
    """The median round of the flow over all issues, in a process that has run it over one."""
    command = [sys.executable, "-m", "benchmarks.pipeline", "--beyond", str(processes), str(one), str(everything)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    rounds = [Comparison(*(Cost(*cost) for cost in pair)) for pair in json.loads(done.stdout.splitlines()[-1])]
    return sorted(rounds, key=lambda one: one.ratio)[len(rounds) // 2]


def run_beyond(processes: int, one: Path, everything: Path) -> None:
    """What `measure_beyond` runs: prints the rounds as JSON."""
    pages = sorted(everything.glob("news/*/01.txt"))
    issues = [(date.fromisoformat(page.parent.name), page.read_text(encoding="utf-8")) for page in pages]
    with tempfile.TemporaryDirectory() as place:
        prepare_environment(Path(place))
        with running_server() as server:
            load(server)
            from flows.pipeline import etl

            shutil.copytree(one, Path(place, "one", "raw"))
            etl(str(Path(place, "one")), processes=processes)
            rounds = []
            for number in range(ROUNDS):
                data = Path(place, str(number))
                shutil.copytree(everything, data / "raw")
                before = measure(lambda: extract_all(issues))
                whole = measure(partial(etl, str(data), processes=processes))
                after = measure(lambda: extract_all(issues))
                bare = Cost((before.clock + after.clock) / 2, (before.processor + after.processor) / 2, 0.0)
                rounds.append((whole, bare))
            print(json.dumps(rounds))


def measure(work: Callable[[], object]) -> Cost:
    before, begin = _find_all_processor_time(), time.perf_counter()
    work()
    return Cost(time.perf_counter() - begin, _find_all_processor_time() - before, 0.0)


def _find_all_processor_time() -> float:
    own = resource.getrusage(resource.RUSAGE_SELF)
    return own.ru_utime + own.ru_stime + _find_processor_time()


@contextmanager
def running_cluster(workers: int) -> Iterator[str]:
    """The address of a Dask scheduler on loopback, with workers of one thread each."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        address = f"tcp://127.0.0.1:{listener.getsockname()[1]}"
    with tempfile.TemporaryDirectory() as folder:
        ends = ["--no-dashboard", "--host"]
        commands = [["scheduler", *ends, address]]
        own = ["--nthreads", "1", "--local-directory", folder]
        commands += [["worker", address, *ends, "127.0.0.1", *own]] * workers
        started = [
            subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.dask_{name}", *words],
                env={**os.environ, "PYTHONPATH": os.getcwd()},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            for name, *words in commands
        ]
        try:
            from distributed import Client

            with Client(address, timeout="60s") as client:
                client.wait_for_workers(workers, timeout=120)
            yield address
        finally:
            for process in reversed(started):
                process.terminate()
                process.wait()


def build_digest(data: Path) -> str:
    """All tables, byte for byte, but for what tells of the run: columns of documents, and how the gates fared."""
    root = Store(data).snapshot()
    digest = hashlib.sha256()
    for file in sorted(root.rglob("*.parquet")) if root else []:
        table = file.relative_to(root).parts[1]
        if table == "checks":
            continue
        digest.update(str(file.relative_to(root)).encode())
        if table == "documents":
            rows = pl.read_parquet(file, hive_partitioning=False).drop(TABLES["documents"].run_columns)
            digest.update(rows.write_csv().encode())
        else:
            digest.update(file.read_bytes())
    return digest.hexdigest()


def print_line(name: str, cost: Cost, ratio: float | None = None, characters: int = 0) -> None:
    rate = f"{characters / cost.clock:,.0f}" if characters else ""
    memory = f"{cost.memory:.0f} MiB" if cost.memory else ""
    shown = "" if ratio is None else f"{ratio:.2f}"
    print(f"{name:68}{cost.clock:9.2f}{cost.processor:11.2f}{memory:>12}{rate:>14}{shown:>8}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--issues", type=int, default=None)
    parser.add_argument("--beyond", nargs=3, default=None, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.beyond:
        run_beyond(int(options.beyond[0]), *map(Path, options.beyond[1:]))
        return
    with tempfile.TemporaryDirectory() as place:
        compare(options.folder, Path(place), options.issues)


def compare(corpus: Path, place: Path, most: int | None) -> None:
    issues = list(read_issues(corpus, most))
    one, everything = place / "one", place / "all"
    lay_out(corpus, one, 1)
    characters = lay_out(corpus, everything, most)
    print(f"{len(issues):,} issues, {characters:,} characters, {len(os.sched_getaffinity(0))} cores")
    print(f"{'':68}{'seconds':>9}{'processor':>11}{'memory':>12}{'characters/s':>14}{'ratio':>8}")
    for name, processes in (("one process", 1), ("two processes, started in it", 2)):
        found = measure_beyond(one, everything, processes)
        print_line("bare extraction, one process", found.bare, 1.0, characters)
        print_line(f"whole pipeline beyond its start-up, {name}", found.whole, found.ratio, characters)
    digests = {}
    for name, words in (("one process", ["--processes", "1"]), ("two processes", ["--processes", "2"])):
        print_line(f"gazette backfill, {name}", backfill(everything, place / name, *words), None, characters)
        digests[name] = build_digest(place / name)
    with running_cluster(2) as address:
        words = ["--runner", "dask", "--dask-address", address]
        cost = backfill(everything, place / "cluster", *words)
        print_line("gazette backfill, Dask cluster of two workers", cost, None, characters)
        digests["cluster"] = build_digest(place / "cluster")
    print_line("gazette backfill, a single issue: the start-up", backfill(one, place / "single", "--processes", "1"))
    print("the same tables, byte for byte" if len({*digests.values()}) == 1 else f"THE TABLES DIFFER: {digests}")


if __name__ == "__main__":
    main()
