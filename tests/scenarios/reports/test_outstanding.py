"""What is unpaid, document by document, with the days past due, in slices."""

from decimal import Decimal

from domain.books import Books
from domain.documents import lifecycle
from domain.documents.kinds import CREDIT_NOTE, Side
from domain.reports.aging import AgedBy, aging
from domain.reports.outstanding import Unpaid, outstanding
from domain.reports.slices import Wanted, walk
from tests.scenarios.builders import a_bill, a_cost, a_customer, a_line, a_vendor, an_approved_invoice, on
from tests.scenarios.money import a_payment
from tests.scenarios.reports.asking import scope_of

_ALL = Wanted()


async def test_unpaid_invoices_stand_by_customer_with_the_days_past_due(books: Books) -> None:
    """Asha owes 600 since 31 May and 118 from 30 June on, and has 50 in credit; Bala owes 236."""
    asha, bala = await a_customer(books, "Asha"), await a_customer(books, "Bala")
    may, june = {"dated_on": on("2026-05-01"), "due_on": on("2026-05-31")}, {"dated_on": on("2026-06-01")}
    old = await an_approved_invoice(books, asha, a_line("1000", None, tax_category="EXEMPT"), **may)
    new = await an_approved_invoice(books, asha, a_line("100"), due_on=on("2026-06-30"), **june)
    other = await an_approved_invoice(books, bala, a_line("200"), due_on=on("2026-06-29"), **june)
    money = await a_payment(books, asha, "450", (old, "400"), dated_on=on("2026-06-10"))

    found = await outstanding(books, Side.SALE, await scope_of(books, "2026-06-30"), _ALL)

    told = [(each.contact_name, each.number, each.days_past_due, str(each.balance)) for each in found.items.rows]
    assert told == [
        ("Asha", old.head.number, 30, "600.00"),
        ("Asha", money.payment.number, 0, "-50.00"),
        ("Asha", new.head.number, 0, "118.00"),
        ("Bala", other.head.number, 1, "236.00"),
    ]
    totals = found.totals
    assert (totals.document_count, str(totals.outstanding), str(totals.overdue)) == (3, "954.00", "836.00")
    assert (str(totals.unused_credits), str(totals.net)) == ("50.00", "904.00")


async def test_slices_follow_one_another_without_a_gap(books: Books) -> None:
    for name in ("Asha", "Bala", "Asha"):
        customer = await a_customer(books, name)
        for day in ("2026-05-01", "2026-05-01", "2026-04-01"):
            await an_approved_invoice(books, customer, a_line("100"), dated_on=on(day), due_on=on(day))
    scope = await scope_of(books, "2026-06-30")
    whole = (await outstanding(books, Side.SALE, scope, _ALL)).items.rows

    for size in (1, 2, 4, 8, 9, 10):
        after: tuple[str, ...] | None = None
        rows: list[Unpaid] = []
        while True:
            part = (await outstanding(books, Side.SALE, scope, Wanted(size, after))).items
            assert len(part.rows) <= size
            rows += part.rows
            if part.next_place is None:
                break
            after = part.next_place
        assert rows == whole

    async def read(wanted: Wanted):  # type: ignore[no-untyped-def]  # as the report is bound
        return (await outstanding(books, Side.SALE, scope, wanted)).items

    assert [row async for rows in walk(read) for row in rows] == whole


async def test_bills_are_listed_net_of_tax_withheld_and_debit_notes_below_nought(books: Books) -> None:
    vendor = await a_vendor(books)
    said = {"tds_section": "194C-OTHER", "tds_percent": Decimal(2), "due_on": on("2026-03-31")}
    await a_bill(books, vendor, a_cost("5000"), dated_on=on("2026-03-01"), reference_number="K-1", **said)

    scope = await scope_of(books, "2026-04-10")
    found = await outstanding(books, Side.PURCHASE, scope, _ALL, contact_id=vendor.id)

    (bill,) = found.items.rows
    assert (bill.entity_type, bill.reference_number, bill.days_past_due) == ("BILL", "K-1", 10)
    assert (str(bill.total), str(bill.balance)) == ("5900.00", "5800.00")


async def test_dollars_are_told_with_their_rupees_and_add_up_to_the_aging(books: Books) -> None:
    buyer = await a_customer(books, "Colombo", gst_treatment="OVERSEAS", currency_code="USD")
    said = {"dated_on": on("2026-05-01"), "exchange_rate": Decimal("83.25")}
    await an_approved_invoice(books, buyer, a_line("100.01", None, tax_category="EXEMPT"), **said)
    note = {"contact_id": buyer.id, **said}
    await lifecycle.draft_and_approve(books, CREDIT_NOTE, note, [a_line("10", None, tax_category="EXEMPT")])
    scope = await scope_of(books, "2026-06-30")

    found = await outstanding(books, Side.SALE, scope, _ALL)

    assert [(str(each.open_amount), str(each.balance)) for each in found.items.rows] == [
        ("-10.00", "-832.50"),
        ("100.01", "8325.83"),
    ]
    assert found.totals.net == (await aging(books, Side.SALE, scope, AgedBy.DUE_DATE, _ALL)).totals.net
