"""A rate that is not in force on the day of the paper is taken, with a warning (bricks, old stock, old invoices)."""

from typing import Any

import pytest

from domain.books import Books
from domain.documents import bulk, lifecycle
from domain.documents.kinds import INVOICE, KINDS, Kind
from tests.scenarios.builders import (
    a_credit_note,
    a_customer,
    a_draft,
    a_line,
    a_vendor,
    an_approved_invoice,
    gst,
    on,
)
from tests.scenarios.money import a_payment
from tests.scenarios.spending import an_expense

TWELVE = "GST 12% was in force until 2025-09-21; the {} is of {}."
CODE = "tax.rate_not_in_force"


def warned(books: Books) -> list[tuple[str, str, str | None]]:
    return [(caution.code, caution.message, caution.field) for caution in books.cautions]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
async def test_a_rate_that_is_no_more_is_taken_with_a_warning(books: Books, kind: Kind) -> None:
    """1,000 at 12 % within Maharashtra: 60 and 60."""
    contact = await a_vendor(books, contact_type="BOTH")
    paper = await lifecycle.draft(books, kind, {"contact_id": contact.id}, [a_line("500"), a_line("1000", "12")])
    assert str(paper.lines[1].cgst_amount) == "60.00"
    noun = kind.title.lower()
    assert warned(books) == [(CODE, TWELVE.format(noun, "2026-11-21"), "line_items[1].tax_id")]


async def test_a_rate_of_its_day_is_nothing_to_warn_of(books: Books) -> None:
    await an_approved_invoice(books, await a_customer(books), a_line("1000", "12"), dated_on=on("2025-09-21"))
    assert warned(books) == []


async def test_a_rate_before_its_day_is_warned_of(books: Books) -> None:
    await a_draft(books, await a_customer(books), a_line("1000", "40"), dated_on=on("2025-09-21"))
    message = "GST 40% is in force from 2025-09-22 on; the invoice is of 2025-09-21."
    assert warned(books) == [(CODE, message, "line_items[0].tax_id")]


async def test_a_draft_is_warned_of_again_when_it_is_approved(books: Books) -> None:
    draft = await a_draft(books, await a_customer(books), a_line("1000", "12"))
    books.cautions.clear()
    await lifecycle.approve(books, INVOICE, draft.head.id)
    assert warned(books) == [(CODE, TWELVE.format("invoice", "2026-11-21"), "line_items[0].tax_id")]


async def test_a_note_has_the_rate_of_its_invoice_without_a_warning(books: Books) -> None:
    said = {"dated_on": on("2025-09-01")}
    invoice = await an_approved_invoice(books, await a_customer(books), a_line("1000", "12"), **said)
    await a_credit_note(books, invoice, a_line("100", "12"), dated_on=on("2025-10-01"))
    assert warned(books) == []


async def test_an_expense_warns_as_well(books: Books) -> None:
    await an_expense(books, "1000.00", tax_id=gst("12"), date="2026-11-20")
    assert warned(books) == [(CODE, TWELVE.format("expense", "2026-11-20"), "tax_id")]


async def test_an_advance_for_services_warns_as_well(books: Books) -> None:
    said: dict[str, Any] = {"payment_type": "ADVANCE", "is_service_advance": True, "tax_id": gst("12")}
    await a_payment(books, await a_customer(books), "1120", **said)
    assert warned(books) == [(CODE, TWELVE.format("advance", "2026-11-21"), "tax_id")]


async def test_each_row_of_many_has_its_own_warnings(books: Books) -> None:
    said = {"contact_id": (await a_customer(books)).id}
    lines = (a_line("100"), a_line("100", "12"), a_line("1", "28"))
    rows = [bulk.Said(said, [line], is_opened=False) for line in lines]
    made = await bulk.create(books, INVOICE, rows, is_all_or_nothing=False)
    assert [[each.field for each in row.cautions] for row in made] == [
        [],
        ["line_items[0].tax_id"],
        ["line_items[0].tax_id"],
    ]
    assert warned(books) == []
