"""Tells Prefect's server of arrivals, and sees that a run follows: the one place where the watcher speaks to it.

One event a file, so that whoever listens learns of each; the last one of a burst bears the label that triggers the run,
one for the whole burst. Where a run waits to begin already, it will find the new files as well, and no label is set.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterName,
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.events import Event, Resource

from service.deployments import ARRIVED, BURST, NIGHTLY, ON_ARRIVAL, OVER, RESOURCE

MOST_EVENTS = 500  # an announcement names no more files; the run finds them all
CONFIRM = 20.0  # seconds within which the server must have made a run of an event
FLOW = FlowFilter(name=FlowFilterName(any_=["gazette-etl"]))
WAITING = (StateType.SCHEDULED, StateType.PENDING)
ClientError = httpx.HTTPError  # the server is away, or does not answer as it should


class Announcer:
    """Speaks to the server. Every method raises ClientError where it is away."""

    def __init__(self) -> None:
        self.client: SyncPrefectClient = get_client(sync_client=True)

    def announce(self, paths: Sequence[str]) -> bool:
        """Emits the events of a burst, and tells whether a run that will find the files has been made of them."""
        if self.has_run(WAITING):
            self._emit(build_events(paths, None))
            return True
        since = datetime.now(UTC) - timedelta(seconds=1)
        self._emit(build_events(paths, OVER))
        return self._await_run(since)

    def has_run(self, types: Sequence[StateType]) -> bool:
        """Whether there is a run over what is pending, in such a state and due by now."""
        due = build_expected(before=datetime.now(UTC))
        return self._count(types, [NIGHTLY, ON_ARRIVAL], due) > 0

    def _emit(self, events: Sequence[Event]) -> None:
        body = [event.model_dump(mode="json") for event in events]
        self.client.request("POST", "/events", json=body).raise_for_status()

    def _await_run(self, since: datetime) -> bool:
        until = time.monotonic() + CONFIRM
        while time.monotonic() < until:
            if self._count(list(StateType), [ON_ARRIVAL], build_expected(after=since)):
                return True
            time.sleep(0.5)
        return False

    def _count(self, types: Sequence[StateType], names: list[str], expected: FlowRunFilterExpectedStartTime) -> int:
        state = FlowRunFilterState(type=FlowRunFilterStateType(any_=list(types)))
        found = self.client.read_flow_runs(
            flow_filter=FLOW,
            flow_run_filter=FlowRunFilter(state=state, expected_start_time=expected),
            deployment_filter=DeploymentFilter(name=DeploymentFilterName(any_=names)),
            sort=FlowRunSort.EXPECTED_START_TIME_DESC,
            limit=1,
        )
        return len(found)


def build_expected(before: datetime | None = None, after: datetime | None = None) -> FlowRunFilterExpectedStartTime:
    return FlowRunFilterExpectedStartTime.model_validate({"before_": before, "after_": after})


def build_events(paths: Sequence[str], burst: str | None) -> list[Event]:
    """One event a file; the last bears the label `burst`, and how many files the burst has."""
    named = paths[:MOST_EVENTS]
    events = [_build_event(path, {}, {"path": path}) for path in named[:-1]]
    label = {BURST: burst} if burst else {}
    return [*events, _build_event(named[-1], label, {"path": named[-1], "burst": len(paths)})]


def _build_event(path: str, label: dict[str, str], payload: dict[str, Any]) -> Event:
    identity = hashlib.sha256(path.encode()).hexdigest()[:16]
    resource = {"prefect.resource.id": f"{RESOURCE}.{identity}", "prefect.resource.name": path, **label}
    return Event(event=ARRIVED, resource=Resource(resource), payload=payload)
