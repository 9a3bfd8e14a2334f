"""Parts of the service that end, hang or cannot start: real processes, each a line of Python."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from service import supervisor as supervising
from service.child import FAULT, ServiceFault
from service.supervisor import Part, Supervisor
from tests.service.serving import is_alive, wait_for

READY = "import os, sys, time; os.write(int(sys.argv[1]), b'1'); "
Begin = Callable[..., Supervisor]


@pytest.fixture
def begin(monkeypatch: pytest.MonkeyPatch) -> Begin:
    """A supervisor over scripts, by name, in which sys.argv[1] is where to say that one is ready."""

    def build(*parts: Part, **scripts: str) -> Supervisor:
        def build_command(name: str, ready: int) -> list[str]:
            return [sys.executable, "-c", scripts[name], str(ready)]

        monkeypatch.setattr(supervising, "build_command", build_command)
        monkeypatch.setattr(supervising, "FIRST_PAUSE", 0.1)
        return Supervisor(parts or [Part(name, patience=10) for name in scripts], os.environ, said.append)

    said: list[str] = []
    return build


def run_in_thread(supervisor: Supervisor) -> tuple[threading.Thread, threading.Event]:
    ready = threading.Event()
    thread = threading.Thread(target=supervisor.run, args=(ready.set,))
    thread.start()
    return thread, ready


def test_what_ends_is_started_again_and_all_end_at_last(begin: Begin) -> None:
    supervisor = begin(first=READY + "time.sleep(600)", second=READY + "time.sleep(600)")
    thread, ready = run_in_thread(supervisor)
    try:
        assert ready.wait(30)
        first, second = supervisor.children
        assert first.process is not None
        assert second.process is not None
        before, other = first.process.pid, second.process.pid
        os.kill(before, signal.SIGKILL)
        wait_for(lambda: first.process is not None and first.process.pid != before and first.is_ready, "it runs again")
        assert second.process.pid == other
    finally:
        supervisor.stop.set()
        thread.join(30)
    assert not thread.is_alive()
    assert not is_alive(other)
    assert first.process is not None
    assert first.has_ended


def test_each_end_is_followed_by_a_longer_pause(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervising, "LONGEST_PAUSE", 0.5)
    (child,) = begin(only="").children
    child.started = time.monotonic()
    assert [child.plan_restart() for _ in range(4)] == [0.1, 0.2, 0.4, 0.5]
    child.started -= supervising.LASTING + 1
    assert child.plan_restart() == 0.1


@pytest.mark.parametrize(
    ("script", "starts"),
    [(f"open('starts', 'a').write('x'); raise SystemExit({FAULT})", 1), ("open('starts', 'a').write('x'); 1 / 0", 3)],
)
def test_what_cannot_start_ends_the_service(
    begin: Begin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, starts: int
) -> None:
    """At once where people must mend something first, after a few attempts where the reason is not known."""
    monkeypatch.chdir(tmp_path)
    supervisor = begin(worker=script)
    with pytest.raises(ServiceFault, match="the worker cannot be started"):
        supervisor.run(lambda: None)
    assert (tmp_path / "starts").read_text() == "x" * starts


def test_what_does_not_heed_is_ended_by_force(begin: Begin) -> None:
    stubborn = READY.replace("os.write", "__import__('signal').signal(15, 1); os.write") + "time.sleep(600)"
    supervisor = begin(Part("deaf", patience=0.5), deaf=stubborn)
    thread, ready = run_in_thread(supervisor)
    assert ready.wait(30)
    supervisor.stop.set()
    thread.join(30)
    assert not thread.is_alive()
    (child,) = supervisor.children
    assert child.process is not None
    assert child.process.returncode == -signal.SIGKILL


def test_what_no_longer_answers_is_started_again(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervising, "IMPATIENCE", 0.5)
    monkeypatch.setattr(supervising, "LOOK_EVERY", 0.1)
    answers = True
    supervisor = begin(Part("server", patience=5, check=lambda: answers), server="import time; time.sleep(600)")
    thread, ready = run_in_thread(supervisor)
    try:
        assert ready.wait(30)
        (child,) = supervisor.children
        assert child.process is not None
        before = child.process.pid
        answers = False
        wait_for(lambda: child.process is not None and child.process.pid != before, "it was started again")
    finally:
        supervisor.stop.set()
        thread.join(30)
    assert not thread.is_alive()
