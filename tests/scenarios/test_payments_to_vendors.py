"""Money that goes out to vendors, with tax withheld and charges of our bank; and money that goes back."""

from decimal import Decimal

import pytest

from domain.books import Books
from domain.documents import lifecycle
from domain.documents.document import Paper
from domain.documents.kinds import BILL, CREDIT_NOTE
from domain.errors import Failed, InvalidState
from domain.payments import applying, voiding
from tests.scenarios.builders import a_customer, a_line, an_approved_invoice, trial_balance
from tests.scenarios.money import a_payment, asked, assert_control_accounts_agree, settled_as


async def a_bill(books: Books, vendor_id: str, rate: str, **said: object) -> Paper:
    """A bill without tax."""
    line = {"name": "Freight", "rate": Decimal(rate), "tax_category": "EXEMPT"}
    return await lifecycle.draft_and_approve(books, BILL, {"contact_id": vendor_id, **said}, [line])


async def test_a_payment_settles_a_bill_less_tax_withheld(books: Books) -> None:
    """Of 5,000 the vendor gets 4,900, the government 100; the bank takes 5 for the transfer."""
    vendor = await a_customer(books, "Fast Movers", contact_type="VENDOR")
    bill = await a_bill(books, vendor.id, "5000")

    paid = await a_payment(
        books, vendor, "4900", (bill, "5000"), flow="OUTGOING", tds_amount=Decimal(100), bank_charges=Decimal(5)
    )

    assert paid.payment.number == "PV/26-27/0001"
    assert await settled_as(books, bill) == ("PAID", "0.00")
    assert await trial_balance(books) == {
        "Bank account": "-4905.00",
        "TDS payable": "-100.00",
        "Purchases": "5000.00",
        "Bank charges": "5.00",
    }


async def test_an_advance_to_a_vendor_waits_until_his_bill_comes(books: Books) -> None:
    vendor = await a_customer(books, "Fast Movers", contact_type="VENDOR")
    advance = await a_payment(books, vendor, "600", flow="OUTGOING", payment_type="ADVANCE", mode="CASH")
    assert await trial_balance(books) == {"Cash in hand": "-600.00", "Advances to vendors": "600.00"}
    bill = await a_bill(books, vendor.id, "1000")

    await applying.apply(books, advance.payment.id, asked((bill, "600")), on=None)

    assert await settled_as(books, bill) == ("PARTIALLY_PAID", "400.00")
    assert await trial_balance(books) == {
        "Cash in hand": "-600.00",
        "Trade payables": "-400.00",
        "Purchases": "1000.00",
    }
    await assert_control_accounts_agree(books)


async def test_a_vendor_pays_an_advance_back(books: Books) -> None:
    vendor = await a_customer(books, "Fast Movers", contact_type="VENDOR")
    advance = await a_payment(books, vendor, "600", flow="OUTGOING")

    await a_payment(
        books, vendor, "590", (advance, "600"), flow="INCOMING", payment_type="REFUND", bank_charges=Decimal(10)
    )

    assert await trial_balance(books) == {"Bank account": "-10.00", "Bank charges": "10.00"}
    await assert_control_accounts_agree(books)


async def test_a_credit_note_is_paid_out(books: Books) -> None:
    customer = await a_customer(books)
    await an_approved_invoice(books, customer, a_line("1000"))
    note = await lifecycle.draft_and_approve(books, CREDIT_NOTE, {"contact_id": customer.id}, [a_line("100")])

    refund = await a_payment(books, customer, "118", (note, "118"), flow="OUTGOING", payment_type="REFUND")

    assert await settled_as(books, note) == ("APPLIED", "0.00")
    assert (await trial_balance(books))["Trade receivables"] == "1180.00"
    assert (await trial_balance(books))["Bank account"] == "-118.00"
    await assert_control_accounts_agree(books)

    with pytest.raises(InvalidState):
        await lifecycle.void(books, CREDIT_NOTE, note.head.id, reason=None)
    await voiding.void(books, refund.payment.id, reason=None)
    assert await settled_as(books, note) == ("ISSUED", "118.00")
    await lifecycle.void(books, CREDIT_NOTE, note.head.id, reason=None)
    await assert_control_accounts_agree(books)


async def test_a_refund_says_in_full_what_it_pays_back(books: Books) -> None:
    customer = await a_customer(books)
    receipt = await a_payment(books, customer, "100")

    with pytest.raises(Failed) as refused:
        await a_payment(books, customer, "100", (receipt, "60"), flow="OUTGOING", payment_type="REFUND")

    assert refused.value.field == "allocations"
