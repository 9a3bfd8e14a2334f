"""Reads all of one generation, however long that takes.

A generation stays whole for two more commits. Whoever reads every table may be slower than that while runs publish;
what was read is then of no use, and is read anew from the generation that is live by then.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from gazette.publish.store import Store, StoreError

ATTEMPTS = 3
Result = TypeVar("Result")


def read_generation(store: Store, read: Callable[[Path], Result]) -> Result:
    """What `read` makes of the folder of the live generation. Raises StoreError where there are no tables yet, a newer
    version wrote them, or runs replaced them three times over; and whatever `read` raises."""
    store.read_schema()
    for _ in range(ATTEMPTS):
        root = store.snapshot()
        if root is None:
            raise StoreError(f"{store.address}: no tables yet; `gazette run --data {store.address}` makes them")
        try:
            return read(root)
        except Exception:
            if root.is_dir():
                raise
    raise StoreError(f"{store.address}: runs replaced the tables faster than they were read; try again when none is on")
