"""A bill from draft to void, and what is refused on the way."""

from collections.abc import Awaitable
from decimal import Decimal
from typing import Any

import pytest

from domain import registers
from domain.books import Books
from domain.catalog import ITEMS
from domain.documents import lifecycle
from domain.documents.document import Paper
from domain.documents.kinds import BILL, INVOICE, KINDS, Kind
from domain.documents.reading import find_for_change
from domain.documents.status import status_today
from domain.documents.uniqueness import refusals_of, twins_of
from domain.errors import Duplicate, Failed, InvalidState, NotFound, PeriodLocked, Refusal, Required
from domain.statements import Statement
from tests.scenarios.builders import (
    KARNATAKA_VENDOR,
    MAHARASHTRA_VENDOR,
    a_bill,
    a_cost,
    a_customer,
    a_draft_bill,
    a_line,
    a_vendor,
    an_approved_invoice,
    entries_of,
    gst,
    on,
    trial_balance,
)

CONTRACTOR, PROFESSIONAL = "1024", "1027"
"""Codes of the Income-tax Act 2025: 2 % and 10 %."""


async def _refused(refusal: type[Refusal], field: str | None, attempt: Awaitable[object]) -> Refusal:
    with pytest.raises(refusal) as told:
        await attempt
    assert told.value.field == field
    return told.value


async def _withheld(books: Books, draft: Paper, **said: Any) -> tuple[str | None, str]:
    head = (await lifecycle.amend(books, BILL, draft.head.id, said, None)).head
    return (None if head.tds_percent is None else str(head.tds_percent)), str(head.tds_amount)


async def test_an_item_fills_a_line_with_what_it_costs(books: Books) -> None:
    desk = {
        "item_name": "Desk",
        "rate": Decimal(4500),
        "purchase_rate": Decimal(3100),
        "hsn_or_sac": "940330",
        "tax_id": gst("18"),
    }
    item = await registers.add(books, ITEMS, desk)
    draft = await a_draft_bill(books, await a_vendor(books), {"item_id": item.id, "quantity": Decimal(2)})

    assert (str(draft.lines[0].rate), str(draft.head.total), draft.head.number) == ("3100", "7316.00", None)


async def test_numbers_are_our_own_and_the_vendors_is_kept(books: Books) -> None:
    vendor = await a_vendor(books)
    first = await a_bill(books, vendor, a_cost("10.00"), reference_number="KT/881")
    second = await a_bill(books, vendor, a_cost("10.00"), reference_number="KT/882")

    assert [bill.head.number for bill in (first, second)] == ["BILL/26-27/0001", "BILL/26-27/0002"]
    assert [bill.head.reference_number for bill in (first, second)] == ["KT/881", "KT/882"]


async def test_a_bill_is_overdue_the_day_after_it_was_due(books: Books) -> None:
    vendor = await a_vendor(books, payment_terms=15)
    bill = await a_bill(books, vendor, a_cost("10.00"), dated_on=on("2026-11-01"))

    assert (bill.head.status, bill.head.due_on) == ("OPEN", on("2026-11-16"))
    assert status_today(BILL, bill.head, on("2026-11-17")) == "OVERDUE"


async def test_the_same_bill_is_refused_and_the_first_one_named(books: Books) -> None:
    vendor = await a_vendor(books)
    said = {"reference_number": "KT/881", "dated_on": on("2026-11-02")}
    first = await a_bill(books, vendor, a_cost("1000.00"), **said)

    refusal = await _refused(
        Duplicate, "reference_number", a_draft_bill(books, vendor, a_cost("500.00", quantity=Decimal(2)), **said)
    )
    assert refusal.details == {"bill_id": first.head.id, "bill_number": first.head.number}
    assert refusal.message == (
        "KT/881 of Konkan Timber in 2026-27 is entered already: BILL/26-27/0001, OPEN. "
        "If this is another paper, send allow_duplicate_reference."
    )
    await _refused(Duplicate, "reference_number", a_bill(books, vendor, a_cost("1000.00"), **said))


@pytest.mark.parametrize(
    "other", [{"reference_number": "KT/882"}, {"reference_number": None}, {"dated_on": on("2026-03-31")}]
)
async def test_a_bill_of_another_number_or_financial_year_is_another(books: Books, other: dict[str, Any]) -> None:
    vendor = await a_vendor(books)
    said = {"reference_number": "KT/881", "dated_on": on("2026-11-02")}
    await a_bill(books, vendor, a_cost("1000.00"), **said)

    assert (await a_draft_bill(books, vendor, a_cost("1000.00"), **{**said, **other})).head.status == "DRAFT"
    neighbour = await a_vendor(books, "Deccan Timber", gst_no=KARNATAKA_VENDOR)
    assert (await a_draft_bill(books, neighbour, a_cost("1000.00"), **said)).head.status == "DRAFT"


async def test_two_bills_without_a_reference_are_the_same(books: Books) -> None:
    vendor = await a_vendor(books)
    first = await a_draft_bill(books, vendor, a_cost("1000.00"))

    refusal = await _refused(Duplicate, "reference_number", a_draft_bill(books, vendor, a_cost("1000.00")))
    assert refusal.details == {"bill_id": first.head.id, "bill_number": None}


async def test_a_bill_does_not_become_the_same_as_another(books: Books) -> None:
    """Neither a draft nor one that is posted, by the vendor's number."""
    vendor = await a_vendor(books)
    first = await a_bill(books, vendor, a_cost("1000.00"), reference_number="KT/881")
    draft = await a_draft_bill(books, vendor, a_cost("900.00"), reference_number="KT/883")
    posted = await a_bill(books, vendor, a_cost("1000.00"), reference_number="KT/882")

    said = lifecycle.amend(books, BILL, draft.head.id, {"reference_number": "kt/881"}, None)
    assert (await _refused(Duplicate, "reference_number", said)).details == {
        "bill_id": first.head.id,
        "bill_number": "BILL/26-27/0001",
    }
    said = lifecycle.amend(books, BILL, posted.head.id, {"reference_number": "KT/881"}, None)
    await _refused(Duplicate, "reference_number", said)
    assert (await lifecycle.amend(books, BILL, first.head.id, {"notes": "Seen."}, None)).head.version == 2


async def test_a_voided_bill_frees_its_place(books: Books) -> None:
    vendor = await a_vendor(books)
    first = await a_bill(books, vendor, a_cost("1000.00"), reference_number="KT/881")
    await lifecycle.void(books, BILL, first.head.id, reason="Wrong account.")
    again = await a_bill(books, vendor, a_cost("1000.00"), reference_number="KT/881")

    assert (again.head.status, again.head.number) == ("OPEN", "BILL/26-27/0002")
    await _refused(InvalidState, None, lifecycle.amend(books, BILL, first.head.id, {"notes": "Sorry"}, None))


async def test_our_own_papers_may_be_alike(books: Books) -> None:
    customer = await a_customer(books)
    invoices = [(await an_approved_invoice(books, customer, a_line("10.00"))).head for _ in range(2)]

    assert await twins_of(books, INVOICE, invoices) == {}


@pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])
def test_what_the_database_refuses_is_told_by_the_kinds_own_names(kind: Kind) -> None:
    told = {name: refusal.field for name, refusal in refusals_of(kind).items()}

    assert told["documents_number_key"] == told["documents_number_check"] == f"{kind.series}_number"
    assert told["documents_bill_key"] == told["documents_vendor_paper_key"] == "reference_number"


async def test_a_voided_bill_leaves_the_ledger_square_and_keeps_its_numbers(books: Books) -> None:
    carrier = await a_vendor(books, "Ramesh Transport", gst_treatment="UNREGISTERED")
    freight = a_cost("8000.00", "5", hsn_or_sac="996511")
    bill = await a_bill(books, carrier, freight, is_reverse_charge=True, tds_section=CONTRACTOR)
    voided = await lifecycle.void(books, BILL, bill.head.id, reason="Entered for the wrong branch.")

    assert (voided.head.status, str(voided.head.balance)) == ("CANCELLED", "0.00")
    assert (await entries_of(books, bill))["Trade payables"] == ("7840.00", "7840.00")
    assert await trial_balance(books) == {}
    again = await a_bill(books, carrier, freight, is_reverse_charge=True)
    assert (voided.head.self_invoice_number, again.head.self_invoice_number) == ("SI/26-27/0001", "SI/26-27/0002")


async def test_a_posted_bill_changes_in_what_no_ledger_shows(books: Books) -> None:
    bill = await a_bill(books, await a_vendor(books), a_cost("10.00"))
    said = {"notes": "Seen", "reference_number": "KT/9", "due_on": on("2026-12-31"), "tags": ["wood"]}
    changed = await lifecycle.amend(books, BILL, bill.head.id, said, None)

    assert (changed.head.reference_number, changed.head.due_on, changed.head.version) == ("KT/9", on("2026-12-31"), 2)


@pytest.mark.parametrize(
    ("column", "value", "field"),
    [
        ("contact_id", "ct_other", "vendor_id"),
        ("dated_on", on("2026-11-01"), "date"),
        ("number", "B-1", "bill_number"),
        ("tds_percent", Decimal(1), "tds_percent"),
    ],
)
async def test_what_is_frozen_is_told_by_the_contracts_name(
    books: Books, column: str, value: object, field: str
) -> None:
    bill = await a_bill(books, await a_vendor(books), a_cost("10.00"))
    refusal = await _refused(InvalidState, field, lifecycle.amend(books, BILL, bill.head.id, {column: value}, None))

    assert refusal.message == f"Bill {bill.head.number} is OPEN: {field} cannot change."


@pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])
def test_each_kind_knows_the_contracts_names_of_its_columns(kind: Kind) -> None:
    party = kind.side.value.contact_field
    told = [kind.field_of(column) for column in ("id", "number", "contact_id", "dated_on", "notes")]

    assert told == [f"{kind.series}_id", f"{kind.series}_number", party, "date", "notes"]


async def test_a_section_proposes_its_rate_on_the_date_of_the_bill(books: Books) -> None:
    """Commission was 5 % until 30 September 2024 and is 2 % since."""
    vendor = await a_vendor(books)
    september = await a_draft_bill(books, vendor, a_cost("1000.00"), dated_on=on("2024-09-30"), tds_section="194H")
    assert (str(september.head.tds_percent), str(september.head.tds_amount)) == ("5", "50.00")

    assert await _withheld(books, september, dated_on=on("2024-10-01")) == ("2", "20.00")
    assert await _withheld(books, september, tds_section="194J-PROFESSIONAL") == ("10", "100.00")
    assert await _withheld(books, september, tds_percent=Decimal(20)) == ("20", "200.00")
    assert await _withheld(books, september, dated_on=on("2024-10-02")) == ("20", "200.00")
    assert await _withheld(books, september, tds_percent=None) == ("10", "100.00")
    assert await _withheld(books, september, tds_amount=Decimal("12.34")) == (None, "12.34")
    assert await _withheld(books, september, notes="As agreed.") == (None, "12.34")
    assert await _withheld(books, september, tds_section=None) == (None, "0.00")


async def test_tax_is_withheld_on_the_value_without_gst_after_discounts(books: Books) -> None:
    """1,000 less 100: 10 % of 900."""
    said = {"discount": Decimal(100), "tds_section": PROFESSIONAL}
    bill = await a_bill(books, await a_vendor(books), a_cost("1000.00"), **said)

    assert (str(bill.head.tds_amount), str(bill.head.balance)) == ("90.00", "972.00")


async def test_what_is_refused_of_tax_withheld(books: Books) -> None:
    vendor = await a_vendor(books)
    line = a_cost("1000.00")

    await _refused(NotFound, "tds_section", a_draft_bill(books, vendor, line, tds_section="194Z"))
    await _refused(Failed, "tds_section", a_draft_bill(books, vendor, line, tds_section="194C-OTHER"))
    both = {"tds_percent": Decimal(2), "tds_amount": Decimal(7)}
    await _refused(Failed, "tds_amount", a_draft_bill(books, vendor, line, **both))
    await _refused(Failed, "tds_amount", a_draft_bill(books, vendor, line, tds_amount=Decimal("1180.01")))
    old = await a_draft_bill(books, vendor, line, dated_on=on("2026-03-31"), tds_section="194C-OTHER")
    later = lifecycle.amend(books, BILL, old.head.id, {"dated_on": on("2026-04-01")}, None)
    await _refused(Failed, "tds_section", later)


async def test_credit_is_proposed_anew_where_it_was_only_proposed(books: Books) -> None:
    """The hotel's place moves to Karnataka: what was said of one line stays, the other follows."""
    vendor = await a_vendor(books, "Hotel Mysuru", gst_no=KARNATAKA_VENDOR)
    said = a_cost("500.00", itc_eligibility="ELIGIBLE")
    draft = await a_draft_bill(books, vendor, a_cost("1000.00"), a_cost("200.00", itc_blocked_reason="17(5)(fa)"), said)
    assert [line.itc_eligibility for line in draft.lines] == ["ELIGIBLE", "BLOCKED", "ELIGIBLE"]

    moved = await lifecycle.amend(books, BILL, draft.head.id, {"place_of_supply": "IN-KA"}, None)
    assert [line.itc_eligibility for line in moved.lines][:2] == ["POS_RESTRICTED", "BLOCKED"]
    chosen = [{"id": line.id, "itc_eligibility": "ELIGIBLE"} for line in moved.lines]
    kept = await lifecycle.amend(books, BILL, draft.head.id, {}, chosen)
    assert [line.itc_eligibility for line in kept.lines] == ["ELIGIBLE"] * 3
    noted = await lifecycle.amend(books, BILL, draft.head.id, {"notes": "Booked by us."}, None)
    assert [line.itc_eligibility for line in noted.lines] == ["ELIGIBLE"] * 3
    barred = await lifecycle.amend(books, BILL, draft.head.id, {"dated_on": on("2025-03-31")}, None)
    assert [line.itc_eligibility for line in barred.lines] == ["ELIGIBLE"] * 3


async def test_what_is_refused_of_credit_names_the_line(books: Books) -> None:
    vendor, good = await a_vendor(books), a_cost("1.00")
    reason, eligibility = "line_items[1].itc_blocked_reason", "line_items[1].itc_eligibility"

    blocked = a_cost("10.00", itc_eligibility="BLOCKED")
    await _refused(Required, reason, a_draft_bill(books, vendor, good, blocked))
    both = a_cost("10.00", itc_eligibility="ELIGIBLE", itc_blocked_reason="17(5)(fa)")
    await _refused(Failed, reason, a_draft_bill(books, vendor, good, both))
    await books.run(
        Statement("update organizations set registration_type = 'COMPOSITION' where id = %(organization_id)s")
    )
    said = a_cost("10.00", itc_eligibility="ELIGIBLE")
    await _refused(Failed, eligibility, a_draft_bill(books, vendor, good, said))


async def test_what_a_draft_is_refused_for(books: Books) -> None:
    vendor, line = await a_vendor(books), a_cost("10.00")
    customer = await a_customer(books)
    carrier = await a_vendor(books, "Ramesh Transport", gst_treatment="UNREGISTERED")
    abroad = await a_vendor(books, "Cloud Inc", gst_treatment="OVERSEAS")
    goods = a_cost("10.00", hsn_or_sac="9405")

    await _refused(NotFound, "vendor_id", lifecycle.draft(books, BILL, {"contact_id": "ct_none"}, [line]))
    await _refused(Failed, "vendor_id", a_draft_bill(books, customer, line))
    await _refused(Failed, "line_items[0].tax_id", a_draft_bill(books, vendor, a_cost("10.00", None)))
    await _refused(Failed, "line_items[0].tax_id", a_draft_bill(books, carrier, line))
    await _refused(Failed, "line_items[0].tax_id", a_draft_bill(books, abroad, goods))
    await _refused(Failed, "place_of_supply", a_draft_bill(books, vendor, line, place_of_supply="OVERSEAS"))
    unsupplied = {"place_of_supply": "OVERSEAS", "is_reverse_charge": True}
    await _refused(Failed, "is_reverse_charge", a_draft_bill(books, abroad, line, **unsupplied))
    await _refused(Failed, "total", a_draft_bill(books, vendor, line, round_off=Decimal("-99.99")))
    await _refused(Required, "bill_number", a_draft_bill(books, vendor, line, is_opening_balance=True))
    await _refused(Required, "line_items[0].rate", a_draft_bill(books, vendor, {"name": "Desk", "tax_id": gst("18")}))


async def test_without_a_registration_nothing_is_on_reverse_charge(books: Books) -> None:
    await books.run(Statement("update branches set gst_no = null where organization_id = %(organization_id)s"))
    vendor = await a_vendor(books)

    await _refused(Failed, "is_reverse_charge", a_draft_bill(books, vendor, a_cost("10.00"), is_reverse_charge=True))
    assert (await a_bill(books, vendor, a_cost("10.00"))).lines[0].itc_eligibility == "NONE"


async def test_a_locked_period_takes_no_bill(books: Books) -> None:
    vendor = await a_vendor(books)
    bill = await a_bill(books, vendor, a_cost("10.00"), dated_on=on("2026-10-15"))
    draft = await a_draft_bill(books, vendor, a_cost("10.00"), dated_on=on("2026-10-31"))
    await books.run(Statement("update organizations set locked_until = '2026-10-31' where id = %(organization_id)s"))

    await _refused(PeriodLocked, "date", lifecycle.approve(books, BILL, draft.head.id))
    await _refused(PeriodLocked, "date", lifecycle.void(books, BILL, bill.head.id, reason=None))


async def test_a_bill_is_no_invoice(books: Books) -> None:
    bill = await a_draft_bill(books, await a_vendor(books), a_cost("10.00"))

    await _refused(NotFound, None, find_for_change(books, INVOICE, bill.head.id))


async def test_another_vendor_brings_his_own_registration(books: Books) -> None:
    draft = await a_draft_bill(books, await a_vendor(books), a_cost("1000.00"))
    other = await a_vendor(books, "Mysuru Timber", gst_no=KARNATAKA_VENDOR)
    changed = await lifecycle.amend(books, BILL, draft.head.id, {"contact_id": other.id}, None)

    assert (draft.head.gst_no, changed.head.gst_no) == (MAHARASHTRA_VENDOR, KARNATAKA_VENDOR)
    assert (str(draft.head.cgst_total), str(changed.head.igst_total)) == ("90.00", "180.00")
