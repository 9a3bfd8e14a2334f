"""The data folder that a command is given: one of this machine or one in an object store, and what of it is read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.failure import ExitCode, Failure
from service.config import find_data_folder
from storage import is_remote, open_reading, write_address

HELP = "The data folder; issues lie under DIR/raw. May be s3://BUCKET/FOLDER."
DATA = find_data_folder()
RAW = "raw"
DataFolder = Annotated[Path, typer.Option("--data", metavar="DIR", help=HELP)]


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


def find_issues(path: Path) -> Path:
    """A file or folder of issues on this machine: what is given, or the copy of what lies below raw/ of a data folder
    in an object store. Raises Failure."""
    if not is_remote(path):
        return path
    bucket, folders = path.parts[:2], path.parts[2:]
    if RAW not in folders:
        raise Failure(
            f"{write_address(path)}: issues in an object store lie below raw/ of a data folder", ExitCode.USAGE
        )
    place = len(folders) - 1 - folders[::-1].index(RAW)
    return read_tables(Path(*bucket, *folders[:place]), with_raw=True).joinpath(*folders[place:])


def find_folders(data: Path, out: Path | None, name: str, *, with_raw: bool = False) -> tuple[Path, Path]:
    """The tables to read, and the folder of this machine to write to: `name` below the data folder if none is given.
    Raises Failure where the data lie in an object store and nothing says where to write."""
    if out is None and is_remote(data):
        raise Failure(f"--out: say where on this machine to write; {write_address(data)} is elsewhere", ExitCode.USAGE)
    return read_tables(data, with_raw=with_raw), out or data / name
