"""The service: everything that is needed on one machine, started and ended together. Start reading here.

    gazette serve
       ├─ server    Prefect's API and user interface, its schedules and automations       service.server
       ├─ worker    runs the deployments, one run at a time, in processes made ready      service.worker
       └─ watcher   sees issues arrive below raw/ and says so by events                   service.watcher

An arrival is an event, the event triggers the deployment `on-arrival`, and its run processes whatever is pending.
"""

from __future__ import annotations

import os
import signal
import socket
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import FrameType

from flows.database import provide_database
from flows.environment import find_home
from gazette.ingest.sources import NO_RAW
from service.child import ServiceFault
from service.environment import build_address, build_environment, choose_port
from service.instance import claim
from service.settings import Settings
from service.supervisor import Part, Supervisor
from storage.address import is_remote

Say = Callable[[str], None]


def serve(settings: Settings, say: Say) -> None:
    """Serves until this process is asked to end (SIGINT, SIGTERM). `say` is told what people should know, a line each
    time. Raises ServiceFault."""
    raw = Path(settings.data) / "raw"
    if not is_remote(settings.data) and not raw.is_dir():
        raise ServiceFault(f"{raw}: {NO_RAW}")
    home = find_home(settings.data)
    port = choose_port(settings.server)
    address = build_address(settings.server.host, port)
    with claim(home, settings.data, address):
        if settings.server.database is None:
            provide_database(home)
        parts = (
            Part("server", patience=15, check=partial(answers, f"{address}/api/health")),
            Part("worker", patience=40),
            Part("watcher", patience=10),
        )
        supervisor = Supervisor(parts, build_environment(settings, port), say)
        say(f"starting on {settings.data} … 正在启动")
        with _ending(supervisor, say):
            supervisor.run(lambda: _tell_ready(settings, address, say))
        say("stopped 已停止")


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as response:
            return bool(response.status == 200)
    except (OSError, urllib.error.URLError, ValueError):
        return False


def _tell_ready(settings: Settings, address: str, say: Say) -> None:
    say(f"Prefect UI 界面  {address}")
    say(f"nightly 每夜     {settings.schedule.nightly}  {settings.schedule.timezone}")
    say(f"watching 监视    {settings.data}/raw")
    say("ready 就绪 (Ctrl-C stops 停止)")
    notify_systemd("READY=1")


@contextmanager
def _ending(supervisor: Supervisor, say: Say) -> Iterator[None]:
    """While it lasts, SIGINT and SIGTERM ask the service to end."""

    def ask(number: int, frame: FrameType | None) -> None:
        if not supervisor.stop.is_set():
            say("stopping … 正在停止")
            notify_systemd("STOPPING=1")
        supervisor.stop.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def notify_systemd(words: str) -> None:
    """Tells systemd, where it started this process and wants to be told (Type=notify)."""
    path = os.environ.get("NOTIFY_SOCKET")
    if not path:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        try:
            channel.sendto(words.encode(), "\0" + path[1:] if path.startswith("@") else path)
        except OSError:
            return
