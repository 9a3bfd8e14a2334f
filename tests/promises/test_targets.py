"""The fuzz targets begin, and what they are given breaks nothing."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris is not to be had on this system")
@pytest.mark.parametrize("target", ["decoding", "cleaning", "extraction", "repetition"])
def test_a_target_runs(target: str, tmp_path: Path) -> None:
    runs = "4" if target == "repetition" else "100"
    command = [
        sys.executable,
        "-m",
        "fuzz.targets",
        target,
        f"-runs={runs}",
        "-seed=1",
        "-max_len=80",
        "-len_control=0",
    ]
    done = subprocess.run([*command, f"-artifact_prefix={tmp_path}/"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    assert f"Done {runs} runs" in done.stderr
