"""An invoice from draft to void, and what is refused on the way."""

from datetime import timedelta
from decimal import Decimal

import pytest

from domain import registers
from domain.books import Books
from domain.catalog import ITEMS
from domain.contacts import CONTACTS
from domain.documents import lifecycle, numbering
from domain.documents.kinds import INVOICE
from domain.documents.reading import find_for_change
from domain.documents.status import status_today
from domain.errors import Failed, InvalidState, NotFound, PeriodLocked, Refusal, Required, VersionMismatch
from domain.statements import Statement
from tests.scenarios.builders import (
    GUJARAT_BUYER,
    a_customer,
    a_draft,
    a_line,
    amounts,
    an_approved_invoice,
    entries_of,
    gst,
    on,
    trial_balance,
)


async def test_an_item_and_a_quantity_are_enough(books: Books) -> None:
    item = await registers.add(
        books,
        ITEMS,
        {"item_name": "Desk", "rate": Decimal("4500"), "unit": "pcs", "hsn_or_sac": "940330", "tax_id": gst("18")},
    )
    invoice = await a_draft(books, await a_customer(books), {"item_id": item.id, "quantity": Decimal(2)})

    line = invoice.lines[0]
    assert (line.name, str(line.rate), line.unit_code, line.hsn_or_sac) == ("Desk", "4500", "PCS", "940330")
    assert amounts(invoice.head)["total"] == "10620.00"


async def test_what_is_sent_goes_before_what_the_item_says(books: Books) -> None:
    item = await registers.add(
        books, ITEMS, {"item_name": "Desk", "rate": Decimal("4500"), "hsn_or_sac": "940330", "tax_id": gst("18")}
    )
    sent = {"item_id": item.id, "rate": Decimal("4000"), "name": "Desk, used", "tax_id": gst("5")}
    line = (await a_draft(books, await a_customer(books), sent)).lines[0]

    assert (line.name, str(line.taxable_amount), line.tax_name) == ("Desk, used", "4000.00", "GST 5%")


async def test_numbers_follow_each_other_in_the_series_of_the_branch(books: Books) -> None:
    customer = await a_customer(books)
    numbers = [(await an_approved_invoice(books, customer, a_line("10.00"))).head.number for _ in range(3)]

    assert numbers == ["INV/26-27/0001", "INV/26-27/0002", "INV/26-27/0003"]
    assert (await numbering.series(books, INVOICE))[0].next_number == "INV/26-27/0004"


async def test_each_financial_year_begins_its_series_anew(books: Books) -> None:
    customer = await a_customer(books)
    march = await an_approved_invoice(books, customer, a_line("10.00"), dated_on=on("2026-03-31"))
    april = await an_approved_invoice(books, customer, a_line("10.00"), dated_on=on("2026-04-01"))

    assert [march.head.number, april.head.number] == ["INV/25-26/0001", "INV/26-27/0001"]


async def test_a_number_given_by_hand_is_stepped_over(books: Books) -> None:
    customer = await a_customer(books)
    await an_approved_invoice(books, customer, a_line("10.00"), number="inv/26-27/0001")

    assert (await an_approved_invoice(books, customer, a_line("10.00"))).head.number == "INV/26-27/0002"


async def test_a_draft_changes_and_everything_is_reckoned_anew(books: Books) -> None:
    draft = await a_draft(books, await a_customer(books), a_line("1000.00"), a_line("500.00"))
    first = draft.lines[0]
    lines = [{"id": first.id, "quantity": Decimal(3)}, a_line("20.00", "5")]
    changed = await lifecycle.amend(books, INVOICE, draft.head.id, {"place_of_supply": "GJ"}, lines)

    assert [line.id == first.id for line in changed.lines] == [True, False]
    assert amounts(changed.head) == {
        "taxable_total": "3020.00",
        "igst_total": "541.00",
        "total": "3561.00",
        "balance": "3561.00",
    }
    assert changed.head.version == 2
    assert (await find_for_change(books, INVOICE, draft.head.id))[0] == changed


async def test_a_line_is_named_once(books: Books) -> None:
    draft = await a_draft(books, await a_customer(books), a_line("1000.00"))
    line = {"id": draft.lines[0].id}

    await _refused(
        Failed,
        "line_items[1].line_item_id",
        lifecycle.amend(books, INVOICE, draft.head.id, {}, [a_line("1"), line, line]),
    )


async def test_another_customer_brings_his_own_place_of_supply(books: Books) -> None:
    draft = await a_draft(books, await a_customer(books), a_line("1000.00"))
    buyer = await a_customer(books, "Surat Mills", gst_no=GUJARAT_BUYER)
    changed = await lifecycle.amend(books, INVOICE, draft.head.id, {"contact_id": buyer.id}, None)

    assert (changed.head.place_of_supply, changed.head.gst_no) == ("IN-GJ", GUJARAT_BUYER)
    assert str(changed.head.igst_total) == "180.00"


async def test_another_customer_brings_his_own_currency_and_its_rate(books: Books) -> None:
    """From dollars to euros: the dollar's rate does not stay behind."""
    abroad = {"gst_treatment": "OVERSEAS", "billing_address": None}
    american = await a_customer(books, "Acme Inc", currency_code="USD", **abroad)
    german = await a_customer(books, "Blau GmbH", currency_code="EUR", **abroad)
    draft = await a_draft(books, american, a_line("10.00"), exchange_rate=Decimal("85"))

    await _refused(
        Required, "exchange_rate", lifecycle.amend(books, INVOICE, draft.head.id, {"contact_id": german.id}, None)
    )
    said = {"contact_id": german.id, "exchange_rate": Decimal("99")}
    changed = await lifecycle.amend(books, INVOICE, draft.head.id, said, None)
    assert (changed.head.currency_code, changed.head.exchange_rate) == ("EUR", Decimal("99"))


async def test_a_change_of_nothing_keeps_the_version(books: Books) -> None:
    draft = await a_draft(books, await a_customer(books), a_line("1000.00"))
    same = await lifecycle.amend(books, INVOICE, draft.head.id, {"notes": None}, None)

    assert same.head.version == 1


async def test_the_treatment_of_a_posted_invoice_stays_when_the_customer_changes(books: Books) -> None:
    buyer = await a_customer(books, gst_no=GUJARAT_BUYER)
    invoice = await an_approved_invoice(books, buyer, a_line("1000.00"))
    await registers.amend(books, CONTACTS, buyer.id, {"gst_no": None, "gst_treatment": "CONSUMER"})

    assert (await find_for_change(books, INVOICE, invoice.head.id))[0].head.gst_no == GUJARAT_BUYER


async def test_a_voided_invoice_leaves_the_ledger_square_and_keeps_its_number(books: Books) -> None:
    customer = await a_customer(books)
    invoice = await an_approved_invoice(books, customer, a_line("1000.00"))
    voided = await lifecycle.void(books, INVOICE, invoice.head.id, reason="Entered twice.")

    assert (voided.head.status, str(voided.head.balance)) == ("CANCELLED", "0.00")
    assert await entries_of(books, invoice) == {
        "Trade receivables": ("1180.00", "1180.00"),
        "Output CGST": ("90.00", "90.00"),
        "Output SGST": ("90.00", "90.00"),
        "Sales": ("1000.00", "1000.00"),
    }
    assert await trial_balance(books) == {}
    assert (await an_approved_invoice(books, customer, a_line("1.00"))).head.number == "INV/26-27/0002"


async def test_an_invoice_is_overdue_the_day_after_it_was_due(books: Books) -> None:
    invoice = await an_approved_invoice(
        books, await a_customer(books), a_line("10.00"), dated_on=on("2026-11-01"), payment_terms=15
    )

    assert invoice.head.due_on == on("2026-11-16")
    assert status_today(INVOICE, invoice.head, on("2026-11-16")) == "SENT"
    assert status_today(INVOICE, invoice.head, on("2026-11-17")) == "OVERDUE"


async def test_a_posted_invoice_changes_in_what_no_ledger_shows(books: Books) -> None:
    invoice = await an_approved_invoice(books, await a_customer(books), a_line("10.00"))
    due_on = books.today + timedelta(days=30)
    changed = await lifecycle.amend(books, INVOICE, invoice.head.id, {"notes": "Thanks", "due_on": due_on}, None)

    assert (changed.head.notes, changed.head.due_on, changed.head.version) == ("Thanks", due_on, 2)
    assert changed.lines == (await find_for_change(books, INVOICE, invoice.head.id))[0].lines


async def _refused(refusal: type[Refusal], field: str | None, attempt: object) -> None:
    with pytest.raises(refusal) as told:
        await attempt  # type: ignore[misc]  # any coroutine
    assert told.value.field == field


async def test_what_a_draft_is_refused_for(books: Books) -> None:
    customer = await a_customer(books)
    vendor = await a_customer(books, "Paper Mart", contact_type="VENDOR")
    line = a_line("10.00")

    await _refused(NotFound, "customer_id", lifecycle.draft(books, INVOICE, {"contact_id": "ct_none"}, [line]))
    await _refused(NotFound, "branch_id", a_draft(books, customer, line, branch_id="br_none"))
    await _refused(NotFound, "line_items[1].item_id", a_draft(books, customer, line, a_line("1", item_id="it_none")))
    await _refused(NotFound, "line_items[0].account_id", a_draft(books, customer, a_line("1", account_id="acc_none")))
    await _refused(NotFound, "line_items[0].tax_id", a_draft(books, customer, a_line("1", tax_id="tx_none")))
    await _refused(
        NotFound, "line_items[0].cost_center_id", a_draft(books, customer, a_line("1", cost_center_id="cc_none"))
    )
    await _refused(Failed, "customer_id", a_draft(books, vendor, line))
    await _refused(Required, "line_items[0].rate", a_draft(books, customer, {"name": "Desk", "tax_id": gst("18")}))
    await _refused(Required, "line_items[0].name", a_draft(books, customer, {"rate": Decimal(1), "tax_id": gst("18")}))
    await _refused(Failed, "line_items[0].tax_id", a_draft(books, customer, a_line("1", None)))
    await _refused(Failed, "discount", a_draft(books, customer, line, discount=Decimal(1), discount_percent=Decimal(1)))
    await _refused(Failed, "discount", a_draft(books, customer, line, discount=Decimal("10.01")))
    await _refused(Failed, "due_date", a_draft(books, customer, line, due_on=on("2026-01-01")))
    await _refused(Failed, "place_of_supply", a_draft(books, customer, line, place_of_supply="OVERSEAS"))
    await _refused(Required, "exchange_rate", a_draft(books, customer, line, currency_code="USD"))
    await _refused(Required, "invoice_number", a_draft(books, customer, line, is_opening_balance=True))


async def test_a_draft_of_an_archived_customer_is_refused(books: Books) -> None:
    customer = await a_customer(books)
    await registers.archive(books, CONTACTS, customer.id)

    await _refused(Failed, "customer_id", a_draft(books, customer, a_line("10.00")))


async def test_what_is_missing_on_a_tax_invoice_is_told_at_approval(books: Books) -> None:
    """A registered buyer's invoice shows HSN codes of at least four digits."""
    buyer = await a_customer(books, gst_no=GUJARAT_BUYER)
    draft = await a_draft(books, buyer, a_line("10.00", hsn_or_sac=None))

    await _refused(Failed, "line_items[0].hsn_or_sac", lifecycle.approve(books, INVOICE, draft.head.id))


async def test_a_locked_period_takes_no_entry(books: Books) -> None:
    customer = await a_customer(books)
    invoice = await an_approved_invoice(books, customer, a_line("10.00"), dated_on=on("2026-10-15"))
    draft = await a_draft(books, customer, a_line("10.00"), dated_on=on("2026-10-31"))
    await books.run(Statement("update organizations set locked_until = '2026-10-31' where id = %(organization_id)s"))

    await _refused(PeriodLocked, "date", lifecycle.approve(books, INVOICE, draft.head.id))
    await _refused(PeriodLocked, "date", lifecycle.void(books, INVOICE, invoice.head.id, reason=None))


async def test_a_document_is_approved_and_voided_once(books: Books) -> None:
    invoice = await an_approved_invoice(books, await a_customer(books), a_line("10.00"))
    key = invoice.head.id

    await _refused(InvalidState, None, lifecycle.approve(books, INVOICE, key))
    await _refused(InvalidState, None, lifecycle.delete(books, INVOICE, key))
    await _refused(InvalidState, "discount", lifecycle.amend(books, INVOICE, key, {"discount": Decimal(1)}, None))
    await _refused(InvalidState, "line_items", lifecycle.amend(books, INVOICE, key, {}, [a_line("1")]))
    await lifecycle.void(books, INVOICE, key, reason=None)
    await _refused(InvalidState, None, lifecycle.void(books, INVOICE, key, reason=None))
    await _refused(InvalidState, None, lifecycle.amend(books, INVOICE, key, {"notes": "Sorry"}, None))


async def test_a_draft_can_be_deleted_and_is_gone(books: Books) -> None:
    draft = await a_draft(books, await a_customer(books), a_line("10.00"))
    await lifecycle.delete(books, INVOICE, draft.head.id)

    await _refused(NotFound, None, find_for_change(books, INVOICE, draft.head.id))


async def test_a_stale_version_is_refused(books: Books) -> None:
    draft = await a_draft(books, await a_customer(books), a_line("10.00"))
    books.expected_versions = frozenset((2,))

    await _refused(VersionMismatch, None, lifecycle.approve(books, INVOICE, draft.head.id))


async def test_what_has_no_lines_is_not_approved(books: Books) -> None:
    draft = await lifecycle.draft(books, INVOICE, {"contact_id": (await a_customer(books)).id}, [])

    with pytest.raises(Failed, match="has no lines") as refusal:
        await lifecycle.approve(books, INVOICE, draft.head.id)
    assert refusal.value.field == "line_items"
