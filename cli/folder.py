"""The data folder that a command is given, and what of it a command reads.

`DataFolder` is for commands that work on a folder of this machine alone: they refuse any other by name. `AnyDataFolder`
is for commands that open what they are given with `read_tables` or hand it to the pipeline.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.failure import ExitCode, Failure
from storage import is_remote, open_reading


def _refuse_remote(context: typer.Context, data: Path) -> Path:
    if is_remote(data):
        words = "works on a folder of this machine, not in an object store"
        raise Failure(f"--data: gazette {context.info_name} {words}", ExitCode.USAGE)
    return data


HELP = "The data folder; issues lie under DIR/raw."
DATA = Path("data")
DataFolder = Annotated[Path, typer.Option("--data", metavar="DIR", help=HELP, callback=_refuse_remote)]
AnyDataFolder = Annotated[Path, typer.Option("--data", metavar="DIR", help=f"{HELP} May be s3://BUCKET/FOLDER.")]


def read_tables(data: Path, *, with_raw: bool = False) -> Path:
    """A folder with the tables as they are now, also where `data` lies in an object store (`storage.open_reading`).
    Raises Failure."""
    if not is_remote(data):
        return data
    from gazette.publish.store import StoreError

    try:
        return open_reading(data, with_raw=with_raw)
    except StoreError as error:
        raise Failure(str(error)) from error
