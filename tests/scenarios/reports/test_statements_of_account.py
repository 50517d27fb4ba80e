"""The statement of a contact: opening, what moved, the running balance, closing; as the ledger has it."""

from decimal import Decimal
from typing import Any

from domain.books import Books
from domain.contacts import Contact
from domain.documents import crediting, lifecycle, write_offs
from domain.documents.kinds import CREDIT_NOTE, INVOICE, Side
from domain.payments import applying, voiding
from domain.reports.aging import AgedBy, aging
from domain.reports.slices import Wanted
from domain.reports.statements_of_account import Entry, StatementOfAccount, statement_of_account
from tests.scenarios.builders import (
    a_bill,
    a_cost,
    a_credit_note,
    a_customer,
    a_line,
    a_vendor,
    an_approved_invoice,
    on,
)
from tests.scenarios.money import a_payment, asked
from tests.scenarios.reports.asking import scope_of, span_of

MAY = ("2026-05-01", "2026-05-31")
_ALL = Wanted()


async def stated(books: Books, contact: Contact, *days: str) -> StatementOfAccount:
    """The statement of May, or of other days."""
    return await statement_of_account(books, await span_of(books, *(days or MAY)), contact.id, _ALL)


def told(found: StatementOfAccount) -> list[tuple[str, ...]]:
    """Each entry: its day, what it is, debit, credit and the balance after it."""
    return [
        (str(row.booked_on), row.entry_type, str(row.debit), str(row.credit), str(row.balance))
        for row in found.entries.rows
    ]


async def net(books: Books, contact: Contact, day: str, side: Side = Side.SALE) -> Decimal:
    """What the aging report says of a contact."""
    found = await aging(books, side, await scope_of(books, day), AgedBy.DUE_DATE, _ALL)
    return next((row.net for row in found.contacts.rows if row.contact_id == contact.id), Decimal(0))


async def test_a_customers_account_from_what_was_open_to_what_is(books: Books) -> None:
    """118 of April, 1,180 and 236 of May, a note of 118, 700 received, 36 written off: 680 is left."""
    asha = await a_customer(books, "Asha")
    await an_approved_invoice(books, asha, a_line("100"), dated_on=on("2026-04-10"))
    invoice = await an_approved_invoice(books, asha, a_line("1000"), dated_on=on("2026-05-02"))
    small = await an_approved_invoice(books, asha, a_line("200"), dated_on=on("2026-05-03"))
    note = await a_credit_note(books, invoice, a_line("100"), dated_on=on("2026-05-05"))
    await crediting.apply(books, CREDIT_NOTE, note.head.id, invoice.head.id, amount=None, on=on("2026-05-06"))
    await a_payment(books, asha, "700", (invoice, "600"), dated_on=on("2026-05-20"))
    await write_offs.write_off(books, INVOICE, small.head.id, amount=Decimal(36), on=on("2026-05-30"), reason=None)
    await an_approved_invoice(books, asha, a_line("77"), dated_on=on("2026-06-01"))

    found = await stated(books, asha)

    assert told(found) == [
        ("2026-05-02", "INVOICE", "1180.00", "0.00", "1298.00"),
        ("2026-05-03", "INVOICE", "236.00", "0.00", "1534.00"),
        ("2026-05-05", "CREDIT_NOTE", "0.00", "118.00", "1416.00"),
        ("2026-05-20", "PAYMENT", "0.00", "700.00", "716.00"),
        ("2026-05-30", "WRITE_OFF", "0.00", "36.00", "680.00"),
    ]
    totals = found.totals
    assert (str(totals.opening_balance), str(totals.closing_balance)) == ("118.00", "680.00")
    assert (str(totals.debit), str(totals.credit)) == ("1416.00", "854.00")
    assert totals.closing_balance == await net(books, asha, "2026-05-31")


async def test_what_was_taken_back_leaves_no_trace(books: Books) -> None:
    asha = await a_customer(books, "Asha")
    invoice = await an_approved_invoice(books, asha, a_line("100"), dated_on=on("2026-05-02"))
    money = await a_payment(books, asha, "118", (invoice, "118"), dated_on=on("2026-05-03"))
    await voiding.void(books, money.payment.id, reason=None)
    await lifecycle.void(books, INVOICE, invoice.head.id, reason=None)

    assert told(await stated(books, asha)) == []


async def test_an_advance_for_services_counts_with_the_tax_inside(books: Books) -> None:
    asha = await a_customer(books, "Asha")
    said: dict[str, Any] = {"payment_type": "ADVANCE", "is_service_advance": True, "dated_on": on("2026-05-01")}
    advance = await a_payment(books, asha, "1180", **said)
    invoice = await an_approved_invoice(books, asha, a_line("500"), dated_on=on("2026-05-10"))
    await applying.apply(books, advance.payment.id, asked((invoice, "590")), on=on("2026-05-11"))

    assert told(await stated(books, asha)) == [
        ("2026-05-01", "PAYMENT", "0.00", "1180.00", "-1180.00"),
        ("2026-05-10", "INVOICE", "590.00", "0.00", "-590.00"),
    ]


async def test_an_exchange_difference_stands_on_the_day_it_is_realised(books: Books) -> None:
    """100 dollars at 80, an advance of 100 at 85 applied on 20 May: 500 of loss less than was advanced."""
    buyer = await a_customer(books, "Colombo", gst_treatment="OVERSEAS", currency_code="USD")
    said = {"dated_on": on("2026-05-01"), "exchange_rate": Decimal(80)}
    invoice = await an_approved_invoice(books, buyer, a_line("100", None, tax_category="EXEMPT"), **said)
    rate: dict[str, Any] = {"exchange_rate": Decimal(85), "currency_code": "USD", "payment_type": "ADVANCE"}
    money = await a_payment(books, buyer, "100", dated_on=on("2026-05-05"), **rate)
    await applying.apply(books, money.payment.id, asked((invoice, "100")), on=on("2026-05-20"))

    assert told(await stated(books, buyer)) == [
        ("2026-05-01", "INVOICE", "8000.00", "0.00", "8000.00"),
        ("2026-05-05", "PAYMENT", "0.00", "8500.00", "-500.00"),
        ("2026-05-20", "EXCHANGE_DIFFERENCE", "500.00", "0.00", "0.00"),
    ]


async def test_what_a_vendor_is_owed_stands_below_nought(books: Books) -> None:
    vendor = await a_vendor(books)
    said = {"tds_section": "1024", "tds_percent": Decimal(2), "reference_number": "K-1"}
    bill = await a_bill(books, vendor, a_cost("5000"), dated_on=on("2026-05-02"), **said)
    await a_payment(books, vendor, "5000", (bill, "5000"), flow="OUTGOING", dated_on=on("2026-05-20"))

    found = await stated(books, vendor)

    assert told(found) == [
        ("2026-05-02", "BILL", "0.00", "5800.00", "-5800.00"),
        ("2026-05-20", "PAYMENT", "5000.00", "0.00", "-800.00"),
    ]
    assert found.entries.rows[0].reference_number == "K-1"
    assert found.totals.closing_balance == -await net(books, vendor, "2026-05-31", Side.PURCHASE)


async def test_the_running_balance_goes_on_from_slice_to_slice(books: Books) -> None:
    asha = await a_customer(books, "Asha")
    for day in ("02", "02", "01", "04"):
        await an_approved_invoice(books, asha, a_line("100"), dated_on=on(f"2026-05-{day}"))
    scope = await span_of(books, *MAY)
    whole = (await statement_of_account(books, scope, asha.id, _ALL)).entries.rows

    after: tuple[str, ...] | None = None
    rows: list[Entry] = []
    while True:
        part = (await statement_of_account(books, scope, asha.id, Wanted(3, after))).entries
        rows += part.rows
        after = part.next_place
        if after is None:
            break

    assert rows == whole
    assert [str(row.balance) for row in rows] == ["118.00", "236.00", "354.00", "472.00"]
