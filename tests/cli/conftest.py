"""Runs commands in this process, and gives a small published data folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from cli.main import main
from tests.cli.samples import write_sample


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


Gazette = Callable[..., Outcome]


@pytest.fixture
def gazette(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Gazette:
    """Calls `gazette` with arguments and tells its exit code and what it wrote."""
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("NO_COLOR", "1")

    def call(*arguments: str | Path) -> Outcome:
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        written = capsys.readouterr()
        return Outcome(int(ended.value.code or 0), written.out, written.err)

    return call


@pytest.fixture
def data(tmp_path: Path) -> Path:
    write_sample(tmp_path)
    return tmp_path
