"""The log of calls that callers can read: noted in memory, and written in batches beside the requests.

No request waits for it. While the database is away notes wait, up to a number; what is too much, or what the database
refuses, is lost and counted.
"""

import asyncio
import logging
from collections import deque
from contextlib import suppress
from typing import Any

import psycopg
from psycopg import AsyncRawCursor
from psycopg_pool import PoolClosed, PoolTimeout, TooManyRequests

from domain.access import tokens
from domain.access.api_calls import NOTE, PARTS, Noted
from domain.ids import new_id
from domain.statements import as_rows
from server import clock
from server.exchange import Exchange
from server.postgres.database import Database
from server.tally import CALLS_LOST, CALLS_NOTED, Tally

MOST_WAITING = 20_000
"""Notes that a process holds; some eight megabytes."""

_BATCH = 500
_EVERY_SECONDS = 1.0
_LAST_SECONDS = 2.0
"""How long the notes of a process that stops may take."""

_LONGEST_METHOD, _LONGEST_PATH = 20, 500
_AWAY = (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout, PoolClosed, TooManyRequests, TimeoutError)
# What is lost with a power cut is a second of a log; nobody waits for the disk.
_AS_DOORKEEPER = "set local role finzbooks_doorkeeper; set local synchronous_commit = off"

_log = logging.getLogger("finzbooks.calls")


class RequestLog:
    """Notes the calls of one process and writes them down; counts in the ``tally`` what was written and what lost."""

    def __init__(self, database: Database, tally: Tally) -> None:
        self._database = database
        self._cells, self._own = tally.cells, tally.own
        self._waiting: deque[Noted] = deque()
        self._is_due = asyncio.Event()
        self._running: asyncio.Task[None] | None = None

    def note(self, exchange: Exchange, method: str, path: bytes, seconds: float) -> None:
        """Note a call that was answered; one by nobody we know, or that opened no books, is none of the log."""
        bearer = exchange.bearer
        if bearer is None or not exchange.is_noted:
            return
        organization_id = exchange.organization_id or bearer.organization_id
        if organization_id is None:
            return
        if len(self._waiting) >= MOST_WAITING:
            self._lost(1)
            return
        self._waiting.append(
            Noted(
                organization_id,
                int(clock.seconds() * 1_000_000),
                new_id("call"),
                bearer.token_id,
                method[:_LONGEST_METHOD],
                _shown(path),
                exchange.status,
                int(seconds * 1_000_000),
                exchange.request_id,
                exchange.error_code,
            )
        )
        if len(self._waiting) >= _BATCH:
            self._is_due.set()

    def taken(self) -> list[Noted]:
        """Take from what waits as much as is written at once."""
        return [self._waiting.popleft() for _ in range(min(_BATCH, len(self._waiting)))]

    def open(self) -> None:
        """Begin to write, on the loop that runs."""
        self._running = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Write what is left, and stop."""
        if self._running is not None:
            self._running.cancel()
            with suppress(asyncio.CancelledError):
                await self._running
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_SECONDS):
                await self._write()

    async def _run(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(_EVERY_SECONDS):
                    await self._is_due.wait()
            self._is_due.clear()
            if not await self._write():
                await asyncio.sleep(_EVERY_SECONDS)

    async def _write(self) -> bool:
        """Write all that waits, and say whether the database took it."""
        while batch := self.taken():
            try:
                await self._insert(batch)
            except _AWAY:
                self._waiting.extendleft(reversed(batch))
                return False
            except asyncio.CancelledError:
                self._waiting.extendleft(reversed(batch))
                raise
            except Exception as failure:
                _log.error("The log of calls lost %s lines: %s", len(batch), type(failure).__name__)
                self._lost(len(batch))
            else:
                self._cells[self._own + CALLS_NOTED] += len(batch)
        return True

    async def _insert(self, batch: list[Noted]) -> None:
        async with self._database.lookup() as connection, connection.transaction():
            await connection.execute(_AS_DOORKEEPER, prepare=False)
            cursor: Any = AsyncRawCursor(connection)
            await cursor.execute(NOTE.text, NOTE.arguments({"calls": as_rows(batch), "parts": PARTS}))

    def _lost(self, number: int) -> None:
        self._cells[self._own + CALLS_LOST] += number


def _shown(path: bytes) -> str:
    """A path as it was sent, without what PostgreSQL takes no text with, and without tokens that stand in it."""
    text = path[:_LONGEST_PATH].decode("ascii", "replace").replace("\x00", "\ufffd")
    return tokens.without_tokens(text)
