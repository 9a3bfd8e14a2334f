"""Worker processes: results in order, a crash or a death is the fault of one item."""

from __future__ import annotations

import math
import signal
from collections.abc import Iterator

import pytest

from tasks.workers import PAYS_FROM, Crash, Workers


@pytest.fixture
def workers() -> Iterator[Workers]:
    workers = Workers(2)
    yield workers
    workers.close()


@pytest.mark.parametrize("size", [0, PAYS_FROM], ids=["here", "spread"])
def test_results_are_in_order_and_a_crash_is_one_of_them(workers: Workers, size: int) -> None:
    done: list[None] = []
    results = list(workers.map(math.sqrt, [4.0, -1.0, 9.0], size, lambda: done.append(None)))
    assert (results[0], results[2]) == (2.0, 3.0)
    assert isinstance(results[1], Crash)
    assert results[1].detail.startswith("ValueError: math domain error")
    assert len(done) == 3


def test_a_process_that_dies_takes_no_other_item_with_it(workers: Workers) -> None:
    results = list(workers.map(signal.raise_signal, [0, signal.SIGKILL, 0, 0], PAYS_FROM, lambda: None))
    assert results == [None, Crash("the process died"), None, None]
    assert list(workers.map(math.sqrt, [4.0, 9.0], PAYS_FROM, lambda: None)) == [2.0, 3.0]
