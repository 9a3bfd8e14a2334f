"""How a process takes memory of the system and gives it back: so that a run of very many batches needs no more than one
of a few.

Three allocators are at work here (of Python and its libraries, of Polars, of Arrow), each of which keeps what it freed
for itself: by default their peaks add up.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache

# Polars gives back at once what it frees; Arrow shares with Python.
ALLOCATORS = {"_RJEM_MALLOC_CONF": "dirty_decay_ms:0,muzzy_decay_ms:0", "ARROW_DEFAULT_MEMORY_POOL": "system"}


def share_memory() -> None:
    """Sets up the allocators of this process and of those that it will start, unless the environment does already. To
    be called before Polars or Arrow is imported."""
    for name, value in ALLOCATORS.items():
        os.environ.setdefault(name, value)


def give_back() -> None:
    """What was freed goes back to the system, where the C library can do that (glibc)."""
    _find_trim()(0)


@cache
def _find_trim() -> Callable[[int], object]:
    import ctypes

    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError, TypeError):
        return lambda room: None
    return trim
