"""Starts the pipeline from the command line: prepares the surroundings, and starts nothing where nothing is pending.

Prefect, Great Expectations and the extraction are imported only when there is something to do, and while Prefect's
embedded server boots in a process of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from flows.database import provide_database
from flows.environment import find_home, prepare_environment, uses_embedded_server
from flows.server import EmbeddedServer, ServerFailed, running_server
from flows.warm import keeping_all, warm_up
from gazette.ingest.sources import MAX_BYTES, NO_RAW
from gazette.publish.documents import find_pending
from gazette.publish.store import Store, StoreError
from storage import Data, open_store
from tasks.batch import BATCH_ISSUES, ISSUE_SECONDS, Progress, Report
from tasks.chosen import NothingChosen, RerunSummary, choose_documents
from tasks.cluster import ClusterError
from tasks.summary import RunSummary

__all__ = [
    "NothingChosen",
    "Options",
    "Progress",
    "Report",
    "RerunSummary",
    "RunFailed",
    "RunSummary",
    "rerun",
    "run",
]


class RunFailed(RuntimeError):
    """The run itself failed; the message says why. Tables that were published before are whole."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a run works: what the flows take as parameters, but for the folder."""

    batch_size: int = BATCH_ISSUES
    max_bytes: int = MAX_BYTES
    issue_seconds: float = ISSUE_SECONDS
    processes: int | None = None
    dask_address: str | None = None


def run(data_dir: Data, report: Report, options: Options | None = None) -> RunSummary:
    """Processes every pending issue under `data_dir`/raw and tells `report` of the progress. Raises RunFailed."""
    try:
        store = open_store(data_dir)
        pending = _find_work(store, report)
    except (StoreError, OSError) as error:
        raise RunFailed(str(error)) from error
    if not pending and not store.is_outdated():
        report(Progress(message=f"nothing pending under {store.address}/raw"))
        return RunSummary()
    with _surroundings(data_dir, f"{pending:,} pending", report):
        from flows.pipeline import etl

        result = _run_flow(etl, report, data_dir=str(data_dir), **asdict(options or Options()))
    if not isinstance(result, RunSummary):
        raise RunFailed("the flow ended without a summary")
    return result


def rerun(
    data_dir: Data, issues: Sequence[str], since: date | None, report: Report, options: Options | None = None
) -> RerunSummary:
    """Processes anew the issues named, or all printed since a day. Raises RunFailed, or NothingChosen."""
    try:
        store = open_store(data_dir)
        if not store.has_raw():
            raise RunFailed(f"{store.address}/raw: {NO_RAW}")
        with store.lock(lambda words: report(Progress(message=words))):
            store.heal()
            store.refresh()
            chosen = choose_documents(store.read_documents(), issues, since)
    except (StoreError, OSError) as error:
        raise RunFailed(str(error)) from error
    with _surroundings(data_dir, f"{chosen.height:,} to read anew", report):
        from flows.rerun import rerun as flow

        given = {"data_dir": str(data_dir), "issues": list(issues), "since": since}
        result = _run_flow(flow, report, **given, **asdict(options or Options()))
    if not isinstance(result, RerunSummary):
        raise RunFailed("the flow ended without a summary")
    return result


@contextmanager
def _surroundings(data_dir: Data, words: str, report: Report) -> Iterator[None]:
    """Prefect with a server, and all that the flows import. Raises RunFailed where there can be no server."""
    prepare_environment(data_dir)
    if uses_embedded_server():
        report(Progress(message=f"{words}; starting the embedded Prefect server …"))
        provide_database(find_home(data_dir))
    try:
        with running_server() if uses_embedded_server() else nullcontext() as server:
            load(server)
            yield
    except ServerFailed as error:
        raise RunFailed(str(error)) from error


def _find_work(store: Store, report: Report) -> int:
    """How many files are pending, once what a crash left behind is mended."""
    if not store.has_raw():
        raise RunFailed(f"{store.address}/raw: {NO_RAW}")
    with store.lock(lambda words: report(Progress(message=words))):
        store.heal()
        store.refresh()
        return len(find_pending(store.data, keep=True))


def load(server: EmbeddedServer | None) -> None:
    """Imports all that the flow needs, some seconds' worth, and waits for the server meanwhile. Raises ServerFailed."""
    with keeping_all():
        warm_up()
    if server is not None:
        server.wait()


def _run_flow(flow: Any, report: Report, **parameters: Any) -> object:
    """The data of the state that the flow ends in. Raises RunFailed."""
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

    from flows.pipeline import listening

    # Signs of life of a run that somebody is watching are for nobody, and what gives them ends up to a second late.
    with listening(report), temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        state = flow(**parameters, return_state=True)
    if state.is_completed():
        return state.result()
    error = state.result(raise_on_failure=False)
    words = str(error) if isinstance(error, (StoreError, ClusterError)) else f"{type(error).__name__}: {error}"
    raise RunFailed(words) from (error if isinstance(error, BaseException) else None)
