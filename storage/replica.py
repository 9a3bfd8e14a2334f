"""A local copy of the live generation: a store that follows the one in the object store.

Takes over what the pointer there leads to: fetches the parts that are new, checks each against the manifest, links the
others, and makes it the live generation here in one step. The manifest lies in the generation's folder, so that what is
here is always known.
"""

from __future__ import annotations

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from gazette.publish.store import SECTIONS, Store, explain
from storage.bucket import PARALLEL, Bucket, Conflict, StorageError
from storage.copies import open_copy
from storage.manifest import FILE_NAME, POINTER, Damaged, Manifest, Part, Pointer, parse_manifest, parse_pointer
from storage.mirror import Mirror

WORK, READ = "work", "read"  # what runs work on, and what commands read that only look
ATTEMPTS = 3  # a generation may be removed while it is fetched, when newer ones have come meanwhile


class Replica(Store):
    """The folder `name` of the copy of a data folder. Only the holder of `lock` may call anything that changes it."""

    def __init__(self, bucket: Bucket, name: str) -> None:
        copy = open_copy(bucket)
        super().__init__(copy / name)
        self.bucket = bucket
        self.mirror = Mirror(bucket, copy)

    @property
    def address(self) -> str:
        return str(self.bucket.address)

    def take_live(self) -> Pointer:
        """Makes the live generation of the object store the live one here, and returns the pointer to it."""
        for attempt in range(ATTEMPTS):
            pointer = self.read_pointer()
            here = self.read_here()
            if pointer.manifest is None:
                self.current.unlink(missing_ok=True)  # `heal` removes what it led to
                return pointer
            if here and here.key == pointer.manifest:
                return pointer
            try:
                self._take(self._read_manifest(pointer.manifest), here)
            except Conflict:
                if attempt == ATTEMPTS - 1:
                    raise
        return pointer

    def refresh(self) -> None:
        self.refresh_raw()

    def refresh_raw(self) -> dict[str, str]:
        """Makes raw/ like that of the object store; returns what can be no file, with the reason. What runs have learnt
        of the files is shared too."""
        try:
            _link(self.raw, Path("..") / "raw")
            if self.identities != self.data.parent / WORK / ".store" / self.identities.name:
                _link(self.identities, Path("..", "..", WORK, ".store", self.identities.name))
            return self.mirror.refresh()
        except OSError as error:
            raise explain(error, str(self.data)) from error

    def read_pointer(self) -> Pointer:
        """Raises StorageError where it is damaged."""
        found = self.bucket.read(POINTER)
        try:
            return parse_pointer(found.body, found.etag) if found else Pointer()
        except Damaged as error:
            raise StorageError(f"{self.address}/{POINTER}: {error}") from error

    def read_here(self) -> Manifest | None:
        """The manifest of the generation that is live here."""
        live = self.snapshot()
        try:
            return parse_manifest((live / FILE_NAME).read_bytes()) if live else None
        except (OSError, Damaged):
            return None

    def _read_manifest(self, key: str) -> Manifest:
        found = self.bucket.read(key)
        if found is None:
            raise Conflict(f"{self.address}: {key} is gone; {POINTER} leads there")
        try:
            return parse_manifest(found.body)
        except Damaged as error:
            raise StorageError(f"{self.address}/{key}: {error}") from error

    def _take(self, manifest: Manifest, here: Manifest | None) -> None:
        live = self.snapshot()
        files = {part.object: live / path for path, part in here.parts.items()} if here and live else {}

        def build(folder: Path) -> None:
            for section in SECTIONS:
                (folder / section).mkdir(parents=True)
            paths, parts = manifest.parts.keys(), manifest.parts.values()
            with ThreadPoolExecutor(PARALLEL) as threads:
                list(
                    threads.map(
                        self._take_part,
                        (folder / path for path in paths),
                        parts,
                        (files.get(part.object) for part in parts),
                    )
                )
            (folder / FILE_NAME).write_bytes(manifest.write())

        self._install(manifest.generation, build)

    def _take_part(self, file: Path, part: Part, same: Path | None) -> None:
        """Links the part to the file that holds the same, or fetches it. Raises StorageError where it is damaged."""
        file.parent.mkdir(parents=True, exist_ok=True)
        if same is not None:
            try:
                os.link(same, file)
                return
            except OSError:
                pass  # no hard links here, or removed by now: it can be fetched as well
        self.bucket.download(part.object, file)
        if (file.stat().st_size, compute_sha256(file)) != (part.size, part.sha256):
            raise StorageError(f"{self.address}/{part.object}: it is not what the manifest says")


def compute_sha256(file: Path) -> str:
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _link(link: Path, target: Path) -> None:
    if not link.is_symlink():
        link.symlink_to(target)
