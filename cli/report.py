"""`gazette report`: writes or renews the site, and says where it begins."""

from __future__ import annotations

import time
from pathlib import Path

from cli.failure import Failure
from cli.folder import find_folders
from cli.terminal import open_console


def write_report(data: Path, folder: Path | None) -> None:
    """Raises Failure where nothing is published or the folder cannot be written."""
    from rich.console import Console

    data, folder = find_folders(data, folder, "reports", with_raw=True)

    from gazette.report import ReportError, build_report

    started, progress = time.monotonic(), Console(stderr=True, highlight=False, emoji=False)
    try:
        with progress.status("reading the tables") as status:
            summary = build_report(data, folder, lambda words: status.update(words))
    except ReportError as error:
        raise Failure(str(error)) from error
    seconds = time.monotonic() - started
    console = open_console()
    told = (
        f"{summary.files:,} files, {summary.bytes / 1e6:,.1f} MB; {len(summary.written):,} written in {seconds:.1f} s"
    )
    console.print(told, markup=False, soft_wrap=True)
    console.print(f"open {summary.first_page.resolve()}", markup=False, style="bold", soft_wrap=True)
