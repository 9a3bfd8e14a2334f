"""What the service tells its processes, where it listens, and how other commands find it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from flows.environment import find_home, find_service, prepare_environment
from service.child import ServiceFault
from service.environment import build_address, build_environment, choose_port
from service.instance import claim
from service.serve import notify_systemd
from service.settings import Server, Settings


def build_settings(tmp_path: Path, **server: object) -> Settings:
    return Settings(data=str(tmp_path / "data"), server=Server.model_validate(server))


def test_processes_find_the_server_and_its_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PREFECT_HOME", raising=False)
    environment = build_environment(build_settings(tmp_path), 4711)
    assert environment["PREFECT_API_URL"] == "http://127.0.0.1:4711/api"
    assert environment["PREFECT_HOME"] == str(tmp_path / "data" / ".prefect")
    assert environment["GAZETTE_DATA"] == str(tmp_path / "data")
    assert "PREFECT_API_AUTH_STRING" not in environment
    settings = build_settings(tmp_path, password="secret", database="postgresql+asyncpg://u:p@h/d", keep_days=2)
    environment = build_environment(settings, 4711)
    assert environment["PREFECT_API_AUTH_STRING"] == environment["PREFECT_SERVER_API_AUTH_STRING"] == "gazette:secret"
    assert environment["PREFECT_SERVER_DATABASE_CONNECTION_URL"] == "postgresql+asyncpg://u:p@h/d"
    assert environment["PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD"] == "172800"


def test_prefect_understands_these_names(tmp_path: Path) -> None:
    """A setting of Prefect's that is misspelt, or was renamed, is passed over in silence."""
    settings = build_settings(tmp_path, password="secret", database="sqlite+aiosqlite:////tmp/other.db", keep_days=2)
    ask = """
from prefect.settings import get_current_settings
now = get_current_settings()
server = now.server
print(now.home, now.api.url, now.api.auth_string.get_secret_value(), server.api.auth_string.get_secret_value())
print(server.database.connection_url.get_secret_value(), server.services.db_vacuum.retention_period.days)
print(sorted(server.services.db_vacuum.enabled_vacuum_types), server.analytics_enabled, server.ui.show_promotional_content)
print(server.ui.static_directory)
print(server.api.cors_allowed_origins)
print(server.services.late_runs.after_seconds)
print(now.worker.query_seconds, now.logging.level, server.logging_level)
"""
    done = subprocess.run(
        [sys.executable, "-c", ask],
        env=build_environment(settings, 4711),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == [
        f"{find_home(tmp_path / 'data')} http://127.0.0.1:4711/api gazette:secret gazette:secret",
        "sqlite+aiosqlite:////tmp/other.db 2",
        "['events', 'flow_runs', 'orphans'] False False",
        f"{find_home(tmp_path / 'data')}/ui",
        "http://127.0.0.1:4711,http://localhost:4711",
        "6:00:00",
        "1.0 WARNING WARNING",
    ]


def test_other_machines_are_let_in_with_a_password_only() -> None:
    with pytest.raises(ServiceFault, match=r"server\.host 0\.0\.0\.0 lets other machines in: set server\.password"):
        choose_port(Server(host="0.0.0.0", port=0))
    assert choose_port(Server.model_validate({"host": "0.0.0.0", "port": 0, "password": "x"})) > 0
    assert build_address("0.0.0.0", 1) == "http://127.0.0.1:1"
    assert build_address("::1", 1) == "http://[::1]:1"


def test_a_port_that_is_taken_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ServiceFault, match=rf"cannot listen on 127\.0\.0\.1:{port} .*set server\.port to another"):
            choose_port(Server(port=port))


def test_one_service_a_folder_and_others_find_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PREFECT_HOME", "PREFECT_API_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "environ", os.environ.copy())
    home = tmp_path / ".prefect"
    assert find_service(home) is None
    with claim(home, "data", "http://127.0.0.1:1"):
        found = find_service(home)
        assert found is not None
        assert (found.process, found.address) == (os.getpid(), "http://127.0.0.1:1")
        with (
            pytest.raises(ServiceFault, match=rf"on data already \(process {os.getpid()}, http://127\.0\.0\.1:1\)"),
            claim(home, "data", "http://127.0.0.1:2"),
        ):
            pass
        prepare_environment(tmp_path)
        assert os.environ["PREFECT_API_URL"] == "http://127.0.0.1:1/api"
    assert find_service(home) is None


def test_systemd_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        notify_systemd("READY=1")
        assert channel.recv(100) == b"READY=1"
    notify_systemd("STOPPING=1")  # nobody listens any more
