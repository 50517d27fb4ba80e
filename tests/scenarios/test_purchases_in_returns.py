"""What was bought, as GSTR-3B takes it: out of the books, in rupees, to the paisa as it was posted."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

from domain import itc_adjustments
from domain.books import Books
from domain.documents import lifecycle
from domain.documents.kinds import BILL
from domain.gst.returns.amounts import NO_TAX, Tax
from domain.gst.returns.inward import Inward
from domain.gst.returns.purchases import inward_supplies, what_statements_follow
from domain.gst.returns.question import ReturnQuestion
from tests.domain.founded import MAHARASHTRA, a_gstin
from tests.scenarios.builders import KARNATAKA_VENDOR, a_bill, a_cost, a_debit_note, a_vendor, gst, on
from tests.scenarios.entries import the
from tests.scenarios.spending import an_expense
from tests.scenarios.test_bills_of_entry import a_bill_of_entry, goods, voided

_HEADS = ("igst", "cgst", "sgst", "cess")


async def november(books: Books, **asked: Any) -> list[Inward]:
    """What was bought in November 2026 by the only registration."""
    return await inward_supplies(books, a_question(**asked))


def a_question(**asked: Any) -> ReturnQuestion:
    """November 2026 of the only registration, unless something else is said."""
    usual = {"gstin": MAHARASHTRA, "from_on": on("2026-11-01"), "to_on": on("2026-11-30")}
    return ReturnQuestion(**{**usual, **asked})


def tables(inward: list[Inward]) -> dict[str, tuple[str, ...]]:
    """By table: the value, and the heads of tax that are not nought."""
    worth: dict[str, list[Any]] = defaultdict(lambda: [Decimal(0), NO_TAX])
    for each in inward:
        worth[each.table.value][0] += each.worth.taxable
        worth[each.table.value][1] += each.worth.tax
    return {table: (f"{value:.2f}", *_told(tax)) for table, (value, tax) in sorted(worth.items())}


def _told(tax: Tax) -> list[str]:
    return [f"{head} {getattr(tax, head):.2f}" for head in _HEADS if getattr(tax, head)]


async def test_bills_of_every_class(books: Books) -> None:
    """Timber 1,000 and dinner 500 at 18 %, paper free of tax 40: 180 and 90 of credit, and 90 out again."""
    vendor = await a_vendor(books)
    dinner = a_cost("500.00", itc_blocked_reason="17(5)(b)(i)")
    await a_bill(books, vendor, a_cost("1000.00"), dinner, a_cost("40.00", None, tax_category="EXEMPT"))

    inward = await november(books)
    assert tables(inward) == {
        "4(A)(5)": ("1500.00", "cgst 135.00", "sgst 135.00"),
        "4(B)(1)": ("500.00", "cgst 45.00", "sgst 45.00"),
        "5(GST)": ("40.00",),
    }
    assert {each.paper.kind for each in inward} == {"BILL"}
    assert {each.paper.contact_name for each in inward} == {"Konkan Timber"}


async def test_a_vendors_credit_note_takes_back(books: Books) -> None:
    """1,000 bought and 400 returned: 54 and 54 of credit are left, and of what was blocked nothing."""
    vendor = await a_vendor(books)
    bill = await a_bill(books, vendor, a_cost("1000.00"), a_cost("500.00", itc_blocked_reason="17(5)(h)"))
    await a_debit_note(books, bill, a_cost("400.00"), a_cost("500.00", itc_blocked_reason="17(5)(h)"))

    assert tables(await november(books)) == {
        "4(A)(5)": ("600.00", "cgst 54.00", "sgst 54.00"),
        "4(B)(1)": ("0.00",),
    }


async def test_reverse_charge_is_owed_and_credited(books: Books) -> None:
    """Freight of 8,000 at 5 % within the state by a carrier without registration: 200 and 200 on both sides."""
    carrier = await a_vendor(books, "Ramu Carrier", gst_treatment="UNREGISTERED", place_of_contact="IN-MH")
    bill = await a_bill(books, carrier, a_cost("8000.00", "5"), is_reverse_charge=True)

    inward = await november(books)
    assert tables(inward) == {
        "3.1(d)": ("8000.00", "cgst 200.00", "sgst 200.00"),
        "4(A)(3)": ("8000.00", "cgst 200.00", "sgst 200.00"),
    }
    assert inward[0].paper.self_invoice_number == bill.head.self_invoice_number is not None
    assert "31(3)(f)" in inward[0].why


async def test_services_from_abroad_in_dollars(books: Books) -> None:
    """100.01 dollars at 83.3333 are 8,334.16 rupees, and 18 % of these 1,500.15: not 18.00 dollars converted."""
    host = await a_vendor(books, "Cloud Inc", gst_treatment="OVERSEAS", currency_code="USD")
    line = a_cost("100.01", hsn_or_sac="998313")
    await a_bill(books, host, line, exchange_rate=Decimal("83.3333"), is_reverse_charge=True)

    assert tables(await november(books)) == {
        "3.1(d)": ("8334.16", "igst 1500.15"),
        "4(A)(2)": ("8334.16", "igst 1500.15"),
    }


async def test_goods_from_abroad_count_by_their_bill_of_entry_only(books: Books) -> None:
    """The foreign bill bears no GST; customs took 18 % of 111,000."""
    seller = await a_vendor(books, "Colombo Tiles", gst_treatment="OVERSEAS")
    await a_bill(books, seller, a_cost("1200.00", None))
    await a_bill_of_entry(books)
    await voided(books, await a_bill_of_entry(books, goods("500.00"), number="777"))

    assert tables(await november(books)) == {"4(A)(1)": ("111000.00", "igst 19980.00")}


async def test_expenses_count_as_bills_do(books: Books) -> None:
    """Rent 1,180 with tax inside, advocate's 2,000 on reverse charge, diesel 300, and tea of which nothing is said."""
    await an_expense(books, "1180", tax_id=gst("18"), is_inclusive_tax=True)
    await an_expense(books, "2000", is_rcm=True, rcm_rate=18)
    await an_expense(books, "300", tax_category="NON_GST")
    await an_expense(books, "50")

    assert tables(await november(books)) == {
        "3.1(d)": ("2000.00", "cgst 180.00", "sgst 180.00"),
        "4(A)(3)": ("2000.00", "cgst 180.00", "sgst 180.00"),
        "4(A)(5)": ("1000.00", "cgst 90.00", "sgst 90.00"),
        "5(NONGST)": ("300.00",),
    }


async def test_what_place_and_time_take_away_stands_apart(books: Books) -> None:
    """A hotel in Karnataka charges 90 and 90; an invoice of 2024 comes too late."""
    hotel = await a_vendor(books, "Mysore Hotel", gst_no=KARNATAKA_VENDOR)
    await a_bill(books, hotel, a_cost("1000.00", hsn_or_sac="996311"), place_of_supply="IN-KA")
    late = await a_bill(books, await a_vendor(books), a_cost("100.00"), dated_on=on("2024-05-05"))

    assert late.lines[0].itc_eligibility == "TIME_BARRED"
    assert tables(await november(books, from_on=on("2024-05-01"))) == {
        "4(D)(2)": ("1100.00", "cgst 99.00", "sgst 99.00")
    }


async def test_composition_and_unregistered_vendors(books: Books) -> None:
    """700 without tax of a vendor under composition in another state; 900 of taxable goods of somebody unregistered."""
    small = await a_vendor(books, "Small Stores", gst_no=KARNATAKA_VENDOR, gst_treatment="COMPOSITION")
    await a_bill(books, small, a_cost("700.00", None))
    await a_bill(books, await a_vendor(books, "Ramu", gst_treatment="UNREGISTERED"), a_cost("900.00", None))

    (only,) = await november(books)
    assert (only.table.value, only.worth.taxable, only.is_interstate) == ("5(GST)", Decimal(700), True)


async def test_an_invoice_of_a_distributor(books: Books) -> None:
    """It has no value; what it passes on of each head is credited."""
    office = await a_vendor(books, "Head office", gst_no=a_gstin("29", entity="2"))
    heads = {"cgst_amount": Decimal(90), "sgst_amount": Decimal(90)}
    line = {"name": "Audit fee", "distributed_tax": heads}
    bill = await a_bill(books, office, line, is_isd_invoice=True)

    assert bill.head.is_isd_invoice
    assert tables(await november(books)) == {"4(A)(4)": ("0.00", "cgst 90.00", "sgst 90.00")}


async def test_what_is_owed_from_before_the_books_is_left_out(books: Books) -> None:
    exempt = a_cost("1000.00", None, tax_category="EXEMPT")
    await a_bill(books, await a_vendor(books), exempt, is_opening_balance=True, number="OLD/1")

    assert await november(books) == []


async def test_drafts_void_papers_and_other_days_are_left_out(books: Books) -> None:
    vendor = await a_vendor(books)
    bill = await a_bill(books, vendor, a_cost("1000.00"), reference_number="KT/1")
    await lifecycle.void(books, BILL, bill.head.id, reason="Twice")
    await lifecycle.draft(books, BILL, {"contact_id": vendor.id, "reference_number": "KT/2"}, [a_cost("10.00")])
    await a_bill(books, vendor, a_cost("1000.00"), reference_number="KT/3", dated_on=on("2026-10-31"))

    assert await november(books) == []


async def test_adjustments_stand_where_the_law_puts_them(books: Books) -> None:
    """450 and 450 reversed for good, 10 for a time and 4 of it reclaimed: the last counts in 4(A)(5) as well."""
    waits = {"account_id": await the(books, "1340"), "reason": "RULE_37"}
    usual = {"dated_on": on("2026-11-10")}
    lost = {"kind": "REVERSAL", "reason": "RULE_42", "cgst_amount": Decimal(450), "sgst_amount": Decimal(450)}
    await itc_adjustments.enter(books, {**usual, **lost})
    await itc_adjustments.enter(books, {**usual, **waits, "kind": "REVERSAL", "igst_amount": Decimal(10)})
    await itc_adjustments.enter(books, {**usual, **waits, "kind": "RECLAIM", "igst_amount": Decimal(4)})

    assert tables(await november(books)) == {
        "4(A)(5)": ("0.00", "igst 4.00"),
        "4(B)(1)": ("0.00", "cgst 450.00", "sgst 450.00"),
        "4(B)(2)": ("0.00", "igst 10.00"),
        "4(D)(1)": ("0.00", "igst 4.00"),
    }


async def test_the_statements_follow_reverse_charge_and_what_can_come_back(books: Books) -> None:
    await a_bill(books, await a_vendor(books), a_cost("1000.00"))
    await an_expense(books, "2000", is_rcm=True, rcm_rate=18)
    await itc_adjustments.enter(
        books, {"kind": "REVERSAL", "reason": "RULE_42", "dated_on": on("2026-11-10"), "igst_amount": Decimal(1)}
    )

    inward = await what_statements_follow(books, a_question())
    assert [each.table.value for each in inward] == ["3.1(d)", "4(A)(3)"]
