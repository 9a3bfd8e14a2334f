"""The role of Prefect's server: API, user interface, scheduler and automations in one process."""

from __future__ import annotations

import runpy
import sys
from collections.abc import Callable

import service.addresses  # noqa: F401 - the server sends to such blocks, and so must know them
from service.settings import load_settings


def main(ready: Callable[[], None]) -> None:
    """Runs until it is asked to end. Whoever waits for it asks its health, so `ready` is not called."""
    server = load_settings().server
    sys.argv = ["prefect", "server", "start", "--host", server.host, "--port", str(server.port)]
    runpy.run_module("prefect", run_name="__main__", alter_sys=True)
