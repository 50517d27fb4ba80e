"""What an expense posts: one small story for each kind of purchase, with figures that can be checked by hand."""

from decimal import Decimal
from typing import Any

import pytest
from psycopg import AsyncConnection

from domain.books import Books
from tests.domain.founded import a_firm
from tests.scenarios.builders import GUJARAT_BUYER, MAHARASHTRA_BUYER, gst
from tests.scenarios.spending import a_vendor, account, an_expense, entries_in


async def test_a_cost_without_tax_goes_against_the_bank(books: Books) -> None:
    expense = await an_expense(books, "500.00")

    assert await entries_in(books, expense["journal_id"]) == {
        "Bank account": ("0.00", "500.00"),
        "Office rent": ("500.00", "0.00"),
    }
    assert (expense["tax_category"], expense["itc_eligibility"]) == (None, "NONE")


async def test_input_tax_is_credited_apart_from_the_cost(books: Books) -> None:
    """5,000 and 18 %, within the state: 450 and 450."""
    expense = await an_expense(books, "5000.00", tax_id=gst("18"))

    assert await entries_in(books, expense["journal_id"]) == {
        "Bank account": ("0.00", "5900.00"),
        "Input CGST": ("450.00", "0.00"),
        "Input SGST": ("450.00", "0.00"),
        "Office rent": ("5000.00", "0.00"),
    }
    assert (expense["total"], expense["itc_eligibility"]) == (Decimal("5900.00"), "ELIGIBLE")


async def test_a_price_that_includes_tax_is_taken_apart(books: Books) -> None:
    """The worked example of the GST rules, 4.2: 499 at 5 % is 475.24 and twice 11.88."""
    expense = await an_expense(books, "499.00", tax_id=gst("5"), is_inclusive_tax=True)

    assert await entries_in(books, expense["journal_id"]) == {
        "Bank account": ("0.00", "499.00"),
        "Input CGST": ("11.88", "0.00"),
        "Input SGST": ("11.88", "0.00"),
        "Office rent": ("475.24", "0.00"),
    }


async def test_freight_on_reverse_charge_is_paid_without_its_tax(books: Books) -> None:
    """The worked example of the GST rules, 16: 8,000 at 5 % from a transporter without registration."""
    vendor = await a_vendor(books)
    expense = await an_expense(
        books, "8000.00", "Freight inward", vendor_id=vendor.id, is_rcm=True, rcm_rate=Decimal("5")
    )

    assert await entries_in(books, expense["journal_id"]) == {
        "Bank account": ("0.00", "8000.00"),
        "Input CGST": ("200.00", "0.00"),
        "Input SGST": ("200.00", "0.00"),
        "Reverse charge CGST": ("0.00", "200.00"),
        "Reverse charge SGST": ("0.00", "200.00"),
        "Freight inward": ("8000.00", "0.00"),
    }
    assert (expense["total"], expense["tax_total"], expense["rcm_rate"]) == (Decimal(8000), Decimal(400), 5)
    assert expense["line_items"][0]["tax_name"] == "GST 5% reverse charge"


async def test_reverse_charge_without_credit_is_a_cost_and_a_debt(books: Books) -> None:
    """A club's transport, 8,000 at 5 %: the 400 is owed to the government and part of the cost."""
    expense = await an_expense(books, "8000.00", is_rcm=True, rcm_rate=Decimal("5"), itc_blocked_reason="17(5)(b)(ii)")

    assert await entries_in(books, expense["journal_id"]) == {
        "Bank account": ("0.00", "8000.00"),
        "Reverse charge CGST": ("0.00", "200.00"),
        "Reverse charge SGST": ("0.00", "200.00"),
        "Office rent": ("8400.00", "0.00"),
    }


async def test_blocked_tax_joins_the_cost(books: Books) -> None:
    """Lunch for 1,500 and 5 %: no credit, so 1,575 is the cost."""
    expense = await an_expense(books, "1500.00", "Staff welfare", tax_id=gst("5"), itc_blocked_reason="17(5)(b)(i)")

    assert await entries_in(books, expense["journal_id"]) == {
        "Bank account": ("0.00", "1575.00"),
        "Staff welfare": ("1575.00", "0.00"),
    }
    assert expense["itc_eligibility"] == "BLOCKED"


async def test_several_lines_share_what_the_expense_says(books: Books) -> None:
    """Paper for 2,000 and lunch for 1,500, both at 18 %: 180 of each half is credited, 270 is not."""
    stationery = await account(books, "Printing, stationery and postage")
    welfare = await account(books, "Staff welfare")
    expense = await an_expense(
        books,
        tax_id=gst("18"),
        line_items=[
            {"account_id": stationery, "amount": Decimal("2000.00"), "note": "Printer paper"},
            {"account_id": welfare, "amount": Decimal("1500.00"), "itc_blocked_reason": "17(5)(b)(i)"},
        ],
    )

    assert await entries_in(books, expense["journal_id"]) == {
        "Bank account": ("0.00", "4130.00"),
        "Input CGST": ("180.00", "0.00"),
        "Input SGST": ("180.00", "0.00"),
        "Staff welfare": ("1770.00", "0.00"),
        "Printing, stationery and postage": ("2000.00", "0.00"),
    }
    assert (expense["amount"], expense["account_id"], expense["itc_eligibility"]) == (Decimal(3500), None, None)
    assert expense["tax_id"] == gst("18")


async def test_a_vendor_of_another_state_charges_integrated_tax(books: Books) -> None:
    vendor = await a_vendor(books, gst_no=GUJARAT_BUYER)
    expense = await an_expense(books, "1000.00", vendor_id=vendor.id, tax_id=gst("18"))

    assert await entries_in(books, expense["journal_id"]) == {
        "Bank account": ("0.00", "1180.00"),
        "Input IGST": ("180.00", "0.00"),
        "Office rent": ("1000.00", "0.00"),
    }
    assert (expense["source_of_supply"], expense["gst_no"]) == ("IN-GJ", GUJARAT_BUYER)


async def test_a_hotel_in_another_state_charges_the_tax_of_that_state_which_is_a_cost(books: Books) -> None:
    """4,000 and 5 % in Goa: CGST and SGST of Goa, of which Maharashtra gives no credit."""
    expense = await an_expense(books, "4000.00", tax_id=gst("5"), place_of_supply="IN-GA", source_of_supply="IN-GA")

    assert (expense["supply_type"], expense["itc_eligibility"]) == ("INTRA_STATE", "POS_RESTRICTED")
    assert await entries_in(books, expense["journal_id"]) == {
        "Bank account": ("0.00", "4200.00"),
        "Office rent": ("4200.00", "0.00"),
    }


async def test_services_from_abroad_bear_integrated_tax_on_reverse_charge(books: Books) -> None:
    """100 dollars at 83.125 rupees: 8,312.50, and 18 % of it, 1,496.25."""
    vendor = await a_vendor(books, "Cloud Inc", gst_treatment="OVERSEAS", place_of_contact=None)
    expense = await an_expense(
        books,
        "100.00",
        "Software and subscriptions",
        vendor_id=vendor.id,
        currency_code="USD",
        exchange_rate=Decimal("83.125"),
        is_rcm=True,
        rcm_rate=Decimal("18"),
    )

    assert (expense["total"], expense["igst_total"]) == (Decimal(100), Decimal(18))
    assert await entries_in(books, expense["journal_id"]) == {
        "Bank account": ("0.00", "8312.50"),
        "Input IGST": ("1496.25", "0.00"),
        "Reverse charge IGST": ("0.00", "1496.25"),
        "Software and subscriptions": ("8312.50", "0.00"),
    }


async def test_paise_of_another_currency_are_round_off(books: Books) -> None:
    """Three times 0.35 dollars at 83.30 are 29.16 rupees each, 87.48; but 1.05 dollars are 87.47."""
    rent = await account(books, "Office rent")
    lines = [{"account_id": rent, "amount": Decimal("0.35")} for _ in range(3)]
    expense = await an_expense(books, currency_code="USD", exchange_rate=Decimal("83.30"), line_items=lines)

    assert await entries_in(books, expense["journal_id"]) == {
        "Bank account": ("0.00", "87.47"),
        "Office rent": ("87.48", "0.00"),
        "Round-off": ("0.00", "0.01"),
    }


async def test_a_tax_of_nothing_in_dollars_is_nothing_in_rupees(books: Books) -> None:
    """Five cents at 5 %: the expense shows no tax, so the ledger shows none, although 4.17 rupees would bear some."""
    expense = await an_expense(books, "0.05", currency_code="USD", exchange_rate=Decimal("83.33"), tax_id=gst("5"))

    assert (expense["tax_total"], expense["itc_eligibility"]) == (0, "NONE")
    assert await entries_in(books, expense["journal_id"]) == {
        "Bank account": ("0.00", "4.17"),
        "Office rent": ("4.17", "0.00"),
    }


@pytest.mark.parametrize("treatment", ["COMPOSITION", "UNREGISTERED"])
async def test_vendors_who_may_not_collect_tax_charge_none(books: Books, treatment: str) -> None:
    party = {"gst_no": MAHARASHTRA_BUYER} if treatment == "COMPOSITION" else {}
    expense = await an_expense(books, "700.00", gst_treatment=treatment, **party)

    assert (expense["total"], expense["itc_eligibility"]) == (Decimal(700), "NONE")


async def test_a_firm_under_composition_bears_the_tax_as_cost(connection: AsyncConnection[Any]) -> None:
    books = await a_firm(connection, registration_type="COMPOSITION")
    expense = await an_expense(books, "1000.00", tax_id=gst("18"))

    assert expense["itc_eligibility"] == "NONE"
    assert await entries_in(books, expense["journal_id"]) == {
        "Bank account": ("0.00", "1180.00"),
        "Office rent": ("1180.00", "0.00"),
    }


async def test_an_expense_of_a_year_long_gone_is_out_of_time(books: Books) -> None:
    expense = await an_expense(books, "1000.00", tax_id=gst("18"), date="2025-03-31")

    assert expense["itc_eligibility"] == "TIME_BARRED"
    assert (await entries_in(books, expense["journal_id"]))["Office rent"] == ("1180.00", "0.00")
