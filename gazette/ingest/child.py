"""The process that `gazette.ingest.sandbox` starts: sets its own limits, then does one task after another.

Reads orders from the standard input and writes answers to the standard output, both as a length, a JSON object and
bytes. Ends when its input does, which is when its parent has ended, however that came about.
"""

from __future__ import annotations

import json
import math
import os
import resource
import signal
import sys
from contextlib import suppress
from typing import IO, Any

from gazette.ingest.readers import READERS, Budget
from gazette.ingest.reasons import Reason, UnreadableIssue
from gazette.ingest.sandbox import Answer

MOST_TASKS = 500
MOST_MEMORY = 1000 * 1024  # kilobytes that a process may have grown to and still be used again; OCR takes 880 MB
MOST_FILES = 256


def main() -> None:
    memory = int(sys.argv[1])
    orders, answers = _take_pipes()
    _set_limits(memory)
    for number in range(MOST_TASKS):
        if not (prefix := orders.read(8)):
            return
        order = json.loads(orders.read(int.from_bytes(prefix, "big")))
        data = orders.read(order["size"])
        answer = _work(order, data)
        is_spent = number == MOST_TASKS - 1 or _find_peak() > MOST_MEMORY
        _write(answers, Answer({**answer.values, "is_spent": is_spent}, answer.blobs))


def _find_peak() -> int:
    """Kilobytes that this process has grown to; ru_maxrss would begin with the size of the parent that started it."""
    with suppress(OSError), open("/proc/self/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _take_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """The pipes to the parent, out of the way of libraries that print."""
    orders, answers = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    return open(orders, "rb"), open(answers, "wb")


def _set_limits(memory: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(ValueError, OSError):  # not every system knows how
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (MOST_FILES, MOST_FILES))


def _work(order: dict[str, Any], data: bytes) -> Answer:
    budget = Budget(int(order["seconds"]), int(order["seconds_a_page"]), set_seconds)
    budget.allow_pages(0)
    try:
        return READERS[order["task"]](data, budget, **order["arguments"])
    except UnreadableIssue as failure:
        return _fail(failure.reason, failure.detail)
    except MemoryError:
        return _fail(Reason.TOO_MUCH_MEMORY, "reading it takes more memory than an issue may")
    except RecursionError:
        return _fail(Reason.READER_FAILED, "nested too deeply")
    except Exception as error:
        return _fail(Reason.READER_FAILED, f"its reader broke down over it: {type(error).__name__}: {error}")


def _fail(reason: Reason, detail: str) -> Answer:
    return Answer({"failure": {"reason": reason.value, "detail": detail}})


def set_seconds(seconds: int) -> None:
    """Ends this process once it has used `seconds` of processor time from now on."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(usage.ru_utime + usage.ru_stime) + seconds, hard))


def _write(pipe: IO[bytes], answer: Answer) -> None:
    header = json.dumps({"values": answer.values, "sizes": [len(blob) for blob in answer.blobs]}).encode()
    pipe.write(len(header).to_bytes(8, "big") + header)
    for blob in answer.blobs:
        pipe.write(blob)
    pipe.flush()


if __name__ == "__main__":
    main()
