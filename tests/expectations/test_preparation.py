"""A module that is put off is there, and loads itself when it is used."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
from expectations.preparation import defer
defer("json.tool")
defer("no_such_module")
from json import tool
before = "argparse" in sys.modules
found = tool.main.__name__
print(before, found, "argparse" in sys.modules, "no_such_module" in sys.modules)
"""
GATE = """
import sys
import expectations.suites
print("scipy.stats._stats_py" in sys.modules)
from scipy import stats
print(round(float(stats.norm.cdf(0)), 3))
"""


def run(program: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    return done.stdout.split()


def test_a_deferred_module_loads_when_it_is_used() -> None:
    assert run(PROGRAM) == ["False", "main", "True", "False"]


def test_the_gates_do_without_statistics_that_still_work() -> None:
    assert run(GATE) == ["False", "0.5"]
