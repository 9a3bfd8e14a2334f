"""The word lists of the date reader, read from words.toml and checked.

Gives frozen tables of words, so that what a date word means is written as data and never inside a function.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from importlib import resources
from typing import Any

FILE = "words.toml"


@dataclass(frozen=True, slots=True)
class Roles:
    """Words near a date that tell what it is there for."""

    publication: tuple[str, ...]
    not_publication: tuple[str, ...]
    dateline: tuple[str, ...]
    until: tuple[str, ...]
    compared_before: tuple[str, ...]
    compared_after: tuple[str, ...]
    planning: tuple[str, ...]
    founded_before: tuple[str, ...]
    founded_after: tuple[str, ...]
    begun_after: tuple[str, ...]
    changed_after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """All lists of words.toml. `day` gives offsets in days, `year`, `month` and `week` in their own unit."""

    now: tuple[str, ...]
    recent: tuple[str, ...]
    continues: tuple[str, ...]
    day: dict[str, tuple[int, int]]
    year: dict[str, int]
    month: dict[str, int]
    week: dict[str, int]
    role: Roles


def check_keys(raw: dict[str, Any], names: set[str], where: str) -> None:
    """Raise ValueError unless `raw` has just the keys `names`; the message names the file and the key."""
    for key in sorted(raw.keys() ^ names):
        raise ValueError(f"{where}: {'missing' if key in names else 'unknown'} key {key!r}")


def read_toml(name: str) -> dict[str, Any]:
    """The parsed TOML file `name` beside this module."""
    return tomllib.loads(resources.files(__package__).joinpath(name).read_text(encoding="utf-8"))


def _longest_first(words: Any, where: str) -> tuple[str, ...]:
    if not isinstance(words, list) or not all(isinstance(word, str) and word for word in words):
        raise ValueError(f"{where}: a list of words is wanted")
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


def _offsets(raw: Any, where: str) -> dict[str, int]:
    if not isinstance(raw, dict) or not all(isinstance(offset, int) for offset in raw.values()):
        raise ValueError(f"{where}: words with a whole number each are wanted")
    return dict(raw)


def _day_offsets(raw: Any, where: str) -> dict[str, tuple[int, int]]:
    for word, pair in raw.items():
        if not (isinstance(pair, list) and len(pair) == 2 and pair[0] <= pair[1]):
            raise ValueError(f"{where}: {word!r} wants two offsets, first and last")
    return {word: (first, last) for word, (first, last) in raw.items()}


def parse_words(raw: dict[str, Any]) -> Words:
    """The checked word lists of a parsed words.toml; raises ValueError naming file and key."""
    check_keys(raw, {field.name for field in fields(Words)}, FILE)
    role = raw["role"]
    check_keys(role, {field.name for field in fields(Roles)}, f"{FILE}: role")
    return Words(
        now=_longest_first(raw["now"], f"{FILE}: now"),
        recent=_longest_first(raw["recent"], f"{FILE}: recent"),
        continues=_longest_first(raw["continues"], f"{FILE}: continues"),
        day=_day_offsets(raw["day"], f"{FILE}: day"),
        year=_offsets(raw["year"], f"{FILE}: year"),
        month=_offsets(raw["month"], f"{FILE}: month"),
        week=_offsets(raw["week"], f"{FILE}: week"),
        role=Roles(**{key: _longest_first(words, f"{FILE}: role.{key}") for key, words in role.items()}),
    )


@cache
def load_words() -> Words:
    """The word lists, read once."""
    return parse_words(read_toml(FILE))
