"""What stands around the figures of a printed document: copies, addresses, ways to pay, banners, what we sign."""

from decimal import Decimal
from typing import Any

import pytest

from domain.books import Books
from domain.documents import lifecycle
from domain.documents.kinds import BILL, CREDIT_NOTE, INVOICE, KIND_NAMED, Kind
from domain.errors import NotFound
from domain.statements import Statement
from tests.domain.founded import KARNATAKA
from tests.scenarios.builders import (
    KARNATAKA_VENDOR,
    MAHARASHTRA_BUYER,
    a_bill,
    a_cost,
    a_credit_note,
    a_customer,
    a_draft,
    a_line,
    a_vendor,
    an_approved_invoice,
)
from tests.scenarios.money import a_payment
from tests.scenarios.papers import LOOK, facts, of, printed, sheet_of, totals


async def test_goods_have_three_marked_copies_and_services_two(books: Books) -> None:
    """Rule 48(1) and (2)."""
    customer = await a_customer(books)
    goods = await an_approved_invoice(books, customer, a_line("100.00"))
    service = await an_approved_invoice(books, customer, a_line("100.00", hsn_or_sac="998312"))

    assert (await printed(books, goods, copies=3)).copies == (
        "Original for recipient",
        "Duplicate for transporter",
        "Triplicate for supplier",
    )
    assert (await printed(books, service, copies=2)).copies == ("Original for recipient", "Duplicate for supplier")
    assert (await printed(books, goods)).marks == ("",)


async def test_goods_that_go_elsewhere_name_where(books: Books) -> None:
    """Rule 46(o)."""
    addresses = {
        "billing_address": {"address": "14 Laxmi Road", "city": "Pune", "zip": "411030", "state_code": "IN-MH"},
        "shipping_address": {"address": "MIDC Road", "city": "Hubballi", "state_code": "IN-KA", "gst_no": KARNATAKA},
    }
    customer = await a_customer(books, gst_no=MAHARASHTRA_BUYER)

    sheet = await printed(books, await an_approved_invoice(books, customer, a_line("100.00"), **addresses))

    billed, shipped = sheet.parties
    assert billed.address == ("14 Laxmi Road", "Pune 411030, Maharashtra, India")
    assert (shipped.heading, shipped.name) == ("Shipped to", "Deccan Retail")
    assert shipped.address == ("MIDC Road", "Hubballi, Karnataka, India")
    assert facts(shipped) == {"GSTIN": KARNATAKA, "State": "Karnataka (29)"}


async def test_what_is_open_can_be_paid_by_upi(books: Books) -> None:
    customer = await a_customer(books)
    invoice = await an_approved_invoice(books, customer, a_line("1000.00"))
    whole = await printed(books, invoice)
    assert whole.payment_code is not None
    assert whole.payment_code.caption == "Scan to pay ₹1,180.00"
    assert "&am=1180.00&cu=INR&tn=INV%2F26-27%2F0001&tr=INV26270001" in whole.payment_code.payload
    assert of(whole.bank) == {
        "Bank": "Bank of Maharashtra",
        "Account name": "Sahyadri Traders",
        "Account number": "60123456789",
        "IFSC": "MAHB0000123",
        "UPI": "sahyadri@upi",
    }

    await a_payment(books, customer, "1000", (invoice, "1000"))
    part = await printed(books, invoice)
    assert part.banner is not None and part.banner.text == "Partly paid"
    assert (totals(part)["Received"], totals(part)["Balance due"]) == ("-1,000.00", "₹180.00")
    assert part.payment_code is not None and "&am=180.00&" in part.payment_code.payload

    await a_payment(books, customer, "180", (invoice, "180"))
    paid = await printed(books, invoice)
    assert (paid.payment_code, totals(paid)["Balance due"]) == (None, "₹0.00")
    assert paid.banner is not None and (paid.banner.text, paid.banner.is_stamped) == ("Paid", False)


async def test_a_draft_has_no_number_no_signature_and_nothing_to_pay_with(books: Books) -> None:
    draft = await a_draft(books, await a_customer(books), a_line("1000.00"))

    sheet = await printed(books, draft)

    assert sheet.banner is not None and (sheet.banner.text, sheet.banner.is_stamped) == ("DRAFT", True)
    assert (sheet.number, sheet.file_name) == ("Draft", draft.head.id)
    assert (sheet.signature.picture, sheet.bank, sheet.payment_code) == (None, (), None)
    assert totals(sheet)["Total"] == "₹1,180.00"


async def test_a_cancelled_invoice_says_when_and_why(books: Books) -> None:
    invoice = await an_approved_invoice(books, await a_customer(books), a_line("1000.00"))
    await lifecycle.void(books, INVOICE, invoice.head.id, reason="The order was withdrawn.")

    sheet = await printed(books, invoice)

    assert sheet.banner is not None
    assert (sheet.banner.text, sheet.banner.note) == (
        "CANCELLED",
        "Cancelled on 21 Nov 2026: The order was withdrawn.",
    )
    assert (sheet.signature.picture, sheet.payment_code, sheet.number) == (None, None, "INV/26-27/0001")


async def test_what_stands_on_every_paper_comes_from_its_look(books: Books) -> None:
    invoice = await an_approved_invoice(books, await a_customer(books), a_line("1000.00"), notes="Handle with care.")

    sheet = await printed(books, invoice)

    assert (sheet.declaration, sheet.terms) == ("We declare that all particulars are true.", "Payment within 30 days.")
    assert (sheet.notes, sheet.footer) == ("Handle with care.", "www.sahyadri.example")
    assert (sheet.signature.for_whom, sheet.signature.name, sheet.signature.picture) == (
        "For Sahyadri Traders",
        "Meera Kulkarni",
        b"a picture",
    )


async def test_what_the_caller_keeps_for_himself_is_not_printed(books: Books) -> None:
    """Custom fields and tags have no label for people, and nobody has said that the customer may see them."""
    kept = {"custom_fields": {"margin": "41 %", "crm_id": "C-9917"}, "tags": ["bad payer"]}
    invoice = await an_approved_invoice(books, await a_customer(books), a_line("1000.00"), **kept)

    said = str(await printed(books, invoice))

    assert invoice.head.custom_fields == kept["custom_fields"]
    assert [word for word in ("margin", "41 %", "C-9917", "bad payer") if word in said] == []


async def test_a_document_has_terms_of_its_own_before_the_standing_ones(books: Books) -> None:
    invoice = await an_approved_invoice(books, await a_customer(books), a_line("1000.00"), terms="At once.")
    assert (await printed(books, invoice)).terms == "At once."


async def test_a_foreign_id_and_one_of_another_kind_are_not_found(books: Books) -> None:
    invoice = await an_approved_invoice(books, await a_customer(books), a_line("1000.00"))
    for kind, key in ((CREDIT_NOTE, invoice.head.id), (INVOICE, "inv_unknown")):
        with pytest.raises(NotFound):
            await sheet_of(books, kind, key, LOOK)


async def test_a_sheet_costs_two_statements(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    """The document with all around it, and what the e-invoice portal gave to it."""
    invoice = await an_approved_invoice(books, await a_customer(books), *[a_line("10.00")] * 50)
    note = await a_credit_note(books, invoice, a_line("5.00"))
    run = Books._execute
    asked: list[Statement] = []

    async def counted(self: Books, rows: Any, statement: Statement, values: dict[str, Any]) -> Any:
        asked.append(statement)
        return await run(self, rows, statement, values)

    monkeypatch.setattr(Books, "_execute", counted)
    await printed(books, note)
    assert len(asked) == 2


@pytest.mark.parametrize("vendor", [{"gst_treatment": "UNREGISTERED"}, {"gst_treatment": "OVERSEAS"}])
async def test_on_reverse_charge_from_who_is_not_registered_we_write_the_invoice(
    books: Books, vendor: dict[str, Any]
) -> None:
    """CGST Act, section 31(3)(f): 8,000 at 5 %, of which the supplier gets 8,000."""
    carrier = await a_vendor(books, "Ramesh Transport", **vendor)
    line = a_cost("8000.00", "5", name="Freight", hsn_or_sac="996511")
    bill = await a_bill(books, carrier, line, is_reverse_charge=True, reference_number="RT/77")

    sheet = await printed(books, bill, copies=1)

    assert (sheet.title, sheet.subtitle) == ("Self-invoice", "Tax invoice issued by the recipient")
    assert (sheet.number, facts(sheet)["Bill"]) == ("SI/26-27/0001", "BILL/26-27/0001")
    assert facts(sheet)["Supplier's number"] == "RT/77"
    assert (sheet.seller.heading, sheet.parties[0].heading) == ("Recipient", "Supplier")
    assert sheet.parties[0].name == "Ramesh Transport"
    assert sheet.notices == ("Issued by the recipient, because the supplier is not registered.",)
    assert sheet.statements == ("Tax is payable on reverse charge by the recipient; it is not part of the total.",)
    assert totals(sheet)["Total"] == "₹8,000.00"
    assert sheet.signature.name == "Meera Kulkarni"


async def test_a_vendors_bill_is_not_ours_to_sign(books: Books) -> None:
    bill = await a_bill(books, await a_vendor(books, gst_no=KARNATAKA_VENDOR), a_cost("1000.00"), reference_number="K7")

    sheet = await printed(books, bill)

    assert (sheet.title, sheet.number, facts(sheet)["Supplier's number"]) == ("Bill", "BILL/26-27/0001", "K7")
    assert facts(sheet.parties[0])["State"] == "Karnataka (29)", "his, though the place of supply is ours"
    assert (sheet.signature.for_whom, sheet.bank, sheet.terms, sheet.declaration) == ("", (), "", "")


async def test_tax_that_is_withheld_from_a_vendor_is_taken_off_what_is_owed(books: Books) -> None:
    bill = await a_bill(books, await a_vendor(books), a_cost("5000.00"), tds_section="1024", tds_percent=Decimal(2))

    assert totals(await printed(books, bill)) == {
        "Taxable value": "5,000.00",
        "CGST": "450.00",
        "SGST": "450.00",
        "Total": "₹5,900.00",
        "Tax deducted at source, s.393 (1024)": "-100.00",
        "Balance due": "₹5,800.00",
    }


def _every_kind() -> list[Kind]:
    return list(KIND_NAMED.values())


@pytest.mark.parametrize("kind", _every_kind(), ids=lambda kind: kind.name)
async def test_every_kind_is_printed_as_a_draft(books: Books, kind: Kind) -> None:
    """Its title, its total and its figures; a note without an original among them."""
    is_sale = "CUSTOMER" in kind.contact_types
    party = await (a_customer(books) if is_sale else a_vendor(books))
    said: dict[str, Any] = {"contact_id": party.id}
    if kind.corrects:
        said |= {"original_invoice_number": "OLD/7", "original_invoice_on": books.today, "original_invoice_total": 5000}
    draft = await lifecycle.draft(books, kind, said, [a_line("1000.00")])

    sheet = await printed(books, draft)

    assert sheet.banner is not None and sheet.banner.text == "DRAFT"
    assert totals(sheet)["Total"] == "₹1,180.00"
    assert (sheet.subtitle == "Against invoice OLD/7 of 21 Nov 2026") == (kind.corrects == INVOICE.name)
    assert (sheet.subtitle == "Against bill OLD/7 of 21 Nov 2026") == (kind.corrects == BILL.name)
