"""Nothing is supplied between the places of one registration (CGST Act, section 25(4)); two registrations do trade."""

import pytest

from domain.books import Books
from domain.contacts import Contact
from domain.documents import lifecycle
from domain.documents.conversion import convert
from domain.documents.kinds import CREDIT_NOTE, DELIVERY_CHALLAN, ESTIMATE, INVOICE, PURCHASE_ORDER, SALES_ORDER, Kind
from domain.errors import Failed
from domain.statements import Statement
from tests.domain.founded import KARNATAKA, MAHARASHTRA
from tests.scenarios.builders import (
    a_bill,
    a_cost,
    a_customer,
    a_draft,
    a_draft_bill,
    a_line,
    an_approved_invoice,
    on,
)
from tests.scenarios.spending import an_expense

_OWN_NUMBER = Statement("update documents set gst_no = %(gst_no)s where organization_id = %(organization_id)s")


async def ourselves(books: Books, *, side: str = "BOTH") -> Contact:
    return await a_customer(books, "Our Nagpur godown", gst_no=MAHARASHTRA, contact_type=side)


@pytest.mark.parametrize("kind", [INVOICE, ESTIMATE, SALES_ORDER, CREDIT_NOTE], ids=lambda kind: kind.name)
async def test_nothing_is_sold_to_oneself(books: Books, kind: Kind) -> None:
    with pytest.raises(Failed) as refusal:
        await lifecycle.draft(books, kind, {"contact_id": (await ourselves(books)).id}, [a_line("100")])
    assert refusal.value.field == "customer_id"


async def test_goods_go_to_another_place_of_ones_own_with_a_challan_that_becomes_no_invoice(books: Books) -> None:
    said = {"contact_id": (await ourselves(books)).id}
    challan = await lifecycle.draft_and_approve(books, DELIVERY_CHALLAN, said, [a_line("100")])
    with pytest.raises(Failed):
        await convert(books, DELIVERY_CHALLAN, challan.head.id, INVOICE, wanted=None, said={})


async def test_a_number_that_is_said_is_blamed_itself(books: Books) -> None:
    with pytest.raises(Failed) as refusal:
        await a_draft(books, await a_customer(books), a_line("100"), gst_no=MAHARASHTRA)
    assert refusal.value.field == "gst_no"


async def test_nothing_is_bought_of_oneself(books: Books) -> None:
    own = await ourselves(books)
    with pytest.raises(Failed) as refusal:
        await a_draft_bill(books, own, a_cost("100"))
    assert refusal.value.field == "vendor_id"
    with pytest.raises(Failed):
        await lifecycle.draft(books, PURCHASE_ORDER, {"contact_id": own.id}, [a_cost("100")])


async def test_nor_paid_for_at_once(books: Books) -> None:
    with pytest.raises(Failed) as refusal:
        await an_expense(books, "500", gst_no=MAHARASHTRA)
    assert refusal.value.field == "gst_no"
    with pytest.raises(Failed) as refusal:
        await an_expense(books, "500", vendor_id=(await ourselves(books)).id)
    assert refusal.value.field == "vendor_id"


async def test_a_branch_with_a_registration_of_its_own_is_another_person(books: Books) -> None:
    """Maharashtra to Karnataka: IGST on the stock that the other branch gets (Schedule I)."""
    branch = await a_customer(books, "Our Bengaluru branch", gst_no=KARNATAKA, contact_type="BOTH")
    invoice = await an_approved_invoice(books, branch, a_line("1000"))
    assert str(invoice.head.igst_total) == "180.00"
    bill = await a_bill(books, branch, a_cost("1000"))
    assert str(bill.head.igst_total) == "180.00"


async def test_a_draft_from_before_is_not_approved(books: Books) -> None:
    draft = await a_draft(books, await a_customer(books), a_line("100"))
    await books.run(_OWN_NUMBER, gst_no=MAHARASHTRA)
    with pytest.raises(Failed) as refusal:
        await lifecycle.approve(books, INVOICE, draft.head.id)
    assert refusal.value.field == "gst_no"


async def test_what_stood_before_the_books_began_is_brought_along(books: Books) -> None:
    said = {"is_opening_balance": True, "number": "OLD-1", "dated_on": on("2026-03-31")}
    invoice = await an_approved_invoice(
        books, await ourselves(books), a_line("100", None, tax_category="EXEMPT"), **said
    )
    assert str(invoice.head.total) == "100.00"
