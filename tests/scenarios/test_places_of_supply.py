"""Where a supply has its place, on every kind of document: goods go where they are delivered, services never."""

from typing import Any

import pytest

from domain.books import Books
from domain.contacts import Contact
from domain.documents import lifecycle
from domain.documents.document import Document, Paper
from domain.documents.kinds import BILL, ESTIMATE, INVOICE, PURCHASE_ORDER, SALES_ORDER, Kind
from domain.statements import Statement
from tests.domain.founded import a_gstin
from tests.scenarios.builders import (
    KARNATAKA_VENDOR,
    a_cost,
    a_customer,
    a_line,
    a_vendor,
    gst,
)
from tests.scenarios.money import a_payment

KARNATAKA_BUYER = a_gstin("29", pan="ABCPK1234L")
CHAIR = {"hsn_or_sac": "9403"}
ADVICE = {"name": "Advice", "hsn_or_sac": "998314"}
IN_MAHARASHTRA = {"state_code": "MH"}
IN_KARNATAKA = {"state_code": "KA"}
SALES = pytest.mark.parametrize("kind", [INVOICE, ESTIMATE, SALES_ORDER], ids=lambda kind: kind.name)
PURCHASES = pytest.mark.parametrize("kind", [BILL, PURCHASE_ORDER], ids=lambda kind: kind.name)


def supplied(head: Document) -> tuple[str, str, str]:
    """Place, IGST, and CGST with SGST."""
    return head.place_of_supply, str(head.igst_total), str(head.cgst_total + head.sgst_total)


async def a_paper(books: Books, kind: Kind, party: Contact, *lines: dict[str, Any], **said: Any) -> Paper:
    return await lifecycle.draft(books, kind, {"contact_id": party.id, **said}, lines)


async def a_consumer(books: Books) -> Contact:
    """Billed in Maharashtra, where the firm is, and delivered to in Karnataka."""
    return await a_customer(
        books, gst_treatment="CONSUMER", billing_address=IN_MAHARASHTRA, shipping_address=IN_KARNATAKA
    )


@SALES
async def test_goods_to_a_consumer_are_supplied_where_they_are_delivered(books: Books, kind: Kind) -> None:
    paper = await a_paper(books, kind, await a_consumer(books), a_line("1000", **CHAIR))
    assert supplied(paper.head) == ("IN-KA", "180.00", "0.00")


@SALES
async def test_services_to_a_consumer_are_supplied_at_his_address_on_record(books: Books, kind: Kind) -> None:
    paper = await a_paper(books, kind, await a_consumer(books), a_line("1000", **ADVICE))
    assert supplied(paper.head) == ("IN-MH", "0.00", "180.00")


@SALES
async def test_services_to_a_registered_buyer_are_supplied_in_the_state_of_his_registration(
    books: Books, kind: Kind
) -> None:
    buyer = await a_customer(books, gst_no=KARNATAKA_BUYER, shipping_address=IN_MAHARASHTRA)
    paper = await a_paper(books, kind, buyer, a_line("1000", **ADVICE))
    assert supplied(paper.head) == ("IN-KA", "180.00", "0.00")


@SALES
async def test_goods_to_a_registered_buyer_end_their_way_where_they_are_delivered(books: Books, kind: Kind) -> None:
    buyer = await a_customer(books, gst_no=KARNATAKA_BUYER, shipping_address=IN_MAHARASHTRA)
    paper = await a_paper(books, kind, buyer, a_line("1000", **CHAIR))
    assert supplied(paper.head) == ("IN-MH", "0.00", "180.00")


async def test_services_that_go_with_goods_are_supplied_where_the_goods_are(books: Books) -> None:
    """A chair of 1,000 and its assembly for 200 are one supply, delivered in Karnataka: 18 % of 1,200."""
    assembly = a_line("200", name="Assembly", hsn_or_sac="998732")
    paper = await a_paper(books, INVOICE, await a_consumer(books), a_line("1000", **CHAIR), assembly)
    assert supplied(paper.head) == ("IN-KA", "216.00", "0.00")


async def test_a_line_without_code_or_item_counts_as_goods(books: Books) -> None:
    line = {"name": "Chair", "rate": a_line("1000")["rate"], "tax_id": gst("18")}
    paper = await a_paper(books, INVOICE, await a_consumer(books), line)
    assert supplied(paper.head) == ("IN-KA", "180.00", "0.00")


async def test_the_place_that_is_said_goes_before_all_addresses(books: Books) -> None:
    line = a_line("1000", **CHAIR)
    paper = await a_paper(books, INVOICE, await a_consumer(books), line, place_of_supply="MH")
    assert supplied(paper.head) == ("IN-MH", "0.00", "180.00")


async def test_a_place_that_was_proposed_follows_the_address_of_delivery(books: Books) -> None:
    draft = await a_paper(books, INVOICE, await a_consumer(books), a_line("1000", **CHAIR))
    said = {"shipping_address": {"state_code": "MH"}}
    changed = await lifecycle.amend(books, INVOICE, draft.head.id, said, None)
    assert supplied(changed.head) == ("IN-MH", "0.00", "180.00")


async def test_a_place_that_was_proposed_follows_the_lines(books: Books) -> None:
    """The chair becomes advice, which is supplied at the address on record."""
    draft = await a_paper(books, INVOICE, await a_consumer(books), a_line("1000", **CHAIR))
    changed = await lifecycle.amend(books, INVOICE, draft.head.id, {}, [a_line("1000", **ADVICE)])
    assert supplied(changed.head) == ("IN-MH", "0.00", "180.00")


async def test_a_place_that_was_said_stays_whatever_address_changes(books: Books) -> None:
    line = a_line("1000", **CHAIR)
    draft = await a_paper(books, INVOICE, await a_consumer(books), line, place_of_supply="IN-TN")
    changed = await lifecycle.amend(books, INVOICE, draft.head.id, {"shipping_address": IN_MAHARASHTRA}, None)
    assert supplied(changed.head) == ("IN-TN", "180.00", "0.00")


async def test_an_advance_for_services_does_not_follow_the_address_of_delivery(books: Books) -> None:
    """1,180 of a consumer of Maharashtra hold 90 of CGST and 90 of SGST, wherever his goods go."""
    said: dict[str, Any] = {"payment_type": "ADVANCE", "is_service_advance": True}
    payment = (await a_payment(books, await a_consumer(books), "1180", **said)).payment
    assert (payment.place_of_supply, str(payment.cgst_amount), str(payment.igst_amount)) == ("IN-MH", "90.00", "0.00")


@PURCHASES
@pytest.mark.parametrize("line", [CHAIR, ADVICE], ids=["goods", "services"])
async def test_a_purchase_under_a_registration_is_supplied_at_its_place(
    books: Books, kind: Kind, line: dict[str, Any]
) -> None:
    """Wherever the firm has goods sent, they are bought by its registration in Maharashtra (section 10(1)(b))."""
    vendor = await a_vendor(books, gst_no=KARNATAKA_VENDOR)
    paper = await a_paper(books, kind, vendor, a_cost("1000", **line), shipping_address=IN_KARNATAKA)
    assert supplied(paper.head) == ("IN-MH", "180.00", "0.00")


@PURCHASES
@pytest.mark.parametrize(
    ("line", "place", "igst", "halves"),
    [(CHAIR, "IN-KA", "0.00", "180.00"), (ADVICE, "IN-MH", "180.00", "0.00")],
    ids=["goods", "services"],
)
async def test_goods_bought_without_a_registration_are_supplied_where_they_are_delivered(
    books: Books, kind: Kind, line: dict[str, Any], place: str, igst: str, halves: str
) -> None:
    await books.run(Statement("update branches set gst_no = null where organization_id = %(organization_id)s"))
    vendor = await a_vendor(books, gst_no=KARNATAKA_VENDOR)
    paper = await a_paper(books, kind, vendor, a_cost("1000", **line), shipping_address=IN_KARNATAKA)
    assert supplied(paper.head) == (place, igst, halves)
