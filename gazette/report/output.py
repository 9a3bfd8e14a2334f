"""The folder that the site is written to: files are replaced one by one, and only where they differ.

`manifest.json` remembers what each unit of the site (the issues of a month, a month of a table) was made from and which
files came of it. A unit whose inputs are the same is not made again; files that no unit makes any more are removed.
What else lies in the folder is left alone.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"


@dataclass
class Unit:
    """One part of the site: the digest of all that it is made from, its files, and what a later report is to know of
    them (JSON)."""

    inputs: str
    files: list[str] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)


class Output:
    """The site's folder while it is being written. To be used in `opened`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.written: list[str] = []
        self.removed: list[str] = []
        self._known = _read_manifest(folder / MANIFEST)
        self._units: dict[str, Unit] = {}
        self._digests: dict[str, str] = {}

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Holds the folder for one writer; at the end removes what is stale. Raises OSError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            self._known = _read_manifest(self.folder / MANIFEST)
            yield
            self._remove_stale()
            self._write_manifest()
        finally:
            os.close(descriptor)

    def begin(self, name: str, inputs: str) -> Unit | None:
        """The unit to write, or None where what it would be is there already."""
        known = self._known["units"].get(name)
        if known and known["inputs"] == inputs and all(self._is_there(path) for path in known["files"]):
            self._units[name] = Unit(inputs, known["files"], known["notes"])
            self._digests |= {path: self._known["files"][path] for path in known["files"]}
            return None
        self._units[name] = Unit(inputs)
        return self._units[name]

    def read_notes(self, name: str) -> dict[str, Any]:
        """What is known of a unit: from this report, or else from the one before."""
        unit = self._units.get(name)
        return unit.notes if unit and unit.notes else dict(self._known["units"].get(name, {}).get("notes", {}))

    def write(self, unit: Unit, path: str, content: str | bytes) -> None:
        """Puts a file in its place, in one step, unless it is there with the same content."""
        data = content.encode() if isinstance(content, str) else content
        digest = hashlib.sha256(data).hexdigest()[:32]
        unit.files.append(path)
        self._digests[path] = digest
        if self._known["files"].get(path) == digest and self._is_there(path):
            return
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_name(f".{file.name}.unfinished")
        unfinished.write_bytes(data)
        os.replace(unfinished, file)
        self.written.append(path)

    def keep(self, unit: Unit, path: str) -> bool:
        """Whether a file of an earlier report is there, and stays; for what its name alone determines."""
        if path not in self._known["files"] or not self._is_there(path):
            return False
        unit.files.append(path)
        self._digests[path] = self._known["files"][path]
        return True

    def count(self) -> tuple[int, int]:
        """How many files the site has, and their size in bytes."""
        return len(self._digests), sum((self.folder / path).stat().st_size for path in self._digests)

    def _is_there(self, path: str) -> bool:
        return (self.folder / path).is_file()

    def _remove_stale(self) -> None:
        for path in sorted(self._known["files"].keys() - self._digests.keys()):
            file = self.folder / path
            if file.resolve().is_relative_to(self.folder.resolve()):
                file.unlink(missing_ok=True)
                self.removed.append(path)

    def _write_manifest(self) -> None:
        units = {name: asdict(unit) for name, unit in self._units.items()}
        unfinished = self.folder / f".{MANIFEST}.unfinished"
        unfinished.write_text(json.dumps({"files": self._digests, "units": units}), encoding="utf-8")
        os.replace(unfinished, self.folder / MANIFEST)


def _read_manifest(file: Path) -> dict[str, Any]:
    """What an earlier report left; nothing where there was none, or where it cannot be read."""
    try:
        known = json.loads(file.read_text(encoding="utf-8"))
        if isinstance(known["files"], dict) and all(
            {"inputs", "files", "notes"} <= unit.keys() for unit in known["units"].values()
        ):
            return dict(known)
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        pass
    return {"files": {}, "units": {}}
