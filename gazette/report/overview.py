"""The first page: what is covered, headline figures, the newest issues, and the points of the charts.

Takes a snapshot, gives what the template prints and, apart, the points: the page is there before they are.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from gazette.ingest.reasons import read_words
from gazette.publish.documents import PUBLISHED, QUARANTINED
from gazette.publish.series import parse_statements
from gazette.report.packing import pack
from gazette.report.snapshot import QUARANTINE, Snapshot
from gazette.report.words import Words
from gazette.tables import RECORD_TABLES

NEWEST_ISSUES = 40
LISTED_REGIONS = 40
LISTED_QUARANTINED = 60
MOST_POINTS = 20_000
# chart: the columns that it shows
CHARTED = {
    "rates": (("projects", "resumption_rate"), ("enterprises", "resumption_rate"), ("labor", "labor_rate")),
    "investment": (("projects", "investment_cny"),),
    "finance": (("finance", "amount_cny"),),
    "headcounts": (("labor", "headcount"),),
}
POINT = (
    "chart", "indicator", "region", "as_of", "modality", "enum", "scope", "entity", "value", "low", "high", "qualifier",
    "sources", "agreement", "issue_id", "record_id",
)  # fmt: skip


def build_overview(snapshot: Snapshot) -> tuple[dict[str, Any], dict[str, Any]]:
    """The page's values, and the points of its charts."""
    documents = snapshot.scan("documents").collect()
    published = documents.filter(pl.col("status") == PUBLISHED)
    points, total = read_points(snapshot)
    page = {
        "totals": _count(snapshot, documents, published),
        "coverage": _cover_publications(published),
        "regions": _cover_regions(snapshot),
        "listed_regions": LISTED_REGIONS,
        "newest": published.sort("issue_date", "path", descending=[True, False]).head(NEWEST_ISSUES).to_dicts(),
        "quarantined": _list_quarantined(documents),
        "listed_quarantined": LISTED_QUARANTINED,
        "points_total": total,
        "points_kept": points.height,
    }
    return page, pack(points)


def _count(snapshot: Snapshot, documents: pl.DataFrame, published: pl.DataFrame) -> dict[str, Any]:
    reasons = dict(snapshot.scan("mentions").group_by(pl.col("reason").fill_null("filed")).len().collect().iter_rows())
    agreement = dict(snapshot.scan("series").group_by("agreement").len().collect().iter_rows())
    return {
        "issues": published.height,
        "publications": published["publication"].n_unique(),
        "first": published["issue_date"].min(),
        "last": published["issue_date"].max(),
        "figures": sum(reasons.values()),
        "filed": reasons.get("filed", 0),
        "unresolved": reasons.get("unresolved", 0),
        "rejected": sum(snapshot.count_rows(name, QUARANTINE) for name in RECORD_TABLES),
        "quarantined": documents.filter(pl.col("status") == QUARANTINED).height,
        "records": {name: snapshot.count_rows(name) for name in RECORD_TABLES},
        "disputed": agreement.get("disputed", 0),
        "corroborated": agreement.get("corroborated", 0),
    }


def _cover_publications(published: pl.DataFrame) -> list[dict[str, Any]]:
    """Per publication its issues by month, newest first."""
    monthly = published.group_by("publication", pl.col("issue_date").dt.strftime("%Y-%m").alias("month")).len()
    months = monthly.sort("month", descending=True).group_by("publication", maintain_order=True).agg("month", "len")
    told = published.group_by("publication").agg(
        name=pl.col("publication_name").last(),
        first=pl.col("issue_date").min(),
        last=pl.col("issue_date").max(),
        issues=pl.len(),
        days=pl.col("issue_date").n_unique(),
    )
    rows = told.join(months, on="publication").sort("last", "publication", descending=[True, False])
    return [row | {"months": list(zip(row["month"], row["len"], strict=True))} for row in rows.to_dicts()]


def _cover_regions(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Per region its records, publications and days, newest first."""
    parts = [snapshot.scan(name).select("region", "region_code", "issue_date", "publication") for name in RECORD_TABLES]
    grouped = (
        pl.concat(parts)
        .group_by("region", "region_code")
        .agg(
            records=pl.len(),
            issues=pl.struct("publication", "issue_date").n_unique(),
            first=pl.col("issue_date").min(),
            last=pl.col("issue_date").max(),
        )
    )
    return grouped.sort("last", "records", "region", descending=[True, True, False]).collect().to_dicts()


def _list_quarantined(documents: pl.DataFrame) -> list[dict[str, Any]]:
    words = read_words()
    found = documents.filter(pl.col("status") == QUARANTINED).sort("ingested_at", "path", descending=[True, False])
    return [row | {"words": _say(words.get(row["reason"]))} for row in found.to_dicts()]


def _say(words: Any) -> Words | None:
    return Words(words.en, words.zh) if words else None


def read_points(snapshot: Snapshot) -> tuple[pl.DataFrame, int]:
    """The newest figures that charts show, one a row, and how many there are in all. What issues agree about is one
    point; what they dispute, or what cannot be told apart, is a point each."""
    cells = {f"{table}.{column}": chart for chart, pairs in CHARTED.items() for table, column in pairs}
    cell = pl.concat_str("table", "column", separator=".")
    total, parts, left = 0, [], MOST_POINTS
    for month in snapshot.find_months("series"):
        rows = (
            snapshot.read("series", month).with_columns(indicator=cell).filter(pl.col("indicator").is_in(list(cells)))
        )
        total += rows.height
        if left > 0:
            parts.append(
                _build_points(rows.with_columns(chart=pl.col("indicator").replace_strict(cells, default=None)))
            )
            left -= parts[-1].height
    points = pl.concat(parts) if parts else pl.DataFrame(schema=dict.fromkeys(POINT, pl.String))
    return points.sort("as_of", descending=True, maintain_order=True).head(MOST_POINTS), max(total, points.height)


def _build_points(rows: pl.DataFrame) -> pl.DataFrame:
    listed = rows.with_columns(parse_statements(pl.col("statements")))
    agreed = pl.col("agreement").is_in(["single", "corroborated"])
    first = pl.col("statements").list.first().struct
    one = listed.filter(agreed).with_columns(
        qualifier=pl.when(pl.col("low") == pl.col("high")).then(pl.lit("exact")).otherwise(first.field("qualifier")),
        issue_id=first.field("issue_id"),
        record_id=first.field("record_id"),
    )
    each = listed.filter(~agreed).drop("value", "low", "high").explode("statements").unnest("statements")
    return pl.concat([one.select(POINT), each.select(POINT)])
