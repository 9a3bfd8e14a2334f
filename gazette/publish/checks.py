"""The table checks: what every rule of every gate found in every run.

Takes the summaries that the gates give for a batch, gives the change to the table: a run of many batches has one row a
rule, so that the table grows with the runs, not with the issues.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

import polars as pl

from gazette.publish.store import Revision, Store, build_month
from gazette.tables import TABLES

TABLE = "checks"
KEY = ("run_id", "stage", "table", "expectation")


def build_checks(store: Store, summaries: Sequence[pl.DataFrame], run_id: str, at: datetime) -> Revision:
    """What the gates found in a batch, added to what they found in the batches of the same run before; rules that spoke
    of no row are left out. `at` is when the batch was checked (UTC)."""
    month, table = build_month(at.date()), TABLES[TABLE]
    new = pl.concat(summaries).filter(pl.col("checked") > 0) if summaries else pl.DataFrame()
    if new.is_empty():
        return Revision(TABLE)
    new = new.with_columns(run_id=pl.lit(run_id), finished_at=pl.lit(at, table.column("finished_at").polars_type()))
    new = new.with_columns(check_id=_identify(new)).select(table.names)
    old = store.read_part(TABLE, month).filter(pl.col("check_id").is_in(new["check_id"].to_list()))
    summed = ("checked", "failed")
    rows = (
        pl.concat([old, new])
        .group_by("check_id")
        .agg(
            *(pl.col(name).sum() for name in summed),
            *(pl.col(name).last() for name in table.names if name not in ("check_id", *summed)),
        )
    )
    rows = rows.select(table.names).cast(table.polars_schema())
    return Revision(TABLE, touched={month: rows["check_id"].to_list()}, rows={month: rows})


def _identify(checks: pl.DataFrame) -> pl.Series:
    keys = (" ".join(key) for key in checks.select(KEY).iter_rows())
    return pl.Series([hashlib.sha256(key.encode()).hexdigest()[:24] for key in keys], dtype=pl.String)
