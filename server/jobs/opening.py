"""Books as a job opens them: one transaction under the server's bound role, for work that nobody asks for by a call."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from domain import happenings
from domain.books import Books, to_the_microsecond
from domain.ids import new_id
from domain.statements import Statement
from server.jobs.deferring import Defer
from server.postgres import sessions
from server.postgres.constraints import refusal_of
from server.postgres.pool import Connection

_TURN = Statement("select set_config('app.organization_id', %(organization_id)s, true)")


@asynccontextmanager
async def opened(
    url: str,
    organization_id: str,
    now: datetime | None,
    defer: Defer,
    *,
    source: str,
) -> AsyncIterator[Books]:
    """Open books for one transaction on a connection of its own, by the organization's clock; see ``opened_on``."""
    async with (
        asyncio.timeout(sessions.JOB_SECONDS),
        await sessions.connect(url, sessions.JOB) as connection,
        opened_on(connection, organization_id, now, defer, source=source) as books,
    ):
        await books.go_by_own_clock()
        yield books


@asynccontextmanager
async def opened_on(
    connection: Connection, organization_id: str, now: datetime | None, defer: Defer, *, source: str
) -> AsyncIterator[Books]:
    """Open books for one transaction, which ends with the block; what happened and jobs are written before.

    ``now`` absent: as the database's clock says, by which jobs are due as well. The books go by the real clock.
    ``source`` is what the trail tells.
    Raises TimeoutError, and writes nothing, where that takes longer than a job may.
    """
    async with asyncio.timeout(sessions.JOB_SECONDS), connection.transaction():
        books = Books(
            connection=connection,
            organization_id=organization_id,
            user_id="",
            now=to_the_microsecond(now or await sessions.time_of(connection)),
            request_id=new_id("req"),
            origin={"source": source},
            explain_with=refusal_of,
        )
        await books.row(_TURN)
        yield books
        await happenings.record(books)
        await defer(connection, books.jobs)
