"""The rights that the page of operations names are enough, and all of them are needed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import moto.settings
import pytest
from moto.core.authorization import ActionAuthenticatorMixin

from gazette.ingest.intake import choose_files
from gazette.publish.store import Change
from storage import open_reading, place_files
from storage import remote as module
from storage.bucket import StorageError
from tests.storage.conftest import ADDRESS, Machine
from tests.storage.server import ObjectServer
from tests.storage.views import commit, read_public

PAGES = ("operations.md", "operations.zh-CN.md")
Grant = Callable[[dict[str, Any]], None]


def read_policy(page: str) -> dict[str, Any]:
    text = (Path(__file__).parents[2] / "docs" / page).read_text(encoding="utf-8")
    (policy,) = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", text, re.DOTALL) if "s3:" in block]
    assert isinstance(policy, dict)
    # Where many objects are deleted at once, this server asks for the right to the bucket, S3 for that to each object.
    policy["Statement"].append({"Effect": "Allow", "Action": "s3:DeleteObject", "Resource": "arn:aws:s3:::papers"})
    return policy


@pytest.fixture
def grant(server: ObjectServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Grant]:
    """Goes on as a user with these rights alone, on a server that looks at rights."""
    secrets = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
    iam = boto3.session.Session(**secrets).client("iam", endpoint_url=server.endpoint)

    def call(policy: dict[str, Any]) -> None:
        _look_at_rights(False)
        iam.create_user(UserName="runner")
        iam.put_user_policy(UserName="runner", PolicyName="rights", PolicyDocument=json.dumps(policy))
        key = iam.create_access_key(UserName="runner")["AccessKey"]
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
        _look_at_rights(True)

    yield call
    _look_at_rights(False)
    for key in iam.list_access_keys(UserName="runner")["AccessKeyMetadata"]:
        iam.delete_access_key(UserName="runner", AccessKeyId=key["AccessKeyId"])
    iam.delete_user_policy(UserName="runner", PolicyName="rights")
    iam.delete_user(UserName="runner")


def _look_at_rights(looks: bool) -> None:
    moto.settings.INITIAL_NO_AUTH_ACTION_COUNT = 0 if looks else float("inf")
    ActionAuthenticatorMixin.request_count = 0


@pytest.mark.parametrize("page", PAGES)
def test_the_rights_of_the_page_are_enough(
    page: str,
    machine: Machine,
    server: ObjectServer,
    grant: Grant,
    changes: list[Change],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """For runs that write, replace, withdraw and clear up, and for taking in."""
    monkeypatch.setattr(module, "KEPT_FOR", -module.KEPT_FOR)
    (tmp_path / "years/daily/2020-03-05").mkdir(parents=True)
    (tmp_path / "years/daily/2020-03-05/01.txt").write_text("one")
    grant(read_policy(page))
    for number in range(5):
        commit(machine("here"), changes[number % 3])
    folder = tmp_path / "years"
    assert len(list(place_files(ADDRESS, folder, choose_files(folder, None, None).files))) == 1
    assert (open_reading(ADDRESS, with_raw=True) / "raw/daily/2020-03-05/01.txt").read_text() == "one"
    _look_at_rights(False)
    assert read_public(server)


def test_reading_takes_two_rights(machine: Machine, server: ObjectServer, grant: Grant, changes: list[Change]) -> None:
    commit(machine("here"), changes[0])
    policy = read_policy(PAGES[0])
    policy["Statement"][1]["Action"] = "s3:GetObject"
    grant(policy)
    reader = machine("reader")
    assert (open_reading(ADDRESS) / "curated/texts/month=2020-03/part-0.parquet").is_file()
    with pytest.raises(StorageError, match="access denied: these credentials lack a right"), reader.lock():
        pytest.fail("the lease was written")


def test_unknown_keys_are_told(machine: Machine, grant: Grant, monkeypatch: pytest.MonkeyPatch) -> None:
    grant(read_policy(PAGES[0]))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDNOBODYKNOWS")
    with pytest.raises(StorageError, match=f"^{ADDRESS}: the access key is not known there$"):
        machine("here").has_raw()
