"""What became of the cells of some issues: takes their rows before and after they were read anew, gives every cell that
was added, removed or altered.

A record keeps its identity as long as its first figure stays; where that changed as well, it is known by the figures
that it shares with a record from before. A record without such a partner is added or removed with all its cells.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from gazette.publish.store import MONTH, Store
from gazette.tables import RECORD_TABLES, TABLES

ADDED, REMOVED, ALTERED = "added", "removed", "altered"
COMPARED = (*RECORD_TABLES, "mentions")
# What a cell is known by, and what follows from it.
NAMES = frozenset({"record_id", "mention_id", "issue_id", "publication", "issue_date", "page", "quote"})
PLACE = frozenset({"char_start", "char_end"})
CHANGES = pl.Schema(
    {
        "change": pl.String(),
        "table": pl.String(),
        "column": pl.String(),
        "issue_id": pl.String(),
        "publication": pl.String(),
        "issue_date": pl.Date(),
        "page": pl.String(),
        "record_id": pl.String(),  # as it is now; of a removed cell, as it was
        "char_start": pl.Int64(),
        "char_end": pl.Int64(),
        "quote": pl.String(),
        "old": pl.String(),
        "new": pl.String(),
    }
)
Row = dict[str, Any]
Rows = Mapping[str, pl.DataFrame]
Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Heading:
    """Where an issue was printed."""

    publication: str | None
    issue_date: date | None
    page: str | None


def read_rows(store: Store, months: Iterable[str], issue_ids: Sequence[str]) -> dict[str, pl.DataFrame]:
    """The published rows of some issues, by table; documents too."""
    months = sorted(set(months))
    of_issues = pl.col("issue_id").is_in(list(issue_ids))
    names = (*COMPARED, "documents")
    return {name: pl.concat([store.read_part(name, month).filter(of_issues) for month in months]) for name in names}


def find_months(documents: pl.DataFrame) -> list[str]:
    """The months that the documents are filed in."""
    return sorted(set(documents.select(MONTH)["month"]))


def find_changes(before: Rows, after: Rows) -> pl.DataFrame:
    """Every cell that differs (schema CHANGES), by issue, table and place. The rows are as `read_rows` gives them."""
    headings = {**_find_headings(before["documents"]), **_find_headings(after["documents"])}
    known = {name: _pair_records(name, before, after) for name in RECORD_TABLES}
    now = {old: new for pairs in known.values() for old, new in pairs.items()}
    changes = [
        {**change, **_describe(headings.get(change["issue_id"]))}
        for name in COMPARED
        for change in _compare(name, before[name], after[name], known.get(name), now)
    ]
    order = ("publication", "issue_date", "page", "issue_id")
    return pl.DataFrame(changes, schema=CHANGES, orient="row").sort(order, maintain_order=True)


def _find_headings(documents: pl.DataFrame) -> dict[str, Heading]:
    rows = documents.select("issue_id", "publication", "issue_date", "page").iter_rows()
    return {issue_id: Heading(*where) for issue_id, *where in rows}


def _describe(heading: Heading | None) -> Row:
    heading = heading or Heading(None, None, None)
    return {"publication": heading.publication, "issue_date": heading.issue_date, "page": heading.page}


def _pair_records(table: str, before: Rows, after: Rows) -> dict[str, str]:
    """The identities of the records that are the same ones, as they were and as they are."""
    old, new = set(before[table]["record_id"]), set(after[table]["record_id"])
    pairs = {record_id: record_id for record_id in old & new}
    places = _find_places(table, before["mentions"], old - new)
    shared: Counter[tuple[str, str]] = Counter()
    for place, now in _find_places(table, after["mentions"], new - old).items():
        if place in places:
            shared[places[place], now] += 1
    taken: set[str] = set()
    for (was, now), _ in sorted(shared.items(), key=lambda item: (-item[1], item[0])):
        if was not in pairs and now not in taken:
            pairs[was] = now
            taken.add(now)
    return pairs


def _find_places(table: str, mentions: pl.DataFrame, record_ids: set[str]) -> dict[tuple[str, int], str]:
    """The record that each figure fills a cell of, by issue and place."""
    filling = mentions.filter((pl.col("table") == table) & pl.col("record_id").is_in(list(record_ids)))
    rows = filling.select("issue_id", "char_start", "record_id").iter_rows()
    return {(issue_id, place): record_id for issue_id, place, record_id in rows}


def _compare(table: str, before: pl.DataFrame, after: pl.DataFrame, pairs: Names | None, now: Names) -> Iterator[Row]:
    """The changes of one table. Rows that are the same on both sides are left out at once. `pairs` tells which records
    are the same ones; mentions are known by their place. `now` is what every record is called."""
    key = TABLES[table].key
    names = [name for name in TABLES[table].names if name not in NAMES]
    old = {row[key]: row for row in _leave_out(before, after).iter_rows(named=True)}
    new = {row[key]: row for row in _leave_out(after, before).iter_rows(named=True)}
    partners = {was: was if pairs is None else pairs.get(was) for was in old}
    found = []
    for was, row in old.items():
        partner = new.get(partners.get(was) or "")
        found += list(_compare_rows(table, row, partner, names, now))
    matched = {partners[was] for was in old if partners.get(was) in new}
    for identity, row in new.items():
        if identity not in matched:
            found += list(_compare_rows(table, None, row, names, now))
    yield from sorted(found, key=lambda change: (change["issue_id"], change["char_start"], change["record_id"] or ""))


def _leave_out(rows: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    return rows.join(others, on=rows.columns, how="anti", nulls_equal=True, maintain_order="left")


def _compare_rows(table: str, old: Row | None, new: Row | None, names: Sequence[str], now: Names) -> Iterator[Row]:
    whole = old is None or new is None
    shown = new or old or {}
    for name in names:
        if whole and name in PLACE:
            continue
        was, is_now = (old or {}).get(name), (new or {}).get(name)
        if name in ("parent_id", "record_id") and old is not None and new is not None:
            was = now.get(was, was) if was is not None else None
        if was == is_now:
            continue
        yield {
            "change": ADDED if was is None else REMOVED if is_now is None else ALTERED,
            "table": table,
            "column": name,
            "issue_id": shown["issue_id"],
            "record_id": shown["record_id"],
            "char_start": shown["char_start"],
            "char_end": shown["char_end"],
            "quote": shown["quote"] if "quote" in shown else shown["text"],
            "old": write_value(was),
            "new": write_value(is_now),
        }


def write_value(value: Any) -> str | None:
    """A cell as text: whole numbers without a fraction."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return None if value is None else str(value)
