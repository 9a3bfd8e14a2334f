"""Opens a file below raw/ for reading: a regular file at that very place, or nothing.

A file is listed first and opened later. What took its place meanwhile is not followed where it is a link, and not
waited for where it is a pipe: either would let whoever may write to raw/ read other files or stop every run.
"""

from __future__ import annotations

import errno
import os
import stat
from io import BufferedReader
from pathlib import Path


def open_regular(path: Path | str) -> BufferedReader:
    """Raises FileNotFoundError where the file is gone, OSError where it is a link, no regular file, or unreadable."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise OSError(errno.ELOOP, "it is a link, and links are not followed", str(path)) from None
        raise
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "no regular file", str(path))
    return open(descriptor, "rb")
