"""The published tables on disk: generations that replace each other in one step.

`<data>/.store/generations/<n>/{curated,quarantine}/<table>/month=YYYY-MM/part-0.parquet` holds all rows;
`.store/current` is a link to the generation that is live, and `<data>/curated` and `<data>/quarantine` lead through it.
A change builds the next generation beside the live one, writing the months that change and hard-linking all other
files, and then swaps the link: a reader sees the old tables or the new ones, never something between. A file keeps its
name in every generation, so that a reader who listed files before the swap opens whole files after it. Rows of one
issue in one table lie in one file. A crash leaves at worst an unfinished generation, which the next run removes.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import shutil
import socket
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from gazette.publish.files import StoreError as StoreError
from gazette.publish.files import check_version, read_parquet, read_version, sort_rows, write_parquet
from gazette.tables import RECORD_TABLES, SCHEMA, TABLES, Table

KEPT_GENERATIONS = 3
FILE_NAME = "part-0.parquet"
SECTIONS = ("curated", "quarantine")
REVISED = ("series", "checks")  # tables whose rows tell of many issues
CONTENT = (*RECORD_TABLES, "mentions", "texts")  # tables whose rows belong to an issue each
UNFINISHED = ".unfinished-"
COUNTS = ("mentions_count", *(f"{name}_count" for name in RECORD_TABLES), "rejected_count")
MONTH = pl.col("issue_date").dt.strftime("%Y-%m").fill_null("unknown").alias("month")
RESTATED = pl.Schema({name: pl.String() for name in ("path", "issue_id", "month", "status", "detail")})


@dataclass(frozen=True, slots=True)
class Revision:
    """What a commit does to a table whose rows belong to no one issue.

    touched: by month, the keys of the rows to take out. rows: by month, the rows to put in.
    """

    table: str
    section: str = "curated"
    touched: Mapping[str, Collection[str]] = field(default_factory=dict)
    rows: Mapping[str, pl.DataFrame] = field(default_factory=dict)


@dataclass
class Change:
    """What one commit does.

    accepted, rejected: rows to add, by table.
    months: the month of each issue that has rows to add; all rows it had there before are replaced.
    withdrawn: issues whose rows leave the tables, with the month that they are in.
    documents: rows to add; each replaces the row of the same path and issue.
    restated: (path, issue_id, month, status, detail) of rows that are there already and get another status, or none:
    with status null the row is taken out.
    revisions: what it does to the tables that tell of many issues at once.
    """

    accepted: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    rejected: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    months: Mapping[str, str] = field(default_factory=dict)
    withdrawn: Mapping[str, str] = field(default_factory=dict)
    documents: pl.DataFrame = field(default_factory=lambda: TABLES["documents"].empty_frame)
    restated: pl.DataFrame = field(default_factory=lambda: RESTATED.to_frame())
    revisions: Sequence[Revision] = ()


class Store:
    """The tables of one data folder. Only the holder of `lock` may call `heal`, `refresh` and `commit`.

    Where `data` is a working copy of a folder elsewhere, a subclass keeps the two alike (see the package storage)."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.home = data / ".store"
        self.generations = self.home / "generations"
        self.current = self.home / "current"

    @property
    def address(self) -> str:
        """How people call the data folder."""
        return str(self.data)

    @property
    def raw(self) -> Path:
        return self.data / "raw"

    def has_raw(self) -> bool:
        """Whether there is a folder of issues."""
        return self.raw.is_dir()

    @property
    def identities(self) -> Path:
        """Where `gazette.ingest.identities` keeps what it knows."""
        return self.home / "identities.json"

    # -- reading

    def snapshot(self) -> Path | None:
        """The folder of the live generation, which stays whole for two more commits; None before the first one."""
        return self.current.resolve() if self.current.is_symlink() else None

    def read(self, name: str, section: str = "curated") -> pl.DataFrame:
        """All rows of a table as one generation has them."""
        table = declare(name, section)
        root = self.snapshot()
        files = sorted((root / section / name).glob(f"month=*/{FILE_NAME}")) if root else []
        frames = [read_parquet(file, table) for file in files]
        return pl.concat(frames) if frames else table.empty_frame

    def read_part(self, name: str, month: str, section: str = "curated") -> pl.DataFrame:
        """The rows of a table in one month."""
        table = declare(name, section)
        part = _read_part(self.snapshot(), section, table, month)
        return table.empty_frame if part is None else part

    def read_documents(self) -> pl.DataFrame:
        return self.read("documents")

    def is_outdated(self) -> bool:
        """Whether an older version wrote the tables. Raises StoreError where a newer one did."""
        return self.read_schema() < SCHEMA

    def read_schema(self) -> int:
        """The number of the declaration that the live generation keeps to; that of today before the first one. Raises
        StoreError where it is newer."""
        root = self.snapshot()
        file = next((root / "curated" / "documents").glob(f"month=*/{FILE_NAME}"), None) if root else None
        version = SCHEMA if file is None else read_version(file)
        check_version(version, self.address)
        return version

    # -- the lock

    @contextmanager
    def lock(self, on_wait: Callable[[str], None] | None = None) -> Iterator[None]:
        """Holds the store for one run. Where another run holds it, `on_wait` is told who, and then it is waited for.
        The lock dies with its process. Raises StoreError where the data folder cannot be written."""
        try:
            self.generations.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.home / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise explain(error, self.address) from error
        try:
            self._acquire(descriptor, on_wait)
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"process {os.getpid()} on {socket.gethostname()}".encode(), 0)
            yield
        finally:
            os.close(descriptor)

    def _acquire(self, descriptor: int, on_wait: Callable[[str], None] | None) -> None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EACCES):
                raise explain(error, self.address) from error
            if on_wait:
                holder = os.pread(descriptor, 200, 0).decode(errors="replace") or "another process"
                on_wait(f"another run works on {self.address} ({holder}); waiting for it to end")
            fcntl.flock(descriptor, fcntl.LOCK_EX)

    # -- writing

    def heal(self) -> None:
        """Removes what a crash left behind and sees that the public links are there. Raises StoreError."""
        self.read_schema()
        try:
            live = self._read_number()
            for folder in self.generations.iterdir():
                if not folder.name.isdigit() or int(folder.name) > live or int(folder.name) <= live - KEPT_GENERATIONS:
                    _remove(folder)
            for leftover in self.home.glob(f"{UNFINISHED}*"):
                leftover.unlink()
            if live:
                self._link_public()
        except OSError as error:
            raise explain(error, self.address) from error

    def refresh(self) -> None:
        """Brings raw/ to the state of the folder that it is a copy of. Here it is the folder itself."""

    def commit(self, change: Change) -> int:
        """Publishes the change and returns the number of the new generation. Raises StoreError where it could not be
        written; the tables are then as they were."""
        number = self._read_number() + 1
        self._install(number, lambda building: self._build(building, change), self._announce)
        return number

    def migrate(self) -> int:
        """Writes all tables anew as they are declared today, in one step. Columns that an older version did not have
        are null. Raises StoreError; the tables are then as they were."""
        number = self._read_number() + 1
        self._install(number, self._rewrite, self._announce)
        return number

    def _rewrite(self, building: Path) -> None:
        live = self.current.resolve()
        for section in SECTIONS:
            (building / section).mkdir(parents=True)
        for file in sorted(live.glob(f"*/*/month=*/{FILE_NAME}")):
            section, name, month = file.relative_to(live).parts[:3]
            table = declare(name, section)
            rows = sort_rows(read_parquet(file, table), table)
            _write_part(rows, table, building / section, month.removeprefix("month="))
        _fill(building)
        _flush(building)

    def _announce(self, number: int) -> None:
        """Called once the generation lies there whole, before it is live. What it raises ends the commit."""

    def _install(
        self, number: int, build: Callable[[Path], None], announce: Callable[[int], None] = lambda number: None
    ) -> None:
        """Makes what `build` writes into an empty folder the live generation."""
        building = self.generations / f"{UNFINISHED}{number}"
        try:
            _remove(building)
            _remove(self.generations / str(number))
            build(building)
            os.rename(building, self.generations / str(number))
            _flush(self.generations)
            announce(number)
            self._swap(number)
            self._link_public()
        except OSError as error:
            shutil.rmtree(building, ignore_errors=True)
            raise explain(error, self.address) from error
        self._prune(number)

    def _read_number(self) -> int:
        """Number of the live generation, 0 before the first."""
        if not self.current.is_symlink():
            return 0
        name = Path(os.readlink(self.current)).name
        if not re.fullmatch("[0-9]+", name) or not (self.generations / name).is_dir():
            raise StoreError(f"{self.current} leads to {name}, which is no generation of these tables")
        return int(name)

    def _build(self, building: Path, change: Change) -> None:
        live = self.snapshot()
        for section in SECTIONS:
            (building / section).mkdir(parents=True)
        settled = {file.relative_to(building) for file in self._write_changed(live, building, change)}
        filled = [name for name in REVISED if (building / "curated" / name).exists()]
        settled |= {_part(Path("curated"), name, build_month(None)) for name in filled}
        if live is not None:
            _link_unchanged(live, building, settled)
        _fill(building)
        _flush(building)

    def _write_changed(self, live: Path | None, building: Path, change: Change) -> Iterator[Path]:
        """Writes every file that the change touches, and yields its path. A month that has
        documents has a file of every table, and quarantine has none without rows: what was there before leaves no
        trace."""
        months = {*change.months.values(), *change.withdrawn.values(), *_find_months(change.documents)}
        leaving = {*change.months, *change.withdrawn}
        for section, added in (("curated", change.accepted), ("quarantine", change.rejected)):
            for name in CONTENT:
                table = declare(name, section)
                rows = _with_month(added.get(name), table, change.months)
                filled = set(rows["month"])
                for month in sorted(months):
                    old = _read_part(live, section, table, month)
                    if old is None and month not in filled and section == "quarantine":
                        continue
                    new = rows.filter(pl.col("month") == month).select(table.names) if month in filled else None
                    frame = _merge(old, new, leaving, table)
                    if old is not None and new is None and frame.height == old.height:
                        continue
                    if section == "curated" or not frame.is_empty():
                        _write_part(frame, table, building / section, month)
                    yield _part(building / section, name, month)
        yield from self._write_documents(live, building, change)
        for revision in change.revisions:
            yield from self._write_revision(live, building, revision)

    def _write_documents(self, live: Path | None, building: Path, change: Change) -> Iterator[Path]:
        table = TABLES["documents"]
        added = change.documents.with_columns(MONTH)
        for month in sorted({*added["month"], *change.restated["month"]}):
            new = added.filter(pl.col("month") == month).select(table.names)
            old = _read_part(live, "curated", table, month)
            if old is not None:
                old = old.join(new, on=["path", "issue_id"], how="anti", nulls_equal=True)
                new = pl.concat([_restate(old, change.restated), new])
            _write_part(sort_rows(new, table), table, building / "curated", month)
            yield _part(building / "curated", "documents", month)

    def _write_revision(self, live: Path | None, building: Path, revision: Revision) -> Iterator[Path]:
        """A month without rows has no file: it leaves no trace."""
        section, table = revision.section, declare(revision.table, revision.section)
        for month in sorted({*revision.touched, *revision.rows}):
            old = _read_part(live, section, table, month)
            kept = (
                old.filter(~pl.col(table.key).is_in(list(revision.touched.get(month, ())))) if old is not None else None
            )
            parts = [frame for frame in (kept, revision.rows.get(month)) if frame is not None and not frame.is_empty()]
            if parts:
                _write_part(sort_rows(pl.concat(parts), table), table, building / section, month)
            yield _part(building / section, table.name, month)

    def _swap(self, number: int) -> None:
        """Makes the generation live, in one step."""
        link = self.home / f"{UNFINISHED}current"
        link.unlink(missing_ok=True)
        link.symlink_to(Path("generations") / str(number))
        os.replace(link, self.current)
        _flush(self.home)

    def _link_public(self) -> None:
        for section in SECTIONS:
            public, target = self.data / section, Path(".store") / "current" / section
            if public.is_symlink() and Path(os.readlink(public)) == target:
                continue
            if public.exists() and not public.is_symlink():
                raise StoreError(f"{public} is in the way: the tables are published there; move it elsewhere")
            link = self.home / f"{UNFINISHED}{section}"
            link.unlink(missing_ok=True)
            link.symlink_to(target)
            os.replace(link, public)

    def _prune(self, live: int) -> None:
        for folder in self.generations.iterdir():
            if folder.name.isdigit() and int(folder.name) <= live - KEPT_GENERATIONS:
                shutil.rmtree(folder, ignore_errors=True)  # what stays is removed by the next run


def build_month(day: date | None) -> str:
    """The partition that an issue of that day is filed in."""
    return "unknown" if day is None else f"{day:%Y-%m}"


def _find_months(documents: pl.DataFrame) -> list[str]:
    return documents.select(MONTH)["month"].to_list()


def declare(name: str, section: str) -> Table:
    """What the rows of a table look like in a section."""
    return TABLES[name].quarantine() if section == "quarantine" else TABLES[name]


def _part(root: Path, name: str, month: str) -> Path:
    return root / name / f"month={month}" / FILE_NAME


def _read_part(live: Path | None, section: str, table: Table, month: str) -> pl.DataFrame | None:
    file = _part(live / section, table.name, month) if live is not None else None
    return read_parquet(file, table) if file is not None and file.exists() else None


def _with_month(frame: pl.DataFrame | None, table: Table, months: Mapping[str, str]) -> pl.DataFrame:
    """The rows, each with the month of its issue; no rows where there is no frame."""
    rows = table.empty_frame if frame is None else table.cast(frame)
    return rows.with_columns(month=pl.col("issue_id").replace_strict(months, return_dtype=pl.String))


def _merge(old: pl.DataFrame | None, new: pl.DataFrame | None, leaving: set[str], table: Table) -> pl.DataFrame:
    """The rows of a month after a change, in the table's order: none of an issue that leaves or is replaced, all that
    are new."""
    if old is None:
        return table.empty_frame if new is None else sort_rows(new, table)
    kept = old.filter(~pl.col("issue_id").is_in(list(leaving)))
    return kept if new is None else sort_rows(pl.concat([kept, new]), table)


def _restate(documents: pl.DataFrame, restated: pl.DataFrame) -> pl.DataFrame:
    """The documents with their new status; what is no longer in the tables is not counted."""
    changes = restated.select("path", "issue_id", pl.col("status").alias("_status"), pl.col("detail").alias("_detail"))
    keys = ["path", "issue_id"]
    touched = documents.join(changes, on=keys, how="inner", nulls_equal=True).filter(pl.col("_status").is_not_null())
    touched = touched.with_columns(
        pl.col("_status").alias("status"), pl.col("_detail").alias("detail"), *(pl.lit(None).alias(c) for c in COUNTS)
    )
    others = documents.join(changes, on=keys, how="anti", nulls_equal=True)
    return pl.concat([others, touched.select(documents.columns).cast(documents.schema)])


def _write_part(frame: pl.DataFrame, table: Table, root: Path, month: str) -> None:
    file = _part(root, table.name, month)
    file.parent.mkdir(parents=True)
    write_parquet(frame, table, file)
    _flush(file.parent)


def _fill(building: Path) -> None:
    """Every table has a file, for those who read by pattern."""
    for name in REVISED:
        if not (building / "curated" / name).exists():
            _write_part(TABLES[name].empty_frame, TABLES[name], building / "curated", build_month(None))


def _link_unchanged(live: Path, building: Path, settled: set[Path]) -> None:
    for section in SECTIONS:
        for file in (live / section).glob(f"*/month=*/{FILE_NAME}"):
            relative = file.relative_to(live)
            if relative in settled:
                continue
            (building / relative).parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(file, building / relative)
            except OSError as error:
                if error.errno not in (errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK, errno.EXDEV):
                    raise
                shutil.copy2(file, building / relative)  # a file system without hard links


def _flush(folder: Path) -> None:
    """Sees that the names in the folder are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(folder: Path) -> None:
    if folder.is_dir() and not folder.is_symlink():
        shutil.rmtree(folder)
    else:
        folder.unlink(missing_ok=True)


def explain(error: OSError, address: str) -> StoreError:
    """What the data folder at `address` suffers from."""
    words = {
        errno.ENOSPC: "there is no room left on the disk",
        errno.EDQUOT: "the disk quota is used up",
        errno.EROFS: "it is on a read-only file system",
        errno.EACCES: "this user may not write there",
        errno.EPERM: "this user may not write there",
    }
    return StoreError(f"{address}: {words.get(error.errno or 0, error)}; the tables are as they were")
