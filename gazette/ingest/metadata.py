"""Takes publication.toml and a page's own .toml, gives what they say of where and when an issue was printed.

publication.toml, in the publication's folder: name, region (both needed).
<page>.toml, beside the page: date, page, region (each overrides what the path and the publication say).
A key that is not known is refused by name: a misspelt `regoin` must not end as a wrong region in the tables.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from gazette.ingest.opening import open_regular
from gazette.ingest.reasons import Reason, UnreadableIssue

PUBLICATION_FILE = "publication.toml"
LARGEST = 64 * 1024  # bytes; a description of an issue is a few lines


@dataclass(frozen=True, slots=True)
class Publication:
    name: str
    region: str


@dataclass(frozen=True, slots=True)
class PageOverride:
    date: date | None = None
    page: str | None = None
    region: str | None = None


def read_publication(folder: Path) -> Publication:
    """Raises UnreadableIssue (bad_metadata) naming the file and the fault."""
    where = f"{folder.name}/{PUBLICATION_FILE}"
    values = _read_toml(folder / PUBLICATION_FILE, where, {"name": parse_name, "region": parse_region})
    if missing := {"name", "region"} - values.keys():
        raise UnreadableIssue(Reason.BAD_METADATA, f"{where}: lacks {' and '.join(sorted(missing))}")
    return Publication(**values)


def read_page_override(file: Path, where: str) -> PageOverride:
    """Raises UnreadableIssue (bad_metadata) naming the file (as `where`) and the fault."""
    return PageOverride(**_read_toml(file, where, {"date": parse_date, "page": parse_page, "region": parse_region}))


def parse_date(value: object) -> date:
    """A TOML date, or a string YYYY-MM-DD. Raises ValueError."""
    if type(value) is date:
        return value
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return date.fromisoformat(value)
    raise ValueError(f"{value!r} is no date (YYYY-MM-DD)")


def parse_name(value: object) -> str:
    if isinstance(value, str) and value.strip() and value.isprintable():
        return value.strip()
    raise ValueError(f"{value!r} is no name")


def parse_page(value: object) -> str:
    return parse_name(str(value) if type(value) is int else value)


def parse_region(value: object) -> str:
    """A code of GB/T 2260 by its form; whether there is such a place is for the gate to say."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{6}", value):
        return value
    raise ValueError(f'{value!r} is no region code (six digits in quotes, as "500110")')


def _read_toml(file: Path, where: str, known: Mapping[str, Callable[[object], Any]]) -> dict[str, Any]:
    try:
        with open_regular(file) as handle:
            data = handle.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise UnreadableIssue(Reason.BAD_METADATA, f"{where}: over {LARGEST} bytes")
        raw = tomllib.loads(data.decode("utf-8-sig"))
    except FileNotFoundError:
        raise UnreadableIssue(Reason.BAD_METADATA, f"{where}: there is no such file") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise UnreadableIssue(Reason.BAD_METADATA, f"{where}: {error}") from error
    return {key: _parse_value(key, value, where, known) for key, value in raw.items()}


def _parse_value(key: str, value: object, where: str, known: Mapping[str, Callable[[object], Any]]) -> object:
    if key not in known:
        raise UnreadableIssue(Reason.BAD_METADATA, f"{where}: unknown key {key!r} (known: {', '.join(known)})")
    try:
        return known[key](value)
    except ValueError as error:
        raise UnreadableIssue(Reason.BAD_METADATA, f"{where}: {key}: {error}") from error
