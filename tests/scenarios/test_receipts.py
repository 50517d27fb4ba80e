"""Receipts from customers: whole, in part, with tax withheld and charges kept, in advance, and taken back."""

from decimal import Decimal

from domain.books import Books
from domain.payments import applying, voiding
from tests.scenarios.builders import a_customer, a_line, an_approved_invoice, trial_balance
from tests.scenarios.money import a_payment, asked, assert_control_accounts_agree, settled_as


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
