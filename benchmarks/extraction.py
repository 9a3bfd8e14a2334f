"""How fast figures and records are read, on one core, beside a plain scan for number and unit as the limit.

Run: python -m benchmarks.extraction FOLDER [--issues N]. FOLDER holds text issues named by their date.
Prints one table: seconds, characters a second, and the ratio to the plain scan, all from the same run; JioNLP and
Recognizers-Text stand beside them where they are installed (extra `compare`). Peak memory is printed after a tenth,
half and all of the issues: it does not grow with their number, since every issue is let go once it is read.
"""

from __future__ import annotations

import argparse
import re
import resource
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path

from gazette.clean import clean
from gazette.extract import extract
from gazette.extract.quantities import find_quantities

PLAIN = re.compile(
    r"[\d.,]*\d[多余几]?(?:万亿|[十百千万亿])*[多余]?"
    r"(?:元|美元|%|个百分点|[家户个项名人位条件台辆座所]|亩|公顷|吨|公里|米|天|年|月|日|倍)"
)
NATION = "100000"
COMPARED_ISSUES = 1


def read_issues(folder: Path, most: int | None) -> Iterator[tuple[date, str]]:
    for path in sorted(folder.glob("*.txt"))[:most]:
        yield date.fromisoformat(path.stem[:10]), path.read_text(encoding="utf-8")


def measure(
    name: str, read: Callable[[date, str], int], issues: Iterable[tuple[date, str]]
) -> tuple[str, float, int, int]:
    """(name, seconds, characters, figures found); the issues are read from disk outside the clock."""
    seconds, characters, found = 0.0, 0, 0
    for issue_date, text in issues:
        begin = time.perf_counter()
        found += read(issue_date, text)
        seconds += time.perf_counter() - begin
        characters += len(text)
    return name, seconds, characters, found


def scan_plainly(_: date, text: str) -> int:
    return sum(1 for _ in PLAIN.finditer(text))


def scan_quantities(_: date, text: str) -> int:
    return sum(len(find_quantities(line)) for line in text.split("\n") if line)


def read_records(issue_date: date, text: str) -> int:
    return len(extract(clean(text), issue_date, NATION).mentions)


def find_others() -> Iterator[tuple[str, Callable[[date, str], int]]]:
    """The other projects' Chinese extractors that are installed here."""
    try:
        import jionlp

        yield (
            "JioNLP extract_money",
            lambda _, text: sum(len(jionlp.ner.extract_money(line) or ()) for line in text.split("\n") if line),
        )
    except ImportError:
        print("JioNLP is not installed: pip install '.[compare]'")
    try:
        from recognizers_number_with_unit import recognize_currency
        from recognizers_text import Culture

        yield (
            "Recognizers-Text currency",
            lambda _, text: sum(len(recognize_currency(line, Culture.Chinese)) for line in text.split("\n") if line),
        )
    except ImportError:
        print("Recognizers-Text is not installed: pip install '.[compare]'")


def peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--issues", type=int, default=None)
    options = parser.parse_args()
    total = len(list(options.folder.glob("*.txt"))[: options.issues])
    read_records(date(2020, 1, 1), "全县企业复工10家。")  # rules and gazetteer are loaded outside the clock
    rows = [
        measure(name, read, read_issues(options.folder, options.issues))
        for name, read in (
            ("plain re scan", scan_plainly),
            ("quantities", scan_quantities),
            ("clean + quantities + records", read_records),
        )
    ]
    rows += [measure(name, read, read_issues(options.folder, COMPARED_ISSUES)) for name, read in find_others()]
    print(f"{'':32}{'seconds':>9}{'characters/s':>14}{'figures':>9}{'ratio':>8}")
    limit = rows[0][2] / rows[0][1]
    for name, seconds, characters, found in rows:
        rate = characters / seconds
        print(f"{name:32}{seconds:9.2f}{rate:14,.0f}{found:9,}{rate / limit:8.3f}")
    print(f"peak memory after all of it: {peak_megabytes():.0f} MiB")
    for part in (max(1, total // 10), max(1, total // 2), total):
        measure("", read_records, read_issues(options.folder, part))
        print(f"peak memory after {part:6,} issues: {peak_megabytes():.0f} MiB")


if __name__ == "__main__":
    main()
