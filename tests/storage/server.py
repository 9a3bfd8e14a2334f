"""An S3 server on loopback that takes one request at a time, so that its conditions hold, and can be made to fail.

The server is moto's; around it stands what real networks do: answers that are lost, servers that are gone or refuse.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from enum import Enum
from typing import Any
from urllib.parse import unquote

import boto3
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

BUCKET = "papers"
REFUSAL = "AccessDenied"
CONDITIONS = ("HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH")
SETTINGS = {
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "s3cr3t-of-the-test",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "/nonexistent",
    "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
}


class Fault(Enum):
    """What happens to a request."""

    GONE = "nobody answers"
    LOST = "it is carried out, and the answer is lost"
    DENIED = "it is refused"
    UNSETTLED = "it met another one, and is to be tried again"
    UNCONDITIONAL = "it is carried out without its condition"


Judge = Callable[[str, str], Fault | None]  # of method and key


class ObjectServer:
    """`requests` lists what came, as (method, key); `judge` may make a request fail."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str]] = []
        self.judge: Judge = lambda method, key: None
        self.on_loss: Callable[[], None] = lambda: None  # called before a connection is dropped
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self._application = DomainDispatcherApplication(create_backend_app)
        self._server = make_server("127.0.0.1", 0, self._answer)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}"
        secrets = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
        self.client = boto3.session.Session(**secrets).client("s3", endpoint_url=self.endpoint)

    def reset(self) -> None:
        self.judge = lambda method, key: None
        self.on_loss = lambda: None
        for bucket in self.client.list_buckets()["Buckets"]:
            self.client.delete_objects(
                Bucket=bucket["Name"], Delete={"Objects": [{"Key": key} for key in [*self.list_keys(), "none"]]}
            )
        if not self.client.list_buckets()["Buckets"]:
            self.client.create_bucket(Bucket=BUCKET)
        self.requests.clear()

    def list_keys(self, prefix: str = "") -> list[str]:
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
        return [found["Key"] for page in pages for found in page.get("Contents", ())]

    def put(self, key: str, body: str | bytes) -> None:
        self.client.put_object(Bucket=BUCKET, Key=key, Body=body.encode() if isinstance(body, str) else body)

    def get(self, key: str) -> bytes:
        return bytes(self.client.get_object(Bucket=BUCKET, Key=key)["Body"].read())

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _answer(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        key = unquote(environ["PATH_INFO"]).removeprefix(f"/{BUCKET}").removeprefix("/")
        request = (environ["REQUEST_METHOD"], key)
        fault = self.judge(*request)
        self.requests.append(request)
        if fault is Fault.GONE:
            self.on_loss()
            raise ConnectionResetError
        if fault in REFUSED:
            return _refuse(REFUSED[fault], REFUSAL if fault is Fault.DENIED else "Conflict", environ, start)
        if fault is Fault.UNCONDITIONAL:
            environ = {name: value for name, value in environ.items() if name not in CONDITIONS}
        answer = list(self._application(environ, start))
        if fault is Fault.LOST:
            self.on_loss()
            raise ConnectionResetError
        return answer


REFUSED = {Fault.DENIED: "403 Forbidden", Fault.UNSETTLED: "409 Conflict"}


def _refuse(status: str, code: str, environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
    environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    told = f"<Error><Code>{code}</Code><Message>Refused</Message></Error>".encode()
    start(status, [("Content-Type", "application/xml"), ("Content-Length", str(len(told)))])
    return [told]
