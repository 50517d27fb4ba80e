"""The ledger of an account: the balance before, each line with the balance after it, and the balance at the end."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain import registers
from domain.books import Books
from domain.cost_centers import COST_CENTERS
from domain.errors import Invalid, NotFound
from domain.ledger import manual_journals
from domain.reports import ledger
from domain.reports.ledger import Answer, Question
from domain.reports.question import between
from domain.statements import Statement
from tests.scenarios.builders import a_customer, a_line, an_approved_invoice


async def account_id_of(books: Books, name: str) -> str:
    found: str = await books.value(
        Statement("select id from accounts where organization_id = %(organization_id)s and name = %(name)s"), name=name
    )
    return found


async def the_question(
    books: Books,
    account: str,
    *,
    contact: str | None = None,
    limit: int = 1000,
    cursor: str | None = None,
    **query: Any,
) -> Question:
    return Question(
        await between(books, query),
        await ledger.find_account(books, await account_id_of(books, account)),
        await ledger.find_contact(books, contact),
        limit,
        cursor,
    )


async def the_ledger(books: Books, account: str, **asked: Any) -> Answer:
    return await ledger.answer(books, await the_question(books, account, **asked))


async def three_sales(books: Books) -> tuple[str, str]:
    """Of October to Deccan, 1,180; of the 3rd to Sharma, 590; of the 5th to Deccan, 236. The customers' ids."""
    deccan, sharma = await a_customer(books), await a_customer(books, "Sharma Traders")
    await an_approved_invoice(books, deccan, a_line("1000.00"), dated_on=date(2026, 10, 31))
    await an_approved_invoice(books, sharma, a_line("500.00"), dated_on=date(2026, 11, 3))
    await an_approved_invoice(books, deccan, a_line("200.00"), dated_on=date(2026, 11, 5))
    return deccan.id, sharma.id


async def test_each_line_shows_the_balance_after_it(books: Books) -> None:
    await three_sales(books)

    answer = await the_ledger(books, "Trade receivables", from_date="2026-11-01")

    assert answer.opening.net == Decimal("1180.00")
    assert [(row.posted.debit, row.balance) for row in answer.rows] == [
        (Decimal("590.00"), Decimal("1770.00")),
        (Decimal("236.00"), Decimal("2006.00")),
    ]
    assert answer.closing.net == Decimal("2006.00")


async def test_what_is_owed_is_a_balance_below_nought(books: Books) -> None:
    await three_sales(books)

    answer = await the_ledger(books, "Sales", from_date="2026-11-01")

    assert [row.balance for row in answer.rows] == [Decimal("-1500.00"), Decimal("-1700.00")]
    assert answer.closing.net == Decimal("-1700.00")


async def test_a_line_names_the_largest_account_on_the_other_side(books: Books) -> None:
    await three_sales(books)

    receivable, *_ = (await the_ledger(books, "Trade receivables")).rows
    tax, *_ = (await the_ledger(books, "Output CGST")).rows

    assert (receivable.posted.contra_name, receivable.posted.contra_others) == ("Sales", 2)
    assert (tax.posted.contra_name, tax.posted.contra_others) == ("Trade receivables", 0)


async def test_the_ledger_of_a_party_is_its_own(books: Books) -> None:
    deccan, sharma = await three_sales(books)

    of_deccan = await the_ledger(books, "Trade receivables", contact=deccan, from_date="2026-11-01")
    of_sharma = await the_ledger(books, "Trade receivables", contact=sharma, from_date="2026-11-01")

    assert (of_deccan.opening.net, of_deccan.closing.net) == (Decimal("1180.00"), Decimal("1416.00"))
    assert (of_sharma.opening.net, of_sharma.closing.net) == (Decimal("0.00"), Decimal("590.00"))
    assert [row.balance for row in of_deccan.rows] == [Decimal("1416.00")]
    assert {row.posted.contact_name for row in of_sharma.rows} == {"Sharma Traders"}


@pytest.mark.parametrize("limit", [1, 2, 3, 1000])
async def test_pages_carry_the_balance_on(books: Books, limit: int) -> None:
    await three_sales(books)
    balances, cursor, is_first = [], None, True

    while is_first or cursor:
        answer = await the_ledger(books, "Trade receivables", limit=limit, cursor=cursor)
        assert len(answer.rows) <= limit
        assert (answer.opening.net, answer.closing.net) == (Decimal("0.00"), Decimal("2006.00"))
        balances += [row.balance for row in answer.rows]
        cursor, is_first = answer.next_cursor, False

    assert balances == [Decimal("1180.00"), Decimal("1770.00"), Decimal("2006.00")]


async def test_a_cursor_of_another_account_is_refused(books: Books) -> None:
    await three_sales(books)
    cursor = (await the_ledger(books, "Trade receivables", limit=1)).next_cursor

    with pytest.raises(Invalid) as refusal:
        await the_ledger(books, "Sales", limit=1, cursor=cursor)

    assert refusal.value.field == "cursor"


async def test_the_ledger_of_a_cost_centre_is_what_it_bears(books: Books) -> None:
    center = await registers.add(books, COST_CENTERS, {"name": "Pune shop"})
    rent, bank = await account_id_of(books, "Office rent"), await account_id_of(books, "Cash in hand")
    for amount, cost_center_id in (("700.00", center.id), ("300.00", None)):
        entry = [
            {"account_id": rent, "debit": Decimal(amount), "cost_center_id": cost_center_id},
            {"account_id": bank, "credit": Decimal(amount)},
        ]
        await manual_journals.enter(books, {"entry_on": date(2026, 11, 2)}, entry)

    answer = await the_ledger(books, "Office rent", cost_center_id=center.id)

    assert [(row.posted.debit, row.posted.contra_name) for row in answer.rows] == [(Decimal("700.00"), "Cash in hand")]
    assert answer.closing.net == Decimal("700.00")


async def test_the_lines_come_batch_by_batch_with_their_balances(books: Books) -> None:
    await three_sales(books)
    question = await the_question(books, "Trade receivables", from_date="2026-11-01")
    answer = await ledger.answer(books, question)

    read = [row async for batch in ledger.rows(books, question, answer.opening.net) for row in batch]

    assert tuple(read) == answer.rows
    assert read[-1].balance == answer.closing.net


async def test_an_account_or_party_that_is_not_there_is_not_found(books: Books) -> None:
    with pytest.raises(NotFound) as account:
        await ledger.find_account(books, "acc_of_another")
    with pytest.raises(NotFound) as contact:
        await ledger.find_contact(books, "cust_of_another")

    assert (account.value.field, contact.value.field) == ("account_id", "contact_id")


async def test_an_account_without_lines_has_none(books: Books) -> None:
    answer = await the_ledger(books, "Cash in hand")

    assert answer.rows == ()
    assert answer.opening.net == answer.closing.net == 0
    assert answer.next_cursor is None
