"""The gates as tasks: after each stage, and before the tables are published.

Takes the frames of a batch, gives the verdict of `expectations.gate`. A GateError fails the task: the gate is at fault,
and nothing of the batch may be published. Rejected data do not fail it. Only this module reads `expectations`.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
from prefect import task
from prefect.cache_policies import NO_CACHE

from expectations import gate
from expectations.results import GateError, SeriesResult, StageResult, TableResult
from gazette.extract.places import load_gazetteer

__all__ = [
    "GateError",
    "SeriesResult",
    "StageResult",
    "TableResult",
    "check_documents",
    "check_series",
    "check_stage",
    "check_tables",
    "warm_up",
]


@task(name="gate", task_run_name="gate after {stage}", cache_policy=NO_CACHE, persist_result=False)
def check_stage(stage: str, frame: pl.DataFrame) -> StageResult:
    """The verdict on the issues of a batch after a stage (one row an issue). Raises GateError."""
    return gate.check_stage(stage, frame, region_codes=find_region_codes())


@task(name="validate", task_run_name="validate the tables", cache_policy=NO_CACHE, persist_result=False)
def check_tables(frames: Mapping[str, pl.DataFrame], issues: pl.DataFrame) -> TableResult:
    """The verdict on the tables of a batch; `issues` names every issue of it. Raises GateError."""
    return gate.check_tables(frames, issues, region_codes=find_region_codes())


@task(name="documents", task_run_name="check the list of files", cache_policy=NO_CACHE, persist_result=False)
def check_documents(documents: pl.DataFrame) -> StageResult:
    """The verdict on rows of the table documents. Raises GateError."""
    return gate.check_documents(documents)


@task(name="series", task_run_name="check the series", cache_policy=NO_CACHE, persist_result=False)
def check_series(series: pl.DataFrame) -> SeriesResult:
    """The verdict on rows of the derived table. Raises GateError."""
    return gate.check_series(series, region_codes=find_region_codes())


def find_region_codes() -> frozenset[str]:
    """Every code of GB/T 2260 that the gazetteer knows."""
    return frozenset(load_gazetteer().codes)


def warm_up() -> None:
    """Imports Great Expectations, which takes seconds: worth doing while something else is waited for."""
    import expectations.suites  # noqa: F401
