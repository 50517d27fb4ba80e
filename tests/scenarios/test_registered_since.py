"""A contact gets a GSTIN: drafts and orders of a sale take it over when they are approved or converted, and say so."""

import pytest

from domain import happenings, registers
from domain.books import Books
from domain.cautions import REGISTRATION_TAKEN_OVER
from domain.contacts import CONTACTS, Contact
from domain.documents import conversion, lifecycle
from domain.documents.kinds import BILL, ESTIMATE, INVOICE, SALES_ORDER, Kind
from tests.scenarios.builders import (
    GUJARAT_BUYER,
    MAHARASHTRA_BUYER,
    MAHARASHTRA_VENDOR,
    a_customer,
    a_line,
    a_vendor,
)


async def registered(books: Books, contact: Contact, gst_no: str = MAHARASHTRA_BUYER) -> None:
    """The contact gets a GSTIN, and the trail knows when."""
    await registers.amend(books, CONTACTS, contact.id, {"gst_no": gst_no, "gst_treatment": "REGISTERED"})
    await happenings.record(books)
    books.happenings.clear()


def warned(books: Books) -> list[tuple[str, str, str | None]]:
    return [(each.code, each.message, each.field) for each in books.cautions]


@pytest.mark.parametrize("kind", [INVOICE, ESTIMATE, SALES_ORDER], ids=lambda kind: kind.name)
async def test_a_draft_takes_the_gstin_over_when_it_is_approved(books: Books, kind: Kind) -> None:
    customer = await a_customer(books)
    draft = await lifecycle.draft(books, kind, {"contact_id": customer.id}, [a_line("1000")])
    await registered(books, customer)

    opened = await lifecycle.approve(books, kind, draft.head.id)

    assert (opened.head.gst_treatment, opened.head.gst_no) == ("REGISTERED", MAHARASHTRA_BUYER)
    noun = kind.title.lower()
    message = f"Deccan Retail has the GSTIN {MAHARASHTRA_BUYER} since the {noun} was made; the {noun} has it now."
    assert warned(books) == [(REGISTRATION_TAKEN_OVER, message, "gst_no")]


async def test_the_place_that_was_proposed_follows_the_registration(books: Books) -> None:
    """1,000 at 18 % to a consumer of Maharashtra: 90 and 90; registered in Gujarat, advice is supplied there: 180."""
    customer = await a_customer(books)
    advice = a_line("1000", name="Advice", hsn_or_sac="998314")
    draft = await lifecycle.draft(books, INVOICE, {"contact_id": customer.id}, [advice])
    await registered(books, customer, GUJARAT_BUYER)

    head = (await lifecycle.approve(books, INVOICE, draft.head.id)).head

    assert (head.place_of_supply, str(head.igst_total), str(head.cgst_total)) == ("IN-GJ", "180.00", "0.00")


async def test_what_is_made_of_an_order_takes_it_over(books: Books) -> None:
    customer = await a_customer(books)
    order = await lifecycle.draft_and_approve(books, SALES_ORDER, {"contact_id": customer.id}, [a_line("1000")])
    await registered(books, customer)

    made = await conversion.convert(books, SALES_ORDER, order.head.id, INVOICE, wanted=None, said={})

    assert (made.made.head.gst_treatment, made.made.head.gst_no) == ("REGISTERED", MAHARASHTRA_BUYER)
    assert [code for code, _, _ in warned(books)] == [REGISTRATION_TAKEN_OVER]


async def test_a_treatment_that_was_said_of_a_registered_contact_stays(books: Books) -> None:
    """He buys for himself: the contact had its GSTIN when the draft was made."""
    customer = await a_customer(books, gst_no=MAHARASHTRA_BUYER)
    await happenings.record(books)
    said = {"contact_id": customer.id, "gst_treatment": "CONSUMER", "gst_no": None}
    draft = await lifecycle.draft(books, INVOICE, said, [a_line("1000")])
    assert (await lifecycle.approve(books, INVOICE, draft.head.id)).head.gst_treatment == "CONSUMER"
    assert warned(books) == []


async def test_of_a_vendor_it_is_only_said(books: Books) -> None:
    """What his paper says of himself and his tax is his own."""
    vendor = await a_vendor(books, gst_treatment="UNREGISTERED")
    draft = await lifecycle.draft(books, BILL, {"contact_id": vendor.id}, [a_line("1000", None, tax_category="EXEMPT")])
    await registered(books, vendor, MAHARASHTRA_VENDOR)

    opened = await lifecycle.approve(books, BILL, draft.head.id)

    assert (opened.head.gst_treatment, opened.head.gst_no) == ("UNREGISTERED", None)
    assert [code for code, _, _ in warned(books)] == [REGISTRATION_TAKEN_OVER]
