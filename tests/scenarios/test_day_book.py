"""The day book shows what was entered, in its order, and its debits are its credits."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.books import Books
from domain.errors import Invalid
from domain.reports import day_book
from domain.reports.day_book import Answer, Question
from domain.reports.question import between
from tests.scenarios.builders import a_bill, a_cost, a_customer, a_line, a_vendor, an_approved_invoice


async def the_day_book(books: Books, limit: int = 1000, cursor: str | None = None, **query: Any) -> Answer:
    return await day_book.answer(books, Question(await between(books, query), limit, cursor))


async def three_papers(books: Books) -> list[str]:
    """A sale of the 3rd, entered first, and a purchase and a sale of the 1st; their ids by date and entry."""
    customer = await a_customer(books)
    late = await an_approved_invoice(books, customer, a_line("1000.00"), dated_on=date(2026, 11, 3))
    bill = await a_bill(books, await a_vendor(books), a_cost("500.00"), dated_on=date(2026, 11, 1))
    early = await an_approved_invoice(books, customer, a_line("200.00"), dated_on=date(2026, 11, 1))
    return [bill.head.id, early.head.id, late.head.id]


async def test_entries_come_by_date_and_those_of_a_day_in_the_order_of_posting(books: Books) -> None:
    papers = await three_papers(books)

    answer = await the_day_book(books)

    assert [entry.head.source_id for entry in answer.entries] == papers
    assert [entry.total for entry in answer.entries] == [Decimal("590.00"), Decimal("236.00"), Decimal("1180.00")]


async def test_debits_are_credits(books: Books) -> None:
    await three_papers(books)

    answer = await the_day_book(books)

    assert answer.debit == answer.credit == Decimal("2006.00")
    assert all(sum(line.debit - line.credit for line in entry.lines) == 0 for entry in answer.entries)


async def test_a_sale_shows_who_owes_it_and_what_it_was_for(books: Books) -> None:
    await an_approved_invoice(books, await a_customer(books), a_line("1000.00"))

    (entry,) = (await the_day_book(books)).entries

    assert {(line.account_name, line.debit, line.credit) for line in entry.lines} == {
        ("Trade receivables", Decimal("1180.00"), Decimal("0.00")),
        ("Sales", Decimal("0.00"), Decimal("1000.00")),
        ("Output CGST", Decimal("0.00"), Decimal("90.00")),
        ("Output SGST", Decimal("0.00"), Decimal("90.00")),
    }
    assert {line.contact_name for line in entry.lines if line.debit} == {"Deccan Retail"}


async def test_only_the_days_that_are_asked_for_are_shown(books: Books) -> None:
    papers = await three_papers(books)

    answer = await the_day_book(books, from_date="2026-11-02", to_date="2026-11-03")

    assert [entry.head.source_id for entry in answer.entries] == papers[2:]


@pytest.mark.parametrize("limit", [1, 4, 5, 7, 8, 11, 12, 1000])
async def test_pages_show_each_entry_whole_and_once(books: Books, limit: int) -> None:
    papers = await three_papers(books)

    shown, cursor, pages = [], None, 0
    while pages == 0 or cursor:
        answer = await the_day_book(books, limit, cursor)
        assert sum(len(entry.lines) for entry in answer.entries) <= limit or len(answer.entries) == 1
        shown += [entry.head.source_id for entry in answer.entries]
        cursor, pages = answer.next_cursor, pages + 1

    assert shown == papers
    assert pages == (3 if limit < 8 else 2 if limit < 12 else 1)


async def test_a_cursor_of_other_days_is_refused(books: Books) -> None:
    await three_papers(books)
    cursor = (await the_day_book(books, 1)).next_cursor

    with pytest.raises(Invalid) as refusal:
        await the_day_book(books, 1, cursor, to_date="2026-11-20")

    assert refusal.value.field == "cursor"


async def test_the_lines_of_the_whole_period_come_batch_by_batch(books: Books) -> None:
    await three_papers(books)
    answer = await the_day_book(books)

    read = [line async for batch in day_book.lines(books, answer.question) for line in batch]

    assert read == [line for entry in answer.entries for line in entry.lines]


async def test_books_without_entries_have_an_empty_day_book(books: Books) -> None:
    answer = await the_day_book(books)

    assert answer.entries == ()
    assert answer.debit == answer.credit == 0
    assert answer.next_cursor is None
