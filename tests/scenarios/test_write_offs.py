"""What is written off, as an accountant checks it: entries, statuses there and back, currencies, refusals."""

from decimal import Decimal
from typing import Any

import pytest

from domain.books import Books
from domain.documents import lifecycle, write_offs
from domain.documents.document import Paper
from domain.documents.kinds import BILL, INVOICE, Kind
from domain.errors import Failed, InvalidState, PeriodLocked, Refusal
from domain.payments import voiding
from tests.scenarios.builders import (
    a_bill,
    a_cost,
    a_customer,
    a_draft,
    a_line,
    a_vendor,
    an_approved_invoice,
    on,
    trial_balance,
)
from tests.scenarios.entries import lock
from tests.scenarios.money import a_payment, assert_control_accounts_agree, postings_of, settled_as, trail_of


async def written_off(
    books: Books, paper: Paper, amount: str | None = None, *, day: str | None = None, kind: Kind = INVOICE
) -> Paper:
    """The document after all of it, or so much, was written off."""
    return await write_offs.write_off(
        books,
        kind,
        paper.head.id,
        amount=None if amount is None else Decimal(amount),
        on=None if day is None else on(day),
        reason="The customer has closed down",
    )


async def test_what_a_customer_does_not_pay_is_a_bad_debt_until_he_does(books: Books) -> None:
    """Of 11,800 rupees 11,700 come; 100 are written off, and paid after all. The tax stays as it was charged."""
    customer = await a_customer(books)
    invoice = await an_approved_invoice(books, customer, a_line("10000"))
    await a_payment(books, customer, "11700", (invoice, "11700"))
    sold = {"Output CGST": "-900.00", "Output SGST": "-900.00", "Sales": "-10000.00"}

    closed = await written_off(books, invoice)

    assert (closed.head.status, str(closed.head.balance), str(closed.head.amount_written_off)) == (
        "PAID",
        "0.00",
        "100.00",
    )
    assert await trial_balance(books) == {"Bank account": "11700.00", **sold, "Bad debts": "100.00"}
    await assert_control_accounts_agree(books)

    opened = await write_offs.cancel(books, INVOICE, invoice.head.id)

    assert (opened.head.status, str(opened.head.amount_written_off)) == ("PARTIALLY_PAID", "0.00")
    assert await settled_as(books, invoice) == ("PARTIALLY_PAID", "100.00")
    assert [entries for _, entries in (await postings_of(books, invoice.head.id))[1:]] == [
        {"Bad debts": "100.00", "Trade receivables": "-100.00"},
        {"Bad debts": "-100.00", "Trade receivables": "100.00"},
    ]
    await a_payment(books, customer, "100", (invoice, "100"))
    assert await settled_as(books, invoice) == ("PAID", "0.00")
    assert await trial_balance(books) == {"Bank account": "11800.00", **sold}


async def test_what_a_vendor_never_asks_for_is_income(books: Books) -> None:
    """A bill of 1,000 dollars at 83, of which 40 are written back: 3,320 rupees, whatever the dollar is worth today."""
    vendor = await a_vendor(books, "Cloud Inc", gst_treatment="OVERSEAS", currency_code="USD")
    cost = a_cost("1000", None, tax_category="EXEMPT")
    bill = await a_bill(books, vendor, cost, exchange_rate=Decimal(83))
    dollars: dict[str, Any] = {"currency_code": "USD", "exchange_rate": Decimal(84)}
    await a_payment(books, vendor, "960", (bill, "960"), flow="OUTGOING", **dollars)

    closed = await written_off(books, bill, kind=BILL)

    assert (closed.head.status, str(closed.head.amount_written_off)) == ("PAID", "40.00")
    assert await trial_balance(books) == {
        "Bank account": "-80640.00",
        "Balances written back": "-3320.00",
        "Purchases": "83000.00",
        "Exchange gain or loss": "960.00",
    }
    await assert_control_accounts_agree(books)


async def test_a_paisa_of_another_currency_is_an_exchange_difference_and_no_bad_debt(books: Books) -> None:
    """0.10 dollars at 83.33 are 8.33 rupees; 0.05 written off take 4.16 of them, and are 4.17 once the rest is paid."""
    abroad = await a_customer(books, "Colombo Imports", gst_treatment="OVERSEAS", currency_code="USD")
    line = a_line("0.10", None, tax_category="EXEMPT")
    invoice = await an_approved_invoice(books, abroad, line, exchange_rate=Decimal("83.33"))
    await written_off(books, invoice, "0.05")
    dollars: dict[str, Any] = {"currency_code": "USD", "exchange_rate": Decimal("83.33")}
    await a_payment(books, abroad, "0.05", (invoice, "0.05"), **dollars)

    await write_offs.cancel(books, INVOICE, invoice.head.id)

    assert "Bad debts" not in await trial_balance(books)
    assert await settled_as(books, invoice) == ("PARTIALLY_PAID", "0.05")
    await assert_control_accounts_agree(books)


async def test_bit_by_bit_on_days_of_their_own(books: Books) -> None:
    """1,000 from before the books began: 300 are written off in October, the rest today."""
    customer = await a_customer(books)
    opening = {"is_opening_balance": True, "dated_on": on("2026-03-20"), "number": "INV/7"}
    invoice = await an_approved_invoice(books, customer, a_line("1000", None, tax_category="EXEMPT"), **opening)

    assert (await written_off(books, invoice, "300", day="2026-10-31")).head.status == "PARTIALLY_PAID"
    assert (await written_off(books, invoice)).head.status == "PAID"

    assert await trial_balance(books) == {"Opening balance difference": "-1000.00", "Bad debts": "1000.00"}
    await write_offs.cancel(books, INVOICE, invoice.head.id)
    days = [day for day, _ in await postings_of(books, invoice.head.id)]
    assert days == ["2026-03-20", "2026-10-31", "2026-11-21", "2026-10-31", "2026-11-21"]
    assert await settled_as(books, invoice) == ("SENT", "1000.00")


async def refusal_of(books: Books, paper: Paper, *said: str, day: str | None = None) -> Refusal:
    """Why an invoice is not written off."""
    with pytest.raises(Refusal) as refusal:
        await written_off(books, paper, *said, day=day)
    return refusal.value


async def test_what_is_not_open_is_not_written_off(books: Books) -> None:
    customer = await a_customer(books)
    draft = await a_draft(books, customer, a_line("100"))
    voided, paid, open_one = [await an_approved_invoice(books, customer, a_line("100")) for _ in range(3)]
    await lifecycle.void(books, INVOICE, voided.head.id, reason=None)
    await a_payment(books, customer, "118", (paid, "118"))

    for paper in (draft, voided, paid):
        assert isinstance(await refusal_of(books, paper), InvalidState)

    too_much, too_early = (
        await refusal_of(books, open_one, "118.01"),
        await refusal_of(books, open_one, day="2026-11-20"),
    )
    assert isinstance(too_much, Failed) and isinstance(too_early, Failed)
    assert (too_much.field, too_early.field) == ("amount", "date")
    with pytest.raises(InvalidState, match="Nothing of invoice"):
        await write_offs.cancel(books, INVOICE, open_one.head.id)


async def test_in_a_locked_period_nothing_is_written_off_or_taken_back(books: Books) -> None:
    invoice = await an_approved_invoice(books, await a_customer(books), a_line("100"), dated_on=on("2026-10-01"))
    await written_off(books, invoice, "18", day="2026-10-31")
    await lock(books, "2026-10-31")

    assert isinstance(await refusal_of(books, invoice, day="2026-10-31"), PeriodLocked)
    with pytest.raises(PeriodLocked):
        await write_offs.cancel(books, INVOICE, invoice.head.id)


async def test_a_write_off_stands_until_it_is_cancelled(books: Books) -> None:
    """While 100 of 118 are written off nobody voids the invoice, or takes more of it than the 18 that are open."""
    customer = await a_customer(books)
    invoice = await an_approved_invoice(books, customer, a_line("100"))
    await written_off(books, invoice, "100")

    with pytest.raises(InvalidState, match="cancel_write_off"):
        await lifecycle.void(books, INVOICE, invoice.head.id, reason=None)
    with pytest.raises(Failed) as refusal:
        await a_payment(books, customer, "118", (invoice, "18.01"))
    assert refusal.value.field == "allocations[0].amount"
    receipt = await a_payment(books, customer, "18", (invoice, "18"))
    await voiding.void(books, receipt.payment.id, reason=None)
    assert await settled_as(books, invoice) == ("PARTIALLY_PAID", "18.00")

    await write_offs.cancel(books, INVOICE, invoice.head.id)
    await lifecycle.void(books, INVOICE, invoice.head.id, reason=None)
    assert await trial_balance(books) == {}


async def test_the_trail_tells_what_was_written_off_and_why(books: Books) -> None:
    invoice = await an_approved_invoice(books, await a_customer(books), a_line("100"))
    await written_off(books, invoice, "18")
    await write_offs.cancel(books, INVOICE, invoice.head.id)

    first, second = await trail_of(books, "write_offs")

    assert (first["action"], second["action"]) == ("INVOICE_WRITTEN_OFF", "INVOICE_WRITE_OFF_CANCELLED")
    assert first["changes"]["amount_written_off"] == {"old": 0, "new": 18}
    told = {"amount": 18, "date": "2026-11-21", "reason": "The customer has closed down"}
    assert first["changes"]["write_offs"] == {"old": [], "new": [told]}
    assert second["changes"]["status"] == {"old": "PARTIALLY_PAID", "new": "SENT"}
