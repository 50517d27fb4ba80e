"""What an approved bill posts: one small story for each kind of supply."""

from decimal import Decimal

from domain.books import Books
from tests.scenarios.builders import a_bill, a_cost, a_vendor, amounts, entries_of


async def test_tax_of_a_registered_vendor_is_credited(books: Books) -> None:
    """Maharashtra to Maharashtra at 18 %: nine and nine."""
    bill = await a_bill(books, await a_vendor(books), a_cost("1000.00"))

    assert amounts(bill.head) == {
        "taxable_total": "1000.00",
        "cgst_total": "90.00",
        "sgst_total": "90.00",
        "total": "1180.00",
        "balance": "1180.00",
    }
    assert await entries_of(books, bill) == {
        "Input CGST": ("90.00", "0.00"),
        "Input SGST": ("90.00", "0.00"),
        "Trade payables": ("0.00", "1180.00"),
        "Purchases": ("1000.00", "0.00"),
    }


async def test_income_tax_withheld_is_not_owed_to_the_vendor(books: Books) -> None:
    """The worked example of the GST rules, 16: 5,000 at 18 %, of which 2 % are withheld."""
    bill = await a_bill(books, await a_vendor(books), a_cost("5000.00"), tds_percent=Decimal(2))

    assert (str(bill.head.total), str(bill.head.tds_amount), str(bill.head.balance)) == ("5900.00", "100.00", "5800.00")
    assert await entries_of(books, bill) == {
        "Input CGST": ("450.00", "0.00"),
        "Input SGST": ("450.00", "0.00"),
        "Trade payables": ("0.00", "5800.00"),
        "TDS payable": ("0.00", "100.00"),
        "Purchases": ("5000.00", "0.00"),
    }
