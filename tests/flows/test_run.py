"""The run as the command line starts it, with Prefect's server around it; and what is done without."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.sorting import FlowRunSort, TaskRunSort
from prefect.settings import PREFECT_LOGGING_LEVEL, PREFECT_SERVER_ANALYTICS_ENABLED, temporary_settings
from prefect.testing.utilities import prefect_test_harness

from flows import run as runner
from flows.pipeline import ARTIFACT
from flows.run import Progress, RunFailed, run
from gazette.publish.store import StoreError
from tasks import publish as publishing
from tasks.summary import NOTHING, REJECTIONS, RunSummary

Data = Any
SECRET = "a-word-that-nobody-may-read"
SECRETS = (
    "GAZETTE_SERVER__PASSWORD",
    "GAZETTE_SERVER__DATABASE",
    "GAZETTE_NOTIFICATIONS__TO",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
)
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def server() -> Iterator[None]:
    off = {PREFECT_SERVER_ANALYTICS_ENABLED: False, PREFECT_LOGGING_LEVEL: "CRITICAL"}
    with temporary_settings(off), prefect_test_harness(server_startup_timeout=120):
        yield


@pytest.mark.usefixtures("server")
def test_a_run_from_end_to_end(data: Data, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tasks, gates, states, the artifact; then nothing is pending; then a run that cannot write."""
    monkeypatch.setattr(runner, "prepare_environment", lambda data: None)  # the harness has its own
    for name in SECRETS:
        monkeypatch.setenv(name, SECRET)
    data.write_page(5)
    data.write("daily/2020-03-06/01.txt", "全区重大项目复工率103%。全区工业企业复工86家。\n")
    seen: list[Progress] = []
    summary = run(data.root, seen.append)
    assert summary.name == REJECTIONS
    assert [document["status"] for document in summary.documents] == ["published", "published"]
    assert [(row["table"], row["expectation"]) for row in summary.rejected] == [
        ("projects", "resumption_rate_within_0_and_100")
    ]
    assert Progress(stage="publish", done=2, total=2) in seen
    _check_prefect_knows(summary)

    before = data.tree()
    assert run(data.root, seen.append).name == NOTHING
    assert "nothing pending" in str(seen[-1].message)
    assert data.tree() == before

    def refuse(*arguments: Any) -> None:
        raise StoreError("there is no room left on the disk")

    data.write_page(7)
    monkeypatch.setattr(publishing, "build_change", refuse)
    monkeypatch.setattr("tasks.publish.publish.retry_delay_seconds", [0, 0])
    with pytest.raises(RunFailed, match="no room left"):
        run(data.root, seen.append)
    assert data.tree() == before
    _check_no_secret(data, seen)


def _check_no_secret(data: Data, seen: list[Progress]) -> None:
    """Neither on disk nor in what Prefect keeps of the runs: states, parameters, logs, artifacts, events."""
    assert SECRET not in str(seen)
    kept = [file for file in data.root.rglob("*") if file.is_file() and SECRET.encode() in file.read_bytes()]
    assert not kept
    with get_client(sync_client=True) as client:
        for kind in ("flow_runs", "task_runs", "logs", "artifacts", "events", "variables", "block_documents"):
            answer = client.request("POST", f"/{kind}/filter", json={})
            assert answer.status_code == 200
            assert SECRET not in answer.text


def _check_prefect_knows(summary: RunSummary) -> None:
    """The state, the names of the tasks and the page, as Prefect's own server tells them."""
    with get_client(sync_client=True) as client:
        (flow_run,) = client.read_flow_runs(sort=FlowRunSort.START_TIME_DESC, limit=10)
        task_runs = client.read_task_runs(sort=TaskRunSort.NAME_ASC, limit=50)
        artifacts = client.request("POST", "/artifacts/filter", json={}).json()
    assert flow_run.state is not None
    assert (flow_run.state.name, flow_run.state.message) == (REJECTIONS, summary.message)
    assert flow_run.name.startswith("data 20")
    wanted = {"ingest batch 1", "clean batch 1", "gate after clean", "validate the tables", "publish batch 1"}
    assert wanted <= {task_run.name for task_run in task_runs}
    (page,) = [artifact["data"] for artifact in artifacts if artifact["key"] == ARTIFACT]
    assert "resumption&#95;rate" in page


def test_nothing_pending_imports_neither_prefect_nor_great_expectations(data: Data) -> None:
    code = (
        "import sys, pathlib\nfrom flows.run import run\n"
        "summary = run(pathlib.Path(sys.argv[1]), lambda progress: print(progress.message))\n"
        "print(summary.name, sorted({'prefect', 'great_expectations', 'pandas'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(data.root)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == [f"nothing pending under {data.root / 'raw'}", f"{NOTHING} []"]
    assert not (data.root / "curated").exists()
    assert not (data.root / ".prefect").exists()


def test_a_data_folder_without_raw_is_told(tmp_path: Path) -> None:
    with pytest.raises(RunFailed, match="raw: there is no such folder"):
        run(tmp_path, lambda progress: None)
