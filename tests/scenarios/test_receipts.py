"""Receipts from customers: whole, in part, with tax withheld and charges kept, in advance, and taken back."""

from decimal import Decimal

import pytest

from domain.books import Books
from domain.documents import lifecycle
from domain.documents.kinds import INVOICE
from domain.errors import InvalidState, NotFound
from domain.payments import applying, voiding
from tests.domain.conftest import trail
from tests.scenarios.builders import a_customer, a_line, an_approved_invoice, on, trial_balance
from tests.scenarios.money import a_payment, asked, assert_control_accounts_agree, postings_of, settled_as


async def test_a_receipt_pays_an_invoice_in_full(books: Books) -> None:
    customer = await a_customer(books)
    invoice = await an_approved_invoice(books, customer, a_line("1000"))

    receipt = await a_payment(books, customer, "1180", (invoice, "1180"))

    assert (receipt.payment.number, receipt.payment.status) == ("RV/26-27/0001", "APPLIED")
    assert await settled_as(books, invoice) == ("PAID", "0.00")
    assert await trial_balance(books) == {
        "Bank account": "1180.00",
        "Output CGST": "-90.00",
        "Output SGST": "-90.00",
        "Sales": "-1000.00",
    }
    await assert_control_accounts_agree(books)


async def test_tax_withheld_and_charges_kept_settle_as_well(books: Books) -> None:
    """11,446 came; the customer withheld 2 % of 10,000, his bank kept 10: 11,656 of 11,800 are settled."""
    customer = await a_customer(books)
    invoice = await an_approved_invoice(books, customer, a_line("10000"))

    await a_payment(books, customer, "11446", (invoice, "11656"), bank_charges=Decimal(10), tds_amount=Decimal(200))

    assert await settled_as(books, invoice) == ("PARTIALLY_PAID", "144.00")
    assert await trial_balance(books) == {
        "Bank account": "11446.00",
        "Trade receivables": "144.00",
        "TDS receivable": "200.00",
        "Bank charges": "10.00",
        "Output CGST": "-900.00",
        "Output SGST": "-900.00",
        "Sales": "-10000.00",
    }
    await assert_control_accounts_agree(books)


async def test_what_is_applied_later_waits_with_the_advances(books: Books) -> None:
    customer = await a_customer(books)
    receipt = await a_payment(books, customer, "500")
    first, second = [
        await an_approved_invoice(books, customer, a_line("300", None, tax_category="EXEMPT")) for _ in range(2)
    ]
    assert (await trial_balance(books))["Advances from customers"] == "-500.00"

    applied = await applying.apply(books, receipt.payment.id, asked((first, "300"), (second, "150")), on=None)

    assert (applied.payment.status, applied.payment.unallocated) == ("PARTIALLY_APPLIED", Decimal("50.00"))
    assert await settled_as(books, first) == ("PAID", "0.00")
    assert await settled_as(books, second) == ("PARTIALLY_PAID", "150.00")
    assert await trial_balance(books) == {
        "Bank account": "500.00",
        "Trade receivables": "150.00",
        "Advances from customers": "-50.00",
        "Sales": "-600.00",
    }
    await assert_control_accounts_agree(books)

    taken = await applying.unapply(books, receipt.payment.id, [applied.applied[0].id])

    assert [each.document_id for each in taken.applied] == [second.head.id]
    assert await settled_as(books, first) == ("SENT", "300.00")
    await assert_control_accounts_agree(books)

    voided = await voiding.void(books, receipt.payment.id, reason="Bounced")

    assert (voided.payment.status, voided.applied) == ("CANCELLED", [])
    assert await settled_as(books, second) == ("SENT", "300.00")
    assert await trial_balance(books) == {"Trade receivables": "600.00", "Sales": "-600.00"}
    await assert_control_accounts_agree(books)


async def test_a_document_of_a_later_day_is_paid_on_that_day(books: Books) -> None:
    """Money of 1 November for an invoice of 15 November is an advance for a fortnight."""
    customer = await a_customer(books)
    invoice = await an_approved_invoice(books, customer, a_line("1000"), dated_on=on("2026-11-15"))

    receipt = await a_payment(books, customer, "1180", (invoice, "1180"), dated_on=on("2026-11-01"))

    assert await postings_of(books, receipt.payment.id) == [
        ("2026-11-01", {"Bank account": "1180.00", "Advances from customers": "-1180.00"}),
        ("2026-11-15", {"Advances from customers": "1180.00", "Trade receivables": "-1180.00"}),
    ]
    assert receipt.applied[0].applied_on == on("2026-11-15")
    assert await settled_as(books, invoice) == ("PAID", "0.00")

    await voiding.void(books, receipt.payment.id, reason=None)

    assert [day for day, _ in await postings_of(books, receipt.payment.id)] == ["2026-11-01", "2026-11-15"] * 2
    assert await settled_as(books, invoice) == ("SENT", "1180.00")
    await assert_control_accounts_agree(books)


async def test_part_payments_touch_neither_income_nor_tax(books: Books) -> None:
    customer = await a_customer(books)
    invoice = await an_approved_invoice(books, customer, a_line("1000"))
    before = await trial_balance(books)

    for amount, status, left in (("500", "PARTIALLY_PAID", "680.00"), ("680", "PAID", "0.00")):
        await a_payment(books, customer, amount, (invoice, amount))
        assert await settled_as(books, invoice) == (status, left)

    after = await trial_balance(books)
    assert {name for name in {**before, **after} if before.get(name) != after.get(name)} == {
        "Bank account",
        "Trade receivables",
    }


async def test_one_receipt_pays_ten_invoices(books: Books) -> None:
    customer = await a_customer(books)
    invoices = [await an_approved_invoice(books, customer, a_line("100")) for _ in range(10)]

    receipt = await a_payment(books, customer, "1180", *((each, "118") for each in invoices))

    assert {await settled_as(books, each) for each in invoices} == {("PAID", "0.00")}
    assert await postings_of(books, receipt.payment.id) == [
        ("2026-11-21", {"Bank account": "1180.00", "Trade receivables": "-1180.00"})
    ]


async def test_an_invoice_that_was_paid_cannot_be_voided_before_the_receipt(books: Books) -> None:
    customer = await a_customer(books)
    invoice = await an_approved_invoice(books, customer, a_line("1000"))
    receipt = await a_payment(books, customer, "1180", (invoice, "1180"))

    with pytest.raises(InvalidState):
        await lifecycle.void(books, INVOICE, invoice.head.id, reason=None)
    await voiding.void(books, receipt.payment.id, reason=None)
    await lifecycle.void(books, INVOICE, invoice.head.id, reason=None)

    assert await trial_balance(books) == {}


async def test_a_deleted_receipt_keeps_its_number(books: Books) -> None:
    customer = await a_customer(books)
    receipt = await a_payment(books, customer, "100")

    await voiding.delete(books, receipt.payment.id)

    with pytest.raises(NotFound):
        await voiding.void(books, receipt.payment.id, reason=None)
    assert (await a_payment(books, customer, "100")).payment.number == "RV/26-27/0002"
    assert (await trial_balance(books))["Bank account"] == "100.00"


async def test_the_trail_tells_what_a_receipt_settled(books: Books) -> None:
    customer = await a_customer(books)
    invoice = await an_approved_invoice(books, customer, a_line("1000"))
    receipt = await a_payment(books, customer, "1000", (invoice, "1000"))
    await applying.unapply(books, receipt.payment.id, [receipt.applied[0].id])
    await applying.apply(books, receipt.payment.id, asked((invoice, "900")), on=None)
    await voiding.void(books, receipt.payment.id, reason=None)

    told = [row for row in await trail(books) if row["entity_id"] in (receipt.payment.id, invoice.head.id)][2:]

    assert [row["action"] for row in told] == [
        "INVOICE_PARTIALLY_PAID",
        "PAYMENT_RECEIVED",
        "INVOICE_UPDATED",
        "PAYMENT_UNAPPLIED",
        "INVOICE_PARTIALLY_PAID",
        "PAYMENT_APPLIED",
        "INVOICE_UPDATED",
        "PAYMENT_VOIDED",
    ]
    assert told[0]["changes"] == {
        "status": {"old": "SENT", "new": "PARTIALLY_PAID"},
        "payment_made": {"old": Decimal("0.00"), "new": Decimal("1000.00")},
        "balance": {"old": Decimal("1180.00"), "new": Decimal("180.00")},
    }
    assert told[1]["entity_ref"] == "RV/26-27/0001"
