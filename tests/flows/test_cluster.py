"""The runner over a Dask cluster: real scheduler and workers on loopback, results as from this process, and a worker that
dies costs the item that killed it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

distributed = pytest.importorskip("distributed", reason="the extra dask is not installed")

from tasks import cluster as clusters  # noqa: E402
from tasks.calls import Crash  # noqa: E402
from tasks.cluster import Cluster, ClusterError, open_cluster  # noqa: E402


@pytest.fixture(scope="module")
def scheduler() -> Iterator[Any]:
    with (
        _set_up(),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1", silence_logs=50
        ) as cluster,
    ):
        yield cluster


def _set_up() -> Any:
    import dask

    return dask.config.set({"distributed.scheduler.allowed-failures": 0})


@pytest.fixture
def runner(scheduler: Any) -> Iterator[Cluster]:
    with open_cluster(scheduler.scheduler_address) as runner:
        yield runner


def find_processes(numbers: Sequence[int]) -> list[tuple[int, int]]:
    return [(number, os.getpid()) for number in numbers]


def divide(numbers: Sequence[int]) -> list[float]:
    return [1 / number for number in numbers]


def kill(numbers: Sequence[int]) -> list[int]:
    for number in numbers:
        if number == 5:
            os.kill(os.getpid(), signal.SIGKILL)
    return list(numbers)


def run(runner: Cluster, function: Any, items: list[int]) -> list[Any]:
    results: list[Any] = []
    for chunk, result in runner.map(function, items, [1] * len(items)):
        results += [result] * len(chunk) if isinstance(result, Crash) else result
    return results


def test_chunks_are_worked_on_by_the_workers_and_come_back_in_order(runner: Cluster) -> None:
    results = run(runner, find_processes, list(range(64)))
    assert [number for number, _ in results] == list(range(64))
    processes = {process for _, process in results}
    assert len(processes) == 2
    assert os.getpid() not in processes


def test_an_item_that_raises_is_the_only_one_lost(runner: Cluster) -> None:
    results = run(runner, divide, [1, 0, 2, 4, 5, 8, 10, 16, 20])
    assert isinstance(results[1], Crash)
    assert results[1].detail.startswith("ZeroDivisionError: division by zero (test_cluster.py:")
    assert results[0:1] + results[2:] == [1.0, 0.5, 0.25, 0.2, 0.125, 0.1, 0.0625, 0.05]


def test_an_item_that_kills_its_worker_is_the_only_one_lost(runner: Cluster) -> None:
    results = run(runner, kill, list(range(12)))
    assert results == [0, 1, 2, 3, 4, Crash("the process died"), *range(6, 12)]
    assert run(runner, divide, [1, 2]) == [1.0, 0.5]


def test_an_address_where_nothing_listens_is_told() -> None:
    with pytest.raises(ClusterError, match="no Dask scheduler answers there"), open_cluster("tcp://127.0.0.1:9"):
        pass


def test_workers_with_other_rules_are_refused(scheduler: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters.gazette, "__version__", "0.0.1")
    with pytest.raises(ClusterError, match=r"not 0\.0\.1"), open_cluster(scheduler.scheduler_address):
        pass
