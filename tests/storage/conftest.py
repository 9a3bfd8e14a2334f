"""The server for all tests of object stores, and a data folder on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storage import open_store
from storage.address import parse_address
from storage.bucket import Bucket
from storage.remote import RemoteStore
from tests.publish.conftest import (  # noqa: F401
    build_change,
    build_document_fixture,
    build_issue,
    issue_ids,
    read_tree,
    store,
)
from tests.storage.server import BUCKET, SETTINGS, ObjectServer

ADDRESS = f"s3://{BUCKET}/data"
Machine = Callable[[str], RemoteStore]


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
