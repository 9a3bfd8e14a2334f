"""A service of real processes over a data folder, asked as people and Prefect's clients ask it; and a listener for what
it tells people."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar

from flows.environment import HOME, SERVICE_FILE
from gazette.publish.store import Store

GAZETTE = Path(sys.executable).with_name("gazette")
PATIENCE = 300.0  # seconds, on a machine that does much else besides
T = TypeVar("T")
PAGE = "本报讯 截至{month}月{day}日，全区规模以上工业企业80家已复工{count}家。返岗员工1.5万人。银行为25家企业发放贷款3.2亿元。\n"


def wait_for(ask: Callable[[], T], what: str, patience: float = PATIENCE) -> T:
    """The first answer that is not false."""
    until = time.monotonic() + patience
    while not (answer := ask()):
        assert time.monotonic() < until, f"waited in vain: {what}"
        time.sleep(0.3)
    return answer


class Folder:
    """A data folder into which issues are dropped."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.raw = root / "raw"
        self.count = 0
        self.drop("daily/publication.toml", 'name = "某日报"\nregion = "500110"\n')

    def drop(self, path: str, content: str, modified: float | None = None) -> str:
        file = self.raw / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
        if modified is not None:
            os.utime(file, (modified, modified))
        return path

    def build_page(self, month: int = 3, day: int = 5) -> str:
        """A page that no other is the same as."""
        self.count += 1
        return PAGE.format(month=month, day=day, count=self.count)

    def read_documents(self) -> list[dict[str, Any]]:
        return Store(self.root).read_documents().to_dicts()

    def find_statuses(self) -> dict[str, str]:
        return {row["path"]: row["status"] for row in self.read_documents()}

    def is_settled(self, paths: list[str], status: str = "published") -> bool:
        statuses = self.find_statuses()
        return all(statuses.get(path) == status for path in paths)


class Service:
    """`gazette serve` on a folder, as it runs now."""

    def __init__(self, folder: Folder, log: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.log = log
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("GAZETTE_", "PREFECT_"))}
        clean |= {"GAZETTE_SERVER__PORT": "0", "GAZETTE_WATCH__RESCAN_MINUTES": "0.25"} | environment
        with log.open("wb") as handle:
            command = [str(GAZETTE), "serve", "--data", str(folder.root)]
            self.process = subprocess.Popen(command, env=clean, stdout=handle, stderr=handle, cwd=folder.root.parent)

    def await_ready(self) -> None:
        def is_ready() -> bool:
            assert self.process.poll() is None, self.log.read_text(encoding="utf-8")
            return self.log.read_text(encoding="utf-8").count("ready 就绪") > 0

        wait_for(is_ready, "the service is ready")

    @property
    def address(self) -> str:
        said = json.loads((self.folder.root / HOME / SERVICE_FILE).read_text())
        assert said["process"] == self.process.pid
        return str(said["address"])

    def tell(self, events: list[dict[str, Any]]) -> None:
        """Posts events, as any of Prefect's clients does."""
        body = json.dumps(events).encode()
        request = urllib.request.Request(f"{self.address}/api/events", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as response:
            assert response.status == 204

    def ask(self, path: str, question: dict[str, Any] | list[dict[str, Any]] | None = None) -> Any:
        """What the server's API answers; a question is posted. A server that is busy or away is asked again, as Prefect's
        own clients do."""
        body = None if question is None else json.dumps(question).encode()
        request = urllib.request.Request(f"{self.address}/api{path}", body, {"Content-Type": "application/json"})

        def answer() -> list[Any]:
            try:
                with urllib.request.urlopen(request, timeout=60) as response:
                    return [json.load(response)]
            except urllib.error.HTTPError as error:
                if error.code != 503:
                    raise
            except OSError:
                pass
            return []

        return wait_for(answer, f"the server answers {path}")[0]

    def find_runs(self, deployment: str, **filters: Any) -> list[dict[str, Any]]:
        question = {"deployments": {"name": {"any_": [deployment]}}, "flow_runs": filters, "limit": 200}
        found: list[dict[str, Any]] = self.ask("/flow_runs/filter", question)
        return found

    def find_begun(self, deployment: str) -> list[dict[str, Any]]:
        return [run for run in self.find_runs(deployment) if run["start_time"]]

    def is_at_rest(self, seconds: float = 0) -> bool:
        """Whether no run is under way, nor due within so many seconds."""
        under_way = {"state": {"type": {"any_": ["PENDING", "RUNNING"]}}}
        due = {"state": {"type": {"any_": ["SCHEDULED"]}}, "expected_start_time": {"before_": _in(seconds)}}
        return not any(self.find_runs(name, **one) for name in ("on-arrival", "nightly") for one in (under_way, due))

    def find_children(self) -> dict[str, int]:
        """The processes of the service, by role."""
        return {
            name: pid
            for pid, parent, words in list_processes()
            for name in ("server", "worker", "watcher")
            if parent == self.process.pid and f"service.child {name}" in words
        }

    def end(self, patience: float = 90) -> int:
        """Asks it to end, and tells the exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise


def list_processes() -> list[tuple[int, int, str]]:
    """Process, parent and command line of all that run."""
    shown = subprocess.run(["ps", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True)
    rows = (line.split(None, 2) for line in shown.stdout.splitlines())
    return [(int(row[0]), int(row[1]), row[2]) for row in rows if len(row) == 3]


def find_descendants(process: int) -> set[int]:
    """All processes below one."""
    parents = {pid: parent for pid, parent, _ in list_processes()}
    found: set[int] = set()
    layer = {process}
    while layer := {pid for pid, parent in parents.items() if parent in layer} - found:
        found |= layer
    return found


def is_alive(process: int) -> bool:
    """Whether it runs; one that has ended and is not yet collected does not."""
    shown = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False)
    return shown.stdout.strip()[:1] not in ("", "Z")


@contextmanager
def serving(folder: Folder, log: Path, **environment: str) -> Iterator[Service]:
    """The service, ready; ended afterwards, however the test went."""
    service = Service(folder, log, environment)
    try:
        service.await_ready()
        yield service
    finally:
        service.end()


class Listener:
    """A web hook on loopback that keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        told = self.told

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *arguments: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"json://user:hunter2@127.0.0.1:{self.server.server_address[1]}/hook"

    def find(self, words: str) -> list[dict[str, Any]]:
        return [one for one in self.told if words in one["title"]]


def _in(seconds: float) -> str:
    """The time in so many seconds."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))
