"""A bill may state the supplier's tax as he printed it, within a rupee a line of what is reckoned."""

from decimal import Decimal
from typing import Any

import pytest

from domain.books import Books
from domain.documents import lifecycle
from domain.documents.document import Paper
from domain.documents.kinds import BILL
from domain.errors import Failed
from tests.scenarios.builders import KARNATAKA_VENDOR, a_bill, a_cost, a_draft_bill, a_vendor, entries_of


def printed(cgst: str | None = None, sgst: str | None = None, igst: str | None = None) -> dict[str, Decimal | None]:
    sums = {"cgst_amount": cgst, "sgst_amount": sgst, "igst_amount": igst}
    return {name: None if text is None else Decimal(text) for name, text in sums.items()}


def of_lines(bill: Paper) -> list[tuple[str, str, str]]:
    return [(str(line.taxable_amount), str(line.cgst_amount), str(line.sgst_amount)) for line in bill.lines]


async def test_the_heads_are_as_they_are_printed(books: Books) -> None:
    """Two lines of 47.28 at 18 %: 4.26 each, 8.52 a head; the supplier rounded the sum: 94.56 at 9 % are 8.51."""
    lines = [a_cost("47.28"), a_cost("47.28")]
    bill = await a_bill(books, await a_vendor(books), *lines, tax_as_printed=printed("8.51", "8.51"))
    assert (str(bill.head.cgst_total), str(bill.head.sgst_total), str(bill.head.total)) == ("8.51", "8.51", "111.58")
    assert sum(line.cgst_amount for line in bill.lines) == Decimal("8.51")
    assert await entries_of(books, bill) == {
        "Input CGST": ("8.51", "0.00"),
        "Input SGST": ("8.51", "0.00"),
        "Trade payables": ("0.00", "111.58"),
        "Purchases": ("94.56", "0.00"),
    }


async def test_a_head_that_is_not_said_is_as_reckoned(books: Books) -> None:
    bill = await a_draft_bill(books, await a_vendor(books), a_cost("1000"), tax_as_printed=printed(cgst="90.50"))
    assert of_lines(bill) == [("1000.00", "90.50", "90.00")]


async def test_prices_with_tax_in_them_stay_and_the_value_takes_the_difference(books: Books) -> None:
    """1,180 with tax in it: 1,000 and 180; printed with 90.01 of each head, the value is 999.98."""
    said: dict[str, Any] = {"is_inclusive_tax": True, "tax_as_printed": printed("90.01", "90.01")}
    bill = await a_draft_bill(books, await a_vendor(books), a_cost("1180"), **said)
    assert (of_lines(bill), str(bill.head.total)) == ([("999.98", "90.01", "90.01")], "1180.00")


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (printed(cgst="91.01"), "tax_as_printed.cgst_amount"),
        (printed(sgst="88.99"), "tax_as_printed.sgst_amount"),
        (printed(igst="180"), "tax_as_printed.igst_amount"),
    ],
)
async def test_more_than_a_rupee_a_line_is_refused(books: Books, said: dict[str, Decimal | None], field: str) -> None:
    vendor = await a_vendor(books)
    with pytest.raises(Failed) as refusal:
        await a_draft_bill(books, vendor, a_cost("1000"), tax_as_printed=said)
    assert (refusal.value.status, refusal.value.field) == (422, field)


async def test_a_rupee_a_line_is_taken(books: Books) -> None:
    vendor = await a_vendor(books, gst_no=KARNATAKA_VENDOR)
    bill = await a_draft_bill(books, vendor, a_cost("1000"), a_cost("500"), tax_as_printed=printed(igst="272"))
    assert [str(line.igst_amount) for line in bill.lines] == ["181.00", "91.00"]


async def test_it_stays_until_it_is_taken_back(books: Books) -> None:
    bill = await a_draft_bill(books, await a_vendor(books), a_cost("1000"), tax_as_printed=printed("90.50", "90.50"))
    noted = await lifecycle.amend(books, BILL, bill.head.id, {"notes": "As printed."}, None)
    assert of_lines(noted) == [("1000.00", "90.50", "90.50")]
    with pytest.raises(Failed):
        await lifecycle.amend(books, BILL, bill.head.id, {}, [a_cost("2000")])
    back = await lifecycle.amend(books, BILL, bill.head.id, {"tax_as_printed": None}, None)
    assert of_lines(back) == [("1000.00", "90.00", "90.00")]


async def test_on_reverse_charge_the_supplier_prints_none(books: Books) -> None:
    vendor = await a_vendor(books, gst_treatment="UNREGISTERED")
    with pytest.raises(Failed) as refusal:
        await a_draft_bill(books, vendor, a_cost("1000"), is_reverse_charge=True, tax_as_printed=printed("90", "90"))
    assert refusal.value.field == "tax_as_printed"
