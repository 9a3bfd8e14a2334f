"""The events by which a run tells Prefect, and through it people, of what they may want to look at."""

from __future__ import annotations

from prefect import runtime
from prefect.events import emit_event

from gazette.publish.documents import QUARANTINED
from tasks.summary import RunSummary

QUARANTINED_EVENT = "gazette.issue.quarantined"
LISTED = 20


def report_quarantined(summary: RunSummary) -> None:
    """One event a run that put issues into quarantine, however many; nothing where none was."""
    found = [document for document in summary.documents if document["status"] == QUARANTINED]
    if not found:
        return
    issues = [{key: one[key] for key in ("path", "stage", "reason", "detail")} for one in found[:LISTED]]
    lines = [f"{one['path']}  {one['stage']}: {one['reason']}: {one['detail']}" for one in issues]
    count = summary.statuses[QUARANTINED]  # of which the summary holds the first ones
    if count > len(issues):
        lines.append(f"… {count:,}")
    emit_event(
        QUARANTINED_EVENT,
        resource={
            "prefect.resource.id": f"gazette.run.{runtime.flow_run.id}",
            "prefect.resource.name": str(runtime.flow_run.name),
        },
        payload={"count": count, "issues": issues, "list": "\n".join(lines)},
    )
