"""What no payment does: settle more than there is, or what is not its to settle."""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest

from domain import registers
from domain.books import Books
from domain.documents import lifecycle
from domain.documents.kinds import CREDIT_NOTE, ESTIMATE, INVOICE
from domain.errors import Failed, Invalid, InvalidState, NotFound, PeriodLocked, Refusal, Required
from domain.ids import new_id
from domain.ledger.accounts import ACCOUNTS, AccountRole, by_role
from domain.payments import applying, recording, voiding
from domain.payments.meeting import Ask
from domain.statements import Statement
from tests.scenarios.builders import a_customer, a_draft, a_line, an_approved_invoice, on, trial_balance
from tests.scenarios.money import a_payment, asked, settled_as

_LOCK = Statement("update organizations set locked_until = %(until)s where id = %(organization_id)s")


async def refused(attempt: Awaitable[object], refusal: type[Refusal], field: str | None) -> None:
    with pytest.raises(refusal) as raised:
        await attempt
    assert raised.value.field == field


async def test_more_than_is_open_or_than_was_paid(books: Books) -> None:
    customer = await a_customer(books)
    small, large = [await an_approved_invoice(books, customer, a_line(rate)) for rate in ("100", "1000")]

    await refused(a_payment(books, customer, "500", (small, "118.01")), Failed, "allocations[0].amount")
    await refused(a_payment(books, customer, "500", (small, "118"), (large, "382.01")), Failed, "allocations[1].amount")
    await refused(a_payment(books, customer, "500", (small, "60"), (small, "60")), Failed, "allocations[1].amount")

    assert await settled_as(books, small) == ("SENT", "118.00")
    assert (await trial_balance(books))["Trade receivables"] == "1298.00"


async def test_more_than_is_left(books: Books) -> None:
    customer = await a_customer(books)
    invoice = await an_approved_invoice(books, customer, a_line("1000"))
    receipt = await a_payment(books, customer, "100", (invoice, "60"))

    await refused(
        applying.apply(books, receipt.payment.id, asked((invoice, "40.01")), on=None), Failed, "allocations[0].amount"
    )


async def test_what_is_not_its_to_settle(books: Books) -> None:
    customer, other = await a_customer(books), await a_customer(books, "Somebody else")
    abroad = await a_customer(books, "Colombo Imports", gst_treatment="OVERSEAS", currency_code="USD")
    line = a_line("100", None, tax_category="EXEMPT")
    draft = await a_draft(books, customer, line)
    estimate = await lifecycle.draft_and_approve(books, ESTIMATE, {"contact_id": customer.id}, [line])
    note = await lifecycle.draft_and_approve(books, CREDIT_NOTE, {"contact_id": customer.id}, [line])
    voided = await an_approved_invoice(books, customer, line)
    await lifecycle.void(books, INVOICE, voided.head.id, reason=None)
    foreign = await an_approved_invoice(books, other, line)
    dollars = await an_approved_invoice(books, abroad, line, exchange_rate=Decimal(83))

    for paper, member in (
        (draft, "invoice_id"),
        (estimate, "estimate_id"),
        (note, "credit_note_id"),
        (voided, "invoice_id"),
        (foreign, "invoice_id"),
    ):
        await refused(a_payment(books, customer, "100", (paper, "1")), Failed, f"allocations[0].{member}")
    await refused(
        a_payment(books, abroad, "100", (dollars, "1"), currency_code="INR"), Failed, "allocations[0].invoice_id"
    )
    receipt = await a_payment(books, customer, "100")
    await refused(a_payment(books, customer, "100", (receipt, "1")), Failed, "allocations[0].payment_id")
    paid = await an_approved_invoice(books, customer, line)
    await refused(
        a_payment(books, customer, "1", (paid, "1"), flow="OUTGOING", payment_type="REFUND"),
        Failed,
        "allocations[0].invoice_id",
    )


async def test_what_a_refund_cannot_pay_back(books: Books) -> None:
    customer, other = await a_customer(books), await a_customer(books, "Somebody else", contact_type="BOTH")
    receipt, voided = [await a_payment(books, customer, "100") for _ in range(2)]
    await voiding.void(books, voided.payment.id, reason=None)
    advance = await a_payment(books, other, "100", flow="OUTGOING")
    refund: dict[str, Any] = {"flow": "OUTGOING", "payment_type": "REFUND"}

    for contact, payment, amount, field in (
        (customer, voided, "1", "payment_id"),
        (other, receipt, "1", "payment_id"),
        (other, advance, "1", "payment_id"),
        (customer, receipt, "100.01", "amount"),
    ):
        await refused(a_payment(books, contact, amount, (payment, amount), **refund), Failed, f"allocations[0].{field}")
    await refused(
        a_payment(books, customer, "1", (receipt, "1"), **refund, dated_on=on("2026-11-20")),
        Failed,
        "allocations[0].amount",
    )
    await refused(
        a_payment(books, customer, "1", (receipt, "2"), **refund, tds_amount=Decimal(1)), Failed, "tds_amount"
    )


async def test_what_does_not_exist(books: Books) -> None:
    customer = await a_customer(books)
    said = {"flow": "INCOMING", "contact_id": customer.id, "amount": Decimal(1)}
    archived = await registers.add(books, ACCOUNTS, {"code": "1190", "name": "Old bank", "account_type": "BANK"})
    await registers.amend(books, ACCOUNTS, archived.id, {"is_active": False})
    till = (await by_role(books, [AccountRole.CASH]))[AccountRole.CASH]
    income = await registers.add(books, ACCOUNTS, {"code": "4999", "name": "Tips", "account_type": "INCOME"})

    for change, refusal, field in (
        ({"contact_id": new_id("ct")}, NotFound, "contact_id"),
        ({"branch_id": new_id("br")}, NotFound, "branch_id"),
        ({"paid_through_account_id": new_id("acc")}, NotFound, "paid_through_account_id"),
        ({"paid_through_account_id": income.id}, Failed, "paid_through_account_id"),
        ({"paid_through_account_id": archived.id}, Failed, "paid_through_account_id"),
        ({"bank_account_id": new_id("acc")}, NotFound, "bank_account_id"),
        ({"bank_account_id": income.id}, Failed, "bank_account_id"),
        ({"bank_account_id": income.id, "paid_through_account_id": archived.id}, Failed, "bank_account_id"),
        ({"bank_account_id": till, "paid_through_account_id": archived.id}, Invalid, "bank_account_id"),
        ({"tds_section": "999Z"}, NotFound, "tds_section"),
        ({"currency_code": "XXY", "exchange_rate": Decimal(1)}, Invalid, "currency_code"),
        ({"currency_code": "USD"}, Required, "exchange_rate"),
        ({"exchange_rate": Decimal(2)}, Invalid, "exchange_rate"),
        ({"flow": "OUTGOING"}, Failed, "contact_id"),
        ({"amount": Decimal(0)}, Failed, "amount"),
        ({"amount": Decimal("9999999999999"), "currency_code": "USD", "exchange_rate": Decimal(83)}, Failed, "amount"),
    ):
        await refused(recording.record(books, {**said, **change}, []), refusal, field)
    assert await trial_balance(books) == {}


async def test_an_allocation_names_one_thing_of_the_kind_that_it_says(books: Books) -> None:
    customer = await a_customer(books)
    invoice = await an_approved_invoice(books, customer, a_line("100", None, tax_category="EXEMPT"))
    receipt = await a_payment(books, customer, "100")
    said = {"flow": "INCOMING", "contact_id": customer.id, "amount": Decimal(1)}

    for documents, payment_id, field, refusal in (
        ({"INVOICE": new_id("inv")}, None, "allocations[0].invoice_id", NotFound),
        ({"BILL": invoice.head.id}, None, "allocations[0].bill_id", NotFound),
        ({}, new_id("pay"), "allocations[0].payment_id", NotFound),
        ({}, None, "allocations[0]", Failed),
        ({"INVOICE": invoice.head.id}, receipt.payment.id, "allocations[0]", Failed),
    ):
        ask = Ask("allocations[0]", Decimal(1), documents, payment_id)
        await refused(recording.record(books, said, [ask]), refusal, field)
    assert await settled_as(books, invoice) == ("SENT", "100.00")


async def test_what_a_payment_can_no_more(books: Books) -> None:
    customer = await a_customer(books)
    invoice = await an_approved_invoice(books, customer, a_line("1000"))
    receipt = await a_payment(books, customer, "100", (invoice, "50"))
    refund = await a_payment(books, customer, "50", (receipt, "50"), flow="OUTGOING", payment_type="REFUND")
    key = receipt.payment.id

    await refused(applying.unapply(books, key, [new_id("al")]), NotFound, "allocation_ids[0]")
    await refused(applying.unapply(books, refund.payment.id, [refund.applied[0].id]), InvalidState, None)
    await refused(applying.apply(books, refund.payment.id, asked((invoice, "1")), on=None), InvalidState, None)
    await refused(voiding.delete(books, key), InvalidState, None)
    await voiding.void(books, refund.payment.id, reason=None)
    await voiding.void(books, key, reason=None)
    for attempt in (
        applying.apply(books, key, asked((invoice, "1")), on=None),
        applying.unapply(books, key, [receipt.applied[0].id]),
        voiding.void(books, key, reason=None),
    ):
        await refused(attempt, InvalidState, None)


async def test_a_day_on_which_one_of_them_did_not_exist(books: Books) -> None:
    customer = await a_customer(books)
    invoice = await an_approved_invoice(books, customer, a_line("1000"), dated_on=on("2026-11-10"))
    receipt = await a_payment(books, customer, "100", dated_on=on("2026-11-01"))

    await refused(applying.apply(books, receipt.payment.id, asked((invoice, "1")), on=on("2026-11-09")), Failed, "date")

    applied = await applying.apply(books, receipt.payment.id, asked((invoice, "1")), on=on("2026-11-10"))
    assert applied.applied[0].applied_on == on("2026-11-10")


async def test_a_locked_period_stays_as_it_is(books: Books) -> None:
    """Up to 15 November the books are closed: to new receipts, and to what was applied before."""
    customer = await a_customer(books)
    invoice = await an_approved_invoice(books, customer, a_line("1000"), dated_on=on("2026-11-10"))
    receipt = await a_payment(books, customer, "100", (invoice, "60"), dated_on=on("2026-11-12"))
    key = receipt.payment.id
    await books.run(_LOCK, until=on("2026-11-15"))

    attempts: list[Callable[[], Awaitable[object]]] = [
        lambda: a_payment(books, customer, "1", dated_on=on("2026-11-15")),
        lambda: applying.apply(books, key, asked((invoice, "1")), on=on("2026-11-14")),
        lambda: applying.unapply(books, key, [receipt.applied[0].id]),
        lambda: voiding.void(books, key, reason=None),
        lambda: voiding.delete(books, key),
    ]
    for attempt in attempts:
        await refused(attempt(), PeriodLocked, "date")
    assert await settled_as(books, invoice) == ("PARTIALLY_PAID", "1120.00")

    applied = await applying.apply(books, key, asked((invoice, "40")), on=None)
    await refused(applying.unapply(books, key, [each.id for each in applied.applied]), PeriodLocked, "date")
    taken = await applying.unapply(books, key, [applied.applied[1].id])
    assert taken.payment.unallocated == 40
