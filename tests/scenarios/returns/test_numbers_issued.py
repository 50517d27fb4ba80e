"""Table 13 of a month: every paper of GST counts, whatever it supplied; what was cancelled is told as such."""

from decimal import Decimal
from typing import Any

from domain.books import Books
from domain.documents import lifecycle
from domain.documents.kinds import CUSTOMER_DEBIT_NOTE, DELIVERY_CHALLAN, INVOICE
from domain.gst.returns.documents_issued import Nature, documents_issued
from domain.payments import voiding
from tests.scenarios.builders import (
    MAHARASHTRA_BUYER,
    a_bill,
    a_cost,
    a_credit_note,
    a_customer,
    a_draft,
    a_line,
    a_vendor,
    an_approved_invoice,
    on,
)
from tests.scenarios.money import a_payment
from tests.scenarios.returns.asking import november
from tests.scenarios.spending import an_expense

UNREGISTERED: dict[str, Any] = {"gst_treatment": "UNREGISTERED", "billing_address": {"state_code": "IN-MH"}}


async def issued(books: Books) -> list[str]:
    """Each run as its nature, first and last number, how many, how many of them cancelled."""
    return [
        f"{Nature(row.nature).name} {row.first} {row.last} {row.count} {row.cancelled}"
        for row in await documents_issued(books, november())
    ]


async def test_invoices_are_one_run_with_what_was_cancelled(books: Books) -> None:
    """A draft has no number; one of October is not this month's; a consumer's and a dealer's are of one series."""
    consumer, dealer = await a_customer(books), await a_customer(books, "Deccan", gst_no=MAHARASHTRA_BUYER)
    await an_approved_invoice(books, consumer, a_line("1"), dated_on=on("2026-10-31"))
    for buyer in (consumer, dealer, consumer):
        last = await an_approved_invoice(books, buyer, a_line("1"))
    await a_draft(books, consumer, a_line("1"))
    await lifecycle.void(books, INVOICE, last.head.id, reason=None)
    assert await issued(books) == ["INVOICE INV/26-27/0002 INV/26-27/0004 3 1"]


async def test_notes_have_natures_by_the_way_they_go(books: Books) -> None:
    invoice = await an_approved_invoice(books, await a_customer(books), a_line("100"))
    await a_credit_note(books, invoice, a_line("10"))
    of_invoice = {"contact_id": invoice.head.contact_id, "parent_id": invoice.head.id}
    await lifecycle.draft_and_approve(books, CUSTOMER_DEBIT_NOTE, of_invoice, [a_line("5")])
    assert (await issued(books))[1:] == [
        "DEBIT_NOTE CDN/26-27/0001 CDN/26-27/0001 1 0",
        "CREDIT_NOTE CN/26-27/0001 CN/26-27/0001 1 0",
    ]


async def test_a_commercial_note_is_no_document_of_gst(books: Books) -> None:
    invoice = await an_approved_invoice(books, await a_customer(books), a_line("100"))
    for is_without_gst in (False, True, False):
        line = a_line("10", None) if is_without_gst else a_line("10")
        await a_credit_note(books, invoice, line, is_without_gst=is_without_gst)
    assert (await issued(books))[1:] == [
        "CREDIT_NOTE CN/26-27/0001 CN/26-27/0001 1 0",
        "CREDIT_NOTE CN/26-27/0003 CN/26-27/0003 1 0",
    ]


async def test_self_invoices_are_those_of_bills_and_expenses(books: Books) -> None:
    vendor = await a_vendor(books, **UNREGISTERED)
    await a_bill(books, vendor, a_cost("100"), is_reverse_charge=True)
    await an_expense(books, "8000.00", is_rcm=True, rcm_rate=Decimal("5"))
    assert await issued(books) == ["SELF_INVOICE SI/26-27/0001 SI/26-27/0002 2 0"]


async def test_vouchers_are_for_advances_refunds_and_reverse_charge(books: Books) -> None:
    """Other money has numbers of the same series, and is no document of GST."""
    customer = await a_customer(books)
    invoice = await an_approved_invoice(books, customer, a_line("100"))
    await a_payment(books, customer, "118", (invoice, "118"))
    advance = await a_payment(books, customer, "500", payment_type="ADVANCE")
    void = await a_payment(books, customer, "500", payment_type="ADVANCE")
    await voiding.void(books, void.payment.id, reason=None)
    await a_payment(books, customer, "100", (advance, "100"), flow="OUTGOING", payment_type="REFUND")
    vendor = await a_vendor(books, **UNREGISTERED)
    bill = await a_bill(books, vendor, a_cost("100"), is_reverse_charge=True)
    await a_payment(books, vendor, "100", (bill, "100"), flow="OUTGOING")
    assert (await issued(books))[1:] == [
        "SELF_INVOICE SI/26-27/0001 SI/26-27/0001 1 0",
        "RECEIPT_VOUCHER RV/26-27/0002 RV/26-27/0003 2 1",
        "PAYMENT_VOUCHER PV/26-27/0002 PV/26-27/0002 1 0",
        "REFUND_VOUCHER PV/26-27/0001 PV/26-27/0001 1 0",
    ]


async def test_challans_have_natures_by_their_purpose(books: Books) -> None:
    customer = await a_customer(books)
    for purpose in ("OTHER", "JOB_WORK"):
        said = {"contact_id": customer.id, "challan_purpose": purpose}
        await lifecycle.draft_and_approve(books, DELIVERY_CHALLAN, said, [a_line("5")])
    assert await issued(books) == [
        "CHALLAN_JOB_WORK DC/26-27/0002 DC/26-27/0002 1 0",
        "CHALLAN_OTHER DC/26-27/0001 DC/26-27/0001 1 0",
    ]


async def test_numbers_given_by_hand_are_runs_as_people_count(books: Books) -> None:
    """9 and 10 follow one another, and so do 1 and 2 of a year; 5 of a series within a series parts 1 from 2."""
    customer = await a_customer(books)
    for number in ("S-9", "S-10", "S-11", "1/26-27", "2/26-27", "T-099", "T-100", "U-9", "U-010"):
        await an_approved_invoice(books, customer, a_line("1"), number=number)
    apart = ["INVOICE U-9 U-9 1 0", "INVOICE U-010 U-010 1 0"]
    told = ["INVOICE 1/26-27 2/26-27 2 0", "INVOICE S-9 S-11 3 0", "INVOICE T-099 T-100 2 0", *apart]
    assert await issued(books) == told
    for number in ("A-2", "A-1-5", "A-1"):
        await an_approved_invoice(books, customer, a_line("1"), number=number)
    parted = [f"INVOICE {number} {number} 1 0" for number in ("A-1", "A-1-5", "A-2")]
    assert await issued(books) == [told[0], *parted, *told[1:]]
