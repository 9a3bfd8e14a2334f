"""One call over one issue: its result, or what is known of why there is none. A call that raises, or takes longer than
it may, is a result like others, so that one issue never ends a run."""

from __future__ import annotations

import ctypes
import signal
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TypeVar

CRASHED, TOO_SLOW = "crashed", "too_slow"
INSISTENCE = 1.0  # seconds after which a call that swallowed the alarm hears it again
Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Crash:
    """What is known of a call that raised, took too long, or whose process died."""

    detail: str
    reason: str = CRASHED


class TooSlow(BaseException):
    """Raised inside a call whose time is up. No Exception: what a call catches is not meant for this."""


def call(function: Callable[[Item], Result], item: Item, seconds: float | None = None) -> Result | Crash:
    """The result; or the crash, with the line that raised or was at work when `seconds` were over."""
    try:
        with limit_time(seconds):
            return function(item)
    except TooSlow as slow:
        return Crash(f"no end after {seconds:g} s ({_find_place(slow)})", TOO_SLOW)
    except Exception as error:
        return Crash(f"{type(error).__name__}: {error} ({_find_place(error)})")


@contextmanager
def limit_time(seconds: float | None) -> Iterator[None]:
    """Raises TooSlow in what runs inside once `seconds` are over. The main thread of a process is stopped even within
    a regular expression; another thread once that lets go of the interpreter."""
    if seconds is None:
        yield
    elif threading.current_thread() is threading.main_thread():
        with _alarm(seconds):
            yield
    else:
        with _Interruption(seconds):
            yield


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    before = signal.signal(signal.SIGALRM, _raise_too_slow)
    signal.setitimer(signal.ITIMER_REAL, seconds, INSISTENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _raise_too_slow(number: int, frame: FrameType | None) -> None:
    raise TooSlow


class _Interruption:
    """The same for a thread that is not the main one, such as those of a Dask worker."""

    def __init__(self, seconds: float) -> None:
        self._thread = threading.get_ident()
        self._timer = threading.Timer(seconds, self._interrupt)
        self._timer.daemon = True
        self._lock = threading.Lock()
        self._is_over = False

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._is_over = True
        self._timer.cancel()

    def _interrupt(self) -> None:
        with self._lock:
            if not self._is_over:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self._thread), ctypes.py_object(TooSlow))


def _find_place(error: BaseException) -> str:
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename != __file__]
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "before it began"
