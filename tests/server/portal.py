"""The simulated portal as a process of its own, with its switches, for tests."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

_START_LIMIT_SECONDS = 60
_RUN = "import sys; from server.simulator.main import run; run('127.0.0.1', int(sys.argv[1]), sys.argv[2])"


@dataclass
class SimulatedPortal:
    """A running simulator; it can be killed and started again on its port, with what it has registered."""

    url: str
    port: int
    file: Path
    process: subprocess.Popen[bytes]

    def switch(self, **said: Any) -> None:
        """Set how it misbehaves next."""
        httpx.put(f"{self.url}/simulator/switches", json=said, timeout=30).raise_for_status()

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait()

    def start_again(self) -> None:
        """Start it anew."""
        self.process = _process(self.port, self.file)
        _wait_for(self.url)


@contextmanager
def simulated_portal(folder: Path) -> Iterator[SimulatedPortal]:
    """Start a simulator that keeps what it registers in ``folder``, and stop it at the end."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = int(listener.getsockname()[1])
    url, file = f"http://127.0.0.1:{port}", folder / "portal.sqlite"
    portal = SimulatedPortal(url, port, file, _process(port, file))
    try:
        _wait_for(url)
        yield portal
    finally:
        portal.kill()


def _process(port: int, file: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", _RUN, str(port), str(file)])


def _wait_for(url: str) -> None:
    until = time.monotonic() + _START_LIMIT_SECONDS
    while time.monotonic() < until:
        try:
            httpx.get(f"{url}/simulator/switches", timeout=5)
        except httpx.HTTPError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the simulated portal did not start")
