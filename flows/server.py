"""The Prefect server of one run, for those who have none: begun first, so that it boots while this process imports.

Prefect's own temporary server is started only once the flow is, is imported by this process as well, and outlives it
where it is killed. This one listens on a free port of loopback and ends with its parent, however that ended: the parent
holds the other end of its standard input. Run as `python -m flows.server FD` it serves on the socket FD, and says on
standard output that it does.
"""

from __future__ import annotations

import os
import re
import select
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from flows.lifeline import GRACE, end_with_parent
from flows.warm import keeping_all

PATIENCE = 120.0  # seconds until it answers; a fresh database on a busy machine takes half of that
READY = b"ready\n"
EXCEPTION = re.compile(r"^[\w.]+(?:Error|Exception): .+", re.MULTILINE)  # the last line of a traceback
TOLD = 2000  # characters of its last words that an error repeats


class ServerFailed(RuntimeError):
    """The server did not start; the message says why."""


class EmbeddedServer:
    """A server that is booting. Whoever needs it calls `wait`."""

    def __init__(self) -> None:
        self._words = tempfile.TemporaryFile()  # noqa: SIM115 (closed by `stop`)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.address = f"http://127.0.0.1:{listener.getsockname()[1]}"
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "flows.server", str(listener.fileno())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._words,
                pass_fds=(listener.fileno(),),
                start_new_session=True,  # Ctrl-C on a terminal is for the run, which ends this one last
            )

    def wait(self) -> None:
        """Returns once it answers. Raises ServerFailed."""
        assert self._process.stdout is not None
        if not select.select([self._process.stdout], [], [], PATIENCE)[0]:
            raise ServerFailed(f"the embedded Prefect server did not answer within {PATIENCE:.0f} s")
        if self._process.stdout.read(len(READY)) != READY:
            raise ServerFailed(f"the embedded Prefect server ended as it began: {self._read_words()}")

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._words):
            if stream is not None:
                stream.close()

    def _read_words(self) -> str:
        self._words.seek(0)
        words = self._words.read().decode(errors="replace").strip()
        errors = EXCEPTION.findall(words)
        return str(errors[-1]) if errors else words[-TOLD:]


@contextmanager
def running_server() -> Iterator[EmbeddedServer]:
    """A server that Prefect, imported within, will talk to."""
    server = EmbeddedServer()
    os.environ["PREFECT_API_URL"] = f"{server.address}/api"
    try:
        yield server
    finally:
        del os.environ["PREFECT_API_URL"]
        server.stop()


def serve(listener: socket.socket) -> None:
    """Prefect's server as it is for one run: neither its pages nor its scheduler."""
    own = "http://{}:{}".format(*listener.getsockname())  # scripts of no other page are answered
    os.environ |= {"PREFECT_SERVER_CORS_ALLOWED_ORIGINS": own}
    os.environ |= {"PREFECT_UI_ENABLED": "0", "PREFECT__SERVER_EPHEMERAL": "1", "PREFECT__SERVER_FINAL": "1"}
    with keeping_all():
        import uvicorn
        from prefect.server.api.server import create_app

        application = create_app()

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if not self.should_exit:
                os.write(sys.stdout.fileno(), READY)

    config = uvicorn.Config(application, log_level="error", lifespan="on")
    Server(config).run(sockets=[listener])


if __name__ == "__main__":
    end_with_parent(sys.stdin.buffer)
    serve(socket.socket(fileno=int(sys.argv[1])))
