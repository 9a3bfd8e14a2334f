"""Writes an export and puts it in its place: start reading here."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gazette.export.database import write_database
from gazette.export.sources import find_sources
from gazette.export.text_files import write_csv, write_jsonl
from gazette.export.workbook import LEFT_OUT, write_workbook
from gazette.publish.snapshots import read_generation
from gazette.publish.store import Store, StoreError

FORMATS = ("csv", "xlsx", "duckdb", "jsonl")
FOLDER = "exports"


class ExportError(RuntimeError):
    """The export cannot be made; the message says why. What was exported before is as it was."""


@dataclass(frozen=True, slots=True)
class ExportSummary:
    """The folder, its files, and what Excel could not hold: tables left out and cells cut, by column."""

    folder: Path
    files: tuple[Path, ...]
    left_out: tuple[str, ...] = ()
    cut: tuple[tuple[str, int], ...] = ()

    @property
    def bytes(self) -> int:
        return sum(file.stat().st_size for file in self.files)


def export(data: Path, format_: str, folder: Path | None = None) -> ExportSummary:
    """The published tables in one of FORMATS, in `folder` (data/exports/<format>). Raises ExportError where nothing is
    published, the folder cannot be written, or holds what is no export."""
    folder = folder or data / FOLDER / format_
    try:
        return read_generation(Store(data), lambda root: _write_export(root, format_, folder))
    except StoreError as error:
        raise ExportError(str(error)) from error
    except OSError as error:
        raise ExportError(f"{folder}: {error}") from error


def _write_export(root: Path, format_: str, folder: Path) -> ExportSummary:
    unfinished = folder.with_name(f".{folder.name}.unfinished")
    _check_place(folder)
    try:
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        summary = WRITERS[format_](root, unfinished)
        (unfinished / MARK).write_text(f"{format_}\n", encoding="utf-8")
        _replace(folder, unfinished)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    files = tuple(folder / file.name for file in summary.files)
    return ExportSummary(folder, files, summary.left_out, summary.cut)


MARK = ".gazette-export"


def _check_place(folder: Path) -> None:
    """Only an export, or nothing, is replaced."""
    if folder.exists() and not (folder / MARK).is_file() and (not folder.is_dir() or any(folder.iterdir())):
        raise ExportError(f"{folder} is in the way: it is no export of gazette, and would be lost")


def _replace(folder: Path, new: Path) -> None:
    """The new folder in the place of the old one; between two renames there is none, but never half of one."""
    old = folder.with_name(f".{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        os.rename(folder, old)
    os.rename(new, folder)
    shutil.rmtree(old, ignore_errors=True)


def _export_csv(root: Path, folder: Path) -> ExportSummary:
    return ExportSummary(folder, tuple(write_csv(source, folder) for source in find_sources(root)))


def _export_jsonl(root: Path, folder: Path) -> ExportSummary:
    return ExportSummary(folder, tuple(write_jsonl(source, folder) for source in find_sources(root)))


def _export_xlsx(root: Path, folder: Path) -> ExportSummary:
    file, cut = write_workbook(list(find_sources(root)), folder)
    return ExportSummary(folder, (file,), LEFT_OUT, tuple(sorted(cut.items())))


def _export_duckdb(root: Path, folder: Path) -> ExportSummary:
    return ExportSummary(folder, (write_database(find_sources(root), folder),))


WRITERS: dict[str, Callable[[Path, Path], ExportSummary]] = {
    "csv": _export_csv,
    "xlsx": _export_xlsx,
    "duckdb": _export_duckdb,
    "jsonl": _export_jsonl,
}
