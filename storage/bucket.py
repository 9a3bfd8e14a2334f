"""The objects of one data folder: the only place that speaks to an object store.

Takes and gives keys below the data folder's prefix. Credentials, endpoint and region are found where all tools of AWS
find them (environment, ~/.aws, the machine's role), and are never told. Every failure is a StorageError that names the
address and says what to do; a condition that did not hold is a Conflict.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from gazette.publish.store import StoreError
from storage.address import Address

CHUNK = 1 << 20
PART = 64 << 20  # from that size on a file goes up in parts, each tried again on its own
PARALLEL = 8  # transfers at a time
DELETED_AT_ONCE = 1000  # the most that one request takes
NEVER = '"00000000000000000000000000000000"'  # an ETag that no object has
REASONS = {
    "NoSuchBucket": "there is no such bucket",
    "AccessDenied": "access denied: these credentials lack a right that is needed (docs/operations.md lists them)",
    "403": "access denied: these credentials lack a right that is needed (docs/operations.md lists them)",
    "InvalidAccessKeyId": "the access key is not known there",
    "InvalidClientTokenId": "the access key is not known there",
    "SignatureDoesNotMatch": "the secret key does not fit the access key",
    "ExpiredToken": "the credentials have expired",
    "RequestTimeTooSkewed": "this machine's clock is wrong",
}
Item = TypeVar("Item")


class StorageError(StoreError):
    """The object store refused or could not be reached."""


class Conflict(StorageError):
    """The object is not as it was expected: somebody else wrote it."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An object as a listing tells of it."""

    key: str
    etag: str
    size: int
    modified: datetime


@dataclass(frozen=True, slots=True)
class Content:
    """A small object. `read_at` is the time of reading by the store's own clock."""

    body: bytes
    etag: str
    modified: datetime
    read_at: datetime


class Bucket:
    """The part of a bucket that is one data folder."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self._client = _connect(address)

    @property
    def endpoint(self) -> str:
        return str(self._client.meta.endpoint_url)

    # -- reading

    def list(self, prefix: str) -> Iterator[Listed]:
        """Every object whose key begins so, by key."""
        pages = self._client.get_paginator("list_objects_v2")
        with self._explaining():
            for page in pages.paginate(Bucket=self.address.bucket, Prefix=self.address.prefix + prefix):
                for found in page.get("Contents", ()):
                    key = found["Key"].removeprefix(self.address.prefix)
                    yield Listed(key, found["ETag"], found["Size"], found["LastModified"])

    def has(self, prefix: str) -> bool:
        """Whether any object's key begins so."""
        with self._explaining():
            prefix = self.address.prefix + prefix
            found = self._client.list_objects_v2(Bucket=self.address.bucket, Prefix=prefix, MaxKeys=1)
        return bool(found.get("Contents"))

    def read(self, key: str) -> Content | None:
        """A small object; None where there is none."""
        with self._explaining():
            try:
                answer = self._client.get_object(**self._name(key))
            except self._client.exceptions.NoSuchKey:
                return None
            body = answer["Body"].read()
        sent = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
        read_at = parsedate_to_datetime(sent) if sent else datetime.now(UTC)
        return Content(body, answer["ETag"], answer["LastModified"], read_at)

    def download(self, key: str, file: Path, etag: str | None = None) -> None:
        """Writes the object to `file`, a piece at a time. With `etag`, raises Conflict where it is another by now.
        Raises Conflict where it is gone, and OSError where the file cannot be written."""
        condition = {"IfMatch": etag} if etag else {}
        with self._explaining():
            try:
                answer = self._client.get_object(**self._name(key), **condition)
            except self._client.exceptions.NoSuchKey:
                raise Conflict(f"{self.address}: {key} is gone") from None
            with file.open("wb") as handle:
                for piece in answer["Body"].iter_chunks(CHUNK):
                    handle.write(piece)

    # -- writing

    def write(self, key: str, body: bytes, if_match: str | None) -> str:
        """Writes a small object that no other writer could write, in the place of the version `if_match`, or (None) of
        nothing. Returns its ETag. Raises Conflict where another version is there."""
        condition = {"IfMatch": if_match} if if_match else {"IfNoneMatch": "*"}
        try:
            return self._put(key, body, condition)
        except Conflict:
            found = self.read(key)  # an answer that was lost on the way has been asked for again
            if found is None or found.body != body:
                raise
            return found.etag

    def overwrite(self, key: str, body: bytes) -> str:
        """Writes a small object whatever was there. Returns its ETag."""
        return self._put(key, body, {})

    def upload(self, file: Path, key: str) -> None:
        """Puts a file of any size there, in parts if it is large."""
        from boto3.s3.transfer import TransferConfig

        config = TransferConfig(multipart_threshold=PART, multipart_chunksize=PART, use_threads=False)
        with self._explaining():
            self._client.upload_file(str(file), self.address.bucket, self.address.prefix + key, Config=config)

    def create(self, file: Path, key: str) -> None:
        """Puts a file of up to 5 GB where nothing is. Raises Conflict where something is."""
        with self._explaining(), file.open("rb") as body:
            self._client.put_object(**self._name(key), Body=body, IfNoneMatch="*")

    def copy(self, source: str, key: str) -> str:
        """Copies within the bucket; returns the copy's ETag."""
        with self._explaining():
            origin = {"Bucket": self.address.bucket, "Key": self.address.prefix + source}
            answer = self._client.copy_object(**self._name(key), CopySource=origin)
        return str(answer["CopyObjectResult"]["ETag"])

    def delete(self, keys: Iterable[str]) -> None:
        for some in split(keys, DELETED_AT_ONCE):
            objects = [{"Key": self.address.prefix + key} for key in some]
            with self._explaining():
                answer = self._client.delete_objects(
                    Bucket=self.address.bucket, Delete={"Objects": objects, "Quiet": True}
                )
            if faults := answer.get("Errors"):
                words = REASONS.get(faults[0].get("Code"), faults[0].get("Message"))
                raise StorageError(f"{self.address}: {faults[0].get('Key')} cannot be deleted: {words}")

    def check_conditions(self, key: str, body: bytes) -> None:
        """Raises StorageError where the store ignores conditions on writes, without which two runs at once would spoil
        the tables. `body` is what stands at `key`, which the caller alone may write."""
        for condition in ({"IfNoneMatch": "*"}, {"IfMatch": NEVER}):
            try:
                self._put(key, body, condition)
            except Conflict:
                continue
            (name,) = condition
            raise StorageError(
                f"{self.address}: {self.endpoint} ignores the condition {name} on writes; "
                "Gazette needs an object store that honours it"
            )

    def _put(self, key: str, body: bytes, condition: dict[str, str]) -> str:
        with self._explaining():
            return str(self._client.put_object(**self._name(key), Body=body, **condition)["ETag"])

    def _name(self, key: str) -> dict[str, str]:
        return {"Bucket": self.address.bucket, "Key": self.address.prefix + key}

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        """Turns what the client raises into words. What it says of itself may name keys and hosts, never secrets."""
        from boto3.exceptions import Boto3Error, S3UploadFailedError
        from botocore.exceptions import (
            BotoCoreError,
            ClientError,
            EndpointConnectionError,
            HTTPClientError,
            NoCredentialsError,
            PartialCredentialsError,
        )

        try:
            yield
        except ClientError as error:
            raise self._explain_answer(error) from error
        except (NoCredentialsError, PartialCredentialsError) as error:
            words = "no credentials found (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile in ~/.aws)"
            raise StorageError(f"{self.address}: {words}") from error
        except (EndpointConnectionError, HTTPClientError) as error:
            raise StorageError(f"{self.address}: {self.endpoint} cannot be reached ({type(error).__name__})") from error
        except S3UploadFailedError as error:
            cause = error.__context__
            known = isinstance(cause, ClientError)
            raise self._explain_answer(cause) if known else StorageError(f"{self.address}: {error}") from error
        except (BotoCoreError, Boto3Error) as error:
            raise StorageError(f"{self.address}: {error}") from error

    def _explain_answer(self, error: Any) -> StorageError:
        code = str(error.response.get("Error", {}).get("Code", ""))
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        if status in (409, 412) or code == "NoSuchKey":
            return Conflict(f"{self.address}: another run wrote there meanwhile ({code})")
        if status == 501:
            return StorageError(f"{self.address}: {self.endpoint} lacks what Gazette needs: {error}")
        return StorageError(f"{self.address}: {REASONS.get(code, error)}")


def split(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """The items in lists of at most `size`."""
    remaining = iter(items)
    while some := list(islice(remaining, size)):
        yield some


def _connect(address: Address) -> Any:
    """A client that may be used by many threads. It waits for a slow store, not for one that is not there."""
    try:
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError
    except ImportError:
        raise StorageError(f"{address}: data folders in an object store take `make s3` once") from None
    retries = {"mode": "standard", "total_max_attempts": 4}
    config = Config(
        retries=retries,
        connect_timeout=5,
        read_timeout=30,
        max_pool_connections=2 * PARALLEL,
        user_agent_extra="gazette",
    )
    try:
        return boto3.session.Session().client("s3", config=config)
    except (BotoCoreError, ValueError) as error:  # a profile that is not there, an endpoint that is no address
        raise StorageError(f"{address}: {error}") from error
