"""`gazette serve`: loads the settings and runs the service; what it says goes to standard error, a line each time."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from cli.failure import ExitCode, Failure
from service.child import ServiceFault
from service.serve import serve
from service.settings import CONFIG, SettingsFault, load_settings


def serve_folder(data: Path | None, config: Path | None) -> None:
    """Serves until it is asked to end. Raises Failure where the settings or the surroundings do not allow it."""
    try:
        settings = load_settings(data, config)
    except SettingsFault as fault:
        raise Failure(str(fault), ExitCode.USAGE) from fault
    if config is not None:
        os.environ[CONFIG] = str(config.absolute())
    try:
        serve(settings, _say)
    except ServiceFault as fault:
        raise Failure(str(fault), ExitCode.RUN_FAILED) from fault


def _say(words: str) -> None:
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()
