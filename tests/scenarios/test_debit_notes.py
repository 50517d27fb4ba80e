"""Debit notes: what a return to a vendor takes back of cost, of input tax and of tax on reverse charge."""

from decimal import Decimal
from typing import Any

import pytest

from domain.books import Books
from domain.documents import lifecycle
from domain.documents.document import Paper
from domain.documents.kinds import BILL, DEBIT_NOTE
from domain.errors import Failed, InvalidState, NotFound
from tests.scenarios.builders import (
    KARNATAKA_VENDOR,
    a_bill,
    a_cost,
    a_debit_note,
    a_draft_bill,
    a_vendor,
    amounts,
    an_approved_invoice,
    entries_of,
    gst,
    on,
    trial_balance,
)
from tests.scenarios.money import assert_control_accounts_agree

TIMBER = {**a_cost("100.00"), "quantity": Decimal(10)}
TWO_BEAMS = {"name": "Timber", "quantity": Decimal(2)}


async def ten_beams(books: Books, **said: Any) -> Paper:
    """A bill of ten beams at 100 and 18 % within Maharashtra: 1,180."""
    return await a_bill(books, await a_vendor(books), TIMBER, **said)


async def refused(books: Books, bill: Paper, *lines: dict[str, Any], **said: Any) -> Failed:
    """Why a debit note on a bill is refused."""
    with pytest.raises(Failed) as refusal:
        await a_debit_note(books, bill, *lines or (TWO_BEAMS,), **said)
    return refusal.value


async def test_a_return_takes_cost_and_input_tax_back(books: Books) -> None:
    bill = await ten_beams(books)

    note = await a_debit_note(books, bill, TWO_BEAMS, reference_number="CN/118")

    assert (note.head.number, note.head.status, note.head.reference_number) == ("DN/26-27/0001", "ISSUED", "CN/118")
    assert amounts(note.head) == {
        "taxable_total": "200.00",
        "cgst_total": "18.00",
        "sgst_total": "18.00",
        "total": "236.00",
        "balance": "236.00",
    }
    assert await entries_of(books, note) == {
        "Trade payables": ("236.00", "0.00"),
        "Input CGST": ("0.00", "18.00"),
        "Input SGST": ("0.00", "18.00"),
        "Purchases": ("0.00", "200.00"),
    }
    await assert_control_accounts_agree(books)


async def test_tax_whose_credit_was_blocked_goes_back_to_the_cost(books: Books) -> None:
    dinner = a_cost("1000", "5", name="Dinner", hsn_or_sac="996331", itc_blocked_reason="17(5)(b)(i)")
    bill = await a_bill(books, await a_vendor(books), dinner)

    note = await a_debit_note(books, bill, {"name": "Dinner", "quantity": Decimal("0.2")})

    [line] = note.lines
    assert (line.itc_eligibility, line.itc_blocked_reason) == ("BLOCKED", "17(5)(b)(i)")
    assert await entries_of(books, note) == {
        "Trade payables": ("210.00", "0.00"),
        "Purchases": ("0.00", "210.00"),
    }


async def test_each_line_follows_what_became_of_the_credit_of_its_own(books: Books) -> None:
    dinner = a_cost("1000", "18", name="Dinner", itc_blocked_reason="17(5)(b)(i)")
    bill = await a_bill(books, await a_vendor(books), TIMBER, dinner)

    note = await a_debit_note(books, bill, {"name": "Dinner", "rate": Decimal(100)}, {"name": "Timber"})

    assert [line.itc_eligibility for line in note.lines] == ["BLOCKED", "ELIGIBLE"]
    assert (await entries_of(books, note))["Purchases"] == ("0.00", "218.00")


async def test_credit_of_another_state_was_never_taken(books: Books) -> None:
    hotel = a_cost("2000", "18", name="Two nights", hsn_or_sac="996311")
    bill = await a_bill(books, await a_vendor(books, gst_no=KARNATAKA_VENDOR), hotel, place_of_supply="IN-KA")

    note = await a_debit_note(books, bill, {"name": "Two nights", "rate": Decimal(1000)})

    assert note.lines[0].itc_eligibility == "POS_RESTRICTED"
    assert await entries_of(books, note) == {
        "Trade payables": ("1180.00", "0.00"),
        "Purchases": ("0.00", "1180.00"),
    }


async def test_reverse_charge_goes_back_on_both_sides(books: Books) -> None:
    """The worked example of the GST rules, 16: freight of 8,000 at 5 % on reverse charge; a quarter goes back."""
    carrier = await a_vendor(books, "Ramesh Transport", gst_treatment="UNREGISTERED", place_of_contact="IN-MH")
    freight = a_cost("8000", "5", name="Freight", hsn_or_sac="996511")
    bill = await a_bill(books, carrier, freight, is_reverse_charge=True)

    note = await a_debit_note(books, bill, {"name": "Freight", "quantity": Decimal("0.25")})

    assert (str(note.head.total), note.head.self_invoice_number) == ("2000.00", None)
    assert await entries_of(books, note) == {
        "Trade payables": ("2000.00", "0.00"),
        "Input CGST": ("0.00", "50.00"),
        "Input SGST": ("0.00", "50.00"),
        "Reverse charge CGST": ("50.00", "0.00"),
        "Reverse charge SGST": ("50.00", "0.00"),
        "Purchases": ("0.00", "2000.00"),
    }


async def test_reverse_charge_with_blocked_credit_takes_the_tax_off_the_cost(books: Books) -> None:
    carrier = await a_vendor(books, "Ramesh Transport", gst_treatment="UNREGISTERED", place_of_contact="IN-MH")
    outing = a_cost("1000", "5", name="Outing", hsn_or_sac="996601", itc_blocked_reason="17(5)(b)(iii)")
    bill = await a_bill(books, carrier, outing, is_reverse_charge=True)

    await a_debit_note(books, bill, {"name": "Outing"})

    assert await trial_balance(books) == {}


async def test_the_account_and_price_follow_the_bill(books: Books) -> None:
    bill = await ten_beams(books, is_inclusive_tax=True)

    note = await a_debit_note(books, bill, TWO_BEAMS)

    assert (note.head.is_inclusive_tax, str(note.head.total)) == (True, "200.00")
    assert note.lines[0].account_id == bill.lines[0].account_id


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("vendor_id", {"contact_id": "another"}),
        ("place_of_supply", {"place_of_supply": "IN-GA"}),
        ("is_reverse_charge", {"is_reverse_charge": True}),
        ("exchange_rate", {"exchange_rate": Decimal(2)}),
        ("date", {"dated_on": on("2026-11-19")}),
    ],
)
async def test_what_follows_the_bill_cannot_be_said_otherwise(books: Books, field: str, said: dict[str, Any]) -> None:
    if "contact_id" in said:
        said = {"contact_id": (await a_vendor(books, "Malabar Timber")).id}

    assert (await refused(books, await ten_beams(books, dated_on=on("2026-11-20")), **said)).field == field


async def test_more_than_the_bill_is_refused(books: Books) -> None:
    bill = await ten_beams(books, round_off=Decimal("0.50"))
    await a_debit_note(books, bill, {"name": "Timber", "quantity": Decimal(9)})

    assert (await refused(books, bill)).field == "line_items[0]"
    assert (await refused(books, bill, {"name": "Timber"}, untaxed_charges=Decimal("0.01"))).field == "line_items"


async def test_a_rate_that_no_line_of_the_bill_bears_is_refused(books: Books) -> None:
    refusal = await refused(books, await ten_beams(books), {**TWO_BEAMS, "tax_id": gst("5")})

    assert refusal.field == "line_items[0].tax_id"


async def test_a_vendor_may_credit_tax_at_any_time(books: Books) -> None:
    """The limit of section 34(2) is the vendor's; what he has credited has to be given up."""
    bill = await ten_beams(books, dated_on=on("2024-06-01"))

    note = await a_debit_note(books, bill, TWO_BEAMS)

    assert str(note.head.tax_total) == "36.00"


async def test_bills_that_are_not_posted_or_not_there_are_refused(books: Books) -> None:
    vendor = await a_vendor(books, contact_type="BOTH")
    assert (await refused(books, await a_draft_bill(books, vendor, TIMBER))).field == "bill_id"

    with pytest.raises(NotFound) as refusal:
        await a_debit_note(books, await an_approved_invoice(books, vendor, TIMBER), TWO_BEAMS)

    assert refusal.value.field == "bill_id"


async def test_a_bill_with_a_debit_note_is_not_voided(books: Books) -> None:
    bill = await ten_beams(books)
    note = await a_debit_note(books, bill, TWO_BEAMS)

    with pytest.raises(InvalidState, match="DN/26-27/0001"):
        await lifecycle.void(books, BILL, bill.head.id, reason=None)

    await lifecycle.void(books, DEBIT_NOTE, note.head.id, reason=None)
    await lifecycle.void(books, BILL, bill.head.id, reason=None)
    assert await trial_balance(books) == {}


async def test_a_debit_note_without_a_bill_decides_the_credit_by_itself(books: Books) -> None:
    vendor = await a_vendor(books)

    note = await lifecycle.draft_and_approve(books, DEBIT_NOTE, {"contact_id": vendor.id}, [a_cost("100")])

    assert (note.lines[0].itc_eligibility, str(note.head.total)) == ("ELIGIBLE", "118.00")


async def test_a_changed_draft_keeps_following_the_credit_of_the_bill(books: Books) -> None:
    dinner = a_cost("1000", "5", name="Dinner", itc_blocked_reason="17(5)(b)(i)")
    bill = await a_bill(books, await a_vendor(books), dinner)
    said = {"contact_id": bill.head.contact_id, "parent_id": bill.head.id}
    draft = await lifecycle.draft(books, DEBIT_NOTE, said, [{"name": "Dinner", "quantity": Decimal("0.2")}])

    changed = await lifecycle.amend(books, DEBIT_NOTE, draft.head.id, {"reason": "DEFICIENCY_IN_SERVICES"}, None)

    assert (changed.lines, changed.head.reason) == (draft.lines, "DEFICIENCY_IN_SERVICES")
    assert changed.lines[0].itc_blocked_reason == "17(5)(b)(i)"
