"""Scores published tables against sets of answers and compares each score with its floor.

Call: check_floors.py SCORE_PY CURATED SET=GOLD_DIR ... where SET is a section of floors.toml beside this file.
Exits with 1 where a score is below its floor, or an issue with answers is not in the tables.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

FLOORS = Path(__file__).with_name("floors.toml")


def read_scores(score: str, curated: str, gold: str) -> dict[str, Any]:
    done = subprocess.run([sys.executable, score, curated, gold, "--json"], check=True, capture_output=True, text=True)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def check_set(name: str, scores: dict[str, Any], floors: dict[str, float]) -> bool:
    """Prints one line a score; True where all are at or above their floors and every issue was seen."""
    fine = not scores["unseen"]
    print(f"{name}: {scores['documents']} issues" + ("" if fine else f", not in the tables: {scores['unseen']}"))
    for key, floor in floors.items():
        value = scores[key]["f1"] if key in scores else scores["accuracy"][key]
        enough = value is not None and value >= floor
        print(f"  {key:12} {value}  floor {floor}  {'ok' if enough else 'BELOW'}")
        fine = fine and enough
    return fine


def main(score: str, curated: str, *sets: str) -> int:
    floors = tomllib.loads(FLOORS.read_text(encoding="utf-8"))
    pairs = [one.split("=", 1) for one in sets]
    results = [check_set(name, read_scores(score, curated, gold), floors[name]) for name, gold in pairs]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
