"""What a contact shows of open papers: what it owes and is owed, and what it has in credit."""

from decimal import Decimal
from typing import Any

from domain.books import Books
from domain.documents import lifecycle
from domain.documents.kinds import CREDIT_NOTE, DEBIT_NOTE, Kind
from domain.payments import voiding
from handlers import contacts as handlers
from tests.domain.conftest import body_of
from tests.scenarios.builders import a_bill, a_cost, a_customer, a_line, a_vendor, an_approved_invoice
from tests.scenarios.money import a_payment

_SHOWN = (
    "outstanding_receivable",
    "unused_credits_receivable",
    "outstanding_payable",
    "unused_credits_payable",
)


async def open_amounts(books: Books, contact_id: str) -> dict[str, str]:
    """What the contact shows beside nought; alone, and the same in a list."""
    alone = body_of(await handlers.get_contact(books, contact_id))["contact"]
    listed = body_of(await handlers.list_contacts(books, {"per_page": 50}))["contacts"]
    (row,) = [each for each in listed if each["contact_id"] == contact_id]
    assert row == alone
    return {name: f"{alone[name]:.2f}" for name in _SHOWN if alone[name]}


async def a_note(books: Books, kind: Kind, contact_id: str, rate: str, **said: Any) -> None:
    """A note on nothing in particular, without tax."""
    line = {"name": "Discount", "rate": Decimal(rate), "tax_category": "EXEMPT"}
    await lifecycle.draft_and_approve(books, kind, {"contact_id": contact_id, **said}, [line])


async def test_notes_and_receipts_that_are_not_applied_are_in_credit(books: Books) -> None:
    """1,180 are invoiced and 180 of 500 received applied: 1,000 less 300 noted are owed, 320 and 300 in credit."""
    customer = await a_customer(books)
    await a_customer(books, "Another")
    assert await open_amounts(books, customer.id) == {}
    invoice = await an_approved_invoice(books, customer, a_line("1000.00"))
    receipt = await a_payment(books, customer, "500", (invoice, "180"))
    await a_note(books, CREDIT_NOTE, customer.id, "300.00")

    assert await open_amounts(books, customer.id) == {
        "outstanding_receivable": "700.00",
        "unused_credits_receivable": "620.00",
    }
    await voiding.void(books, receipt.payment.id, reason=None)
    assert await open_amounts(books, customer.id) == {
        "outstanding_receivable": "880.00",
        "unused_credits_receivable": "300.00",
    }


async def test_an_advance_for_services_is_in_credit_with_the_tax_inside(books: Books) -> None:
    customer = await a_customer(books)
    await a_payment(books, customer, "11800", payment_type="ADVANCE", is_service_advance=True)

    assert await open_amounts(books, customer.id) == {"unused_credits_receivable": "11800.00"}


async def test_credit_in_dollars_is_told_in_rupees_of_its_own_day(books: Books) -> None:
    """100 dollars at 83.125 and a note of 10 at 84.50: 8,312.50 and 845."""
    customer = await a_customer(books, "Colombo Imports", gst_treatment="OVERSEAS", currency_code="USD")
    await a_payment(books, customer, "100", exchange_rate=Decimal("83.125"))
    await a_note(books, CREDIT_NOTE, customer.id, "10.00", exchange_rate=Decimal("84.50"))

    assert await open_amounts(books, customer.id) == {
        "outstanding_receivable": "-845.00",
        "unused_credits_receivable": "9157.50",
    }


async def test_each_side_has_its_own_credit(books: Books) -> None:
    """A partner who buys and sells: 250 paid to him in advance, 120 debited, 40 received of him; 60 of it paid back."""
    partner = await a_vendor(books, contact_type="BOTH")
    await a_bill(books, partner, a_cost("1000.00"))
    advance = await a_payment(books, partner, "250", flow="OUTGOING")
    await a_note(books, DEBIT_NOTE, partner.id, "120.00")
    await a_payment(books, partner, "40")
    await a_payment(books, partner, "60", (advance, "60"), payment_type="REFUND")

    assert await open_amounts(books, partner.id) == {
        "unused_credits_receivable": "40.00",
        "outstanding_payable": "1060.00",
        "unused_credits_payable": "310.00",
    }
