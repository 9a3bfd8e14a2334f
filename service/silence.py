"""Takes the table documents, gives the publications of which nothing has arrived for longer than usual.

The usual interval of a publication is the median distance between the days of its recent issues. It is silent once
nothing has arrived for so many of them. What was old when it arrived belongs to an archive, and archives are silent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median

import polars as pl

SILENT_EVENT = "gazette.publication.silent"
RECENT = 30  # days of issues of which the usual interval is taken: a paper may change its rhythm
FEWEST = 4  # days of issues, below which nothing is usual yet
ARCHIVE = timedelta(days=60)  # between the day of the newest issue and its arrival
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Silence:
    """A publication, when something of it arrived last, and its usual interval in days."""

    publication: str
    name: str
    last_arrival: datetime
    interval: float

    def describe(self, now: datetime) -> str:
        days = (now - self.last_arrival) // DAY
        return (
            f"{self.name} ({self.publication}): nothing for {days} days, usually every {self.interval:g}; "
            f"last {self.last_arrival:%Y-%m-%d}\n"
            f"    {self.name}：已 {days} 天没有来件，通常每 {self.interval:g} 天一次"
        )


def find_silences(documents: pl.DataFrame, now: datetime, after: float) -> list[Silence]:
    """The publications that have been silent for `after` of their usual intervals, by name of their folder.

    documents: publication, publication_name, issue_date, file_modified_at (UTC) of every file, whatever became of it.
    """
    dated = documents.drop_nulls(["publication", "issue_date", "file_modified_at"])
    found = []
    for (publication,), rows in sorted(dated.group_by("publication")):
        days = sorted(set(rows["issue_date"].to_list()))[-RECENT:]
        arrival = min(max(rows["file_modified_at"].to_list()).astimezone(UTC), now)
        if len(days) < FEWEST or arrival.date() - days[-1] > ARCHIVE:
            continue
        interval = find_usual_interval(days)
        if now - arrival > after * interval * DAY:
            newest = rows.sort("issue_date")["publication_name"].drop_nulls()
            found.append(Silence(str(publication), newest[-1] if len(newest) else str(publication), arrival, interval))
    return found


def find_usual_interval(days: Sequence[object]) -> float:
    """Median distance in days between neighbours of at least two sorted dates."""
    return float(median((later - earlier).days for earlier, later in pairwise(days)))  # type: ignore[operator]
