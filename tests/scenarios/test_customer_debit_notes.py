"""Debit notes to customers: what an invoice charged too little is owed like an invoice (CGST Act, section 34(3))."""

from decimal import Decimal
from typing import Any

import pytest

from domain import organization, registers
from domain.books import Books
from domain.branches import open_branch
from domain.catalog import ITEMS
from domain.contacts import Contact
from domain.documents import crediting, lifecycle, write_offs
from domain.documents.credit_limits import CreditLimitExceeded
from domain.documents.document import Paper
from domain.documents.kinds import CREDIT_NOTE, CUSTOMER_DEBIT_NOTE, INVOICE
from domain.documents.status import status_today
from domain.errors import Failed, InvalidState, NotFound, PeriodLocked, Refusal, Required
from domain.payments import voiding
from tests.domain.founded import KARNATAKA
from tests.scenarios.builders import (
    GUJARAT_BUYER,
    a_credit_note,
    a_customer,
    a_line,
    amounts,
    an_approved_invoice,
    entries_of,
    gst,
    on,
    trial_balance,
)
from tests.scenarios.entries import lock
from tests.scenarios.money import a_payment, assert_control_accounts_agree, settled_as

TEN_CHAIRS = {**a_line("500.00"), "name": "Chair", "quantity": Decimal(10)}
FIFTY_MORE = {"name": "Chair", "quantity": Decimal(10), "rate": Decimal(50)}


async def a_debit_note(books: Books, invoice: Paper, *lines: dict[str, Any], **said: Any) -> Paper:
    """A customer debit note on an invoice, posted."""
    of_invoice = {"parent_id": invoice.head.id}
    return await lifecycle.draft_and_approve(books, CUSTOMER_DEBIT_NOTE, {**of_invoice, **said}, lines or [FIFTY_MORE])


async def ten_chairs(books: Books, customer: Contact | None = None, **said: Any) -> Paper:
    """An invoice of ten chairs at 500 and 18 % within Maharashtra: 5,900."""
    return await an_approved_invoice(books, customer or await a_customer(books), TEN_CHAIRS, **said)


async def refused(refusal: type[Refusal], field: str | None, attempt: Any) -> str:
    with pytest.raises(refusal) as told:
        await attempt
    assert told.value.field == field
    return told.value.message


async def test_a_price_that_was_too_low_is_charged_with_its_tax(books: Books) -> None:
    """Ten chairs cost 50 more than the 500 that were billed: 500 of income, and nine and nine per cent of tax."""
    invoice = await ten_chairs(books)

    note = await a_debit_note(books, invoice, reason="VALUE_CHARGED_SHORT")

    head = note.head
    assert (head.number, head.status, head.contact_id) == ("CDN/26-27/0001", "ISSUED", invoice.head.contact_id)
    assert (head.reason, head.gst_reason) == ("VALUE_CHARGED_SHORT", "CORRECTION_IN_INVOICE")
    assert amounts(head) == {
        "taxable_total": "500.00",
        "cgst_total": "45.00",
        "sgst_total": "45.00",
        "total": "590.00",
        "balance": "590.00",
    }
    assert await entries_of(books, note) == {
        "Trade receivables": ("590.00", "0.00"),
        "Output CGST": ("0.00", "45.00"),
        "Output SGST": ("0.00", "45.00"),
        "Sales": ("0.00", "500.00"),
    }
    assert await settled_as(books, invoice) == ("SENT", "5900.00")
    await assert_control_accounts_agree(books)


async def test_more_of_the_same_is_charged_at_the_price_after_discounts(books: Books) -> None:
    """Ten chairs at 500 less 10 %, and 5 % off the whole, came to 427.50 each; two more were delivered."""
    invoice = await an_approved_invoice(
        books, await a_customer(books), {**TEN_CHAIRS, "discount_percent": Decimal(10)}, discount_percent=5
    )

    note = await a_debit_note(books, invoice, {"name": "Chair", "quantity": Decimal(2)})

    [line] = note.lines
    assert (str(line.taxable_amount), line.hsn_or_sac, line.corrected_line_id) == ("855.00", "940360", None)


async def test_a_line_in_words_takes_what_all_lines_of_the_invoice_share(books: Books) -> None:
    account = await registers.add(books, ITEMS, {"item_name": "Desk", "rate": Decimal(700), "tax_id": gst("18")})
    desk = {"item_id": account.id, "hsn_or_sac": "940360"}
    invoice = await an_approved_invoice(books, await a_customer(books), TEN_CHAIRS, desk)

    note = await a_debit_note(books, invoice, {"name": "Prices of October", "rate": Decimal(1000)})

    [line] = note.lines
    assert (line.hsn_or_sac, str(line.tax_percentage), str(note.head.total)) == ("940360", "18", "1180.00")


async def test_a_line_in_words_names_its_tax_where_those_of_the_invoice_differ(books: Books) -> None:
    invoice = await an_approved_invoice(books, await a_customer(books), TEN_CHAIRS, a_line("100", "5"))
    in_words = {"name": "Prices of October", "rate": Decimal(1000)}

    await refused(Failed, "line_items[0].tax_id", a_debit_note(books, invoice, in_words))
    note = await a_debit_note(books, invoice, {**in_words, "tax_id": gst("5")})

    assert str(note.head.total) == "1050.00"


async def test_tax_that_was_too_low_is_charged_at_a_rate_that_the_invoice_has_not(books: Books) -> None:
    """What was billed at 12 % bears 18 %: the debit note may name the right rate."""
    invoice = await an_approved_invoice(books, await a_customer(books), {**TEN_CHAIRS, "tax_id": gst("12")})

    note = await a_debit_note(
        books, invoice, {"name": "Chair", "rate": Decimal(100), "tax_id": gst("18")}, reason="TAX_CHARGED_SHORT"
    )

    assert (str(note.head.tax_total), note.head.gst_reason) == ("18.00", "CORRECTION_IN_INVOICE")


async def test_everything_that_decides_the_tax_follows_the_invoice(books: Books) -> None:
    customer = await a_customer(books, gst_no=GUJARAT_BUYER)
    invoice = await ten_chairs(books, customer, place_of_supply="IN-KA", is_reverse_charge=True)

    note = await a_debit_note(books, invoice)

    head = note.head
    assert (head.gst_no, head.place_of_supply, head.supply_type) == (GUJARAT_BUYER, "IN-KA", "INTER_STATE")
    assert (head.is_reverse_charge, str(head.igst_total), str(head.total)) == (True, "90.00", "500.00")
    assert await entries_of(books, note) == {
        "Trade receivables": ("500.00", "0.00"),
        "Sales": ("0.00", "500.00"),
    }


async def test_currency_and_rate_of_exchange_follow_the_invoice(books: Books) -> None:
    """Another 100 dollars at 83, whatever the dollar is today."""
    abroad = await a_customer(books, "Colombo Imports", gst_treatment="OVERSEAS", currency_code="USD")
    line = a_line("1000", None, tax_category="EXEMPT")
    invoice = await an_approved_invoice(books, abroad, line, exchange_rate=Decimal(83))

    await a_debit_note(books, invoice, {"name": "Furniture", "rate": Decimal(100)})

    assert await trial_balance(books) == {"Trade receivables": "91300.00", "Sales": "-91300.00"}
    await assert_control_accounts_agree(books)


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("gst_treatment", {"gst_treatment": "CONSUMER"}),
        ("place_of_supply", {"place_of_supply": "IN-KA"}),
        ("currency_code", {"currency_code": "USD"}),
        ("exchange_rate", {"exchange_rate": Decimal(2)}),
        ("is_reverse_charge", {"is_reverse_charge": True}),
        ("date", {"dated_on": on("2026-11-01")}),
    ],
)
async def test_it_may_not_say_otherwise_than_the_invoice(books: Books, field: str, said: dict[str, Any]) -> None:
    invoice = await ten_chairs(books, dated_on=on("2026-11-10"))
    await refused(Failed, field, a_debit_note(books, invoice, **said))


async def test_it_is_of_the_customer_and_the_registration_of_the_invoice(books: Books) -> None:
    invoice = await ten_chairs(books)
    another = await a_customer(books, "Another")
    await refused(Failed, "customer_id", a_debit_note(books, invoice, contact_id=another.id))
    branch = await open_branch(books, {"branch_name": "Bengaluru", "gst_no": KARNATAKA, "state_code": "IN-KA"})
    await refused(Failed, "branch_id", a_debit_note(books, invoice, branch_id=branch.id))


async def test_it_corrects_what_is_posted_only(books: Books) -> None:
    customer = await a_customer(books)
    draft = await lifecycle.draft(books, INVOICE, {"contact_id": customer.id}, [TEN_CHAIRS])
    await refused(Failed, "invoice_id", a_debit_note(books, draft))
    await refused(NotFound, "invoice_id", a_debit_note(books, await a_debit_note(books, await ten_chairs(books))))


async def test_years_later_and_beyond_the_invoice_is_in_time_and_allowed(books: Books) -> None:
    """A credit note could not reduce tax any more, nor by so much; the supplier's debit note can."""
    invoice = await ten_chairs(books, dated_on=on("2024-05-02"))

    note = await a_debit_note(books, invoice, {"name": "Chair", "quantity": Decimal(100)})

    assert str(note.head.total) == "59000.00"


async def test_it_leaves_what_credit_notes_may_take_back_as_it_was(books: Books) -> None:
    invoice = await ten_chairs(books)
    await a_debit_note(books, invoice)

    await a_credit_note(books, invoice, {"name": "Chair", "quantity": Decimal(10)})

    one_more = a_credit_note(books, invoice, {"name": "Chair", "quantity": Decimal(1)})
    await refused(Failed, "line_items[0]", one_more)


async def test_it_may_stand_alone(books: Books) -> None:
    said = {"contact_id": (await a_customer(books)).id}

    note = await lifecycle.draft_and_approve(books, CUSTOMER_DEBIT_NOTE, said, [a_line("100")])

    assert (str(note.head.total), note.head.parent_id, note.head.reason) == ("118.00", None, "OTHERS")


async def test_its_lines_are_classified_like_those_of_an_invoice(books: Books) -> None:
    said = {"contact_id": (await a_customer(books, gst_no=GUJARAT_BUYER)).id}
    line = {"name": "Something", "rate": Decimal(100), "tax_id": gst("18")}
    alone = lifecycle.draft_and_approve(books, CUSTOMER_DEBIT_NOTE, said, [line])
    await refused(Failed, "line_items[0].hsn_or_sac", alone)


async def test_its_rupees_are_whole_by_themselves(books: Books) -> None:
    """118.60 becomes 119, whatever the rounding off of the invoice was."""
    await organization.amend(books, {"is_round_off_enabled": True})
    invoice = await ten_chairs(books)

    note = await a_debit_note(books, invoice, {"name": "Chair", "rate": Decimal("100.50")})

    assert (str(note.head.round_off), str(note.head.total)) == ("0.40", "119.00")


async def test_it_is_paid_in_parts_and_opened_again(books: Books) -> None:
    customer = await a_customer(books)
    note = await a_debit_note(books, await ten_chairs(books, customer))

    first = await a_payment(books, customer, "90", (note, "90"))
    assert await settled_as(books, note) == ("PARTIALLY_PAID", "500.00")
    await a_payment(books, customer, "500", (note, "500"))
    assert await settled_as(books, note) == ("PAID", "0.00")
    await assert_control_accounts_agree(books)
    paid = lifecycle.void(books, CUSTOMER_DEBIT_NOTE, note.head.id, reason=None)
    await refused(InvalidState, None, paid)

    await voiding.void(books, first.payment.id, reason=None)
    assert await settled_as(books, note) == ("PARTIALLY_PAID", "90.00")
    await assert_control_accounts_agree(books)


async def test_a_credit_note_settles_it(books: Books) -> None:
    """One chair comes back, 590, which is just what the debit note charged."""
    invoice = await ten_chairs(books)
    note = await a_debit_note(books, invoice)
    credit = await a_credit_note(books, invoice, {"name": "Chair", "quantity": Decimal(1)})

    applied = await crediting.apply(
        books, CREDIT_NOTE, credit.head.id, note.head.id, amount=None, on=None, target=CUSTOMER_DEBIT_NOTE
    )

    assert await settled_as(books, note) == ("CREDIT_APPLIED", "0.00")
    assert await settled_as(books, invoice) == ("SENT", "5900.00")
    [allocation] = applied.allocations
    assert (allocation.customer_debit_note_id, allocation.invoice_id) == (note.head.id, None)
    await crediting.unapply(books, CREDIT_NOTE, credit.head.id, [allocation.allocation_id])
    assert await settled_as(books, note) == ("ISSUED", "590.00")
    as_invoice = crediting.apply(books, CREDIT_NOTE, credit.head.id, note.head.id, amount=None, on=None)
    await refused(NotFound, "invoice_id", as_invoice)


async def test_it_falls_due_and_is_overdue(books: Books) -> None:
    customer = await a_customer(books, payment_terms=15)
    invoice = await ten_chairs(books, customer, dated_on=on("2026-11-01"))

    note = await a_debit_note(books, invoice, dated_on=on("2026-11-02"))

    assert note.head.due_on == on("2026-11-17")
    assert status_today(CUSTOMER_DEBIT_NOTE, note.head, on("2026-11-17")) == "ISSUED"
    assert status_today(CUSTOMER_DEBIT_NOTE, note.head, on("2026-11-18")) == "OVERDUE"


async def test_what_is_not_paid_of_it_is_a_bad_debt(books: Books) -> None:
    note = await a_debit_note(books, await ten_chairs(books))

    await write_offs.write_off(books, CUSTOMER_DEBIT_NOTE, note.head.id, amount=None, on=None, reason=None)

    assert await settled_as(books, note) == ("PAID", "0.00")
    assert (await trial_balance(books))["Bad debts"] == "590.00"
    await write_offs.cancel(books, CUSTOMER_DEBIT_NOTE, note.head.id)
    assert await settled_as(books, note) == ("ISSUED", "590.00")


async def test_voiding_it_reverses_it_and_its_number_stays_used(books: Books) -> None:
    invoice = await ten_chairs(books)
    before = await trial_balance(books)
    note = await a_debit_note(books, invoice)

    held = lifecycle.void(books, INVOICE, invoice.head.id, reason=None)
    assert "is corrected by a note (CDN/26-27/0001)" in await refused(InvalidState, None, held)
    voided = await lifecycle.void(books, CUSTOMER_DEBIT_NOTE, note.head.id, reason="Entered twice")

    assert (voided.head.status, str(voided.head.balance)) == ("CANCELLED", "0.00")
    assert await trial_balance(books) == before
    assert (await a_debit_note(books, invoice)).head.number == "CDN/26-27/0002"


async def test_it_counts_against_the_credit_limit(books: Books) -> None:
    """5,900 of 6,000 are owed; 590 more are too much."""
    await organization.amend(books, {"credit_limit_action": "REFUSE"})
    invoice = await ten_chairs(books, await a_customer(books, credit_limit=Decimal(6000)))

    await refused(CreditLimitExceeded, "customer_id", a_debit_note(books, invoice))


async def test_a_draft_waits_for_its_approval_and_follows_the_invoice_till_then(books: Books) -> None:
    invoice = await ten_chairs(books)
    draft = await lifecycle.draft(books, CUSTOMER_DEBIT_NOTE, {"parent_id": invoice.head.id}, [FIFTY_MORE])
    changed = await lifecycle.amend(
        books, CUSTOMER_DEBIT_NOTE, draft.head.id, {"reason": "CHANGE_IN_POS"}, [{**FIFTY_MORE, "rate": Decimal(60)}]
    )
    assert (changed.head.number, str(changed.head.total), changed.head.gst_reason) == (None, "708.00", "CHANGE_IN_POS")

    approved = await lifecycle.approve(books, CUSTOMER_DEBIT_NOTE, draft.head.id)

    assert (approved.head.number, approved.head.status) == ("CDN/26-27/0001", "ISSUED")
    frozen = lifecycle.amend(books, CUSTOMER_DEBIT_NOTE, draft.head.id, {"dated_on": books.today}, None)
    await refused(InvalidState, "date", frozen)
    later = await lifecycle.amend(books, CUSTOMER_DEBIT_NOTE, draft.head.id, {"due_on": on("2027-01-31")}, None)
    assert later.head.due_on == on("2027-01-31")


async def test_an_invoice_that_is_gone_holds_the_draft_up(books: Books) -> None:
    invoice = await ten_chairs(books)
    draft = await lifecycle.draft(books, CUSTOMER_DEBIT_NOTE, {"parent_id": invoice.head.id}, [FIFTY_MORE])

    moved = await lifecycle.amend(books, CUSTOMER_DEBIT_NOTE, draft.head.id, {"parent_id": None}, None)

    assert (moved.head.parent_id, str(moved.head.total)) == (None, "590.00")
    await lifecycle.void(books, INVOICE, invoice.head.id, reason=None)
    back = lifecycle.amend(books, CUSTOMER_DEBIT_NOTE, draft.head.id, {"parent_id": invoice.head.id}, None)
    await refused(Failed, "invoice_id", back)


async def test_a_locked_period_takes_none(books: Books) -> None:
    invoice = await ten_chairs(books, dated_on=on("2026-10-05"))
    await lock(books, "2026-10-31")
    await refused(PeriodLocked, "date", a_debit_note(books, invoice, dated_on=on("2026-10-31")))


async def test_one_from_before_the_books_began_keeps_its_number_and_posts_no_tax(books: Books) -> None:
    said = {"contact_id": (await a_customer(books)).id, "is_opening_balance": True}
    without_number = lifecycle.draft_and_approve(books, CUSTOMER_DEBIT_NOTE, said, [a_line("100")])
    await refused(Required, "customer_debit_note_number", without_number)

    await lifecycle.draft_and_approve(books, CUSTOMER_DEBIT_NOTE, {**said, "number": "D-7"}, [a_line("100")])

    assert await trial_balance(books) == {"Trade receivables": "118.00", "Opening balance difference": "-118.00"}
