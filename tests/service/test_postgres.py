"""Prefect on PostgreSQL instead of SQLite: the service and what it runs, with a server that the test starts."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from flows.environment import HOME
from tests.service.postgres import find_programs, running_postgres
from tests.service.serving import Folder, serving, wait_for

PROGRAMS = find_programs()
pytestmark = pytest.mark.skipif(PROGRAMS is None, reason="PostgreSQL is not installed here (no initdb)")


@pytest.fixture
def database() -> Iterator[str]:
    assert PROGRAMS is not None
    with running_postgres(PROGRAMS) as address:
        yield address


async def _count(address: str, table: str, name: str) -> int:
    import asyncpg

    connection = await asyncpg.connect(f"postgresql://{address}")
    try:
        return int(await connection.fetchval(f"select count(*) from {table} where name = $1", name))
    finally:
        await connection.close()


def count(address: str, table: str, name: str) -> int:
    """Rows of that name, as PostgreSQL itself tells. In a thread: tests before this one may have a loop open here."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, _count(address, table, name)).result()


def test_the_service_keeps_what_prefect_knows_in_postgresql(database: str, tmp_path: Path) -> None:
    folder = Folder(tmp_path / "data")
    first = folder.drop("daily/2020-03-01/01.txt", folder.build_page(day=1))
    told = {"GAZETTE_SERVER__DATABASE": f"postgresql+asyncpg://{database}"}
    with serving(folder, tmp_path / "log", **told) as service:
        wait_for(lambda: folder.is_settled([first]), "what was there is in the tables")
        second = folder.drop("daily/2020-03-02/01.txt", folder.build_page(day=2))
        wait_for(lambda: folder.is_settled([second]), "what arrives is in the tables")
        wait_for(service.is_at_rest, "the run has ended")
        # Prefect writes task runs down behind the run, as their events come in.
        wait_for(lambda: count(database, "task_run", "publish batch 1") >= 2, "both runs have published")
    assert not list((folder.root / HOME).glob("*.db"))
    assert count(database, "flow", "gazette-etl") == 1
    assert count(database, "deployment", "nightly") == 1
