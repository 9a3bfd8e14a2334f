"""What publishing one issue costs in a store that has grown for years.

Run: python -m benchmarks.growth [--records N ...] [--commits K]. The bundled issues are processed once; their rows are
then repeated under other publications, places and days over ten years until the four record tables hold N rows, with
their mentions, texts, documents and series. Into each such store one issue is published K times, as a run publishes it
behind the gates: series worked out, months written, flushed, made live.

Prints a line a store: rows and bytes, seconds to publish one issue (median and slowest), peak memory, and what a run
costs that finds only that issue new: to read what is known of all issues.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

import gazette
from gazette.extract.places import load_gazetteer
from gazette.publish.documents import Ledger
from gazette.publish.files import sort_rows, write_parquet
from gazette.publish.series import build_series, build_statements, derive_series
from gazette.publish.store import CONTENT, FILE_NAME, Change, Store, build_month
from gazette.tables import RECORD_TABLES, TABLES

BUNDLED = Path(__file__).parents[1] / "data" / "raw"
FIRST_YEAR, MONTHS = 2015, 120
IDS = ("record_id", "parent_id", "mention_id")
DATES = ("issue_date", "as_of", "period_start")
MIB = 1024 * 1024


@dataclass(frozen=True)
class Sample:
    """The published rows of the bundled issues, and how many records they hold."""

    frames: dict[str, pl.DataFrame]

    @property
    def records(self) -> int:
        return sum(self.frames[name].height for name in RECORD_TABLES)

    @property
    def first_day(self) -> date:
        return min(self.frames["documents"]["issue_date"])


def process_bundled(data: Path) -> Sample:
    """The bundled issues through the pipeline, as anyone would run it."""
    shutil.copytree(BUNDLED, data / "raw")
    command = [sys.executable, "-m", "cli.main", "run", "--data", str(data)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    store = Store(data)
    frames = {name: store.read(name) for name in (*CONTENT, "documents")}
    frames["documents"] = frames["documents"].filter(pl.col("status") == "published")
    return Sample(frames)


def repeat(sample: Sample, copies: Sequence[int], month: date) -> dict[str, pl.DataFrame]:
    """The sample once for each copy, all in one month, each of a publication and a place of its own."""
    codes = load_gazetteer().codes
    places = [codes[copy % len(codes)] for copy in copies]
    copied = pl.DataFrame({"copy": copies, "place": places}, schema={"copy": pl.Int64, "place": pl.String})
    return {name: _repeat(frame, copied, (month - sample.first_day).days) for name, frame in sample.frames.items()}


def _repeat(frame: pl.DataFrame, copied: pl.DataFrame, days: int) -> pl.DataFrame:
    number = pl.col("copy").cast(pl.String).str.zfill(8)
    named = [pl.concat_str(pl.col(name), pl.lit("-"), number) for name in IDS if name in frame.columns]
    named.append(pl.concat_str(number, pl.col("issue_id").str.slice(8)).alias("issue_id"))
    named += [pl.concat_str(pl.lit("p"), number, pl.col(n)).alias(n) for n in ("path",) if n in frame.columns]
    if "publication" in frame.columns:
        named.append(pl.concat_str(pl.lit("p"), number).alias("publication"))
    if "region_code" in frame.columns:
        named.append(pl.col("place").alias("region_code"))
    named += [(pl.col(n) + pl.duration(days=days)).cast(pl.Date) for n in DATES if n in frame.columns]
    return frame.join(copied, how="cross").with_columns(named).select(frame.columns)


def build_store(data: Path, sample: Sample, records: int) -> None:
    """A store of that many records, written month by month as the live generation."""
    copies = max(1, records // sample.records)
    generation = data / ".store" / "generations" / "1"
    (generation / "quarantine").mkdir(parents=True)
    waiting: list[pl.DataFrame] = []
    for number in range(MONTHS):
        month = date(FIRST_YEAR + number // 12, number % 12 + 1, 1)
        frames = repeat(sample, range(number, copies, MONTHS), month)
        for name, frame in frames.items():
            for (key,), part in frame.group_by(_find_month(frame, frames["documents"])):
                _add(generation, name, str(key), part)
        waiting.append(build_series(build_statements({name: frames[name] for name in RECORD_TABLES})))
    series = pl.concat(waiting)
    for (key,), part in series.group_by(pl.col("as_of").dt.strftime("%Y-%m")):
        _add(generation, "series", str(key), part.unique("series_id"))
    _add(generation, "checks", build_month(None), TABLES["checks"].empty_frame)
    (data / ".store" / "current").symlink_to(Path("generations") / "1")


def _find_month(frame: pl.DataFrame, documents: pl.DataFrame) -> pl.Expr:
    months = documents.select("issue_id", pl.col("issue_date").dt.strftime("%Y-%m"))
    known = dict(months.iter_rows())
    return pl.col("issue_id").replace_strict(known, return_dtype=pl.String)


def _add(generation: Path, name: str, month: str, rows: pl.DataFrame) -> None:
    """Writes the rows of a month; a bundled issue of a later day spills into months that have a file already."""
    file = generation / "curated" / name / f"month={month}" / FILE_NAME
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.exists():
        rows = pl.concat([pl.read_parquet(file, hive_partitioning=False), rows], how="vertical_relaxed")
        file.unlink()
    write_parquet(sort_rows(rows, TABLES[name]), TABLES[name], file)


def publish_one(store: Store, sample: Sample, copy: int) -> float:
    """Seconds from the rows of one issue that passed the gates to the moment that they are live."""
    one = sample.frames["documents"].head(1)["issue_id"]
    frames = {name: frame.filter(pl.col("issue_id").is_in(one.to_list())) for name, frame in sample.frames.items()}
    frames = repeat(Sample(frames), [copy], date(FIRST_YEAR + 9, 12, 1))
    begin = time.perf_counter()
    change = Change(
        accepted={name: frames[name] for name in CONTENT},
        months={frames["documents"]["issue_id"][0]: build_month(frames["documents"]["issue_date"][0])},
        documents=frames["documents"],
    )
    derived = derive_series(store, change)
    change.revisions = derived.build_revisions(derived.rows, derived.rows.clear())
    store.commit(change)
    return time.perf_counter() - begin


def measure_ledger(store: Store) -> float:
    begin = time.perf_counter()
    Ledger(store.read_documents(), gazette.__version__)
    return time.perf_counter() - begin


def measure(sample: Sample, records: int, commits: int) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        build_store(data, sample, records)
        store = Store(data)
        store.heal()
        files = list((data / ".store").rglob("*.parquet"))
        size = sum(file.stat().st_size for file in files) / MIB
        rows = {name: _count(data, name) for name in ("documents", "mentions", "series")}
        held = sum(_count(data, name) for name in RECORD_TABLES)
        times = [publish_one(store, sample, 90_000_000 + number) for number in range(commits)]
        assert sum(_count(data, name) for name in RECORD_TABLES) > held, "nothing was published"
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        yield (
            f"{held:>10,}{rows['documents']:>10,}{rows['mentions']:>12,}{rows['series']:>12,}{size:>9,.0f}"
            f"{statistics.median(times):>12.2f}{max(times):>9.2f}{measure_ledger(store):>10.2f}{peak:>10,.0f}"
        )


def _count(data: Path, name: str) -> int:
    files = f"{data}/.store/current/curated/{name}/**/*.parquet"
    return int(pl.scan_parquet(files, hive_partitioning=False).select(pl.len()).collect().item())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, nargs="+", default=[5_000, 500_000])
    parser.add_argument("--commits", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sample = process_bundled(Path(folder))
    head = ("records", "issues", "mentions", "series", "MiB", "publish s", "slowest", "ledger s", "peak MiB")
    print("publishing one issue into a store that has grown 向不断增大的库发布一期")
    print("".join(name.rjust(width) for name, width in zip(head, (10, 10, 12, 12, 9, 12, 9, 10, 10), strict=True)))
    for records in arguments.records:
        for line in measure(sample, records, arguments.commits):
            print(line, flush=True)


if __name__ == "__main__":
    main()
