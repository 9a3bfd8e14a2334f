"""The surroundings that Prefect and Great Expectations are to find: to be set before either is imported."""

from __future__ import annotations

import logging
import os
from pathlib import Path

CHATTY = ("great_expectations.data_context.types.base",)  # sets its own level, so that a filter is what holds


def prepare_environment(data: Path) -> None:
    """Telemetry off; Prefect's database under the data folder unless its place is set; patience with slow machines."""
    os.environ |= {"DO_NOT_TRACK": "1", "PREFECT_SERVER_ANALYTICS_ENABLED": "false", "GX_ANALYTICS_ENABLED": "false"}
    os.environ.setdefault("PREFECT_HOME", str((data / ".prefect").resolve()))
    os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "120")
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "CRITICAL")
    os.environ.setdefault("PREFECT_LOGGING_ROOT_LEVEL", "ERROR")  # warnings of libraries: Prefect prints them otherwise
    for name in CHATTY:
        logging.getLogger(name).addFilter(lambda record: record.levelno >= logging.WARNING)


def uses_embedded_server() -> bool:
    return not os.environ.get("PREFECT_API_URL")
