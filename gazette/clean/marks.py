"""The marks by which one line shows its role, read from marks.toml.

Takes a folded line, gives the role that its look alone tells, or None: headings and body are told apart by their
surroundings, in `gazette.clean.headings` and `gazette.clean.paragraphs`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from gazette.clean.model import Role

MARKS_FILE = Path(__file__).with_name("marks.toml")
_KEYS = {"role", "pattern", "example", "counter", "alone"}
_KINDS = {Role.CAPTION.value, Role.CREDIT.value, Role.FURNITURE.value, "roundup", "dateline"}


@dataclass(frozen=True, slots=True)
class Mark:
    """One declared mark. `alone`: the line shows its role only where no sentence runs through it."""

    kind: str
    text: str
    example: str
    counter: str
    alone: bool

    @property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(self.text)


@cache
def read_marks(path: Path = MARKS_FILE) -> tuple[Mark, ...]:
    """All marks of the file in its order; raises ValueError naming file and key where it is not as declared."""
    entries = tomllib.loads(path.read_text(encoding="utf-8")).get("mark", [])
    marks = tuple(_parse_mark(entry, f"{path.name}: mark {number}") for number, entry in enumerate(entries, 1))
    try:
        for kind in _KINDS:
            _join_patterns(marks, kind)
    except re.error:
        _find_wrong_pattern(marks, path.name)
        raise
    return marks


def _parse_mark(entry: dict[str, object], where: str) -> Mark:
    if unknown := entry.keys() - _KEYS:
        raise ValueError(f"{where}: unknown key {sorted(unknown)[0]}")
    if missing := _KEYS - {"alone"} - entry.keys():
        raise ValueError(f"{where}: no {sorted(missing)[0]}")
    if entry["role"] not in _KINDS:
        raise ValueError(f"{where}: role {entry['role']} is none of {', '.join(sorted(_KINDS))}")
    kind, text, example, counter = (str(entry[key]) for key in ("role", "pattern", "example", "counter"))
    return Mark(kind, text, example, counter, bool(entry.get("alone", False)))


def _join_patterns(marks: Iterable[Mark], kind: str) -> tuple[list[re.Pattern[str]], list[re.Pattern[str]]]:
    """The patterns of a kind, those that need not stand alone first; those bound to the line's start in one, which
    costs a line without marks least. None is compiled twice: compiling takes longer than reading a page by it."""
    joined = []
    for alone in (False, True):
        texts = [mark.text for mark in marks if mark.kind == kind and mark.alone is alone]
        bound = "|".join(f"(?:{text})" for text in texts if text.startswith("^"))
        free = [text for text in texts if not text.startswith("^")]
        joined.append([re.compile(text) for text in (*([rf"\A(?:{bound})"] if bound else []), *free)])
    return joined[0], joined[1]


def _find_wrong_pattern(marks: Iterable[Mark], file: str) -> None:
    """Raises ValueError for the first mark whose pattern is none."""
    for number, mark in enumerate(marks, 1):
        try:
            re.compile(mark.text)
        except re.error as error:
            raise ValueError(f"{file}: mark {number}: pattern: {error}") from error


@cache
def _patterns(kind: str, with_alone: bool) -> tuple[re.Pattern[str], ...]:
    always, alone = _join_patterns(read_marks(), kind)
    return (*always, *(alone if with_alone else ()))


def find_marked_role(line: str, *, standing_alone: bool = True) -> Role | None:
    """CAPTION, CREDIT or FURNITURE where the look of `line` says so. `standing_alone` is False for a line inside
    running text, where only marks that no sentence can carry count."""
    for role in (Role.FURNITURE, Role.CAPTION, Role.CREDIT):
        if any(pattern.search(line) for pattern in _patterns(role.value, standing_alone)):
            return role
    return None


def is_roundup(headline: str) -> bool:
    """Whether the headline announces several short pieces, each an article of its own."""
    return any(pattern.search(headline) for pattern in _patterns("roundup", True))


def opens_with_dateline(paragraph: str) -> bool:
    """Whether the paragraph opens an article: agency, place and day, or 本报讯."""
    return any(pattern.search(paragraph) for pattern in _patterns("dateline", True))
