"""What an approved invoice posts: one small story for each kind of supply."""

from decimal import Decimal
from typing import Any

import pytest
from psycopg import AsyncConnection

from domain import registers
from domain.books import Books
from domain.catalog import ITEMS
from domain.errors import Failed
from tests.domain.founded import a_firm
from tests.scenarios.builders import (
    GUJARAT_BUYER,
    MAHARASHTRA_BUYER,
    SEZ_UNIT,
    a_customer,
    a_line,
    amounts,
    an_approved_invoice,
    entries_of,
    gst,
    on,
    trial_balance,
)


async def test_tax_splits_equally_within_a_state(books: Books) -> None:
    """Maharashtra to Maharashtra at 18 %: nine and nine."""
    invoice = await an_approved_invoice(books, await a_customer(books), a_line("1000.00"))

    assert amounts(invoice.head) == {
        "taxable_total": "1000.00",
        "cgst_total": "90.00",
        "sgst_total": "90.00",
        "total": "1180.00",
        "balance": "1180.00",
    }
    assert await entries_of(books, invoice) == {
        "Trade receivables": ("1180.00", "0.00"),
        "Output CGST": ("0.00", "90.00"),
        "Output SGST": ("0.00", "90.00"),
        "Sales": ("0.00", "1000.00"),
    }


async def test_between_states_the_tax_is_integrated(books: Books) -> None:
    """Maharashtra to Gujarat at 18 %: one tax."""
    buyer = await a_customer(books, gst_no=GUJARAT_BUYER)
    invoice = await an_approved_invoice(books, buyer, a_line("1000.00"))

    assert invoice.head.place_of_supply == "IN-GJ"
    assert await entries_of(books, invoice) == {
        "Trade receivables": ("1180.00", "0.00"),
        "Output IGST": ("0.00", "180.00"),
        "Sales": ("0.00", "1000.00"),
    }


async def test_two_rates_and_an_exempt_line_make_one_entry_per_head(books: Books) -> None:
    """400 at 18, 275 at 5 and 99.50 exempt: 36.00 + 6.88 of each half."""
    lines = (
        a_line("400.00"),
        a_line("275.00", "5"),
        a_line("99.50", None, tax_category="EXEMPT"),
    )
    invoice = await an_approved_invoice(books, await a_customer(books), *lines)

    assert await entries_of(books, invoice) == {
        "Trade receivables": ("860.26", "0.00"),
        "Output CGST": ("0.00", "42.88"),
        "Output SGST": ("0.00", "42.88"),
        "Sales": ("0.00", "774.50"),
    }
    assert [tax.tax_name for tax in invoice.head.taxes] == ["GST 18%", "GST 5%", "Exempt"]


async def test_a_discount_on_the_whole_is_spread_over_the_lines(books: Books) -> None:
    """The worked example of the GST rules, 4.2: values 374.18, 257.25 and 93.07."""
    lines = (
        a_line("400.00"),
        a_line("275.00", "5"),
        a_line("99.50", None, tax_category="NIL_RATED"),
    )
    invoice = await an_approved_invoice(books, await a_customer(books), *lines, discount=Decimal(50))

    assert [str(line.taxable_amount) for line in invoice.lines] == ["374.18", "257.25", "93.07"]
    assert str(invoice.head.cgst_total) == "40.11"
    assert str(invoice.head.total) == "804.72"


async def test_a_price_that_includes_tax_is_kept_to_the_paisa(books: Books) -> None:
    """499 with 5 % inside: 475.24 + 11.88 + 11.88."""
    invoice = await an_approved_invoice(books, await a_customer(books), a_line("499.00", "5"), is_inclusive_tax=True)

    assert await entries_of(books, invoice) == {
        "Trade receivables": ("499.00", "0.00"),
        "Output CGST": ("0.00", "11.88"),
        "Output SGST": ("0.00", "11.88"),
        "Sales": ("0.00", "475.24"),
    }


async def test_under_reverse_charge_the_tax_is_shown_and_not_posted(books: Books) -> None:
    buyer = await a_customer(books, gst_no=MAHARASHTRA_BUYER)
    invoice = await an_approved_invoice(books, buyer, a_line("1000.00", "5"), is_reverse_charge=True)

    assert (str(invoice.head.tax_total), str(invoice.head.total)) == ("50.00", "1000.00")
    assert await entries_of(books, invoice) == {
        "Trade receivables": ("1000.00", "0.00"),
        "Sales": ("0.00", "1000.00"),
    }


async def test_a_supply_to_an_sez_in_the_same_state_is_between_states(books: Books) -> None:
    """With payment of tax: IGST, although both are in Maharashtra (IGST Act, section 7(5)(b))."""
    unit = await a_customer(books, gst_no=SEZ_UNIT, gst_treatment="SEZ")
    invoice = await an_approved_invoice(books, unit, a_line("1000.00"), is_export_with_payment=True)

    assert invoice.head.supply_type == "INTER_STATE"
    assert str(invoice.head.igst_total) == "180.00"


async def test_an_export_under_a_letter_of_undertaking_keeps_its_rate_and_bears_no_tax(books: Books) -> None:
    """1,000 dollars at 85.25 rupees: 85,250 in the ledger."""
    abroad = await a_customer(books, "Acme Inc", gst_treatment="OVERSEAS", currency_code="USD", billing_address=None)
    invoice = await an_approved_invoice(books, abroad, a_line("1000.00"), exchange_rate=Decimal("85.25"))

    assert (invoice.head.place_of_supply, str(invoice.head.total)) == ("OVERSEAS", "1000.00")
    assert (str(invoice.lines[0].tax_percentage), str(invoice.lines[0].igst_amount)) == ("18", "0.00")
    assert await entries_of(books, invoice) == {
        "Trade receivables": ("85250.00", "0.00"),
        "Sales": ("0.00", "85250.00"),
    }


async def test_an_export_with_payment_reckons_its_tax_in_rupees(books: Books) -> None:
    """33.33 dollars at 85.1234 are 2,837.16 rupees; 18 % of that is 510.69, not 6.00 dollars' worth (510.74).

    What is owed are 39.33 dollars, 3,347.90 rupees; the five paise between are round-off.
    """
    abroad = await a_customer(books, "Acme Inc", gst_treatment="OVERSEAS", currency_code="USD", billing_address=None)
    invoice = await an_approved_invoice(
        books, abroad, a_line("33.33"), exchange_rate=Decimal("85.1234"), is_export_with_payment=True
    )

    assert await entries_of(books, invoice) == {
        "Trade receivables": ("3347.90", "0.00"),
        "Output IGST": ("0.00", "510.69"),
        "Sales": ("0.00", "2837.16"),
        "Round-off": ("0.00", "0.05"),
    }


async def test_compensation_cess_has_a_head_of_its_own(books: Books) -> None:
    """1,000 at 28 % with 12 % cess, before the cess ended: 140 + 140 + 120."""
    invoice = await an_approved_invoice(
        books,
        await a_customer(books),
        a_line("1000.00", None, tax_id=gst("28", cess="12")),
        dated_on=on("2025-06-30"),
    )

    assert await entries_of(books, invoice) == {
        "Trade receivables": ("1400.00", "0.00"),
        "Output CGST": ("0.00", "140.00"),
        "Output SGST": ("0.00", "140.00"),
        "Output cess": ("0.00", "120.00"),
        "Sales": ("0.00", "1000.00"),
    }


async def test_charges_outside_the_taxable_value_bear_no_tax(books: Books) -> None:
    """A stamp duty of 100 laid out for the customer: 1,180 and 100."""
    invoice = await an_approved_invoice(
        books, await a_customer(books), a_line("1000.00"), untaxed_charges=Decimal("100.00")
    )

    assert str(invoice.head.total) == "1280.00"
    assert (await entries_of(books, invoice))["Other charges recovered"] == ("0.00", "100.00")


async def test_a_composition_dealer_charges_no_tax(connection: AsyncConnection[Any]) -> None:
    """What an item says of tax falls away; a tax that the caller names is refused (CGST Act, sections 10(4), 32)."""
    books = await a_firm(connection, is_round_off_enabled=False, registration_type="COMPOSITION")
    item = await registers.add(
        books, ITEMS, {"item_name": "Tea", "rate": Decimal("100"), "hsn_or_sac": "0902", "tax_id": gst("5")}
    )
    customer = await a_customer(books)
    invoice = await an_approved_invoice(books, customer, {"item_id": item.id})

    assert await entries_of(books, invoice) == {"Trade receivables": ("100.00", "0.00"), "Sales": ("0.00", "100.00")}
    with pytest.raises(Failed) as refused:
        await an_approved_invoice(books, customer, {"item_id": item.id, "tax_id": gst("5")})
    assert refused.value.field == "line_items[0].tax_id"


async def test_an_opening_balance_touches_neither_income_nor_tax(books: Books) -> None:
    invoice = await an_approved_invoice(
        books,
        await a_customer(books),
        a_line("1000.00"),
        is_opening_balance=True,
        number="OLD-17",
        dated_on=on("2026-03-01"),
    )

    assert await trial_balance(books) == {
        "Trade receivables": "1180.00",
        "Opening balance difference": "-1180.00",
    }
    assert invoice.head.number == "OLD-17"


async def test_an_invoice_of_nothing_is_paid_at_once_and_posts_nothing(books: Books) -> None:
    """A free sample: discounted by the whole."""
    invoice = await an_approved_invoice(
        books, await a_customer(books), a_line("1000.00", discount_percent=Decimal(100))
    )

    assert (invoice.head.status, invoice.head.journal_id) == ("PAID", None)
    assert await trial_balance(books) == {}
