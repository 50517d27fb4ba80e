"""Notes, orders, estimates and challans on paper: what they refer to, until when they hold, and why goods leave."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from psycopg import AsyncConnection

from domain.books import Books
from domain.documents import lifecycle
from domain.documents.document import Paper
from domain.documents.kinds import (
    CREDIT_NOTE,
    CUSTOMER_DEBIT_NOTE,
    DELIVERY_CHALLAN,
    ESTIMATE,
    INVOICE,
    PURCHASE_ORDER,
    SALES_ORDER,
)
from domain.founding import sandbox_of
from domain.statements import Statement
from tests.domain.founded import MAHARASHTRA, a_firm
from tests.scenarios.builders import (
    MAHARASHTRA_BUYER,
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
from tests.scenarios.papers import facts, headings, of, printed, rows, totals
from tests.scenarios.test_conversion import an_open, made_of
from tests.scenarios.test_isd_invoices import an_isd_invoice, passed_on
from tests.scenarios.test_operators import PAID

NEVER = "Not registered: this document has no invoice reference number (IRN) yet, and without one it is not an invoice."


async def test_a_credit_note_names_the_invoice_and_the_reason(books: Books) -> None:
    """Rule 53(1A)(g): number and date of the invoice."""
    customer = await a_customer(books, gst_no=MAHARASHTRA_BUYER)
    invoice = await an_approved_invoice(books, customer, a_line("1000.00"), dated_on=on("2026-11-02"))
    note = await a_credit_note(books, invoice, a_line("500.00"), reason="SALES_RETURN")

    sheet = await printed(books, note)

    assert (sheet.title, sheet.subtitle) == ("Credit note", "Against invoice INV/26-27/0001 of 02 Nov 2026")
    assert {label: facts(sheet)[label] for label in ("Invoice corrected", "Invoice date", "Reason")} == {
        "Invoice corrected": "INV/26-27/0001",
        "Invoice date": "02 Nov 2026",
        "Reason": "Sales return",
    }
    assert totals(sheet) == {"Taxable value": "500.00", "CGST": "45.00", "SGST": "45.00", "Total": "₹590.00"}
    assert (sheet.parties[0].heading, sheet.bank, sheet.payment_code) == ("Credited to", (), None)


async def test_a_note_on_the_value_alone_adjusts_no_gst(books: Books) -> None:
    """CGST Act, section 34(2): after 30 November of the next year only the price can be corrected."""
    invoice = await an_approved_invoice(books, await a_customer(books), a_line("1000.00"))
    note = await a_credit_note(books, invoice, {"name": "Discount", "rate": Decimal(100)}, is_without_gst=True)

    sheet = await printed(books, note)

    assert (sheet.title, sheet.subtitle) == ("Credit note", "Commercial note, without GST")
    assert sheet.notices == ("This note changes the price alone; no GST is adjusted by it.",)
    assert (headings(sheet.lines)[-1], totals(sheet), sheet.taxes) == ("Amount", {"Total": "₹100.00"}, None)
    assert facts(sheet)["Invoice corrected"] == "INV/26-27/0001"


async def test_a_debit_note_to_a_customer_can_be_paid(books: Books) -> None:
    invoice = await an_approved_invoice(books, await a_customer(books), a_line("1000.00"))
    said = {"parent_id": invoice.head.id, "reason": "VALUE_CHARGED_SHORT"}
    note = await lifecycle.draft_and_approve(
        books, CUSTOMER_DEBIT_NOTE, said, [{"name": "Short", "rate": Decimal(100)}]
    )

    sheet = await printed(books, note)

    assert (sheet.title, sheet.subtitle) == ("Debit note", "Against invoice INV/26-27/0001 of 21 Nov 2026")
    assert facts(sheet)["Reason"] == "Value charged short"
    assert sheet.payment_code is not None and "&am=118.00&" in sheet.payment_code.payload


async def test_a_debit_note_to_a_vendor_names_the_bill_and_his_number(books: Books) -> None:
    bill = await a_bill(books, await a_vendor(books), a_cost("1000.00"), reference_number="KT/77")
    note = await a_debit_note(books, bill, a_cost("200.00"), reason="PURCHASE_RETURN", reference_number="KT-CN/3")

    sheet = await printed(books, note)

    assert (sheet.title, sheet.subtitle) == ("Debit note", "Against bill BILL/26-27/0001 of 21 Nov 2026")
    assert {label: facts(sheet)[label] for label in ("Supplier's credit note", "Supplier's number", "Reason")} == {
        "Supplier's credit note": "KT-CN/3",
        "Supplier's number": "KT/77",
        "Reason": "Purchase return",
    }
    assert sheet.statements == ("The buyer's own note: tax is adjusted by the credit note of the supplier.",)
    assert sheet.signature.for_whom == "For Sahyadri Traders"


async def test_a_reason_in_free_words_stays_as_it_is(books: Books) -> None:
    invoice = await an_approved_invoice(books, await a_customer(books), a_line("1000.00"))
    note = await a_credit_note(books, invoice, a_line("10.00"), reason="Two legs were LOOSE")
    assert facts(await printed(books, note))["Reason"] == "Two legs were LOOSE"


async def test_an_estimate_says_until_when_it_holds(books: Books) -> None:
    customer = await a_customer(books)
    estimate = await an_open(books, ESTIMATE, customer, a_line("1000.00"), due_on=on("2026-12-21"))

    sheet = await printed(books, estimate)

    assert (sheet.title, facts(sheet)["Valid until"]) == ("Estimate", "21 Dec 2026")
    assert (sheet.statements, sheet.terms) == (("This is not a tax invoice.",), "Payment within 30 days.")
    assert sheet.declaration == "", "that is of invoices"
    assert "Reverse charge" not in facts(sheet), "so is that"


async def test_an_order_says_what_it_was_made_of(books: Books) -> None:
    estimate = await an_open(books, ESTIMATE, await a_customer(books), a_line("1000.00"))
    order = await made_of(books, ESTIMATE, estimate, into="SALES_ORDER")

    assert facts(await printed(books, order))["Made of"] == "Estimate EST/26-27/0001"
    converted = await printed(books, estimate)
    assert converted.banner is not None and (converted.banner.text, converted.banner.is_stamped) == ("Converted", False)


async def test_a_purchase_order_says_where_and_when_to_deliver(books: Books) -> None:
    address = {
        "attention": "Gate 2",
        "address": "Plot 9, MIDC",
        "city": "Nashik",
        "zip": "422007",
        "state_code": "IN-MH",
        "phone": "0253 1",
    }
    order = await an_open(
        books,
        PURCHASE_ORDER,
        await a_vendor(books),
        a_cost("1000.00"),
        due_on=on("2026-12-05"),
        shipping_address=address,
    )

    sheet = await printed(books, order)

    assert (sheet.title, facts(sheet)["Expected delivery"]) == ("Purchase order", "05 Dec 2026")
    vendor, place = sheet.parties
    assert (vendor.heading, place.heading, place.name) == ("Supplier", "Deliver to", "Gate 2")
    assert place.address == ("Plot 9, MIDC", "Nashik 422007, Maharashtra, India")
    assert facts(place) == {"State": "Maharashtra (27)", "Phone": "0253 1"}


TAXED = ["22.50|9%", "22.50|9%", "295.00"]
VALUED = ["250.00"]


@pytest.mark.parametrize(
    ("purpose", "words", "notices", "amounts", "total"),
    [
        ("JOB_WORK", "Job work", ("Goods sent for job work; this is not a supply.",), VALUED, "Value of the goods"),
        (
            "SUPPLY_ON_APPROVAL",
            "Supply on approval",
            ("Goods sent on approval, for sale or return; this is not yet a supply.",),
            VALUED,
            "Value of the goods",
        ),
        (
            "LIQUID_GAS",
            "Supply of liquid gas",
            ("The quantity is provisional: it is not known when the goods are removed.",),
            ["250.00", *TAXED],
            "Total",
        ),
        ("OTHER", "Other than by way of supply, or ahead of the invoice", (), ["250.00", *TAXED], "Total"),
    ],
)
async def test_a_challan_has_the_contents_of_rule_55(
    books: Books, purpose: str, words: str, notices: tuple[str, ...], amounts: list[str], total: str
) -> None:
    """Tax only where the goods go for supply to the consignee (rule 55(1)(vii))."""
    challan = await an_open(
        books,
        DELIVERY_CHALLAN,
        await a_customer(books, gst_no=MAHARASHTRA_BUYER),
        a_line("100.00", quantity=Decimal("2.5"), unit="tonne"),
        challan_purpose=purpose,
    )

    sheet = await printed(books, challan, copies=3)

    assert (sheet.title, facts(sheet)["Challan number"], facts(sheet)["Purpose"]) == (
        "Delivery challan",
        "DC/26-27/0001",
        words,
    )
    assert sheet.copies == ("Original for consignee", "Duplicate for transporter", "Triplicate for consigner")
    assert (sheet.parties[0].heading, sheet.notices) == ("Consignee", notices)
    assert rows(sheet.lines)[0] == [
        *("1", "Furniture", "940360", "2.5|tonne (TON)", "100.00"), *amounts
    ]  # fmt: skip
    assert totals(sheet)[total] == f"₹{amounts[-1]}"
    assert "This is not a tax invoice." in sheet.statements


async def test_goods_that_stay_in_the_same_registration_bear_no_tax(books: Books) -> None:
    """Section 25(4): a place of the same registration is no other person, so nothing is supplied to it."""
    warehouse = await a_customer(books, gst_no=MAHARASHTRA)
    challan = await an_open(books, DELIVERY_CHALLAN, warehouse, a_line("100.00"), challan_purpose="OTHER")

    sheet = await printed(books, challan)

    assert (totals(sheet), sheet.taxes, sheet.tax_in_words) == ({"Value of the goods": "₹100.00"}, None, "")
    assert sheet.amount_in_words == "Rupees one hundred only"


async def test_a_sales_order_says_when_it_ships(books: Books) -> None:
    order = await an_open(
        books, SALES_ORDER, await a_customer(books), a_line("1000.00"), due_on=on("2026-12-01"), reference_number="PO-7"
    )
    assert {**facts(await printed(books, order))}.items() >= {
        "Expected shipment": "01 Dec 2026",
        "Reference": "PO-7",
    }.items()


async def test_tax_that_an_operator_owes_is_not_in_the_total(books: Books) -> None:
    """CGST Act, section 9(5)."""
    meal = a_line("1000.00", "5", name="Meal", hsn_or_sac="996331")
    invoice = await an_approved_invoice(books, await a_customer(books), meal, **PAID)

    sheet = await printed(books, invoice)

    assert totals(sheet) == {
        "Taxable value": "1,000.00",
        "CGST (not in the total)": "25.00",
        "SGST (not in the total)": "25.00",
        "Total": "₹1,000.00",
    }
    assert sheet.statements[0].startswith("Tax on this supply is payable by the electronic commerce operator")
    assert facts(sheet)["Operator's GSTIN"] == PAID["ecommerce_operator_gst_no"]


async def test_a_distributors_invoice_passes_on_tax_alone(books: Books) -> None:
    """Rule 54(1)."""
    bill = await an_isd_invoice(books, passed_on(igst="180.00", cgst="9.00", sgst="9.00"))

    sheet = await printed(books, bill)

    assert (sheet.title, sheet.subtitle) == ("Bill", "Invoice of an input service distributor")
    assert headings(sheet.lines) == ["#", "Item", "CGST", "SGST", "IGST", "Amount"]
    assert rows(sheet.lines)[0] == ["1", "Audit fee", "9.00", "9.00", "180.00", "198.00"]
    assert (sheet.notices, totals(sheet)["Total"]) == (
        ("This invoice passes on input tax credit and tells of no supply.",),
        "₹198.00",
    )


_TAKES_PART = Statement("update branches set is_einvoicing_enabled = true where organization_id = %(organization_id)s")
_REGISTERED = Statement(
    """
insert into einvoices (organization_id, document_id, gst_no, document_type, errors, irn, ack_number, acknowledged_at,
                       signed_invoice, signed_qr, is_simulated, cancelled_at, created_at, modified_at)
values (%(organization_id)s, %(id)s, '27AAPFU0939F1ZV', 'INV', '[]', 'a1b2', '112610012345678', %(now)s, 'x.y.z',
        'q.r.s', %(is_simulated)s, %(cancelled_at)s, %(now)s, %(now)s)
"""
)


_STANDS = Statement(
    "update documents set einvoice_status = %(status)s, irn = %(irn)s"
    " where organization_id = %(organization_id)s and id = %(id)s"
)


async def an_einvoice(books: Books, **facts_of: Any) -> Paper:
    """An invoice that the portal has registered."""
    await books.run(_TAKES_PART)
    customer = await a_customer(books, gst_no=MAHARASHTRA_BUYER)
    invoice = await an_approved_invoice(books, customer, a_line("1000.00"))
    at = datetime(2026, 11, 21, 6, 35, tzinfo=UTC)
    said = {"is_simulated": False, "cancelled_at": None, **facts_of}
    await books.run(_REGISTERED, id=invoice.head.id, now=at, **said)
    status = "CANCELLED" if said["cancelled_at"] else "REGISTERED"
    await books.run(_STANDS, id=invoice.head.id, status=status, irn="a1b2")
    return invoice


async def test_an_invoice_that_has_to_be_registered_says_that_it_is_not(books: Books) -> None:
    """Rule 48(5)."""
    await books.run(_TAKES_PART)
    customer = await a_customer(books, gst_no=MAHARASHTRA_BUYER)
    invoice = await an_approved_invoice(books, customer, a_line("1000.00"))
    note = await a_credit_note(books, invoice, a_line("10.00"))
    for paper, status in ((invoice, "PENDING"), (note, "FAILED")):
        await books.run(_STANDS, id=paper.head.id, status=status, irn=None)
    draft = await lifecycle.draft(books, INVOICE, {"contact_id": customer.id}, [a_line("1000.00")])

    assert (await printed(books, invoice)).notices == (NEVER,)
    assert (await printed(books, note)).notices == (NEVER,)
    assert (await printed(books, draft)).notices == ()


async def test_an_einvoice_shows_what_the_portal_gave(books: Books) -> None:
    """Rule 46(r): the signed text goes into the code unchanged."""
    sheet = await printed(books, await an_einvoice(books))

    assert sheet.einvoice is not None
    assert of(sheet.einvoice.facts) == {
        "IRN": "a1b2",
        "Ack no.": "112610012345678",
        "Ack date": "21 Nov 2026, 12:05",
    }
    assert (sheet.einvoice.signed_qr, sheet.notices) == ("q.r.s", ())


async def test_a_simulated_registration_says_so(books: Books) -> None:
    sheet = await printed(books, await an_einvoice(books, is_simulated=True))
    assert sheet.notices == ("Registered with a simulated portal: no registration in law.",)


async def test_a_cancelled_registration_has_no_code(books: Books) -> None:
    at = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
    invoice = await an_einvoice(books, cancelled_at=at)
    await lifecycle.void(books, INVOICE, invoice.head.id, reason="Entered twice.")

    sheet = await printed(books, invoice)

    assert (sheet.einvoice, sheet.notices) == (
        None,
        ("The registration of this e-invoice was cancelled on 21 Nov 2026, 13:30 (IRN a1b2).",),
    )


async def test_who_registers_invoices_declares_why_this_one_is_not(books: Books) -> None:
    """Rule 46(s): a sale to a consumer."""
    await books.run(_TAKES_PART)
    invoice = await an_approved_invoice(books, await a_customer(books), a_line("1000.00"))

    sheet = await printed(books, invoice)

    assert sheet.notices == ()
    assert sheet.statements[0].startswith("I/We hereby declare that though our aggregate turnover")


@pytest.mark.parametrize(("turnover", "declares"), [("50000000", 0), ("50000001", 1)])
async def test_a_unit_of_an_sez_above_five_crore_declares_it_as_well(
    connection: AsyncConnection[Any], turnover: str, declares: int
) -> None:
    """Notification 13/2020-CT: such a unit need not register invoices."""
    books = await a_firm(connection, registration_type="SEZ", aggregate_turnover=Decimal(turnover))
    customer = await a_customer(books, gst_no=MAHARASHTRA_BUYER)
    invoice = await an_approved_invoice(books, customer, a_line("1000.00"))
    assert len((await printed(books, invoice)).statements) == declares


async def test_a_paper_of_a_sandbox_is_a_sample(books: Books) -> None:
    sandbox = await sandbox_of(books)
    invoice = await an_approved_invoice(sandbox, await a_customer(sandbox), a_line("1000.00"))
    sheet = await printed(sandbox, invoice)
    assert sheet.banner is not None and (sheet.banner.text, sheet.banner.is_stamped) == ("SAMPLE", True)


async def test_the_lawful_name_stands_beside_the_trade_name(connection: AsyncConnection[Any]) -> None:
    """Rule 46(a)."""
    books = await a_firm(connection, legal_name="Sahyadri Workspaces Private Limited")
    invoice = await an_approved_invoice(books, await a_customer(books), a_line("1000.00"))

    sheet = await printed(books, invoice)

    assert sheet.seller.name == "Sahyadri Traders"
    assert facts(sheet.seller) == {
        "Legal name": "Sahyadri Workspaces Private Limited",
        "Branch": "Head office",
        "GSTIN": "27AAPFU0939F1ZV",
        "PAN": "AAPFU0939F",
        "State": "Maharashtra (27)",
    }
    assert sheet.signature.for_whom == "For Sahyadri Workspaces Private Limited"


async def test_the_same_paper_is_printed_on_any_day(books: Books) -> None:
    """Whether it is late depends on the day, so it is not printed: a kept PDF stays right."""
    invoice = await an_approved_invoice(books, await a_customer(books, payment_terms=7), a_line("1000.00"))
    early = await printed(books, invoice)
    books.today += timedelta(days=60)
    assert await printed(books, invoice) == early
    assert CREDIT_NOTE.statuses.late is None
