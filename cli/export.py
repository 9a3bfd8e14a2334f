"""`gazette export`: the tables as files of another format, and what could not go in."""

from __future__ import annotations

from pathlib import Path

from cli.failure import Failure
from cli.folder import find_folders
from cli.terminal import open_console, write_error


def export_tables(data: Path, form: str, folder: Path | None) -> None:
    """Raises Failure where nothing is published or the folder cannot be written."""
    from gazette.export import ExportError, export

    data, folder = find_folders(data, folder, f"exports/{form}")
    try:
        summary = export(data, form, folder)
    except ExportError as error:
        raise Failure(str(error)) from error
    console = open_console()
    for file in summary.files:
        console.print(f"{file}  {file.stat().st_size:,} bytes", markup=False, soft_wrap=True)
    for name in summary.left_out:
        write_error(f"{name} is left out: a cell of a workbook holds 32,767 characters; csv, jsonl and duckdb have it")
    for column, count in summary.cut:
        write_error(f"{column}: {count:,} cells are cut at 32,767 characters; csv, jsonl and duckdb have all of them")
