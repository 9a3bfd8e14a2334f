"""The table series: what is printed of one indicator of one place on one day, held together over all issues.

Takes the records that a change adds and those that it takes out, gives the rows of `series` that change with them. A
row carries the statements that it is made of, so that it can be worked out anew from itself alone: a change reads and
writes the months of `as_of` that its own records speak for, however many records are published.

What is one indicator: the same region, table, column, phase (or status, instrument, activity), scope, entity, lender,
modality, first and last day. Where an issue calls one figure a part of another and no column tells them apart, the part
is left out. Issues agree where the intervals that their figures stand for share a point. They disagree only where a
scope, an entity or a lender says what both count: two sums of a whole country that name nothing are about two things.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from gazette.publish.store import Change, Revision, Store, build_month
from gazette.tables import MEASURE_UNITS, RECORD_TABLES, TABLES, Table

TABLE = "series"
KEY = (
    "region",
    "region_code",
    "table",
    "column",
    "enum",
    "scope",
    "entity",
    "lender",
    "modality",
    "period_start",
    "as_of",
)
STATEMENT = pl.Struct(
    {
        "record_id": pl.String(),
        "issue_id": pl.String(),
        "issue_date": pl.Date(),
        "value": pl.Float64(),
        "low": pl.Float64(),
        "high": pl.Float64(),
        "qualifier": pl.String(),
    }
)
SAME = 1e-9  # relative; both sides are floats of one decimal figure
NO_END = float("inf")
OF_ALL = ("resumption_rate", "labor_rate")  # rates of all there are in a region, where no scope is named


@dataclass(frozen=True)
class Derived:
    """The rows of series that a change brings, and by month the keys of those that they take the place of."""

    rows: pl.DataFrame
    touched: Mapping[str, Collection[str]]

    def build_revisions(self, accepted: pl.DataFrame, rejected: pl.DataFrame) -> tuple[Revision, Revision]:
        """What the commit does, once the gate has told the rows apart."""
        return (
            Revision(TABLE, "curated", self.touched, _split_by_month(accepted)),
            Revision(TABLE, "quarantine", self.touched, _split_by_month(rejected)),
        )


def derive_series(store: Store, change: Change) -> Derived:
    """What a change means for the series; to be asked before it is committed."""
    leaving = {*change.months, *change.withdrawn}
    old = _read_statements_of(store, leaving, {*change.months.values(), *change.withdrawn.values()})
    new = build_statements({name: change.accepted[name] for name in RECORD_TABLES if name in change.accepted})
    touched = _touch(old, new)
    kept = _read_known(store, touched).filter(~pl.col("issue_id").is_in(list(leaving)))
    return Derived(build_series(pl.concat([kept, new])), touched)


def build_statements(records: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """One row a filled cell: the key of its series, and the statement."""
    parts = [_melt(frame, TABLES[name]) for name, frame in records.items() if not frame.is_empty()]
    statements = pl.concat([_empty_statements(), *parts])
    statements = statements.with_columns(series_id=_identify(statements))
    parents = statements.select("series_id", "issue_id", pl.col("record_id").alias("parent_id"))
    return statements.join(parents, on=["series_id", "issue_id", "parent_id"], how="anti").drop("parent_id")


def build_series(statements: pl.DataFrame) -> pl.DataFrame:
    """The rows of the table, from all statements of the series they are about. The same statements give the same
    rows, whatever their order."""
    low, high = pl.col("low").fill_null(-NO_END), pl.col("high").fill_null(NO_END)
    ordered = statements.with_columns(low_end=low, high_end=high, width=high - low)
    ordered = ordered.sort("issue_date", "issue_id", "record_id", descending=[True, False, False])
    within = ordered.group_by("series_id", "issue_id").agg(one=_overlap())
    held = within.group_by("series_id").agg(distinct=pl.col("one").all(), sources=pl.len().cast(pl.Int64))
    rows = ordered.group_by("series_id", maintain_order=True).agg(
        *(pl.col(name).first() for name in KEY),
        agree=_overlap(),
        tightest=pl.col("value").sort_by("width", maintain_order=True).first(),
        newest=pl.col("value").first(),
        inner_low=pl.col("low_end").max(),
        inner_high=pl.col("high_end").min(),
        outer_low=pl.col("low_end").min(),
        outer_high=pl.col("high_end").max(),
        listed=pl.struct(list(STATEMENT.to_schema())),
    )
    return _finish(rows.join(held, on="series_id"))


def parse_statements(statements: pl.Expr) -> pl.Expr:
    """The column `statements` as a list of structs."""
    return statements.str.json_decode(pl.List(STATEMENT))


def _overlap() -> pl.Expr:
    """Whether all intervals of a group share a point: on a line, each two of them do then."""
    low, high = pl.col("low_end").max(), pl.col("high_end").min()
    return low <= high + SAME * pl.max_horizontal(high.abs(), pl.lit(1.0))


def _says_what_is_counted() -> pl.Expr:
    named = [pl.col(name).is_not_null() for name in ("scope", "entity", "lender")]
    return pl.any_horizontal(*named, pl.col("column").is_in(OF_ALL))


def _finish(rows: pl.DataFrame) -> pl.DataFrame:
    agreement = (
        pl.when(~pl.col("distinct") | ~(pl.col("agree") | _says_what_is_counted()))
        .then(pl.lit("ambiguous"))
        .when(pl.col("sources") == 1)
        .then(pl.lit("single"))
        .when(pl.col("agree"))
        .then(pl.lit("corroborated"))
        .otherwise(pl.lit("disputed"))
    )
    rows = rows.with_columns(agreement=agreement, unit=_find_units(rows))
    low = pl.when("agree").then(pl.min_horizontal("inner_low", "inner_high")).otherwise("outer_low")
    high = pl.when("agree").then("inner_high").otherwise("outer_high")
    rows = rows.with_columns(low=low, high=high)
    value = pl.when("agree").then("tightest").otherwise("newest").clip("low", "high")
    rows = rows.with_columns(
        value=pl.when(pl.col("agreement") != "ambiguous").then(value),
        low=pl.when(pl.col("low").is_finite()).then("low"),
        high=pl.when(pl.col("high").is_finite()).then("high"),
        statements=pl.Series(map(_write_json, rows["listed"].to_list()), dtype=pl.String),
    )
    return rows.select(TABLES[TABLE].names).cast(TABLES[TABLE].polars_schema())


def _find_units(rows: pl.DataFrame) -> pl.Series:
    return pl.Series(
        [MEASURE_UNITS[pair] or "" for pair in rows.select("table", "column").iter_rows()], dtype=pl.String
    )


def _write_json(statements: list[dict[str, Any]]) -> str:
    return json.dumps(statements, default=str, separators=(",", ":"))


def _empty_statements() -> pl.DataFrame:
    table = TABLES[TABLE]
    schema = {name: table.column(name).polars_type() for name in KEY} | dict(STATEMENT.to_schema())
    return pl.DataFrame(schema=schema | {"parent_id": pl.String()})


def _melt(records: pl.DataFrame, table: Table) -> pl.DataFrame:
    """The filled cells of a record table, one a row."""
    keys = {"table": pl.lit(table.name), "enum": pl.col(str(table.kind))}
    if "lender" not in table.names:
        keys["lender"] = pl.lit(None, pl.String)
    schema = _empty_statements().schema
    parts = []
    for measure in table.measures:
        filled = records.filter(pl.col(measure.name).is_not_null()).with_columns(**keys, column=pl.lit(measure.name))
        own = {name: pl.col(f"{measure.name}_{name}") for name in ("low", "high", "qualifier")}
        parts.append(filled.with_columns(value=measure.name, **own).select(schema.names()).cast(schema))
    return pl.concat(parts)


def _identify(statements: pl.DataFrame) -> pl.Series:
    keys = (json.dumps(key, default=str, ensure_ascii=False) for key in statements.select(KEY).iter_rows())
    return pl.Series([hashlib.sha256(key.encode()).hexdigest()[:24] for key in keys], dtype=pl.String)


def _read_statements_of(store: Store, issues: Collection[str], months: Collection[str]) -> pl.DataFrame:
    """The statements of issues as they are published now."""
    frames = {
        name: pl.concat([_choose(store.read_part(name, month), "issue_id", issues) for month in sorted(months)])
        for name in RECORD_TABLES
        if months
    }
    return build_statements(frames)


def _touch(*statements: pl.DataFrame) -> dict[str, list[str]]:
    """By month of as_of, the series that the statements belong to."""
    touched: dict[str, set[str]] = {}
    for key, as_of in pl.concat(statements).select("series_id", "as_of").unique().iter_rows():
        touched.setdefault(build_month(as_of), set()).add(key)
    return {month: sorted(keys) for month, keys in sorted(touched.items())}


def _read_known(store: Store, touched: Mapping[str, Collection[str]]) -> pl.DataFrame:
    """The statements behind rows that are published, rejected ones included."""
    parts = [TABLES[TABLE].empty_frame]
    for month, ids in touched.items():
        sections = (store.read_part(TABLE, month, section) for section in ("curated", "quarantine"))
        parts += [_choose(rows, "series_id", ids).select(TABLES[TABLE].names) for rows in sections]
    rows = pl.concat(parts).select("series_id", *KEY, "statements")
    told = rows.with_columns(parse_statements(pl.col("statements"))).explode("statements").unnest("statements")
    return told.select(*_empty_statements().drop("parent_id").columns, "series_id")


def _choose(rows: pl.DataFrame, column: str, values: Collection[str]) -> pl.DataFrame:
    """The rows with one of the values; most months that a batch touches have none yet."""
    return rows if rows.is_empty() else rows.filter(pl.col(column).is_in(list(values)))


def _split_by_month(rows: pl.DataFrame) -> dict[str, pl.DataFrame]:
    parts = rows.with_columns(pl.col("as_of").dt.strftime("%Y-%m").alias("month")).partition_by("month", as_dict=True)
    return {str(month): part.drop("month") for (month,), part in parts.items()}
