"""Help texts, exit codes and what is imported for them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Gazette

COMMANDS = ("run", "show", "query", "status", "tables", "audit")
SLOW = ("prefect", "great_expectations", "polars", "pandas", "pyarrow", "duckdb")
OTHER_FORMATS = ("gazette.layout", "gazette.ingest.html", "gazette.ingest.pdf", "gazette.ingest.ocr")


def find_slow_imports(*arguments: str) -> list[str]:
    """The slow packages and the readers of other formats that a fresh process has loaded once the command is done."""
    program = (
        "import atexit, sys; from cli.main import main; sys.argv[0] = 'gazette';"
        f"atexit.register(lambda: print(*[m for m in {(*SLOW, *OTHER_FORMATS)!r} if m in sys.modules], file=sys.stderr));"
        f"main({list(arguments)!r})"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return done.stderr.split()


def test_help_lists_the_commands_and_the_exit_codes(gazette: Gazette) -> None:
    told = gazette("--help")
    assert told.code == 0
    assert all(f"\n  {command} " in told.out for command in COMMANDS)
    assert all(f"\n    {code} " in told.out for code in (0, 1, 2, 3, 130))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_whose_first_line_is_whole_in_the_list(gazette: Gazette, command: str) -> None:
    first = gazette(command, "--help").out.split("\n\n")[1].strip()
    assert first in gazette("--help").out
    assert first.endswith(".")


def test_help_imports_nothing_slow() -> None:
    assert find_slow_imports("--help") == []


def test_the_probe_sees_slow_imports(data: Path) -> None:
    assert find_slow_imports("query", "select 1", "--data", str(data)) == ["duckdb"]


@pytest.mark.parametrize("arguments", [("nonsense",), ("query",), ("run", "--dta", "x"), ("show",)])
def test_wrong_usage_exits_with_2_and_says_so_on_stderr(gazette: Gazette, arguments: tuple[str, ...]) -> None:
    told = gazette(*arguments)
    assert told.code == 2
    assert told.out == ""
    assert "gazette" in told.err
