"""The server for all tests of object stores, and a data folder on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gazette.publish.store import Change, Store
from storage import open_store
from storage.address import parse_address
from storage.bucket import Bucket
from storage.remote import RemoteStore
from tests.cli.conftest import gazette  # noqa: F401
from tests.flows.conftest import process, process_gated  # noqa: F401
from tests.publish.conftest import (  # noqa: F401
    build_change,
    build_document_fixture,
    build_issue,
    issue_ids,
    read_tree,
)
from tests.storage.server import BUCKET, SETTINGS, ObjectServer
from tests.storage.views import Tree

ADDRESS = f"s3://{BUCKET}/data"
MARCH, APRIL = date(2020, 3, 5), date(2020, 4, 6)
Machine = Callable[[str], RemoteStore]
Build = Callable[..., Any]


@pytest.fixture(scope="session")
def running_server() -> Iterator[ObjectServer]:
    server = ObjectServer()
    yield server
    server.stop()


@pytest.fixture
def server(running_server: ObjectServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ObjectServer:
    """An empty bucket, and the environment that leads there."""
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", running_server.endpoint)
    monkeypatch.setenv("GAZETTE_CACHE", str(tmp_path / "cache"))
    running_server.reset()
    return running_server


@pytest.fixture
def bucket(server: ObjectServer) -> Bucket:
    return Bucket(parse_address(ADDRESS))


@pytest.fixture
def machine(server: ObjectServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Machine:
    """The store as a machine of that name sees it: each has copies of its own."""

    def build(name: str) -> RemoteStore:
        monkeypatch.setenv("GAZETTE_CACHE", str(tmp_path / name))
        opened = open_store(ADDRESS)
        assert isinstance(opened, RemoteStore)
        return opened

    return build


@pytest.fixture
def remote(machine: Machine) -> RemoteStore:
    return machine("here")


@pytest.fixture
def changes(build_issue: Build, build_change: Build) -> list[Change]:  # noqa: F811
    """Two months; one month more and a rejected row; an issue read anew, without it."""
    return [
        build_change(build_issue("a", MARCH), build_issue("b", APRIL)),
        build_change(build_issue("c", APRIL), rejected=("r-c",)),
        build_change(build_issue("c", APRIL, count=13)),
    ]


@pytest.fixture
def trees(changes: list[Change], tmp_path: Path, read_tree: Build) -> list[Tree]:  # noqa: F811
    """What a folder on a disk holds after each of the changes."""
    store = Store(tmp_path / "local")
    store.generations.mkdir(parents=True)
    found = []
    for change in changes:
        store.commit(change)
        found.append(read_tree(store))
    return found
