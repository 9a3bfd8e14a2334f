"""`gazette audit`: over a folder of issues, where the printed figures went and which rules never fired."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from cli.failure import ExitCode, Failure
from cli.terminal import open_console, write_error
from gazette.extract.audit import Audit, audit_issues
from gazette.extract.model import Reason
from gazette.extract.places import load_gazetteer
from gazette.ingest.formats import find_format, read_text
from gazette.ingest.metadata import parse_date
from gazette.ingest.reasons import UnreadableIssue

if TYPE_CHECKING:
    from rich.console import Console

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def audit_folder(folder: Path, region_code: str, top: int) -> None:
    """Prints the audit of every .txt under `folder`. Raises Failure where there is none."""
    if region_code not in load_gazetteer():
        raise Failure(f"--region: {region_code!r} is no GB/T 2260 code (six digits, as 500110)", ExitCode.USAGE)
    files = sorted(folder.rglob("*.txt"))
    if not files:
        raise Failure(f"{folder}: there is no .txt file in it")
    _print_audit(open_console(), audit_issues(_read_issues(files, region_code)), top)


def _read_issues(files: list[Path], region_code: str) -> Iterator[tuple[str, date, str]]:
    """Text, day and region of each file that can be read; the others are named on standard error."""
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    for file in track(files, "reading", console=console, transient=True, disable=not console.is_terminal):
        try:
            data = file.read_bytes()
            yield read_text(data, find_format(data)).text, _find_day(file), region_code
        except (UnreadableIssue, OSError, ValueError) as error:
            write_error(f"{file}: left out: {error}")


def _find_day(file: Path) -> date:
    """The day in the file's name or in its folder's. Raises ValueError."""
    found = DAY.search(file.stem) or DAY.search(file.parent.name)
    return parse_date(found.group() if found else file.stem)


def _print_audit(console: Console, audit: Audit, top: int) -> None:
    def say(words: str, style: str = "") -> None:
        console.print(words, style=style, markup=False, soft_wrap=True)

    say(f"{audit.issues:,} issues, {audit.characters:,} characters, {audit.mentions:,} figures")
    for outcome in ("filed", *Reason):
        if share := audit.share(outcome):
            say(f"  {outcome:16}{share:7.1%}")
    say(f"\nunresolved, the {top} commonest contexts", "bold")
    for context, count in audit.unresolved.most_common(top):
        say(f"{count:6,}  {context}")
    say("\nrules that never fired", "bold")
    say(", ".join(audit.never_fired) or "none")
