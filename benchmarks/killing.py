"""Kills runs at random instants, and says what became of the tables. Run: python -m benchmarks.killing [--kills 200].

A run over 60 issues is a real process (forked from one that has all imported, so that a run takes seconds and not a
quarter of a minute), which talks to one Prefect server on loopback. It is ended by SIGKILL: half of the times at an
instant drawn from its whole length, half of the times while it commits. The next run goes on from what was left; when
one comes to the end by itself, the tables are compared with those of an undisturbed run, and all begins anew. All the
while another process reads the tables. Last, ten runs begin at once, the first of which is killed while it holds the
lock. Ends with 1 and the reason where a promise does not hold:

- after each kill, and at every look of the reader: every file is whole, and every issue is there with all its rows, the
  very rows of the undisturbed run, or with none;
- after one more run: the same files, byte for byte, but for what tells of runs (columns of documents; checks);
- nothing a killed run had started is left alive, and no lock is left behind.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import IO

import polars as pl

from flows.server import running_server
from gazette.publish.store import CONTENT, KEPT_GENERATIONS, SECTIONS, Store
from gazette.tables import TABLES

ISSUES, BATCH = 60, 20
COMMIT = 0.12  # seconds that a commit takes, about
PATIENCE = 180.0  # seconds after which a run hangs
TOGETHER = 10
PAUSE = 0.2  # seconds between two looks of the reader
HUNG = 1000
OF_RUNS = ("documents", "checks")
PLACES = ("江滨区", "柳溪县", "东岭市", "白塔镇", "石桥区", "青禾县")


class Broken(AssertionError):
    """A promise does not hold."""


def write_issues(raw: Path, seed: int) -> int:
    """Issues of three papers over five months: texts, pages in HTML, an empty file, the same bytes twice, a page in two
    versions, and figures that a gate keeps back. Gives how many files there are."""
    chance = random.Random(seed)
    for paper in range(3):
        folder = raw / f"paper-{paper}"
        folder.mkdir(parents=True)
        (folder / "publication.toml").write_text(f'name = "第{paper}日报"\nregion = "500110"\n', encoding="utf-8")
    files: list[Path] = []
    for number in range(ISSUES - 4):
        day = date(2020, 2, 1) + timedelta(days=number * 5 // 2)
        folder = raw / f"paper-{number % 3}" / day.isoformat()
        folder.mkdir(parents=True, exist_ok=True)
        text = build_text(chance, day)
        file = folder / f"{number:02}.{'html' if number % 20 == 7 else 'txt'}"
        file.write_text(as_page(text) if file.suffix == ".html" else text, encoding="utf-8")
        files.append(file)
    (files[0].parent / "empty.txt").write_bytes(b"")
    shutil.copy(files[3], files[3].with_stem("copy"))
    files[9].with_suffix(".md").write_text(build_text(chance, date(2020, 2, 24)), encoding="utf-8")
    files[4].with_stem("odd").write_text("全区重大项目复工率103%。全区工业企业复工86家。\n", encoding="utf-8")
    return len([path for path in raw.rglob("*") if path.is_file() and path.suffix != ".toml"])


def build_text(chance: random.Random, day: date) -> str:
    lines = [f"{chance.choice(PLACES)}加快恢复生产"]
    for _ in range(chance.randint(3, 9)):
        place, whole = chance.choice(PLACES), chance.randint(50, 900)
        lines.append(
            f"截至{day.month}月{day.day}日，{place}规模以上工业企业{whole}家，已复工{chance.randint(20, whole)}家，"
            f"返岗员工{chance.randint(300, 90_000)}人。其中，新开工项目{chance.randint(2, 60)}个，"
            f"总投资{chance.randint(1, 900)}.{chance.randint(1, 9)}亿元。"
            f"银行为{chance.randint(3, 80)}家企业发放贷款{chance.randint(1, 50)}.{chance.randint(1, 9)}亿元。"
        )
    return "\n".join(lines) + "\n"


def as_page(text: str) -> str:
    head, *rest = text.strip().split("\n")
    body = "".join(f"<p>{line}</p>" for line in rest)
    return f"<html><body><div><h1>{head}</h1><div>{body}</div></div></body></html>"


@dataclass
class Reference:
    """What an undisturbed run publishes: the bytes of every file, and all rows in order."""

    files: dict[str, bytes]
    rows: dict[str, pl.DataFrame]
    documents: pl.DataFrame


def read_files(root: Path) -> dict[str, bytes]:
    """Every file of a generation, but for those that tell of runs."""
    files = {file.relative_to(root).as_posix(): file for file in sorted(root.rglob("*.parquet"))}
    return {path: file.read_bytes() for path, file in files.items() if path.split("/")[1] not in OF_RUNS}


def read_rows(root: Path, section: str, name: str) -> pl.DataFrame:
    table = TABLES[name].quarantine() if section == "quarantine" else TABLES[name]
    files = sorted((root / section / name).rglob("*.parquet"))
    frames = [pl.read_parquet(file, hive_partitioning=False) for file in files]
    empty = table.empty_frame
    return pl.concat([empty, *frames]).sort(pl.all())


def read_reference(root: Path) -> Reference:
    rows = {f"{section}/{name}": read_rows(root, section, name) for section in SECTIONS for name in CONTENT}
    return Reference(read_files(root), rows, read_documents(root))


def read_documents(root: Path) -> pl.DataFrame:
    return read_rows(root, "curated", "documents").drop(TABLES["documents"].run_columns).sort("path", "issue_id")


def check_generation(root: Path, reference: Reference) -> int:
    """Every issue is there with all its rows or with none. Gives how many are. Raises Broken."""
    documents = read_rows(root, "curated", "documents")
    published = documents.filter(pl.col("status") == "published")["issue_id"]
    for path, wanted in reference.rows.items():
        found = read_rows(root, *path.split("/"))
        expected = wanted.filter(pl.col("issue_id").is_in(published.to_list()))
        if not found.equals(expected):
            rows = f"{found.height} rows of {len(published)} issues, not {expected.height}"
            raise Broken(f"{path} of generation {root.name}: {rows}, or others")
    return len(published)


def check_end(root: Path, reference: Reference) -> None:
    """The tables are those of the undisturbed run. Raises Broken."""
    files = read_files(root)
    if files != reference.files:
        odd = [p for p in {*files, *reference.files} if files.get(p) != reference.files.get(p)]
        raise Broken(f"these files are not those of an undisturbed run: {sorted(odd)}")
    if not read_documents(root).equals(reference.documents):
        raise Broken("documents tells something else than after an undisturbed run")


# -- processes


class Nursery:
    """The process that all runs are forked from. It has imported what they need, and does nothing else: a process that
    has used Polars could not be forked, for its threads would be missing in the child."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "benchmarks.killing", "--nursery"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        self._ask()

    def start(self, data: Path) -> int:
        """Begins a run in a process and session of its own; gives its number."""
        return self._ask(f"run {data}")

    def wait(self, number: int) -> int:
        """The exit code of a run, negative for a signal. Raises Broken where it hangs."""
        code = self._ask(f"wait {number}")
        if code == HUNG:
            raise Broken(f"a run did not end within {PATIENCE:.0f} s")
        return code

    def close(self) -> None:
        self._process.communicate()

    def _ask(self, order: str = "") -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        if order:
            self._process.stdin.write(f"{order}\n")
        return int(self._process.stdout.readline())


def serve_nursery(orders: IO[str]) -> None:
    from flows.warm import warm_up

    warm_up()
    print(0, flush=True)
    for order in orders:
        word, rest = order.strip().split(" ", 1)
        print(fork_run(Path(rest)) if word == "run" else wait_for(int(rest)), flush=True)


def fork_run(data: Path) -> int:
    number = os.fork()
    if number:
        return number
    os.setsid()
    os.dup2(2, 1)
    code = 1
    try:
        from flows.run import Options, run

        run(data, lambda progress: None, Options(batch_size=BATCH, processes=1))
        code = 0
    except BaseException as error:
        print(f"run: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
    finally:
        os._exit(code)


def wait_for(number: int) -> int:
    due = time.monotonic() + PATIENCE
    while time.monotonic() < due:
        ended, status = os.waitpid(number, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.005)
    os.kill(number, signal.SIGKILL)
    os.waitpid(number, 0)
    return HUNG


def is_running(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def find_left(session: int) -> list[int]:
    """The processes of a session that are still alive."""
    left = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            left.append(int(stat.parent.name))
    return left


def check_nothing_left(session: int, seconds: float = 20.0) -> None:
    """What a killed run had started ends by itself. Raises Broken."""
    due = time.monotonic() + seconds
    while left := find_left(session):
        if time.monotonic() > due:
            raise Broken(f"processes {left} outlived their run")
        time.sleep(0.05)


class Reader:
    """A process that reads the tables all the while."""

    def __init__(self, data: Path, reference: Path) -> None:
        command = [sys.executable, "-m", "benchmarks.killing", "--read", str(data), "--reference", str(reference)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._out: str | None = None

    def check(self) -> None:
        """Raises Broken where it has seen something broken, and so has ended."""
        if self._process.poll() is not None:
            self.stop()

    def stop(self) -> dict[str, int]:
        """How often it looked. Raises Broken with what it saw."""
        if self._out is None:
            self._out = self._process.communicate("")[0]
        out = self._out
        told = json.loads(out.splitlines()[-1]) if out.strip() else {"fault": "the reader died"}
        if fault := told.pop("fault", None):
            raise Broken(f"the reader saw: {fault}")
        return dict(told)


def read_on(data: Path, reference: Reference, end: IO[str]) -> dict[str, int | str]:
    """Looks at the tables until the input ends: as one generation, and by the public paths, file by file."""
    looks = files = late = 0
    store = Store(data)
    while not select.select([end], [], [], PAUSE)[0]:
        root = store.snapshot()
        try:
            inode = os.stat(root).st_ino if root else 0
        except FileNotFoundError:
            continue
        if root is None:
            continue
        try:
            check_generation(root, reference)
            looks += 1
            files += open_public(data)
        except Exception as error:
            if is_kept(store, root, inode):
                return {"fault": f"generation {root.name}: {type(error).__name__}: {error}"}
            late += 1
    return {"looks": looks, "files": files, "late": late}


def open_public(data: Path) -> int:
    """Reads every file that is listed under the public paths; gives how many. Each is opened once: Polars, DuckDB and
    pyarrow open a file twice, and may meet the swap in between, if they are not given the resolved path."""
    files = [file for name in CONTENT for file in (data / "curated" / name).rglob("*.parquet")]
    for file in files:
        pl.read_parquet(BytesIO(file.read_bytes()), hive_partitioning=False)
    return len(files)


def is_kept(store: Store, root: Path, inode: int) -> bool:
    """Whether a generation is one that stays whole: no more than two were published after it, and it is still that
    folder and none of a new beginning."""
    live = store.snapshot()
    same = root.exists() and os.stat(root).st_ino == inode
    return live is not None and same and int(live.name) - int(root.name) < KEPT_GENERATIONS


# -- killing


@dataclass
class Tally:
    kills: int = 0
    in_commit: int = 0
    ends: int = 0
    published: list[int] = field(default_factory=list)


def kill_at_random(number: int, data: Path, chance: random.Random, length: float) -> tuple[bool, bool]:
    """Kills a run. Tells whether it was still at work, and whether it was committing."""
    aims = chance.random() < 0.5
    if aims:
        wait_for_commit(number, data, chance.randint(1, max(1, ISSUES // BATCH // 2)))
        time.sleep(chance.uniform(0, COMMIT))
    else:
        time.sleep(chance.uniform(0, length))
    alive = is_running(number)
    committing = alive and is_committing(data)
    if alive:
        os.kill(number, signal.SIGKILL)
    return alive, committing


def is_committing(data: Path) -> bool:
    return any((data / ".store" / "generations").glob(".unfinished-*")) or any((data / ".store").glob(".unfinished-*"))


def wait_for_commit(number: int, data: Path, count: int) -> None:
    """Until the run begins its count-th commit, or ends."""
    for _ in range(count):
        while is_running(number) and not is_committing(data):
            time.sleep(0.001)
        if _ + 1 < count:
            while is_running(number) and is_committing(data):
                time.sleep(0.001)


def kill_runs(
    nursery: Nursery,
    reader: Reader,
    data: Path,
    kills: int,
    chance: random.Random,
    length: float,
    reference: Reference,
) -> Tally:
    tally = Tally()
    while tally.kills < kills:
        reader.check()
        number = nursery.start(data)
        killed, committing = kill_at_random(number, data, chance, length)
        code = nursery.wait(number)
        root = Store(data).snapshot()
        if killed:
            check_nothing_left(number)
            tally.kills += 1
            tally.in_commit += committing
            tally.published.append(check_generation(root, reference) if root else 0)
            if tally.kills % 20 == 0:
                print(f"{tally.kills} kills, {tally.in_commit} while committing, {tally.ends} ends", flush=True)
            if chance.random() < 0.25 or tally.kills == kills:
                finish(nursery, data, reference, tally)
        elif code:
            raise Broken(f"a run that nobody killed ended with {code}")
        else:
            finish(nursery, data, reference, tally)
    return tally


def finish(nursery: Nursery, data: Path, reference: Reference, tally: Tally) -> None:
    """One more run; then the tables are compared, and all begins anew."""
    if code := nursery.wait(nursery.start(data)):
        raise Broken(f"the run after a kill ended with {code}")
    root = Store(data).snapshot()
    if root is None:
        raise Broken("the run after a kill published nothing")
    check_end(root, reference)
    tally.ends += 1
    (data / ".store").rename(data / ".gone")  # in one step, so that the reader sees that all begins anew
    shutil.rmtree(data / ".gone")


def run_together(nursery: Nursery, data: Path, reference: Reference) -> None:
    """Ten at once, the first killed while it holds the lock: each issue once, and the lock is free afterwards."""
    numbers = [nursery.start(data) for _ in range(TOGETHER)]
    wait_for_commit_of_any(data)
    holder = int((data / ".store" / "lock").read_text().split()[1])
    os.kill(holder, signal.SIGKILL)
    codes = {number: nursery.wait(number) for number in numbers}
    if codes.pop(holder) != -signal.SIGKILL or any(codes.values()):
        raise Broken(f"of ten runs at once these failed: {codes}")
    root = Store(data).snapshot()
    if root is None:
        raise Broken("ten runs at once published nothing")
    check_end(root, reference)
    with Store(data).lock(lambda words: fail(words)):
        pass


def fail(words: str) -> None:
    raise Broken(f"a lock was left behind: {words}")


def wait_for_commit_of_any(data: Path) -> None:
    due = time.monotonic() + PATIENCE
    while not is_committing(data):
        if time.monotonic() > due:
            raise Broken("none of ten runs began to publish")
        time.sleep(0.002)


# -- all of it


def run_undisturbed(nursery: Nursery, raw: Path, folder: Path) -> tuple[Reference, float]:
    shutil.copytree(raw, folder / "raw")
    begin = time.monotonic()
    if code := nursery.wait(nursery.start(folder)):
        raise Broken(f"the undisturbed run ended with {code}")
    length = time.monotonic() - begin
    root = Store(folder).snapshot()
    assert root is not None
    return read_reference(root), length


def work(nursery: Nursery, folder: Path, kills: int, seed: int) -> None:
    count = write_issues(folder / "data" / "raw", seed)
    reference, length = run_undisturbed(nursery, folder / "data" / "raw", folder / "undisturbed")
    print(
        f"{count} issue files, {reference.documents.height} documents; an undisturbed run takes {length:.1f} s",
        flush=True,
    )
    reader = Reader(folder / "data", folder / "undisturbed")
    begin = time.monotonic()
    try:
        tally = kill_runs(nursery, reader, folder / "data", kills, random.Random(seed), length, reference)
        seconds = time.monotonic() - begin
        run_together(nursery, folder / "data", reference)
    finally:
        seen = reader.stop()
    lines = (
        f"{tally.kills} kills in {seconds:.0f} s (seed {seed}), {tally.in_commit} of them while committing",
        f"after each: {min(tally.published)} to {max(tally.published)} issues published, each whole",
        f"after one more run, {tally.ends} times: the same as the undisturbed run",
        f"{TOGETHER} runs at once, the holder of the lock killed: each issue once, the lock free",
        f"the reader looked {seen['looks']} times at a whole generation ({seen['late']} times it was too slow for it), "
        f"and opened {seen['files']} files by their public paths: nothing half-published, nothing broken",
    )
    print("\n".join(lines))


@contextmanager
def begin(folder: Path) -> Iterator[Nursery]:
    """The server that all runs talk to, and the process that they are forked from."""
    os.environ |= {"PREFECT_HOME": str(folder / "prefect"), "DO_NOT_TRACK": "1", "GX_ANALYTICS_ENABLED": "false"}
    os.environ |= {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "PREFECT_LOGGING_LEVEL": "CRITICAL"}
    os.environ["PREFECT_LOGGING_ROOT_LEVEL"] = "ERROR"
    with running_server() as server:
        nursery = Nursery()
        try:
            server.wait()
            yield nursery
        finally:
            nursery.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--nursery", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--reference", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.nursery:
        serve_nursery(sys.stdin)
        return
    if options.read:
        root = Store(options.reference).snapshot()
        assert root is not None
        print(json.dumps(read_on(options.read, read_reference(root), sys.stdin)))
        return
    with tempfile.TemporaryDirectory() as folder:
        try:
            with begin(Path(folder)) as nursery:
                work(nursery, Path(folder), options.kills, options.seed)
        except Broken as broken:
            sys.exit(f"broken: {broken}")


if __name__ == "__main__":
    main()
