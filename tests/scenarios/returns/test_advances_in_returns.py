"""Tables 11A and 11B: advances for services net of their tax, and not those that were invoiced within the period."""

from typing import Any

import pytest

from domain.books import Books
from domain.branches import open_branch
from domain.errors import Failed
from domain.gst.returns.advances import Advance, advances
from domain.gst.returns.question import ReturnQuestion
from domain.payments import applying, voiding
from tests.domain.founded import KARNATAKA
from tests.scenarios.builders import GUJARAT_BUYER, SEZ_UNIT, a_customer, a_line, an_approved_invoice, gst, on
from tests.scenarios.money import a_payment, asked
from tests.scenarios.returns.asking import month, november, told

SERVICE: dict[str, Any] = {"name": "Consulting", "hsn_or_sac": "998312"}
ADVANCE: dict[str, Any] = {"payment_type": "ADVANCE", "is_service_advance": True}
IN_OCTOBER: dict[str, Any] = {"dated_on": on("2026-10-10")}


async def moved(books: Books, question: ReturnQuestion | None = None) -> list[tuple[str, str, str]]:
    """Each movement as table, value and tax with their sign."""
    return [
        (row.table.value, str(row.sign * row.taxable), str(row.sign * row.tax))
        for row in await advances(books, question or november())
    ]


async def the_movement(books: Books) -> Advance:
    """The only movement there is."""
    (row,) = await advances(books, november())
    return row


async def test_an_advance_for_services_is_told_net_of_its_tax(books: Books) -> None:
    """11,800 hold 1,800."""
    await a_payment(books, await a_customer(books), "11800", **ADVANCE)
    row = await the_movement(books)
    assert told(row, "table place_of_supply supply_type rate") == "at IN-MH INTRA_STATE 18"
    assert told(row, "taxable cgst sgst igst") == "10000.00 900.00 900.00 0.00"


async def test_another_state_and_rate_are_told_as_such(books: Books) -> None:
    """1,050 hold 50 of IGST at 5 %."""
    buyer = await a_customer(books, gst_no=GUJARAT_BUYER)
    await a_payment(books, buyer, "1050", **ADVANCE, tax_id=gst("5"))
    row = await the_movement(books)
    assert told(row, "place_of_supply rate taxable igst cgst") == "IN-GJ 5 1000.00 50.00 0.00"


async def test_advances_for_goods_are_not_told(books: Books) -> None:
    await a_payment(books, await a_customer(books), "11800", payment_type="ADVANCE")
    assert await moved(books) == []


async def test_advances_under_a_letter_of_undertaking_bear_no_tax(books: Books) -> None:
    buyer = await a_customer(books, "Kandla Foods", gst_treatment="SEZ", gst_no=SEZ_UNIT)
    await a_payment(books, buyer, "11800", **ADVANCE)
    assert await moved(books) == []


async def test_what_is_invoiced_in_the_same_month_is_in_neither_table(books: Books) -> None:
    """5,900 of 11,800 are left."""
    customer = await a_customer(books)
    advance = await a_payment(books, customer, "11800", **ADVANCE, dated_on=on("2026-11-02"))
    invoice = await an_approved_invoice(books, customer, a_line("5000", **SERVICE))
    await applying.apply(books, advance.payment.id, asked((invoice, "5900")), on=None)
    assert await moved(books) == [("at", "10000.00", "1800.00"), ("at", "-5000.00", "-900.00")]


async def test_what_an_advance_met_as_it_came_goes_out_again_without_tax(books: Books) -> None:
    """5,900 of 11,800 hold 900: 5,000 and 900 are left."""
    customer = await a_customer(books)
    invoice = await an_approved_invoice(books, customer, a_line("5000", **SERVICE))
    await a_payment(books, customer, "11800", (invoice, "5900"), **ADVANCE)
    assert await moved(books) == [("at", "10900.00", "900.00"), ("at", "-5900.00", "-0.00")]


async def test_what_is_invoiced_in_a_later_month_is_adjusted_there(books: Books) -> None:
    customer = await a_customer(books)
    advance = await a_payment(books, customer, "11800", **ADVANCE, **IN_OCTOBER)
    invoice = await an_approved_invoice(books, customer, a_line("20000", **SERVICE))
    await applying.apply(books, advance.payment.id, asked((invoice, "5900")), on=None)

    row = await the_movement(books)

    assert told(row, "table sign taxable cgst received_on") == "txpd 1 5000.00 450.00 2026-10-10"
    assert (row.document_id, row.document_number) == (invoice.head.id, invoice.head.number)
    assert await moved(books, month(2026, 10)) == [("at", "10000.00", "1800.00")]


async def test_a_refund_is_adjusted_like_an_invoice(books: Books) -> None:
    customer = await a_customer(books)
    advance = await a_payment(books, customer, "11800", **ADVANCE, **IN_OCTOBER)
    refund = await a_payment(books, customer, "1180", (advance, "1180"), flow="OUTGOING", payment_type="REFUND")

    row = await the_movement(books)

    assert told(row, "table sign taxable tax") == "txpd 1 1000.00 180.00"
    assert row.document_number == refund.payment.number
    assert "paid back" in row.why


async def test_tax_inside_an_advance_is_paid_back_by_the_registration_that_owes_it(books: Books) -> None:
    """Received in Maharashtra: Bengaluru, under a GSTIN of its own, can give no refund voucher for it."""
    bengaluru = await open_branch(books, {"branch_name": "Bengaluru", "state_code": "IN-KA", "gst_no": KARNATAKA})
    customer, refund = await a_customer(books), {"flow": "OUTGOING", "payment_type": "REFUND"}
    advance = await a_payment(books, customer, "11800", **ADVANCE)
    plain = await a_payment(books, customer, "100", branch_id=bengaluru.id)

    with pytest.raises(Failed, match="has tax of 27AAPFU0939F1ZV inside") as refused:
        await a_payment(books, customer, "1180", (advance, "1180"), branch_id=bengaluru.id, **refund)
    paid_back = await a_payment(books, customer, "1180", (advance, "1180"), **refund)
    without_tax = await a_payment(books, customer, "100", (plain, "100"), **refund)

    assert refused.value.field == "branch_id"
    assert paid_back.payment.branch_id == advance.payment.branch_id
    assert without_tax.payment.branch_id == bengaluru.id


async def test_what_was_applied_and_taken_back_never_moved(books: Books) -> None:
    customer = await a_customer(books)
    advance = await a_payment(books, customer, "11800", **ADVANCE, **IN_OCTOBER)
    invoice = await an_approved_invoice(books, customer, a_line("20000", **SERVICE))
    applied = await applying.apply(books, advance.payment.id, asked((invoice, "5900")), on=None)
    await applying.unapply(books, advance.payment.id, [applied.applied[0].id])
    assert await moved(books) == []
    assert await moved(books, month(2026, 10)) == [("at", "10000.00", "1800.00")]


async def test_a_voided_advance_was_never_received(books: Books) -> None:
    advance = await a_payment(books, await a_customer(books), "11800", **ADVANCE)
    await voiding.void(books, advance.payment.id, reason=None)
    assert await moved(books) == []


async def test_the_value_is_what_the_tax_leaves_of_the_amount(books: Books) -> None:
    """1,000 hold 76.27 and 76.27: 847.46."""
    await a_payment(books, await a_customer(books), "1000", **ADVANCE)
    row = await the_movement(books)
    assert told(row, "taxable cgst sgst") == "847.46 76.27 76.27"
