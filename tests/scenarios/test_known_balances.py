"""Balances as they were known at an instant: read from the side of it with fewer journals, the same from either."""

from datetime import date, timedelta

import pytest

from domain.books import Books
from domain.reports import balances, question
from domain.reports.balances import Ledger
from tests.domain.conftest import NOW
from tests.scenarios.entries import the
from tests.scenarios.statements import posted

LAST_ON = date(2026, 10, 31)


async def rent_paid(books: Books, times: int, *, from_minute: int) -> None:
    """Post rent of 1,000 rupees out of the bank on days of October, once a minute."""
    for minute in range(from_minute, from_minute + times):
        at = NOW - timedelta(days=1) + timedelta(minutes=minute)
        await posted(books, f"2026-10-{minute % 28 + 1:02}", {"5210": "1000", "1100": "-1000"}, at=at)


async def known(books: Books, minute: int | None) -> Ledger:
    """The balances at the end of October, as they were known in the middle of a minute; as they are now."""
    at = minute is not None and NOW - timedelta(days=1) + timedelta(minutes=minute, seconds=30)
    scope = await question.as_of(books, {"as_of_date": str(LAST_ON), "known_at": at.isoformat() if at else None})
    return await balances.up_to(books, scope, [LAST_ON, None, date(2026, 10, 14)])


async def tamper(books: Books) -> None:
    """Add a rupee to all that is kept of each account and third, as nobody but the owner could."""
    await books.connection.execute("set local role none")
    query = "update account_balances set debit = debit + 1 where organization_id = %s"
    await books.connection.execute(query, (books.organization_id,))
    await books.connection.execute("set local role finzbooks_operator")


@pytest.mark.parametrize("stride", [1, 250])
@pytest.mark.parametrize(("before", "later"), [(5, 6), (6, 5), (5, 5), (1, 20), (20, 1), (3, 0)])
async def test_the_nearer_side_is_read_and_tells_the_same(
    books: Books, monkeypatch: pytest.MonkeyPatch, before: int, later: int, stride: int
) -> None:
    monkeypatch.setattr(balances, "_STRIDE", stride)
    await rent_paid(books, before, from_minute=0)
    kept = await known(books, None)
    await rent_paid(books, later, from_minute=before)

    told = await known(books, before - 1)
    await tamper(books)
    tampered = await known(books, before - 1)

    rent = await the(books, "5210")
    assert told == kept
    assert told.days[0][rent].net == 1000 * before
    assert (tampered == told) is (before < later), "balances are read if the later side is the nearer"


async def test_before_the_first_entry_nothing_was_known(books: Books) -> None:
    await rent_paid(books, 3, from_minute=0)

    told = await known(books, -1)

    assert told.days == ({}, {}, {})
