"""Whatever happens to a business, and in whatever order, its books are right after each step.

Steps are chosen by chance and told as a story when one fails. ``FINZBOOKS_HISTORIES`` asks for another number of
histories than usual, and then for new ones at each run.
"""

import asyncio
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from psycopg import AsyncConnection

from tests.conftest import NewDatabase
from tests.scenarios.histories import entries, money, trading
from tests.scenarios.histories.firms import FIRMS, Firm, found
from tests.scenarios.histories.history import Act, Step, begin, take

WANTED = os.environ.get("FINZBOOKS_HISTORIES")

OFTEN: dict[str, Act] = {
    "sell": trading.sell,
    "buy": trading.buy,
    "offer": trading.offer,
    "correct": trading.correct,
    "make": trading.make,
    "approve": trading.approve,
    "apply note": trading.apply_note,
    "pay": money.pay,
    "pay in advance": money.pay_in_advance,
    "apply": money.apply,
}
SOMETIMES: dict[str, Act] = {
    "amend": trading.amend,
    "void": trading.void,
    "write free note": trading.write_free_note,
    "unapply note": trading.unapply_note,
    "answer": trading.answer,
    "delete": trading.delete,
    "write many": trading.write_many,
    "refund": money.refund,
    "unapply": money.unapply,
    "take back": money.take_back,
    "spend": entries.spend,
    "change expense": entries.change_expense,
    "delete expense": entries.delete_expense,
    "clear customs": entries.clear_customs,
    "void customs": entries.void_customs,
    "enter journal": entries.enter_journal,
    "take back journal": entries.take_back_journal,
    "reverse credit": entries.reverse_credit,
    "reclaim credit": entries.reclaim_credit,
    "delete adjustment": entries.delete_adjustment,
    "lock": entries.lock,
}
ACTS = {**OFTEN, **SOMETIMES}
_STEPS = st.builds(Step, st.sampled_from([*OFTEN, *OFTEN, *OFTEN, *SOMETIMES]), st.binary(min_size=40, max_size=40))
# Five short lists one after the other: some 25 steps, and yet every one of them can be left out when it shrinks.
_HISTORIES = st.tuples(*[st.lists(_STEPS, max_size=10)] * 5).map(
    lambda parts: [step for part in parts for step in part]
)


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
    options = "-c role=finzbooks_app -c timezone=UTC"
    connection = loop.run_until_complete(AsyncConnection.connect(new_database(), options=options, autocommit=True))
    firms = {name: loop.run_until_complete(found(connection, name)) for name in FIRMS}
    yield Place(loop, connection, firms)
    loop.run_until_complete(connection.close())
    loop.close()


async def live(place: Place, firm: Firm, steps: list[Step]) -> None:
    """Take all steps, and then forget them."""
    async with place.connection.transaction(force_rollback=True):
        history = await begin(place.connection, firm)
        try:
            for step in steps:
                await take(history, ACTS, step)
        finally:
            note("\n".join([f"The books of {firm.name}:", *history.story]))


@settings(
    max_examples=int(WANTED or 40),
    derandomize=WANTED is None,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(name=st.sampled_from(FIRMS), steps=_HISTORIES)
def test_the_books_are_right_whatever_happens(place: Place, name: str, steps: list[Step]) -> None:
    place.loop.run_until_complete(live(place, place.firms[name], steps))
