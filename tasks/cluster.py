"""The runner over a Dask cluster, reached through Prefect's own Dask integration (the extra `dask`).

The workers of the cluster need this version of Gazette, and the data folder at the same address as the machine that
commits. A worker that dies is told of by the scheduler, which tries its chunks on others first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import gazette
from tasks.calls import Crash
from tasks.runners import call_chunk, cut, keep_busy

if TYPE_CHECKING:
    from distributed import Client, Future

WAITING = 2  # chunks that lie ready for each worker
PATIENCE = "30s"  # until a scheduler that does not answer is given up
Item = TypeVar("Item")
Result = TypeVar("Result")


class ClusterError(RuntimeError):
    """The cluster cannot be used; the message says why."""


class Cluster:
    """Runs chunks on the workers that `client` reaches."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def map(
        self, function: Callable[[Sequence[Item]], Result], items: Sequence[Item], sizes: Sequence[int]
    ) -> Iterator[tuple[Sequence[Item], Result | Crash]]:
        """See `Runner`."""
        workers = max(1, _count_threads(self._client))
        submit, finish = partial(self._submit, function), partial(self._finish, function)
        return keep_busy(cut(items, sizes, workers), submit, finish, workers * (1 + WAITING))

    def check_folder(self, folder: Path) -> None:
        """Raises ClusterError where a worker does not see the data folder."""
        seen: dict[str, bool] = self._client.run(folder.is_dir)
        if blind := sorted(worker for worker, sees in seen.items() if not sees):
            words = "every machine must see the data folder at the same place"
            raise ClusterError(f"worker {blind[0]} has no folder {folder}: {words}")

    def close(self) -> None:
        """The cluster is not ours to end; its client is closed by `open_cluster`."""

    def _submit(self, function: Callable[[Sequence[Item]], Result], chunk: Sequence[Item]) -> Future[Any]:
        return self._client.submit(call_chunk, function, chunk, pure=False)  # the same issues may be run again

    def _finish(
        self, function: Callable[[Sequence[Item]], Result], chunk: Sequence[Item], future: Future[Any]
    ) -> Iterator[tuple[Sequence[Item], Result | Crash]]:
        """The chunk's result; of a chunk that crashed or killed its workers, the result of each item."""
        result = _wait(future)
        if isinstance(result, Crash) and len(chunk) > 1:
            for item in chunk:
                yield [item], _wait(self._submit(function, [item]))
        else:
            yield chunk, result


def _wait(future: Future[Any]) -> Any:
    from distributed import KilledWorker

    try:
        return future.result()
    except KilledWorker:
        return Crash("the process died")


def _count_threads(client: Client) -> int:
    threads: dict[str, int] = client.nthreads()  # type: ignore[no-untyped-call] # distributed has no types for it
    return sum(threads.values())


@contextmanager
def open_cluster(address: str) -> Iterator[Cluster]:
    """A runner on the cluster whose scheduler listens at `address` (tcp://host:port). Raises ClusterError."""
    try:
        from prefect_dask.task_runners import DaskTaskRunner
    except ImportError:
        raise ClusterError("Dask is not installed: make dask") from None
    with DaskTaskRunner(address=address, client_kwargs={"timeout": PATIENCE}) as runner:
        try:
            client = runner.client
        except OSError as error:
            raise ClusterError(f"{address}: no Dask scheduler answers there ({error})") from error
        if not _count_threads(client):
            raise ClusterError(f"{address}: the Dask scheduler has no workers")
        _check_versions(client, address)
        yield Cluster(client)


def _check_versions(client: Client, address: str) -> None:
    """Other rules on another machine would make tables that depend on where an issue happened to be read."""
    versions: dict[str, str] = client.run(_find_version)
    for worker, version in versions.items():
        if version != gazette.__version__:
            raise ClusterError(f"{address}: worker {worker} has Gazette {version}, not {gazette.__version__}")


def _find_version() -> str:
    return gazette.__version__
