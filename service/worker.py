"""The role that runs the deployments: one run at a time, each in a process that was made ready beforehand.

Prefect's own worker starts a process a run, which loads for some ten seconds; this one keeps a `service.standby` at
hand. It is the only worker of its pool, so that a run which the server believes to be running, and which this worker
does not run, is dead; the worker says so, or it would be believed for ever.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from uuid import UUID

import anyio
import anyio.abc
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    WorkPoolFilter,
    WorkPoolFilterName,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.states import Cancelled, Crashed
from prefect.workers.base import BaseJobConfiguration, BaseVariables, BaseWorker, BaseWorkerResult

from service.deployments import POOL, POOL_TYPE, deploy
from service.notifications import register_notifications
from service.settings import Settings, load_settings

FINISH = 15.0  # seconds that a run may go on once the service is asked to end
CANCEL_POLL = 3.0  # seconds


class Result(BaseWorkerResult):
    """The exit code of a run's process, 0 where the worker itself has said what became of the run."""


class StandbyWorker(BaseWorker[BaseJobConfiguration, BaseVariables, Result]):
    """Runs flow runs of the pool `gazette`, one at a time."""

    type = POOL_TYPE
    job_configuration = BaseJobConfiguration
    _description = "Runs Gazette's flows in processes that are made ready beforehand."
    _display_name = "Gazette"

    def __init__(self) -> None:
        super().__init__(POOL, name=f"gazette on {socket.gethostname()}", prefetch_seconds=0, limit=1)
        self.is_stopping = False
        self._standby: Process | None = None
        self._running: dict[UUID, Process] = {}
        self._has_looked = False

    async def prepare(self) -> None:
        """Sees that a process is, or is being, made ready."""
        if self._standby is None or self._standby.returncode is not None:
            command = (sys.executable, "-P", "-m", "service.standby")
            self._standby = await asyncio.create_subprocess_exec(*command, stdin=PIPE)

    async def run(
        self,
        flow_run: FlowRun,
        configuration: BaseJobConfiguration,
        task_status: anyio.abc.TaskStatus[int] | None = None,
    ) -> Result:
        """Runs one flow run to its end."""
        await self.prepare()
        process, self._standby = self._standby, None
        assert process is not None
        assert process.stdin is not None
        self._running[flow_run.id] = process
        if task_status:
            task_status.started(process.pid)
        order = {"flow_run": str(flow_run.id), "environment": {k: v for k, v in configuration.env.items() if v}}
        try:
            with contextlib.suppress(ConnectionError):  # it has died; its exit code says so
                process.stdin.write(json.dumps(order).encode() + b"\n")
                await process.stdin.drain()
            code = await self._wait(flow_run.id, process)
        finally:
            _kill(process)
            del self._running[flow_run.id]
        await self.prepare()
        return Result(identifier=str(process.pid), status_code=code)

    async def get_and_submit_flow_runs(self) -> list[FlowRun]:
        return [] if self.is_stopping else await super().get_and_submit_flow_runs()

    async def sync_with_backend(self) -> None:
        await super().sync_with_backend()
        await self._bury_dead()

    async def kill_infrastructure(
        self, infrastructure_pid: str, configuration: BaseJobConfiguration, grace_seconds: int = 30
    ) -> None:
        for process in self._running.values():
            if str(process.pid) == infrastructure_pid:
                _kill(process)

    async def stop(self) -> None:
        """Takes no more runs, gives the one at work a while to end, and then ends it: what it has not published stays
        pending."""
        self.is_stopping = True
        with anyio.move_on_after(FINISH):
            while self._running:
                await anyio.sleep(0.1)
        for flow_run_id, process in list(self._running.items()):
            message = "the service was stopped; what is pending is processed at its next start"
            await self.client.set_flow_run_state(flow_run_id, Cancelled(message=message), force=True)
            _kill(process)
        if self._standby is not None:
            _kill(self._standby)

    async def _wait(self, flow_run_id: UUID, process: Process) -> int:
        """The exit code; a run that people cancel is ended."""
        while True:
            with anyio.move_on_after(CANCEL_POLL):
                code = await process.wait()
                return 0 if self.is_stopping else code
            if await self._is_cancelling(flow_run_id):
                _kill(process)
                await process.wait()
                await self.client.set_flow_run_state(flow_run_id, Cancelled(message="cancelled"), force=True)
                return 0

    async def _is_cancelling(self, flow_run_id: UUID) -> bool:
        with contextlib.suppress(Exception):  # the server may be away for a while
            state = (await self.client.read_flow_run(flow_run_id)).state
            return state is not None and state.is_cancelling()
        return False

    async def _bury_dead(self) -> None:
        """Tells the server which runs have ended without a word. A pending run is one that this worker is about to
        start, except when it has just begun."""
        types = [StateType.RUNNING, StateType.CANCELLING, *([] if self._has_looked else [StateType.PENDING])]
        found = await self.client.read_flow_runs(
            flow_run_filter=FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=types))),
            work_pool_filter=WorkPoolFilter(name=WorkPoolFilterName(any_=[POOL])),
            sort=FlowRunSort.EXPECTED_START_TIME_ASC,
            limit=200,
        )
        for flow_run in found:
            if flow_run.id not in self._running:
                await self.client.set_flow_run_state(flow_run.id, Crashed(message="its process is gone"), force=True)
        self._has_looked = True


def _kill(process: Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        if process.returncode is None:
            process.kill()


async def work(settings: Settings, ready: Callable[[], None]) -> None:
    """Registers what there is to run, and runs it until SIGTERM."""
    from prefect.client.orchestration import get_client

    worker = StandbyWorker()
    await worker.prepare()
    async with get_client() as client:
        await deploy(settings, client, StandbyWorker.get_default_base_job_template())
        await register_notifications(settings.notifications, client)
    asked = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, asked.set)
    async with anyio.create_task_group() as tasks:

        async def end() -> None:
            await asked.wait()
            await worker.stop()
            tasks.cancel_scope.cancel()

        tasks.start_soon(end)
        await worker.start(printer=lambda words: ready() if words.endswith("started!") else None)


def main(ready: Callable[[], None]) -> None:
    asyncio.run(work(load_settings(), ready))
