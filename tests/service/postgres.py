"""A PostgreSQL server of its own for a test: on loopback, in a folder that goes with it, as a user without rights."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

PLACES = "/usr/lib/postgresql/*/bin"
USERS = ("postgres", "nobody")  # PostgreSQL refuses to run as root
PATIENCE = 60.0


def find_programs() -> Path | None:
    """The folder with initdb and postgres."""
    for folder in sorted(Path("/").glob(PLACES.lstrip("/")), reverse=True):
        if (folder / "initdb").exists():
            return folder
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def find_user() -> str | None:
    """Whom to run it as: root cannot be, anybody else is."""
    if os.geteuid() != 0:
        return None
    return next(user for user in USERS if _is_known(user))


def _is_known(user: str) -> bool:
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True


@contextmanager
def running_postgres(programs: Path) -> Iterator[str]:
    """The address of an empty database: user:password@host:port/name."""
    user = find_user()
    home = Path(tempfile.mkdtemp(prefix="gazette-postgres-"))
    password = home / "password"
    password.write_text("not-a-secret\n", encoding="ascii")
    if user is not None:
        for path in (home, password):
            shutil.chown(path, user)
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port = listener.getsockname()[1]
    made = [programs / "initdb", "--pgdata", home / "data", "--username", "gazette", "--auth", "scram-sha-256"]
    quick = ["--pwfile", password, "--encoding", "UTF8", "--no-sync"]
    subprocess.run([*made, *quick], check=True, capture_output=True, cwd=home, user=user)
    options = ["-p", str(port), "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={home}"]
    log = (home / "log").open("wb")
    server = subprocess.Popen(
        [programs / "postgres", "-D", home / "data", *options], cwd=home, user=user, stdout=log, stderr=log
    )
    try:
        _await(programs, port, server, home)
        yield f"gazette:not-a-secret@127.0.0.1:{port}/postgres"
    finally:
        server.terminate()
        server.wait(PATIENCE)
        log.close()
        shutil.rmtree(home, ignore_errors=True)


def _await(programs: Path, port: int, server: subprocess.Popen[bytes], home: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert server.poll() is None, (home / "log").read_text(encoding="utf-8")
        asked = [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
        if subprocess.run(asked, check=False).returncode == 0:
            return
        time.sleep(0.2)
    raise AssertionError((home / "log").read_text(encoding="utf-8"))
