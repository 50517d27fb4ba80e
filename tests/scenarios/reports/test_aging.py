"""How old it is what stands open: buckets, days, payments and notes on account, and the control accounts."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from domain.books import Books
from domain.branches import open_branch
from domain.contacts import Contact
from domain.documents import crediting, lifecycle, write_offs
from domain.documents.document import Paper
from domain.documents.kinds import CREDIT_NOTE, INVOICE, Side
from domain.ledger.accounts import AccountRole, by_role
from domain.ledger.journals import Entry, Source, journal_as_entered
from domain.ledger.posting import post
from domain.payments import applying, voiding
from domain.reports.aging import AgedBy, Aging, aging
from domain.reports.slices import Wanted
from domain.values import Struct, asdict
from tests.domain.conftest import NOW
from tests.domain.founded import branches_of
from tests.scenarios.builders import a_bill, a_cost, a_customer, a_line, a_vendor, an_approved_invoice, on
from tests.scenarios.money import a_payment, asked
from tests.scenarios.reports.asking import scope_of

CONTRACTOR = "194C-OTHER"
Amounts = dict[str, str]
Said = dict[str, Any]


async def aged(books: Books, as_of: str, side: Side = Side.SALE, by: AgedBy = AgedBy.DUE_DATE, **said: Any) -> Aging:
    """The report as of a day, its net in agreement with the control accounts."""
    found = await aging(books, side, await scope_of(books, as_of, **said), by, Wanted())
    assert found.control is None or found.control.net == found.totals.net
    assert found.totals.net == sum((row.net for row in found.contacts.rows), Decimal(0))
    return found


def amounts(row: Struct) -> Amounts:
    """What is not nought, as people write it."""
    return {name: str(value) for name, value in asdict(row).items() if value and isinstance(value, Decimal)}


def of(found: Aging, contact: Contact | None) -> Amounts:
    """The amounts of one contact."""
    key = None if contact is None else contact.id
    return amounts(next(row for row in found.contacts.rows if row.contact_id == key))


async def an_invoice_of(books: Books, customer: Contact, rupees: str, **said: object) -> Paper:
    """An invoice without tax."""
    return await an_approved_invoice(books, customer, a_line(rupees, None, tax_category="EXEMPT"), **said)


async def test_a_payment_in_july_leaves_the_invoice_of_may_open_on_30_june(books: Books) -> None:
    """gst-rules, part 17: 1,000 of 1 May due 31 May, 400 paid on 5 July: open 1,000, 30 days past due."""
    asha = await a_customer(books, "Asha")
    invoice = await an_invoice_of(books, asha, "1000", dated_on=on("2026-05-01"), due_on=on("2026-05-31"))
    await a_payment(books, asha, "400", (invoice, "400"), dated_on=on("2026-07-05"))

    june, july = await aged(books, "2026-06-30"), await aged(books, "2026-07-05")

    assert of(june, asha) == {"days_1_30": "1000.00", "total": "1000.00", "net": "1000.00"}
    assert of(july, asha) == {"days_31_60": "600.00", "total": "600.00", "net": "600.00"}


async def test_day_90_belongs_to_61_to_90_and_the_due_date_is_current(books: Books) -> None:
    asha = await a_customer(books, "Asha")
    await an_invoice_of(books, asha, "100", dated_on=on("2026-04-01"), due_on=on("2026-04-30"))
    buckets = {
        "2026-04-30": "current",
        "2026-05-01": "days_1_30",
        "2026-05-30": "days_1_30",
        "2026-05-31": "days_31_60",
        "2026-06-29": "days_31_60",
        "2026-06-30": "days_61_90",
        "2026-07-29": "days_61_90",
        "2026-07-30": "days_over_90",
    }

    for day, bucket in buckets.items():
        assert of(await aged(books, day), asha) == {bucket: "100.00", "total": "100.00", "net": "100.00"}, day


async def test_age_may_count_from_the_date_of_the_document(books: Books) -> None:
    asha = await a_customer(books, "Asha")
    await an_invoice_of(books, asha, "100", dated_on=on("2026-04-01"), due_on=on("2026-06-30"))

    found = await aged(books, "2026-05-31", by=AgedBy.DOCUMENT_DATE)

    assert of(found, asha) == {"days_31_60": "100.00", "total": "100.00", "net": "100.00"}


async def test_what_is_dated_later_does_not_exist_yet(books: Books) -> None:
    asha = await a_customer(books, "Asha")
    await an_invoice_of(books, asha, "100", dated_on=on("2026-06-01"))
    await a_payment(books, asha, "40", dated_on=on("2026-06-02"))

    assert not (await aged(books, "2026-05-31")).contacts.rows
    assert of(await aged(books, "2026-06-01"), asha) == {"current": "100.00", "total": "100.00", "net": "100.00"}


async def test_drafts_and_voided_invoices_are_left_out(books: Books) -> None:
    asha = await a_customer(books, "Asha")
    await lifecycle.draft(books, INVOICE, {"contact_id": asha.id}, [a_line("100")])
    void = await an_invoice_of(books, asha, "100")
    await lifecycle.void(books, INVOICE, void.head.id, reason=None)

    assert not (await aged(books, "2026-12-31")).contacts.rows


async def test_payments_and_notes_on_account_reduce_the_net(books: Books) -> None:
    """1,000 due, a note of 150 of which 50 is applied, 300 received of which 100 is applied: 850 due, 100 and 200."""
    asha = await a_customer(books, "Asha")
    invoice = await an_invoice_of(books, asha, "1000", dated_on=on("2026-05-01"), due_on=on("2026-05-31"))
    line = a_line("150", None, tax_category="EXEMPT")
    said = {"contact_id": asha.id, "dated_on": on("2026-05-10")}
    note = await lifecycle.draft_and_approve(books, CREDIT_NOTE, said, [line])
    await crediting.apply(books, CREDIT_NOTE, note.head.id, invoice.head.id, amount=Decimal(50), on=on("2026-05-20"))
    await a_payment(books, asha, "300", (invoice, "100"), dated_on=on("2026-06-05"))

    assert of(await aged(books, "2026-06-30"), asha) == {
        "days_1_30": "850.00",
        "total": "850.00",
        "unapplied_notes": "100.00",
        "unapplied_payments": "200.00",
        "net": "550.00",
    }
    before_all_was_applied = {"current": "1000.00", "total": "1000.00", "unapplied_notes": "150.00", "net": "850.00"}
    assert of(await aged(books, "2026-05-15"), asha) == before_all_was_applied


async def test_the_tax_inside_an_advance_is_told_and_the_net_is_what_the_customer_paid(books: Books) -> None:
    """1,180 in advance for services: 1,000 stands with the advances, 180 with the output tax; net 1,180 in credit."""
    asha = await a_customer(books, "Asha")
    said: Said = {"payment_type": "ADVANCE", "is_service_advance": True, "dated_on": on("2026-05-01")}
    advance = await a_payment(books, asha, "1180", **said)

    found = await aged(books, "2026-05-31")

    assert of(found, asha) == {"unapplied_payments": "1180.00", "net": "-1180.00"}
    assert found.control is not None
    assert (str(found.control.balance), str(found.control.advances_balance)) == ("0.00", "1000.00")
    assert found.control.advance_tax == Decimal(180)

    invoice = await an_invoice_of(books, asha, "590", dated_on=on("2026-06-01"))
    await applying.apply(books, advance.payment.id, asked((invoice, "590")), on=on("2026-06-01"))
    found = await aged(books, "2026-05-31")
    assert found.totals.advance_tax == Decimal(180)
    found = await aged(books, "2026-06-30")
    assert found.totals.advance_tax == Decimal(90)


async def test_an_advance_that_was_paid_back_later_stood_open_then(books: Books) -> None:
    asha = await a_customer(books, "Asha")
    advance = await a_payment(books, asha, "500", payment_type="ADVANCE", dated_on=on("2026-05-01"))
    refund: Said = {"flow": "OUTGOING", "payment_type": "REFUND", "dated_on": on("2026-06-10")}
    await a_payment(books, asha, "500", (advance, "500"), **refund)

    assert of(await aged(books, "2026-05-31"), asha) == {"unapplied_payments": "500.00", "net": "-500.00"}
    assert not (await aged(books, "2026-06-30")).contacts.rows


async def test_a_written_off_debt_is_open_until_the_day_it_is_written_off(books: Books) -> None:
    asha = await a_customer(books, "Asha")
    invoice = await an_invoice_of(books, asha, "100", dated_on=on("2026-05-01"), due_on=on("2026-05-01"))
    await write_offs.write_off(
        books, INVOICE, invoice.head.id, amount=Decimal(60), on=on("2026-06-10"), reason="Insolvent"
    )

    assert of(await aged(books, "2026-05-31"), asha)["total"] == "100.00"
    assert of(await aged(books, "2026-06-10"), asha)["total"] == "40.00"


async def test_what_vendors_are_owed_is_net_of_the_tax_that_is_withheld(books: Books) -> None:
    """A bill of 5,000 and 18 %, less 2 % of 5,000: 5,800 is owed."""
    vendor = await a_vendor(books)
    said = {"tds_section": CONTRACTOR, "tds_percent": Decimal(2), "due_on": on("2026-03-31")}
    await a_bill(books, vendor, a_cost("5000"), dated_on=on("2026-03-01"), reference_number="K-1", **said)

    found = await aged(books, "2026-04-30", Side.PURCHASE)

    assert of(found, vendor) == {"days_1_30": "5800.00", "total": "5800.00", "net": "5800.00"}
    assert found.control is not None and found.control.balance == Decimal("5800.00")


async def test_what_a_contact_owed_before_the_books_began_ages_like_everything_else(books: Books) -> None:
    asha = await a_customer(books, "Asha")
    said = {"contact_id": asha.id, "is_opening_balance": True, "dated_on": on("2026-03-31"), "number": "OLD-1"}
    line = a_line("700", None, tax_category="EXEMPT")
    await lifecycle.draft_and_approve(books, INVOICE, said, [line])

    assert of(await aged(books, "2026-04-30"), asha) == {"days_1_30": "700.00", "total": "700.00", "net": "700.00"}


async def test_foreign_currency_stands_at_the_rate_of_the_document(books: Books) -> None:
    """100 dollars at 80, of which 40 are paid at 85: 60 dollars stand at 80."""
    buyer = await a_customer(books, "Colombo", gst_treatment="OVERSEAS", currency_code="USD")
    said = {"dated_on": on("2026-05-01"), "due_on": on("2026-05-01"), "exchange_rate": Decimal(80)}
    invoice = await an_approved_invoice(books, buyer, a_line("100", None, tax_category="EXEMPT"), **said)
    rate: Said = {"exchange_rate": Decimal(85), "currency_code": "USD"}
    await a_payment(books, buyer, "50", (invoice, "40"), dated_on=on("2026-06-05"), **rate)

    assert of(await aged(books, "2026-05-31"), buyer)["days_1_30"] == "8000.00"
    assert of(await aged(books, "2026-06-30"), buyer) == {
        "days_31_60": "4800.00",
        "total": "4800.00",
        "unapplied_payments": "850.00",
        "net": "3950.00",
    }


async def test_paise_that_rounding_left_on_the_ledger_are_entries_of_their_own(books: Books) -> None:
    """Three cents at 1.5 applied in December and then in November: on the ledger a paisa stands between."""
    buyer = await a_customer(books, "Colombo", gst_treatment="OVERSEAS", currency_code="USD")
    said = {"dated_on": on("2026-05-01"), "exchange_rate": Decimal("0.5")}
    invoice = await an_approved_invoice(books, buyer, a_line("0.09", None, tax_category="EXEMPT"), **said)
    rate: Said = {"exchange_rate": Decimal("0.5"), "currency_code": "USD", "dated_on": on("2026-05-01")}
    money = await a_payment(books, buyer, "0.09", payment_type="ADVANCE", **rate)
    await applying.apply(books, money.payment.id, asked((invoice, "0.01")), on=on("2026-12-05"))
    await applying.apply(books, money.payment.id, asked((invoice, "0.01")), on=on("2026-11-20"))

    found = await aged(books, "2026-11-25")

    assert found.totals.total - found.totals.unapplied_payments + found.totals.other_entries == found.totals.net


async def test_entries_on_control_accounts_without_a_document_keep_the_sum(books: Books) -> None:
    """Two entries that no paper stands behind: 70 of a customer, 30 of nobody."""
    asha = await a_customer(books, "Asha")
    await an_invoice_of(books, asha, "100", dated_on=on("2026-05-01"), due_on=on("2026-05-01"))
    roles = (AccountRole.ACCOUNTS_RECEIVABLE, AccountRole.SALES)
    receivable, sales = (await by_role(books, roles)).values()
    branch = (await branches_of(books))[0].id
    entries = [Entry(receivable, Decimal(70), asha.id), Entry(receivable, Decimal(30)), Entry(sales, Decimal(-100))]
    await post(books, journal_as_entered(books, Source(on("2026-05-02"), branch, "MANUAL", None, None), entries))

    found = await aged(books, "2026-05-31")

    assert of(found, asha) == {"days_1_30": "100.00", "total": "100.00", "other_entries": "70.00", "net": "170.00"}
    assert of(found, None) == {"other_entries": "30.00", "net": "30.00"}
    assert found.contacts.rows[-1].contact_name is None


async def test_of_a_branch_stands_what_its_documents_have_open(books: Books) -> None:
    asha = await a_customer(books, "Asha")
    await an_invoice_of(books, asha, "100")
    branch = (await branches_of(books))[0].id

    assert of(await aged(books, "2026-12-31", branch_id=branch), asha)["net"] == "100.00"
    assert (await aged(books, "2026-12-31", branch_id=branch)).control is None
    other = await open_branch(books, {"branch_name": "Pune", "state_code": "IN-MH"})
    assert not (await aged(books, "2026-12-31", branch_id=other.id)).contacts.rows


async def test_a_payment_taken_back_on_a_later_day_stands_until_then(books: Books) -> None:
    """590 due, 708 for services received on 2 June, 590 of it applied and 118 with 18 of tax left; void on 5 July."""
    asha = await a_customer(books, "Asha")
    service = a_line("500", name="Consulting", hsn_or_sac="998312")
    invoice = await an_approved_invoice(books, asha, service, dated_on=on("2026-05-01"), due_on=on("2026-05-31"))
    advance: Said = {"payment_type": "ADVANCE", "is_service_advance": True, "dated_on": on("2026-06-02")}
    money = await a_payment(books, asha, "708", **advance)
    await applying.apply(books, money.payment.id, asked((invoice, "590")), on=on("2026-06-03"))
    days = ("2026-06-01", "2026-06-02", "2026-06-30")
    before = [amounts((await aged(books, day)).totals) for day in days]

    await voiding.void(books, money.payment.id, reason="Bounced", on=on("2026-07-05"))

    assert [amounts((await aged(books, day)).totals) for day in days] == before
    assert of(await aged(books, "2026-07-05"), asha) == {"days_31_60": "590.00", "total": "590.00", "net": "590.00"}


async def test_the_report_of_then_is_what_was_known_then(books: Books) -> None:
    """An invoice of 100, paid with 130, the payment voided, the invoice voided: each report stays as it was."""
    asha = await a_customer(books, "Asha")
    told: list[list[Amounts]] = []

    async def tell() -> None:
        told.append([amounts(row) for row in (await aged(books, "2026-06-30")).contacts.rows])
        books.now += timedelta(hours=1)

    invoice = await an_invoice_of(books, asha, "100", dated_on=on("2026-05-01"))
    await tell()
    money = await a_payment(books, asha, "130", (invoice, "100"), dated_on=on("2026-06-02"))
    await tell()
    await voiding.void(books, money.payment.id, reason=None)
    await tell()
    await lifecycle.void(books, INVOICE, invoice.head.id, reason=None)
    await tell()

    assert [len(rows) for rows in told] == [1, 1, 1, 0]
    for hour, rows in enumerate(told):
        then = await aged(books, "2026-06-30", known_at=NOW + timedelta(hours=hour))
        assert [amounts(row) for row in then.contacts.rows] == rows, hour
    assert not (await aged(books, "2026-06-30", known_at=NOW - timedelta(hours=1))).contacts.rows


async def test_what_a_return_showed_is_open_until_the_day_it_is_taken_back(books: Books) -> None:
    """An invoice of May that is voided with effect from 10 July still stands on 30 June, as on the ledger."""
    asha = await a_customer(books, "Asha")
    invoice = await an_invoice_of(books, asha, "100", dated_on=on("2026-05-01"), due_on=on("2026-05-01"))
    await lifecycle.void(books, INVOICE, invoice.head.id, reason=None, on=on("2026-07-10"))

    assert of(await aged(books, "2026-06-30"), asha)["days_31_60"] == "100.00"
    assert not (await aged(books, "2026-07-10")).contacts.rows
