"""Reading all of a generation while runs publish."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gazette.publish.snapshots import ATTEMPTS, read_generation
from gazette.publish.store import Change, Store, StoreError


def test_what_was_replaced_while_it_was_read_is_read_anew(store: Store) -> None:
    store.commit(Change())
    seen: list[Path] = []

    def read(root: Path) -> str:
        seen.append(root)
        if len(seen) == 1:
            for _ in range(3):  # a generation outlives two commits
                store.commit(Change())
        return next(root.rglob("*.parquet")).name

    assert read_generation(store, read) == "part-0.parquet"
    assert [root.name for root in seen] == ["1", "4"]


def test_other_faults_are_told_as_they_are(store: Store) -> None:
    store.commit(Change())

    def fail(root: Path) -> None:
        raise ValueError("a fault of the reader")

    with pytest.raises(ValueError, match="a fault of the reader"):
        read_generation(store, fail)


def test_it_gives_up_where_runs_are_always_faster(store: Store) -> None:
    roots: list[Path] = []

    def read(root: Path) -> None:
        roots.append(root)
        shutil.rmtree(root)
        raise FileNotFoundError(root)

    store.commit(Change())
    store.read_schema = lambda: 1  # type: ignore[method-assign] # the generation is torn away below
    with pytest.raises(StoreError, match="faster than they were read"):
        read_generation(store, read)
    assert len(roots) == ATTEMPTS


def test_without_tables_it_says_how_to_get_them(store: Store) -> None:
    with pytest.raises(StoreError, match="no tables yet; `gazette run"):
        read_generation(store, lambda root: None)
