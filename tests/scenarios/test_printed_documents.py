"""Documents of the books as sheets, with the figures of the books: tax columns, totals, parties, banners."""

from decimal import Decimal
from typing import Any

import pytest
from psycopg import AsyncConnection

from domain.books import Books
from domain.statements import Statement
from tests.domain.founded import a_firm, a_gstin
from tests.scenarios.builders import (
    GUJARAT_BUYER,
    MAHARASHTRA_BUYER,
    SEZ_UNIT,
    a_customer,
    a_line,
    an_approved_invoice,
    gst,
)
from tests.scenarios.papers import facts, headings, of, printed, rows, totals

CHANDIGARH = a_gstin("04")
EXEMPT: dict[str, Any] = {"tax_category": "EXEMPT", "hsn_or_sac": "0701", "name": "Potatoes"}


async def test_within_a_state_half_the_rate_goes_to_each(books: Books) -> None:
    customer = await a_customer(books, gst_no=MAHARASHTRA_BUYER)
    invoice = await an_approved_invoice(books, customer, a_line("1250.00", quantity=3, unit="pcs"))

    sheet = await printed(books, invoice)

    assert (sheet.title, sheet.number, sheet.file_name) == ("Tax invoice", "INV/26-27/0001", "INV-26-27-0001")
    assert headings(sheet.lines) == [
        *("#", "Item", "HSN/SAC", "Quantity", "Rate", "Taxable value", "CGST", "SGST", "Amount")
    ]  # fmt: skip
    assert rows(sheet.lines) == [
        ["1", "Furniture", "940360", "3|PCS", "1,250.00", "3,750.00", "337.50|9%", "337.50|9%", "4,425.00"],
        ["", "Total", "", "", "", "3,750.00", "337.50", "337.50", "4,425.00"],
    ]
    assert rows(sheet.taxes) == [
        ["940360", "18%", "3,750.00", "337.50", "337.50", "675.00"],
        ["Total", "", "3,750.00", "337.50", "337.50", "675.00"],
    ]
    assert totals(sheet) == {"Taxable value": "3,750.00", "CGST": "337.50", "SGST": "337.50", "Total": "₹4,425.00"}
    assert sheet.amount_in_words == "Rupees four thousand four hundred twenty-five only"
    assert sheet.tax_in_words == "Rupees six hundred seventy-five only"
    assert facts(sheet) == {
        "Invoice number": "INV/26-27/0001",
        "Date": "21 Nov 2026",
        "Due date": "21 Nov 2026",
        "Place of supply": "Maharashtra (27)",
        "Reverse charge": "No",
    }
    assert (sheet.notices, sheet.statements, sheet.banner) == ((), (), None)


async def test_between_states_it_is_one_tax(books: Books) -> None:
    invoice = await an_approved_invoice(books, await a_customer(books, gst_no=GUJARAT_BUYER), a_line("1000.00", "5"))

    sheet = await printed(books, invoice)

    assert rows(sheet.lines)[0] == ["1", "Furniture", "940360", "1|OTH", "1,000.00", "1,000.00", "50.00|5%", "1,050.00"]
    assert facts(sheet)["Place of supply"] == "Gujarat (24)"
    assert of(sheet.parties[0].facts) == {"GSTIN": GUJARAT_BUYER, "State": "Gujarat (24)"}


async def test_a_territory_without_a_legislature_levies_utgst(connection: AsyncConnection[Any]) -> None:
    """UTGST Act, section 7: Chandigarh to Chandigarh."""
    books = await a_firm(connection, state_code="IN-CH", gst_no=CHANDIGARH)
    customer = await a_customer(books, billing_address={"state_code": "IN-CH"})

    sheet = await printed(books, await an_approved_invoice(books, customer, a_line("1000.00")))

    assert headings(sheet.lines)[-3:] == ["CGST", "UTGST", "Amount"]
    assert totals(sheet) == {"Taxable value": "1,000.00", "CGST": "90.00", "UTGST": "90.00", "Total": "₹1,180.00"}


async def test_discounts_of_lines_and_of_the_whole_are_told_apart_and_taxed_after(books: Books) -> None:
    """1,000 less 10 % is 900, and 600: 1,500 less 5 % is 1,425, of which 18 % are 256.50."""
    lines = a_line("1000.00", discount_percent=Decimal(10)), a_line("600.00")
    invoice = await an_approved_invoice(
        books, await a_customer(books, gst_no=GUJARAT_BUYER), *lines, discount_percent=Decimal(5)
    )

    sheet = await printed(books, invoice)

    assert headings(sheet.lines)[4:] == ["Rate", "Discount", "Taxable value", "IGST", "Amount"]
    assert [row[4:] for row in rows(sheet.lines)] == [
        ["1,000.00", "145.00|10%", "855.00", "153.90|18%", "1,008.90"],
        ["600.00", "30.00", "570.00", "102.60|18%", "672.60"],
        ["", "175.00", "1,425.00", "256.50", "1,681.50"],
    ]
    assert totals(sheet) == {
        "Gross value": "1,600.00",
        "Discount on lines": "-100.00",
        "Sub-total": "1,500.00",
        "Discount (5%)": "-75.00",
        "Taxable value": "1,425.00",
        "IGST": "256.50",
        "Total": "₹1,681.50",
    }


async def test_a_price_with_its_tax_included_says_so(books: Books) -> None:
    """1,000 with 18 % inside: 847.46 + 76.27 + 76.27 (rule 35)."""
    invoice = await an_approved_invoice(books, await a_customer(books), a_line("1000.00"), is_inclusive_tax=True)

    sheet = await printed(books, invoice)

    assert headings(sheet.lines)[4] == "Rate (tax included)"
    assert totals(sheet) == {
        "Gross value (tax included)": "1,000.00",
        "Taxable value": "847.46",
        "CGST": "76.27",
        "SGST": "76.27",
        "Total": "₹1,000.00",
    }


async def test_charges_and_rounding_stand_beside_the_tax(connection: AsyncConnection[Any]) -> None:
    """999.60 + 2 × 89.96 + 20 of charges are 1,199.52: 0.48 up to the rupee."""
    books = await a_firm(connection)
    customer = await a_customer(books)
    invoice = await an_approved_invoice(books, customer, a_line("999.60"), untaxed_charges=Decimal(20))

    assert totals(await printed(books, invoice)) == {
        "Taxable value": "999.60",
        "CGST": "89.96",
        "SGST": "89.96",
        "Other charges": "20.00",
        "Round-off": "0.48",
        "Total": "₹1,200.00",
    }


async def test_cess_has_a_column_and_a_rate_of_its_own(books: Books) -> None:
    """1,000 at 28 % and 12 % cess, before 22-09-2025."""
    line = a_line("1000.00", None, tax_id=gst("28", cess="12"))
    invoice = await an_approved_invoice(books, await a_customer(books), line, dated_on=books.today.replace(2025, 4, 1))

    sheet = await printed(books, invoice)

    assert headings(sheet.lines)[-4:] == ["CGST", "SGST", "Cess", "Amount"]
    assert rows(sheet.lines)[0][-4:] == ["140.00|14%", "140.00|14%", "120.00|12%", "1,400.00"]
    assert rows(sheet.taxes)[0] == ["940360", "28%|cess 12%", "1,000.00", "140.00", "140.00", "120.00", "400.00"]


async def test_tax_is_told_by_hsn_and_rate(books: Books) -> None:
    lines = a_line("100.00"), a_line("50.00"), a_line("200.00", "5", hsn_or_sac="4407")
    invoice = await an_approved_invoice(books, await a_customer(books, gst_no=GUJARAT_BUYER), *lines)

    assert rows((await printed(books, invoice)).taxes) == [
        ["940360", "18%", "150.00", "27.00", "27.00"],
        ["4407", "5%", "200.00", "10.00", "10.00"],
        ["Total", "", "350.00", "37.00", "37.00"],
    ]


async def test_an_exempt_supply_is_on_a_bill_of_supply_without_tax(books: Books) -> None:
    """CGST Act, section 31(3)(c)."""
    invoice = await an_approved_invoice(books, await a_customer(books), a_line("100.00", None, **EXEMPT))

    sheet = await printed(books, invoice)

    assert (sheet.title, headings(sheet.lines)) == (
        "Bill of supply",
        ["#", "Item", "HSN/SAC", "Quantity", "Rate", "Amount"],
    )
    assert (totals(sheet), sheet.taxes, sheet.tax_in_words) == ({"Total": "₹100.00"}, None, "")


@pytest.mark.parametrize(
    ("buyer", "title"),
    [({}, "Invoice-cum-bill of supply"), ({"gst_no": MAHARASHTRA_BUYER}, "Tax invoice")],
    ids=["consumer", "registered"],
)
async def test_taxed_and_exempt_goods_on_one_paper(books: Books, buyer: dict[str, Any], title: str) -> None:
    """Rule 46A: one paper for both, to a buyer without registration."""
    lines = a_line("1000.00"), a_line("100.00", None, **EXEMPT)

    sheet = await printed(books, await an_approved_invoice(books, await a_customer(books, **buyer), *lines))

    assert sheet.title == title
    assert rows(sheet.lines)[1][5:] == ["100.00", "0.00|exempt", "0.00|exempt", "100.00"]
    assert rows(sheet.taxes)[1] == ["0701", "exempt", "100.00", "0.00", "0.00", "0.00"]


async def test_a_composition_dealer_collects_no_tax(connection: AsyncConnection[Any]) -> None:
    """Rule 5(1)(f)."""
    books = await a_firm(connection, registration_type="COMPOSITION")
    invoice = await an_approved_invoice(books, await a_customer(books), a_line("1000.00", None))

    sheet = await printed(books, invoice)

    assert sheet.title == "Bill of supply"
    assert sheet.notices == ("Composition taxable person, not eligible to collect tax on supplies",)
    assert totals(sheet) == {"Total": "₹1,000.00"}


async def test_who_is_not_registered_writes_a_plain_invoice(connection: AsyncConnection[Any]) -> None:
    books = await a_firm(connection, registration_type="UNREGISTERED", gst_no=None)
    invoice = await an_approved_invoice(books, await a_customer(books), a_line("1000.00", None))

    sheet = await printed(books, invoice)

    assert (sheet.title, sheet.notices) == (
        "Invoice",
        ("The supplier is not registered under GST; no tax is charged.",),
    )
    assert "GSTIN" not in facts(sheet.seller)


async def test_an_export_under_lut_in_dollars_is_told_in_rupees(books: Books) -> None:
    """Rule 46, third proviso: the endorsement, and the country of destination in place of the state."""
    await books.run(
        Statement(
            "update organizations set lut_number = 'AD270326001234X', lut_valid_until = '2027-03-31'"
            " where id = %(organization_id)s"
        )
    )
    buyer = await a_customer(
        books,
        "Müller GmbH",
        gst_treatment="OVERSEAS",
        currency_code="USD",
        billing_address={"address": "Hafenstraße 7", "city": "Hamburg", "zip": "20457", "country": "Germany"},
    )
    invoice = await an_approved_invoice(
        books, buyer, a_line("1234.56", quantity=1000), exchange_rate=Decimal("84.1234")
    )

    sheet = await printed(books, invoice)

    assert (sheet.title, sheet.subtitle) == ("Tax invoice", "Export invoice")
    assert sheet.notices == (
        "SUPPLY MEANT FOR EXPORT UNDER BOND OR LETTER OF UNDERTAKING WITHOUT PAYMENT OF INTEGRATED TAX",
    )
    assert {label: facts(sheet)[label] for label in ("Place of supply", "Country of destination", "LUT")} == {
        "Place of supply": "Outside India (96)",
        "Country of destination": "Germany",
        "LUT": "AD270326001234X, valid until 31 Mar 2027",
    }
    assert facts(sheet)["Exchange rate"] == "1 USD = ₹84.1234"
    assert sheet.parties[0].address == ("Hafenstraße 7", "Hamburg 20457, Germany")
    assert headings(sheet.lines)[-2:] == ["Rate", "Amount (USD)"]
    assert totals(sheet) == {
        "Total": "$1,234,560.00",
        "Taxable value in rupees": "₹10,38,55,384.70",
        "Total in rupees": "₹10,38,55,384.70",
    }
    assert sheet.amount_in_words.startswith("US dollars one million two hundred thirty-four thousand")
    assert (sheet.taxes, sheet.payment_code) == (None, None)


async def test_an_export_with_tax_shows_it_in_both_currencies(books: Books) -> None:
    """100 dollars at 84.50: 18 % of 8,450 rupees are 1,521 (rule 34)."""
    buyer = await a_customer(books, gst_treatment="OVERSEAS", currency_code="USD")
    invoice = await an_approved_invoice(
        books, buyer, a_line("100.00"), exchange_rate=Decimal("84.50"), is_export_with_payment=True
    )

    sheet = await printed(books, invoice)

    assert sheet.notices == ("SUPPLY MEANT FOR EXPORT ON PAYMENT OF INTEGRATED TAX",)
    assert totals(sheet) == {
        "Taxable value": "100.00",
        "IGST": "18.00",
        "Total": "$118.00",
        "Taxable value in rupees": "₹8,450.00",
        "IGST in rupees": "₹1,521.00",
        "Total in rupees": "₹9,971.00",
    }


async def test_a_supply_to_an_sez_whose_tax_is_claimed_leaves_it_out_of_the_total(books: Books) -> None:
    """IGST Act, section 16(3)."""
    unit = await a_customer(books, "Kandla Foods", gst_treatment="SEZ", gst_no=SEZ_UNIT)
    said = {"is_export_with_payment": True, "is_export_tax_claimed": True}

    sheet = await printed(books, await an_approved_invoice(books, unit, a_line("1000.00"), **said))

    assert sheet.notices == (
        "SUPPLY TO SEZ UNIT OR SEZ DEVELOPER FOR AUTHORISED OPERATIONS ON PAYMENT OF INTEGRATED TAX",
    )
    assert totals(sheet) == {"Taxable value": "1,000.00", "IGST (not in the total)": "180.00", "Total": "₹1,000.00"}
    assert rows(sheet.lines)[0][-1] == "1,000.00"
    assert sheet.statements == (
        "The integrated tax is paid by the supplier and claimed as a refund; it is not part of the total.",
    )


async def test_on_reverse_charge_the_tax_is_shown_and_not_owed(books: Books) -> None:
    """Rule 46(p); section 9(3)."""
    customer = await a_customer(books, gst_no=MAHARASHTRA_BUYER)

    sheet = await printed(books, await an_approved_invoice(books, customer, a_line("1000.00"), is_reverse_charge=True))

    assert facts(sheet)["Reverse charge"] == "Yes"
    assert totals(sheet) == {
        "Taxable value": "1,000.00",
        "CGST (not in the total)": "90.00",
        "SGST (not in the total)": "90.00",
        "Total": "₹1,000.00",
    }
    assert sheet.statements == ("Tax is payable on reverse charge by the recipient; it is not part of the total.",)
