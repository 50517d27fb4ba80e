"""Whatever happens to a business, and in whatever order, its books are right after each step.

Steps are chosen by chance and told as a story when one fails. ``FINZBOOKS_HISTORIES`` asks for another number of
histories than usual, and then for new ones at each run.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from psycopg import AsyncConnection

from tests.conftest import NewDatabase
from tests.scenarios.histories import entries, money, return_laws, trading
from tests.scenarios.histories.firms import FIRMS, Firm, found
from tests.scenarios.histories.history import Act, History, Step, begin, take
from tests.scenarios.histories.statement_laws import check_ends_of_years, check_statements

WANTED = os.environ.get("FINZBOOKS_HISTORIES")

ACTS: dict[str, tuple[int, Act]] = {
    "sell": (3, trading.sell),
    "buy": (3, trading.buy),
    "offer": (2, trading.offer),
    "correct": (3, trading.correct),
    "make": (3, trading.make),
    "approve": (2, trading.approve),
    "apply note": (3, trading.apply_note),
    "pay": (3, money.pay),
    "pay in advance": (3, money.pay_in_advance),
    "apply": (3, money.apply),
    "void": (2, trading.void),
    "amend": (2, trading.amend),
    "unapply note": (2, trading.unapply_note),
    "unapply": (2, money.unapply),
    "refund": (2, money.refund),
    "take back": (2, money.take_back),
    "write off": (2, trading.write_off),
    "cancel write-off": (2, trading.cancel_write_off),
    "write free note": (1, trading.write_free_note),
    "answer": (1, trading.answer),
    "delete": (1, trading.delete),
    "write many": (1, trading.write_many),
    "spend": (2, entries.spend),
    "change expense": (2, entries.change_expense),
    "delete expense": (1, entries.delete_expense),
    "clear customs": (1, entries.clear_customs),
    "void customs": (1, entries.void_customs),
    "enter journal": (1, entries.enter_journal),
    "take back journal": (1, entries.take_back_journal),
    "reverse credit": (1, entries.reverse_credit),
    "reclaim credit": (1, entries.reclaim_credit),
    "delete adjustment": (1, entries.delete_adjustment),
    "lock": (1, entries.lock),
}
"""What can happen, and how often."""
_ACTS = {name: act for name, (_, act) in ACTS.items()}
_NAMES = [name for name, (weight, _) in ACTS.items() for _ in range(weight)]
_STEPS = st.builds(Step, st.sampled_from(_NAMES), st.binary(min_size=40, max_size=40))
# Five short lists one after the other: some 25 steps, and yet every one of them can be left out when it shrinks.
HISTORIES = st.tuples(*[st.lists(_STEPS, max_size=10)] * 5).map(lambda parts: [step for part in parts for step in part])
# Most of a history happens between few, so that they meet again.
PARTNERS = st.tuples(st.integers(0, 6), st.integers(0, 5))


@dataclass(frozen=True, repr=False)
class Place:
    """Where histories happen: a loop, a connection under the server's role, and the firms."""

    loop: asyncio.AbstractEventLoop
    connection: AsyncConnection[Any]
    firms: dict[str, Firm]


@pytest.fixture(scope="module")
def place(new_database: NewDatabase) -> Iterator[Place]:
    """Firms with contacts and items to which nothing has happened yet."""
    loop = asyncio.new_event_loop()
    options = "-c role=finzbooks_operator -c timezone=UTC"
    connection = loop.run_until_complete(AsyncConnection.connect(new_database(), options=options, autocommit=True))
    firms = {name: loop.run_until_complete(found(connection, name)) for name in FIRMS}
    yield Place(loop, connection, firms)
    loop.run_until_complete(connection.close())
    loop.close()


@asynccontextmanager
async def beginning(place: Place, firm: Firm, partners: tuple[int, int]) -> AsyncIterator[History]:
    """Begin a history, tell at its end what happened, and then forget it."""
    async with place.connection.transaction(force_rollback=True):
        history = await begin(place.connection, firm.dealing_with(*partners))
        try:
            yield history
        finally:
            note("\n".join([f"The books of {firm.name}:", *history.story]))


async def live(place: Place, firm: Firm, steps: list[Step], partners: tuple[int, int]) -> None:
    """Take all steps, and check what has to hold at the end."""
    async with beginning(place, firm, partners) as history:
        for step in steps:
            await take(history, _ACTS, step)
        await check_statements(history)
        await check_ends_of_years(history)
        await return_laws.check(history.books, firm, history.now)


@pytest.mark.slow
@settings(
    max_examples=int(WANTED or 50),
    derandomize=WANTED is None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(name=st.sampled_from([*FIRMS, *FIRMS[:2]]), partners=PARTNERS, steps=HISTORIES)
def test_the_books_are_right_whatever_happens(
    place: Place, name: str, partners: tuple[int, int], steps: list[Step]
) -> None:
    place.loop.run_until_complete(live(place, place.firms[name], steps, partners))
