"""Frames that pass every gate, and changes to them: what the tests of the gates start from.

One invented issue. Every table has a whole and a part of it with all measures filled, so that every rule has a row to
speak of; the text is made of the figures, so that every mention stands at its place.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import polars as pl

from gazette.tables import RECORD_TABLES, STAGES, TABLES

ISSUE = hashlib.sha256(b"an invented issue").hexdigest()
OTHER_ISSUE = hashlib.sha256(b"another invented issue").hexdigest()
ISSUE_DATE = date(2020, 3, 27)
TODAY = date(2026, 11, 22)
REGION_CODES = frozenset({"500110", "500104"})
KINDS = {"projects": "resumed", "enterprises": "resumed", "finance": "loan", "labor": "returned"}

# measure: (of the whole, of the part)
FIGURES: dict[str, dict[str, tuple[float, float]]] = {
    "projects": {
        "project_count": (12, 9),
        "total_count": (16, 10),
        "resumption_rate": (75, 90),
        "investment_cny": (3.2e9, 1.1e9),
        "invested_cny": (4e8, 2e8),
        "land_area_mu": (500, 120),
        "duration_days": (730, 365),
    },
    "enterprises": {
        "enterprise_count": (155, 40),
        "total_count": (156, 41),
        "resumption_rate": (99.3, 97.56),
        "output_value_cny": (8e8, 3e8),
        "output_growth_rate": (-3.5, 12),
        "capacity_rate": (86, 104),
    },
    "finance": {
        "amount_cny": (5.6e7, 2.1e7),
        "enterprise_count": (31, 8),
        "transaction_count": (44, 9),
        "interest_rate": (3.85, 4.05),
    },
    "labor": {
        "headcount": (2300, 700),
        "total_headcount": (2500, 800),
        "labor_rate": (92, 87.5),
        "job_count": (600, 200),
    },
}


def record_id(table: str, row: int) -> str:
    return hashlib.sha256(f"{table} {row}".encode()).hexdigest()[:24]


@cache
def good_tables() -> Mapping[str, pl.DataFrame]:
    """The six tables of the invented issue, as the publisher hands them to the gate."""
    text, mentions = "", []
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in RECORD_TABLES}
    for table in RECORD_TABLES:
        for number in (0, 1):
            start = len(text)
            for measure, values in FIGURES[table].items():
                text, mention = _print_figure(text, table, number, measure, values[number])
                mentions.append(mention)
            rows[table].append(_record(table, number, start, len(text)))
    rows |= {"mentions": mentions, "texts": [{"issue_id": ISSUE, "text": text}]}
    return {name: frame_of_rows(name, found) for name, found in rows.items()}


def only(*tables: str) -> dict[str, pl.DataFrame]:
    """The good frames with the rows of these record tables alone: fewer expectations to evaluate."""
    frames = dict(good_tables()) | {name: good_tables()[name].clear() for name in RECORD_TABLES if name not in tables}
    kept = pl.col("table").is_in(tables)
    cell = [pl.when(kept).then(pl.col(name)).alias(name) for name in ("table", "column", "record_id")]
    reason = pl.when(~kept).then(pl.lit("outside_tables")).alias("reason")
    return frames | {"mentions": frames["mentions"].with_columns(*cell, reason)}


def issues() -> pl.DataFrame:
    return pl.DataFrame({"issue_id": [ISSUE], "issue_date": [ISSUE_DATE]})


def frame_of_rows(name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Rows of a table or stage as a frame with all its declared columns; what a row does not name is null."""
    table = STAGES[name] if name in STAGES else TABLES[name].unchecked()
    schema = table.polars_schema()
    return pl.DataFrame([{column: row.get(column) for column in schema} for row in rows], schema=schema)


def change(frame: pl.DataFrame, values: Mapping[str, Any], row: int = -1) -> pl.DataFrame:
    """The frame with other values in one row, by default the last. `values` are literals, or expressions."""
    number = row % frame.height
    at = pl.int_range(pl.len()) == number
    new = {
        name: value if isinstance(value, pl.Expr) else pl.lit(value, dtype=frame.schema[name])
        for name, value in values.items()
    }
    return frame.with_columns(**{name: pl.when(at).then(value).otherwise(pl.col(name)) for name, value in new.items()})


def _print_figure(text: str, table: str, number: int, measure: str, value: float) -> tuple[str, dict[str, Any]]:
    printed = f"{value:.15g}"
    text += f"{measure}为"
    start, end = len(text), len(text) + len(printed)
    unit = TABLES[table].column(measure).unit
    mention = {
        "mention_id": f"{ISSUE[:16]}-{start}",
        "issue_id": ISSUE,
        "char_start": start,
        "char_end": end,
        "text": printed,
        "kind": {"CNY": "money", "percent": "rate"}.get(unit or "", "count"),
        "value": value,
        "low": value,
        "high": value,
        "unit": unit,
        "qualifier": "exact",
        "table": table,
        "column": measure,
        "record_id": record_id(table, number),
    }
    return f"{text}{printed}，\n", mention


def _record(table: str, number: int, start: int, end: int) -> dict[str, Any]:
    row: dict[str, Any] = {
        "record_id": record_id(table, number),
        "parent_id": record_id(table, 0) if number else None,
        "issue_id": ISSUE,
        "publication": "invented-daily",
        "issue_date": ISSUE_DATE,
        "region": "重庆市綦江区",
        "region_code": "500110",
        "entity": "甲公司",
        "lender": "乙银行",
        "modality": "actual",
        "period_start": date(2020, 2, 1),
        "as_of": date(2020, 3, 17),
        "as_of_basis": "stated",
        "quote": "其中若干已复工。",
        "char_start": start,
        "char_end": end,
        "rule": "invented",
        TABLES[table].kind or "": KINDS[table],
    }
    for measure, values in FIGURES[table].items():
        row |= {measure: values[number], f"{measure}_qualifier": "exact"}
        row |= {f"{measure}_low": values[number], f"{measure}_high": values[number]}
    return row


def good_stage(stage: str) -> pl.DataFrame:
    """One good issue after a stage."""
    row = {
        "issue_id": ISSUE,
        "path": "invented-daily/2020-03-27/page-01.txt",
        "publication": "invented-daily",
        "publication_name": "虚构日报",
        "issue_date": ISSUE_DATE,
        "region_code": "500110",
        "format": "txt",
        "encoding": "utf-8",
        "byte_count": 9000,
        "char_count": 3000,
        "han_share": 0.97,
        "clean_char_count": 3000,
        "block_count": 20,
        "body_char_count": 2400,
        "digits_in": 160,
        "digits_out": 160,
        "digits_kept": 160,
        "mention_count": 50,
        "record_count": 12,
        "cell_count": 25,
        "unresolved_count": 3,
        "span_fault_count": 0,
    }
    return frame_of_rows(stage, [row])


def good_series() -> pl.DataFrame:
    """One figure that two issues agree about."""
    statements = [
        {"record_id": record_id("projects", n), "issue_id": one} for n, one in enumerate((ISSUE, OTHER_ISSUE))
    ]
    row = {
        "series_id": record_id("series", 0),
        "region": "重庆市綦江区",
        "region_code": "500110",
        "table": "projects",
        "column": "project_count",
        "enum": "resumed",
        "modality": "actual",
        "period_start": date(2020, 2, 1),
        "as_of": date(2020, 3, 17),
        "unit": "project",
        "value": 19.0,
        "low": 19.0,
        "high": 20.0,
        "sources": 2,
        "agreement": "corroborated",
        "statements": json.dumps(statements),
    }
    return frame_of_rows("series", [row])


def good_documents() -> pl.DataFrame:
    """A published file and a quarantined one (the last row)."""
    counts = ("byte_count", "char_count", "mentions_count", "rejected_count", "digits_in", "digits_kept")
    row = {
        "issue_id": ISSUE,
        "path": "invented-daily/2020-03-27/page-01.txt",
        "publication": "invented-daily",
        "issue_date": ISSUE_DATE,
        "status": "published",
        "pipeline_version": "0.1.0",
        "run_id": "run",
        "ingested_at": datetime(2026, 11, 22, tzinfo=UTC),
    } | dict.fromkeys((*counts, *(f"{table}_count" for table in RECORD_TABLES)), 10)
    stopped = {
        "issue_id": OTHER_ISSUE,
        "status": "quarantined",
        "stage": "clean",
        "reason": "no_digit_lost_or_invented",
    }
    return frame_of_rows("documents", [row, row | stopped | {"path": "invented-daily/2020-03-28/page-01.txt"}])
