"""What an older version's tables lack: tells it month by month, so that what is derived from records can be derived.

Takes a store whose tables an older version wrote, gives for each month the change that says its records once more. The
columns that are new are written by `Store.migrate`.
"""

from __future__ import annotations

from collections.abc import Iterator

from gazette.publish.store import Change, Store
from gazette.tables import RECORD_TABLES


def list_months(store: Store) -> Iterator[Change]:
    """The records of every month as a change that adds them, with the issues that they belong to; one month in memory
    at a time."""
    root = store.snapshot()
    folders = sorted((root / "curated" / "documents").glob("month=*")) if root else []
    for folder in folders:
        month = folder.name.removeprefix("month=")
        records = {name: store.read_part(name, month) for name in RECORD_TABLES}
        issues = {issue_id for frame in records.values() for issue_id in frame["issue_id"].unique()}
        yield Change(accepted=records, months=dict.fromkeys(sorted(issues), month))
