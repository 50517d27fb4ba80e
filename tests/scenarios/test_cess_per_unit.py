"""Compensation cess in rupees a unit: 400 a tonne on coal, beside 5 % GST, until 21 September 2025."""

from decimal import Decimal
from typing import Any

import pytest

from domain import registers
from domain.books import Books
from domain.catalog import ITEMS
from domain.cautions import CESS_NOT_NOTIFIED
from domain.documents import lifecycle
from domain.documents.conversion import convert
from domain.documents.document import Paper
from domain.documents.kinds import ESTIMATE, INVOICE
from domain.errors import Failed, Refusal, Required
from tests.scenarios.builders import (
    GUJARAT_BUYER,
    a_bill,
    a_cost,
    a_credit_note,
    a_customer,
    a_debit_note,
    a_draft,
    a_line,
    a_vendor,
    amounts,
    an_approved_invoice,
    entries_of,
    gst,
    on,
)
from tests.scenarios.spending import account, an_expense, entries_in

IN_FORCE = on("2025-09-21")


def coal(tonnes: str = "10", rate: str = "3000", **values: Any) -> dict[str, Any]:
    """A line of coal."""
    usual = {"name": "Coal", "hsn_or_sac": "2701", "unit": "mt", "quantity": Decimal(tonnes)}
    return {**a_line(rate, "5"), **usual, "cess_per_unit": Decimal(400), **values}


async def of_coal(books: Books, *lines: dict[str, Any], **said: Any) -> Paper:
    buyer = await a_customer(books, gst_no=GUJARAT_BUYER)
    return await an_approved_invoice(books, buyer, *lines, **{"dated_on": IN_FORCE, **said})


async def test_cess_stands_beside_the_tax_on_the_value(books: Books) -> None:
    """Ten tonnes at 3,000: 1,500 of IGST, and 4,000 of cess."""
    invoice = await of_coal(books, coal())
    assert amounts(invoice.head) == {
        "taxable_total": "30000.00",
        "igst_total": "1500.00",
        "cess_total": "4000.00",
        "total": "35500.00",
        "balance": "35500.00",
    }
    assert await entries_of(books, invoice) == {
        "Trade receivables": ("35500.00", "0.00"),
        "Output IGST": ("0.00", "1500.00"),
        "Output cess": ("0.00", "4000.00"),
        "Sales": ("0.00", "30000.00"),
    }
    assert books.cautions == []


async def test_both_measures_are_added_up_each_rounded_by_itself(books: Books) -> None:
    """2,500 cigarettes at 7: 5 % of 17,500 are 875, and 2.076 each are 5,190."""
    line = {**a_line("7", None), "tax_id": gst("28", cess="5"), "quantity": Decimal(2500), "hsn_or_sac": "24022010"}
    invoice = await of_coal(books, {**line, "unit": "nos", "cess_per_unit": Decimal("2.076")})
    assert (str(invoice.head.cess_total), books.cautions) == ("6065.00", [])


async def test_prices_may_include_it(books: Books) -> None:
    """A tonne at 3,550 with all taxes: 400 of cess, 150 of IGST, 3,000 of value."""
    invoice = await of_coal(books, coal("1", "3550"), is_inclusive_tax=True)
    assert amounts(invoice.head) == {
        "taxable_total": "3000.00",
        "igst_total": "150.00",
        "cess_total": "400.00",
        "total": "3550.00",
        "balance": "3550.00",
    }


async def test_in_another_currency_it_stays_rupees(books: Books) -> None:
    """Two tonnes at $50, $1 = 80: cess of 800 rupees is $10 on the paper."""
    said = {"currency_code": "USD", "exchange_rate": Decimal(80), "is_export_with_payment": True}
    abroad = await a_customer(books, "Oslo Power", gst_treatment="OVERSEAS", currency_code="USD")
    invoice = await an_approved_invoice(
        books, abroad, coal("2", "50"), dated_on=IN_FORCE, place_of_supply="OVERSEAS", **said
    )
    assert (str(invoice.head.cess_total), str(invoice.head.total)) == ("10.00", "115.00")
    assert invoice.lines[0].cess_per_unit == 400
    assert await entries_of(books, invoice) == {
        "Trade receivables": ("9200.00", "0.00"),
        "Output IGST": ("0.00", "400.00"),
        "Output cess": ("0.00", "800.00"),
        "Sales": ("0.00", "8000.00"),
    }


async def test_notes_by_quantity_take_back_their_part_and_the_last_ends_exactly(books: Books) -> None:
    """Three tonnes at 0.335 bear 1.01; a third of that is 0.34, twice, and the last takes the 0.33 that are left."""
    invoice = await of_coal(books, coal("3", cess_per_unit=Decimal("0.335")))
    assert str(invoice.head.cess_total) == "1.01"
    notes = [await a_credit_note(books, invoice, {"name": "Coal", "quantity": Decimal(1)}) for _ in range(3)]
    assert [str(note.head.cess_total) for note in notes] == ["0.34", "0.34", "0.33"]
    assert notes[0].lines[0].cess_per_unit == Decimal("0.335")


async def test_a_lower_price_takes_no_cess_back(books: Books) -> None:
    """The tonnes stay, so only 5 % of the 500 go back."""
    invoice = await of_coal(books, coal())
    note = await a_credit_note(books, invoice, {"name": "Coal", "rate": Decimal(500)}, dated_on=on("2025-10-01"))
    assert (str(note.head.igst_total), str(note.head.cess_total)) == ("25.00", "0.00")


async def test_a_note_without_gst_names_no_cess(books: Books) -> None:
    invoice = await of_coal(books, coal())
    note = await a_credit_note(books, invoice, {"name": "Coal", "quantity": Decimal(1)}, is_without_gst=True)
    assert (str(note.head.total), str(note.lines[0].cess_per_unit)) == ("3000.00", "0")


async def test_an_item_proposes_it_and_an_estimate_hands_it_on(books: Books) -> None:
    values = {"item_name": "Coal", "hsn_or_sac": "2701", "unit": "mt", "rate": Decimal(3000), "tax_id": gst("5")}
    item = await registers.add(books, ITEMS, {**values, "cess_per_unit": Decimal(400)})
    buyer = await a_customer(books, gst_no=GUJARAT_BUYER)
    line = {"item_id": item.id, "quantity": Decimal(10)}
    said = {"contact_id": buyer.id, "dated_on": IN_FORCE}
    estimate = await lifecycle.draft_and_approve(books, ESTIMATE, said, [line])
    assert str(estimate.head.cess_total) == "4000.00"
    made = (await convert(books, ESTIMATE, estimate.head.id, INVOICE, wanted=None, said={"dated_on": IN_FORCE})).made
    assert str(made.head.cess_total) == "4000.00"
    without = await a_draft(books, buyer, {**line, "cess_per_unit": Decimal(0)}, dated_on=IN_FORCE)
    assert str(without.head.cess_total) == "0.00"
    untaxed = await a_draft(books, buyer, {**line, "tax_category": "EXEMPT"}, dated_on=IN_FORCE)
    assert (str(untaxed.head.cess_total), str(untaxed.lines[0].cess_per_unit)) == ("0.00", "0")


async def test_a_purchase_credits_it_and_its_return_gives_it_back(books: Books) -> None:
    bill = await a_bill(
        books, await a_vendor(books), {**a_cost("3000", "5"), **coal("2")}, dated_on=IN_FORCE, reference_number="C/1"
    )
    assert await entries_of(books, bill) == {
        "Input CGST": ("150.00", "0.00"),
        "Input SGST": ("150.00", "0.00"),
        "Input cess": ("800.00", "0.00"),
        "Trade payables": ("0.00", "7100.00"),
        "Purchases": ("6000.00", "0.00"),
    }
    note = await a_debit_note(books, bill, {"name": "Coal", "quantity": Decimal("0.5")})
    assert str(note.head.cess_total) == "200.00"


async def test_an_expense_says_of_how_many_units(books: Books) -> None:
    line = {
        "account_id": await account(books, "Office rent"),
        "amount": Decimal(6000),
        "tax_id": gst("5"),
        "hsn_or_sac": "2701",
        "cess_per_unit": Decimal(400),
    }
    expense = await an_expense(
        books,
        line_items=[{**line, "quantity": Decimal("1.5")}],
        gst_treatment="REGISTERED",
        gst_no=GUJARAT_BUYER,
        date="2025-09-21",
    )
    assert (str(expense["cess_total"]), str(expense["total"])) == ("600.00", "6900.00")
    assert (await entries_in(books, expense["journal_id"]))["Input cess"] == ("600.00", "0.00")
    with pytest.raises(Required) as refusal:
        await an_expense(books, line_items=[line])
    assert refusal.value.field == "line_items[0].quantity"


async def test_what_was_not_notified_is_taken_and_warned_of(books: Books) -> None:
    """After 21 September 2025 there is none on coal; a note on what was sold before is of that day."""
    invoice = await of_coal(books, coal())
    await a_credit_note(books, invoice, {"name": "Coal", "quantity": Decimal(1)}, dated_on=on("2025-11-01"))
    assert CESS_NOT_NOTIFIED not in [caution.code for caution in books.cautions]
    late = await of_coal(books, coal(), dated_on=on("2025-09-22"))
    assert str(late.head.cess_total) == "4000.00"
    told = [(caution.code, caution.field) for caution in books.cautions if caution.code == CESS_NOT_NOTIFIED]
    assert told == [(CESS_NOT_NOTIFIED, "line_items[0].cess_per_unit")]


@pytest.mark.parametrize(
    ("line", "said", "refusal", "field"),
    [
        (coal(tax_id=None, tax_category="EXEMPT"), {}, Failed, "line_items[0].cess_per_unit"),
        (coal("1", "399"), {"is_inclusive_tax": True}, Failed, "line_items[0].cess_per_unit"),
    ],
)
async def test_cess_that_cannot_be_is_refused(
    books: Books, line: dict[str, Any], said: dict[str, Any], refusal: type[Refusal], field: str
) -> None:
    with pytest.raises(refusal) as refused:
        await a_draft(books, await a_customer(books), line, dated_on=IN_FORCE, **said)
    assert refused.value.field == field
