"""Cells before and after: what was added, removed and altered, and which record is which."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import polars as pl
import pytest

from gazette.publish.changes import COMPARED, find_changes
from gazette.tables import TABLES

Rows = dict[str, pl.DataFrame]
ISSUE = "ab" * 32


def build(table: str, *rows: dict[str, Any]) -> pl.DataFrame:
    """Rows of a table; what is not given is null."""
    schema = TABLES[table].polars_schema()
    filled = [{**dict.fromkeys(schema), "issue_id": ISSUE, **row} for row in rows]
    return pl.DataFrame(filled, schema=schema, orient="row")


def project(record_id: str, **cells: Any) -> dict[str, Any]:
    return {"record_id": record_id, "char_start": 0, "char_end": 30, "quote": "签约项目5个。", **cells}


def mention(place: int, record_id: str | None, column: str | None = None, **cells: Any) -> dict[str, Any]:
    table = "projects" if record_id else None
    place_and_cell = {"char_start": place, "char_end": place + 2, "table": table, "column": column}
    return {"mention_id": f"m{place}", "text": "5个", "record_id": record_id, **place_and_cell, **cells}


def build_rows(projects: list[dict[str, Any]], mentions: list[dict[str, Any]]) -> Rows:
    rows = {name: build(name) for name in COMPARED}
    document = {"path": "daily/2020-03-05/01.txt", "publication": "daily", "issue_date": date(2020, 3, 5), "page": "01"}
    return rows | {
        "projects": build("projects", *projects),
        "mentions": build("mentions", *mentions),
        "documents": build("documents", document),
    }


def tell(before: Rows, after: Rows) -> Iterator[tuple[Any, ...]]:
    changes = find_changes(before, after)
    return changes.select("change", "table", "column", "record_id", "old", "new").iter_rows()


@pytest.fixture
def before() -> Rows:
    projects = [
        project("r1", project_count=5, region="重庆市", phase="signed"),
        project("r2", parent_id="r1", project_count=3, char_start=9),
    ]
    return build_rows(projects, [mention(4, "r1", "project_count"), mention(14, "r2", "project_count")])


def test_the_same_rows_have_no_changes(before: Rows) -> None:
    assert find_changes(before, before).is_empty()


def test_a_cell_is_altered_added_or_removed(before: Rows) -> None:
    after = before | {
        "projects": build(
            "projects",
            project("r1", project_count=6, phase="signed", investment_cny=2.5e9),
            project("r2", parent_id="r1", project_count=3, char_start=9),
        )
    }
    assert sorted(tell(before, after)) == [
        ("added", "projects", "investment_cny", "r1", None, "2500000000"),
        ("altered", "projects", "project_count", "r1", "5", "6"),
        ("removed", "projects", "region", "r1", "重庆市", None),
    ]
    first = find_changes(before, after).row(0, named=True)
    assert (first["publication"], first["issue_date"], first["page"]) == ("daily", date(2020, 3, 5), "01")
    assert (first["issue_id"], first["char_start"], first["quote"]) == (ISSUE, 0, "签约项目5个。")


def test_a_record_is_known_by_its_figures_where_its_identity_changed(before: Rows) -> None:
    """The figure at 4 fills another cell now, so that r1 begins elsewhere and has another identity."""
    after = build_rows(
        [
            project("new", project_count=5, total_count=9, region="重庆市", phase="signed"),
            project("r2", parent_id="new", project_count=3, char_start=9),
        ],
        [
            mention(2, "new", "total_count"),
            mention(4, "new", "project_count"),
            mention(14, "r2", "project_count"),
        ],
    )
    assert [change for change in tell(before, after) if change[1] == "projects"] == [
        ("added", "projects", "total_count", "new", None, "9")
    ]
    of_mentions = [change for change in tell(before, after) if change[1] == "mentions"]
    assert {change[0] for change in of_mentions} == {"added"}
    assert ("added", "mentions", "column", "new", None, "total_count") in of_mentions


def test_a_record_that_is_gone_is_removed_with_all_its_cells(before: Rows) -> None:
    after = before | {"projects": before["projects"].filter(record_id="r1")}
    assert list(tell(before, after)) == [
        ("removed", "projects", "parent_id", "r2", "r1", None),
        ("removed", "projects", "project_count", "r2", "3", None),
    ]
    assert list(tell(after, before)) == [
        ("added", "projects", "parent_id", "r2", None, "r1"),
        ("added", "projects", "project_count", "r2", None, "3"),
    ]


def test_a_mention_that_another_rule_takes_is_altered(before: Rows) -> None:
    unresolved = [
        mention(4, "r1", "project_count"),
        mention(14, "r2", "project_count"),
        mention(20, None, reason="unresolved"),
    ]
    told = [*unresolved[:2], mention(20, None, reason="outside_tables")]
    first, second = (before | {"mentions": build("mentions", *rows)} for rows in (unresolved, told))
    assert list(tell(first, second)) == [("altered", "mentions", "reason", None, "unresolved", "outside_tables")]
