"""Issues made by hand, for tests that are about rows and files and not about reading."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from gazette.publish.frames import build_frame
from gazette.publish.store import CONTENT, Change, Store, build_month
from gazette.tables import TABLES

Tree = dict[str, bytes]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "data")
    store.generations.mkdir(parents=True)
    return store


@pytest.fixture
def build_issue() -> Callable[..., dict[str, list[dict[str, Any]]]]:
    """Rows of one issue: a document, a project record and its mention."""

    def build(issue_id: str, day: date, count: float = 12.0) -> dict[str, list[dict[str, Any]]]:
        project = {
            "record_id": f"r-{issue_id}",
            "issue_id": issue_id,
            "publication": "daily",
            "issue_date": day,
            "page": "01",
            "region": "重庆市綦江区",
            "region_code": "500110",
            "modality": "actual",
            "as_of": day,
            "as_of_basis": "issue",
            "phase": "resumed",
            "project_count": count,
            "project_count_qualifier": "exact",
            "project_count_low": count,
            "project_count_high": count,
            "quote": "复工项目12个",
            "char_start": 0,
            "char_end": 7,
            "rule": "projects.count",
        }
        mention = {
            "mention_id": f"{issue_id}-4",
            "issue_id": issue_id,
            "char_start": 4,
            "char_end": 7,
            "text": "12个",
            "kind": "count",
            "value": count,
            "low": count,
            "high": count,
            "unit": "project",
            "qualifier": "exact",
            "table": "projects",
            "column": "project_count",
            "record_id": f"r-{issue_id}",
        }
        document = build_document(issue_id, day)
        text = {"issue_id": issue_id, "text": "复工项目12个"}
        return {"projects": [project], "mentions": [mention], "texts": [text], "documents": [document]}

    return build


def build_document(issue_id: str | None, day: date | None, **changes: Any) -> dict[str, Any]:
    row = {
        "issue_id": issue_id,
        "path": f"daily/{day}/{issue_id}.txt",
        "publication": "daily",
        "publication_name": "某日报",
        "region_code": "500110",
        "issue_date": day,
        "page": "01",
        "status": "published",
        "file_modified_at": datetime(2020, 4, 1, tzinfo=UTC),
        "pipeline_version": "1",
        "run_id": "run",
        "ingested_at": datetime(2020, 4, 1, tzinfo=UTC),
    }
    return {**dict.fromkeys(TABLES["documents"].names), **row, **changes}


@pytest.fixture(name="build_document")
def build_document_fixture() -> Callable[..., dict[str, Any]]:
    return build_document


@pytest.fixture
def build_change() -> Callable[..., Change]:
    """The commit that publishes issues."""

    def build(*issues: dict[str, list[dict[str, Any]]], rejected: tuple[str, ...] = (), **others: Any) -> Change:
        documents = [row for issue in issues for row in issue["documents"]]
        accepted = {
            name: build_frame(
                TABLES[name].unchecked(),
                [row for issue in issues for row in issue.get(name, []) if row.get("record_id") not in rejected],
            ).cast(TABLES[name].polars_schema())
            for name in CONTENT
        }
        kept_back = [row for issue in issues for row in issue["projects"] if row["record_id"] in rejected]
        failed = [row | {"expectation": "count_at_most_total", "observed": "12 of 10"} for row in kept_back]
        return Change(
            accepted=accepted,
            rejected={"projects": build_frame(TABLES["projects"].quarantine(), failed)},
            months={row["issue_id"]: build_month(row["issue_date"]) for row in documents},
            documents=build_frame(TABLES["documents"], documents),
            **others,
        )

    return build


@pytest.fixture
def read_tree() -> Callable[[Store], Tree]:
    """Every published file with its bytes."""

    def read(store: Store) -> Tree:
        root = store.snapshot()
        assert root is not None
        return {str(file.relative_to(root)): file.read_bytes() for file in sorted(root.rglob("*.parquet"))}

    return read


@pytest.fixture
def issue_ids() -> Callable[[Store, str], list[str]]:
    def read(store: Store, name: str) -> list[str]:
        return sorted(store.read(name).get_column("issue_id").to_list())

    return read
