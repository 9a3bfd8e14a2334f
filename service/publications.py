"""The flow that looks whether a publication has fallen silent, and tells of each silence once."""

from __future__ import annotations

from datetime import UTC, datetime

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.events import emit_event
from prefect.states import Completed
from prefect.variables import Variable

from gazette.publish.store import Store
from service.silence import SILENT_EVENT, Silence, find_silences
from storage import open_reading

TOLD = "gazette_silent"  # the Prefect variable that holds of which arrival each silence was told


@flow(name="gazette-silence", persist_result=False)
def check_publications(data_dir: str, after: float = 4.0) -> State[None]:
    """Emits one event for all publications that have newly fallen silent: for more than `after` usual intervals."""
    now = datetime.now(UTC)
    silences = find_silences(Store(open_reading(data_dir)).read_documents(), now, after)
    told: dict[str, str] = Variable.get(TOLD, default={}) or {}
    new = [one for one in silences if told.get(one.publication) != one.last_arrival.isoformat()]
    if new:
        emit_event(SILENT_EVENT, resource={"prefect.resource.id": "gazette.publications"}, payload=_build(new, now))
    Variable.set(TOLD, {one.publication: one.last_arrival.isoformat() for one in silences}, overwrite=True)
    return Completed(message=f"{len(silences)} silent, {len(new)} of them newly so")


def _build(new: list[Silence], now: datetime) -> dict[str, object]:
    return {
        "count": len(new),
        "publications": [one.publication for one in new],
        "list": "\n".join(one.describe(now) for one in new),
    }
