"""A vendor's paper is entered once: by its number in any writing, whatever else differs, as a bill or as an expense."""

from decimal import Decimal
from typing import Any

import pytest

from domain.books import Books
from domain.contacts import Contact
from domain.documents import bulk, conversion, lifecycle
from domain.documents.document import Paper
from domain.documents.kinds import BILL, DEBIT_NOTE, PURCHASE_ORDER
from domain.errors import Duplicate, Refusal
from tests.scenarios.builders import MAHARASHTRA_VENDOR, a_bill, a_cost, a_debit_note, a_draft_bill, a_vendor, on
from tests.scenarios.spending import an_expense, changed

SAID: dict[str, Any] = {"reference_number": "INV-7", "dated_on": on("2026-06-05")}


async def the_bill(books: Books, vendor: Contact) -> Paper:
    """The first: INV-7 of 5 June for 1,180."""
    return await a_bill(books, vendor, a_cost("1000"), **SAID)


async def refused(attempt: Any) -> Duplicate:
    with pytest.raises(Duplicate) as told:
        await attempt
    assert (told.value.code, told.value.status, told.value.field) == ("conflict.duplicate", 409, "reference_number")
    return told.value


@pytest.mark.parametrize("number", ["INV-7", "inv-7", "INV-7 ", " Inv-7"])
async def test_a_number_is_one_in_any_writing_whatever_its_date_and_total(books: Books, number: str) -> None:
    vendor = await a_vendor(books)
    first = await the_bill(books, vendor)
    said = {"reference_number": number, "dated_on": on("2026-11-02")}
    refusal = await refused(a_draft_bill(books, vendor, a_cost("250"), **said))
    assert refusal.details == {"bill_id": first.head.id, "bill_number": "BILL/26-27/0001"}
    await refused(a_bill(books, vendor, a_cost("250"), **said))


async def test_the_same_gstin_under_another_contact_is_the_same_vendor(books: Books) -> None:
    await the_bill(books, await a_vendor(books))
    again = await a_vendor(books, "Konkan Timber & Co", gst_no=MAHARASHTRA_VENDOR)
    await refused(a_draft_bill(books, again, a_cost("250"), **SAID))


async def test_a_number_may_come_again_in_the_next_financial_year(books: Books) -> None:
    vendor = await a_vendor(books)
    await a_bill(books, vendor, a_cost("1000"), reference_number="INV-7", dated_on=on("2026-03-31"))
    assert (await a_bill(books, vendor, a_cost("1000"), **SAID)).head.status == "OPEN"


async def test_what_is_meant_twice_is_taken_twice(books: Books) -> None:
    vendor = await a_vendor(books)
    await the_bill(books, vendor)
    second = await a_bill(books, vendor, a_cost("1000"), **SAID, is_duplicate_meant=True)
    assert second.head.is_duplicate_meant
    noted = await lifecycle.amend(books, BILL, second.head.id, {"notes": "The vendor numbers by month."}, None)
    assert noted.head.version == 2
    await refused(a_draft_bill(books, vendor, a_cost("250"), **SAID))


async def test_a_bill_whose_reference_becomes_a_twin_is_refused_unless_it_is_meant(books: Books) -> None:
    vendor = await a_vendor(books)
    await the_bill(books, vendor)
    other = await a_bill(books, vendor, a_cost("1000"), reference_number="INV-8", dated_on=on("2026-06-06"))
    said = {"reference_number": "inv-7"}
    await refused(lifecycle.amend(books, BILL, other.head.id, said, None))
    meant = await lifecycle.amend(books, BILL, other.head.id, {**said, "is_duplicate_meant": True}, None)
    assert meant.head.reference_number == "inv-7"


async def test_the_credit_note_of_a_vendor_is_entered_once_as_well(books: Books) -> None:
    bill = await the_bill(books, await a_vendor(books))
    note = await a_debit_note(books, bill, a_cost("100"), reference_number="INV-7")
    assert note.head.status == "ISSUED", "a vendor's credit notes and invoices have numbers of their own"
    refusal = await refused(a_debit_note(books, bill, a_cost("50"), reference_number="inv-7"))
    assert refusal.details == {"debit_note_id": note.head.id, "debit_note_number": "DN/26-27/0001"}
    await a_debit_note(books, bill, a_cost("50"))
    again = await a_debit_note(books, bill, a_cost("50"))
    assert again.head.number == "DN/26-27/0003", "our own notes without a number of the vendor may be alike"
    assert DEBIT_NOTE.is_vendors_paper


async def test_an_invoice_is_either_a_bill_or_an_expense(books: Books) -> None:
    vendor = await a_vendor(books)
    await the_bill(books, vendor)
    paid = {"reference_number": "inv-7", "date": "2026-06-10"}
    await refused(an_expense(books, "1000.00", vendor_id=vendor.id, **paid))
    await refused(an_expense(books, "1000.00", gst_no=MAHARASHTRA_VENDOR, **paid))
    meant = await an_expense(books, "1000.00", vendor_id=vendor.id, allow_duplicate_reference=True, **paid)
    assert meant["allow_duplicate_reference"] is True


async def test_a_bill_of_what_an_expense_was_is_refused(books: Books) -> None:
    vendor = await a_vendor(books)
    expense = await an_expense(books, "500.00", vendor_id=vendor.id, reference_number="R-1", date="2026-06-05")
    refusal = await refused(a_draft_bill(books, vendor, a_cost("250"), reference_number="r-1"))
    assert refusal.details == {"expense_id": expense["expense_id"]}


async def test_an_expense_does_not_become_another_and_one_of_nobody_is_compared_with_none(books: Books) -> None:
    vendor = await a_vendor(books)
    await an_expense(books, "500.00", vendor_id=vendor.id, reference_number="R-1", date="2026-06-05")
    nobodys = await an_expense(books, "500.00", reference_number="R-1", date="2026-06-05")
    await refused(changed(books, nobodys, vendor_id=vendor.id))


async def test_orders_in_parts_become_bills_with_numbers_of_their_own(books: Books) -> None:
    """The reference of the order is another paper, so the second bill of it does not meet the first."""
    vendor = await a_vendor(books)
    said = {"contact_id": vendor.id, "reference_number": "QUOTE-1"}
    order = await lifecycle.draft_and_approve(books, PURCHASE_ORDER, said, [a_cost("10", quantity=Decimal(5))])
    for quantity, number in (("2", "INV-8"), ("3", "INV-9")):
        wanted = [{"id": order.lines[0].id, "quantity": Decimal(quantity)}]
        done = await conversion.convert(
            books, PURCHASE_ORDER, order.head.id, BILL, wanted=wanted, said={"reference_number": number}
        )
        assert done.made.head.reference_number == number
    unsaid = await lifecycle.draft_and_approve(books, PURCHASE_ORDER, said, [a_cost("10")])
    done = await conversion.convert(books, PURCHASE_ORDER, unsaid.head.id, BILL, wanted=None, said={})
    assert done.made.head.reference_number is None


async def test_rows_of_one_call_are_compared_with_each_other(books: Books) -> None:
    vendor = await a_vendor(books)
    again = await a_vendor(books, "Konkan Timber & Co", gst_no=MAHARASHTRA_VENDOR)

    def row(party: Contact, number: str, rate: str) -> bulk.Said:
        said = {"contact_id": party.id, "reference_number": number}
        return bulk.Said(said, [a_cost(rate)], is_opened=False)

    rows: list[bulk.Said | Refusal] = [
        row(vendor, "INV-7", "1000"),
        row(vendor, "inv-7 ", "500"),
        row(again, "INV-7", "250"),
        row(vendor, "INV-8", "125"),
    ]
    made = await bulk.create(books, BILL, rows, is_all_or_nothing=False)
    assert [each.outcome.message if isinstance(each.outcome, Refusal) else "" for each in made] == [
        "",
        "inv-7 of Konkan Timber in 2026-27 is row 1 already. If this is another paper, send allow_duplicate_reference.",
        "INV-7 of Konkan Timber & Co in 2026-27 is row 1 already. "
        "If this is another paper, send allow_duplicate_reference.",
        "",
    ]
