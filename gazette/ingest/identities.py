"""What is known of the bytes of files that have not changed since they were last read.

Takes an issue file as it was listed, gives its SHA-256 without reading it where size, times and inode are what they
were. A matter of speed alone: the file that keeps this may be deleted at any time, and is not believed where it could
be wrong: for files that were written shortly before they were read.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path

from gazette.ingest.sources import IssueFile

SETTLED_NS = 2_000_000_000  # the coarsest step in which a file system keeps time
Fingerprint = tuple[int, ...]


class Identities:
    """Identities by path, read from `file` and written back there."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._known = _read(file)
        self._seen: dict[str, tuple[Fingerprint, str]] = {}
        self._is_changed = False

    def find(self, file: IssueFile) -> str | None:
        """The SHA-256 of the file's bytes, where it is known without reading them."""
        fingerprint, issue_id = self._known.get(file.path, (None, ""))
        if fingerprint != _fingerprint(file):
            return None
        self._seen[file.path] = (fingerprint, issue_id)
        return issue_id

    def remember(self, file: IssueFile, issue_id: str, read_ns: int) -> None:
        """Keeps what was read at `read_ns` (time.time_ns before reading), unless the file might still have changed
        without a trace."""
        if max(file.modified_ns, file.changed_ns) < read_ns - SETTLED_NS:
            self._seen[file.path] = (_fingerprint(file), issue_id)
            self._is_changed = True

    def write(self) -> None:
        """Keeps the files found or remembered, and forgets all others. Where there is no room for them, they are read
        again next time."""
        if not self._is_changed and len(self._seen) == len(self._known):
            return
        unfinished = self.file.with_name(f".unfinished-{self.file.name}")
        try:
            unfinished.write_text(json.dumps(self._seen, separators=(",", ":")), encoding="utf-8")
            os.replace(unfinished, self.file)
        except OSError:
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)
            return
        self._known, self._is_changed = dict(self._seen), False


def _fingerprint(file: IssueFile) -> Fingerprint:
    return file.byte_count, file.modified_ns, file.changed_ns, file.inode


def _read(file: Path) -> dict[str, tuple[Fingerprint, str]]:
    try:
        raw = json.loads(file.read_text(encoding="utf-8"))
        return {path: (tuple(map(int, fingerprint)), str(issue_id)) for path, (fingerprint, issue_id) in raw.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}  # absent or damaged: everything is read again
