"""What the whole pipeline costs beside the bare extraction of the same text, and what it gains from more processes.

Run: python -m benchmarks.pipeline FOLDER [--issues N]. FOLDER holds text issues named by their date.
Each way of working is `gazette backfill` into an empty data folder, as a process of its own: in one process, in two,
and on a Dask cluster of two workers. Printed are the seconds on the clock and of processor time (of the programs, and
of the system for them), and the peak of memory, of all its processes together (the workers of a cluster not, they are
not its own); it is checked that all ways give the same tables.

The fixed start-up (imports, Prefect's server, the first look at every rule) is what a backfill of one issue costs that
has records for every table. What all issues cost beyond it is held against cleaning and extraction alone, in a process
of its own right after, because the speed of a machine changes; printed is the median of ROUNDS.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import NamedTuple

import polars as pl

from benchmarks.commands import Cost, backfill
from benchmarks.extraction import NATION, read_issues
from gazette.clean import clean
from gazette.extract import extract
from gazette.publish.store import Store
from gazette.tables import RECORD_TABLES, TABLES

PUBLICATION = f'name = "broadcast news"\nregion = "{NATION}"\n'
ROUNDS = 3
WARM = 50  # issues read before the clock starts, so that words and places are loaded


def lay_out(issues: Sequence[tuple[date, str]], folder: Path) -> None:
    """The issues as they would lie under raw/."""
    for day, text in issues:
        page = folder / "news" / f"{day}" / "01.txt"
        page.parent.mkdir(parents=True)
        page.write_text(text, encoding="utf-8")
    (folder / "news" / "publication.toml").write_text(PUBLICATION, encoding="utf-8")


def find_full(issues: Sequence[tuple[date, str]]) -> tuple[date, str]:
    """The first issue with records for every table, so that a run over it looks at every rule."""
    for day, text in issues:
        if {record.table for record in extract(clean(text), day, NATION).records} == set(RECORD_TABLES):
            return day, text
    raise SystemExit("no issue has records for every table")


class Round(NamedTuple):
    """A run over one issue, one over all, and bare extraction from all."""

    start: Cost
    whole: Cost
    bare: Cost

    @property
    def beyond(self) -> Cost:
        return self.whole.beyond(self.start)

    @property
    def ratio(self) -> float:
        return self.beyond.user / self.bare.user


def measure_round(one: Path, everything: Path, data: Path) -> Round:
    start = backfill(one, data / "one", "--processes", "1")
    whole = backfill(everything, data / "all", "--processes", "1")
    command = [sys.executable, "-m", "benchmarks.pipeline", "--bare", str(everything)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return Round(start, whole, Cost(*json.loads(done.stdout)))


def extract_all(folder: Path) -> None:
    """Prints as JSON what cleaning and extraction of all issues cost, once the rules are loaded."""
    pages = sorted(folder.glob("news/*/01.txt"))
    issues = [(date.fromisoformat(page.parent.name), page.read_text(encoding="utf-8")) for page in pages]
    for day, text in issues[:WARM]:
        extract(clean(text), day, NATION)
    before, begin = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    for day, text in issues:
        extract(clean(text), day, NATION)
    clock, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps([clock, after.ru_utime - before.ru_utime, after.ru_stime - before.ru_stime]))


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
    print(f"{name:56}{cost.clock:9.2f}{cost.user:9.2f}{cost.system:9.2f}{memory:>12}{rate:>14}{shown:>8}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--issues", type=int, default=None)
    parser.add_argument("--bare", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.bare:
        extract_all(options.folder)
        return
    with tempfile.TemporaryDirectory() as place:
        compare(list(read_issues(options.folder, options.issues)), Path(place))


def compare(issues: Sequence[tuple[date, str]], place: Path) -> None:
    one, everything = place / "one", place / "all"
    lay_out([find_full(issues)], one)
    lay_out(issues, everything)
    characters = sum(len(text) for _, text in issues)
    print(f"{len(issues):,} issues, {characters:,} characters, {len(os.sched_getaffinity(0))} cores")
    heads = ("seconds", "user", "system", "memory", "characters/s", "ratio")
    print(" " * 56 + "".join(f"{head:>{width}}" for head, width in zip(heads, (9, 9, 9, 12, 14, 8), strict=True)))
    rounds = [measure_round(one, everything, place / f"round {number}") for number in range(ROUNDS)]
    found = sorted(rounds, key=lambda one: one.ratio)[len(rounds) // 2]
    print_line("gazette backfill, one issue: the start-up", found.start)
    print_line("gazette backfill, one process", found.whole, None, characters)
    print_line("bare extraction, one process", found.bare, 1.0, characters)
    print_line("whole pipeline beyond its start-up, one process", found.beyond, found.ratio, characters)
    print("ratios of all rounds, by user time:", ", ".join(f"{one.ratio:.2f}" for one in sorted(rounds)))
    digests = {"one process": build_digest(place / "round 0" / "all")}
    print_line(
        "gazette backfill, two processes", backfill(everything, place / "two", "--processes", "2"), None, characters
    )
    digests["two processes"] = build_digest(place / "two")
    with running_cluster(2) as address:
        words = ["--runner", "dask", "--dask-address", address]
        cost = backfill(everything, place / "cluster", *words)
        print_line("gazette backfill, Dask cluster of two workers", cost, None, characters)
        digests["cluster"] = build_digest(place / "cluster")
    print("the same tables, byte for byte" if len({*digests.values()}) == 1 else f"THE TABLES DIFFER: {digests}")


if __name__ == "__main__":
    main()
