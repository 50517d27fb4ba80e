"""The smallest application and job worker that a supervisor can keep alive."""

import asyncio
import os
import signal
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


def app() -> App:
    """Return an application."""
    return _answer


def app_that_cannot_start() -> App:
    """Fail as an application does whose contract and handlers differ."""
    raise RuntimeError("the contract and the handlers differ")


async def _answer(scope: Message, receive: Receive, send: Send) -> None:
    """Answer with the number of the process."""
    if scope["type"] == "lifespan":
        for event in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{event}.complete"})
        return
    if scope["path"] == "/slow":
        await asyncio.sleep(2)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(os.getpid()).encode()})


def jobs() -> None:
    """Wait for work that never comes."""
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda number, frame: stopped.set())
    while not stopped.wait(0.05):
        pass
