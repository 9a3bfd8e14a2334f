"""Where the commands write: a console of a readable width, and the one way to tell an error."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

PIPED_WIDTH = 120
CONTROLS = [code for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\n\t"]
TURNS = [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]
STEERING = {code: chr(code).encode("unicode_escape").decode() for code in (*CONTROLS, *TURNS)}


def make_printable(text: str) -> str:
    """The text with whatever would steer a terminal, or turn the order of what it shows, written as an escape: what an
    issue says is shown and never obeyed."""
    return text.translate(STEERING)


def open_console() -> Console:
    """A console on standard output: as wide as the terminal, or 120 columns (or COLUMNS) where it is piped."""
    from rich.console import Console

    width = None if sys.stdout.isatty() or os.environ.get("COLUMNS") else PIPED_WIDTH
    return Console(width=width, highlight=False, emoji=False)


def open_progress_console() -> Console:
    """A console on standard error, for what is told while a command works."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, emoji=False)


def write_error(message: str) -> None:
    sys.stderr.write(f"gazette: {make_printable(message)}\n")
