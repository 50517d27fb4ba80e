"""GSTR-3B of an importer, checkable by hand; and what each table makes of other books (gst-rules part 12, Annex A)."""

from decimal import Decimal

from domain import itc_adjustments
from domain.books import Books
from handlers import gstr3b_reports as handlers
from tests.domain.founded import MAHARASHTRA
from tests.scenarios.builders import (
    GUJARAT_BUYER,
    KARNATAKA_VENDOR,
    MAHARASHTRA_BUYER,
    SEZ_UNIT,
    a_bill,
    a_cost,
    a_credit_note,
    a_customer,
    a_debit_note,
    a_line,
    a_vendor,
    an_approved_invoice,
    on,
)
from tests.scenarios.entries import a_journal, credit, debit, the
from tests.scenarios.gstr3b import USUAL, Json, gstr3b, rows, the_file, told
from tests.scenarios.spending import an_expense
from tests.scenarios.test_bills_of_entry import a_bill_of_entry


async def an_importer(books: Books) -> None:
    """November of an importer in Mumbai.

    Sold: 50,000 at 18 % in the state, 20,000 at 18 % to a consumer in Gujarat, 10,000 to a zone without payment of tax,
    and 3,000 of books free of tax. Bought: tiles at customs for 1,11,000 with duty, 18 % = 19,980; software from abroad
    for 10,000, 18 % = 1,800 on reverse charge; freight of 8,000 at 5 % by a carrier without registration; timber for
    15,000 and dinner for 1,000 at 18 %, of which dinner is blocked; stationery of 700 by a dealer under composition in
    Karnataka; a night in a hotel there for 2,000 at 18 %, whose tax stays there; diesel for 900. Of the credit of an
    earlier month 200 and 200 are reversed, because a bill was not paid for 180 days.
    """
    shop = await a_customer(books, "Pune Homes", gst_no=MAHARASHTRA_BUYER)
    await an_approved_invoice(books, shop, a_line("50000.00"), dated_on=on("2026-11-02"))
    rajkot = await a_customer(books, "Ravi", billing_address={"state_code": "IN-GJ"})
    await an_approved_invoice(books, rajkot, a_line("20000.00"), dated_on=on("2026-11-03"))
    zone = await a_customer(books, "Zone Exports", gst_no=SEZ_UNIT, gst_treatment="SEZ")
    await an_approved_invoice(books, zone, a_line("10000.00"), dated_on=on("2026-11-04"))
    await an_approved_invoice(books, shop, a_line("3000.00", None, tax_category="EXEMPT"), dated_on=on("2026-11-05"))

    await a_bill_of_entry(books, date="2026-11-06")
    cloud = await a_vendor(books, "Cloud Inc", gst_treatment="OVERSEAS")
    await a_bill(books, cloud, a_cost("10000.00", hsn_or_sac="998313"), is_reverse_charge=True)
    carrier = await a_vendor(books, "Ramu Carrier", gst_treatment="UNREGISTERED", place_of_contact="IN-MH")
    await a_bill(books, carrier, a_cost("8000.00", "5"), is_reverse_charge=True)
    dinner = a_cost("1000.00", itc_blocked_reason="17(5)(b)(i)")
    await a_bill(books, await a_vendor(books), a_cost("15000.00"), dinner)
    small = await a_vendor(books, "Small Stores", gst_no=KARNATAKA_VENDOR, gst_treatment="COMPOSITION")
    await a_bill(books, small, a_cost("700.00", None))
    hotel = await a_vendor(books, "Mysore Hotel", gst_no=KARNATAKA_VENDOR)
    await a_bill(books, hotel, a_cost("2000.00", hsn_or_sac="996311"), place_of_supply="IN-KA")
    await an_expense(books, "900", tax_category="NON_GST")
    await itc_adjustments.enter(
        books,
        {
            "kind": "REVERSAL",
            "reason": "RULE_37",
            "account_id": await the(books, "1340"),
            "dated_on": on("2026-11-10"),
            "cgst_amount": Decimal(200),
            "sgst_amount": Decimal(200),
        },
    )


async def test_the_return_of_an_importer(books: Books) -> None:
    await an_importer(books)
    report = await gstr3b(books)

    assert (report["gstin"], report["period"], report["is_draft"]) == (MAHARASHTRA, "112026", True)
    assert (report["from_date"], report["to_date"], report["due_date"]) == ("2026-11-01", "2026-11-30", "2026-12-20")
    assert rows(report["outward_supplies"]) == {
        "3.1(a)": "70000 igst 3600 cgst 4500 sgst 4500",
        "3.1(b)": "10000",
        "3.1(c)": "3000",
        "3.1(d)": "18000 igst 1800 cgst 200 sgst 200",
    }
    assert report["interstate_supplies"] == [
        {
            "recipients": "UNREGISTERED",
            "place_of_supply": "IN-GJ",
            "taxable_value": Decimal(20000),
            "igst_amount": Decimal(3600),
        }
    ]
    itc = report["input_tax_credit"]
    assert rows(itc["available"]) == {
        "4(A)(1)": "igst 19980",
        "4(A)(2)": "igst 1800",
        "4(A)(3)": "cgst 200 sgst 200",
        "4(A)(5)": "cgst 1440 sgst 1440",
    }
    assert rows(itc["reversed"]) == {"4(B)(1)": "cgst 90 sgst 90", "4(B)(2)": "cgst 200 sgst 200"}
    assert told(itc["net"]) == "igst 21780 cgst 1350 sgst 1350"
    assert rows(itc["other_details"]) == {"4(D)(2)": "cgst 180 sgst 180"}
    assert [
        (row["table"], row["interstate_value"], row["intrastate_value"]) for row in report["exempt_inward_supplies"]
    ] == [("5(GST)", 700, 0), ("5(NONGST)", 0, 900)]


async def test_how_the_importer_pays(books: Books) -> None:
    """IGST 21,780 pays 3,600 of IGST, then all of the 4,500 and 4,500: 9,180 and CGST, SGST of 1,350 each are left.

    The tax on reverse charge, 1,800 and 200 and 200, is paid in cash.
    """
    await an_importer(books)
    payment = (await gstr3b(books))["payment"]

    igst, cgst, sgst, _cess = payment["rows"]
    assert (igst["payable"], igst["paid_through_igst"], igst["paid_in_cash"]) == (3600, 3600, 0)
    for row in (cgst, sgst):
        assert (row["payable"], row["paid_through_igst"], row["paid_in_cash"]) == (4500, 4500, 0)
        assert (row["reverse_charge_in_cash"], row["credit_left"]) == (200, 1350)
    assert (igst["credit_available"], igst["credit_left"], igst["reverse_charge_in_cash"]) == (21780, 9180, 1800)
    assert told(payment["cash_needed"]) == "igst 1800 cgst 200 sgst 200"
    assert payment["order"] == "ANY"


async def test_the_books_agree_with_the_return(books: Books) -> None:
    """Identity 8 of part 19: papers move the ledgers by what the return says; a set-off by hand is told apart."""
    await an_importer(books)
    await a_journal(books, debit("2230", "3600"), credit("1430", "3600"), date="2026-11-21")
    differences = {row["ledger"]: row for row in (await gstr3b(books))["differences"]}

    assert {name: told(row["posted"]) for name, row in differences.items()} == {
        "OUTPUT": "igst 3600 cgst 4500 sgst 4500",
        "REVERSE_CHARGE": "igst 1800 cgst 200 sgst 200",
        "INPUT": "igst 21780 cgst 1350 sgst 1350",
    }
    assert all(told(row["difference"]) == "" for row in differences.values())
    assert told(differences["INPUT"]["entered_by_hand"]) == "igst -3600"
    assert told(differences["OUTPUT"]["entered_by_hand"]) == "igst -3600"


async def test_the_file_of_the_importer(books: Books) -> None:
    await an_importer(books)
    file = await the_file(books)

    assert [*file] == ["gstin", "ret_period", "sup_details", "eco_dtls", "itc_elg", "inward_sup", "intr_ltfee"]
    assert (file["gstin"], file["ret_period"]) == (MAHARASHTRA, "112026")
    assert file["sup_details"] == {
        "osup_det": {"txval": 70000, "iamt": 3600, "camt": 4500, "samt": 4500, "csamt": 0},
        "osup_zero": {"txval": 10000, "iamt": 0, "csamt": 0},
        "osup_nil_exmp": {"txval": 3000},
        "isup_rev": {"txval": 18000, "iamt": 1800, "camt": 200, "samt": 200, "csamt": 0},
        "osup_nongst": {"txval": 0},
    }
    assert file["eco_dtls"] == {
        "eco_sup": {"txval": 0, "iamt": 0, "camt": 0, "samt": 0, "csamt": 0},
        "eco_reg_sup": {"txval": 0},
    }
    assert file["itc_elg"] == {
        "itc_avl": [
            {"ty": "IMPG", "iamt": 19980, "camt": 0, "samt": 0, "csamt": 0},
            {"ty": "IMPS", "iamt": 1800, "camt": 0, "samt": 0, "csamt": 0},
            {"ty": "ISRC", "iamt": 0, "camt": 200, "samt": 200, "csamt": 0},
            {"ty": "ISD", "iamt": 0, "camt": 0, "samt": 0, "csamt": 0},
            {"ty": "OTH", "iamt": 0, "camt": 1440, "samt": 1440, "csamt": 0},
        ],
        "itc_rev": [
            {"ty": "RUL", "iamt": 0, "camt": 90, "samt": 90, "csamt": 0},
            {"ty": "OTH", "iamt": 0, "camt": 200, "samt": 200, "csamt": 0},
        ],
        "itc_net": {"iamt": 21780, "camt": 1350, "samt": 1350, "csamt": 0},
        "itc_inelg": [
            {"ty": "RUL", "iamt": 0, "camt": 0, "samt": 0, "csamt": 0},
            {"ty": "OTH", "iamt": 0, "camt": 180, "samt": 180, "csamt": 0},
        ],
    }
    assert file["inward_sup"] == {
        "isup_details": [{"ty": "GST", "inter": 700, "intra": 0}, {"ty": "NONGST", "inter": 0, "intra": 900}]
    }
    assert file["intr_ltfee"] == {
        "intr_details": {"iamt": 0, "camt": 0, "samt": 0, "csamt": 0},
        "ltfee_details": {"camt": 0, "samt": 0},
    }


async def test_until_october_2025_the_file_has_table_3_2(books: Books) -> None:
    rajkot = await a_customer(books, "Ravi", billing_address={"state_code": "IN-GJ"})
    await an_approved_invoice(books, rajkot, a_line("1000.00"), dated_on=on("2025-10-03"))

    assert (await the_file(books, period="102025"))["inter_sup"] == {
        "unreg_details": [{"pos": "24", "txval": 1000, "iamt": 180}],
        "comp_details": [],
        "uin_details": [],
    }
    assert "inter_sup" not in await the_file(books, period="112025")


async def test_the_file_is_saved_under_its_name(books: Books) -> None:
    reply = await handlers.get_gstr3b_json(books, {**USUAL, "period": "112026"})

    assert reply.headers["Content-Disposition"] == f'attachment; filename="GSTR3B_{MAHARASHTRA}_112026.json"'


async def test_details_name_the_papers_and_the_rule(books: Books) -> None:
    await an_importer(books)
    details = (await gstr3b(books, details=True))["details"]

    by_table: dict[str, list[Json]] = {}
    for each in details:
        by_table.setdefault(each["table"], []).append(each)
    assert [each["document_type"] for each in by_table["3.1(a)"]] == ["INVOICE", "INVOICE"]
    (dinner,) = by_table["4(B)(1)"]
    assert (dinner["contact_name"], dinner["taxable_value"]) == ("Konkan Timber", 1000)
    assert "17(5)(b)(i)" in dinner["why"]
    assert dinner["drill_down"]["operation_id"] == "get_bill"
    assert by_table["4(A)(1)"][0]["drill_down"]["operation_id"] == "get_bill_of_entry"
    assert (await gstr3b(books))["details"] == []


async def test_notes_are_netted_and_3_2_nets_them_too(books: Books) -> None:
    """20,000 sold to a consumer in Gujarat and 5,000 credited: 15,000 and 2,700 in 3.1(a) and in 3.2."""
    rajkot = await a_customer(books, "Ravi", billing_address={"state_code": "IN-GJ"})
    invoice = await an_approved_invoice(books, rajkot, a_line("20000.00"))
    await a_credit_note(books, invoice, a_line("5000.00"))
    report = await gstr3b(books)

    assert rows(report["outward_supplies"]) == {"3.1(a)": "15000 igst 2700"}
    (row,) = report["interstate_supplies"]
    assert (row["taxable_value"], row["igst_amount"]) == (15000, 2700)


async def test_outward_reverse_charge_has_a_value_and_no_tax(books: Books) -> None:
    """Annex A 16 and 17: in 3.1(a) the value only, and not in 3.2."""
    buyer = await a_customer(books, "Surat Mills", gst_no=GUJARAT_BUYER, gst_treatment="COMPOSITION")
    await an_approved_invoice(books, buyer, a_line("8000.00", "5"), is_reverse_charge=True)
    report = await gstr3b(books)

    assert rows(report["outward_supplies"]) == {"3.1(a)": "8000"}
    assert report["interstate_supplies"] == []
    assert all(told(row["difference"]) == "" for row in report["differences"])


async def test_a_buyer_under_composition_in_another_state_is_told(books: Books) -> None:
    buyer = await a_customer(books, "Surat Mills", gst_no=GUJARAT_BUYER, gst_treatment="COMPOSITION")
    await an_approved_invoice(books, buyer, a_line("1000.00"))

    (row,) = (await gstr3b(books))["interstate_supplies"]
    assert (row["recipients"], row["place_of_supply"], row["igst_amount"]) == ("COMPOSITION", "IN-GJ", 180)


async def test_an_export_with_payment_of_tax(books: Books) -> None:
    buyer = await a_customer(books, "Colombo Imports", gst_treatment="OVERSEAS")
    await an_approved_invoice(books, buyer, a_line("1000.00"), is_export_with_payment=True)
    report = await gstr3b(books)

    assert rows(report["outward_supplies"]) == {"3.1(b)": "1000 igst 180"}
    assert report["payment"]["rows"][0]["payable"] == 180


async def test_credit_comes_from_the_ledger_or_is_said(books: Books) -> None:
    """October left 180 of credit; the portal, if asked, only 100."""
    await a_bill(books, await a_vendor(books), a_cost("1000.00"), dated_on=on("2026-10-31"))
    await an_approved_invoice(books, await a_customer(books), a_line("2000.00"))

    of_ledger = (await gstr3b(books))["payment"]
    assert told(of_ledger["opening_credit"]) == "cgst 90 sgst 90"
    assert told(of_ledger["cash_needed"]) == "cgst 90 sgst 90"
    of_portal = (await gstr3b(books, cgst_credit=Decimal(50), sgst_credit=Decimal(50)))["payment"]
    assert told(of_portal["cash_needed"]) == "cgst 130 sgst 130"


async def test_tax_is_paid_in_whole_rupees(books: Books) -> None:
    """Section 170: 9 % of 1,005.55 is 90.50, paid as 91."""
    await an_approved_invoice(books, await a_customer(books), a_line("1005.55"))
    report = await gstr3b(books)

    assert rows(report["outward_supplies"]) == {"3.1(a)": "1005.55 cgst 90.5 sgst 90.5"}
    assert told(report["payment"]["cash_needed"]) == "cgst 91 sgst 91"


async def test_paid_late_it_costs_interest_and_a_fee(books: Books) -> None:
    """36,500 of value, 3,285 and 3,285 in cash, ten days late: 16.20 of each; 25 a day and head."""
    await an_approved_invoice(books, await a_customer(books), a_line("36500.00"), dated_on=on("2026-10-05"))
    report = await gstr3b(books, period="102026", paid_on="2026-11-30")

    assert told(report["interest"]) == "cgst 16.2 sgst 16.2"
    assert told(report["late_fee"]) == "cgst 250 sgst 250"
    assert told(report["payment"]["cash_needed"]) == "cgst 3551.2 sgst 3551.2"
    in_time = await gstr3b(books, period="102026")
    assert (told(in_time["interest"]), told(in_time["late_fee"]), in_time["paid_on"]) == ("", "", None)


async def test_liability_is_told_by_the_month_of_the_documents(books: Books) -> None:
    """A quarter: 180 of October, 360 of November, and 90 on reverse charge in November."""
    shop = await a_customer(books)
    await an_approved_invoice(books, shop, a_line("1000.00"), dated_on=on("2026-10-05"))
    await an_approved_invoice(books, shop, a_line("2000.00"), dated_on=on("2026-11-05"))
    await an_expense(books, "500", is_rcm=True, rcm_rate=18, date="2026-11-06")
    report = await gstr3b(books, period="112026", frequency="QUARTERLY")

    assert (report["period"], report["due_date"]) == ("122026", "2027-01-22")
    assert [
        (row["period"], told(row["output_tax"]), told(row["reverse_charge"])) for row in report["liability_by_period"]
    ] == [("102026", "cgst 90 sgst 90", ""), ("112026", "cgst 180 sgst 180", "cgst 45 sgst 45")]


async def test_what_the_portal_would_refuse_is_said(books: Books) -> None:
    """Reversed and reclaimed before the statement knows it: nothing; credit without the tax cannot come from papers."""
    waits = {"account_id": await the(books, "1340"), "reason": "RULE_37", "igst_amount": Decimal(100)}
    await itc_adjustments.enter(books, {**waits, "kind": "REVERSAL", "dated_on": on("2026-10-10")})
    await itc_adjustments.enter(books, {**waits, "kind": "RECLAIM", "dated_on": on("2026-11-10")})
    report = await gstr3b(books)

    (reclaim, _) = report["statements"]
    assert (told(reclaim["opening"]), told(reclaim["taken"]), told(reclaim["closing"])) == ("igst 100", "igst 100", "")
    assert report["refusals"] == []
    assert rows(report["input_tax_credit"]["available"]) == {"4(A)(5)": "igst 100"}
    assert rows(report["input_tax_credit"]["other_details"]) == {"4(D)(1)": "igst 100"}


async def test_a_vendors_credit_note_reduces_credit(books: Books) -> None:
    bill = await a_bill(books, await a_vendor(books), a_cost("1000.00"), dated_on=on("2026-10-05"))
    await a_debit_note(books, bill, a_cost("400.00"))

    assert rows((await gstr3b(books))["input_tax_credit"]["available"]) == {"4(A)(5)": "cgst -36 sgst -36"}
