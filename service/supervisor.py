"""Starts the processes of the service, starts again what ends, and ends them all.

Takes commands in the order in which they depend on each other. Each gets a pipe on standard input whose end is the sign
to end (`service.child`), so that none outlives this process even if it is killed, and a session of its own, so that
Ctrl-C on the terminal reaches this process alone, which ends the others in order.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from service.child import FAULT, ServiceFault

TICK = 0.2  # seconds
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0  # seconds before what ended is started again; doubled each time
LASTING = 300.0  # seconds after which a process is held to have started well
HOPELESS = 3  # ends before it was ever ready, after which the service gives up
LOOK_EVERY = 10.0  # seconds between two questions to a process that answers
IMPATIENCE = 120.0  # seconds without an answer after which a process that still runs is ended
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Part:
    """A process of the service. `check`, where it is given, asks whether it answers; where it is not, the process says
    itself that it is ready. `patience` is how long it may take to end."""

    name: str
    patience: float
    check: Callable[[], bool] | None = None


def build_command(name: str, ready: int) -> list[str]:
    """-P: the working directory is no place to import from."""
    return [sys.executable, "-P", "-m", "service.child", name, str(ready)]


class Child:
    """One process, as it is now."""

    def __init__(self, part: Part, environment: Mapping[str, str]) -> None:
        self.part = part
        self.environment = environment
        self.process: subprocess.Popen[bytes] | None = None
        self.is_ready = False
        self.was_ready = False
        self.ends = 0
        self.started = 0.0
        self.answered = 0.0
        self.due = 0.0
        self._ready: int | None = None

    def start(self) -> None:
        """Starts the process. It is ready once `look` says so."""
        self._close()
        self._ready, told = os.pipe()
        os.set_blocking(self._ready, False)
        self.process = subprocess.Popen(
            build_command(self.part.name, told),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            env=dict(self.environment),
            pass_fds=(told,),
            start_new_session=True,
        )
        os.close(told)
        self.is_ready, self.started = False, time.monotonic()
        self.answered = self.started

    @property
    def has_ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def look(self) -> bool:
        """Whether it does its work."""
        if self.part.check is not None:
            if self.is_ready and time.monotonic() - self.answered < LOOK_EVERY:
                return True
            self.is_ready = self.part.check()
        elif not self.is_ready:
            self.is_ready = self._was_told()
        if self.is_ready:
            self.was_ready, self.answered = True, time.monotonic()
        return self.is_ready

    def end(self) -> None:
        """Asks it to end, waits as long as it may take, and then ends it."""
        if self.process is not None and not self.has_ended:
            self.process.terminate()
            try:
                self.process.wait(self.part.patience)
            except subprocess.TimeoutExpired:
                self.kill()
        self._close()

    def kill(self) -> None:
        if self.process is not None and not self.has_ended:
            self.process.kill()
            self.process.wait()

    def plan_restart(self) -> float:
        """Says when it is to be started again, in seconds from now."""
        lasted = time.monotonic() - self.started
        self.ends = 1 if lasted > LASTING else self.ends + 1
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** (self.ends - 1))
        self.due = time.monotonic() + pause
        return pause

    def _was_told(self) -> bool:
        try:
            return self._ready is not None and os.read(self._ready, 1) == b"1"
        except BlockingIOError:
            return False

    def _close(self) -> None:
        if self._ready is not None:
            os.close(self._ready)
            self._ready = None
        if self.process is not None and self.process.stdin is not None:
            self.process.stdin.close()


class Supervisor:
    """Runs the parts until `stop` is set. `say` is told what happens, a line each time."""

    def __init__(self, parts: Sequence[Part], environment: Mapping[str, str], say: Say) -> None:
        self.children = [Child(part, environment) for part in parts]
        self.stop = threading.Event()
        self.say = say

    def run(self, on_ready: Callable[[], None]) -> None:
        """Returns once all parts have ended because `stop` was set. Raises ServiceFault where one cannot be started at
        all."""
        try:
            for child in self.children:
                child.start()
                self._await(child)
            if not self.stop.is_set():
                on_ready()
            while not self.stop.wait(TICK):
                self._keep()
        finally:
            self._end()

    def _await(self, child: Child) -> None:
        """Waits until the part is ready, and keeps those before it running meanwhile."""
        while not child.look() and not self.stop.wait(TICK):
            self._keep()

    def _keep(self) -> None:
        for child in self.children:
            if child.process is None or child.due > time.monotonic():
                continue
            if child.due:
                child.due = 0.0
                child.start()
            elif child.has_ended:
                self._take_note(child)
            elif not child.look() and time.monotonic() - child.answered > IMPATIENCE and child.was_ready:
                self.say(f"{child.part.name} does not answer; ending it 没有应答，将其结束")
                child.kill()

    def _take_note(self, child: Child) -> None:
        code = child.process.returncode if child.process else None
        pause = child.plan_restart()
        if not child.was_ready and (child.ends >= HOPELESS or code == FAULT):
            raise ServiceFault(f"the {child.part.name} cannot be started; its words stand above")
        words = f"{child.part.name} ended ({code}); starting it again in {pause:.0f} s 意外退出，即将重启"
        self.say(words)

    def _end(self) -> None:
        for child in reversed(self.children):
            child.end()
