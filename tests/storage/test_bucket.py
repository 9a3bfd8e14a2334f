"""Addresses, and what is said when an object store does not do what it is asked."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from gazette.publish.store import Store
from storage import bucket as module
from storage import is_remote, open_store, write_address
from storage.address import Address, parse_address
from storage.bucket import Bucket, Conflict, StorageError
from tests.storage.conftest import ADDRESS
from tests.storage.server import BUCKET, SETTINGS, Fault, ObjectServer


@pytest.mark.parametrize("data", ["s3://papers/a/b", "s3://papers/a//b/", Path("s3://papers/a/b")])
def test_both_spellings_are_one_address(data: str | Path) -> None:
    assert is_remote(data)
    assert parse_address(data) == Address("papers", "a/b/")
    assert str(parse_address(data)) == "s3://papers/a/b"


def test_a_whole_bucket_is_a_data_folder() -> None:
    assert parse_address("s3://papers") == Address("papers", "")
    assert str(parse_address("s3://papers/")) == "s3://papers"


@pytest.mark.parametrize("data", ["s3://", "s3://UPPER/x", "s3://a", "s3://papers/../x", "s3://papers/./x"])
def test_what_is_no_address_is_refused(data: str) -> None:
    with pytest.raises(StorageError, match=r"s3://"):
        open_store(data)


@pytest.mark.parametrize("data", ["data", "/s3:/x", "s3", Path("s3x/y")])
def test_other_folders_are_local(data: str | Path) -> None:
    assert not is_remote(data)
    store = open_store(data)
    assert type(store) is Store
    assert (store.address, store.data) == (str(data), Path(data))
    assert write_address(data) == str(data)


def test_objects_are_written_read_listed_and_removed(bucket: Bucket, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"page")
    bucket.upload(file, "raw/a b/中文.txt")
    assert bucket.has("raw/")
    assert not bucket.has("curated/")
    (listed,) = bucket.list("raw/")
    assert (listed.key, listed.size) == ("raw/a b/中文.txt", 4)
    bucket.download(listed.key, tmp_path / "back", listed.etag)
    assert (tmp_path / "back").read_bytes() == b"page"
    assert bucket.copy(listed.key, "copy") == listed.etag
    bucket.delete([listed.key, "copy"])
    assert list(bucket.list("")) == []
    assert bucket.read("copy") is None
    with pytest.raises(Conflict, match="gone"):
        bucket.download(listed.key, tmp_path / "back")


def test_a_large_file_goes_up_in_parts(
    bucket: Bucket, server: ObjectServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PART", 5 << 20)
    file = tmp_path / "file"
    file.write_bytes(bytes(range(256)) * (6 << 12))
    bucket.upload(file, "large")
    assert sum(method == "PUT" for method, _ in server.requests) == 2
    assert server.get("data/large") == file.read_bytes()


def test_conditions_tell_who_came_first(bucket: Bucket) -> None:
    etag = bucket.write("key", b"1", None)
    with pytest.raises(Conflict):
        bucket.write("key", b"2", None)
    newer = bucket.write("key", b"2", etag)
    with pytest.raises(Conflict):
        bucket.write("key", b"3", etag)
    with pytest.raises(Conflict):
        bucket.write("other", b"3", etag)
    found = bucket.read("key")
    assert found is not None
    assert (found.body, found.etag) == (b"2", newer)


def test_a_write_whose_answer_is_lost_is_no_conflict_with_itself(bucket: Bucket, server: ObjectServer) -> None:
    answers = iter([Fault.LOST])
    server.judge = lambda method, key: next(answers, None) if method == "PUT" else None
    etag = bucket.write("key", b"mine", None)
    assert [method for method, _ in server.requests] == ["PUT", "PUT", "GET"]
    found = bucket.read("key")
    assert found is not None
    assert (found.body, found.etag) == (b"mine", etag)


def test_a_store_that_ignores_conditions_is_refused(bucket: Bucket, server: ObjectServer) -> None:
    server.judge = lambda method, key: Fault.UNCONDITIONAL
    bucket.overwrite("key", b"mine")
    with pytest.raises(StorageError, match="ignores the condition IfNoneMatch"):
        bucket.check_conditions("key", b"mine")
    server.judge = lambda method, key: None
    bucket.check_conditions("key", b"mine")


def test_what_cannot_be_reached_refuses_or_is_not_there_is_told(
    bucket: Bucket, server: ObjectServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(b"x")
    server.judge = lambda method, key: Fault.DENIED
    for call in (
        lambda: bucket.read("x"),
        lambda: list(bucket.list("")),
        lambda: bucket.upload(tmp_path / "file", "x"),
    ):
        with pytest.raises(StorageError, match=rf"^{ADDRESS}: access denied: .*operations.md"):
            call()
    server.judge = lambda method, key: None
    with pytest.raises(StorageError, match=r"^s3://no-bucket/data: there is no such bucket$"):
        Bucket(parse_address("s3://no-bucket/data")).has("raw/")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(StorageError, match=rf"^{ADDRESS}: http://127.0.0.1:9 cannot be reached"):
        Bucket(parse_address(ADDRESS)).has("raw/")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("InvalidAccessKeyId", "the access key is not known there"),
        ("SignatureDoesNotMatch", "the secret key does not fit the access key"),
        ("ExpiredToken", "the credentials have expired"),
    ],
)
def test_wrong_credentials_are_told_without_them(
    bucket: Bucket, server: ObjectServer, monkeypatch: pytest.MonkeyPatch, code: str, words: str
) -> None:
    from tests.storage import server as serving

    monkeypatch.setattr(serving, "REFUSAL", code)
    server.judge = lambda method, key: Fault.DENIED
    with pytest.raises(StorageError) as told:
        bucket.has("raw/")
    assert str(told.value) == f"{ADDRESS}: {words}"
    assert SETTINGS["AWS_SECRET_ACCESS_KEY"] not in repr(told.value)


def test_no_credentials_are_told(server: ObjectServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(StorageError, match="no credentials found"):
        Bucket(parse_address(ADDRESS)).has("raw/")


def test_a_profile_that_is_not_there_is_told(server: ObjectServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(StorageError, match=r"profile \(nobody\)"):
        open_store(ADDRESS)


def test_without_the_extra_it_is_told_how_to_get_it(server: ObjectServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(StorageError, match=r"^s3://papers/data: .*`make s3`"):
        open_store(ADDRESS)


def test_a_folder_of_other_files_is_never_made_a_working_copy(server: ObjectServer, tmp_path: Path) -> None:
    (copy,) = (open_store(ADDRESS).data.parent,)
    for file in copy.iterdir():
        file.unlink()
    (copy / "thesis.txt").write_text("years of work")
    with pytest.raises(StorageError, match="holds other files"):
        open_store(ADDRESS)
    assert (copy / "thesis.txt").read_text() == "years of work"


def test_the_same_bucket_of_another_server_has_another_copy(
    server: ObjectServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = open_store(f"s3://{BUCKET}/data").data
    assert open_store(f"s3://{BUCKET}/other").data != here
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    assert open_store(f"s3://{BUCKET}/data").data != here
