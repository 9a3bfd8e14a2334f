"""What a backfill costs from one issue to very many. Run: python -m benchmarks.scale FOLDER [--issues N ...].

FOLDER holds text issues named by their date. They are repeated under other publications and dates, over ten years,
until there are N; each copy has a line of its own, for the same bytes are published once. Each N is a `gazette
backfill` in one process into an empty data folder, as a process of its own.

Prints for each N the seconds on the clock and of processor time, the peak of memory of all its processes together, and
what an issue more costs since the N before. Ends with 1 where an issue costs more than --dearer times what it did
before (from the first N above --settled issues on), or the memory is more than --larger times that of the first N of at
least so many and KNOWN for each issue, or an issue is missing.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from benchmarks.commands import Cost, backfill
from benchmarks.extraction import NATION, read_issues
from gazette.publish.store import Store

KNOWN = 5 / 1024  # MiB that a run holds of each issue it knows: its file, its row of documents, its hash
YEARS, DAYS = 10, 364  # copies of one publication, each so many days before the last: the same day of the week


class Step(NamedTuple):
    """One backfill, and what an issue more cost since the one before, in seconds of processor time."""

    issues: int
    cost: Cost
    marginal: float


def lay_out(issues: Sequence[tuple[date, str]], count: int, folder: Path) -> None:
    """`count` issues as they would lie under raw/."""
    for number in range(count):
        copy, place = divmod(number, len(issues))
        paper, years = divmod(copy, YEARS)
        day, text = issues[place]
        publication = folder / f"paper-{paper:02}"
        page = publication / f"{day - timedelta(days=DAYS * years)}" / f"{years + 1:02}.txt"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(f"{text}\n第{copy}版\n", encoding="utf-8")
        (publication / "publication.toml").write_text(f'name = "{paper}"\nregion = "{NATION}"\n', encoding="utf-8")


def measure(issues: Sequence[tuple[date, str]], count: int, before: Step | None, place: Path) -> Step:
    folder, data = place / "issues", place / "data"
    lay_out(issues, count, folder)
    cost = backfill(folder, data, "--processes", "1")
    if (found := Store(data).read_documents().filter(status="published").height) != count:
        sys.exit(f"{found:,} of {count:,} issues are in the tables")
    used, issues_before = (before.cost.user + before.cost.system, before.issues) if before else (0.0, 0)
    return Step(count, cost, (cost.user + cost.system - used) / (count - issues_before))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--issues", type=int, nargs="+", default=[1, 100, 1_000, 10_000])
    parser.add_argument("--dearer", type=float, default=1.3)
    parser.add_argument("--larger", type=float, default=1.25)
    parser.add_argument("--settled", type=int, default=100, help="issues from which on cost and memory are judged")
    options = parser.parse_args()
    issues = list(read_issues(options.folder, None))
    print(f"{'issues':>10}{'seconds':>10}{'user':>10}{'system':>10}{'MiB':>8}{'ms an issue more':>18}")
    steps: list[Step] = []
    with tempfile.TemporaryDirectory() as place:
        for count in sorted(options.issues):
            steps.append(measure(issues, count, steps[-1] if steps else None, Path(place, str(count))))
            cost = steps[-1].cost
            numbers = f"{cost.clock:10.1f}{cost.user:10.1f}{cost.system:10.1f}{cost.memory:8.0f}"
            print(f"{count:10,}{numbers}{steps[-1].marginal * 1000:18.2f}", flush=True)
    judge_cost([step for step in steps if step.issues > options.settled], options.dearer)
    judge_memory([step for step in steps if step.issues >= options.settled], options.larger)


def judge_cost(steps: Sequence[Step], dearer: float) -> None:
    for before, after in pairwise(steps):
        if after.marginal > dearer * before.marginal:
            sys.exit(f"an issue costs {after.marginal / before.marginal:.2f} times what it did at {before.issues:,}")


def judge_memory(steps: Sequence[Step], larger: float) -> None:
    for step in steps:
        if step.cost.memory > (most := larger * steps[0].cost.memory + KNOWN * step.issues):
            sys.exit(f"{step.issues:,} issues took {step.cost.memory:.0f} MiB; {most:.0f} would be flat")


if __name__ == "__main__":
    main()
