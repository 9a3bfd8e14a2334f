"""A small published data folder, written straight as Parquet, for the commands that only read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from gazette.tables import TABLES, Table

ISSUE = "a" * 64
PLACEHOLDERS: dict[str, Any] = {
    "string": "x",
    "int": 1,
    "float": 1.0,
    "date": date(2020, 3, 27),
    "timestamp": datetime(2020, 3, 27, tzinfo=UTC),
}


def build_row(table: Table, **values: Any) -> dict[str, Any]:
    """A row of the table: what is given, null where a column allows it, a placeholder elsewhere."""
    return {c.name: values.get(c.name, None if c.nullable else PLACEHOLDERS[c.type]) for c in table.columns}


def write_rows(folder: Path, table: Table, *rows: Mapping[str, Any]) -> None:
    path = folder / table.name / "month=2020-03" / "part-0.parquet"
    path.parent.mkdir(parents=True)
    filled = [build_row(table, **row) for row in rows]
    pq.write_table(pa.Table.from_pylist(filled, schema=table.arrow_schema()), path)


def write_sample(data: Path) -> None:
    """One issue published with two project records and one rejected row, one issue quarantined."""
    curated, quarantine = data / "curated", data / "quarantine"
    projects = TABLES["projects"]
    write_rows(
        curated,
        projects,
        {
            "record_id": "r1",
            "issue_id": ISSUE,
            "region": "重庆市綦江区",
            "as_of": date(2020, 3, 17),
            "modality": "actual",
            "phase": "resumed",
            "project_count": 155,
            "project_count_qualifier": "exact",
            "investment_cny": 20693000000.0,
            "investment_cny_qualifier": "more_than",
            "quote": "重大项目复工155个，总投资206.93亿元。",
        },
        {
            "record_id": "r2",
            "issue_id": ISSUE,
            "region": "重庆市大渡口区",
            "modality": "planned",
            "quote": "年内拟开工。",
        },
    )
    rejected = {"record_id": "r3", "resumption_rate": 103.0, "expectation": "rate_within_0_100", "observed": "103.0"}
    write_rows(quarantine, projects.quarantine(), rejected)
    write_rows(
        curated,
        TABLES["documents"],
        {
            "path": "daily/2020-03-27/1.txt",
            "issue_id": ISSUE,
            "issue_date": date(2020, 3, 27),
            "status": "published",
            "mentions_count": 3,
            "projects_count": 2,
            "enterprises_count": 0,
            "finance_count": 0,
            "labor_count": 0,
            "rejected_count": 1,
        },
        {
            "path": "daily/2020-03-28/1.txt",
            "status": "quarantined",
            "stage": "ingest",
            "reason": "empty",
            "detail": "the file has no text",
        },
    )
