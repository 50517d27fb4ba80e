"""The shipping bill of an export comes after its invoice, and is written into it then."""

from typing import Any

import pytest

from domain.books import Books
from domain.contacts import Contact
from domain.documents import lifecycle
from domain.documents.kinds import INVOICE
from domain.errors import Failed, InvalidState, Required
from tests.scenarios.builders import SEZ_UNIT, a_customer, a_draft, a_line, an_approved_invoice, on
from tests.scenarios.entries import lock

PAPERS: dict[str, Any] = {
    "shipping_bill_number": "4455667",
    "shipping_bill_on": on("2026-11-25"),
    "port_code": "INNSA1",
}
_NOTHING: dict[str, Any] = dict.fromkeys(PAPERS)


async def a_buyer_abroad(books: Books) -> Contact:
    return await a_customer(books, "Oslo Timber", gst_treatment="OVERSEAS", billing_address={"country": "Norway"})


async def test_a_draft_of_an_export_takes_it(books: Books) -> None:
    draft = await a_draft(books, await a_buyer_abroad(books), a_line("60000"), **PAPERS)
    assert {name: getattr(draft.head, name) for name in PAPERS} == PAPERS


async def test_it_is_added_changed_and_taken_off_after_posting(books: Books) -> None:
    invoice = await an_approved_invoice(books, await a_buyer_abroad(books), a_line("60000"))
    key = invoice.head.id
    added = await lifecycle.amend(books, INVOICE, key, PAPERS, None)
    assert {name: getattr(added.head, name) for name in PAPERS} == PAPERS
    changed = await lifecycle.amend(books, INVOICE, key, {"port_code": "INBOM4"}, None)
    assert (changed.head.shipping_bill_number, changed.head.port_code) == ("4455667", "INBOM4")
    taken_off = await lifecycle.amend(books, INVOICE, key, _NOTHING, None)
    assert taken_off.head.shipping_bill_number is None
    assert (taken_off.head.journal_id, taken_off.head.version) == (invoice.head.journal_id, invoice.head.version + 3)


async def test_it_may_come_after_the_books_of_the_month_are_closed(books: Books) -> None:
    """The ledger knows nothing of it, and a return that was filed without it is amended."""
    invoice = await an_approved_invoice(books, await a_buyer_abroad(books), a_line("60000"), dated_on=on("2026-10-15"))
    await lock(books, "2026-10-31")
    added = await lifecycle.amend(books, INVOICE, invoice.head.id, PAPERS, None)
    assert added.head.port_code == "INNSA1"


async def test_a_supply_to_an_sez_has_a_bill_of_export(books: Books) -> None:
    unit = await a_customer(books, gst_treatment="SEZ", gst_no=SEZ_UNIT)
    draft = await a_draft(books, unit, a_line("60000"), **PAPERS)
    assert draft.head.shipping_bill_number == "4455667"


async def test_a_sale_at_home_has_none(books: Books) -> None:
    customer = await a_customer(books)
    for said, field in (
        (PAPERS, "shipping_bill_number"),
        ({"port_code": "INNSA1"}, "port_code"),
        ({"shipping_bill_on": on("2026-11-25")}, "shipping_bill_date"),
    ):
        with pytest.raises(Failed) as refusal:
            await a_draft(books, customer, a_line("600"), **said)
        assert refusal.value.field == field
    posted = await an_approved_invoice(books, customer, a_line("600"))
    with pytest.raises(Failed):
        await lifecycle.amend(books, INVOICE, posted.head.id, PAPERS, None)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"shipping_bill_number": "4455667"}, "shipping_bill_date"),
        ({"shipping_bill_on": on("2026-11-25")}, "shipping_bill_number"),
    ],
)
async def test_number_and_date_come_together(books: Books, said: dict[str, Any], field: str) -> None:
    buyer = await a_buyer_abroad(books)
    invoice = await an_approved_invoice(books, buyer, a_line("60000"))
    with pytest.raises(Required) as refusal:
        await a_draft(books, buyer, a_line("60000"), **said)
    assert refusal.value.field == field
    with pytest.raises(Required):
        await lifecycle.amend(books, INVOICE, invoice.head.id, said, None)


async def test_all_else_that_is_posted_stays_frozen(books: Books) -> None:
    invoice = await an_approved_invoice(books, await a_buyer_abroad(books), a_line("60000"))
    with pytest.raises(InvalidState) as refusal:
        await lifecycle.amend(books, INVOICE, invoice.head.id, {**PAPERS, "place_of_supply": "IN-MH"}, None)
    assert refusal.value.field == "place_of_supply"
