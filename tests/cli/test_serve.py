"""What `gazette serve` and `gazette watch` refuse before they start anything; the service itself is tests/service."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

Gazette = Any


def test_a_folder_without_raw_is_told(gazette: Gazette, tmp_path: Path) -> None:
    told = gazette("serve", "--data", tmp_path)
    assert told.code == 1
    assert f"{tmp_path}/raw: there is no such folder" in told.err


def test_a_misspelt_setting_is_told(gazette: Gazette, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "raw").mkdir()
    config = tmp_path / "settings.toml"
    config.write_text('[schedule]\nnightli = "0 2 * * *"\n', encoding="utf-8")
    told = gazette("serve", "--data", tmp_path, "--config", config)
    assert (told.code, told.err.splitlines()) == (
        2,
        [f"gazette: {config}: unknown key schedule.nightli (known: nightly, silence, timezone)"],
    )
    monkeypatch.setenv("GAZETTE_SERVR__PORT", "1")
    told = gazette("serve", "--data", tmp_path)
    assert told.code == 2
    assert "environment: unknown setting GAZETTE_SERVR__PORT" in told.err


def test_a_port_that_is_taken_is_told(gazette: Gazette, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "raw").mkdir()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv("GAZETTE_SERVER__PORT", str(taken.getsockname()[1]))
        told = gazette("serve", "--data", tmp_path)
    assert told.code == 1
    assert "cannot listen on 127.0.0.1:" in told.err
    assert not (tmp_path / ".prefect" / "prefect.db").exists()


def test_a_watcher_needs_a_server(gazette: Gazette, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    told = gazette("watch", "--data", tmp_path)
    assert (told.code, told.err) == (2, "gazette: PREFECT_API_URL names no server to tell (http://host:4200/api)\n")
