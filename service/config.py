"""Takes the environment, gives the one file with settings, and from both the data folder of commands that need nothing
else of the settings: so this module imports nothing that takes time to load.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from storage.address import is_remote

PREFIX = "GAZETTE_"
CONFIG = "GAZETTE_CONFIG"  # names the file, and so is no setting
FILE_NAME = "gazette.toml"
DATA = "data"


class SettingsFault(ValueError):
    """A setting that is not known, or has no sense. The message says where it stands and what is wrong."""


def find_data_folder() -> Path:
    """The data folder where the command line names none. A file that cannot be read is passed over here; whoever loads
    the settings says what is wrong with it."""
    if named := os.environ.get(f"{PREFIX}DATA"):
        return Path(named)
    try:
        file = find_config(None, None)
        return Path(str(read_config(file).get("data", DATA))) if file else Path(DATA)
    except SettingsFault:
        return Path(DATA)


def find_config(data: str | Path | None, config: Path | None) -> Path | None:
    """The file to read: the one that is named, which must be there, or gazette.toml beside the data folder, if it is.
    Raises SettingsFault."""
    named = config or (Path(os.environ[CONFIG]) if os.environ.get(CONFIG) else None)
    if named is not None:
        if not named.is_file():
            raise SettingsFault(f"{named}: there is no such file")
        return named
    folder = str(data if data is not None else os.environ.get(f"{PREFIX}DATA") or DATA)
    beside = Path(FILE_NAME) if is_remote(folder) else Path(folder).absolute().parent / FILE_NAME
    return beside if beside.is_file() else None


def read_config(file: Path) -> dict[str, Any]:
    """What the file says. A relative data folder is one beside the file. Raises SettingsFault."""
    import tomllib

    try:
        values = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsFault(f"{file}: {error}") from None
    folder = values.get("data")
    if isinstance(folder, str) and not is_remote(folder):
        values["data"] = str(file.absolute().parent / folder)
    return values
