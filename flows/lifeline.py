"""A process that ends with its parent, however that ended: the parent holds the other end of a pipe, and keeps it."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import BinaryIO

GRACE = 5.0  # seconds between being asked to end and ending anyway


def end_with_parent(pipe: BinaryIO, grace: float = GRACE) -> None:
    """From now on the end of `pipe` ends this process: asked first, so that it can tidy up, then by force."""

    def wait() -> None:
        while os.read(pipe.fileno(), 4096):
            pass
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(grace)
        os._exit(1)

    threading.Thread(target=wait, daemon=True, name="parent").start()
