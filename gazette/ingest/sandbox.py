"""Reads foreign bytes in processes of their own, so that no file, however broken or malicious, ends a run.

Takes the name of a task of `gazette.ingest.child` and bytes, gives what the task answers. The process that does it has
limits on memory and processor time, may write no file, and inherits nothing. One that dies, or answers nonsense, is a
reason why the issue cannot be read, and no more. A process is used again until it dies or has grown: starting one and
loading a PDF library takes half a second, reading a page a tenth.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from gazette.ingest.reasons import Reason, UnreadableIssue

ROOT = Path(__file__).resolve().parents[2]
MEGABYTE = 1024 * 1024
LARGEST_HEADER = 64 * MEGABYTE
CHUNK = 1 * MEGABYTE


@dataclass(frozen=True, slots=True)
class Limits:
    """What one task may use: address space in bytes, seconds of processor time and as many more a page, seconds on
    the clock until it is given up, and bytes of what it answers."""

    memory: int = 3 * 1024 * MEGABYTE
    seconds: int = 10
    seconds_a_page: int = 1
    patience: int = 420
    answer: int = 128 * MEGABYTE


@dataclass(frozen=True, slots=True)
class Answer:
    """What a task gives back: a JSON object and some bytes."""

    values: Mapping[str, Any]
    blobs: tuple[bytes, ...] = ()


class Sandbox:
    """A pool of at most `size` processes, started as they are needed. May be used by several threads at once."""

    def __init__(self, size: int | None = None) -> None:
        self.size = size or os.cpu_count() or 1
        self._idle: list[_Child] = []
        self._busy: list[_Child] = []
        self._free = threading.BoundedSemaphore(self.size)
        self._lock = threading.Lock()
        self._finalizer = weakref.finalize(self, _end_all, self._idle, self._busy)

    def run(self, task: str, data: bytes = b"", limits: Limits | None = None, **arguments: Any) -> Answer:
        """The answer of `task`. Raises UnreadableIssue with the task's own reason, or the limit that it met."""
        limits = limits or Limits()
        with self._free:
            child = self._take(limits.memory)
            is_spent = True
            try:
                answer = child.ask(task, data, limits, arguments)
                is_spent = bool(answer.values.get("is_spent"))
            except _Died as death:
                raise child.explain(limits, death) from None
            finally:
                self._give_back(child, is_spent)
        return _open(answer)

    def close(self) -> None:
        """Ends all processes, those at work too; their issues are then unreadable. May be used again afterwards."""
        with self._lock:
            _end_all(self._idle, self._busy)

    def _take(self, memory: int) -> _Child:
        with self._lock:
            known = [child for child in reversed(self._idle) if child.memory == memory and child.is_alive]
            child = known[0] if known else _Child(memory)  # the last used may have an archive open
            if known:
                self._idle.remove(child)
            self._busy.append(child)
            return child

    def _give_back(self, child: _Child, is_spent: bool) -> None:
        with self._lock:
            if child in self._busy:
                self._busy.remove(child)
            if not is_spent:
                self._idle.append(child)
            surplus = [child] if is_spent else [self._idle.pop(0)] if len(self._idle) > self.size else []
        _end_all(surplus)


def _open(answer: Answer) -> Answer:
    failure = answer.values.get("failure")
    if failure is None:
        return answer
    try:
        raise UnreadableIssue(Reason(failure["reason"]), str(failure["detail"])[:500])
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, UnreadableIssue):
            raise
        raise UnreadableIssue(Reason.READER_FAILED, "its reader answered nonsense") from error


class _Died(Exception):
    """The process ended, was too late or made no sense."""

    def __init__(self, reason: Reason | None = None, detail: str = "") -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


@dataclass(eq=False)
class _Child:
    """One process, and the pipes to it."""

    memory: int
    _process: subprocess.Popen[bytes] = field(init=False)

    def __post_init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-B", "-s", "-m", "gazette.ingest.child", str(self.memory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            cwd="/",
            env={"PYTHONPATH": str(ROOT)},
        )
        os.set_blocking(_opened(self._process.stdin).fileno(), False)

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, task: str, data: bytes, limits: Limits, arguments: Mapping[str, Any]) -> Answer:
        """Raises _Died."""
        deadline = time.monotonic() + limits.patience
        order = {"task": task, "arguments": arguments, "size": len(data)}
        order |= {"seconds": limits.seconds, "seconds_a_page": limits.seconds_a_page}
        header = json.dumps(order).encode()
        try:
            self._write(len(header).to_bytes(8, "big") + header, deadline)
            self._write(data, deadline)
            return self._read_answer(limits, deadline)
        except OSError:
            raise _Died from None

    def _write(self, data: bytes, deadline: float) -> None:
        pipe, view = _opened(self._process.stdin), memoryview(data)
        while view:
            _wait(pipe, select.POLLOUT, deadline)
            view = view[os.write(pipe.fileno(), view) :]

    def _read_answer(self, limits: Limits, deadline: float) -> Answer:
        size = int.from_bytes(self._read(8, deadline), "big")
        if size > LARGEST_HEADER:
            raise _Died(Reason.READER_FAILED, "its reader answered nonsense")
        try:
            header = json.loads(self._read(size, deadline))
            values, sizes = dict(header["values"]), [int(size) for size in header["sizes"]]
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise _Died(Reason.READER_FAILED, "its reader answered nonsense") from error
        if min(sizes, default=0) < 0 or sum(sizes) + size > limits.answer:
            raise _Died(Reason.TOO_LARGE, f"what is in it is over the limit of {limits.answer:,} bytes")
        return Answer(values, tuple(self._read(size, deadline) for size in sizes))

    def _read(self, size: int, deadline: float) -> bytes:
        pipe, data = _opened(self._process.stdout), bytearray()
        while len(data) < size:
            _wait(pipe, select.POLLIN, deadline)
            chunk = os.read(pipe.fileno(), min(CHUNK, size - len(data)))
            if not chunk:
                raise _Died
            data += chunk
        return bytes(data)

    def explain(self, limits: Limits, death: _Died) -> UnreadableIssue:
        """Ends the process and says why its issue cannot be read."""
        try:
            code = self._process.wait(timeout=0 if death.reason else 5)
        except subprocess.TimeoutExpired:
            code = None
        self.end()
        if death.reason:
            return UnreadableIssue(death.reason, death.detail)
        if code == -signal.SIGXCPU:
            detail = f"over {limits.seconds} s and {limits.seconds_a_page} s a page of processor time"
            return UnreadableIssue(Reason.TOO_SLOW, detail)
        if code == -signal.SIGKILL:
            detail = "the system ended its reader, most likely for want of memory"
            return UnreadableIssue(Reason.TOO_MUCH_MEMORY, detail)
        how = f"signal {signal.Signals(-code).name}" if code and code < 0 else f"exit code {code}"
        return UnreadableIssue(Reason.READER_FAILED, f"its reader broke down over it ({how})")

    def kill(self) -> None:
        self._process.kill()

    def end(self) -> None:
        self.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()
        self._process.wait()


def _opened(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise _Died
    return pipe


def _wait(pipe: IO[bytes], event: int, deadline: float) -> None:
    poll = select.poll()
    poll.register(pipe, event)
    remaining = deadline - time.monotonic()
    if remaining <= 0 or not poll.poll(remaining * 1000):
        raise _Died(Reason.TOO_SLOW, "reading it took too long")


def _end_all(idle: list[_Child], busy: Iterable[_Child] = ()) -> None:
    """Of a process at work only the process is ended: whoever waits for it finds out, and closes the pipes."""
    while idle:
        idle.pop().end()
    for child in list(busy):
        child.kill()
