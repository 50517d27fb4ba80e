"""Payments on paper: receipts, and the vouchers of rules 50, 51 and 52 with all that these ask for."""

from decimal import Decimal

from domain.books import Books
from domain.documents.printing.look import Look
from domain.documents.printing.sheet import Sheet
from domain.payments import applying, voiding
from domain.payments.meeting import Change
from tests.scenarios.builders import (
    GUJARAT_BUYER,
    MAHARASHTRA_BUYER,
    a_bill,
    a_cost,
    a_credit_note,
    a_customer,
    a_line,
    a_vendor,
    an_approved_invoice,
    gst,
)
from tests.scenarios.money import a_payment, asked
from tests.scenarios.papers import facts, headings, rows, totals, voucher_of
from tests.scenarios.test_advances import ADVANCE, SERVICE


async def printed(books: Books, paid: Change, look: Look | None = None) -> Sheet:
    """The sheet of a payment."""
    return await voucher_of(books, paid.payment.id, look or Look())


async def test_a_receipt_tells_what_it_is_applied_to(books: Books) -> None:
    customer = await a_customer(books, gst_no=MAHARASHTRA_BUYER)
    first = await an_approved_invoice(books, customer, a_line("1000"))
    second = await an_approved_invoice(books, customer, a_line("2000"))
    paid = await a_payment(
        books,
        customer,
        "3300",
        (first, "1180"),
        (second, "2000"),
        mode="BANK",
        reference_number="UTR123",
        tds_amount=Decimal(20),
        tds_section="1031",
        bank_charges=Decimal(10),
        dated_on=books.today,
    )

    sheet = await printed(books, paid)

    assert (sheet.title, sheet.number, sheet.file_name) == ("Receipt", "RV/26-27/0001", "RV-26-27-0001")
    assert (sheet.parties[0].heading, sheet.parties[0].name) == ("Received from", "Deccan Retail")
    assert facts(sheet) == {
        "Receipt number": "RV/26-27/0001",
        "Date": "21 Nov 2026",
        "Mode": "Bank transfer",
        "Reference (UTR)": "UTR123",
        "Received into": "Bank account",
    }
    assert rows(sheet.lines) == [
        ["Invoice INV/26-27/0001", "21 Nov 2026", "1,180.00", "1,180.00"],
        ["Invoice INV/26-27/0002", "21 Nov 2026", "2,360.00", "2,000.00"],
        ["Total", "", "", "3,180.00"],
    ]
    assert totals(sheet) == {
        "Amount received": "₹3,300.00",
        "Tax deducted at source, s.393 (1031)": "20.00",
        "Bank charges": "10.00",
        "Settled in all": "3,330.00",
        "Not yet applied": "150.00",
    }
    assert sheet.amount_in_words == "Rupees three thousand three hundred only"


async def test_a_receipt_voucher_shows_the_tax_inside_an_advance(books: Books) -> None:
    """Rule 50: 11,800 from Gujarat hold IGST of 18 % on 10,000."""
    customer = await a_customer(books, gst_no=GUJARAT_BUYER)
    advance = await a_payment(books, customer, "11800", description="Design of a showroom", **ADVANCE)

    sheet = await printed(books, advance)

    assert (sheet.title, sheet.subtitle) == ("Receipt voucher", "Advance received")
    assert headings(sheet.lines) == ["For", "Rate", "Value", "IGST", "Amount"]
    assert rows(sheet.lines) == [["Design of a showroom", "18%", "10,000.00", "1,800.00", "11,800.00"]]
    assert (facts(sheet)["Place of supply"], facts(sheet)["Reverse charge"]) == ("Gujarat (24)", "No")
    assert facts(sheet.parties[0])["GSTIN"] == GUJARAT_BUYER
    assert sheet.tax_in_words == "Rupees one thousand eight hundred only"
    assert sheet.statements == ()


async def test_the_tax_of_an_advance_stays_as_received_when_it_is_applied(books: Books) -> None:
    customer = await a_customer(books)
    advance = await a_payment(books, customer, "11800", **ADVANCE)
    invoice = await an_approved_invoice(books, customer, a_line("20000", **SERVICE))
    await applying.apply(books, advance.payment.id, asked((invoice, "5900")), on=None)

    sheet = await printed(books, advance)

    assert rows(sheet.lines) == [["Advance for services", "18%", "10,000.00", "900.00", "900.00", "11,800.00"]]
    assert rows(sheet.further_tables[0]) == [
        ["Invoice INV/26-27/0001", "21 Nov 2026", "23,600.00", "5,900.00"],
        ["Total", "", "", "5,900.00"],
    ]
    assert totals(sheet)["Not yet applied"] == "5,900.00"


async def test_what_is_applied_at_once_of_an_advance_bears_no_tax_there(books: Books) -> None:
    """Of 11,800 an invoice takes 5,900 at once; the other 5,900 hold 18 % of 5,000."""
    customer = await a_customer(books)
    invoice = await an_approved_invoice(books, customer, a_line("5000", **SERVICE))
    advance = await a_payment(books, customer, "11800", (invoice, "5900"), **ADVANCE)

    sheet = await printed(books, advance)

    assert rows(sheet.lines) == [["Advance for services", "18%", "5,000.00", "450.00", "450.00", "5,900.00"]]


async def test_an_advance_for_goods_bears_no_tax(books: Books) -> None:
    """Notification 66/2017-CT."""
    advance = await a_payment(books, await a_customer(books), "5000", payment_type="ADVANCE")

    sheet = await printed(books, advance)

    assert (sheet.title, rows(sheet.lines)) == ("Receipt voucher", [["Advance received", "5,000.00"]])
    assert sheet.statements == ("No tax is payable on an advance for goods.",)


async def test_a_refund_voucher_names_the_receipt_and_its_tax(books: Books) -> None:
    """Rule 51: half of an advance of 11,800 goes back, with half of its tax."""
    customer = await a_customer(books)
    advance = await a_payment(books, customer, "11800", description="Design of a showroom", **ADVANCE)
    refund = await a_payment(books, customer, "5900", (advance, "5900"), flow="OUTGOING", payment_type="REFUND")

    sheet = await printed(books, refund)

    assert (sheet.title, sheet.subtitle) == ("Refund voucher", "Advance paid back")
    assert headings(sheet.lines) == ["For", "Rate", "Value", "CGST", "SGST", "Amount"]
    assert rows(sheet.lines) == [
        [
            "Receipt voucher RV/26-27/0001 of 21 Nov 2026|Design of a showroom",
            "18%",
            "5,000.00",
            "450.00",
            "450.00",
            "5,900.00",
        ]
    ]
    assert facts(sheet)["Reverse charge"] == "No"


async def test_a_refund_of_a_credit_note_is_no_refund_voucher(books: Books) -> None:
    customer = await a_customer(books)
    invoice = await an_approved_invoice(books, customer, a_line("1000"))
    await a_payment(books, customer, "1180", (invoice, "1180"))
    note = await a_credit_note(books, invoice, a_line("500"))
    refund = await a_payment(books, customer, "590", (note, "590"), flow="OUTGOING", payment_type="REFUND")

    sheet = await printed(books, refund)

    assert (sheet.title, sheet.subtitle) == ("Payment voucher", "Refund of a credit")
    assert rows(sheet.lines)[0] == ["Credit note CN/26-27/0001", "21 Nov 2026", "590.00", "590.00"]


async def test_a_payment_on_reverse_charge_shows_the_tax_that_the_payer_owes(books: Books) -> None:
    """Rule 52: freight of 8,000 at 5 % from a carrier without registration; he gets the value alone."""
    carrier = await a_vendor(books, gst_treatment="UNREGISTERED")
    bill = await a_bill(
        books, carrier, a_cost("8000", "5", name="Freight", hsn_or_sac="996511"), is_reverse_charge=True
    )
    paid = await a_payment(books, carrier, "8000", (bill, "8000"), flow="OUTGOING", mode="CHEQUE",
                           reference_number="000123")  # fmt: skip

    sheet = await printed(books, paid)

    assert (sheet.title, sheet.subtitle) == ("Payment voucher", "Tax payable on reverse charge")
    assert facts(sheet)["Cheque number"] == "000123"
    assert (facts(sheet)["Place of supply"], facts(sheet)["Reverse charge"]) == ("Maharashtra (27)", "Yes")
    assert rows(sheet.lines)[0] == ["Bill BILL/26-27/0001", "21 Nov 2026", "8,000.00", "8,000.00"]
    assert headings(sheet.further_tables[0]) == ["For", "Rate", "Value", "CGST", "SGST", "Tax payable"]
    assert rows(sheet.further_tables[0]) == [
        ["Bill BILL/26-27/0001|Freight", "5%", "8,000.00", "200.00", "200.00", "400.00"]
    ]
    assert sheet.statements == ("Tax on what is paid for is payable by the recipient on reverse charge.",)


async def test_a_cancelled_voucher_says_so_and_is_not_signed(books: Books) -> None:
    paid = await a_payment(books, await a_customer(books), "500", description="On account")
    await voiding.void(books, paid.payment.id, reason="Entered twice")

    sheet = await printed(books, paid, Look(signature=b"a picture", signatory_name="Meera Kulkarni"))

    assert sheet.banner is not None
    assert (sheet.banner.text, sheet.banner.note) == ("CANCELLED", "Cancelled on 21 Nov 2026: Entered twice")
    assert (sheet.signature.name, sheet.signature.picture) == ("Meera Kulkarni", None)
    assert rows(sheet.lines) == [["On account", "500.00"]]


async def test_money_in_another_currency_is_told_in_rupees_too(books: Books) -> None:
    buyer = await a_customer(books, gst_treatment="OVERSEAS", currency_code="USD")
    paid = await a_payment(
        books, buyer, "1000", currency_code="USD", exchange_rate=Decimal("84.5"), payment_type="ADVANCE"
    )

    sheet = await printed(books, paid)

    assert totals(sheet) == {
        "Advance received": "$1,000.00",
        "Not yet applied": "1,000.00",
        "Amount in rupees": "₹84,500.00",
    }
    assert facts(sheet)["Exchange rate"] == "1 USD = ₹84.50"
    assert sheet.amount_in_words == "US dollars one thousand only"


async def test_a_territory_without_a_legislature_names_its_own_tax(books: Books) -> None:
    """An advance for services in Chandigarh, from a firm of Maharashtra, bears IGST; gst() finds 18 %."""
    customer = await a_customer(books, billing_address={"state_code": "IN-CH"})
    advance = await a_payment(books, customer, "1180", tax_id=gst("18"), **ADVANCE)

    sheet = await printed(books, advance)

    assert facts(sheet)["Place of supply"] == "Chandigarh (04)"
    assert headings(sheet.lines)[3] == "IGST"
