"""Expenses on paper: our self-invoice for what nobody registered supplied on reverse charge, else a voucher."""

from decimal import Decimal

import pytest

from domain.books import Books
from domain.errors import NotFound
from handlers import expenses as handlers
from tests.scenarios.builders import MAHARASHTRA_VENDOR
from tests.scenarios.papers import LOOK, expense_sheet_of, facts, headings, rows, totals
from tests.scenarios.spending import a_vendor, an_expense


async def test_an_expense_on_reverse_charge_is_a_self_invoice(books: Books) -> None:
    """CGST Act, section 31(3)(f) and, as it is paid, (g): freight of 8,000 at 5 %; the carrier got 8,000."""
    carrier = await a_vendor(
        books, billing_address={"address": "Station Road", "city": "Satara", "state_code": "IN-MH"}
    )
    expense = await an_expense(
        books, "8000.00", "Freight inward", vendor_id=carrier.id, is_rcm=True, rcm_rate=Decimal(5), hsn_or_sac="996511"
    )

    sheet = await expense_sheet_of(books, expense["expense_id"], LOOK, copies=2)

    assert (sheet.title, sheet.subtitle) == ("Self-invoice and payment voucher", "Tax invoice issued by the recipient")
    assert (sheet.number, sheet.file_name) == ("SI/26-27/0001", "SI-26-27-0001")
    assert sheet.copies == ("Original for recipient", "Duplicate for supplier")
    assert (sheet.seller.heading, sheet.parties[0].heading) == ("Recipient", "Supplier")
    assert sheet.parties[0].address == ("Station Road", "Satara, Maharashtra, India")
    assert facts(sheet) == {
        "Self-invoice number": "SI/26-27/0001",
        "Date": "21 Nov 2026",
        "Mode": "Bank transfer",
        "Paid from": "Bank account",
        "Place of supply": "Maharashtra (27)",
        "Reverse charge": "Yes",
    }
    assert headings(sheet.lines) == ["#", "Item", "HSN/SAC", "Taxable value", "CGST", "SGST", "Amount"]
    assert rows(sheet.lines) == [
        ["1", "Freight inward", "996511", "8,000.00", "200.00|2.5%", "200.00|2.5%", "8,000.00"]
    ]
    assert totals(sheet) == {
        "Taxable value": "8,000.00",
        "CGST (not in the total)": "200.00",
        "SGST (not in the total)": "200.00",
        "Total": "₹8,000.00",
    }
    assert sheet.notices == ("Issued by the recipient, because the supplier is not registered.",)
    assert sheet.statements == ("Tax is payable on reverse charge by the recipient; it is not part of the total.",)
    assert sheet.tax_in_words == "Rupees four hundred only"


async def test_any_other_expense_is_a_voucher(books: Books) -> None:
    vendor = await a_vendor(books, "Konkan Stationers", gst_no=MAHARASHTRA_VENDOR)
    expense = await an_expense(
        books, "1000.00", "Office rent", vendor_id=vendor.id, reference_number="KS/9", notes="Paper and ink"
    )

    sheet = await expense_sheet_of(books, expense["expense_id"], LOOK)

    assert (sheet.title, sheet.number, sheet.file_name) == ("Expense voucher", "", expense["expense_id"])
    assert (facts(sheet)["Supplier's number"], facts(sheet)["Reverse charge"]) == ("KS/9", "No")
    assert (sheet.notices, sheet.statements, sheet.notes) == ((), (), "Paper and ink")
    assert totals(sheet)["Total"] == "₹1,000.00"


async def test_nobody_need_be_named_on_an_expense(books: Books) -> None:
    """Tea from the stall."""
    expense = await an_expense(books, "120.00")
    sheet = await expense_sheet_of(books, expense["expense_id"], LOOK)
    assert (sheet.parties, totals(sheet)["Total"]) == ((), "₹120.00")


async def test_a_deleted_expense_is_not_printed(books: Books) -> None:
    expense = await an_expense(books, "1000.00")
    await handlers.delete_expense(books, expense["expense_id"])
    with pytest.raises(NotFound):
        await expense_sheet_of(books, expense["expense_id"], LOOK)
