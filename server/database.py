"""Connections to PostgreSQL under a role that row-level security binds, and the one transaction of a request."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from weakref import WeakKeyDictionary

from psycopg import AsyncConnection, AsyncRawCursor
from psycopg.conninfo import make_conninfo
from psycopg.rows import dict_row, tuple_row
from psycopg.types.json import set_json_loads
from psycopg_pool import AsyncConnectionPool

from domain.statements import from_json
from server.settings import Settings

Connection = AsyncConnection[Any]

# Ids stand inside SQL text when a transaction is opened, so nothing else may.
_SAFE_ID = re.compile(r"[a-z0-9_]{0,64}", re.ASCII)

set_json_loads(from_json)


class RoleIsNotBound(Exception):
    """The server's role could read every tenant's rows, so the server does not start."""


class Database:
    """The connections of one process: a pool for requests, and one connection that counts calls."""

    def __init__(self, url: str, settings: Settings) -> None:
        self._facing: WeakKeyDictionary[Connection, tuple[str, str]] = WeakKeyDictionary()
        self._requests = _pool(url, settings.pool_size, session_options(settings))
        # Calls wait for each other's counts, so a count that does not come soon must not hold them all.
        counting = session_options(settings) + " -c synchronous_commit=off -c statement_timeout=2s"
        self._counting = _pool(url, 1, counting, patience_seconds=2)

    async def open(self) -> None:
        """Connect. Raises RoleIsNotBound when the role could bypass row-level security."""
        await self._requests.open(wait=True, timeout=30)
        await self._counting.open(wait=True, timeout=30)
        async with self._requests.connection() as connection:
            cursor = await connection.execute(
                "select rolsuper or rolbypassrls from pg_roles where rolname = current_user"
            )
            bound = await cursor.fetchone()
        if bound is None or bound[0]:
            raise RoleIsNotBound("The role of the server's connections could bypass row-level security.")

    async def close(self) -> None:
        """Close all connections."""
        await self._requests.close()
        await self._counting.close()

    async def is_ready(self) -> bool:
        """Say whether a statement comes through."""
        async with self._requests.connection(timeout=2) as connection:
            await connection.execute("select 1")
        return True

    def counting(self) -> Any:
        """Lend the connection that counts calls; a context manager."""
        return self._counting.connection()

    def lookup(self) -> Any:
        """Lend a connection outside any organization, for what tells who is calling; a context manager."""
        return self._requests.connection()

    @asynccontextmanager
    async def opened(self, *, organization_id: str, user_id: str) -> AsyncIterator["Transaction"]:
        """Lend a connection that row-level security has turned to the books of ``organization_id``, for one request.

        What the request has begun commits when the block ends, and rolls back when the block raises.
        """
        async with self._requests.connection() as connection:
            await self._turn(connection, organization_id, user_id)
            transaction = Transaction(connection)
            try:
                yield transaction
            except BaseException:
                if transaction.is_begun and not connection.closed:
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


def session_options(settings: Settings) -> str:
    """Return what libpq is told of the sessions that carry out requests."""
    return " ".join(
        (
            "-c role=finzbooks_app",
            "-c timezone=UTC",
            f"-c statement_timeout={settings.statement_timeout_seconds}s",
            f"-c idle_in_transaction_session_timeout={settings.idle_in_transaction_timeout_seconds}s",
            "-c lock_timeout=5s",
            # Every statement goes by organization and key, so one plan fits all values; planning anew at each call
            # would cost as much as running.
            "-c plan_cache_mode=force_generic_plan",
            # What is asked for often lies in memory: looking a key up beats reading a table of a few pages through,
            # which foreign keys would do for every line of a document.
            "-c random_page_cost=1.1",
        )
    )


def _pool(url: str, size: int, options: str, *, patience_seconds: float = 5) -> AsyncConnectionPool[Connection]:
    return AsyncConnectionPool(
        make_conninfo(url, options=options, application_name="finzbooks", connect_timeout=5),
        min_size=size,
        max_size=size,
        open=False,
        timeout=patience_seconds,
        max_waiting=1000,
        kwargs={"autocommit": True, "prepare_threshold": 1, "row_factory": tuple_row},
        reconnect_timeout=10,
        name="finzbooks",
    )
