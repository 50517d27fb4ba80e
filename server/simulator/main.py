"""The simulator as a process: one worker on one port, or on a socket that the supervisor has opened for it."""

import socket
from pathlib import Path

from server.settings import Settings

_FILE = "portal.sqlite"


def register_path(data_directory: Path) -> Path:
    """Where a server keeps what its simulator has registered."""
    data_directory.mkdir(parents=True, exist_ok=True)
    return data_directory / _FILE


def run(host: str, port: int, path: Path) -> None:
    """Answer on ``host`` and ``port`` until a signal; what is registered is kept in the file at ``path``."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        answer(listener, path)


def answer_in_data_directory(listener: socket.socket) -> None:
    """Answer on a socket, as the environment says where to keep what is registered."""
    answer(listener, register_path(Settings.from_environment().data_directory))


def answer(listener: socket.socket, path: Path) -> None:
    """Answer on a socket until a signal."""
    import uvicorn

    from server.simulator.eway import application
    from server.simulator.register import Register

    config = uvicorn.Config(
        application(Register(str(path))), log_level="warning", access_log=False, server_header=False, lifespan="off"
    )
    uvicorn.Server(config).run(sockets=[listener])
