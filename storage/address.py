"""Takes how a data folder is named, tells whether it lies in an object store, and where in it.

`pathlib` folds `s3://bucket/data` to `s3:/bucket/data`; both spellings are the same address, so that whoever keeps the
data folder as a Path need not know of object stores.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

SCHEME = "s3"
BUCKET = re.compile(r"[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]")
Data = str | Path


@dataclass(frozen=True, slots=True)
class Address:
    """A data folder in an object store; `prefix` is empty or ends with /."""

    bucket: str
    prefix: str

    def __str__(self) -> str:
        return f"{SCHEME}://{self.bucket}/{self.prefix}".rstrip("/")


def is_remote(data: Data) -> bool:
    """Whether the data folder lies in an object store."""
    return re.match(f"{SCHEME}:/", str(data)) is not None


def write_address(data: Data) -> str:
    """How people call the data folder."""
    return re.sub(f"^{SCHEME}:/+", f"{SCHEME}://", str(data))


def parse_address(data: Data) -> Address:
    """The address. Raises ValueError where it is none."""
    bucket, _, path = re.sub(f"^{SCHEME}:/+", "", str(data)).partition("/")
    folders = [folder for folder in path.split("/") if folder]
    if not BUCKET.fullmatch(bucket):
        raise ValueError(f"{data}: {bucket!r} cannot be the name of a bucket (s3://bucket/folder)")
    if {".", ".."} & set(folders):
        raise ValueError(f"{data}: a folder in an object store is named without . and ..")
    return Address(bucket, "".join(f"{folder}/" for folder in folders))
