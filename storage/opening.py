"""Takes a data folder as it is named, gives the store or the local folder that stands for it.

Imports what an object store needs only for one: most data folders are local, and most commands are to start at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from storage.address import Data, is_remote, parse_address

if TYPE_CHECKING:
    from gazette.ingest.intake import Placed
    from gazette.ingest.sources import IssueFile
    from gazette.publish.store import Store
    from storage.bucket import Bucket


def open_store(data: Data) -> Store:
    """The store to process issues in. Raises StoreError where the address is none, or nothing can connect to it."""
    from gazette.publish.store import Store

    if not is_remote(data):
        return Store(Path(data))
    from storage.remote import RemoteStore

    return RemoteStore(_connect(data))


def open_reading(data: Data, *, with_raw: bool = False) -> Path:
    """A folder of this machine with the live tables: the data folder itself, or a copy of the tables as they are now.
    `with_raw` asks for raw/ as it is now as well. Only other readers are waited for, and nothing is written to the
    object store. Raises StoreError."""
    if not is_remote(data):
        return Path(data)
    from storage.replica import READ, Replica

    replica = Replica(_connect(data), READ)
    with replica.lock():
        replica.take_live()
        replica.heal()
        if with_raw:
            replica.refresh()
    return replica.data


def place_files(data: Data, folder: Path, files: Sequence[IssueFile]) -> Iterator[tuple[IssueFile, Placed]]:
    """Puts the issues of `folder` into raw/ of the data folder (`gazette.ingest.intake`), and tells of each what became
    of it. Raises StoreError and OSError."""
    if is_remote(data):
        from storage.intake import place_objects

        return place_objects(_connect(data), folder, open_reading(data, with_raw=True) / "raw", files)
    from gazette.ingest import intake

    return intake.place_files(folder, Path(data) / "raw", files)


def _connect(data: Data) -> Bucket:
    from storage.bucket import Bucket, StorageError

    try:
        return Bucket(parse_address(data))
    except ValueError as error:
        raise StorageError(str(error)) from None
