"""Where the batches of a run are worked on: in this process, on all cores of this machine, or on a Dask cluster.

A runner takes a function of several issues and the issues of a batch, cuts them into chunks of about the same amount of
text, and gives what the function makes of each chunk, in order. Whichever runs them, the results are the same, and a
chunk whose process died is worked on again issue by issue, so that only the one at fault is lost.
"""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

from tasks.calls import Crash, call

LARGEST_CHUNK = 400_000  # characters: half a second of work, so that handing it over is nothing beside it
CHUNKS_A_WORKER = 4  # so that no worker is left with the last long chunk while the others are done
Item = TypeVar("Item")
Result = TypeVar("Result")
Begun = TypeVar("Begun")


class Runner(Protocol):
    """Runs a function over chunks."""

    def map(
        self, function: Callable[[Sequence[Item]], Result], items: Sequence[Item], sizes: Sequence[int]
    ) -> Iterator[tuple[Sequence[Item], Result | Crash]]:
        """Each chunk of `items` with what `function` made of it, in order. `sizes` tells how much text each item is, in
        characters. A Crash stands for a single item: the function raised over it, or its process died."""
        ...

    def close(self) -> None:
        """Lets go of whatever was started. The runner may be used again afterwards."""
        ...


class Here:
    """This process alone."""

    def map(
        self, function: Callable[[Sequence[Item]], Result], items: Sequence[Item], sizes: Sequence[int]
    ) -> Iterator[tuple[Sequence[Item], Result | Crash]]:
        chunks = deque(cut(items, sizes, 1))
        del items  # what is done is let go of
        while chunks:
            yield from run_here(function, chunks.popleft())

    def close(self) -> None:
        """Nothing was started."""


def keep_busy(
    chunks: Sequence[Sequence[Item]],
    submit: Callable[[Sequence[Item]], Begun],
    finish: Callable[[Sequence[Item], Begun], Iterator[tuple[Sequence[Item], Result | Crash]]],
    most: int,
) -> Iterator[tuple[Sequence[Item], Result | Crash]]:
    """Begins chunks, at most `most` of them before the first is finished, and finishes them in order."""
    begun: deque[tuple[Sequence[Item], Begun]] = deque()
    for chunk in chunks:
        begun.append((chunk, submit(chunk)))
        if len(begun) >= most:
            yield from finish(*begun.popleft())
    while begun:
        yield from finish(*begun.popleft())


def run_here(
    function: Callable[[Sequence[Item]], Result], chunk: Sequence[Item]
) -> Iterator[tuple[Sequence[Item], Result | Crash]]:
    result = call_chunk(function, chunk)
    if isinstance(result, Crash) and len(chunk) > 1:
        for item in chunk:
            yield [item], call_chunk(function, [item])
    else:
        yield chunk, result


def call_chunk(function: Callable[[Sequence[Item]], Result], chunk: Sequence[Item]) -> Result | Crash:
    """What the function makes of the chunk, or its crash. Garbage is collected after a chunk, not within: among the
    many objects that live until its end, looking for cycles takes a tenth of the time and finds little."""
    gc.disable()
    try:
        return call(function, chunk)
    finally:
        gc.enable()


def cut(items: Sequence[Item], sizes: Sequence[int], workers: int) -> list[Sequence[Item]]:
    """The items in chunks of about the same size, enough of them for all workers to have some."""
    largest = min(LARGEST_CHUNK, sum(sizes) // (workers * CHUNKS_A_WORKER) + 1)
    chunks: list[Sequence[Item]] = []
    start = filled = 0
    for index, size in enumerate(sizes):
        if filled and filled + size > largest:
            chunks.append(items[start:index])
            start, filled = index, 0
        filled += size
    return [*chunks, items[start:]] if items else []
