"""An export with payment of tax: the buyer owes the IGST, or it is claimed from the government (account 1380)."""

from typing import Any

import pytest

from domain.books import Books
from domain.contacts import Contact
from domain.documents import lifecycle
from domain.documents.kinds import ESTIMATE
from domain.errors import Failed
from tests.scenarios.builders import (
    SEZ_UNIT,
    a_credit_note,
    a_customer,
    a_draft,
    a_line,
    amounts,
    an_approved_invoice,
    entries_of,
)

CLAIMED: dict[str, Any] = {"is_export_with_payment": True, "is_export_tax_claimed": True}


async def an_sez_unit(books: Books) -> Contact:
    return await a_customer(books, "Kandla Foods", gst_treatment="SEZ", gst_no=SEZ_UNIT)


async def test_the_buyer_owes_the_tax_unless_it_is_claimed(books: Books) -> None:
    invoice = await an_approved_invoice(books, await an_sez_unit(books), a_line("1000"), is_export_with_payment=True)
    assert invoice.head.is_export_tax_claimed is False
    assert await entries_of(books, invoice) == {
        "Trade receivables": ("1180.00", "0.00"),
        "Output IGST": ("0.00", "180.00"),
        "Sales": ("0.00", "1000.00"),
    }


async def test_tax_that_is_claimed_is_shown_but_not_owed_and_posted_as_refundable(books: Books) -> None:
    invoice = await an_approved_invoice(books, await an_sez_unit(books), a_line("1000"), **CLAIMED)
    assert amounts(invoice.head) == {
        "taxable_total": "1000.00",
        "igst_total": "180.00",
        "total": "1000.00",
        "balance": "1000.00",
    }
    assert await entries_of(books, invoice) == {
        "Trade receivables": ("1000.00", "0.00"),
        "IGST on exports, refundable": ("180.00", "0.00"),
        "Output IGST": ("0.00", "180.00"),
        "Sales": ("0.00", "1000.00"),
    }


async def test_a_note_takes_back_what_was_claimed(books: Books) -> None:
    """Half of it: 500 and 90 of tax."""
    invoice = await an_approved_invoice(books, await an_sez_unit(books), a_line("1000"), **CLAIMED)
    note = await a_credit_note(books, invoice, a_line("500"))
    assert (str(note.head.total), str(note.head.igst_total)) == ("500.00", "90.00")
    assert await entries_of(books, note) == {
        "Trade receivables": ("0.00", "500.00"),
        "IGST on exports, refundable": ("0.00", "90.00"),
        "Output IGST": ("90.00", "0.00"),
        "Sales": ("500.00", "0.00"),
    }


async def test_an_estimate_says_it_as_well(books: Books) -> None:
    said = {"contact_id": (await an_sez_unit(books)).id, **CLAIMED}
    estimate = await lifecycle.draft(books, ESTIMATE, said, [a_line("1000")])
    assert str(estimate.head.total) == "1000.00"


@pytest.mark.parametrize("said", [{"is_export_tax_claimed": True}, CLAIMED], ids=["under bond", "in India"])
async def test_only_the_tax_of_an_export_can_be_claimed(books: Books, said: dict[str, Any]) -> None:
    buyer = await a_customer(books) if said is CLAIMED else await an_sez_unit(books)
    with pytest.raises(Failed) as refusal:
        await a_draft(books, buyer, a_line("1000"), **said)
    assert refusal.value.field == "is_export_tax_claimed"
