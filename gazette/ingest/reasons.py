"""Why an issue file goes no further than ingest: the reasons that `documents.reason` may name at that stage."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """One reason an issue file cannot be read."""

    EMPTY = "empty"  # no bytes, or nothing but white space
    BINARY = "binary"  # no text: control characters among the bytes
    TOO_LARGE = "too_large"  # over the size limit
    NOT_CHINESE = "not_chinese"  # text, in another language
    UNDECODABLE = "undecodable"  # no encoding gives all of it
    UNSUPPORTED_FORMAT = "unsupported_format"  # a format that no reader takes
    NO_DATE = "no_date"  # neither the path nor the page's metadata tells the day
    BAD_METADATA = "bad_metadata"  # publication.toml or the page's .toml is missing, broken or has an unknown key
    BAD_PATH = "bad_path"  # control characters in the name, or not where an issue belongs
    SYMLINK = "symlink"  # a link, which might lead anywhere
    UNREADABLE = "unreadable"  # the system does not let it be read


class UnreadableIssue(ValueError):
    """An issue file that cannot be read: `reason` for the tables, `detail` for the person who sent it."""

    def __init__(self, reason: Reason | str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = Reason(reason)
        self.detail = detail

    def __reduce__(self) -> tuple[type[UnreadableIssue], tuple[str, str]]:
        return type(self), (self.reason.value, self.detail)
