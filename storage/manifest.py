"""What the object store says of a generation: the manifest, which lists its parts, and the pointer to the live one.

Keys are those below the data folder, so that a bucket may be copied or renamed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from gazette.publish.store import FILE_NAME as PART_NAME
from gazette.publish.store import SECTIONS

GENERATIONS = ".store/generations/"
POINTER = ".store/current"
FILE_NAME = "manifest.json"
PART_PATH = re.compile(rf"({'|'.join(SECTIONS)})/[a-z_]+/month=[a-z0-9-]+/{re.escape(PART_NAME)}")


class Damaged(ValueError):
    """The object is none of ours, or was cut."""


@dataclass(frozen=True, slots=True)
class Part:
    """A Parquet file of a table, and the object that holds it."""

    object: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """A generation: its number, the manifest's own key, and its parts by path (curated/<table>/month=.../...)."""

    key: str
    generation: int
    parts: Mapping[str, Part]

    def write(self) -> bytes:
        parts = {path: asdict(part) for path, part in sorted(self.parts.items())}
        return json.dumps({"key": self.key, "generation": self.generation, "parts": parts}, indent=1).encode()


@dataclass(frozen=True, slots=True)
class Pointer:
    """The live generation: 0 with no manifest before the first one. `fence` changes when a run takes over the lease of
    another, so that the other's last write fails."""

    generation: int = 0
    manifest: str | None = None
    fence: str = ""
    etag: str | None = field(default=None, compare=False)  # of the object itself; None where there is none

    def write(self) -> bytes:
        return json.dumps(
            {"generation": self.generation, "manifest": self.manifest, "fence": self.fence}, indent=1
        ).encode()


def parse_manifest(body: bytes) -> Manifest:
    """Raises Damaged."""
    read = _parse(body)
    try:
        parts = {str(path): Part(**part) for path, part in read["parts"].items()}
        if odd := [path for path in parts if not PART_PATH.fullmatch(path)]:
            raise ValueError(f"{odd[0]!r} is no part of a table")
        return Manifest(str(read["key"]), int(read["generation"]), parts)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Damaged(f"no manifest of a generation: {error!r}") from error


def parse_pointer(body: bytes, etag: str) -> Pointer:
    """Raises Damaged."""
    read = _parse(body)
    try:
        return Pointer(int(read["generation"]), read["manifest"], str(read["fence"]), etag)
    except (KeyError, TypeError, ValueError) as error:
        raise Damaged(f"no pointer to a generation: {error!r}") from error


def _parse(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError as error:
        raise Damaged(f"no JSON: {error}") from error
