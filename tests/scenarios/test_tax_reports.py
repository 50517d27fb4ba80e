"""The tax summary and the running statements, by hand (gst-rules part 17; gst-2026, L4)."""

from decimal import Decimal
from typing import Any

from domain import itc_adjustments
from domain.books import Books
from handlers import gst_opening_balances, tax_reports
from tests.domain.conftest import body_of
from tests.domain.founded import MAHARASHTRA
from tests.scenarios.builders import (
    GUJARAT_BUYER,
    a_bill,
    a_cost,
    a_customer,
    a_line,
    a_vendor,
    an_approved_invoice,
    on,
)
from tests.scenarios.entries import a_journal, credit, debit, the
from tests.scenarios.filing import filed
from tests.scenarios.gstr3b import USUAL, Json, gstr3b, rows, told
from tests.scenarios.spending import an_expense
from tests.scenarios.test_gstr3b import an_importer
from tests.scenarios.test_operators import PAID


async def summary(books: Books, **query: Any) -> Json:
    """The tax summary of November 2026."""
    reply = await tax_reports.get_tax_summary(books, {**USUAL, "period": "112026", **query})
    return dict(body_of(reply)["tax_summary"])


async def statements(books: Books, **query: Any) -> Json:
    """The statements of November 2026."""
    reply = await tax_reports.get_gst_statements(books, {**USUAL, "period": "112026", **query})
    return dict(body_of(reply)["gst_statements"])


async def test_the_tax_of_an_importer_by_rate(books: Books) -> None:
    await an_importer(books)

    assert [(row["kind"], row["tax_percentage"], told(row)) for row in (await summary(books))["rates"]] == [
        ("OUTWARD", 0, "3000"),
        ("OUTWARD", 18, "80000 igst 3600 cgst 4500 sgst 4500"),
        ("REVERSE_CHARGE", 5, "8000 cgst 200 sgst 200"),
        ("REVERSE_CHARGE", 18, "10000 igst 1800"),
        ("ELIGIBLE", 5, "8000 cgst 200 sgst 200"),
        ("ELIGIBLE", 18, "136000 igst 21780 cgst 1350 sgst 1350"),
        ("BLOCKED", 18, "1000 cgst 90 sgst 90"),
        ("NOT_AVAILABLE", 18, "2000 cgst 180 sgst 180"),
        ("REVERSED", None, "cgst 200 sgst 200"),
    ]


async def test_ledgers_stand_where_they_began_and_what_moved(books: Books) -> None:
    """October left 90 and 90 of credit; in November 180 and 180 were sold and the 90 were set off by hand."""
    await a_bill(books, await a_vendor(books), a_cost("1000.00"), dated_on=on("2026-10-31"))
    await an_approved_invoice(books, await a_customer(books), a_line("2000.00"))
    await a_journal(books, debit("2210", "90"), credit("1410", "90"), date="2026-11-20")
    ledgers = {each["ledger"]: each for each in (await summary(books))["ledgers"]}

    movements = ("opening", "posted", "entered_by_hand", "closing")
    assert [told(ledgers["INPUT"][name]) for name in movements] == ["cgst 90 sgst 90", "", "cgst -90", "sgst 90"]
    assert [told(ledgers["OUTPUT"][name]) for name in movements] == [
        "",
        "cgst 180 sgst 180",
        "cgst -90",
        "cgst 90 sgst 180",
    ]


async def test_it_is_paid_as_the_return_is(books: Books) -> None:
    await an_importer(books)

    assert (await summary(books))["payment"] == (await gstr3b(books))["payment"]["rows"]


async def test_a_statement_runs_from_its_opening(books: Books) -> None:
    """Entered: 450. October: 100 more. November: 300 reclaimed, 90 and 90 of reverse charge in and out."""
    opening = {"date": "2026-09-30", "reclaim": {"igst_amount": Decimal(450)}}
    await gst_opening_balances.update_gst_opening_balances(books, opening)
    waits = {"account_id": await the(books, "1340"), "reason": "RULE_37"}
    reversal = {**waits, "kind": "REVERSAL", "igst_amount": Decimal(100)}
    await itc_adjustments.enter(books, {**reversal, "dated_on": on("2026-09-15"), "igst_amount": Decimal(200)})
    await itc_adjustments.enter(books, {**reversal, "dated_on": on("2026-10-10")})
    reclaim = {**waits, "kind": "RECLAIM", "igst_amount": Decimal(300)}
    await itc_adjustments.enter(books, {**reclaim, "dated_on": on("2026-11-10")})
    await an_expense(books, "1000", is_rcm=True, rcm_rate=18, date="2026-11-06")
    report = await statements(books, details=True)
    by_name = {each["statement"]: each for each in report["statements"]}

    assert report["opening_date"] == "2026-09-30"
    movements = ("opening", "added", "taken", "closing")
    assert [told(by_name["RECLAIM"][name]) for name in movements] == ["igst 550", "", "igst 300", "igst 250"]
    assert [told(by_name["REVERSE_CHARGE"][name]) for name in movements] == [
        "",
        "cgst 90 sgst 90",
        "cgst 90 sgst 90",
        "",
    ]
    assert [month["period"] for month in by_name["RECLAIM"]["months"]] == ["112026"]
    assert {each["document_type"] for each in report["details"]} == {"ITC_ADJUSTMENT", "EXPENSE"}
    assert (await gstr3b(books))["statements"][0]["closing"] == by_name["RECLAIM"]["closing"]


async def test_more_than_the_statement_has_is_said_to_be_refused(books: Books) -> None:
    """200 reversed in September are in the opening, which says 50: a reclaim of 200 is 150 too much."""
    opening = {"date": "2026-09-30", "reclaim": {"igst_amount": Decimal(50)}}
    await gst_opening_balances.update_gst_opening_balances(books, opening)
    said = {"account_id": await the(books, "1340"), "reason": "RULE_37", "igst_amount": Decimal(200)}
    await itc_adjustments.enter(books, {**said, "kind": "REVERSAL", "dated_on": on("2026-09-15")})
    await itc_adjustments.enter(books, {**said, "kind": "RECLAIM", "dated_on": on("2026-11-10")})

    (refusal,) = (await gstr3b(books))["refusals"]
    assert (refusal["statement"], refusal["head"], refusal["available"], refusal["taken"]) == (
        "RECLAIM",
        "IGST",
        50,
        200,
    )


async def test_supplies_through_an_operator_and_as_one(books: Books) -> None:
    """Rides for 500 that an operator pays the tax of, and rides of another for 100 on which we pay 5: table 3.1.1."""
    rider = await a_customer(books)
    await an_approved_invoice(books, rider, a_line("500.00", "5"), **PAID)
    as_operator = {"ecommerce_operator_gst_no": MAHARASHTRA, "ecommerce_supplier_gst_no": GUJARAT_BUYER}
    await an_approved_invoice(books, rider, a_line("100.00", "5"), ecommerce_section="SECTION_9_5", **as_operator)
    report = await gstr3b(books)

    assert rows(report["outward_supplies"]) == {}
    assert rows(report["ecommerce_supplies"]) == {"3.1.1(i)": "100 cgst 2.5 sgst 2.5", "3.1.1(ii)": "500"}
    assert report["payment"]["rows"][1]["payable"] == 3
    assert all(told(row["difference"]) == "" for row in report["differences"])


async def test_a_late_paper_counts_in_the_statement_where_it_is_told(books: Books) -> None:
    """The GSTR-3B of October is filed without freight of 8,000, of which 200 and 200 are owed and not credited."""
    told_in_time = await an_expense(books, "1000", is_rcm=True, rcm_rate=18, itc_eligibility="NONE", date="2026-10-06")
    await an_expense(books, "8000", is_rcm=True, rcm_rate=5, itc_eligibility="NONE", date="2026-10-07")
    before = (await gstr3b(books))["statements"][1]
    await filed(books, "GSTR3B", "2026-10-31", told_in_time["expense_id"])
    after = (await gstr3b(books))["statements"][1]

    assert told(before["opening"]) == "cgst 290 sgst 290"
    assert told(after["opening"]) == "cgst 90 sgst 90"
