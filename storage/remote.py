"""The store that a run works in where the data folder lies in an object store.

Works on the folder `work` of the copy, under the copy's lock and the lease; see the package for what is promised. The
copies under curated/ and quarantine/ are compared with the live generation by their ETags after every commit and at the
start of every run, so that whatever a run left undone, or anybody else did there, is mended.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from gazette.publish.store import FILE_NAME as PART_NAME
from gazette.publish.store import KEPT_GENERATIONS, SECTIONS, Change
from storage.bucket import PARALLEL, Bucket, Conflict, Listed, StorageError
from storage.lease import Lease
from storage.manifest import FILE_NAME, GENERATIONS, PART_PATH, POINTER, Manifest, Part, Pointer
from storage.mirror import RAW
from storage.replica import ATTEMPTS, WORK, Replica, compute_sha256

PUBLISHED = ".store/published"
KEPT_FOR = timedelta(hours=1)  # that long after a newer one has come, a generation can still be read
Copies = dict[str, list[str]]  # by path: the object that was copied there, and the ETag of the copy


class RemoteStore(Replica):
    """`lock` takes the lease and the live generation, `refresh` takes raw/, `commit` publishes in both places."""

    def __init__(self, bucket: Bucket) -> None:
        super().__init__(bucket, WORK)
        self._lease: Lease | None = None
        self._pointer = Pointer()
        self._in_doubt: str | None = None
        self._tell: Callable[[str], None] = lambda words: None
        self._told: set[str] = set()

    def has_raw(self) -> bool:
        return self.bucket.has(RAW)

    @contextmanager
    def lock(self, on_wait: Callable[[str], None] | None = None) -> Iterator[None]:
        with super().lock(on_wait):
            self._lease = lease = Lease(self.bucket, self.home / "lock")
            with lease.hold(on_wait):
                self._tell = on_wait or self._tell
                if lease.took_over:
                    self._fence_off()
                self._pointer = self.take_live()
                yield

    def heal(self) -> None:
        super().heal()
        self._check_lease()
        self._publish_objects()
        self._prune_objects()

    def refresh(self) -> None:
        for path, reason in self.refresh_raw().items():
            if path not in self._told:
                self._tell(f"left out: {self.address}/{RAW}{path}: {reason}")
                self._told.add(path)

    def commit(self, change: Change) -> int:
        self._check_lease()
        self._settle_doubt()
        number = super().commit(change)
        try:
            self._publish_objects()
        except StorageError as error:
            raise StorageError(
                f"{error}; generation {number} is published, and the next run brings curated/ and quarantine/ up to it"
            ) from error
        return number

    # -- a new generation

    def _announce(self, number: int) -> None:
        folder = self.generations / str(number)
        try:
            manifest = self._push(folder, number)
        except StorageError as error:
            raise StorageError(f"{error}; the tables are as they were") from error
        (folder / FILE_NAME).write_bytes(manifest.write())
        self._check_lease()
        self._swap_pointer(manifest)

    def _push(self, folder: Path, number: int) -> Manifest:
        """Uploads the parts that are new, and the manifest of all."""
        prefix = f"{GENERATIONS}{number}-{uuid4().hex[:12]}/"
        here, live = self.read_here(), self.snapshot()

        def push(file: Path) -> tuple[str, Part]:
            path = file.relative_to(folder).as_posix()
            known = here.parts.get(path) if here else None
            if known and live and os.path.samefile(file, live / path):
                return path, known
            sha256 = compute_sha256(file)
            if known and known.sha256 == sha256:
                return path, known
            self.bucket.upload(file, prefix + path)
            return path, Part(prefix + path, file.stat().st_size, sha256)

        files = [file for section in SECTIONS for file in sorted((folder / section).rglob(PART_NAME))]
        with ThreadPoolExecutor(PARALLEL) as threads:
            manifest = Manifest(prefix + FILE_NAME, number, dict(threads.map(push, files)))
        self.bucket.overwrite(manifest.key, manifest.write())
        return manifest

    def _swap_pointer(self, manifest: Manifest) -> None:
        pointer = Pointer(manifest.generation, manifest.key, self._pointer.fence)
        try:
            etag = self.bucket.write(POINTER, pointer.write(), self._pointer.etag)
        except Conflict as error:
            words = "another run took over while this one could not renew its lease; nothing of this batch is published"
            raise Conflict(f"{self.address}: {words}") from error
        except StorageError:
            self._in_doubt = manifest.key  # the answer may be lost, and not the request
            raise
        self._pointer = replace(pointer, etag=etag)

    def _settle_doubt(self) -> None:
        """Finds out whether the last swap happened after all, where its answer was lost. If so, the same change is
        committed once more, which changes nothing."""
        if self._in_doubt is None:
            return
        if self.read_pointer().manifest == self._in_doubt:
            self._pointer = self.take_live()
        self._in_doubt = None

    def _fence_off(self) -> None:
        """Rewrites the pointer, so that the former holder of the lease can no longer swap it."""
        for _ in range(ATTEMPTS):  # each fails only if the former holder swaps the pointer at that very moment
            pointer = replace(self.read_pointer(), fence=uuid4().hex)
            with suppress(Conflict):
                self.bucket.write(POINTER, pointer.write(), pointer.etag)
                return
        raise Conflict(f"{self.address}: another run still publishes, though its lease is over")

    def _check_lease(self) -> None:
        if self._lease is None:
            raise StorageError(f"{self.address}: only who holds the lock may change the tables")
        self._lease.check()

    # -- the copies under curated/ and quarantine/

    def _publish_objects(self) -> None:
        """Brings them to the live generation: copies what lags behind, removes what is no longer in it."""
        here = self.read_here()
        parts = here.parts if here else {}
        copies = self._read_copies()
        found = {one.key: one.etag for section in SECTIONS for one in self.bucket.list(f"{section}/")}
        lagging = [path for path, part in parts.items() if copies.get(path) != [part.object, found.get(path)]]
        strays = [path for path in found if PART_PATH.fullmatch(path) and path not in parts]
        if not lagging and not strays:
            return
        with ThreadPoolExecutor(PARALLEL) as threads:
            etags = threads.map(lambda path: self._copy(parts[path].object, path), lagging)
            copies |= {path: [parts[path].object, etag] for path, etag in zip(lagging, etags, strict=True)}
        self._check_lease()
        self.bucket.delete(strays)
        kept = {path: copy for path, copy in copies.items() if path in parts}
        self.bucket.overwrite(PUBLISHED, json.dumps(kept, indent=1).encode())

    def _copy(self, source: str, path: str) -> str:
        self._check_lease()
        return self.bucket.copy(source, path)

    def _read_copies(self) -> Copies:
        found = self.bucket.read(PUBLISHED)
        try:
            return {str(path): list(copy) for path, copy in json.loads(found.body).items()} if found else {}
        except (ValueError, AttributeError, TypeError):
            return {}  # damaged: everything is copied again

    # -- what nobody needs any more

    def _prune_objects(self) -> None:
        """Removes the parts of generations that are neither among the last few nor were live in the last hour, and
        what interrupted pushes left."""
        found = list(self.bucket.list(GENERATIONS))
        here = self.read_here()
        pointer = self.bucket.read(POINTER)
        if here is None or pointer is None:
            return
        old = {one.key for one in found if pointer.read_at - one.modified > KEPT_FOR}
        needed = {here.key, *(part.object for part in here.parts.values())}
        if not old - needed:
            return
        for key in self._find_kept(found, old, here.generation):
            needed |= {key, *(part.object for part in self._read_manifest(key).parts.values())}
        self._check_lease()
        self.bucket.delete(sorted(old - needed))

    def _find_kept(self, found: list[Listed], old: set[str], live: int) -> Iterator[str]:
        """The keys of the manifests that stay: of the last few generations, and of those that were live within the
        hour, because the next one is not old yet."""
        manifests: dict[str, int] = {}
        for one in found:
            number, _, rest = one.key.removeprefix(GENERATIONS).partition("-")
            if rest.endswith(f"/{FILE_NAME}") and number.isdigit():
                manifests[one.key] = int(number)
        recent = {number for key, number in manifests.items() if key not in old}
        first = min([live - KEPT_GENERATIONS + 1, *(number - 1 for number in recent)])
        return (key for key, number in manifests.items() if first <= number <= live)
