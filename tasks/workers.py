"""Runs a function over the issues of a batch, in this process or over all cores; a crash is a result like others.

Worker processes are spawned, not forked: they hold neither the store's lock nor the threads of the orchestration. They
end when their parent does, however it ended.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any, TypeVar

PAYS_FROM = 400_000  # characters of text; starting the processes costs as much as reading that many
Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Crash:
    """What is known of a call that raised, or whose process died."""

    detail: str


class Workers:
    """A pool of processes that is started by the first batch it pays for, and kept until `close`."""

    def __init__(self, processes: int | None = None) -> None:
        self.processes = processes or len(os.sched_getaffinity(0))
        self._pool: ProcessPoolExecutor | None = None

    def map(
        self, function: Callable[[Item], Result], items: Sequence[Item], size: int, on_done: Callable[[], None]
    ) -> Iterator[Result | Crash]:
        """`function` of every item, in order. `size` is the text of all items in characters; `on_done` is called after
        each result."""
        spread = self.processes > 1 and len(items) > 1 and size >= PAYS_FROM
        results = self._map_spread(function, items) if spread else (call(function, item) for item in items)
        for result in results:
            on_done()
            yield result

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def _map_spread(self, function: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result | Crash]:
        pool = self._pool = self._pool or _start_pool(self.processes)
        futures: list[Future[Result | Crash]] = []
        for item in items:
            try:
                futures.append(pool.submit(call, function, item))
            except BrokenProcessPool:
                futures.append(Future())
                futures[-1].set_exception(BrokenProcessPool())
        for future, item in zip(futures, items, strict=True):
            try:
                yield future.result()
            except BrokenProcessPool:
                self._pool = None
                yield _call_apart(function, item)


def call(function: Callable[[Item], Result], item: Item) -> Result | Crash:
    """The result, or the crash with the line that raised."""
    try:
        return function(item)
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        return Crash(f"{type(error).__name__}: {error} ({Path(frame.filename).name}:{frame.lineno})")


def _call_apart(function: Callable[[Item], Result], item: Item) -> Result | Crash:
    """In a process of its own: of the calls that went down with a pool, only the one that kills again is at fault."""
    with _start_pool(1) as pool:
        try:
            return pool.submit(call, function, item).result()
        except BrokenProcessPool:
            return Crash("the process died")


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
