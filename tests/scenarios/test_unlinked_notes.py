"""Notes on an invoice that is not in the books: they tell of it by number, date and total."""

from decimal import Decimal
from typing import Any

import pytest

from domain.books import Books
from domain.cautions import RATE_NOT_IN_FORCE
from domain.documents import lifecycle
from domain.documents.document import Paper
from domain.documents.kinds import CREDIT_NOTE, DEBIT_NOTE
from domain.errors import Failed, Refusal, Required
from tests.scenarios.builders import (
    GUJARAT_BUYER,
    a_cost,
    a_credit_note,
    a_customer,
    a_line,
    a_vendor,
    an_approved_invoice,
    on,
)

OLD: dict[str, Any] = {"original_invoice_number": "INV/25-26/0907", "original_invoice_on": on("2026-02-14")}


async def a_note_alone(books: Books, *lines: dict[str, Any], **said: Any) -> Paper:
    customer = await a_customer(books, gst_no=GUJARAT_BUYER)
    return await lifecycle.draft_and_approve(
        books, CREDIT_NOTE, {"contact_id": customer.id, **said}, lines or [a_line("1000")]
    )


async def test_a_note_tells_of_an_invoice_from_before_the_books(books: Books) -> None:
    note = await a_note_alone(books, **OLD, original_invoice_total=Decimal("118000"))
    told = (note.head.original_invoice_number, note.head.original_invoice_on, str(note.head.original_invoice_total))
    assert told == ("INV/25-26/0907", on("2026-02-14"), "118000")
    assert str(note.head.igst_total) == "180.00"


async def test_tax_is_taken_back_until_30_november_after_the_year_of_that_invoice(books: Books) -> None:
    """Of February 2026, so of 2025-26: until 30 November 2026."""
    in_time = await a_note_alone(books, **OLD, dated_on=on("2026-11-30"))
    assert in_time.head.igst_total
    with pytest.raises(Failed) as refusal:
        await a_note_alone(books, **OLD, dated_on=on("2026-12-01"))
    assert refusal.value.field == "is_without_gst"
    commercial = await a_note_alone(books, a_line("1000", None), **OLD, dated_on=on("2026-12-01"), is_without_gst=True)
    assert str(commercial.head.total) == "1000.00"


async def test_the_time_of_a_vendors_note_is_his(books: Books) -> None:
    old = {"original_invoice_number": "KT/12", "original_invoice_on": on("2024-05-02")}
    vendor = await a_vendor(books)
    note = await lifecycle.draft_and_approve(books, DEBIT_NOTE, {"contact_id": vendor.id, **old}, [a_cost("100")])
    assert note.head.original_invoice_number == "KT/12"


async def test_a_rate_is_that_of_the_day_of_the_invoice(books: Books) -> None:
    """28 % was in force in February 2026 no more in general, 12 % until 21 September 2025."""
    await a_note_alone(books, a_line("1000", "12"), **{**OLD, "original_invoice_on": on("2025-06-01")})
    assert RATE_NOT_IN_FORCE not in [caution.code for caution in books.cautions]
    await a_note_alone(books, a_line("1000", "12"), **OLD)
    assert RATE_NOT_IN_FORCE in [caution.code for caution in books.cautions]


async def test_an_invoice_in_the_books_tells_of_itself(books: Books) -> None:
    invoice = await an_approved_invoice(books, await a_customer(books, gst_no=GUJARAT_BUYER), a_line("1000"))
    with pytest.raises(Failed) as refusal:
        await a_credit_note(books, invoice, a_line("100"), **OLD)
    assert refusal.value.field == "original_invoice_number"


async def test_a_note_that_finds_its_invoice_forgets_what_was_told_of_it(books: Books) -> None:
    customer = await a_customer(books, gst_no=GUJARAT_BUYER)
    invoice = await an_approved_invoice(books, customer, a_line("1000"))
    note = await lifecycle.draft(books, CREDIT_NOTE, {"contact_id": customer.id, **OLD}, [a_line("100")])
    linked = await lifecycle.amend(books, CREDIT_NOTE, note.head.id, {"parent_id": invoice.head.id}, None)
    assert (linked.head.parent_id, linked.head.original_invoice_number) == (invoice.head.id, None)


@pytest.mark.parametrize(
    ("said", "refusal", "field"),
    [
        ({"original_invoice_number": "A-1"}, Required, "original_invoice_date"),
        ({"original_invoice_on": on("2026-02-14")}, Required, "original_invoice_number"),
        ({"original_invoice_total": Decimal("1")}, Required, "original_invoice_number"),
        ({**OLD, "dated_on": on("2026-02-13")}, Failed, "date"),
        ({**OLD, "original_invoice_total": Decimal("1179.99")}, Failed, "original_invoice_total"),
    ],
)
async def test_what_cannot_be_is_refused(
    books: Books, said: dict[str, Any], refusal: type[Refusal], field: str
) -> None:
    """The note of 1,000 comes to 1,180 with its tax."""
    with pytest.raises(refusal) as refused:
        await a_note_alone(books, **said)
    assert refused.value.field == field
