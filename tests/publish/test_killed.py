"""Real runs killed at random instants, and ten at once: `make kill` on a small scale."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
KILLS = 8


def test_runs_that_are_killed_and_runs_at_once_leave_the_tables_whole() -> None:
    command = [sys.executable, "-m", "benchmarks.killing", "--kills", str(KILLS), "--seed", "7"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert f"\n{KILLS} kills in " in done.stdout
    assert "10 runs at once, the holder of the lock killed: each issue once, the lock free\n" in done.stdout
    assert "nothing half-published, nothing broken\n" in done.stdout
