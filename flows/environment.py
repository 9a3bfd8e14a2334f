"""The surroundings that Prefect and Great Expectations are to find: to be set before either is imported."""

from __future__ import annotations

import fcntl
import json
import logging
import os
from pathlib import Path
from typing import NamedTuple

from storage.address import is_remote

CHATTY = ("great_expectations.data_context.types.base",)  # sets its own level, so that a filter is what holds

HOME = ".prefect"
SERVICE_FILE = "service.json"


class Service(NamedTuple):
    """A `gazette serve` that is running: its process and the address of its server."""

    process: int
    address: str


def find_home(data: str | Path) -> Path:
    """Where Prefect keeps its database for a data folder: in it, or in the working directory where it is an object
    store; PREFECT_HOME, where it is set, wins."""
    if home := os.environ.get("PREFECT_HOME"):
        return Path(home).absolute()
    return (Path.cwd() if is_remote(data) else Path(data).absolute()) / HOME


def find_service(home: Path) -> Service | None:
    """The service that runs with this home now, if one does."""
    try:
        descriptor = os.open(home / SERVICE_FILE, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        said = json.loads(os.pread(descriptor, 4096, 0) or b"{}")
        return Service(said["process"], said["address"]) if said else None
    finally:
        os.close(descriptor)
    return None


def prepare_environment(data: str | Path) -> None:
    """Telemetry off; Prefect's database under the data folder unless its place is set; patience with slow machines. A
    service that runs on the folder has a server, and its database bears no second one."""
    home = find_home(data)
    if service := find_service(home):
        os.environ.setdefault("PREFECT_API_URL", f"{service.address}/api")
    os.environ |= {"DO_NOT_TRACK": "1", "PREFECT_SERVER_ANALYTICS_ENABLED": "false", "GX_ANALYTICS_ENABLED": "false"}
    os.environ.setdefault("PREFECT_HOME", str(home))
    os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "120")
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "CRITICAL")
    os.environ.setdefault("PREFECT_LOGGING_ROOT_LEVEL", "ERROR")  # warnings of libraries: Prefect prints them otherwise
    quiet_chatty()


def quiet_chatty() -> None:
    for name in CHATTY:
        logging.getLogger(name).addFilter(lambda record: record.levelno >= logging.WARNING)


def uses_embedded_server() -> bool:
    return not os.environ.get("PREFECT_API_URL")
