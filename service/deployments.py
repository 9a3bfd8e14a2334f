"""Takes the settings, registers with Prefect's server what it is to run and when.

nightly     everything that is pending, by cron
on-arrival  the same, when an event says that issues have arrived
silence     looks whether a publication has fallen silent, by cron
"""

from __future__ import annotations

import contextlib
from datetime import timedelta
from pathlib import Path
from typing import Any

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.deployments.runner import RunnerDeployment
from prefect.events import DeploymentEventTrigger
from prefect.events.schemas.automations import Posture
from prefect.exceptions import ObjectAlreadyExists
from prefect.schedules import Cron

import gazette
from service.child import ServiceFault
from service.settings import Schedule, Settings
from storage.address import is_remote

POOL, POOL_TYPE = "gazette", "gazette"
ETL, SILENCE_CHECK = "flows.pipeline.etl", "service.publications.check_publications"
NIGHTLY, ON_ARRIVAL, SILENCE = "nightly", "on-arrival", "silence"
ARRIVED = "gazette.issue.arrived"
RESOURCE = "gazette.issue"
BURST, OVER = "gazette.burst", "over"  # the label of the last issue of a burst: one run for all of it


def build_deployments(settings: Settings) -> list[RunnerDeployment]:
    """Raises ServiceFault where a schedule makes no sense."""
    parameters = build_parameters(settings)
    schedule = settings.schedule
    arrival = DeploymentEventTrigger(
        name="gazette: issues have arrived",
        expect={ARRIVED},
        match={"prefect.resource.id": f"{RESOURCE}.*", BURST: OVER},
        posture=Posture.Reactive,
        threshold=1,
        within=timedelta(0),
    )
    nightly = _build_cron("nightly", schedule.nightly, schedule)
    silence = _build_cron("silence", schedule.silence, schedule)
    return [
        _build(ETL, NIGHTLY, "Processes every pending issue.", parameters, schedule=nightly),
        _build(ETL, ON_ARRIVAL, "Processes every pending issue when some arrive.", parameters, triggers=[arrival]),
        _build(
            SILENCE_CHECK,
            SILENCE,
            "Looks whether a publication has fallen silent.",
            {"data_dir": parameters["data_dir"], "after": settings.notifications.silent_after},
            schedule=silence,
        ),
    ]


def build_parameters(settings: Settings) -> dict[str, Any]:
    """What a run over everything pending is called with."""
    data = settings.data if is_remote(settings.data) else str(Path(settings.data).absolute())
    return {
        "data_dir": data,
        "batch_size": settings.limits.batch_size,
        "max_bytes": settings.limits.issue_bytes,
        "issue_seconds": settings.limits.issue_seconds,
        "processes": settings.concurrency.processes,
        "dask_address": settings.concurrency.dask_address,
        "settle_seconds": settings.watch.settle_seconds,
    }


async def deploy(settings: Settings, client: PrefectClient, template: dict[str, Any]) -> None:
    """Makes the server know the work pool and the deployments, and nothing else of ours. `template` is what the pool's
    worker makes of a deployment."""
    with contextlib.suppress(ObjectAlreadyExists):
        await client.create_work_pool(WorkPoolCreate(name=POOL, type=POOL_TYPE, base_job_template=template))
    for deployment in build_deployments(settings):
        await deployment.aapply(work_pool_name=POOL)


def _build(entrypoint: str, name: str, description: str, parameters: dict[str, Any], **when: Any) -> RunnerDeployment:
    return RunnerDeployment.from_entrypoint(
        entrypoint,
        name=name,
        description=description,
        parameters=parameters,
        tags=["gazette"],
        version=gazette.__version__,
        **when,
    )


def _build_cron(name: str, cron: str, schedule: Schedule) -> Any:
    from prefect.client.schemas.schedules import CronSchedule

    try:
        CronSchedule(cron=cron, timezone=schedule.timezone)
    except ValueError:
        raise ServiceFault(f"schedule.{name}: {cron!r} is no cron schedule (such as 0 2 * * *)") from None
    return Cron(cron, timezone=schedule.timezone)
