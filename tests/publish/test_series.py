"""The table series: what is compared with what, and that a change works it out as if all were read anew."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest

from gazette.publish.frames import build_frame
from gazette.publish.series import build_series, build_statements, derive_series
from gazette.publish.store import Change, Store, build_month
from gazette.tables import TABLES

MARCH, APRIL = date(2020, 3, 27), date(2020, 4, 2)
PLACE = {"region": "重庆市綦江区", "region_code": "500110"}
Publish = Callable[..., None]


def record(issue: str, number: int, day: date = MARCH, **values: Any) -> dict[str, Any]:
    """A record that counts resumed projects; `count` is value, low, high and qualifier."""
    value, low, high, qualifier = values.pop("count", (19, 19, 19, "exact"))
    return {
        "record_id": f"{issue}-{number}",
        "issue_id": issue,
        "publication": "daily",
        "issue_date": day,
        **PLACE,
        "scope": "重大项目",
        "modality": "actual",
        "as_of": MARCH,
        "as_of_basis": "stated",
        "phase": "resumed",
        "project_count": value,
        "project_count_qualifier": qualifier,
        "project_count_low": low,
        "project_count_high": high,
        "quote": "复工",
        "char_start": 0,
        "char_end": 2,
        "rule": "projects.count",
        **values,
    }


def build(*records: dict[str, Any]) -> pl.DataFrame:
    frame = build_frame(TABLES["projects"].unchecked(), records).cast(TABLES["projects"].polars_schema())
    return build_series(build_statements({"projects": frame}))


def exact(value: float) -> tuple[float, float, float, str]:
    return value, value, value, "exact"


ABOUT_20 = (20, 15, 25, "about")
AT_LEAST_19 = (19, 19, None, "at_least")


@pytest.mark.parametrize(
    ("first", "second", "agreement", "value", "low", "high"),
    [
        (exact(19), exact(19), "corroborated", 19, 19, 19),
        (exact(19), exact(18), "disputed", 18, 18, 19),
        (exact(19), ABOUT_20, "corroborated", 19, 19, 19),
        (AT_LEAST_19, exact(30), "corroborated", 30, 30, 30),
        (AT_LEAST_19, exact(18), "disputed", 18, 18, None),
        (AT_LEAST_19, AT_LEAST_19, "corroborated", 19, 19, None),
        ((300, 250, 350, "about"), (400, 350, 450, "about"), "corroborated", 350, 350, 350),
    ],
)
def test_two_issues_agree_where_their_intervals_meet(
    first: tuple[Any, ...], second: tuple[Any, ...], agreement: str, value: float, low: float, high: float | None
) -> None:
    (row,) = build(record("a", 1, count=first), record("b", 1, APRIL, count=second)).to_dicts()
    assert (row["agreement"], row["sources"]) == (agreement, 2)
    assert (row["value"], row["low"], row["high"]) == (value, low, high)


def test_three_issues_of_which_two_meet_do_not_agree() -> None:
    (row,) = build(
        record("a", 1, count=exact(19)), record("b", 1, count=exact(19)), record("c", 1, APRIL, count=exact(20))
    ).to_dicts()
    assert (row["agreement"], row["sources"], row["value"]) == ("disputed", 3, 20)


def test_one_issue_that_prints_two_figures_is_not_held_against_others() -> None:
    (row,) = build(
        record("a", 1, count=exact(19)), record("a", 2, count=exact(7)), record("b", 1, count=exact(19))
    ).to_dicts()
    assert (row["agreement"], row["value"], row["low"], row["high"]) == ("ambiguous", None, 7, 19)


def test_what_names_nothing_that_is_counted_is_not_disputed() -> None:
    nameless = [record(one, 1, scope=None, count=exact(count)) for one, count in (("a", 19), ("b", 18))]
    (row,) = build(*nameless).to_dicts()
    assert (row["agreement"], row["value"]) == ("ambiguous", None)
    (row,) = build(*(one | {"entity": "某园区"} for one in nameless)).to_dicts()
    assert row["agreement"] == "disputed"
    (row,) = build(nameless[0], nameless[0] | {"record_id": "b-1", "issue_id": "b"}).to_dicts()
    assert row["agreement"] == "corroborated"


def test_rates_of_a_region_are_compared_without_a_scope() -> None:
    rate = {
        "project_count": None,
        "project_count_qualifier": None,
        "project_count_low": None,
        "project_count_high": None,
    }
    rates = [
        record(one, 1, scope=None)
        | rate
        | {f"resumption_rate{end}": value for end in ("", "_low", "_high")}
        | {"resumption_rate_qualifier": "exact"}
        for one, value in (("a", 95.0), ("b", 93.0))
    ]
    (row,) = build(*rates).to_dicts()
    assert row["agreement"] == "disputed"


def test_a_part_that_no_column_tells_from_its_whole_is_left_out() -> None:
    (row,) = build(record("a", 1), record("a", 2, count=exact(7), parent_id="a-1")).to_dicts()
    assert (row["agreement"], row["value"]) == ("single", 19)
    both = build(record("a", 1), record("a", 2, count=exact(7), parent_id="a-1", scope="工业项目"))
    assert sorted(both["value"]) == [7, 19]


@pytest.mark.parametrize(
    "other",
    [
        {"scope": "工业项目"},
        {"entity": "某厂"},
        {"modality": "planned"},
        {"phase": "started"},
        {"as_of": APRIL},
        {"period_start": date(2020, 1, 1)},
        {"region_code": "500104"},
    ],
)
def test_what_differs_in_any_column_is_not_compared(other: dict[str, Any]) -> None:
    rows = build(record("a", 1), record("b", 1, count=exact(18), **other))
    assert rows["agreement"].to_list() == ["single", "single"]


@pytest.fixture
def publish(store: Store) -> Publish:
    """Commits issues (each with its day and records), and takes others out."""

    def commit(*issues: tuple[str, date, list[dict[str, Any]]], withdrawn: dict[str, str] | None = None) -> None:
        rows = [row for _, _, records in issues for row in records]
        projects = build_frame(TABLES["projects"].unchecked(), rows).cast(TABLES["projects"].polars_schema())
        months = {issue: build_month(day) for issue, day, _ in issues}
        change = Change(accepted={"projects": projects}, months=months, withdrawn=withdrawn or {})
        derived = derive_series(store, change)
        nothing = TABLES["series"].quarantine().empty_frame
        change.revisions = derived.build_revisions(derived.rows, nothing)
        store.commit(change)

    return commit


def read(store: Store, name: str) -> pl.DataFrame:
    rows = store.read(name)
    return rows.sort(TABLES[name].key)


def test_changes_one_by_one_give_what_all_records_give_at_once(store: Store, publish: Publish) -> None:
    """Issues that come, are replaced and go, at random: the table is always that of the records published."""
    chance = random.Random(6)
    live: dict[str, str] = {}
    for _ in range(40):
        issue, day = chance.choice("abcdef"), chance.choice([MARCH, APRIL])
        withdrawn = {issue: live.pop(issue)} if issue in live else {}
        records = [
            record(issue, n, day, as_of=chance.choice([MARCH, date(2019, 12, 31)]), count=exact(chance.randint(1, 3)))
            for n in range(chance.randint(0, 3))
        ]
        if chance.random() < 0.75:
            publish((issue, day, records), withdrawn=withdrawn)
            live[issue] = build_month(day)
        else:
            publish(withdrawn=withdrawn)
        wanted = build_series(build_statements({"projects": store.read("projects")}))
        assert read(store, "series").equals(wanted.sort("series_id"))


def test_a_change_leaves_other_months_alone(store: Store, publish: Publish) -> None:
    publish(("a", MARCH, [record("a", 1, as_of=date(2019, 12, 31))]))
    publish(("b", MARCH, [record("b", 1)]))
    root = store.snapshot()
    assert root is not None
    files = {part.parent.name: part.stat().st_nlink for part in root.glob("curated/series/*/*.parquet")}
    assert files == {"month=2019-12": 2, "month=2020-03": 1}  # linked from the generation before, and written anew


def test_a_month_whose_last_figure_goes_leaves_no_trace(store: Store, publish: Publish) -> None:
    publish(("a", MARCH, [record("a", 1)]))
    publish(withdrawn={"a": "2020-03"})
    assert store.read("series").is_empty()
    root = store.snapshot()
    assert root is not None
    assert [part.name for part in root.glob("curated/series/*")] == ["month=unknown"]  # the empty table
    publish(("a", MARCH, [record("a", 1)]))
    root = store.snapshot()
    assert root is not None
    assert [part.name for part in root.glob("curated/series/*")] == ["month=2020-03"]
