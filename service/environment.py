"""Takes the settings, gives where the service keeps its state and the environment that its processes run in."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from flows.environment import find_home
from service.child import ServiceFault
from service.settings import Server, Settings
from storage.address import is_remote

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
USER = "gazette"  # the name that goes with server.password


def build_environment(settings: Settings, port: int) -> dict[str, str]:
    """The environment of every process of the service, with the settings that were resolved once, by the parent."""
    server = settings.server
    environment = {
        "DO_NOT_TRACK": "1",
        "GAZETTE_DATA": settings.data if is_remote(settings.data) else str(Path(settings.data).absolute()),
        "GAZETTE_SERVER__HOST": server.host,
        "GAZETTE_SERVER__PORT": str(port),
        "PREFECT_HOME": str(find_home(settings.data)),
        "PREFECT_API_URL": f"{build_address(server.host, port)}/api",
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PREFECT_LOGGING_ROOT_LEVEL": "ERROR",
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": ",".join(find_origins(server.host, port)),
        "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_UI_STATIC_DIRECTORY": str(
            find_home(settings.data) / "ui"
        ),  # where it is installed may be read-only
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "true",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(server.keep_days * 86400),
        "PREFECT_SERVER_SERVICES_LATE_RUNS_AFTER_SECONDS": str(round(settings.notifications.late_hours * 3600)),
        "PREFECT_WORKER_QUERY_SECONDS": "1",
    }
    if server.database is not None:
        environment["PREFECT_SERVER_DATABASE_CONNECTION_URL"] = server.database.get_secret_value()
    return os.environ | environment | build_secret(server)


def build_secret(server: Server) -> dict[str, str]:
    """What the server asks of its clients, and these tell it; nothing where it has no password."""
    if server.password is None:
        return {}
    secret = f"{USER}:{server.password.get_secret_value()}"
    return {"PREFECT_SERVER_API_AUTH_STRING": secret, "PREFECT_API_AUTH_STRING": secret}


def find_origins(host: str, port: int) -> list[str]:
    """The pages whose scripts the server answers: its own. Prefect's default is any page that a browser on this machine
    has open, which could then have a worker run commands."""
    addresses = [build_address(host, port)]
    return addresses if host not in LOOPBACK else [*addresses, f"http://localhost:{port}"]


def build_address(host: str, port: int) -> str:
    """Where people and processes of this machine reach the server."""
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{reached}]:{port}" if ":" in reached else f"http://{reached}:{port}"


def choose_port(server: Server) -> int:
    """The port to listen on; 0 in the settings is one that is free. Raises ServiceFault."""
    if server.host not in LOOPBACK and server.password is None:
        raise ServiceFault(
            f"server.host {server.host} lets other machines in: set server.password, or listen on 127.0.0.1"
        )
    family = socket.AF_INET6 if ":" in server.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((server.host, server.port))
        except OSError as error:
            words = f"cannot listen on {server.host}:{server.port} ({error.strerror or error})"
            raise ServiceFault(f"{words}; set server.port to another one, or to 0 for one that is free") from error
        return int(probe.getsockname()[1])
