"""How a run works on an object store, and what others see there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from gazette.publish.store import Change
from storage.manifest import POINTER, parse_manifest, parse_pointer
from storage.remote import RemoteStore
from tests.storage.server import ObjectServer

Tree = dict[str, bytes]


@contextmanager
def working(store: RemoteStore) -> Iterator[RemoteStore]:
    with store.lock():
        store.heal()
        yield store


def commit(store: RemoteStore, change: Change) -> int:
    with working(store):
        return store.commit(change)


def read_live(server: ObjectServer) -> Tree:
    """The tables as whoever goes through the pointer sees them."""
    pointer = parse_pointer(server.get(f"data/{POINTER}"), "")
    if pointer.manifest is None:
        return {}
    manifest = parse_manifest(server.get(f"data/{pointer.manifest}"))
    return {path: server.get(f"data/{part.object}") for path, part in manifest.parts.items()}


def read_public(server: ObjectServer) -> Tree:
    """The tables as whoever lists curated/ and quarantine/ sees them."""
    keys = [*server.list_keys("data/curated/"), *server.list_keys("data/quarantine/")]
    return {key.removeprefix("data/"): server.get(key) for key in keys}
