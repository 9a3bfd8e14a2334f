"""How the commands that process issues are told to work: on the command line, in the environment, in gazette.toml."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.failure import ExitCode, Failure

if TYPE_CHECKING:
    from flows.run import Options

LOCAL, DASK = "local", "dask"
RunnerName = Annotated[
    str | None,
    typer.Option(
        "--runner", metavar="local|dask", help="Work on this machine's cores, or on a Dask cluster (make dask)."
    ),
]
DaskAddress = Annotated[
    str | None, typer.Option("--dask-address", metavar="tcp://HOST:PORT", help="The scheduler of the Dask cluster.")
]
Processes = Annotated[
    int | None,
    typer.Option("--processes", min=1, metavar="N", help="Cores of this machine; all, if not given."),
]


def read_options(data: Path, runner: str | None, dask_address: str | None, processes: int | None) -> Options:
    """What the command line says, and for the rest the settings (`service.settings`). Raises Failure."""
    from flows.run import Options
    from service.config import SettingsFault
    from service.environment import build_secret
    from service.settings import load_settings

    try:
        settings = load_settings(data)
    except SettingsFault as fault:
        raise Failure(str(fault), ExitCode.USAGE) from fault
    os.environ |= build_secret(settings.server)  # a service on this folder lets in who knows its password
    limits, concurrency = settings.limits, settings.concurrency
    options = Options(
        batch_size=limits.batch_size,
        max_bytes=limits.issue_bytes,
        issue_seconds=limits.issue_seconds,
        processes=processes or concurrency.processes,
    )
    address = _choose_address(runner, dask_address, concurrency.dask_address)
    return replace(options, dask_address=address)


def _choose_address(runner: str | None, said: str | None, known: str | None) -> str | None:
    """The cluster to work on, if any. Raises Failure where what is said makes no sense."""
    if runner not in (None, LOCAL, DASK):
        raise Failure(f"--runner: {runner} is none (known: {LOCAL}, {DASK})", ExitCode.USAGE)
    if runner == LOCAL or (runner is None and said is None):
        if said is not None:
            raise Failure("--dask-address goes with --runner dask", ExitCode.USAGE)
        return None if runner == LOCAL else known
    address = said or known
    if address is None:
        raise Failure("--runner dask needs --dask-address tcp://HOST:PORT", ExitCode.USAGE)
    return address
