"""What an approved bill posts: one small story for each kind of supply."""

from decimal import Decimal
from typing import Any

import pytest
from psycopg import AsyncConnection

from domain import registers
from domain.books import Books
from domain.catalog import ITEMS
from domain.cost_centers import COST_CENTERS
from domain.errors import Failed
from domain.ledger.accounts import ACCOUNTS
from domain.statements import Statement
from tests.domain.founded import a_firm
from tests.scenarios.builders import (
    KARNATAKA_VENDOR,
    MAHARASHTRA_VENDOR,
    SEZ_UNIT,
    a_bill,
    a_cost,
    a_vendor,
    amounts,
    entries_of,
    gst,
    on,
    trial_balance,
)

_OF_COST_CENTER = Statement(
    """
select sum(debit)::text
  from journal_lines
 where organization_id = %(organization_id)s
   and cost_center_id = %(id)s
"""
)


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


async def test_between_states_the_tax_is_integrated(books: Books) -> None:
    """Karnataka to Maharashtra at 18 %: one tax."""
    bill = await a_bill(books, await a_vendor(books, gst_no=KARNATAKA_VENDOR), a_cost("1000.00"))

    assert (bill.head.supply_type, bill.head.place_of_supply) == ("INTER_STATE", "IN-MH")
    assert await entries_of(books, bill) == {
        "Input IGST": ("180.00", "0.00"),
        "Trade payables": ("0.00", "1180.00"),
        "Purchases": ("1000.00", "0.00"),
    }


async def test_freight_of_an_unregistered_carrier_is_on_reverse_charge(books: Books) -> None:
    """The worked example of the GST rules, 16: 8,000 at 5 %; the carrier gets 8,000, the government 200 and 200."""
    carrier = await a_vendor(books, "Ramesh Transport", gst_treatment="UNREGISTERED")
    bill = await a_bill(books, carrier, a_cost("8000.00", "5", hsn_or_sac="996511"), is_reverse_charge=True)

    assert (str(bill.head.tax_total), str(bill.head.total)) == ("400.00", "8000.00")
    assert bill.head.self_invoice_number == "SI/26-27/0001"
    assert await entries_of(books, bill) == {
        "Input CGST": ("200.00", "0.00"),
        "Input SGST": ("200.00", "0.00"),
        "Trade payables": ("0.00", "8000.00"),
        "Reverse charge CGST": ("0.00", "200.00"),
        "Reverse charge SGST": ("0.00", "200.00"),
        "Purchases": ("8000.00", "0.00"),
    }


async def test_a_registered_vendor_writes_his_own_invoice_on_reverse_charge(books: Books) -> None:
    """An advocate with a GSTIN: the tax is ours to pay, the invoice his (CGST Act, section 31(3)(f))."""
    bill = await a_bill(books, await a_vendor(books), a_cost("1000.00"), is_reverse_charge=True)

    assert bill.head.self_invoice_number is None
    assert (await entries_of(books, bill))["Reverse charge CGST"] == ("0.00", "90.00")


async def test_services_from_abroad_are_on_reverse_charge_by_themselves(books: Books) -> None:
    """100 dollars of hosting at 84.50: 8,450 rupees, of which 18 % are 1,521 (IGST Act, section 5(3))."""
    abroad = await a_vendor(books, "Cloud Inc", gst_treatment="OVERSEAS", currency_code="USD")
    hosting = a_cost("100.00", hsn_or_sac="998315")
    bill = await a_bill(books, abroad, hosting, exchange_rate=Decimal("84.50"))

    assert (bill.head.is_reverse_charge, str(bill.head.total)) == (True, "100.00")
    assert bill.head.self_invoice_number == "SI/26-27/0001"
    assert await entries_of(books, bill) == {
        "Input IGST": ("1521.00", "0.00"),
        "Trade payables": ("0.00", "8450.00"),
        "Reverse charge IGST": ("0.00", "1521.00"),
        "Purchases": ("8450.00", "0.00"),
    }


async def test_goods_from_abroad_bear_no_tax_on_the_bill(books: Books) -> None:
    """Customs takes the IGST, on a bill of entry. 33.33 dollars at 84.1234 are 2,803.83 rupees."""
    abroad = await a_vendor(books, "Lamp Trading", gst_treatment="OVERSEAS", currency_code="USD")
    bill = await a_bill(books, abroad, a_cost("33.33", None, hsn_or_sac="9405"), exchange_rate=Decimal("84.1234"))

    assert (bill.head.is_reverse_charge, bill.lines[0].itc_eligibility) == (False, "NONE")
    assert await entries_of(books, bill) == {
        "Trade payables": ("0.00", "2803.83"),
        "Purchases": ("2803.83", "0.00"),
    }


@pytest.mark.parametrize("vendor", [{"gst_treatment": "UNREGISTERED"}, {"gst_treatment": "CONSUMER"}])
async def test_an_unregistered_vendor_charges_nothing(books: Books, vendor: dict[str, Any]) -> None:
    """Neither is it on reverse charge: that is for notified supplies only."""
    bill = await a_bill(books, await a_vendor(books, "Carpenter", **vendor), a_cost("1000.00", None))

    assert (bill.head.is_reverse_charge, bill.head.self_invoice_number) == (False, None)
    assert await entries_of(books, bill) == {
        "Trade payables": ("0.00", "1000.00"),
        "Purchases": ("1000.00", "0.00"),
    }


async def test_a_vendor_under_composition_charges_nothing(books: Books) -> None:
    """What an item says of tax falls away; a tax that the caller names is refused (CGST Act, section 10(4))."""
    tea = {"item_name": "Tea", "purchase_rate": Decimal("100"), "hsn_or_sac": "0902", "tax_id": gst("5")}
    item = await registers.add(books, ITEMS, tea)
    vendor = await a_vendor(books, "Hampi Tea", gst_treatment="COMPOSITION", gst_no=MAHARASHTRA_VENDOR)
    bill = await a_bill(books, vendor, {"item_id": item.id, "quantity": Decimal(3)})

    assert (bill.lines[0].tax_id, bill.lines[0].itc_eligibility) == (None, "NONE")
    assert await entries_of(books, bill) == {"Trade payables": ("0.00", "300.00"), "Purchases": ("300.00", "0.00")}
    with pytest.raises(Failed) as refused:
        await a_bill(books, vendor, {"item_id": item.id, "tax_id": gst("5")})
    assert refused.value.field == "line_items[0].tax_id"


async def test_a_vendor_in_an_sez_of_the_same_state_charges_integrated_tax(books: Books) -> None:
    """Both are in Maharashtra (IGST Act, section 7(5)(b))."""
    bill = await a_bill(books, await a_vendor(books, gst_no=SEZ_UNIT, gst_treatment="SEZ"), a_cost("1000.00"))

    assert (await entries_of(books, bill))["Input IGST"] == ("180.00", "0.00")


async def test_blocked_credit_joins_the_cost_of_its_line(books: Books) -> None:
    """Timber for 1,000 and lunch for 500 at 5 %: the 25 of the lunch are cost (CGST Act, section 17(5)(b))."""
    lunch = a_cost("500.00", "5", hsn_or_sac="996331", itc_blocked_reason="17(5)(b)(i)")
    bill = await a_bill(books, await a_vendor(books), a_cost("1000.00"), lunch)

    assert [line.itc_eligibility for line in bill.lines] == ["ELIGIBLE", "BLOCKED"]
    assert await entries_of(books, bill) == {
        "Input CGST": ("90.00", "0.00"),
        "Input SGST": ("90.00", "0.00"),
        "Trade payables": ("0.00", "1705.00"),
        "Purchases": ("1525.00", "0.00"),
    }


async def test_blocked_credit_on_reverse_charge_is_cost_and_still_owed(books: Books) -> None:
    """A hired car for 2,000 at 5 %: 2,100 of cost, 2,000 to the owner, 50 and 50 to the government."""
    owner = await a_vendor(books, "Taxi", gst_treatment="UNREGISTERED")
    car = a_cost("2000.00", "5", hsn_or_sac="996601", itc_blocked_reason="17(5)(a)")

    assert await entries_of(books, await a_bill(books, owner, car, is_reverse_charge=True)) == {
        "Trade payables": ("0.00", "2000.00"),
        "Reverse charge CGST": ("0.00", "50.00"),
        "Reverse charge SGST": ("0.00", "50.00"),
        "Purchases": ("2100.00", "0.00"),
    }


async def test_the_tax_of_a_hotel_in_another_state_is_cost(books: Books) -> None:
    """Its place is Karnataka, so it charges CGST and SGST there (IGST Act, section 12(3))."""
    hotel = await a_vendor(books, "Hotel Mysuru", gst_no=KARNATAKA_VENDOR)
    bill = await a_bill(books, hotel, a_cost("4000.00", "5", hsn_or_sac="996311"), place_of_supply="IN-KA")

    assert (bill.head.supply_type, bill.lines[0].itc_eligibility) == ("INTRA_STATE", "POS_RESTRICTED")
    assert amounts(bill.head)["cgst_total"] == "100.00"
    assert await entries_of(books, bill) == {
        "Trade payables": ("0.00", "4200.00"),
        "Purchases": ("4200.00", "0.00"),
    }


@pytest.mark.parametrize(
    ("dated_on", "eligibility", "input_tax"),
    [("2025-03-31", "TIME_BARRED", None), ("2025-04-01", "ELIGIBLE", ("90.00", "0.00"))],
)
async def test_credit_ends_with_november_after_the_year_of_the_bill(
    books: Books, dated_on: str, eligibility: str, input_tax: tuple[str, str] | None
) -> None:
    """On 21 November 2026: until the 30th for a bill of 2025-26, a year too late for one of 2024-25."""
    bill = await a_bill(books, await a_vendor(books), a_cost("1000.00"), dated_on=on(dated_on))

    assert bill.lines[0].itc_eligibility == eligibility
    assert (await entries_of(books, bill)).get("Input CGST") == input_tax


async def test_a_composition_dealer_takes_no_credit(connection: AsyncConnection[Any]) -> None:
    """The tax is part of the cost; on reverse charge he pays it all the same (CGST Act, section 10(4))."""
    books = await a_firm(connection, is_round_off_enabled=False, registration_type="COMPOSITION")
    bill = await a_bill(books, await a_vendor(books), a_cost("1000.00"))
    carrier = await a_vendor(books, "Ramesh Transport", gst_treatment="UNREGISTERED")
    freight = await a_bill(books, carrier, a_cost("8000.00", "5", hsn_or_sac="996511"), is_reverse_charge=True)

    assert bill.lines[0].itc_eligibility == freight.lines[0].itc_eligibility == "NONE"
    assert await entries_of(books, bill) == {"Trade payables": ("0.00", "1180.00"), "Purchases": ("1180.00", "0.00")}
    assert await entries_of(books, freight) == {
        "Trade payables": ("0.00", "8000.00"),
        "Reverse charge CGST": ("0.00", "200.00"),
        "Reverse charge SGST": ("0.00", "200.00"),
        "Purchases": ("8400.00", "0.00"),
    }


async def test_a_price_that_includes_tax_is_kept_to_the_paisa(books: Books) -> None:
    """499 with 5 % inside: 475.24 + 11.88 + 11.88."""
    bill = await a_bill(books, await a_vendor(books), a_cost("499.00", "5"), is_inclusive_tax=True)

    assert await entries_of(books, bill) == {
        "Input CGST": ("11.88", "0.00"),
        "Input SGST": ("11.88", "0.00"),
        "Trade payables": ("0.00", "499.00"),
        "Purchases": ("475.24", "0.00"),
    }


async def test_discounts_charges_and_the_vendors_round_off(books: Books) -> None:
    """1,000 less 10 % less 100 on the whole: 800, tax 144, carriage paid out 56.30, and 0.30 taken off: 1,000."""
    line = a_cost("1000.00", discount_percent=Decimal(10))
    said = {"discount": Decimal(100), "untaxed_charges": Decimal("56.30"), "round_off": Decimal("-0.30")}
    bill = await a_bill(books, await a_vendor(books), line, **said)

    assert (str(bill.head.discount_total), str(bill.head.total)) == ("200.00", "1000.00")
    assert await entries_of(books, bill) == {
        "Input CGST": ("72.00", "0.00"),
        "Input SGST": ("72.00", "0.00"),
        "Trade payables": ("0.00", "1000.00"),
        "Purchases": ("856.30", "0.00"),
        "Round-off": ("0.00", "0.30"),
    }


async def test_a_bill_is_not_rounded_by_itself(connection: AsyncConnection[Any]) -> None:
    """The organization rounds its own papers; the vendor's paper says what it says."""
    books = await a_firm(connection, is_round_off_enabled=True)
    bill = await a_bill(books, await a_vendor(books), a_cost("99.99"))

    assert (str(bill.head.round_off), str(bill.head.total)) == ("0.00", "117.99")


async def test_compensation_cess_has_a_head_of_its_own(books: Books) -> None:
    """1,000 at 28 % with 12 % cess, before the cess ended: 140 + 140 + 120."""
    line = a_cost("1000.00", None, tax_id=gst("28", cess="12"))
    bill = await a_bill(books, await a_vendor(books), line, dated_on=on("2025-06-30"))

    assert (await entries_of(books, bill))["Input cess"] == ("120.00", "0.00")
    assert (await entries_of(books, bill))["Trade payables"] == ("0.00", "1400.00")


async def test_each_line_goes_to_its_account_and_cost_centre(books: Books) -> None:
    shop = await registers.add(books, COST_CENTERS, {"name": "Mumbai shop"})
    rent = await registers.add(books, ACCOUNTS, {"code": "5990", "name": "Rents", "account_type": "EXPENSE"})
    bill = await a_bill(books, await a_vendor(books), a_cost("700.00", account_id=rent.id, cost_center_id=shop.id))

    assert (await entries_of(books, bill))["Rents"] == ("700.00", "0.00")
    assert await books.value(_OF_COST_CENTER, id=shop.id) == "700.00"


async def test_an_opening_balance_owes_what_was_left_after_withholding(books: Books) -> None:
    """1,180 of last year, of which 20 were withheld then: neither cost nor tax of these books."""
    await a_bill(
        books,
        await a_vendor(books),
        a_cost("1000.00"),
        is_opening_balance=True,
        number="OLD-17",
        dated_on=on("2026-03-01"),
        tds_percent=Decimal(2),
    )

    assert await trial_balance(books) == {"Trade payables": "-1160.00", "Opening balance difference": "1160.00"}


async def test_an_opening_balance_writes_no_self_invoice(books: Books) -> None:
    carrier = await a_vendor(books, "Ramesh Transport", gst_treatment="UNREGISTERED")
    said = {"is_reverse_charge": True, "is_opening_balance": True, "number": "OLD-18"}

    assert (await a_bill(books, carrier, a_cost("8000.00", "5"), **said)).head.self_invoice_number is None


async def test_tax_withheld_in_another_currency_leaves_payables_exact(books: Books) -> None:
    """100 dollars at 84.555 less 10 %: 8,455.50 of cost, 90 dollars (7,609.95) to the vendor, the rest withheld."""
    abroad = await a_vendor(books, "Counsel Inc", gst_treatment="OVERSEAS", currency_code="USD")
    line = a_cost("100.00", None, hsn_or_sac="9405")
    bill = await a_bill(books, abroad, line, exchange_rate=Decimal("84.555"), tds_percent=Decimal(10))

    assert await entries_of(books, bill) == {
        "Trade payables": ("0.00", "7609.95"),
        "TDS payable": ("0.00", "845.55"),
        "Purchases": ("8455.50", "0.00"),
    }
