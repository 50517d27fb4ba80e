"""Debit notes on bills from which tax was withheld: each takes back its share, and the last one the rest."""

from decimal import Decimal

from domain.books import Books
from domain.documents import lifecycle
from domain.documents.document import Paper
from domain.documents.kinds import DEBIT_NOTE
from tests.scenarios.builders import a_bill, a_cost, a_debit_note, a_vendor, entries_of, trial_balance
from tests.scenarios.money import assert_control_accounts_agree

ONE = {"name": "Timber", "quantity": Decimal(1)}


async def three_beams(books: Books) -> Paper:
    """A bill of three at 33.35 and 18 %, of which 10 % of 100.05 are withheld: 10.01."""
    line = {**a_cost("33.35"), "quantity": Decimal(3)}
    return await a_bill(books, await a_vendor(books), line, tds_percent=Decimal(10))


async def test_a_debit_note_takes_back_its_share_of_the_withholding(books: Books) -> None:
    """A third of 10.01 is 3.34; of the 39.35 that go back the vendor owes 36.01."""
    bill = await three_beams(books)

    note = await a_debit_note(books, bill, ONE)

    assert (str(note.head.tds_percent), str(note.head.tds_amount), str(note.head.balance)) == ("10", "3.34", "36.01")
    assert await entries_of(books, note) == {
        "Trade payables": ("36.01", "0.00"),
        "TDS payable": ("3.34", "0.00"),
        "Input CGST": ("0.00", "3.00"),
        "Input SGST": ("0.00", "3.00"),
        "Purchases": ("0.00", "33.35"),
    }
    await assert_control_accounts_agree(books)


async def test_the_last_takes_the_rest_of_the_withholding(books: Books) -> None:
    bill = await three_beams(books)

    notes = [await a_debit_note(books, bill, ONE) for _ in range(3)]

    assert [str(note.head.tds_amount) for note in notes] == ["3.34", "3.34", "3.33"]
    assert await trial_balance(books) == {}
    await lifecycle.void(books, DEBIT_NOTE, notes[0].head.id, reason=None)
    assert (await trial_balance(books))["TDS payable"] == "-3.34"
    again = await a_debit_note(books, bill, ONE)
    assert str(again.head.tds_amount) == "3.34"


async def test_a_note_on_the_value_alone_takes_its_share_of_the_withholding_too(books: Books) -> None:
    bill = await three_beams(books)

    note = await a_debit_note(books, bill, {"name": "Discount", "rate": Decimal(20)}, is_without_gst=True)

    assert (str(note.head.tds_amount), str(note.head.balance)) == ("2.00", "18.00")


async def test_a_draft_on_nothing_any_more_takes_back_no_withholding(books: Books) -> None:
    bill = await three_beams(books)
    said = {"contact_id": bill.head.contact_id, "parent_id": bill.head.id}
    draft = await lifecycle.draft(books, DEBIT_NOTE, said, [ONE])

    alone = await lifecycle.amend(books, DEBIT_NOTE, draft.head.id, {"parent_id": None}, None)

    assert (alone.head.tds_section, alone.head.tds_percent, str(alone.head.tds_amount)) == (None, None, "0.00")
