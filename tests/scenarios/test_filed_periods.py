"""A filed return closes its days to what it shows, and to nothing else.

What the database refuses by itself when a posting and a filing meet stands in ``tests/server/test_filings_at_once.py``.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal

import psycopg
import pytest

from domain.books import Books
from domain.documents import lifecycle
from domain.documents.kinds import BILL, CREDIT_NOTE, INVOICE
from domain.errors import Failed, PeriodLocked
from domain.payments import applying, voiding
from domain.statements import Statement
from handlers import bills_of_entry, expenses, itc_adjustments
from tests.domain.conftest import body_of
from tests.scenarios.builders import (
    a_bill,
    a_cost,
    a_credit_note,
    a_customer,
    a_draft,
    a_line,
    a_vendor,
    an_approved_invoice,
    on,
    trial_balance,
)
from tests.scenarios.entries import a_journal, credit, debit
from tests.scenarios.filing import filed, filed_meanwhile, settle
from tests.scenarios.money import a_payment, asked
from tests.scenarios.spending import an_expense, changed
from tests.scenarios.test_advances import ADVANCE, SERVICE
from tests.scenarios.test_bills_of_entry import a_bill_of_entry

DAY, LAST, NEXT = "2026-10-15", "2026-10-31", "2026-11-02"
Act = Callable[[], Awaitable[object]]


@dataclass(frozen=True)
class Closed:
    """Something that a filed form closes; ``prepare`` returns the act and the id of what the return shows."""

    name: str
    form: str
    prepare: Callable[[Books], Awaitable[tuple[Act, str | None]]]


async def _a_new_invoice(books: Books) -> tuple[Act, str | None]:
    customer = await a_customer(books)
    return lambda: an_approved_invoice(books, customer, a_line("1000.00"), dated_on=on(DAY)), None


async def _a_draft_of_it(books: Books) -> tuple[Act, str | None]:
    draft = await a_draft(books, await a_customer(books), a_line("1000.00"), dated_on=on(DAY))
    return lambda: lifecycle.approve(books, INVOICE, draft.head.id), None


async def _a_new_credit_note(books: Books) -> tuple[Act, str | None]:
    invoice = await an_approved_invoice(books, await a_customer(books), a_line("1000.00"), dated_on=on("2026-10-01"))
    return lambda: a_credit_note(books, invoice, a_line("100.00"), dated_on=on(DAY)), invoice.head.id


async def _a_void_invoice(books: Books) -> tuple[Act, str | None]:
    invoice = await an_approved_invoice(books, await a_customer(books), a_line("1000.00"), dated_on=on(DAY))
    return lambda: lifecycle.void(books, INVOICE, invoice.head.id, reason=None), invoice.head.id


async def _a_void_bill(books: Books) -> tuple[Act, str | None]:
    bill = await a_bill(books, await a_vendor(books), a_cost("1000.00"), dated_on=on(DAY))
    return lambda: lifecycle.void(books, BILL, bill.head.id, reason=None), bill.head.id


async def _another_expense(books: Books) -> tuple[Act, str | None]:
    expense = await an_expense(books, "500.00", date=DAY)
    return lambda: changed(books, expense, amount=Decimal("600.00")), expense["expense_id"]


async def _no_expense(books: Books) -> tuple[Act, str | None]:
    expense = await an_expense(books, "500.00", date=DAY)
    return lambda: expenses.delete_expense(books, expense["expense_id"]), expense["expense_id"]


async def _a_void_bill_of_entry(books: Books) -> tuple[Act, str | None]:
    entry = await a_bill_of_entry(books, date=DAY)
    key = entry["bill_of_entry_id"]
    return lambda: bills_of_entry.void_bill_of_entry(books, key, None), key


async def _a_new_adjustment(books: Books) -> tuple[Act, str | None]:
    body = {"date": DAY, "kind": "REVERSAL", "reason": "RULE_42", "cgst_amount": 5}
    return lambda: itc_adjustments.create_itc_adjustment(books, body), None


async def _no_adjustment(books: Books) -> tuple[Act, str | None]:
    body = {"date": DAY, "kind": "REVERSAL", "reason": "RULE_42", "cgst_amount": 5}
    made = body_of(await itc_adjustments.create_itc_adjustment(books, body))["itc_adjustment"]["itc_adjustment_id"]
    return lambda: itc_adjustments.delete_itc_adjustment(books, made), made


async def _a_void_advance(books: Books) -> tuple[Act, str | None]:
    paid = await a_payment(books, await a_customer(books), "500.00", dated_on=on(DAY))
    return lambda: voiding.void(books, paid.payment.id, reason=None), paid.payment.id


async def _an_advance_applied(books: Books) -> tuple[Act, str | None]:
    customer = await a_customer(books)
    advance = await a_payment(books, customer, "1180.00", dated_on=on("2026-10-01"), **ADVANCE)
    invoice = await an_approved_invoice(books, customer, a_line("2000.00", **SERVICE), dated_on=on("2026-10-02"))
    return lambda: applying.apply(books, advance.payment.id, asked((invoice, "1180.00")), on=on(DAY)), None


async def _no_advance_applied(books: Books) -> tuple[Act, str | None]:
    customer = await a_customer(books)
    advance = await a_payment(books, customer, "1180.00", dated_on=on("2026-10-01"), **ADVANCE)
    invoice = await an_approved_invoice(books, customer, a_line("2000.00", **SERVICE), dated_on=on("2026-10-02"))
    applied = await applying.apply(books, advance.payment.id, asked((invoice, "1180.00")), on=on(DAY))
    return lambda: applying.unapply(books, advance.payment.id, [each.id for each in applied.applied]), None


CLOSED = [
    Closed("an advance applied", "GSTR1", _an_advance_applied),
    Closed("no advance applied", "GSTR1", _no_advance_applied),
    Closed("a new invoice", "GSTR1", _a_new_invoice),
    Closed("a draft of it", "GSTR1", _a_draft_of_it),
    Closed("a new credit note", "GSTR1", _a_new_credit_note),
    Closed("a void invoice", "GSTR1", _a_void_invoice),
    Closed("a void invoice of the IFF", "IFF", _a_void_invoice),
    Closed("a void bill", "GSTR3B", _a_void_bill),
    Closed("another expense", "GSTR3B", _another_expense),
    Closed("no expense", "GSTR3B", _no_expense),
    Closed("a void bill of entry", "GSTR3B", _a_void_bill_of_entry),
    Closed("a new adjustment", "GSTR3B", _a_new_adjustment),
    Closed("no adjustment", "GSTR3B", _no_adjustment),
    Closed("a void advance", "GSTR1", _a_void_advance),
]
each_closed = pytest.mark.parametrize("closed", CLOSED, ids=[closed.name for closed in CLOSED])


@each_closed
async def test_a_filed_return_is_closed_to(books: Books, closed: Closed) -> None:
    act, shown = await closed.prepare(books)
    before = await trial_balance(books)
    return_id = await filed(books, closed.form, LAST, *[shown] if shown else [])

    with pytest.raises(PeriodLocked, match="102026") as refused:
        await act()

    assert (refused.value.field, refused.value.details) == ("date", {"return_id": return_id})
    assert await trial_balance(books) == before


@each_closed
async def test_the_return_of_another_registration_closes_nothing(books: Books, closed: Closed) -> None:
    act, _ = await closed.prepare(books)
    await filed(books, closed.form, LAST, gstin="29AAPFU0939F1ZR")

    await act()
    await settle(books)


@each_closed
async def test_the_days_after_the_return_are_open_to(books: Books, closed: Closed) -> None:
    act, shown = await closed.prepare(books)
    await filed(books, closed.form, "2026-09-30", *[shown] if shown else [])

    await act()
    await settle(books)


@each_closed
async def test_the_database_refuses_what_slips_past_the_check(books: Books, closed: Closed) -> None:
    """As if the return had been filed between the check and the end of the posting."""
    act, shown = await closed.prepare(books)
    await settle(books)
    await act()
    await filed_meanwhile(books, closed.form, LAST, *[shown] if shown else [])

    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        await settle(books)

    assert refused.value.diag.constraint_name == "journals_return_check"


async def test_what_a_return_does_not_show_goes_on_after_it(books: Books) -> None:
    """Salaries, receipts and vendors' bills of October are entered in November, after its returns."""
    invoice = await an_approved_invoice(books, await a_customer(books), a_line("1000.00"), dated_on=on("2026-10-01"))
    for form in ("GSTR1", "GSTR3B"):
        await filed(books, form, LAST, invoice.head.id)

    await a_journal(books, debit("5370", "5"), credit("1590", "5"), date=DAY)
    await a_payment(books, await a_customer(books, "Another"), "500.00", dated_on=on(DAY))
    await a_bill(books, await a_vendor(books), a_cost("1000.00"), dated_on=on(DAY))
    await an_expense(books, "500.00", date=DAY)
    await a_bill_of_entry(books, date=DAY)
    await settle(books)


async def test_an_invoice_that_was_left_out_is_said_to_be_late(books: Books) -> None:
    customer = await a_customer(books)
    await filed(books, "GSTR1", LAST)

    invoice = await an_approved_invoice(books, customer, a_line("1000.00"), dated_on=on(DAY), is_late_entry=True)
    await settle(books)

    assert (invoice.head.dated_on, invoice.head.is_late_entry) == (on(DAY), True)


async def test_a_late_invoice_that_no_return_shows_yet_is_voided_on_its_own_date(books: Books) -> None:
    customer = await a_customer(books)
    await filed(books, "GSTR1", LAST)
    invoice = await an_approved_invoice(books, customer, a_line("1000.00"), dated_on=on(DAY), is_late_entry=True)

    await lifecycle.void(books, INVOICE, invoice.head.id, reason="Twice")
    await settle(books)

    assert await trial_balance(books) == {}


async def test_a_commercial_note_is_no_concern_of_a_return(books: Books) -> None:
    invoice = await an_approved_invoice(books, await a_customer(books), a_line("1000.00"), dated_on=on("2026-10-01"))
    await filed(books, "GSTR1", LAST, invoice.head.id)
    line = a_line("100.00", None, tax_category="NON_GST")

    await a_credit_note(books, invoice, line, dated_on=on(DAY), is_without_gst=True)
    await settle(books)


_MONTHS = Statement(
    """
select to_char(begins_on, 'MM') as month, sum(kept.debit - kept.credit)::text as balance
  from account_balances as kept
  join accounts as account on account.organization_id = kept.organization_id and account.id = kept.account_id
 where kept.organization_id = %(organization_id)s
   and account.role = 'output_cgst'
 group by 1
 order by 1
"""
)


async def test_an_invoice_that_a_return_shows_is_taken_back_on_a_later_day(books: Books) -> None:
    """October keeps the 90 rupees that its return told; November takes them back."""
    invoice = await an_approved_invoice(books, await a_customer(books), a_line("1000.00"), dated_on=on(DAY))
    await filed(books, "GSTR1", LAST, invoice.head.id)

    voided = await lifecycle.void(books, INVOICE, invoice.head.id, reason="Wrong buyer", on=on(NEXT))
    await settle(books)

    assert (voided.head.status, voided.head.voided_on) == ("CANCELLED", on(NEXT))
    assert await books.rows(_MONTHS) == [
        {"month": "10", "balance": "-90.00"},
        {"month": "11", "balance": "90.00"},
    ]


async def test_a_credit_note_that_a_return_shows_is_taken_back_on_a_later_day(books: Books) -> None:
    customer = await a_customer(books)
    invoice = await an_approved_invoice(books, customer, a_line("1000.00"), dated_on=on("2026-10-01"))
    note = await a_credit_note(books, invoice, a_line("100.00"), dated_on=on(DAY))
    await filed(books, "GSTR1", LAST, invoice.head.id, note.head.id)

    await lifecycle.void(books, CREDIT_NOTE, note.head.id, reason="Wrong buyer", on=on(NEXT))
    await settle(books)

    assert await books.rows(_MONTHS) == [
        {"month": "10", "balance": "-81.00"},
        {"month": "11", "balance": "-9.00"},
    ]


@pytest.mark.parametrize("day", ["2026-10-14", "2026-11-22"], ids=["before the document", "after today"])
async def test_a_reverse_is_dated_between_the_document_and_today(books: Books, day: str) -> None:
    invoice = await an_approved_invoice(books, await a_customer(books), a_line("1000.00"), dated_on=on(DAY))

    with pytest.raises(Failed) as refused:
        await lifecycle.void(books, INVOICE, invoice.head.id, reason=None, on=on(day))

    assert refused.value.field == "date"


async def test_a_reverse_keeps_off_the_lock_date_too(books: Books) -> None:
    invoice = await an_approved_invoice(books, await a_customer(books), a_line("1000.00"), dated_on=on(DAY))
    await settle(books)
    await books.run(
        Statement("update organizations set locked_until = %(on)s where id = %(organization_id)s"), on=on(LAST)
    )

    with pytest.raises(PeriodLocked):
        await lifecycle.void(books, INVOICE, invoice.head.id, reason=None)
    await lifecycle.void(books, INVOICE, invoice.head.id, reason=None, on=on(NEXT))
    await settle(books)
