"""A pool of connections that hands out the one used last, if it lives; after a loss it replaces all of them.

The one used last has what it needs in its caches. Whether a server has hung up is seen without asking it: what nobody
asked for, it does not send.
"""

import asyncio
import select
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from psycopg import AsyncConnection
from psycopg import errors as pg
from psycopg.pq import ConnStatus
from psycopg.rows import tuple_row
from psycopg_pool import AsyncConnectionPool
from psycopg_pool.pool_async import AddConnection

from server.postgres.sessions import Session, SessionNotOurs, conninfo

Connection = AsyncConnection[Any]

_ELSEWHERE = (pg.ReadOnlySqlTransaction,)
"""What a server says that is not the one to ask any more."""


class Pool(AsyncConnectionPool[Connection]):
    """Connections of one kind of session."""

    def __init__(self, url: str, size: int, session: Session, *, patience_seconds: float = 5) -> None:
        self._session = session
        self._backends: WeakKeyDictionary[Connection, str] = WeakKeyDictionary()
        super().__init__(
            conninfo(url),
            min_size=size,
            max_size=size,
            open=False,
            configure=self._configure_session,
            timeout=patience_seconds,
            max_waiting=1000,
            kwargs={"autocommit": True, "prepare_threshold": 1, "row_factory": tuple_row},
            reconnect_timeout=10,
            name="finzbooks",
        )

    async def try_out(self) -> None:
        """Connect twice at a time, if the database is there.

        Raises: SessionNotOurs and RoleIsNotBound, after which the pool itself would only try again.
        """
        with suppress(psycopg.OperationalError):
            async with await self._connect(timeout=self.reconnect_timeout):
                await (await self._connect(timeout=self.reconnect_timeout)).close()

    async def after(self, failure: BaseException, connection: Connection) -> None:
        """Look at what ended a use of ``connection``: if the server is gone or another's, replace all connections.

        Those that are lent are replaced when they come back, so one loss is told once, however many users notice it.
        """
        is_lost = connection.closed and isinstance(failure, psycopg.OperationalError | psycopg.InterfaceError)
        if (is_lost or isinstance(failure, _ELSEWHERE)) and connection._created_at > self._drained_at:
            await self.drain()

    async def _configure_session(self, connection: Connection) -> None:
        """Raises SessionNotOurs when two of our connections are one session, as behind a pooler of transactions."""
        try:
            async with asyncio.timeout(self.reconnect_timeout):
                backend = await self._session.configure(connection)
            if backend in [each for other, each in self._backends.items() if not other.closed]:
                raise SessionNotOurs("Two connections share a session: a pooler in front must be in session mode.")
        except BaseException:
            await connection.close()
            raise
        self._backends[connection] = backend

    async def _get_ready_connection(self, timeout: float | None) -> Connection | None:  # noqa: ASYNC109  # psycopg's
        """Take the connection that came back last, after throwing away those whose server has hung up."""
        while self._pool and not is_alive(self._pool[-1]):
            await self._close_connection(self._pool.pop())
            self.run_task(AddConnection(self))
        self._pool.rotate(1)
        return await super()._get_ready_connection(timeout)


@asynccontextmanager
async def lent(pool: Pool, *, patience_seconds: float | None = None) -> AsyncIterator[Connection]:
    """Lend a connection; when it is lost meanwhile, the whole pool is looked at."""
    async with pool.connection(timeout=patience_seconds) as connection:
        try:
            yield connection
        except Exception as failure:
            await pool.after(failure, connection)
            raise


def is_alive(connection: Connection) -> bool:
    """Whether the server has not hung up on an idle connection, as far as this machine has heard."""
    if connection.closed:
        return False
    heard = select.poll()
    heard.register(connection.fileno(), select.POLLIN)
    with suppress(psycopg.OperationalError):
        while heard.poll(0):  # a notice, a changed setting, or the end
            connection.pgconn.consume_input()
        return bool(connection.pgconn.status == ConnStatus.OK)
    return False
