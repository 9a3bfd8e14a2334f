"""What becomes of a file over which its reader dies, is too slow or wants too much."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gazette.ingest.reasons import Reason, UnreadableIssue, read_words
from gazette.ingest.sandbox import MEGABYTE, Limits, Sandbox
from tests.ingest.files import HTML, SENTENCES, build_pdf, build_pdf_bomb

SLOW = b"<html><body>" + b"<div>" * 100_000 + SENTENCES[0].encode() + b"</div>" * 100_000


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    sandbox = Sandbox(2)
    yield sandbox
    sandbox.close()


def fail(sandbox: Sandbox, task: str, data: bytes, limits: Limits) -> UnreadableIssue:
    with pytest.raises(UnreadableIssue) as caught:
        sandbox.run(task, data, limits)
    return caught.value


def read(sandbox: Sandbox) -> str:
    return sandbox.run("html", HTML.encode()).blobs[0].decode()


def test_a_process_is_used_again(sandbox: Sandbox) -> None:
    assert SENTENCES[0] in read(sandbox)
    (child,) = sandbox._idle
    assert read(sandbox) == read(sandbox)
    assert sandbox._idle == [child]


def test_a_process_of_a_large_parent_is_used_again() -> None:
    """The system counts the parent's memory as the child's peak, and a pipeline may be large."""
    program = (
        "from gazette.ingest.child import MOST_MEMORY\n"
        "from gazette.ingest.sandbox import Sandbox\n"
        "ballast = b'x' * (MOST_MEMORY * 1024 + 1)\n"
        "sandbox = Sandbox()\n"
        f"sandbox.run('html', {HTML!r}.encode())\n"
        "print(len(sandbox._idle))\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "1"


def test_too_slow(sandbox: Sandbox) -> None:
    assert fail(sandbox, "html", SLOW, Limits(seconds=1)).reason is Reason.TOO_SLOW
    assert SENTENCES[0] in read(sandbox)


def test_too_slow_by_the_clock(sandbox: Sandbox) -> None:
    assert fail(sandbox, "html", SLOW, Limits(patience=1)).reason is Reason.TOO_SLOW
    assert SENTENCES[0] in read(sandbox)


def test_too_much_memory(sandbox: Sandbox) -> None:
    limits = Limits(memory=450 * MEGABYTE)
    assert fail(sandbox, "pdf", build_pdf_bomb(230), limits).reason is Reason.TOO_MUCH_MEMORY
    assert sandbox.run("pdf", build_pdf(), limits).blobs


def test_too_much_to_answer(sandbox: Sandbox) -> None:
    assert fail(sandbox, "html", HTML.encode(), Limits(answer=100)).reason is Reason.TOO_LARGE
    assert SENTENCES[0] in read(sandbox)


def test_a_crash_is_a_reason(sandbox: Sandbox) -> None:
    found: list[UnreadableIssue] = []
    thread = threading.Thread(target=lambda: found.append(fail(sandbox, "html", SLOW, Limits())))
    thread.start()
    while not sandbox._busy:
        time.sleep(0.01)
    os.kill(sandbox._busy[0]._process.pid, signal.SIGSEGV)
    thread.join()
    assert found[0].reason is Reason.READER_FAILED
    assert "SIGSEGV" in found[0].detail
    assert SENTENCES[0] in read(sandbox)


def test_a_process_that_died_in_between_is_replaced(sandbox: Sandbox) -> None:
    read(sandbox)
    sandbox._idle[0]._process.kill()
    sandbox._idle[0]._process.wait()
    assert SENTENCES[0] in read(sandbox)


def test_many_threads_share_it(sandbox: Sandbox) -> None:
    texts: list[str] = []
    threads = [threading.Thread(target=lambda: texts.append(read(sandbox))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(texts) == 8
    assert set(texts) == {read(sandbox)}
    assert len(sandbox._idle) <= 2
    assert sandbox._busy == []


def test_readers_may_write_no_file(tmp_path: Path) -> None:
    file = tmp_path / "written"
    program = (
        f"from gazette.ingest.child import _set_limits; _set_limits(2**31); open({str(file)!r}, 'wb', 0).write(b'x')"
    )
    done = subprocess.run(
        [sys.executable, "-B", "-c", program], cwd=Path(__file__).parents[2], capture_output=True, check=False
    )
    assert b"File too large" in done.stderr
    assert file.read_bytes() == b""


def test_every_reason_has_its_words() -> None:
    for reason, words in read_words().items():
        assert Reason(reason)
        assert words.en.endswith(".")
        assert words.zh.endswith("。")
