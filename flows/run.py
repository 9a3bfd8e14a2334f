"""Starts the pipeline from the command line: prepares the surroundings, and starts nothing where nothing is pending.

Prefect, Great Expectations and the extraction are imported only when there is something to do, and while Prefect's
embedded server boots in a process of its own.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from flows.environment import prepare_environment, uses_embedded_server
from flows.server import EmbeddedServer, ServerFailed, running_server
from gazette.publish.documents import find_pending
from gazette.publish.store import Store, StoreError
from storage import Data, open_store
from tasks.batch import Progress, Report
from tasks.summary import RunSummary

__all__ = ["Progress", "Report", "RunFailed", "RunSummary", "run"]


class RunFailed(RuntimeError):
    """The run itself failed; the message says why. Tables that were published before are whole."""


def run(data_dir: Data, report: Report) -> RunSummary:
    """Processes every pending issue under `data_dir`/raw and tells `report` of the progress. Raises RunFailed."""
    try:
        store = open_store(data_dir)
        pending = _find_work(store, report)
    except (StoreError, OSError) as error:
        raise RunFailed(str(error)) from error
    if not pending:
        report(Progress(message=f"nothing pending under {store.address}/raw"))
        return RunSummary()
    prepare_environment(data_dir)
    if uses_embedded_server():
        report(Progress(message=f"{pending:,} pending; starting the embedded Prefect server …"))
    try:
        with running_server() if uses_embedded_server() else nullcontext() as server:
            _load(server)
            return _run_flow(data_dir, report)
    except ServerFailed as error:
        raise RunFailed(str(error)) from error


def _find_work(store: Store, report: Report) -> int:
    """How many files are pending, once what a crash left behind is mended."""
    if not store.has_raw():
        words = "there is no such folder; issues lie in raw/<publication>/<YYYY-MM-DD>/<page>.txt"
        raise RunFailed(f"{store.address}/raw: {words}")
    with store.lock(lambda words: report(Progress(message=words))):
        store.heal()
        store.refresh()
        return len(find_pending(store.data, keep=True))


def _load(server: EmbeddedServer | None) -> None:
    """Imports all that the flow needs, some seconds' worth, and waits for the server meanwhile. Raises ServerFailed."""
    with _keeping_all():
        import flows.pipeline  # noqa: F401
        from tasks.validate import warm_up

        warm_up()
    if server is not None:
        server.wait()


@contextmanager
def _keeping_all() -> Iterator[None]:
    """What is imported stays to the end: not to look through it for garbage saves a quarter of the time here, and two
    seconds at the end of the process."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _run_flow(data_dir: Data, report: Report) -> RunSummary:
    from flows.pipeline import etl, listening

    with listening(report):
        state = etl(str(data_dir), return_state=True)
    if not state.is_completed():
        error = state.result(raise_on_failure=False)
        words = str(error) if isinstance(error, StoreError) else f"{type(error).__name__}: {error}"
        raise RunFailed(words) from (error if isinstance(error, BaseException) else None)
    result: object = state.result()
    if not isinstance(result, RunSummary):
        raise RunFailed(f"the flow ended as {state.name} without a summary")
    return result
