"""Connections to PostgreSQL under a role that row-level security binds, and the one transaction of a request."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any
from weakref import WeakKeyDictionary

from psycopg import AsyncRawCursor
from psycopg.rows import dict_row
from psycopg.types.json import set_json_loads

from domain.books import FOR_REPORTS
from domain.errors import Unavailable
from domain.statements import from_json
from server.postgres import sessions
from server.postgres.pool import Connection, Pool, lent
from server.postgres.sessions import ReadOnly
from server.settings import Settings

__all__ = ["Connection", "Database", "Transaction", "answering"]

# Ids stand inside SQL text when a transaction is opened, so nothing else may.
_SAFE_ID = re.compile(r"[a-z0-9_]{0,64}", re.ASCII)

_IS_CLOSED = "select pg_is_in_recovery() or current_setting('transaction_read_only')::boolean"

# Only for this transaction, so that whoever gets the connection next, also behind a pooler, finds it as it was.
_BEGIN_SNAPSHOT = "; ".join(
    (
        "begin transaction isolation level repeatable read, read only",
        *(f"set local {name} = '{value}'" for name, value in FOR_REPORTS.items()),
    )
)

_PATIENCE_SECONDS = 5
"""How long a look that takes milliseconds is waited for. Statements end by themselves in a PostgreSQL that is alive."""

set_json_loads(from_json)


class Database:
    """The connections of one process: a pool for requests, and one connection that counts calls."""

    def __init__(self, url: str, settings: Settings) -> None:
        self._facing: WeakKeyDictionary[Connection, tuple[str, str]] = WeakKeyDictionary()
        self._requests = Pool(url, settings.pool_size, sessions.of_requests(settings))
        self._counting = Pool(url, 1, sessions.of_counting(settings), patience_seconds=2)

    async def open(self) -> None:
        """Connect. Raises what ``Session.configure`` refuses."""
        await self._requests.try_out()
        await self._requests.open(wait=True, timeout=30)
        await self._counting.open(wait=True, timeout=30)

    async def close(self) -> None:
        """Close all connections."""
        await self._requests.close()
        await self._counting.close()

    async def is_ready(self) -> bool:
        """Say whether the database takes changes. Raises what it says when it is away."""
        looking = asyncio.create_task(self._takes_changes())
        heard, _ = await asyncio.wait((looking,), timeout=_PATIENCE_SECONDS)
        looking.cancel()  # without waiting for it: that could take as long again
        return bool(heard) and looking.result()

    async def _takes_changes(self) -> bool:
        async with lent(self._requests, patience_seconds=2) as connection:
            cursor = await connection.execute(_IS_CLOSED)
            row = await cursor.fetchone()
        if row is None or row[0]:
            raise ReadOnly("The database takes no changes.")
        return True

    def counting(self) -> AbstractAsyncContextManager[Connection]:
        """Lend the connection that counts calls."""
        return lent(self._counting)

    def lookup(self) -> AbstractAsyncContextManager[Connection]:
        """Lend a connection outside any organization, for what tells who is calling."""
        return lent(self._requests)

    @asynccontextmanager
    async def opened(self, *, organization_id: str, user_id: str) -> AsyncIterator["Transaction"]:
        """Lend a connection that row-level security has turned to the books of ``organization_id``, for one request.

        What the request has begun commits when the block ends, and rolls back when the block raises.
        """
        async with lent(self._requests) as connection:
            await self._turn(connection, organization_id, user_id)
            transaction = Transaction(connection)
            try:
                yield transaction
            except BaseException:
                if transaction.is_begun and not connection.closed:
                    with suppress(TimeoutError):
                        async with asyncio.timeout(_PATIENCE_SECONDS):
                            await connection.execute("rollback", prepare=False)
                raise
            if transaction.is_begun:
                await connection.execute("commit", prepare=False)

    async def _turn(self, connection: Connection, organization_id: str, user_id: str) -> None:
        """Name the tenant for row-level security, unless the connection's last request had the same.

        A connection that were turned to another tenant would show no row at all: every statement names its own.
        """
        facing = (organization_id, user_id)
        if self._facing.get(connection) == facing:
            return
        assert _SAFE_ID.fullmatch(organization_id) and _SAFE_ID.fullmatch(user_id)
        self._facing.pop(connection, None)
        await connection.execute(
            f"set app.organization_id = '{organization_id}'; set app.user_id = '{user_id}'", prepare=False
        )
        self._facing[connection] = facing


@asynccontextmanager
async def answering() -> AsyncIterator[None]:
    """Give up a look that PostgreSQL does not answer. Raises Unavailable."""
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            yield
    except TimeoutError:
        raise Unavailable("The books do not answer just now.", headers={"Retry-After": "5"}) from None


class Transaction:
    """The transaction of a request: begun when a statement needs it, ended with the request's last statement.

    A request of a single statement is a transaction without being begun.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.is_begun = False

    async def begin(self) -> None:
        """Begin, if it has not begun yet."""
        if not self.is_begun:
            await self.connection.execute("begin", prepare=False)
            self.is_begun = True

    async def snapshot(self) -> None:
        """Begin a transaction that only reads, and whose statements all see what the first one sees."""
        if not self.is_begun:
            self.is_begun = True
            await self.connection.execute(_BEGIN_SNAPSHOT, prepare=False)

    async def undo(self) -> None:
        """Undo all of it; the connection is as it was before."""
        if self.is_begun:
            await self.connection.execute("rollback", prepare=False)
            self.is_begun = False

    async def finish(self, text: str, arguments: list[Any]) -> dict[str, Any] | None:
        """Run the last statement, committing in the same message, and return its first row."""
        cursor: AsyncRawCursor[Any] = AsyncRawCursor(self.connection, row_factory=dict_row)
        if self.is_begun:
            async with self.connection.pipeline():
                await cursor.execute(text, arguments)
                # Never prepared: it is not sent when the statement fails, but would count as prepared.
                await self.connection.execute("commit", prepare=False)
            self.is_begun = False
        else:
            await cursor.execute(text, arguments)
        row: dict[str, Any] | None = await cursor.fetchone()
        return row
