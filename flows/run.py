"""Starts the pipeline from the command line: prepares the surroundings, and starts nothing where nothing is pending.

Prefect, Great Expectations and the extraction are imported only when there is something to do; while Prefect's embedded
server starts, the other imports go on in a thread.
"""

from __future__ import annotations

import threading
from pathlib import Path

from flows.environment import prepare_environment, uses_embedded_server
from gazette.publish.documents import find_pending
from gazette.publish.store import Store, StoreError
from tasks.batch import Progress, Report
from tasks.summary import RunSummary

__all__ = ["Progress", "Report", "RunFailed", "RunSummary", "run"]


class RunFailed(RuntimeError):
    """The run itself failed; the message says why. Tables that were published before are whole."""


def run(data_dir: Path, report: Report) -> RunSummary:
    """Processes every pending issue under `data_dir`/raw and tells `report` of the progress. Raises RunFailed."""
    try:
        pending = _find_work(data_dir, report)
    except (StoreError, OSError) as error:
        raise RunFailed(str(error)) from error
    if not pending:
        report(Progress(message=f"nothing pending under {data_dir / 'raw'}"))
        return RunSummary()
    prepare_environment(data_dir)
    if uses_embedded_server():
        report(Progress(message=f"{pending:,} pending; starting the embedded Prefect server …"))
    threading.Thread(target=_warm_up, daemon=True).start()
    return _run_flow(data_dir, report)


def _find_work(data_dir: Path, report: Report) -> int:
    """How many files are pending, once what a crash left behind is mended."""
    raw = data_dir / "raw"
    if not raw.is_dir():
        raise RunFailed(f"{raw}: there is no such folder; issues lie in raw/<publication>/<YYYY-MM-DD>/<page>.txt")
    store = Store(data_dir)
    with store.lock(lambda words: report(Progress(message=words))):
        store.heal()
        return len(find_pending(data_dir, keep=True))


def _warm_up() -> None:
    """Imports what the first batch needs. A failure shows where it is used, not here."""
    try:
        from tasks.validate import warm_up

        warm_up()
    except Exception:
        return


def _run_flow(data_dir: Path, report: Report) -> RunSummary:
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
