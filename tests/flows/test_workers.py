"""Runners: results in order whoever works on them; a crash, a death or a call without end is the fault of one item."""

from __future__ import annotations

import math
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tasks.calls import TOO_SLOW, Crash, call
from tasks.runners import Here, Runner, cut
from tasks.workers import DIED, PAYS_FROM, Workers

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    workers = Workers(2)
    yield workers
    workers.close()


@pytest.fixture(params=["here", "spread"])
def runner(request: pytest.FixtureRequest, workers: Workers) -> Runner:
    return Here() if request.param == "here" else workers


def find_roots(numbers: Sequence[float]) -> list[float]:
    return [math.sqrt(number) for number in numbers]


def find_processes(numbers: Sequence[float]) -> list[int]:
    return [os.getpid() for _ in numbers]


def raise_signals(signals: Sequence[int]) -> list[int]:
    for number in signals:
        signal.raise_signal(number)
    return list(signals)


def run(runner: Runner, function: Any, items: list[Any], size: int = PAYS_FROM) -> list[Any]:
    """The results, item by item; a chunk that crashed is a single item."""
    results: list[Any] = []
    for chunk, result in runner.map(function, items, [size // len(items) + 1] * len(items)):
        results += [result] * len(chunk) if isinstance(result, Crash) else result
    return results


def test_results_are_in_order_and_a_crash_is_one_of_them(runner: Runner) -> None:
    numbers = [4.0, -1.0, *(float(n * n) for n in range(30))]
    results = run(runner, find_roots, numbers)
    assert results[0] == 2.0
    assert results[2:] == [float(n) for n in range(30)]
    assert isinstance(results[1], Crash)
    assert results[1].detail.startswith("ValueError: math domain error")


def test_much_text_is_spread_and_little_is_not(workers: Workers) -> None:
    assert set(run(workers, find_processes, [1.0] * 50, 1000)) == {os.getpid()}
    assert os.getpid() not in run(workers, find_processes, [1.0] * 50)


def test_a_process_that_dies_takes_no_other_item_with_it(workers: Workers) -> None:
    items = [0] * 20
    items[7] = signal.SIGKILL
    results = run(workers, raise_signals, items)
    assert results == [0] * 7 + [DIED] + [0] * 12
    assert run(workers, find_roots, [4.0, 9.0]) == [2.0, 3.0]


def test_chunks_are_of_about_the_same_amount_of_text() -> None:
    sizes = [100] * 100 + [100_000] + [100] * 99
    chunks = cut(range(200), sizes, 2)
    assert [item for chunk in chunks for item in chunk] == list(range(200))
    held = [sum(sizes[item] for item in chunk) for chunk in chunks]
    assert all(size <= sum(sizes) // 8 + 100_000 for size in held)
    assert cut([], [], 2) == []
    assert [len(chunk) for chunk in cut(range(8), [10] * 8, 2)] == [1] * 8


def wait(seconds: float) -> str:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass
    return "done"


def backtrack(length: int) -> bool:
    return re.match("(a+)+$", "a" * length + "b") is None


@pytest.mark.parametrize(("function", "item"), [(wait, 60.0), (backtrack, 60)])
def test_a_call_without_end_is_ended(function: Any, item: Any) -> None:
    begin = time.monotonic()
    crash = call(function, item, 0.2)
    assert time.monotonic() - begin < 20
    assert isinstance(crash, Crash)
    assert crash.reason == TOO_SLOW
    assert re.fullmatch(r"no end after 0.2 s \((test_workers|__init__)\.py:\d+\)", crash.detail)
    assert call(wait, 0.0, 0.2) == "done"
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_a_call_without_end_is_ended_in_a_thread_too() -> None:
    results: list[Any] = []
    thread = threading.Thread(target=lambda: results.append(call(wait, 60.0, 0.2)), daemon=True)
    thread.start()
    thread.join(20)
    assert [result.reason for result in results] == [TOO_SLOW]
    assert call(partial(wait), 0.01, 30) == "done"


def test_workers_import_no_prefect() -> None:
    """It takes seconds, in every process."""
    code = "import tasks.chunks, tasks.runners, sys; sys.exit('prefect' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
