"""The store in an object store: a change is published whole or not at all, whoever dies and whoever watches."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.dataset
import pyarrow.fs
import pytest

from gazette.publish.store import Change, Store, StoreError
from gazette.tables import TABLES
from storage import open_reading
from storage import remote as module
from storage.bucket import Bucket, StorageError
from storage.lease import Lease
from storage.manifest import GENERATIONS, POINTER, parse_manifest
from storage.remote import PUBLISHED, RemoteStore
from tests.storage.conftest import ADDRESS, MARCH, Build, Machine
from tests.storage.server import BUCKET, SETTINGS, Fault, ObjectServer
from tests.storage.views import Tree, commit, read_live, read_public, working


class Killed(BaseException):
    """The process dies here: nothing that follows happens."""


def changed(server: ObjectServer, prefix: str) -> list[str]:
    keys = [key for method, key in server.requests if method == "PUT" and key.startswith(f"data/{prefix}")]
    server.requests.clear()
    return sorted(keys)


def test_every_view_holds_what_a_local_folder_would(
    remote: RemoteStore, server: ObjectServer, changes: list[Change], trees: list[Tree], read_tree: Build
) -> None:
    for number, (change, tree) in enumerate(zip(changes, trees, strict=True), 1):
        assert commit(remote, change) == number
        assert read_tree(remote) == read_live(server) == read_public(server) == tree


def test_readers_of_the_trade_see_the_rows(remote: RemoteStore, server: ObjectServer, changes: list[Change]) -> None:
    for change in changes:
        commit(remote, change)
    options = {
        "aws_access_key_id": SETTINGS["AWS_ACCESS_KEY_ID"],
        "aws_secret_access_key": SETTINGS["AWS_SECRET_ACCESS_KEY"],
        "aws_region": "us-east-1",
        "aws_endpoint_url": server.endpoint,
        "aws_allow_http": "true",
    }
    files = pyarrow.fs.S3FileSystem(
        access_key=SETTINGS["AWS_ACCESS_KEY_ID"],
        secret_key=SETTINGS["AWS_SECRET_ACCESS_KEY"],
        region="us-east-1",
        endpoint_override=server.endpoint.removeprefix("http://"),
        scheme="http",
    )
    for name in ("projects", "mentions", "texts", "documents"):
        wanted = remote.read(name).sort(pl.all())
        assert wanted.height == 3
        frame = pl.read_parquet(f"{ADDRESS}/curated/{name}/**/*.parquet", storage_options=options)
        assert frame.select(wanted.columns).sort(pl.all()).equals(wanted)
        dataset = pyarrow.dataset.dataset(f"{BUCKET}/data/curated/{name}", filesystem=files, partitioning="hive")
        arrow = pl.from_arrow(dataset.to_table(columns=list(TABLES[name].names)))
        assert isinstance(arrow, pl.DataFrame)
        assert arrow.cast(wanted.schema).sort(pl.all()).equals(wanted)


def test_only_the_parts_that_change_go_up(remote: RemoteStore, server: ObjectServer, changes: list[Change]) -> None:
    commit(remote, changes[0])
    server.requests.clear()
    commit(remote, changes[1])
    sent = list(server.requests)
    uploads = changed(server, GENERATIONS)
    assert all("month=2020-04" in key or key.endswith("manifest.json") for key in uploads)
    server.requests[:] = sent
    assert changed(server, "curated/")
    assert all("month=2020-04" in key for method, key in sent if method == "PUT" and "data/curated/" in key)


def test_a_start_without_work_writes_nothing_but_the_lease(
    remote: RemoteStore, server: ObjectServer, changes: list[Change]
) -> None:
    commit(remote, changes[0])
    server.requests.clear()
    with working(remote):
        pass
    assert {key for method, key in server.requests if method != "GET"} == {"data/.store/lease"}


def test_another_machine_goes_on_where_the_first_stopped(
    machine: Machine, server: ObjectServer, changes: list[Change], trees: list[Tree], read_tree: Build
) -> None:
    commit(machine("first"), changes[0])
    commit(machine("second"), changes[1])
    server.requests.clear()
    first = machine("first")
    commit(first, changes[2])
    fetched = [key for method, key in server.requests if method == "GET" and key.endswith(".parquet")]
    assert fetched
    assert all("/2-" in key for key in fetched)  # what it had already is linked
    assert read_tree(first) == read_live(server) == read_public(server) == trees[2]


def test_a_copy_may_be_deleted(
    machine: Machine, server: ObjectServer, changes: list[Change], trees: list[Tree]
) -> None:
    for number, change in enumerate(changes):
        commit(machine(str(number)), change)
    assert read_live(server) == read_public(server) == trees[2]


def count_writes(store: RemoteStore, monkeypatch: pytest.MonkeyPatch, fatal: int | None = None) -> list[int]:
    """Counts the writes to the object store, one at a time, and dies before one of them."""
    taken = [0]

    def wrap(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            taken[0] += 1
            if taken[0] == fatal:
                raise Killed
            return function(*arguments)

        return call

    for name in ("write", "overwrite", "upload", "copy", "delete"):
        monkeypatch.setattr(store.bucket, name, wrap(getattr(store.bucket, name)))
    monkeypatch.setattr(module, "PARALLEL", 1)
    return taken


def test_whoever_dies_wherever_the_next_run_completes_it(
    machine: Machine,
    server: ObjectServer,
    changes: list[Change],
    trees: list[Tree],
    read_tree: Build,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The last change is committed by a run that dies before each of its writes in turn; before the swap nothing is seen
    of it, and after it everything. Then another machine goes on."""
    monkeypatch.setattr(Lease, "_renew", lambda self: None)
    monkeypatch.setattr(Lease, "_release", lambda self: None)  # the dead release nothing
    monkeypatch.setattr("storage.lease.SECONDS", 0.0)
    monkeypatch.setattr(Lease, "check", lambda self: None)
    for change in changes[:2]:
        commit(machine("origin"), change)
    with pytest.MonkeyPatch.context() as patch:
        steps = count_writes(dying := machine("count"), patch)
        commit(dying, changes[2])
    assert read_live(server) == trees[2]
    commit(machine("origin"), changes[1])  # back to the state before
    fates = set()
    for fatal in range(1, steps[0] + 1):
        with pytest.MonkeyPatch.context() as patch:
            dying = machine("dying")
            count_writes(dying, patch, fatal)
            with pytest.raises(Killed):
                commit(dying, changes[2])
        seen = read_live(server)
        assert seen in (trees[1], trees[2]), fatal
        public = read_public(server)
        assert all(public[path] in (trees[1].get(path), trees[2].get(path)) for path in public), fatal
        fates.add(trees.index(seen))
        healed = machine("healer" if fatal % 2 else "dying")  # a machine of its own, or the same one again
        with working(healed):
            assert read_tree(healed) == seen == read_public(server), fatal
        commit(healed, changes[2])
        assert read_tree(healed) == read_live(server) == read_public(server) == trees[2], fatal
        commit(healed, changes[1])
    assert fates == {1, 2}
    assert steps[0] >= 10


def test_a_run_that_lost_its_lease_publishes_nothing(
    machine: Machine, server: ObjectServer, changes: list[Change], trees: list[Tree], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first run is stopped right before its swap, another takes over, and then the first goes on."""
    commit(machine("origin"), changes[0])
    first, second = machine("first"), machine("second")
    swap = first._swap_pointer
    with monkeypatch.context() as patch:
        patch.setattr(Lease, "_renew", lambda self: None)

        def pause(manifest: Any) -> None:
            patch.setattr(Lease, "_is_over", lambda self, former, found: True)  # a minute has gone by
            with second.lock():
                second.heal()
            swap(manifest)

        patch.setattr(first, "_swap_pointer", pause)
        with pytest.raises(StorageError, match="another run took over"), working(first):
            first.commit(changes[1])
    assert read_live(server) == read_public(server) == trees[0]
    commit(second, changes[1])
    assert read_live(server) == read_public(server) == trees[1]
    with pytest.raises(StorageError, match="could not renew"):
        first.commit(changes[1])


def test_a_swap_whose_answer_is_lost_is_found_out(
    remote: RemoteStore, server: ObjectServer, changes: list[Change], trees: list[Tree], read_tree: Build
) -> None:
    """The store carries it out and then cannot be reached; the task is tried again."""
    with working(remote):
        remote.commit(changes[0])
        swapped: list[str] = []

        def judge(method: str, key: str) -> Fault | None:
            if (method, key) == ("PUT", f"data/{POINTER}"):
                swapped.append(key)
                return Fault.LOST
            return Fault.GONE if swapped else None

        server.judge = judge
        with pytest.raises(StorageError, match="cannot be reached"):
            remote.commit(changes[1])
        assert read_tree(remote) == trees[0]
        server.judge = lambda method, key: None
        assert read_live(server) == trees[1]
        assert remote.commit(changes[1]) == 3
        assert read_tree(remote) == read_live(server) == read_public(server) == trees[1]


def test_a_server_that_goes_leaves_the_tables_as_they_were(
    remote: RemoteStore, server: ObjectServer, changes: list[Change], trees: list[Tree], read_tree: Build
) -> None:
    with working(remote):
        remote.commit(changes[0])
        server.judge = lambda method, key: Fault.GONE if method == "PUT" and GENERATIONS in key else None
        with pytest.raises(StoreError, match=f"^{ADDRESS}: .*"):
            remote.commit(changes[1])
        assert read_tree(remote) == read_live(server) == read_public(server) == trees[0]
        server.judge = lambda method, key: None
        remote.commit(changes[1])
    assert read_tree(remote) == read_live(server) == read_public(server) == trees[1]


def test_copies_that_lag_behind_are_told_and_brought_up(
    remote: RemoteStore, server: ObjectServer, changes: list[Change], trees: list[Tree]
) -> None:
    with working(remote):
        server.judge = lambda method, key: Fault.DENIED if key.startswith("data/quarantine/") else None
        remote.commit(changes[0])
        with pytest.raises(StorageError, match="generation 2 is published, and the next run brings curated/"):
            remote.commit(changes[1])
    assert read_live(server) == trees[1] != read_public(server)
    server.judge = lambda method, key: None
    with working(remote):
        assert read_public(server) == trees[1]


def test_what_anybody_did_to_the_copies_is_mended_and_other_objects_are_left(
    remote: RemoteStore, server: ObjectServer, changes: list[Change], trees: list[Tree]
) -> None:
    commit(remote, changes[0])
    path = "data/curated/projects/month=2020-03/part-0.parquet"
    server.put(path, "spoilt")
    server.client.delete_object(Bucket=BUCKET, Key=path.replace("projects", "texts"))
    server.put(path.replace("03", "12"), "of no generation")
    server.put("data/curated/README.md", "ours")
    server.put(f"data/{PUBLISHED}", "[")
    with working(remote):
        pass
    assert server.get("data/curated/README.md") == b"ours"
    server.client.delete_object(Bucket=BUCKET, Key="data/curated/README.md")
    assert read_public(server) == trees[0]


def test_a_reader_sees_whole_generations_while_runs_publish(
    machine: Machine,
    server: ObjectServer,
    build_issue: Build,
    build_change: Build,
    issue_ids: Build,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every generation has the same issues in every table, and one more than the one before."""
    store = machine("writer")
    machine("reader")  # from here on readers' copies are there
    ended = threading.Event()
    faults: list[BaseException] = []

    def publish() -> None:
        try:
            with working(store):
                for number in range(8):
                    day = MARCH + timedelta(days=30 * number)
                    store.commit(build_change(build_issue(f"i{number:02}", day), build_issue(f"j{number:02}", day)))
        except BaseException as error:
            faults.append(error)
        finally:
            ended.set()

    thread = threading.Thread(target=publish)
    thread.start()
    seen: list[int] = []
    while not ended.is_set() or seen[-1] < 16:
        folder = Store(open_reading(ADDRESS))
        ids = {name: issue_ids(folder, name) for name in ("projects", "mentions", "texts", "documents")}
        assert len({tuple(found) for found in ids.values()}) == 1
        seen.append(len(ids["texts"]))
        assert not faults
    thread.join()
    assert seen == sorted(seen)
    assert all(count % 2 == 0 for count in seen)
    assert len(set(seen)) > 2


def test_what_nobody_needs_is_removed_after_an_hour(
    remote: RemoteStore,
    server: ObjectServer,
    changes: list[Change],
    trees: list[Tree],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def count() -> int:
        return len({key.split("/")[3] for key in server.list_keys(f"data/{GENERATIONS}")})

    for change in (*changes, *changes[1:]):
        commit(remote, change)
    server.put(f"data/{GENERATIONS}6-orphan/curated/texts/month=2020-03/part-0.parquet", "of a push that was cut short")
    commit(remote, changes[1])
    assert count() == 7  # five generations... and all of the last hour
    monkeypatch.setattr(module, "KEPT_FOR", timedelta(seconds=-10))
    with working(remote):
        pass
    kept = sorted(
        key.split("/")[3].split("-")[0] for key in server.list_keys(f"data/{GENERATIONS}") if "manifest" in key
    )
    assert kept == ["4", "5", "6"]
    assert not any("orphan" in key for key in server.list_keys(f"data/{GENERATIONS}"))
    assert read_live(server) == read_public(server) == trees[1]
    for key in (key for key in server.list_keys(f"data/{GENERATIONS}") if "manifest" in key):
        for part in parse_manifest(server.get(key)).parts.values():
            server.client.head_object(Bucket=BUCKET, Key=f"data/{part.object}")


def test_a_bucket_put_back_to_an_earlier_state_is_followed(
    remote: RemoteStore, server: ObjectServer, changes: list[Change], trees: list[Tree], read_tree: Build
) -> None:
    commit(remote, changes[0])
    kept = server.get(f"data/{POINTER}")
    commit(remote, changes[1])
    commit(remote, changes[2])
    server.put(f"data/{POINTER}", kept)
    with working(remote):
        assert read_tree(remote) == read_live(server) == read_public(server) == trees[0]
    commit(remote, changes[1])
    assert read_tree(remote) == read_public(server) == trees[1]


def test_a_bucket_that_was_emptied_is_begun_anew(
    remote: RemoteStore, server: ObjectServer, changes: list[Change], trees: list[Tree], read_tree: Build
) -> None:
    commit(remote, changes[0])
    server.reset()
    with working(remote):
        assert remote.snapshot() is None
        assert remote.read_documents().is_empty()
    commit(remote, changes[0])
    assert read_tree(remote) == read_public(server) == trees[0]


@pytest.mark.parametrize("body", [b"", b"[]", b"7", b'{"generation": "x"}', b'{"generation": 1}'])
def test_a_damaged_pointer_is_told_and_nothing_is_done(
    remote: RemoteStore, server: ObjectServer, changes: list[Change], body: bytes
) -> None:
    commit(remote, changes[0])
    public = read_public(server)
    server.put(f"data/{POINTER}", body)
    with pytest.raises(StorageError, match=r"s3://papers/data/\.store/current: no "), remote.lock():
        pytest.fail("the tables cannot be known")
    assert read_public(server) == public
    assert server.get(f"data/{POINTER}") == body


def test_a_part_that_is_not_what_the_manifest_says_is_told(
    machine: Machine, server: ObjectServer, changes: list[Change]
) -> None:
    commit(machine("first"), changes[0])
    key = next(key for key in server.list_keys(f"data/{GENERATIONS}") if "projects" in key)
    server.put(key, server.get(key)[:-1] + b"!")
    with pytest.raises(StorageError, match=r"projects/.* it is not what the manifest says"), machine("second").lock():
        pytest.fail("a damaged table is none")


@pytest.mark.parametrize("path", ["curated/../../../x", "/etc/x", "curated/texts/month=2020-03/other", "raw/x"])
def test_a_manifest_of_other_files_is_told_and_nothing_is_written(
    path: str, machine: Machine, server: ObjectServer, changes: list[Change]
) -> None:
    commit(machine("first"), changes[0])
    key = next(key for key in server.list_keys(f"data/{GENERATIONS}") if key.endswith("manifest.json"))
    manifest = json.loads(server.get(key))
    manifest["parts"][path] = manifest["parts"].pop("curated/texts/month=2020-03/part-0.parquet")
    server.put(key, json.dumps(manifest))
    second = machine("second")
    with pytest.raises(StorageError, match=r"manifest.json: no manifest .*is no part of a table"), second.lock():
        pytest.fail("whatever such a manifest says")
    assert second.snapshot() is None


def test_reading_takes_no_lease_and_writes_nothing(
    machine: Machine, server: ObjectServer, changes: list[Change], trees: list[Tree], read_tree: Build
) -> None:
    store = machine("here")
    with working(store):
        store.commit(changes[0])
        server.requests.clear()
        assert read_tree(Store(open_reading(ADDRESS))) == trees[0]
        assert {method for method, _ in server.requests} == {"GET"}
        store.commit(changes[1])
        server.requests.clear()
        assert read_tree(Store(open_reading(ADDRESS))) == trees[1]
        fetched = [key for _, key in server.requests if key.endswith(".parquet")]
        assert all("/2-" in key for key in fetched)
    server.put("data/raw/daily/2020-03-05/01.txt", "one")
    folder = open_reading(ADDRESS, with_raw=True)
    assert (folder / "raw/daily/2020-03-05/01.txt").read_text() == "one"


def test_no_secret_is_written_anywhere(
    bucket: Bucket, remote: RemoteStore, server: ObjectServer, changes: list[Change]
) -> None:
    commit(remote, changes[0])
    secret = SETTINGS["AWS_SECRET_ACCESS_KEY"].encode()
    for key in server.list_keys():
        assert secret not in server.get(key)
    for file in remote.data.parent.rglob("*"):
        assert not file.is_file() or secret not in file.read_bytes()
    assert json.loads(server.get("data/.store/lease"))["is_released"]


@pytest.mark.parametrize("page", ["operations.md", "operations.zh-CN.md"])
def test_the_documented_way_through_the_pointer_reads_the_rows(
    page: str, remote: RemoteStore, changes: list[Change], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    for change in changes[:2]:
        commit(remote, change)
    text = (Path(__file__).parents[2] / "docs" / page).read_text(encoding="utf-8")
    (code,) = [code for code in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if ".store/current" in code]
    names: dict[str, Any] = {}
    exec(code, names)
    assert names["projects"].sort(pl.all()).equals(remote.read("projects").sort(pl.all()))
