"""Invoices of an input service distributor: tax that a head office passes on to a branch, and nothing else."""

from decimal import Decimal
from typing import Any

import pytest

from domain.books import Books
from domain.contacts import Contact
from domain.documents import lifecycle
from domain.documents.document import Paper
from domain.documents.kinds import BILL, DEBIT_NOTE
from domain.errors import Failed, Refusal, Required
from tests.domain.founded import a_gstin
from tests.scenarios.builders import (
    MAHARASHTRA_VENDOR,
    a_bill,
    a_cost,
    a_debit_note,
    a_draft_bill,
    a_vendor,
    amounts,
    entries_of,
)

DISTRIBUTOR = a_gstin("29", entity="2")
ISD: dict[str, Any] = {"is_isd_invoice": True, "reference_number": "ISD/26-27/7"}


async def the_head_office(books: Books) -> Contact:
    return await a_vendor(books, "Head office (ISD)", gst_no=DISTRIBUTOR)


def passed_on(name: str = "Audit fee", **heads: str) -> dict[str, Any]:
    """A line that passes on so much of each head."""
    return {"name": name, "distributed_tax": {f"{head}_amount": Decimal(amount) for head, amount in heads.items()}}


async def an_isd_invoice(books: Books, *lines: dict[str, Any]) -> Paper:
    return await a_bill(books, await the_head_office(books), *lines, **ISD)


async def test_it_debits_the_heads_that_it_passes_on_and_owes_the_distributor(books: Books) -> None:
    bill = await an_isd_invoice(books, passed_on(igst="540"), passed_on("Rent", cgst="90", sgst="90"))
    assert amounts(bill.head) == {
        "cgst_total": "90.00",
        "sgst_total": "90.00",
        "igst_total": "540.00",
        "total": "720.00",
        "balance": "720.00",
    }
    assert [line.itc_eligibility for line in bill.lines] == ["ELIGIBLE", "ELIGIBLE"]
    assert await entries_of(books, bill) == {
        "Input CGST": ("90.00", "0.00"),
        "Input SGST": ("90.00", "0.00"),
        "Input IGST": ("540.00", "0.00"),
        "Trade payables": ("0.00", "720.00"),
    }


async def test_tax_that_is_passed_on_as_ineligible_is_a_cost(books: Books) -> None:
    blocked = {**passed_on("Club fees", igst="180"), "itc_blocked_reason": "17(5)(b)(ii)"}
    bill = await an_isd_invoice(books, passed_on(igst="540"), blocked)
    assert await entries_of(books, bill) == {
        "Input IGST": ("540.00", "0.00"),
        "Purchases": ("180.00", "0.00"),
        "Trade payables": ("0.00", "720.00"),
    }


async def test_sgst_alone_is_tax_as_well(books: Books) -> None:
    bill = await an_isd_invoice(books, passed_on(sgst="12.35"))
    assert bill.lines[0].itc_eligibility == "ELIGIBLE"
    assert str(bill.head.total) == "12.35"


async def test_a_draft_changes_and_keeps_what_was_not_said(books: Books) -> None:
    draft = await a_draft_bill(books, await the_head_office(books), passed_on(igst="540"), **ISD)
    noted = await lifecycle.amend(books, BILL, draft.head.id, {"notes": "For October."}, None)
    assert str(noted.head.total) == "540.00"
    line = {"id": noted.lines[0].id, "distributed_tax": {"igst_amount": Decimal("500")}}
    changed = await lifecycle.amend(books, BILL, draft.head.id, {}, [line])
    assert str(changed.head.igst_total) == "500.00"
    assert str((await lifecycle.approve(books, BILL, draft.head.id)).head.total) == "500.00"


async def test_a_debit_note_takes_back_heads_up_to_what_was_passed_on(books: Books) -> None:
    """The distributor's credit note: 100 of the 540, then the whole rest by quantity, and never more."""
    bill = await an_isd_invoice(books, passed_on(igst="540"))
    first = await a_debit_note(books, bill, passed_on(igst="100"))
    assert first.head.is_isd_invoice
    assert await entries_of(books, first) == {"Input IGST": ("0.00", "100.00"), "Trade payables": ("100.00", "0.00")}
    with pytest.raises(Failed) as refusal:
        await a_debit_note(books, bill, passed_on(igst="440.01"))
    assert refusal.value.field == "line_items[0].distributed_tax"
    rest = await a_debit_note(books, bill, passed_on(igst="440"))
    assert str(rest.head.total) == "440.00"


async def test_half_of_a_line_takes_half_of_its_tax_back(books: Books) -> None:
    bill = await an_isd_invoice(books, passed_on(igst="540"))
    note = await a_debit_note(books, bill, {"name": "Audit fee", "quantity": Decimal("0.5")})
    assert str(note.head.igst_total) == "270.00"
    rest = await a_debit_note(books, bill, {"name": "Audit fee", "quantity": Decimal("0.5")})
    assert str(rest.head.igst_total) == "270.00"


async def test_the_note_of_a_distributor_may_stand_alone(books: Books) -> None:
    said = {"contact_id": (await the_head_office(books)).id, "is_isd_invoice": True}
    note = await lifecycle.draft_and_approve(books, DEBIT_NOTE, said, [passed_on(cgst="9", sgst="9")])
    assert str(note.head.total) == "18.00"


@pytest.mark.parametrize(
    ("line", "said", "refusal", "field"),
    [
        (a_cost("100"), {}, Failed, "line_items[0].tax_id"),
        ({"name": "Audit fee", "rate": Decimal("0")}, {}, Required, "line_items[0].distributed_tax"),
        (passed_on(), {}, Required, "line_items[0].distributed_tax"),
        ({**passed_on(igst="18"), "rate": Decimal("100")}, {}, Failed, "line_items[0].rate"),
        (passed_on(igst="18"), {"is_isd_invoice": False}, Failed, "line_items[0].tax_id"),
        (passed_on(igst="18"), {"is_reverse_charge": True}, Failed, "is_reverse_charge"),
        (passed_on(igst="18"), {"gst_no": MAHARASHTRA_VENDOR}, Failed, "gst_no"),
    ],
)
async def test_what_no_distributor_writes_is_refused(
    books: Books, line: dict[str, Any], said: dict[str, Any], refusal: type[Refusal], field: str
) -> None:
    with pytest.raises(refusal) as refused:
        await a_draft_bill(books, await the_head_office(books), line, **{**ISD, **said})
    assert refused.value.field == field


async def test_an_ordinary_bill_passes_on_no_tax(books: Books) -> None:
    line = {**a_cost("100"), **passed_on("Timber", igst="18")}
    with pytest.raises(Failed) as refusal:
        await a_draft_bill(books, await a_vendor(books), line)
    assert refusal.value.field == "line_items[0].distributed_tax"
