"""Prefect's database as it is before the first run, made once an installation.

Prefect makes its tables in some seventy steps, which takes four seconds, and they are the same for every data folder.
So `python -m flows.database`, run when Gazette is installed, has Prefect make them and keeps the file with the
installation; a data folder that has none yet begins with a copy. Without that file Prefect makes the tables itself.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
import tempfile
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

from flows.environment import prepare_environment
from flows.server import running_server

NAME = "prefect.db"
ELSEWHERE = ("PREFECT_SERVER_DATABASE_CONNECTION_URL", "PREFECT_API_DATABASE_CONNECTION_URL")  # then it is no such file


def find_template() -> Path:
    """Where the file lies for the Prefect of today: that of another version is none for this one."""
    return Path(sys.prefix, "share", "gazette", f"prefect-{version('prefect')}.db")


def provide_database(home: Path, template: Path | None = None) -> bool:
    """Sees that Prefect finds its tables made below `home`, if it has none there; says whether they were laid there.
    What cannot be copied is left to Prefect, which then makes the tables and says what is wrong."""
    template, database = template or find_template(), home / NAME
    if database.exists() or not template.is_file() or any(map(os.environ.get, ELSEWHERE)):
        return False
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home) as folder:
            copied = shutil.copyfile(template, Path(folder, NAME))
            os.link(copied, database)  # another run may have begun as well: never onto its file
    except OSError:
        return False
    return True


def make_template(template: Path) -> None:
    """Has Prefect make its tables, and keeps them. Raises ServerFailed, OSError."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PREFECT_HOME"] = folder
        prepare_environment(folder)
        with running_server() as server:
            server.wait()
        database = Path(folder, NAME)
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("pragma wal_checkpoint(truncate)")
            connection.execute("vacuum")
        template.parent.mkdir(parents=True, exist_ok=True)
        fresh = template.with_name(f".{template.name}.{os.getpid()}")
        shutil.copyfile(database, fresh)
        fresh.replace(template)


if __name__ == "__main__":
    make_template(find_template())
