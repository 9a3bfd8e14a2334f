"""What ingest gives: an issue with its identity, its decoded text and where it was printed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gazette.ingest.placement import Layout


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue file, decoded. `region_code` is the publication's (or the page's metadata's), a default only."""

    issue_id: str  # hex SHA-256 of the file's bytes
    path: str  # below the data folder's raw/, with /
    publication: str  # the folder's name
    publication_name: str
    issue_date: date
    page: str | None
    region_code: str
    format: str
    encoding: str
    byte_count: int
    text: str
    layout: Layout | None = None  # where on the page each character of the text is printed
