"""Why an issue file goes no further than ingest: the reasons that `documents.reason` may name at that stage."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import NamedTuple


class Reason(StrEnum):
    """One reason an issue file cannot be read."""

    EMPTY = "empty"  # no bytes, or nothing but white space
    BINARY = "binary"  # no text: control characters among the bytes
    TOO_LARGE = "too_large"  # over the limit of size, pages, characters or members
    NOT_CHINESE = "not_chinese"  # text, in another language
    UNDECODABLE = "undecodable"  # no encoding gives all of it
    UNSUPPORTED_FORMAT = "unsupported_format"  # a format that no reader takes
    NO_DATE = "no_date"  # neither the path nor the page's metadata tells the day
    BAD_METADATA = "bad_metadata"  # publication.toml or the page's .toml is missing, broken or has an unknown key
    BAD_PATH = "bad_path"  # control characters in the name, or not where an issue belongs
    SYMLINK = "symlink"  # a link, which might lead anywhere
    UNREADABLE = "unreadable"  # the system does not let it be read
    ENCRYPTED = "encrypted"  # it needs a password
    TRUNCATED = "truncated"  # its end is missing
    DAMAGED = "damaged"  # its structure or a checksum in it is wrong
    NO_TEXT = "no_text"  # a page without an article
    NEEDS_OCR = "needs_ocr"  # a page that is a picture, or whose characters mean nothing
    TOO_SLOW = "too_slow"  # over the limit of time
    TOO_MUCH_MEMORY = "too_much_memory"  # over the limit of memory
    READER_FAILED = "reader_failed"  # the reader of the format broke down over it
    NESTED_ARCHIVE = "nested_archive"  # an archive within an archive


class Words(NamedTuple):
    """A reason as a person is told it."""

    en: str
    zh: str


class UnreadableIssue(ValueError):
    """An issue file that cannot be read: `reason` for the tables, `detail` for the person who sent it."""

    def __init__(self, reason: Reason | str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = Reason(reason)
        self.detail = detail

    def __reduce__(self) -> tuple[type[UnreadableIssue], tuple[str, str]]:
        return type(self), (self.reason.value, self.detail)


@cache
def read_words() -> Mapping[str, Words]:
    """Each reason in English and Chinese. Raises ValueError where reasons.toml and `Reason` differ."""
    raw = tomllib.loads(files(__package__).joinpath("reasons.toml").read_text(encoding="utf-8"))
    if odd := set(raw) ^ set(Reason):
        raise ValueError(f"reasons.toml: not the reasons that there are: {', '.join(sorted(odd))}")
    return {name: Words(**words) for name, words in raw.items()}
