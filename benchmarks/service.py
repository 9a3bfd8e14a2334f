"""How the service does on this machine: `python -m benchmarks.service`, four minutes.

Starts `gazette serve` on an empty data folder, and prints

- how long it takes until it is ready;
- from an issue's arrival to its rows in the tables: each of some single issues, and the median;
- how many runs a burst of 200 issues takes, and how long until the last is in the tables;
- what it uses while nothing happens: share of a core, memory.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.processes import read_cpu_seconds, read_memory
from tests.service.serving import Folder, Service, find_descendants, serving, wait_for

PAUSE = 20.0  # seconds between two single issues, so that the next run's process is ready
REST = 30.0


def measure(paths: list[str], folder: Folder) -> float:
    """Seconds until all are in the tables."""
    began = time.monotonic()
    while not folder.is_settled(paths):
        time.sleep(0.1)
    return time.monotonic() - began


def measure_single(folder: Folder, count: int) -> None:
    seconds = []
    for number in range(count):
        path = folder.drop(f"daily/2020-04-{number + 1:02}/01.txt", folder.build_page(month=4))
        seconds.append(measure([path], folder))
        print(f"  an issue, from arrival to the tables   {seconds[-1]:6.1f} s", flush=True)
        time.sleep(PAUSE)
    print(f"  median of {count}                            {median(seconds):6.1f} s")


def measure_burst(service: Service, folder: Folder, count: int) -> None:
    before = {run["id"] for run in service.find_begun("on-arrival")}
    began = time.monotonic()
    paths = [
        folder.drop(f"daily/2019-{1 + n // 25:02}-{1 + n % 25:02}/01.txt", folder.build_page()) for n in range(count)
    ]
    measure(paths, folder)
    seconds = time.monotonic() - began
    wait_for(service.is_at_rest, "nothing runs")
    runs = {run["id"] for run in service.find_begun("on-arrival")} - before
    print(f"  a burst of {count} issues                  {seconds:6.1f} s in {len(runs)} run(s)")


def measure_rest(service: Service) -> None:
    """What all processes use while nothing happens; memory that they share is counted once a process."""
    below = {service.process.pid, *find_descendants(service.process.pid)}
    before = sum(map(read_cpu_seconds, below))
    time.sleep(REST)
    used = sum(map(read_cpu_seconds, below)) - before
    memory = sum(map(read_memory, below))
    print(f"  at rest: {100 * used / REST:.1f} % of a core, {memory:,.0f} MB in {len(below)} processes")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--single", type=int, default=5, help="how many single issues")
    parser.add_argument("--burst", type=int, default=200, help="how many issues at once")
    asked = parser.parse_args()
    print(f"gazette serve (load of this machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores)")
    with tempfile.TemporaryDirectory() as name:
        folder = Folder(Path(name) / "data")
        began = time.monotonic()
        with serving(folder, Path(name) / "log") as service:
            print(f"  ready, with a new database             {time.monotonic() - began:6.1f} s", flush=True)
            time.sleep(PAUSE)
            measure_single(folder, asked.single)
            measure_burst(service, folder, asked.burst)
            time.sleep(PAUSE)
            measure_rest(service)
    print(f"  (load after: {os.getloadavg()[0]:.1f})")


if __name__ == "__main__":
    main()
