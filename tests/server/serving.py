"""The whole server as an operator starts it: a supervisor, a nursery, workers and a job worker."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

_START_SECONDS, _STOP_SECONDS = 120, 60


@dataclass(frozen=True)
class Served:
    """Where a server answers, and where its processes log."""

    url: str
    log: Path


@contextmanager
def a_server(database_url: str, directory: Path, **settings: str) -> Iterator[Served]:
    """Run `finzbooks serve` on a database, with a data directory of its own."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("FINZBOOKS_")},
        "DATABASE_URL": database_url,
        "PORT": str(port),
        "FINZBOOKS_DATA_DIRECTORY": str(directory),
        **settings,
    }
    log = directory.with_suffix(".log")
    with log.open("wb") as output:
        program = Path(sys.executable).parent / "finzbooks"
        process = subprocess.Popen([program, "serve"], env=environment, stdout=output, stderr=output)
        try:
            yield Served(f"http://127.0.0.1:{port}", log)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(_STOP_SECONDS)


async def ready(*servers: Served) -> None:
    """Return when each of them answers."""
    limit = time.monotonic() + _START_SECONDS
    async with httpx.AsyncClient(verify=False) as client:
        for server in servers:
            while not await _is_ready(client, server.url):
                assert time.monotonic() < limit, server.log.read_text()
                await asyncio.sleep(0.2)


async def _is_ready(client: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(url + "/readyz")).status_code == 200
    except httpx.TransportError:
        return False
