"""Returns by quantity: at the price after all discounts, and in parts that come exactly to the whole."""

from decimal import Decimal
from typing import Any

import pytest
from psycopg import AsyncConnection

from domain import registers
from domain.books import Books
from domain.catalog import ITEMS
from domain.documents import lifecycle
from domain.documents.document import Paper
from domain.documents.kinds import BILL, CREDIT_NOTE, INVOICE, KIND_NAMED, Kind
from domain.errors import Failed, NotFound
from tests.domain.founded import a_firm
from tests.scenarios.builders import (
    a_bill,
    a_cost,
    a_credit_note,
    a_customer,
    a_debit_note,
    a_draft_note,
    a_line,
    a_vendor,
    amounts,
    an_approved_invoice,
    gst,
    trial_balance,
)
from tests.scenarios.money import assert_control_accounts_agree

Json = dict[str, Any]

# Ten at 800 are 8,000; each of these leaves 2,000.
DISCOUNTS: dict[str, tuple[Json, Json]] = {
    "line amount": ({"discount": Decimal(6000)}, {}),
    "line percent": ({"discount_percent": Decimal(75)}, {}),
    "whole amount": ({}, {"discount": Decimal(6000)}),
    "whole percent": ({}, {"discount_percent": Decimal(75)}),
    "both": ({"discount_percent": Decimal(50)}, {"discount": Decimal(2000)}),
}


def back(quantity: str | int, **values: Any) -> Json:
    """So many pieces of furniture that go back."""
    return {"name": "Furniture", "quantity": Decimal(quantity), **values}


async def ten_less_6000(books: Books, kind: Kind = INVOICE, *, how: str = "whole amount", **line: Any) -> Paper:
    """Ten at 800 and 18 % less 6,000, sold or bought: 2,000 and twice 180."""
    of_line, of_whole = DISCOUNTS[how]
    contact = await (a_customer(books) if kind is INVOICE else a_vendor(books))
    lines = [a_line("800", **of_line, **{"quantity": Decimal(10), **line})]
    return await lifecycle.draft_and_approve(books, kind, {"contact_id": contact.id, **of_whole}, lines)


async def returned(books: Books, original: Paper, *lines: Json, **said: Any) -> Paper:
    """The note on an invoice or bill."""
    make = a_credit_note if KIND_NAMED[original.head.kind] is INVOICE else a_debit_note
    return await make(books, original, *lines, **said)


async def refused(books: Books, original: Paper, *lines: Json, **said: Any) -> Failed:
    """Why a note is refused."""
    with pytest.raises(Failed) as refusal:
        await returned(books, original, *lines, **said)
    return refusal.value


@pytest.mark.parametrize("kind", [INVOICE, BILL], ids=["sold", "bought"])
@pytest.mark.parametrize("how", DISCOUNTS)
async def test_two_of_ten_take_back_their_share_of_what_was_paid(books: Books, kind: Kind, how: str) -> None:
    original = await ten_less_6000(books, kind, how=how)

    note = await returned(books, original, back(2))

    assert amounts(note.head) == {
        "taxable_total": "400.00",
        "cgst_total": "36.00",
        "sgst_total": "36.00",
        "total": "472.00",
        "balance": "472.00",
    }
    assert (str(note.lines[0].rate), str(note.lines[0].discount)) == ("800", "1200.00")
    await assert_control_accounts_agree(books)


@pytest.mark.parametrize("how", DISCOUNTS)
async def test_so_they_do_by_item(books: Books, how: str) -> None:
    """The item costs 900 and bears 5 % by now."""
    item = await registers.add(books, ITEMS, {"item_name": "Desk", "rate": Decimal(900), "tax_id": gst("5")})
    invoice = await ten_less_6000(books, how=how, item_id=item.id)

    note = await returned(books, invoice, {"item_id": item.id, "quantity": Decimal(2)})

    assert (str(note.head.taxable_total), str(note.head.cgst_total)) == ("400.00", "36.00")


@pytest.mark.parametrize("how", DISCOUNTS)
async def test_so_they_do_where_prices_include_the_tax(books: Books, how: str) -> None:
    """Ten at 800 with tax, less 6,000, are 2,000 with tax: two are 400 with tax, 338.98 and twice 30.51."""
    of_line, of_whole = DISCOUNTS[how]
    line = {**a_line("800", **of_line), "quantity": Decimal(10)}
    invoice = await an_approved_invoice(books, await a_customer(books), line, is_inclusive_tax=True, **of_whole)

    note = await returned(books, invoice, back(2))

    assert note.head.is_inclusive_tax
    assert amounts(note.head) == {
        "taxable_total": "338.98",
        "cgst_total": "30.51",
        "sgst_total": "30.51",
        "total": "400.00",
        "balance": "400.00",
    }


async def test_a_note_without_tax_in_its_prices_takes_back_as_much(books: Books) -> None:
    """Of an invoice whose prices include the tax, 200 a piece: 169.50 and twice 15.25."""
    line = {**a_line("800"), "quantity": Decimal(10)}
    customer = await a_customer(books)
    invoice = await an_approved_invoice(books, customer, line, is_inclusive_tax=True, discount=Decimal(6000))

    note = await returned(books, invoice, back(1), is_inclusive_tax=False)

    assert str(note.lines[0].rate) == "169.500000"
    assert (str(note.head.taxable_total), str(note.head.total)) == ("169.50", "200.00")


async def test_the_price_of_the_invoice_may_be_said(books: Books) -> None:
    """Who sends the invoice's own rate means the same; who says that there is no discount means 1,600."""
    invoice = await ten_less_6000(books)

    as_billed = await returned(books, invoice, back(2, rate=Decimal(800)))
    undiscounted = await returned(books, invoice, back(2, rate=Decimal(800), discount=Decimal(0)))

    assert (str(as_billed.head.taxable_total), str(undiscounted.head.taxable_total)) == ("400.00", "1600.00")


@pytest.mark.parametrize("how", DISCOUNTS)
async def test_lines_may_be_copied_from_the_invoice(books: Books, how: str) -> None:
    """Rate and discount of the invoice's line, whatever else was taken off, say no price of one's own."""
    invoice = await ten_less_6000(books, how=how)
    names = ("name", "rate", "discount", "discount_percent", "tax_id", "hsn_or_sac", "account_id")
    copied = {name: getattr(invoice.lines[0], name) for name in names}

    note = await returned(books, invoice, {**copied, "quantity": Decimal(2)})

    assert (str(note.head.taxable_total), str(note.head.cgst_total)) == ("400.00", "36.00")


async def test_a_note_may_keep_a_part_for_the_trouble(books: Books) -> None:
    """Of the 400 that two are worth, 10 % are kept."""
    note = await returned(books, await ten_less_6000(books), back(2), discount_percent=Decimal(10))

    assert (str(note.head.taxable_total), str(note.head.cgst_total)) == ("360.00", "32.40")


async def test_a_note_without_gst_takes_the_value_alone(books: Books) -> None:
    note = await returned(books, await ten_less_6000(books), back(2), is_without_gst=True)

    assert amounts(note.head) == {"taxable_total": "400.00", "total": "400.00", "balance": "400.00"}


async def test_lines_at_other_prices_are_told_apart(books: Books) -> None:
    """Five at 100 and five at 80: which of them goes back has to be said, by the line or by its price."""
    dear, cheap = ({**a_line(rate), "quantity": Decimal(5)} for rate in ("100", "80"))
    invoice = await an_approved_invoice(books, await a_customer(books), dear, cheap)

    refusal = await refused(books, invoice, back(2))
    by_line = await returned(books, invoice, back(2, corrected_line_id=invoice.lines[1].id))
    by_price = await returned(books, invoice, back(2, rate=Decimal(100)))

    assert refusal.field == "line_items[0].corrected_line_item_id"
    assert (str(by_line.head.taxable_total), str(by_price.head.taxable_total)) == ("160.00", "200.00")


async def test_lines_that_nothing_tells_apart_go_back_together(books: Books) -> None:
    """Two lines of five at 100 less 1.01 on the whole: eight, and then two, leave nothing."""
    line = {**a_line("100"), "quantity": Decimal(5)}
    invoice = await an_approved_invoice(books, await a_customer(books), line, line, discount=Decimal("1.01"))

    await returned(books, invoice, back(8))
    await returned(books, invoice, back(2))

    assert (await refused(books, invoice, back(1))).field == "line_items[0]"
    assert await trial_balance(books) == {}


async def test_a_line_of_another_invoice_is_not_found(books: Books) -> None:
    invoice, other = await ten_less_6000(books), await ten_less_6000(books)

    with pytest.raises(NotFound) as refusal:
        await returned(books, invoice, back(2, corrected_line_id=other.lines[0].id))

    assert refusal.value.field == "line_items[0].corrected_line_item_id"


async def test_a_note_on_nothing_corrects_no_line(books: Books) -> None:
    invoice = await ten_less_6000(books)
    line = {**a_line("100"), "corrected_line_id": invoice.lines[0].id}

    with pytest.raises(NotFound) as refusal:
        await lifecycle.draft(books, CREDIT_NOTE, {"contact_id": invoice.head.contact_id}, [line])

    assert refusal.value.field == "line_items[0].corrected_line_item_id"


async def test_three_at_11_17_go_back_one_by_one(books: Books) -> None:
    """33.51 with 3.02 of each tax; the third takes 1.00, the paisa that the others took too much."""
    invoice = await an_approved_invoice(books, await a_customer(books), {**a_line("11.17"), "quantity": Decimal(3)})

    notes = [await returned(books, invoice, back(1)) for _ in range(3)]

    assert [str(note.head.cgst_total) for note in notes] == ["1.01", "1.01", "1.00"]
    assert await trial_balance(books) == {}


async def test_a_note_that_is_voided_in_between_can_be_written_again(books: Books) -> None:
    invoice = await an_approved_invoice(books, await a_customer(books), {**a_line("11.17"), "quantity": Decimal(3)})
    notes = [await returned(books, invoice, back(1)) for _ in range(3)]

    await lifecycle.void(books, CREDIT_NOTE, notes[1].head.id, reason=None)
    again = await returned(books, invoice, back(1))

    assert str(again.head.cgst_total) == "1.01"
    assert await trial_balance(books) == {}


async def test_an_invoice_of_329_rupees_goes_back_as_329(connection: AsyncConnection[Any]) -> None:
    """4 x 69.70 and 18 % are 328.98: four notes of 82.24 or so would come to 328 each for itself."""
    books = await a_firm(connection)
    line = {**a_line("69.70"), "quantity": Decimal(4)}
    invoice = await an_approved_invoice(books, await a_customer(books), line)

    notes = [await returned(books, invoice, back(1)) for _ in range(4)]

    assert [str(note.head.total) for note in notes] == ["82.00", "82.00", "82.00", "83.00"]
    assert await trial_balance(books) == {}


async def test_notes_never_come_to_a_rupee_more(connection: AsyncConnection[Any]) -> None:
    """Four of 0.60 are 2.40, so 2 rupees; each by itself would be a rupee."""
    books = await a_firm(connection)
    line = {**a_line("0.60", None, tax_category="EXEMPT"), "quantity": Decimal(4)}
    invoice = await an_approved_invoice(books, await a_customer(books), line)

    notes = [await returned(books, invoice, back(1)) for _ in range(4)]

    assert [str(note.head.total) for note in notes] == ["1.00", "1.00", "0.00", "0.00"]
    assert await trial_balance(books) == {}


async def test_the_last_takes_what_a_bill_was_rounded_by(books: Books) -> None:
    """The vendor rounded 118.48 to 118; the second half of the goods takes the 48 paise."""
    line = {**a_cost("50.20"), "quantity": Decimal(2)}
    bill = await a_bill(books, await a_vendor(books), line, round_off=Decimal("-0.48"))

    notes = [await returned(books, bill, {"name": "Timber", "quantity": Decimal(1)}) for _ in range(2)]

    assert [str(note.head.total) for note in notes] == ["59.24", "58.76"]
    assert await trial_balance(books) == {}


async def test_a_rounding_that_is_said_stands(books: Books) -> None:
    """Of a bill of 118.48 rounded to 118 the vendor credits all without rounding: 48 paise more than the bill."""
    line = {**a_cost("50.20"), "quantity": Decimal(2)}
    bill = await a_bill(books, await a_vendor(books), line, round_off=Decimal("-0.48"))
    half, exactly = {"name": "Timber", "quantity": Decimal(1)}, Decimal(0)

    first = await returned(books, bill, half, round_off=exactly)

    assert str(first.head.total) == "59.24"
    assert (await refused(books, bill, half, round_off=exactly)).field == "round_off"


async def test_a_vendor_may_not_round_above_the_bill(books: Books) -> None:
    bill = await a_bill(books, await a_vendor(books), a_cost("100"))

    assert (await refused(books, bill, {"name": "Timber"}, round_off=Decimal("0.01"))).field == "round_off"


async def test_tax_is_held_against_what_is_left_of_each_head(books: Books) -> None:
    """Of three lines of 0.50 each has 0.05 of each tax; one note of 1.50 would take 0.14, and takes the 0.15."""
    invoice = await an_approved_invoice(
        books, await a_customer(books), *(a_line("0.50", name=f"Screw {each}") for each in range(3))
    )

    note = await returned(books, invoice, {"name": "Screws", "rate": Decimal("1.50"), "tax_id": gst("18")})

    assert str(note.head.cgst_total) == "0.15"
    assert await trial_balance(books) == {}


async def test_drafts_are_reckoned_anew_when_they_are_approved(books: Books) -> None:
    """Three drafts of one each were all written while nothing was credited; the last to be approved takes the rest."""
    invoice = await an_approved_invoice(books, await a_customer(books), {**a_line("11.17"), "quantity": Decimal(3)})
    drafts = [await a_draft_note(books, invoice, back(1)) for _ in range(3)]

    notes = [await lifecycle.approve(books, CREDIT_NOTE, draft.head.id) for draft in drafts]

    assert [str(note.head.cgst_total) for note in notes] == ["1.01", "1.01", "1.00"]
    assert [note.head.version for note in notes] == [2, 2, 2]
    assert await trial_balance(books) == {}


async def test_a_draft_takes_another_quantity_or_another_price(books: Books) -> None:
    draft = await a_draft_note(books, await ten_less_6000(books), back(2))
    line = {"id": draft.lines[0].id}

    more = await lifecycle.amend(books, CREDIT_NOTE, draft.head.id, {}, [{**line, "quantity": Decimal(3)}])
    same = await lifecycle.amend(books, CREDIT_NOTE, draft.head.id, {}, [{**line, "rate": Decimal(800)}])
    priced = await lifecycle.amend(books, CREDIT_NOTE, draft.head.id, {}, [{**line, "rate": Decimal(150)}])

    assert [str(paper.head.taxable_total) for paper in (more, same, priced)] == ["600.00", "600.00", "450.00"]
    assert priced.lines[0].corrected_line_id is None


async def test_what_is_cleared_stays_cleared(books: Books) -> None:
    """A line by quantity follows the invoice's, but for what is said to be nothing."""
    invoice = await ten_less_6000(books, unit="pcs", hsn_or_sac="940360")
    draft = await a_draft_note(books, invoice, back(2, unit=None))

    cleared = {"id": draft.lines[0].id, "hsn_or_sac": None}
    changed = await lifecycle.amend(books, CREDIT_NOTE, draft.head.id, {}, [cleared])

    assert (draft.lines[0].unit, draft.lines[0].hsn_or_sac) == (None, "940360")
    assert (changed.lines[0].unit, changed.lines[0].hsn_or_sac) == (None, None)
    assert str(changed.head.taxable_total) == "400.00"


async def test_a_draft_that_moves_takes_back_of_the_other_invoice(books: Books) -> None:
    first = await ten_less_6000(books)
    line = {**a_line("500"), "quantity": Decimal(4)}
    other = await an_approved_invoice(books, await a_customer(books), line)
    draft = await a_draft_note(books, first, back(2))
    moved = {"parent_id": other.head.id, "contact_id": other.head.contact_id}

    changed = await lifecycle.amend(books, CREDIT_NOTE, draft.head.id, moved, None)
    alone = await lifecycle.amend(books, CREDIT_NOTE, draft.head.id, {"parent_id": None}, None)

    assert (str(changed.head.taxable_total), changed.lines[0].corrected_line_id) == ("1000.00", other.lines[0].id)
    assert (str(alone.head.taxable_total), alone.lines[0].corrected_line_id) == ("1000.00", None)


async def test_goods_go_back_into_stock_or_out_of_it(books: Books) -> None:
    sold, bought = await ten_less_6000(books), await ten_less_6000(books, BILL)

    came = await returned(books, sold, back(1, is_restocked=True), back(1))
    went = await returned(books, bought, back(1, is_restocked=True))

    assert [line.stock_direction for line in came.lines] == ["SALES_RETURN_IN", None]
    assert [line.stock_direction for line in went.lines] == ["PURCHASE_RETURN_OUT"]


async def test_what_was_given_free_goes_back_once(books: Books) -> None:
    customer = await a_customer(books)
    invoice = await an_approved_invoice(books, customer, a_line("0", name="Sample"), a_line("100"))
    sample = next(line.id for line in invoice.lines if line.name == "Sample")
    await returned(books, invoice, back(1, name="Sample", corrected_line_id=sample))

    assert (await refused(books, invoice, back(1, name="Sample", corrected_line_id=sample), a_line("100"))).field == (
        "line_items[0]"
    )
