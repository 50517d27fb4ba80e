"""Transactions in which tokens are given and people are signed in, and the limits of whoever asks for that."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from domain import happenings
from domain.books import Books, to_the_microsecond
from domain.statements import Statement
from server import clock
from server.edge.rate_limits import CallCounter, refuse_over, state_of
from server.exchange import Exchange
from server.postgres.constraints import refusal_of
from server.postgres.database import Database

# The server's own role sees no tokens; this one gives them, and does nothing else that is more than the server's.
_AS_DOORKEEPER = Statement("set local role finzbooks_doorkeeper")


class Doorkeeper:
    """Opens books of no organization under the role that gives tokens, and counts who asks."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._counter = CallCounter(database)

    @asynccontextmanager
    async def books(self, exchange: Exchange, *, user_id: str = "") -> AsyncIterator[Books]:
        """Open a transaction; it commits when the block ends, and rolls back when the block raises."""
        async with self._database.opened(organization_id="", user_id=user_id) as transaction:
            await transaction.begin()
            books = Books(
                connection=transaction.connection,
                organization_id="",
                user_id=user_id,
                now=to_the_microsecond(clock.now()),
                request_id=exchange.request_id,
                origin=_origin(exchange),
                explain_with=refusal_of,
            )
            await books.run(_AS_DOORKEEPER)
            yield books
            await happenings.record(books)

    async def count(self, caller: str, limit: int, exchange: Exchange) -> None:
        """Count a call and tell of its limit. Raises RateLimited."""
        count = await self._counter.count(caller)
        exchange.rate = state_of(count, limit)
        refuse_over(count, limit)


def _origin(exchange: Exchange) -> dict[str, str]:
    agent = exchange.headers.get(b"user-agent", b"").decode("latin-1")
    return {"ip": exchange.client_address, "user_agent": agent[:200], "source": "OAUTH"}
