"""The summary by codes of what was bought: bills and expenses, less what went back, in rupees as posted."""

from decimal import Decimal
from typing import Any

from domain.books import Books
from domain.documents.kinds import Side
from domain.gst.returns.hsn_summary import HsnQuestion, HsnSummary, read
from domain.reports import question
from tests.scenarios.builders import a_bill, a_cost, a_debit_note, a_vendor, on
from tests.scenarios.returns.asking import november, told
from tests.scenarios.spending import an_expense


async def bought(books: Books) -> HsnSummary:
    scope = await question.between(books, {"from_date": "2026-11-01", "to_date": "2026-11-30"})
    return await read(books, HsnQuestion(scope, november(), Side.PURCHASE, is_detailed=True))


def rows(half: Any) -> list[str]:
    """Each row as code, unit, rate, quantity, value and CGST."""
    return [
        f"{told(row, 'hsn_or_sac unit_code rate quantity')} {row.amounts.taxable} {row.amounts.tax.cgst}"
        for row in half
    ]


async def test_bills_count_less_what_went_back(books: Books) -> None:
    """5 of 100 at 18 %, and 1 of them taken back."""
    vendor = await a_vendor(books)
    bill = await a_bill(books, vendor, a_cost("100", quantity=Decimal(5), unit="kg"))
    await a_debit_note(books, bill, a_cost("100", unit="kg"))
    await a_bill(books, vendor, a_cost("100"), dated_on=on("2026-10-31"))

    summary = await bought(books)

    assert rows(summary.registered) == ["4407 KGS 18 4 400.00 36.00"]
    assert summary.others == []
    assert [told(line, "kind sign quantity taxable") for line in summary.lines] == [
        "BILL 1 5 500.00",
        "DEBIT_NOTE -1 1 100.00",
    ]


async def test_vendors_without_a_number_stand_apart(books: Books) -> None:
    unregistered: dict[str, Any] = {"gst_treatment": "UNREGISTERED", "billing_address": {"state_code": "IN-MH"}}
    await a_bill(books, await a_vendor(books, **unregistered), a_cost("100", None))
    summary = await bought(books)
    assert (summary.registered, rows(summary.others)) == ([], ["4407 OTH 0 1 100.00 0.00"])


async def test_expenses_are_bought_as_well(books: Books) -> None:
    """A line on which nothing was said of tax is left out, as by the returns."""
    await an_expense(books, "500")
    await an_expense(books, "8000.00", is_rcm=True, rcm_rate=Decimal("5"), date="2026-11-20")
    summary = await bought(books)
    assert [told(line, "kind taxable cgst") for line in summary.lines] == ["EXPENSE 8000.00 200.00"]
    assert str(summary.total.taxable) == "8000.00"
