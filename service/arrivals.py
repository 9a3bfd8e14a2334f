"""Takes what is seen of files below raw/, moment by moment, and gives those that are complete.

A file is complete once it has been left alone for a while: by the time of its last writing, which a file that was
renamed into place brings along, or, where that time lies ahead, by two looks that agree. No clock and no disk are asked
here: whoever calls brings both.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from gazette.ingest.sources import UNFINISHED

LONGEST_WAIT = 10.0  # seconds that complete files wait for the rest of their burst


@dataclass(frozen=True, slots=True)
class Look:
    """What a file was at a moment: bytes, time of writing (seconds since 1970), and the moment."""

    byte_count: int
    modified: float
    at: float

    @property
    def state(self) -> tuple[int, float]:
        return self.byte_count, self.modified


def is_issue_name(path: str) -> bool:
    """Whether a file of that path below raw/ can be an issue: neither hidden nor unfinished, nor a description."""
    return not any(UNFINISHED.search(part) for part in PurePosixPath(path).parts) and not is_description(path)


def is_description(path: str) -> bool:
    """publication.toml, or the .toml beside a page: a change of it changes what is pending."""
    return path.endswith(".toml")


class Arrivals:
    """The files that are being watched, and those that are complete and have not been announced."""

    def __init__(self, settle: float) -> None:
        self.settle = settle
        self.growing: dict[str, Look] = {}
        self.complete: dict[str, float] = {}

    def see(self, path: str, look: Look) -> None:
        """Takes in how a file looks now."""
        before = self.growing.get(path)
        since = before.at if before and before.state == look.state else look.at
        age = look.at - look.modified
        is_still = age >= self.settle if age >= 0 else look.at - since >= self.settle
        if is_still:
            self.growing.pop(path, None)
            self.complete.setdefault(path, look.at)
        else:
            self.growing[path] = Look(*look.state, since)
            self.complete.pop(path, None)

    def forget(self, path: str) -> None:
        self.growing.pop(path, None)
        self.complete.pop(path, None)

    def take_burst(self, now: float) -> list[str]:
        """The complete files, once no other is still growing, or the first of them has waited long enough. They stay
        until `announced`."""
        if not self.complete:
            return []
        has_waited = now - min(self.complete.values()) >= LONGEST_WAIT
        return sorted(self.complete) if has_waited or not self.growing else []

    def announced(self, paths: list[str]) -> None:
        for path in paths:
            self.complete.pop(path, None)
