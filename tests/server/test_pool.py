"""The pool: the connection used last comes first, dead ones are never lent, and one loss replaces all of them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Any

import psycopg
import pytest
from psycopg import errors as pg

from domain.errors import Unavailable
from server.edge.problems import refusal_of
from server.exchange import Exchange
from server.postgres import sessions
from server.postgres.pool import Connection, Pool
from server.settings import DatabaseUrl, Settings
from tests.running import rows

_BACKEND = "select pg_backend_pid()"
_IDLE_SECONDS = 1


@pytest.fixture(scope="module")
def url(new_database: Callable[[], DatabaseUrl]) -> DatabaseUrl:
    return new_database()


@pytest.fixture
async def pool(url: DatabaseUrl) -> AsyncIterator[Pool]:
    settings = Settings(idle_in_transaction_timeout_seconds=_IDLE_SECONDS)
    opened = Pool(url, 4, sessions.of_requests(settings), patience_seconds=5)
    await opened.open(wait=True)
    yield opened
    await opened.close()


async def backend_of(connection: Connection) -> int:
    row: Any = await (await connection.execute(_BACKEND)).fetchone()
    number: int = row[0]
    return number


async def all_backends(pool: Pool) -> set[int]:
    """The backends of all connections, which are lent at the same time for it."""
    lent = [await pool.getconn() for _ in range(4)]
    backends = {await backend_of(connection) for connection in lent}
    for connection in lent:
        await pool.putconn(connection)
    return backends


def end(url: DatabaseUrl, backends: set[int]) -> None:
    """Have PostgreSQL end backends, as a restart does, and see that they are gone."""
    assert rows(url, "select pg_terminate_backend(pid, 5000) as ended from unnest(%s) as pid", list(backends)) == [
        {"ended": True} for _ in backends
    ]


async def test_the_connection_used_last_comes_first(pool: Pool) -> None:
    """With one user at a time one backend does all the work, and keeps its caches warm."""
    used = []
    for _ in range(8):
        async with pool.connection() as connection:
            used.append(await backend_of(connection))
    assert len(set(used)) == 1

    async with pool.connection() as first, pool.connection() as second:
        last = [await backend_of(second), await backend_of(first)]
    async with pool.connection() as connection:
        assert await backend_of(connection) == last[1], "the one that came back last"


async def test_connections_that_died_at_rest_are_never_lent(pool: Pool, url: DatabaseUrl) -> None:
    before = await all_backends(pool)
    end(url, before)

    async def use() -> int:
        async with pool.connection() as connection:
            return await backend_of(connection)

    backends = await asyncio.gather(*(use() for _ in range(20)))
    assert before.isdisjoint(backends)


async def test_one_lost_connection_has_all_replaced(pool: Pool, url: DatabaseUrl) -> None:
    before = await all_backends(pool)
    with pytest.raises(psycopg.OperationalError):
        async with pool.connection() as connection:
            end(url, {await backend_of(connection)})
            try:
                await connection.execute(_BACKEND)
            except psycopg.OperationalError as failure:
                await pool.after(failure, connection)
                raise

    assert before.isdisjoint(await all_backends(pool))


async def test_what_others_notice_of_the_same_loss_replaces_nothing_again(pool: Pool, url: DatabaseUrl) -> None:
    lent = [await pool.getconn() for _ in range(2)]
    for connection in lent:
        end(url, {await backend_of(connection)})
    await _lost(pool, lent[0])
    rested = {connection.info.backend_pid for connection in pool._pool}
    await _lost(pool, lent[1])

    assert rested <= await all_backends(pool)


async def _lost(pool: Pool, connection: Connection) -> None:
    try:
        await connection.execute(_BACKEND)
    except psycopg.OperationalError as failure:
        await pool.after(failure, connection)
    await pool.putconn(connection)
    async with pool.connection():  # lets the pool's workers make the new ones
        await asyncio.sleep(0.3)


async def test_a_refused_statement_replaces_nothing(pool: Pool) -> None:
    before = await all_backends(pool)
    with suppress(pg.DivisionByZero):
        async with pool.connection() as connection:
            try:
                await connection.execute("select 1 / 0")
            except psycopg.Error as failure:
                await pool.after(failure, connection)
                raise

    assert await all_backends(pool) == before


@pytest.mark.parametrize("setting", ["statement_timeout", "idle_in_transaction_session_timeout", "lock_timeout"])
async def test_each_session_has_its_limits(pool: Pool, setting: str) -> None:
    async with pool.connection() as connection:
        cursor = await connection.execute("select current_user::text, current_setting(%s)", (setting,))
        row = await cursor.fetchone()
    assert row is not None
    assert row[0] == "finzbooks_app"
    assert row[1] not in ("0", "")


def told(error: Exception) -> tuple[int, str | None]:
    refusal = refusal_of(error, Exchange("req_test", 0.0, "127.0.0.1", {}))
    assert isinstance(refusal, Unavailable), refusal
    return refusal.status, refusal.headers.get("Retry-After")


async def test_a_transaction_that_did_nothing_too_long_is_503(pool: Pool) -> None:
    with pytest.raises(psycopg.Error) as ended:
        async with pool.connection() as connection:
            await connection.execute("begin")
            await asyncio.sleep(_IDLE_SECONDS + 0.5)
            await connection.execute(_BACKEND)
    assert told(ended.value) == (503, "2")


async def test_a_database_that_became_read_only_is_503_and_asked_anew(pool: Pool) -> None:
    """Another server may be the one to write to; the old connections would never lead there."""
    before = await all_backends(pool)
    with pytest.raises(pg.ReadOnlySqlTransaction) as refused:
        async with pool.connection() as connection:
            await connection.execute("set default_transaction_read_only = on")
            try:
                await connection.execute("update contacts set version = version")
            except psycopg.Error as failure:
                await pool.after(failure, connection)
                raise

    assert told(refused.value) == (503, "2")
    assert before.isdisjoint(await all_backends(pool))


@pytest.mark.parametrize(
    "error", [pg.AdminShutdown(), pg.CannotConnectNow(), pg.TransactionTimeout(), sessions.ReadOnly("closed")]
)
def test_a_database_that_goes_or_comes_is_503(error: Exception) -> None:
    assert told(error) == (503, "2")


async def test_a_closed_database_lends_no_session(url: DatabaseUrl) -> None:
    name = rows(url, "select current_database() as name")[0]["name"]
    rows(url, f'alter database "{name}" set default_transaction_read_only = on')
    try:
        with pytest.raises(sessions.ReadOnly):
            await sessions.connect(url, sessions.JOB)
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("set default_transaction_read_only = off")
            connection.execute(f'alter database "{name}" reset default_transaction_read_only')
    await (await sessions.connect(url, sessions.JOB)).close()
