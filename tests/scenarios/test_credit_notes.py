"""Credit notes: what they post, what they take over from the invoice, and what they may not take back."""

from decimal import Decimal
from typing import Any

import pytest
from psycopg import AsyncConnection

from domain import registers
from domain.books import Books
from domain.branches import open_branch
from domain.catalog import ITEMS
from domain.documents import lifecycle
from domain.documents.document import Paper
from domain.documents.kinds import CREDIT_NOTE, INVOICE
from domain.errors import Failed, InvalidState, NotFound, PeriodLocked, Required
from domain.values import replace
from tests.domain.founded import KARNATAKA, a_firm
from tests.scenarios.builders import (
    GUJARAT_BUYER,
    a_credit_note,
    a_customer,
    a_draft,
    a_draft_note,
    a_line,
    amounts,
    an_approved_invoice,
    entries_of,
    gst,
    on,
    trial_balance,
)
from tests.scenarios.entries import lock
from tests.scenarios.money import assert_control_accounts_agree

TEN_CHAIRS = {**a_line("500.00"), "name": "Chair", "quantity": Decimal(10)}
TWO_CHAIRS = {"name": "Chair", "quantity": Decimal(2)}


async def ten_chairs(books: Books, **said: Any) -> Paper:
    """An invoice of ten chairs at 500 and 18 % within Maharashtra: 5,900."""
    return await an_approved_invoice(books, await a_customer(books), TEN_CHAIRS, **said)


async def refused(books: Books, invoice: Paper, *lines: dict[str, Any], **said: Any) -> Failed:
    """Why a credit note on an invoice is refused."""
    with pytest.raises(Failed) as refusal:
        await a_credit_note(books, invoice, *lines or (TWO_CHAIRS,), **said)
    return refusal.value


async def test_a_return_takes_income_and_tax_back(books: Books) -> None:
    """Two of ten chairs at 500: 1,000 of income and nine and nine per cent of tax."""
    invoice = await ten_chairs(books)

    note = await a_credit_note(books, invoice, TWO_CHAIRS)

    assert (note.head.number, note.head.status, note.head.reason) == ("CN/26-27/0001", "ISSUED", "OTHERS")
    assert amounts(note.head) == {
        "taxable_total": "1000.00",
        "cgst_total": "90.00",
        "sgst_total": "90.00",
        "total": "1180.00",
        "balance": "1180.00",
    }
    assert await entries_of(books, note) == {
        "Trade receivables": ("0.00", "1180.00"),
        "Output CGST": ("90.00", "0.00"),
        "Output SGST": ("90.00", "0.00"),
        "Sales": ("1000.00", "0.00"),
    }
    await assert_control_accounts_agree(books)


async def test_a_note_of_the_whole_invoice_leaves_nothing(books: Books) -> None:
    await a_credit_note(books, await ten_chairs(books), {"name": "Chair", "quantity": Decimal(10)})

    assert await trial_balance(books) == {}


async def test_a_line_follows_that_of_the_same_item(books: Books) -> None:
    """Sold at 450 less 10 %, and 5 % off the whole, when tax was 12 %; today the item costs 600 and bears 18 %."""
    item = await registers.add(books, ITEMS, {"item_name": "Desk", "rate": Decimal(600), "tax_id": gst("18")})
    sold = {"item_id": item.id, "rate": Decimal(450), "discount_percent": Decimal(10), "tax_id": gst("12")}
    invoice = await an_approved_invoice(
        books, await a_customer(books), {**sold, "quantity": Decimal(4), "hsn_or_sac": "940360"}, discount_percent=5
    )

    note = await a_credit_note(books, invoice, {"item_id": item.id})

    [line] = note.lines
    assert (str(line.taxable_amount), str(line.cgst_amount), line.hsn_or_sac) == ("384.75", "23.09", "940360")


async def test_a_line_with_its_own_price_takes_no_discount_over(books: Books) -> None:
    customer = await a_customer(books)
    invoice = await an_approved_invoice(books, customer, {**TEN_CHAIRS, "discount_percent": Decimal(20)})

    note = await a_credit_note(books, invoice, {"name": "Chair", "rate": Decimal(400)})

    assert str(note.head.taxable_total) == "400.00"


async def test_everything_that_decides_the_tax_follows_the_invoice(books: Books) -> None:
    """To Gujarat under his own number at that time; the customer has given it up since."""
    customer = await a_customer(books, gst_no=GUJARAT_BUYER)
    invoice = await an_approved_invoice(books, customer, TEN_CHAIRS, place_of_supply="IN-KA")

    note = await a_credit_note(books, invoice, TWO_CHAIRS)

    head = note.head
    assert (head.gst_no, head.place_of_supply, head.supply_type) == (GUJARAT_BUYER, "IN-KA", "INTER_STATE")
    assert str(head.igst_total) == "180.00"


async def test_currency_and_rate_of_exchange_follow_the_invoice(books: Books) -> None:
    """Of 1,000 dollars billed at 83, 100 go back: 8,300 rupees, whatever the dollar is today."""
    abroad = await a_customer(books, "Colombo Imports", gst_treatment="OVERSEAS", currency_code="USD")
    line = a_line("1000", None, tax_category="EXEMPT")
    invoice = await an_approved_invoice(books, abroad, line, exchange_rate=Decimal(83))

    await a_credit_note(books, invoice, {"name": "Furniture", "rate": Decimal(100)})

    assert await trial_balance(books) == {"Trade receivables": "74700.00", "Sales": "-74700.00"}
    await assert_control_accounts_agree(books)


async def test_under_reverse_charge_only_the_value_goes_back(books: Books) -> None:
    customer = await a_customer(books, gst_no=GUJARAT_BUYER)
    invoice = await an_approved_invoice(books, customer, TEN_CHAIRS, is_reverse_charge=True)

    note = await a_credit_note(books, invoice, TWO_CHAIRS)

    assert (note.head.is_reverse_charge, str(note.head.total)) == (True, "1000.00")
    assert await entries_of(books, note) == {
        "Trade receivables": ("0.00", "1000.00"),
        "Sales": ("1000.00", "0.00"),
    }


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("customer_id", {"contact_id": "another"}),
        ("gst_treatment", {"gst_treatment": "CONSUMER"}),
        ("place_of_supply", {"place_of_supply": "IN-KA"}),
        ("currency_code", {"currency_code": "USD"}),
        ("exchange_rate", {"exchange_rate": Decimal(2)}),
        ("is_reverse_charge", {"is_reverse_charge": True}),
        ("is_export_with_payment", {"is_export_with_payment": True}),
        ("gst_no", {"gst_no": GUJARAT_BUYER}),
    ],
)
async def test_what_follows_the_invoice_cannot_be_said_otherwise(
    books: Books, field: str, said: dict[str, Any]
) -> None:
    if "contact_id" in said:
        said = {"contact_id": (await a_customer(books, "Malabar Stores")).id}

    assert (await refused(books, await ten_chairs(books), **said)).field == field


async def test_what_follows_the_invoice_may_be_said_in_other_words(books: Books) -> None:
    customer = await a_customer(books, gst_no=GUJARAT_BUYER)
    invoice = await an_approved_invoice(books, customer, TEN_CHAIRS)

    note = await a_credit_note(books, invoice, TWO_CHAIRS, place_of_supply="24", gst_no=GUJARAT_BUYER.lower())

    assert (note.head.place_of_supply, note.head.gst_no) == ("IN-GJ", GUJARAT_BUYER)


async def test_notes_in_parts_add_up_to_the_invoice_and_no_further(books: Books) -> None:
    invoice = await ten_chairs(books)
    for _ in range(5):
        await a_credit_note(books, invoice, TWO_CHAIRS)

    refusal = await refused(books, invoice, {"name": "Chair", "rate": Decimal("0.01")})

    assert refusal.field == "line_items[0]"
    assert "has 0.00 left at 18 %" in str(refusal)
    assert await trial_balance(books) == {}


async def test_a_voided_note_gives_back_what_it_took(books: Books) -> None:
    invoice = await ten_chairs(books)
    whole = {"name": "Chair", "quantity": Decimal(10)}
    note = await a_credit_note(books, invoice, whole)

    voided = await lifecycle.void(books, CREDIT_NOTE, note.head.id, reason="Entered twice.")

    assert (voided.head.status, str(voided.head.balance), voided.head.number) == ("CANCELLED", "0.00", "CN/26-27/0001")
    assert (await trial_balance(books))["Trade receivables"] == "5900.00"
    await a_credit_note(books, invoice, whole)


async def test_each_rate_takes_back_no_more_than_was_supplied_at_it(books: Books) -> None:
    """1,000 at 5 % and 1,000 at 18 %: a note of 1,500 at 18 % is less than the invoice, but more than that rate."""
    books_of_two_rates = (a_line("1000", "5", name="Tea"), a_line("1000", "18", name="Cola"))
    invoice = await an_approved_invoice(books, await a_customer(books), *books_of_two_rates)

    refusal = await refused(books, invoice, {"name": "Cola", "rate": Decimal(1500)})

    assert refusal.field == "line_items[0]"


async def test_a_rate_that_no_line_bears_is_refused(books: Books) -> None:
    refusal = await refused(books, await ten_chairs(books), {**TWO_CHAIRS, "tax_id": gst("5")})

    assert refusal.field == "line_items[0].tax_id"


async def test_rounding_off_is_not_counted(connection: AsyncConnection[Any]) -> None:
    """100.40 and tax come to 118.48, rounded to 118; the note comes to 118 as well, and its rounding is undone."""
    books = await a_firm(connection)
    invoice = await an_approved_invoice(books, await a_customer(books), a_line("100.40"))
    assert str(invoice.head.round_off) == "-0.48"

    note = await a_credit_note(books, invoice, {"name": "Furniture"})

    assert str(note.head.total) == "118.00"
    assert await trial_balance(books) == {}
    assert (await refused(books, invoice, {"name": "Furniture", "rate": Decimal("0.40")})).field == "line_items[0]"


async def test_charges_without_tax_are_counted(books: Books) -> None:
    invoice = await ten_chairs(books, untaxed_charges=Decimal(100))

    refusal = await refused(books, invoice, {"name": "Chair", "quantity": Decimal(10)}, untaxed_charges=Decimal(101))

    assert refusal.field == "line_items"
    assert "has 6000.00 left to credit; 6001.00 is more" in str(refusal)


async def test_a_note_is_not_older_than_its_invoice(books: Books) -> None:
    invoice = await ten_chairs(books, dated_on=on("2026-11-20"))

    assert (await refused(books, invoice, dated_on=on("2026-11-19"))).field == "date"


async def test_tax_is_reduced_until_30_november_after_the_year(books: Books) -> None:
    """An invoice of March 2026 belongs to 2025-26: until 30 November 2026 (section 34(2))."""
    invoice = await ten_chairs(books, dated_on=on("2026-03-31"))
    await a_credit_note(books, invoice, TWO_CHAIRS, dated_on=on("2026-11-30"))

    refusal = await refused(books, invoice, dated_on=on("2026-12-01"))
    late = await a_credit_note(books, invoice, TWO_CHAIRS, dated_on=on("2026-12-01"), is_without_gst=True)

    assert refusal.field == "is_without_gst"
    assert await entries_of(books, late) == {
        "Trade receivables": ("0.00", "1000.00"),
        "Sales": ("1000.00", "0.00"),
    }


async def test_a_note_without_gst_names_no_tax(books: Books) -> None:
    refusal = await refused(books, await ten_chairs(books), {**TWO_CHAIRS, "tax_id": gst("18")}, is_without_gst=True)

    assert refusal.field == "line_items[0].tax_id"


async def test_a_note_without_an_invoice_is_made_as_an_invoice_is(books: Books) -> None:
    note = await lifecycle.draft_and_approve(
        books, CREDIT_NOTE, {"contact_id": (await a_customer(books)).id}, [a_line("100")]
    )

    assert (str(note.head.total), note.head.parent_id) == ("118.00", None)


async def test_drafts_and_voided_invoices_are_not_corrected(books: Books) -> None:
    customer = await a_customer(books)
    draft = await a_draft(books, customer, TEN_CHAIRS)
    voided = await lifecycle.void(books, INVOICE, (await ten_chairs(books)).head.id, reason=None)

    assert (await refused(books, draft)).field == "invoice_id"
    assert (await refused(books, voided)).field == "invoice_id"


async def test_an_invoice_that_does_not_exist_is_not_found(books: Books) -> None:
    other_note = await a_credit_note(books, await ten_chairs(books), TWO_CHAIRS)
    for paper in (other_note, replace(other_note, head=replace(other_note.head, id="inv_01kar7v3fxe7srq2mv8cx0a1in"))):
        with pytest.raises(NotFound) as refusal:
            await a_credit_note(books, paper, TWO_CHAIRS)
        assert refusal.value.field == "invoice_id"


async def test_a_branch_of_another_registration_does_not_correct_it(books: Books) -> None:
    bengaluru = await open_branch(
        books, {"branch_name": "Bengaluru", "state_code": "IN-KA", "gst_no": KARNATAKA, "prefixes": {}}
    )

    assert (await refused(books, await ten_chairs(books), branch_id=bengaluru.id)).field == "branch_id"


async def test_an_invoice_with_a_note_is_not_voided(books: Books) -> None:
    invoice = await ten_chairs(books)
    note = await a_draft_note(books, invoice, TWO_CHAIRS)

    with pytest.raises(InvalidState, match="corrected by a note"):
        await lifecycle.void(books, INVOICE, invoice.head.id, reason=None)

    await lifecycle.delete(books, CREDIT_NOTE, note.head.id)
    await lifecycle.void(books, INVOICE, invoice.head.id, reason=None)
    assert await trial_balance(books) == {}


async def test_a_draft_counts_once_it_is_approved(books: Books) -> None:
    """Two drafts of eight chairs each: the first may be approved, the second not any more."""
    invoice = await ten_chairs(books)
    first, second = [await a_draft_note(books, invoice, {"name": "Chair", "quantity": Decimal(8)}) for _ in range(2)]
    await lifecycle.approve(books, CREDIT_NOTE, first.head.id)

    with pytest.raises(Failed) as refusal:
        await lifecycle.approve(books, CREDIT_NOTE, second.head.id)

    assert refusal.value.field == "line_items[0]"


async def test_a_draft_keeps_what_it_was_told(books: Books) -> None:
    """Its own price and address stay when something else is changed; the reason and the goods are kept."""
    invoice = await ten_chairs(books)
    address = {"attention": "Returns", "city": "Pune", "state_code": "IN-MH", "country": "India"}
    note = await a_draft_note(
        books, invoice, {**TWO_CHAIRS, "rate": Decimal(450), "is_restocked": True}, shipping_address=address
    )

    changed = await lifecycle.amend(books, CREDIT_NOTE, note.head.id, {"reason": "SALES_RETURN"}, None)

    assert (str(changed.head.taxable_total), changed.head.reason) == ("900.00", "SALES_RETURN")
    assert (changed.head.shipping_address or {})["attention"] == "Returns"
    approved = await lifecycle.approve(books, CREDIT_NOTE, note.head.id)
    assert (approved.lines[0].is_restocked, approved.head.reason) == (True, "SALES_RETURN")


async def test_a_draft_becomes_a_note_without_gst(books: Books) -> None:
    note = await a_draft_note(books, await ten_chairs(books), TWO_CHAIRS)

    changed = await lifecycle.amend(books, CREDIT_NOTE, note.head.id, {"is_without_gst": True}, None)

    assert amounts(changed.head) == {"taxable_total": "1000.00", "total": "1000.00", "balance": "1000.00"}


async def test_a_draft_does_not_move_to_the_invoice_of_another_customer(books: Books) -> None:
    note = await a_draft_note(books, await ten_chairs(books), TWO_CHAIRS)
    other = await an_approved_invoice(books, await a_customer(books, "Malabar Stores"), TEN_CHAIRS)

    with pytest.raises(Failed) as refusal:
        await lifecycle.amend(books, CREDIT_NOTE, note.head.id, {"parent_id": other.head.id}, None)

    assert refusal.value.field == "customer_id"
    moved = await lifecycle.amend(
        books, CREDIT_NOTE, note.head.id, {"parent_id": other.head.id, "contact_id": other.head.contact_id}, None
    )
    assert (moved.head.parent_id, moved.head.contact_name) == (other.head.id, "Malabar Stores")


async def test_a_posted_note_changes_its_remarks_only(books: Books) -> None:
    note = await a_credit_note(books, await ten_chairs(books), TWO_CHAIRS)
    await lifecycle.amend(books, CREDIT_NOTE, note.head.id, {"notes": "As agreed."}, None)

    with pytest.raises(InvalidState) as refusal:
        await lifecycle.amend(books, CREDIT_NOTE, note.head.id, {"parent_id": None}, None)

    assert refusal.value.field == "invoice_id"


async def test_a_locked_period_takes_no_note(books: Books) -> None:
    invoice = await ten_chairs(books, dated_on=on("2026-10-01"))
    await lock(books, "2026-10-31")

    with pytest.raises(PeriodLocked):
        await a_credit_note(books, invoice, TWO_CHAIRS, dated_on=on("2026-10-31"))


async def test_a_note_from_before_the_books_began_posts_what_is_owed_back(books: Books) -> None:
    customer = await a_customer(books)
    opening = {"contact_id": customer.id, "is_opening_balance": True, "dated_on": on("2026-03-20")}

    with pytest.raises(Required) as refusal:
        await lifecycle.draft_and_approve(books, CREDIT_NOTE, opening, [a_line("100")])
    note = await lifecycle.draft_and_approve(books, CREDIT_NOTE, {**opening, "number": "CN/9"}, [a_line("100")])

    assert refusal.value.field == "credit_note_number"
    assert await entries_of(books, note) == {
        "Trade receivables": ("0.00", "118.00"),
        "Opening balance difference": ("118.00", "0.00"),
    }
