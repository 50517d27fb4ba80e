"""One connection, lent to one tenant after the other: row-level security always faces the one of the request."""

from collections.abc import AsyncIterator

import pytest
from psycopg import errors as pg

from server.postgres.database import Connection, Database
from server.settings import DatabaseUrl, Settings
from tests.running import Firm, found

_NAMES = "select current_setting('app.organization_id'), current_setting('app.user_id')"


@pytest.fixture
async def database(database_url: DatabaseUrl) -> AsyncIterator[Database]:
    opened = Database(database_url, Settings(pool_size=1))
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture(scope="module")
async def firms(database_url: DatabaseUrl) -> tuple[Firm, Firm]:
    return await found(database_url), await found(database_url)


async def branches_seen(connection: Connection) -> list[str]:
    """The organizations whose branches are seen without naming one."""
    cursor = await connection.execute("select distinct organization_id from branches")
    return [row[0] for row in await cursor.fetchall()]


async def test_each_request_sees_its_own_tenant_only(database: Database, firms: tuple[Firm, Firm]) -> None:
    for firm in [*firms, *reversed(firms), *firms]:
        async with database.opened(organization_id=firm.organization_id, user_id="usr_one") as transaction:
            assert await branches_seen(transaction.connection) == [firm.organization_id]


async def test_a_request_about_nobodys_books_sees_none(database: Database, firms: tuple[Firm, Firm]) -> None:
    async with database.opened(organization_id=firms[0].organization_id, user_id="usr_one") as transaction:
        await transaction.begin()
    async with database.opened(organization_id="", user_id="usr_two") as transaction:
        assert await branches_seen(transaction.connection) == []
        names = await (await transaction.connection.execute(_NAMES)).fetchone()
    assert names == ("", "usr_two")


async def test_a_request_that_failed_does_not_turn_the_next_one(database: Database, firms: tuple[Firm, Firm]) -> None:
    """A rollback takes back what a transaction has set; the tenant is set before it begins."""
    one, other = firms
    for firm in (one, other, one):
        with pytest.raises(pg.DivisionByZero):
            async with database.opened(organization_id=firm.organization_id, user_id="usr_one") as transaction:
                await transaction.begin()
                await transaction.connection.execute("select 1 / 0")
        async with database.opened(organization_id=firm.organization_id, user_id="usr_one") as transaction:
            assert await branches_seen(transaction.connection) == [firm.organization_id]


async def test_what_is_not_a_plain_id_never_comes_into_a_statement(database: Database) -> None:
    with pytest.raises(AssertionError):
        async with database.opened(organization_id="org_'; reset role; --", user_id=""):
            pass
