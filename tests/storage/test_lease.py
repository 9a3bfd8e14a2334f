"""The lease: one holder at a time, and none that died keeps it."""

from __future__ import annotations

import json
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from storage import lease as module
from storage.bucket import Bucket, StorageError
from storage.lease import KEY, Lease
from tests.storage.server import Fault, ObjectServer


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    file = tmp_path / "lock"
    file.touch()
    return file


@pytest.fixture
def other_lock(tmp_path: Path) -> Path:
    file = tmp_path / "lock of another machine"
    file.touch()
    return file


def test_the_second_waits_is_told_who_holds_it_and_comes_next(
    bucket: Bucket, lock: Path, other_lock: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "POLL_SECONDS", 0.05)
    told: list[str] = []
    order: list[str] = []

    def wait() -> None:
        with Lease(bucket, other_lock).hold(told.append):
            order.append("second")

    with Lease(bucket, lock).hold(None):
        thread = threading.Thread(target=wait)
        thread.start()
        while not told:
            time.sleep(0.02)
        time.sleep(0.2)
        order.append("first")
    thread.join(10)
    assert order == ["first", "second"]
    assert len(told) == 1
    assert told[0].startswith("another run works on s3://papers/data (process ")


def test_a_released_lease_is_not_taken_over_but_taken(bucket: Bucket, lock: Path, other_lock: Path) -> None:
    with Lease(bucket, lock).hold(None):
        pass
    second = Lease(bucket, other_lock)
    with second.hold(None):
        assert not second.took_over
        second.check()


def wait_for(lease: Lease) -> None:
    """Until it is held again."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with suppress(StorageError):
            return lease.check()
        time.sleep(0.1)
    lease.check()


def die(bucket: Bucket, lock: Path, monkeypatch: pytest.MonkeyPatch, seconds: float) -> Lease:
    """A lease whose holder is gone without a word."""
    monkeypatch.setattr(module, "SECONDS", seconds)
    lease = Lease(bucket, lock)
    lease._acquire(None)
    return lease


def test_a_dead_holder_is_waited_for_until_its_lease_expires(
    bucket: Bucket, lock: Path, other_lock: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "POLL_SECONDS", 0.05)
    die(bucket, lock, monkeypatch, 2.0)
    began = time.monotonic()
    lease = Lease(bucket, other_lock)
    with lease.hold(None):
        assert lease.took_over
    assert time.monotonic() - began > 1.0  # the store counts in whole seconds


def test_a_dead_holder_in_this_copy_is_not_waited_for(
    bucket: Bucket, lock: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    die(bucket, lock, monkeypatch, 3600.0)
    lease = Lease(bucket, lock)
    with lease.hold(lambda words: pytest.fail(words)):
        assert lease.took_over


def test_a_holder_renews_for_as_long_as_it_works(
    bucket: Bucket, lock: Path, other_lock: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SECONDS", 4.0)
    holder, other = Lease(bucket, lock), Lease(bucket, other_lock)
    with holder.hold(None):
        time.sleep(6.0)
        holder.check()
        assert not other._try(bucket.read(KEY))
    assert json.loads(bucket.read(KEY).body)["renewals"] >= 3  # type: ignore[union-attr]


def test_a_holder_that_was_taken_over_knows(
    bucket: Bucket, lock: Path, other_lock: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SECONDS", 1.0)
    holder = Lease(bucket, lock)
    with holder.hold(None):
        holder.check()
        bucket.overwrite(KEY, b"{}")  # whoever took over
        time.sleep(1.0)
        with pytest.raises(StorageError, match="could not renew its lease"):
            holder.check()
    found = bucket.read(KEY)
    assert found is not None
    assert found.body == b"{}"  # what is another's is left alone


def test_a_holder_without_a_network_stops_in_time_and_goes_on_with_it(
    bucket: Bucket, server: ObjectServer, lock: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SECONDS", 2.0)
    holder = Lease(bucket, lock)
    with holder.hold(None):
        server.judge = lambda method, key: Fault.DENIED
        time.sleep(1.8)
        with pytest.raises(StorageError, match="could not renew"):
            holder.check()
        server.judge = lambda method, key: None
        wait_for(holder)


def test_a_damaged_lease_expires_like_any_other(bucket: Bucket, lock: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "POLL_SECONDS", 0.05)
    monkeypatch.setattr(module, "SECONDS", 1.0)
    bucket.overwrite(KEY, b'{"token": 1, "unknown": 2}')
    lease = Lease(bucket, lock)
    with lease.hold(None):
        assert lease.took_over


def test_a_store_without_conditions_is_not_worked_on(bucket: Bucket, server: ObjectServer, lock: Path) -> None:
    server.judge = lambda method, key: Fault.UNCONDITIONAL
    with (
        pytest.raises(StorageError, match="needs an object store that honours it"),
        Lease(bucket, lock).hold(None),
    ):
        pytest.fail("a lease that anybody can take")


def test_a_refusal_that_settles_nothing_loses_no_lease(
    bucket: Bucket, server: ObjectServer, lock: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store may answer 409 to a write that met another one, whichever of them it then keeps."""
    monkeypatch.setattr(module, "SECONDS", 2.0)
    answers = iter([Fault.UNSETTLED])
    holder = Lease(bucket, lock)
    with holder.hold(None):
        server.judge = lambda method, key: next(answers, None) if method == "PUT" else None
        time.sleep(2.0)
        assert next(answers, "taken") == "taken"
        wait_for(holder)


def test_who_has_let_go_holds_nothing(bucket: Bucket, lock: Path) -> None:
    holder = Lease(bucket, lock)
    with holder.hold(None):
        holder.check()
    with pytest.raises(StorageError, match="could not renew"):
        holder.check()
