"""Sees that one service runs on a data folder, and lets other commands find it."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.environment import SERVICE_FILE, find_service
from service.child import ServiceFault


@contextmanager
def claim(home: Path, data: str, address: str) -> Iterator[None]:
    """Holds the folder for this process; the claim dies with it. Raises ServiceFault where another holds it."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(home / SERVICE_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ServiceFault(f"{home}: {error.strerror or error}") from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ServiceFault(_explain(home, data)) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps({"process": os.getpid(), "address": address}).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _explain(home: Path, data: str) -> str:
    found = find_service(home)
    where = f" (process {found.process}, {found.address})" if found else ""
    return f"a service runs on {data} already{where}; one data folder has one service"
