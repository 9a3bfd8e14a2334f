"""How processes take memory and give it back. What is set before a library is imported is asked of a fresh process."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tasks import memory
from tasks.memory import ALLOCATORS, give_back, share_memory

ROOT = Path(__file__).parents[2]
FREED = """
from tasks.memory import give_back, share_memory
share_memory()
import polars as pl

def size():
    return int(open("/proc/self/statm").read().split()[1]) * 4 / 1024

before = size()
frame = pl.DataFrame({"number": range(8_000_000)}).with_columns(pl.col("number") + 1)
held = size()
del frame
give_back()
print(held - before, size() - before)
"""


def ask(program: str) -> str:
    environment = {name: value for name, value in os.environ.items() if name not in ALLOCATORS}
    asked = [sys.executable, "-c", program]
    return subprocess.run(asked, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout.strip()


@pytest.mark.skipif(sys.platform != "linux", reason="sizes are read from /proc")
def test_what_polars_frees_goes_back_at_once() -> None:
    held, left = map(float, ask(FREED).split())
    assert held > 60  # MiB
    assert left < held / 3


def test_arrow_takes_memory_where_python_does() -> None:
    program = "from tasks.memory import share_memory\nshare_memory()\nimport pyarrow\n"
    assert ask(program + "print(pyarrow.default_memory_pool().backend_name)") == "system"


def test_the_command_line_sets_it_up_before_anything_takes_memory() -> None:
    program = "import sys, cli.main\nprint([name for name in ('polars', 'pyarrow') if name in sys.modules])"
    assert ask(program) == "[]"
    program = "import os, cli.main, contextlib\nwith contextlib.suppress(SystemExit): cli.main.main(['--help'])\n"
    assert ask(program + f"print(all(name in os.environ for name in {list(ALLOCATORS)}))").endswith("True")


def test_what_the_environment_says_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    first, *others = ALLOCATORS
    for name in ALLOCATORS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(first, "theirs")
    share_memory()
    assert os.environ[first] == "theirs"
    assert [os.environ[name] for name in others] == [ALLOCATORS[name] for name in others]
    for name in others:  # set behind monkeypatch's back
        monkeypatch.delenv(name)


def test_a_library_that_cannot_give_back_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str | None) -> None:
        raise OSError("no such library")

    monkeypatch.setattr(ctypes, "CDLL", refuse)
    memory._find_trim.cache_clear()
    give_back()
    memory._find_trim.cache_clear()
