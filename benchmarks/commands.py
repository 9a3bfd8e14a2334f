"""What a command of Gazette costs as a process of its own, with all that it starts."""

from __future__ import annotations

import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from benchmarks.processes import find_tree, read_memory

TICK = 0.2  # seconds between two looks at the memory


class Cost(NamedTuple):
    """Seconds on the clock, seconds of processor time in programs and in the system, and MiB at the peak."""

    clock: float
    user: float
    system: float
    memory: float = 0.0

    def beyond(self, other: Cost) -> Cost:
        """What this one costs more."""
        return Cost(self.clock - other.clock, self.user - other.user, self.system - other.system)


def backfill(folder: Path, data: Path, *options: str) -> Cost:
    """What one `gazette backfill` into a folder that is not there yet costs, everything that it starts included. A file
    system is slow to make files where many were deleted within the last minute: so nothing is, between two of them."""
    command = [sys.executable, "-m", "cli.main", "backfill", str(folder), "--data", str(data), *options]
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        memory = _watch_memory(process.pid)
        _, told = process.communicate()
    if process.returncode:
        raise RuntimeError(told.decode())
    clock, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(clock, after.ru_utime - before.ru_utime, after.ru_stime - before.ru_stime, memory())


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
