"""`gazette serve` and `gazette watch`: load the settings and run the service, or its watcher alone. What they say goes
to standard error, a line each time."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

from cli.failure import ExitCode, Failure
from service.child import ServiceFault
from service.config import CONFIG, SettingsFault
from service.settings import Settings, load_settings


def serve_folder(data: Path | None, config: Path | None) -> None:
    """Serves until it is asked to end. Raises Failure where the settings or the surroundings do not allow it."""
    from service.serve import serve

    settings = _load(data, config)
    if config is not None:
        os.environ[CONFIG] = str(config.absolute())
    try:
        serve(settings, _say)
    except ServiceFault as fault:
        raise Failure(str(fault), ExitCode.RUN_FAILED) from fault


def watch_arrivals(data: Path | None, config: Path | None) -> None:
    """Watches until it is asked to end. Raises Failure where no server is named, or the settings make no sense."""
    settings = _load(data, config)
    if not os.environ.get("PREFECT_API_URL"):
        raise Failure("PREFECT_API_URL names no server to tell (http://host:4200/api)", ExitCode.USAGE)
    from service.watcher import watch_folder

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop.set())
    _say(f"watching 监视    {settings.data}/raw")
    try:
        watch_folder(settings, lambda: None, stop)
    except ServiceFault as fault:
        raise Failure(str(fault)) from fault


def _load(data: Path | None, config: Path | None) -> Settings:
    try:
        return load_settings(data, config)
    except SettingsFault as fault:
        raise Failure(str(fault), ExitCode.USAGE) from fault


def _say(words: str) -> None:
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()
