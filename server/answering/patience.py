"""Callers who wait for what is not there yet: asked again now and then, holding nothing between, until time is up.

Each time is a transaction of its own. A server that stops lets nobody wait.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from handlers.replies import Reply

# How soon what has come is told: soon at first, as most wait right after they have done something themselves.
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.1, 0.5

_ended = asyncio.Event()


def end() -> None:
    """Let nobody wait any more in this process."""
    _ended.set()


async def answered(ask: Callable[[], Awaitable[Reply]]) -> Reply:
    """Return the first reply that asks for no patience, or the last one when its time is up."""
    reply, pause = await ask(), _FIRST_PAUSE_SECONDS
    until = asyncio.get_running_loop().time() + reply.patience_seconds
    while reply.patience_seconds and not _ended.is_set():
        left = until - asyncio.get_running_loop().time()
        if left <= 0:
            break
        with suppress(TimeoutError):
            await asyncio.wait_for(_ended.wait(), min(pause, left))
        pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
        reply = await ask()
    return reply
