"""Where the copies of data folders in object stores lie on this machine.

`GAZETTE_CACHE`, or else `gazette` in the user's cache folder, holds a folder for every address and endpoint. All in it
can be made anew from the object store, and may be deleted while no command runs.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from storage.bucket import Bucket, StorageError

CACHE = "GAZETTE_CACHE"
MARKER = "address"


def open_copy(bucket: Bucket) -> Path:
    """The folder for this address, made where there is none. Raises StorageError where it is not a copy of ours, for
    whatever lies in one is overwritten."""
    told = f"{bucket.address} at {bucket.endpoint}\n"
    name = f"{bucket.address.bucket}-{hashlib.sha256(told.encode()).hexdigest()[:12]}"
    folder = _find_cache() / name
    marker = folder / MARKER
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not marker.exists():
            if any(folder.iterdir()):
                raise StorageError(
                    f"{folder}: this is to be a working copy of {told.strip()}, but it holds other files"
                )
            marker.write_text(told, encoding="utf-8")
    except OSError as error:
        raise StorageError(f"{folder}: {error.strerror or error}; {CACHE} says where working copies lie") from error
    return folder


def _find_cache() -> Path:
    if named := os.environ.get(CACHE):
        return Path(named).absolute()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache").absolute() / "gazette"
