"""Which publications are silent, by hand-made lists of files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from gazette.publish.store import Store
from service import publications
from service.silence import Silence, find_silences, find_usual_interval

NOW = datetime(2026, 3, 31, 9, tzinfo=UTC)
SCHEMA = pl.Schema(
    {
        "publication": pl.String(),
        "publication_name": pl.String(),
        "issue_date": pl.Date(),
        "file_modified_at": pl.Datetime("us", "UTC"),
    }
)


def build(publication: str, days: Sequence[date], lag_days: float = 0.25) -> list[tuple[object, ...]]:
    """Files of a publication, each of which arrived `lag_days` after the start of its day."""
    start = [datetime(day.year, day.month, day.day, tzinfo=UTC) for day in days]
    return [
        (publication, f"{publication}报", day, at + timedelta(lag_days)) for day, at in zip(days, start, strict=True)
    ]


def every(step: int, last: date, count: int = 10) -> list[date]:
    return [last - timedelta(days=step * n) for n in reversed(range(count))]


def find(*files: list[tuple[object, ...]], after: float = 3) -> list[Silence]:
    rows = [row for part in files for row in part]
    return find_silences(pl.DataFrame(rows, schema=SCHEMA, orient="row"), NOW, after)


def test_a_paper_is_silent_once_it_misses_so_many_of_its_own_intervals() -> None:
    daily, weekly = every(1, date(2026, 3, 27)), every(7, date(2026, 3, 20))
    (silent,) = find(build("daily", daily), build("weekly", weekly))
    assert (silent.publication, silent.name, silent.interval) == ("daily", "daily报", 1)
    assert silent.last_arrival == datetime(2026, 3, 27, 6, tzinfo=UTC)
    assert find(build("daily", daily), build("weekly", weekly), after=5) == []
    assert [one.publication for one in find(build("daily", daily), build("weekly", weekly), after=1)] == [
        "daily",
        "weekly",
    ]


def test_the_words_say_how_long_and_what_is_usual() -> None:
    (silent,) = find(build("weekly", every(7, date(2026, 2, 27))))
    assert silent.describe(NOW).splitlines() == [
        "weekly报 (weekly): nothing for 32 days, usually every 7; last 2026-02-27",
        "    weekly报：已 32 天没有来件，通常每 7 天一次",
    ]


def test_what_arrives_late_as_ever_is_not_silent() -> None:
    """A paper that comes twenty days after its day: what counts is when it came."""
    assert find(build("late", every(7, date(2026, 3, 9)), lag_days=20)) == []


def test_archives_are_silent_by_nature() -> None:
    assert find(build("archive", every(1, date(2020, 5, 6)), lag_days=2000)) == []
    old = build("followed", every(1, date(2020, 5, 6)), lag_days=2000)
    assert [one.interval for one in find(old + build("followed", every(2, date(2026, 3, 20))))] == [2]


def test_a_new_publication_has_no_usual_interval_yet() -> None:
    assert find(build("new", every(1, date(2026, 3, 1), count=3))) == []
    assert len(find(build("new", every(1, date(2026, 3, 1), count=4)))) == 1


def test_several_pages_a_day_and_a_changed_rhythm() -> None:
    pages = build("daily", every(1, date(2026, 3, 20))) * 8
    assert [one.interval for one in find(pages)] == [1]
    before = every(1, date(2025, 1, 31), count=200)
    assert len(find(build("slower", before + every(7, date(2026, 3, 27), count=8)))) == 1  # of late still mostly daily
    assert find(build("slower", before + every(7, date(2026, 3, 27), count=20))) == []


def test_files_without_a_day_count_for_nothing() -> None:
    assert find([("daily", None, None, NOW), (None, None, date(2026, 3, 1), NOW)]) == []


@pytest.mark.parametrize(("days", "interval"), [([1, 2, 3, 6], 1), ([1, 3, 6, 10], 3), ([1, 2, 4], 1.5)])
def test_the_usual_interval_is_the_median(days: list[int], interval: float) -> None:
    assert find_usual_interval([date(2026, 3, day) for day in days]) == interval


def test_each_silence_is_told_of_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was told is remembered, until something arrives; the flow itself, without a server."""
    kept: dict[str, Any] = {}
    told: list[dict[str, Any]] = []
    documents: list[pl.DataFrame] = []
    memory = SimpleNamespace(
        get=lambda name, default: kept.get(name, default), set=lambda name, value, overwrite: kept.update({name: value})
    )
    monkeypatch.setattr(publications, "Variable", memory)
    monkeypatch.setattr(publications, "emit_event", lambda event, resource, payload: told.append(payload))
    monkeypatch.setattr(Store, "read_documents", lambda self: documents[-1])

    def look(*files: list[tuple[object, ...]]) -> int:
        documents.append(pl.DataFrame([row for part in files for row in part], schema=SCHEMA, orient="row"))
        before = len(told)
        publications.check_publications.fn(str(tmp_path), 3)
        return len(told) - before

    today = datetime.now(UTC).date()
    weekly, daily = every(7, today - timedelta(days=40)), every(1, today - timedelta(days=20))
    assert look(build("weekly", weekly)) == 1
    assert look(build("weekly", weekly)) == 0
    assert look(build("weekly", weekly), build("daily", daily)) == 1
    assert told[-1]["publications"] == ["daily"]
    assert look(build("weekly", [*weekly, today]), build("daily", daily)) == 0  # it speaks again
    assert look(build("weekly", weekly), build("daily", daily)) == 1  # and falls silent again
