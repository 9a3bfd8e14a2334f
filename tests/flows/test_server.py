"""The embedded server with real processes: it answers, says why it could not begin, and never outlives its run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from flows.server import EmbeddedServer, ServerFailed, running_server

HOLDER = """
import sys, time
from flows.server import EmbeddedServer
server = EmbeddedServer()
server.wait()
print(server._process.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path))
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    return tmp_path


def is_alive(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    try:
        return stat.read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def ask_as_page(address: str, origin: str) -> str | None:
    """Which page's scripts the server lets have its answer, when one of `origin` asks."""
    request = urllib.request.Request(f"{address}/api/health", headers={"Origin": origin})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.headers.get("access-control-allow-origin")


def test_what_runs_within_talks_to_it_and_it_is_gone_afterwards(home: Path) -> None:
    with running_server() as server:
        server.wait()
        assert os.environ["PREFECT_API_URL"] == f"{server.address}/api"
        pid = server._process.pid
        assert is_alive(pid)
        assert server.address.startswith("http://127.0.0.1:")
        assert ask_as_page(server.address, "https://example.org") is None
        assert ask_as_page(server.address, server.address) == server.address
    assert "PREFECT_API_URL" not in os.environ
    assert not is_alive(pid)
    assert (home / "prefect.db").exists()


def test_it_ends_when_its_run_is_killed() -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    pid = int(holder.stdout.readline())
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    due = time.monotonic() + 60
    while is_alive(pid) and time.monotonic() < due:
        time.sleep(0.1)
    assert not is_alive(pid)


def test_a_server_that_cannot_begin_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_SERVER_DATABASE_CONNECTION_URL", "nonsense://nowhere/at/all")
    server = EmbeddedServer()
    with pytest.raises(ServerFailed, match="nonsense"):
        server.wait()
    server.stop()
