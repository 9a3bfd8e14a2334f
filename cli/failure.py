"""What a command says when it cannot go on, and the exit codes of all commands."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the shell is told; `gazette --help` documents the same."""

    FINE = 0
    RUN_FAILED = 1
    USAGE = 2
    NOT_READABLE = 3


class Failure(Exception):
    """Something the user can mend: which file or word, and what is wrong with it. Never shown with a traceback."""

    def __init__(self, message: str, code: ExitCode = ExitCode.NOT_READABLE) -> None:
        super().__init__(message)
        self.code = code
