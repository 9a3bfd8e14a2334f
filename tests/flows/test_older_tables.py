"""Tables of another version: older ones are read, gone on with and brought up to date; newer ones are left alone.

first_version.tar.xz is the data folder that the first version whose pipeline ran from end to end (commit 6fc03f3) made
of its own sample issues: nine files, seven of them published.
"""

from __future__ import annotations

import hashlib
import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq
import pytest

from cli.failure import Failure
from cli.published import open_published
from flows import pipeline
from flows.run import RunFailed, run
from gazette.publish.series import build_series, build_statements
from gazette.publish.store import SECTIONS, StoreError
from gazette.tables import RECORD_TABLES, SCHEMA, TABLES
from tasks.summary import NOTHING, RunSummary

Data = Any
Process = Callable[..., RunSummary]
FIRST_VERSION = Path(__file__).parents[1] / "publish" / "first_version.tar.xz"
ADDED = ("page_number", "x0", "y0", "x1", "y1", "ocr_confidence")  # to mentions, since then
DERIVED = ("series", "checks")  # tables since then
SCHEMAS = {2: "92af8adb4300ca2d"}  # what each declaration was, once published: a new one has the next number


@pytest.fixture
def old(data: Data) -> Data:
    with tarfile.open(FIRST_VERSION) as archive:
        archive.extractall(data.root, filter="tar")
    return data


def read_old(data: Data) -> dict[str, pl.DataFrame]:
    """The rows as they were written, by file below the generation, with a reader that knows nothing of ours."""
    root = data.store.snapshot()
    return {str(file.relative_to(root)): pl.read_parquet(file) for file in sorted(root.rglob("*.parquet"))}


def bring_up_to_date(data: Data) -> None:
    with data.store.lock():
        data.store.heal()
        pipeline.bring_up_to_date(data.store)


def test_they_are_read_as_they_stand(old: Data) -> None:
    assert old.store.read_schema() == 1
    assert old.store.is_outdated()
    assert old.store.read("documents").height == 9
    assert old.store.read("mentions").schema == TABLES["mentions"].polars_schema()
    connection = open_published(old.root)
    counts = connection.execute("select count(*), count(page_number) from mentions").fetchone()
    assert counts == (old.store.read("mentions").height, 0)
    for name in TABLES:
        names = ", ".join(f'"{column}"' for column in TABLES[name].names)
        connection.execute(f"select {names} from {name}")


def test_they_are_brought_up_to_date_without_a_change_of_what_they_say(old: Data, process_gated: Process) -> None:
    before = read_old(old)
    bring_up_to_date(old)
    root = old.store.snapshot()
    assert not old.store.is_outdated()
    for path, rows in before.items():
        section, name = path.split("/")[:2]
        table = TABLES[name].quarantine() if section == "quarantine" else TABLES[name]
        file = root / path
        assert pq.read_schema(file).names == list(table.names)
        assert pq.read_schema(file).metadata[b"schema"] == str(SCHEMA).encode()
        now = pl.read_parquet(file, hive_partitioning=False)
        assert now.select(rows.columns).equals(rows)
        assert all(now[column].null_count() == now.height for column in ADDED if name == "mentions")
    added = {path.relative_to(root).as_posix() for path in root.rglob("*.parquet")} - before.keys()
    assert all(path.split("/")[1] in DERIVED for path in added)
    for name in TABLES:  # one pattern reads all months again
        assert pl.read_parquet(f"{old.root}/curated/{name}/**/*.parquet", hive_partitioning=False).width


def test_what_is_derived_tells_of_the_old_records(old: Data, process_gated: Process) -> None:
    bring_up_to_date(old)
    records = {name: old.store.read(name) for name in RECORD_TABLES}
    wanted = build_series(build_statements(records)).sort("series_id")
    assert wanted.height > 100
    told = pl.concat([old.store.read("series"), old.store.read("series", "quarantine").select(wanted.columns)])
    assert told.sort("series_id").equals(wanted)


def test_a_run_goes_on_with_them(old: Data, process: Process) -> None:
    bring_up_to_date(old)
    before = old.store.read("documents")
    assert process(old).name == NOTHING
    old.write_page(5)
    assert [document["path"] for document in process(old).documents] == ["daily/2020-03-05/01.txt"]
    after = old.store.read("documents")
    assert after.height == 10
    assert after.join(before, on=["path", "issue_id"], how="semi").sort("path").equals(before.sort("path"))


@pytest.mark.parametrize("step", [1, 3, 6])
def test_what_is_interrupted_begins_again(old: Data, process: Process, step: int) -> None:
    class Killed(BaseException):
        pass

    bring_up_to_date(old)
    wanted = old.tree()
    with tarfile.open(FIRST_VERSION) as archive:
        archive.extractall(old.root, filter="tar")
    assert old.store.is_outdated()
    taken = 0

    def count(number: int) -> None:
        nonlocal taken
        taken += 1
        if taken == step:
            raise Killed

    old.store._announce = count
    with pytest.raises(Killed):
        bring_up_to_date(old)
    del old.store._announce
    bring_up_to_date(old)
    assert old.tree() == wanted


def stamp(file: Path, schema: int) -> None:
    table = pq.read_table(file, partitioning=None)
    pq.write_table(table.replace_schema_metadata({**table.schema.metadata, b"schema": str(schema)}), file)


def test_newer_ones_are_refused_and_left_alone(data: Data, process: Process) -> None:
    data.write_page(5)
    process(data)
    for section in SECTIONS:
        for file in (data.store.snapshot() / section).rglob("*.parquet"):
            stamp(file, SCHEMA + 1)
    before, generation = data.tree(), data.store.snapshot()
    data.write_page(6, count=70)
    words = rf"written by a newer version of Gazette \(schema {SCHEMA + 1}; this one knows up to {SCHEMA}\)"
    for read in (data.store.heal, lambda: data.store.read("projects"), lambda: data.store.read_documents()):
        with pytest.raises(StoreError, match=words):
            read()
    with pytest.raises(RunFailed, match=words):
        run(data.root, lambda progress: None)
    with pytest.raises(Failure, match="a newer version of Gazette wrote these tables"):
        open_published(data.root)
    assert data.tree() == before
    assert data.store.snapshot() == generation


def test_a_declaration_that_changed_has_another_number() -> None:
    """Where this fails: if tables of the number below were published by a release, give `schema` in tables.toml the
    next number and add its digest here; else put the new digest in the place of the old."""
    declared = [[t.name, [[c.name, c.type, c.nullable] for c in t.columns]] for t in TABLES.values()]
    assert hashlib.sha256(json.dumps(declared).encode()).hexdigest()[:16] == SCHEMAS[SCHEMA]
