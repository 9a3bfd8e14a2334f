"""The runner over all cores of this machine: worker processes that are started once there is enough text to pay for
them.

They are spawned, not forked: they hold neither the store's lock nor the threads of the orchestration. They end when
their parent does, however it ended.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing.connection import wait
from typing import Any, TypeVar

from tasks.calls import Crash
from tasks.runners import Here, call_chunk, cut, keep_busy

PAYS_FROM = 1_000_000  # characters of text; starting the processes costs as much as reading that many
WAITING = 2  # chunks that lie ready for each process; more would only fill memory
Item = TypeVar("Item")
Result = TypeVar("Result")
DIED = Crash("the process died")


class Workers:
    """A pool of processes that is started by the first batch it pays for, and kept until `close`."""

    def __init__(self, processes: int | None = None) -> None:
        self.processes = processes or len(os.sched_getaffinity(0))
        self._pool: ProcessPoolExecutor | None = None
        self._apart: ProcessPoolExecutor | None = None  # where chunks that went down with the pool are looked at

    def map(
        self, function: Callable[[Sequence[Item]], Result], items: Sequence[Item], sizes: Sequence[int]
    ) -> Iterator[tuple[Sequence[Item], Result | Crash]]:
        """See `Runner`."""
        if self.processes == 1 or len(items) < 2 or sum(sizes) < PAYS_FROM:
            return Here().map(function, items, sizes)
        submit, finish = partial(self._submit, function), partial(self._finish, function)
        return keep_busy(cut(items, sizes, self.processes), submit, finish, self.processes * (1 + WAITING))

    def close(self) -> None:
        for pool in (self._pool, self._apart):
            if pool is not None:
                pool.shutdown(cancel_futures=True)
        self._pool = self._apart = None

    def _submit(self, function: Callable[[Sequence[Item]], Result], chunk: Sequence[Item]) -> Future[Result | Crash]:
        self._pool = self._pool or _start_pool(self.processes)
        try:
            return self._pool.submit(call_chunk, function, chunk)
        except BrokenProcessPool:
            self._pool = _start_pool(self.processes)
            return self._pool.submit(call_chunk, function, chunk)

    def _finish(
        self, function: Callable[[Sequence[Item]], Result], chunk: Sequence[Item], future: Future[Result | Crash]
    ) -> Iterator[tuple[Sequence[Item], Result | Crash]]:
        """The chunk's result. Of the chunks that went down with a pool, and of the items of one that crashed, only the
        item that does so again is at fault."""
        try:
            result = future.result()
        except BrokenProcessPool:
            result = DIED
        if not isinstance(result, Crash) or (len(chunk) == 1 and result is not DIED):
            yield chunk, result
        else:
            yield from (([item], self._call_apart(function, item)) for item in chunk)

    def _call_apart(self, function: Callable[[Sequence[Item]], Result], item: Item) -> Result | Crash:
        self._apart = self._apart or _start_pool(1)
        try:
            return self._apart.submit(call_chunk, function, [item]).result()
        except BrokenProcessPool:
            self._apart = None
            return DIED


def _start_pool(processes: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), initializer=_begin)


def _begin() -> None:
    """Leaves Ctrl-C to the parent, and ends this process when the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: Any) -> None:
    wait([sentinel])
    os._exit(1)
