"""A server that stops, or has nobody left to answer: callers get an answer or a refusal, never silence."""

import asyncio
import os
import signal
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.processes.supervisor import pause_after
from tests.server.conftest import alive, descendants, eventually
from tests.server.test_supervisor import Served, nurseries

pytestmark = pytest.mark.slow

_ASK = b"GET / HTTP/1.1\r\nHost: stub\r\n\r\n"
_CALLERS = 20
_TOO_LONG_SECONDS = 3


@pytest.fixture
def served(data_directory: Path) -> Iterator[Served]:
    server = Served(data_directory)
    server.wait_until_ready()
    yield server
    below = descendants(server.process.pid)
    server.process.kill()
    server.process.communicate()
    assert eventually(lambda: not alive(below))


class Load:
    """Callers who call without a pause until they are refused, some on one connection, some on a new one each time."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.seen: Counter[str] = Counter()

    async def run(self) -> None:
        """Call until everybody has been refused."""
        await asyncio.gather(*(self._calls(keeps=number % 2 == 0) for number in range(_CALLERS)))

    async def _calls(self, *, keeps: bool) -> None:
        while True:
            try:
                async with asyncio.timeout(_TOO_LONG_SECONDS):
                    reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except ConnectionError:  # refused, or reset in the moment of it: nothing was asked
                self.seen["refused"] += 1
                return
            except TimeoutError:
                self.seen["left waiting"] += 1
                return
            while await self._is_kept(reader, writer) and keeps:
                pass
            writer.close()

    async def _is_kept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Ask once; whether the connection may be used again."""
        try:
            async with asyncio.timeout(_TOO_LONG_SECONDS):
                writer.write(_ASK)
                head = await reader.readuntil(b"\r\n\r\n")
                while await reader.readuntil(b"\r\n") != b"0\r\n":
                    pass
                await reader.readexactly(2)
        except (ConnectionError, TimeoutError, asyncio.IncompleteReadError) as failure:
            self.seen[f"asking: {type(failure).__name__}"] += 1
            return False
        self.seen["answered"] += 1
        return b"connection: close" not in head


@pytest.mark.parametrize("everybody", [False, True], ids=["the supervisor", "all processes"])
async def test_under_load_a_stop_answers_or_refuses(served: Served, everybody: bool) -> None:  # noqa: FBT001
    """Whether the supervisor alone is told, or all of its processes at once, as systemd does."""
    load = Load(served.port)
    running = asyncio.create_task(load.run())
    await asyncio.sleep(1)
    (nursery,) = nurseries(served)
    below = descendants(nursery) | {nursery} if everybody else set()
    for process in (served.process.pid, *below):
        os.kill(process, signal.SIGTERM)
    await asyncio.wait_for(running, 15)

    assert set(load.seen) == {"answered", "refused"}, load.seen
    assert load.seen["refused"] == _CALLERS
    assert load.seen["answered"] > 100
    assert served.process.wait(10) == 0


async def test_what_is_under_way_is_finished_and_newcomers_are_refused_at_once(served: Served) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    writer.write(b"GET /slow HTTP/1.1\r\nHost: stub\r\n\r\n")
    await asyncio.sleep(0.3)
    served.process.send_signal(signal.SIGTERM)
    await asyncio.sleep(0.3)
    with pytest.raises(ConnectionRefusedError):
        await asyncio.wait_for(asyncio.open_connection("127.0.0.1", served.port), 0.5)

    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
    assert head.startswith(b"HTTP/1.1 200")
    assert b"connection: close" in head
    writer.close()
    assert served.process.wait(10) == 0


def test_where_nobody_is_left_to_answer_callers_are_refused_until_somebody_is(served: Served) -> None:
    """They would wait in the system's queue otherwise, for as long as it takes."""
    workers = {served.worker() for _ in range(40)}
    subprocess.run(["kill", "-9", *map(str, workers)], check=True)
    seen = set()
    ends_at = time.monotonic() + 20
    while "answered" not in seen and time.monotonic() < ends_at:
        with socket.socket() as caller:
            caller.settimeout(2)
            try:
                caller.connect(("127.0.0.1", served.port))
                caller.sendall(_ASK)
                seen.add("answered" if caller.recv(100) else "hung up on")
            except (ConnectionError, TimeoutError) as failure:
                seen.add(type(failure).__name__)
    assert "answered" in seen
    assert "TimeoutError" not in seen
    assert served.worker() not in workers


def test_a_child_that_served_well_starts_again_soon() -> None:
    """Half a second after ten good seconds, whatever was before; else twice as long each time, five seconds at most."""
    assert pause_after(None, 0) == 0.5
    assert pause_after(0.1, 0.5) == 1.0
    assert pause_after(None, 2.0) == 4.0
    assert pause_after(9.9, 4.0) == 5.0
    assert pause_after(3.0, 5.0) == 5.0
    assert pause_after(10.0, 5.0) == 0.5
    assert pause_after(86_400.0, 5.0) == 0.5
