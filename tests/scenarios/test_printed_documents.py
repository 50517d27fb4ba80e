"""Documents of the books as sheets: read in few statements, with the figures of the books."""

from domain.books import Books
from domain.documents.kinds import INVOICE
from domain.documents.printing.look import Look
from domain.documents.printing.papers import sheet_of
from domain.documents.printing.sheet import Sheet
from tests.scenarios.builders import MAHARASHTRA_BUYER, a_customer, a_line, an_approved_invoice


def totals(sheet: Sheet) -> dict[str, str]:
    """The sum of a paper, by its labels."""
    return {total.label: total.value for total in sheet.totals}


async def test_an_invoice_within_a_state(books: Books) -> None:
    customer = await a_customer(books, gst_no=MAHARASHTRA_BUYER)
    invoice = await an_approved_invoice(books, customer, a_line("1250.00", quantity=3))

    sheet = await sheet_of(books, INVOICE, invoice.head.id, Look(), copies=3)

    assert (sheet.title, sheet.number) == ("Tax invoice", "INV/26-27/0001")
    assert sheet.copies == ("Original for recipient", "Duplicate for transporter", "Triplicate for supplier")
    assert totals(sheet) == {"Taxable value": "3,750.00", "CGST": "337.50", "SGST": "337.50", "Total": "₹4,425.00"}
    assert sheet.amount_in_words == "Rupees four thousand four hundred twenty-five only"
