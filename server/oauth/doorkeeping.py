"""Transactions in which tokens are given and people are signed in, and the limits of whoever asks for that."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from domain import happenings
from domain.books import Books, to_the_microsecond
from domain.statements import Statement
from server import clock
from server.edge.rate_limits import CallCounter, refuse_over, state_of
from server.exchange import Exchange
from server.jobs.deferring import Defer
from server.postgres.constraints import refusal_of
from server.postgres.database import Database

# The server's own role sees no tokens. The first one gives them to apps and looks people up; the second minds the
# account of the user and the members of the organization that the transaction names.
DOORKEEPER = Statement("set local role finzbooks_doorkeeper")
STEWARD = Statement("set local role finzbooks_steward")


class Doorkeeper:
    """Opens books under a role that minds access, and counts who asks."""

    def __init__(self, database: Database, defer: Defer) -> None:
        self._database = database
        self._defer = defer
        self._counter = CallCounter(database)

    @asynccontextmanager
    async def books(
        self,
        exchange: Exchange,
        *,
        role: Statement = DOORKEEPER,
        user_id: str = "",
        organization_id: str = "",
    ) -> AsyncIterator[Books]:
        """Open a transaction; it commits when the block ends, and rolls back when the block raises."""
        async with self._database.opened(organization_id=organization_id, user_id=user_id) as transaction:
            await transaction.begin()
            books = Books(
                connection=transaction.connection,
                organization_id=organization_id,
                user_id=user_id,
                now=to_the_microsecond(clock.now()),
                request_id=exchange.request_id,
                origin=_origin(exchange),
                explain_with=refusal_of,
            )
            await books.run(role)
            yield books
            await happenings.record(books)
            if books.jobs:
                await self._defer(books.connection, books.jobs)

    async def count(self, caller: str, limit: int, exchange: Exchange) -> None:
        """Count a call and tell of its limit. Raises RateLimited."""
        count = await self._counter.count(caller)
        exchange.rate = state_of(count, limit)
        refuse_over(count, limit)


def _origin(exchange: Exchange) -> dict[str, str]:
    agent = exchange.headers.get(b"user-agent", b"").decode("latin-1")
    return {"ip": exchange.client_address, "user_agent": agent[:200], "source": exchange.source}
