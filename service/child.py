"""What each process of the service is at its start: one that ends with its parent, however that ended.

The parent holds the other end of standard input and never writes there; its end is the sign. `python -m service.child
ROLE FD` begins a role, which writes one byte to FD as soon as it does its work.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable

from flows.lifeline import end_with_parent

ROLES = {"server": "service.server", "worker": "service.worker", "watcher": "service.watcher"}
FAULT = 78  # the exit code of a process that cannot start until people mend something; EX_CONFIG of sysexits.h


class ServiceFault(RuntimeError):
    """Why the service, or one of its processes, cannot start; a line for people, never shown with a traceback."""


def main() -> None:
    role, ready = sys.argv[1], int(sys.argv[2])
    end_with_parent(sys.stdin.buffer)
    begin: Callable[[Callable[[], None]], None] = importlib.import_module(ROLES[role]).main
    try:
        begin(lambda: _tell(ready))
    except ServiceFault as fault:
        sys.stderr.write(f"gazette {role}: {fault}\n")
        sys.exit(FAULT)


def _tell(ready: int) -> None:
    try:
        os.write(ready, b"1")
    except OSError:
        return  # told already, or nobody listens


if __name__ == "__main__":
    main()
