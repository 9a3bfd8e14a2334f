"""Which processed issues a rerun is to read anew, and what it tells in the end. Knows no Prefect, so that a wrong name
is told at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from gazette.publish.changes import CHANGES
from gazette.publish.documents import PUBLISHED, QUARANTINED
from tasks.summary import RunSummary

AGAIN = (PUBLISHED, QUARANTINED)  # what has records, or might have some now


class NothingChosen(ValueError):
    """No processed issue is meant; the message says what was asked for."""


@dataclass
class RerunSummary:
    """What a rerun did: the run, the cells that changed (schema CHANGES), and the paths of the issues whose file is
    gone or holds something else now, which stayed as they were."""

    run: RunSummary = field(default_factory=RunSummary)
    changes: pl.DataFrame = field(default_factory=lambda: CHANGES.to_frame())
    missing: list[str] = field(default_factory=list)

    @property
    def message(self) -> str:
        counts = dict(self.changes.group_by("change").len().iter_rows())
        cells = ", ".join(f"{counts.get(change, 0):,} {change}" for change in ("added", "removed", "altered"))
        return f"{self.run.message}; cells: {cells}"


def choose_documents(documents: pl.DataFrame, issues: Collection[str], since: date | None) -> pl.DataFrame:
    """The rows of documents that are meant. Raises NothingChosen for a name that means none or several."""
    candidates = documents.filter(pl.col("status").is_in(AGAIN) & pl.col("issue_id").is_not_null())
    if since is not None:
        chosen = candidates.filter(pl.col("issue_date") >= since)
        if chosen.is_empty():
            raise NothingChosen(f"no issue printed since {since} has been processed")
        return chosen
    return pl.concat([_find_document(candidates, name) for name in issues]).unique(maintain_order=True)


def _find_document(candidates: pl.DataFrame, name: str) -> pl.DataFrame:
    found = candidates.filter((pl.col("path") == name) | pl.col("issue_id").str.starts_with(name))
    if found.is_empty():
        raise NothingChosen(f"{name}: no processed issue has that identity or path (`gazette status` lists them)")
    if found["issue_id"].n_unique() > 1:
        raise NothingChosen(f"{name}: {found['issue_id'].n_unique()} issues have an identity that begins like that")
    return found
