"""Notes that settle documents, and are taken back: statuses there and back again, days, currencies, refusals."""

from decimal import Decimal

import pytest

from domain import registers
from domain.books import Books
from domain.contacts import Contact
from domain.documents import crediting, lifecycle
from domain.documents.document import Paper
from domain.documents.kinds import BILL, CREDIT_NOTE, DEBIT_NOTE, INVOICE, Side
from domain.documents.open_amounts import open_amount
from domain.errors import Failed, InvalidState, NotFound, PeriodLocked
from domain.ids import new_id
from models.masters import contacts
from tests.scenarios.builders import (
    a_bill,
    a_cost,
    a_credit_note,
    a_customer,
    a_debit_note,
    a_draft,
    a_line,
    a_vendor,
    an_approved_invoice,
    on,
    trial_balance,
)
from tests.scenarios.entries import lock
from tests.scenarios.money import a_payment, assert_control_accounts_agree, settled_as, trail_of

_OWED = registers.reading(contacts, (contacts.c.id.label("contact_id"), open_amount(Side.SALE).label("owed")))


async def an_invoice_of(books: Books, customer: Contact, rupees: str, **said: object) -> Paper:
    """An invoice without tax."""
    return await an_approved_invoice(books, customer, a_line(rupees, None, tax_category="EXEMPT"), **said)


async def a_note_of(books: Books, customer: Contact, rupees: str, **said: object) -> Paper:
    """A credit note of its own, without tax."""
    line = a_line(rupees, None, tax_category="EXEMPT")
    return await lifecycle.draft_and_approve(books, CREDIT_NOTE, {"contact_id": customer.id, **said}, [line])


async def applied(
    books: Books, note: Paper, invoice: Paper, amount: str | None = None, *, day: str | None = None
) -> Paper:
    """The credit note after it was applied to an invoice."""
    return await crediting.apply(
        books,
        CREDIT_NOTE,
        note.head.id,
        invoice.head.id,
        amount=None if amount is None else Decimal(amount),
        on=None if day is None else on(day),
    )


async def refused(books: Books, note: Paper, invoice: Paper, amount: str | None = None) -> Failed:
    """Why a note is not applied to an invoice."""
    with pytest.raises(Failed) as refusal:
        await applied(books, note, invoice, amount)
    return refusal.value


async def test_a_note_settles_as_much_as_both_have(books: Books) -> None:
    customer = await a_customer(books)
    invoice, note = await an_invoice_of(books, customer, "1000"), await a_note_of(books, customer, "300")

    after = await applied(books, note, invoice)

    assert (after.head.status, str(after.head.balance), str(after.head.amount_credited)) == (
        "APPLIED",
        "0.00",
        "300.00",
    )
    assert [(str(each.amount), each.document_number) for each in after.allocations] == [("300.00", "INV/26-27/0001")]
    assert await settled_as(books, invoice) == ("PARTIALLY_PAID", "700.00")
    assert await trial_balance(books) == {"Trade receivables": "700.00", "Sales": "-700.00"}
    await assert_control_accounts_agree(books)


async def test_an_invoice_settled_by_notes_alone_is_credited(books: Books) -> None:
    customer = await a_customer(books)
    invoice, note = await an_invoice_of(books, customer, "200"), await a_note_of(books, customer, "300")

    after = await applied(books, note, invoice)

    assert (after.head.status, str(after.head.balance)) == ("ISSUED", "100.00")
    assert await settled_as(books, invoice) == ("CREDIT_APPLIED", "0.00")


async def test_an_invoice_settled_by_money_and_a_note_is_paid(books: Books) -> None:
    customer = await a_customer(books)
    invoice, note = await an_invoice_of(books, customer, "1000"), await a_note_of(books, customer, "300")
    await a_payment(books, customer, "700", (invoice, "700"))

    await applied(books, note, invoice)

    assert await settled_as(books, invoice) == ("PAID", "0.00")


async def test_what_is_taken_back_is_open_again(books: Books) -> None:
    customer = await a_customer(books)
    first, second = [await an_invoice_of(books, customer, "200") for _ in range(2)]
    note = await a_note_of(books, customer, "300")
    await applied(books, note, first)
    both = await applied(books, note, second)

    one_back = await crediting.unapply(books, CREDIT_NOTE, note.head.id, [both.allocations[0].allocation_id])

    assert (one_back.head.status, str(one_back.head.balance), len(one_back.allocations)) == ("ISSUED", "200.00", 1)
    assert await settled_as(books, first) == ("SENT", "200.00")
    assert await settled_as(books, second) == ("PARTIALLY_PAID", "100.00")
    await crediting.unapply(books, CREDIT_NOTE, note.head.id, [one_back.allocations[0].allocation_id])
    assert await settled_as(books, second) == ("SENT", "200.00")
    assert await settled_as(books, note) == ("ISSUED", "300.00")


async def test_the_same_is_not_taken_back_twice(books: Books) -> None:
    customer = await a_customer(books)
    note = await a_note_of(books, customer, "300")
    after = await applied(books, note, await an_invoice_of(books, customer, "200"))
    [key] = [each.allocation_id for each in after.allocations]
    await crediting.unapply(books, CREDIT_NOTE, note.head.id, [key, key])

    with pytest.raises(NotFound) as refusal:
        await crediting.unapply(books, CREDIT_NOTE, note.head.id, [key])

    assert refusal.value.field == "allocation_ids[0]"


async def test_a_note_is_applied_bit_by_bit_until_nothing_is_left(books: Books) -> None:
    customer = await a_customer(books)
    invoice, note = await an_invoice_of(books, customer, "1000"), await a_note_of(books, customer, "300")
    await applied(books, note, invoice, "100")
    await applied(books, note, invoice, "200")

    with pytest.raises(InvalidState, match="nothing left to apply"):
        await applied(books, note, invoice)

    assert await settled_as(books, invoice) == ("PARTIALLY_PAID", "700.00")


async def test_neither_takes_more_than_it_has(books: Books) -> None:
    customer = await a_customer(books)
    small, large = await an_invoice_of(books, customer, "100"), await an_invoice_of(books, customer, "1000")
    note = await a_note_of(books, customer, "300")

    for invoice, amount in ((small, "100.01"), (large, "300.01")):
        assert (await refused(books, note, invoice, amount)).field == "amount"


async def test_only_open_invoices_of_the_same_customer_and_currency_are_settled(books: Books) -> None:
    customer, other = await a_customer(books), await a_customer(books, "Malabar Stores")
    note = await a_note_of(books, customer, "300")
    dollars = {"currency_code": "USD", "exchange_rate": Decimal(83)}
    paid = await an_invoice_of(books, customer, "100")
    await a_payment(books, customer, "100", (paid, "100"))
    voided = await an_invoice_of(books, customer, "100")
    await lifecycle.void(books, INVOICE, voided.head.id, reason=None)

    for invoice in (
        await an_invoice_of(books, other, "100"),
        await an_invoice_of(books, customer, "100", **dollars),
        await a_draft(books, customer, a_line("100")),
        voided,
        paid,
    ):
        assert (await refused(books, note, invoice)).field == "invoice_id"


async def test_what_is_no_invoice_is_not_found(books: Books) -> None:
    customer = await a_customer(books, contact_type="BOTH")
    note = await a_note_of(books, customer, "300")
    bill = await a_bill(books, customer, a_cost("100", None, tax_category="EXEMPT"))

    for key in (note.head.id, bill.head.id, new_id("inv")):
        with pytest.raises(NotFound) as refusal:
            await crediting.apply(books, CREDIT_NOTE, note.head.id, key, amount=None, on=None)
        assert refusal.value.field == "invoice_id"


async def test_drafts_and_voided_notes_settle_nothing(books: Books) -> None:
    customer = await a_customer(books)
    invoice, note = await an_invoice_of(books, customer, "1000"), await a_note_of(books, customer, "300")
    draft = await lifecycle.draft(books, CREDIT_NOTE, {"contact_id": customer.id}, [a_line("100")])
    await lifecycle.void(books, CREDIT_NOTE, note.head.id, reason=None)

    for each in (draft, note):
        with pytest.raises(InvalidState):
            await applied(books, each, invoice)


async def test_what_is_settled_is_not_voided(books: Books) -> None:
    customer = await a_customer(books)
    invoice, note = await an_invoice_of(books, customer, "1000"), await a_note_of(books, customer, "300")
    after = await applied(books, note, invoice, "100")

    for kind, paper in ((CREDIT_NOTE, note), (INVOICE, invoice)):
        with pytest.raises(InvalidState, match="take that back first"):
            await lifecycle.void(books, kind, paper.head.id, reason=None)

    await crediting.unapply(books, CREDIT_NOTE, note.head.id, [after.allocations[0].allocation_id])
    await lifecycle.void(books, CREDIT_NOTE, note.head.id, reason=None)
    await lifecycle.void(books, INVOICE, invoice.head.id, reason=None)
    assert await trial_balance(books) == {}


async def test_a_note_that_was_paid_back_is_not_voided(books: Books) -> None:
    customer = await a_customer(books)
    note = await a_note_of(books, customer, "300")
    await a_payment(books, customer, "100", (note, "100"), flow="OUTGOING", payment_type="REFUND")

    assert await settled_as(books, note) == ("ISSUED", "200.00")
    with pytest.raises(InvalidState):
        await lifecycle.void(books, CREDIT_NOTE, note.head.id, reason=None)


async def test_a_note_is_applied_on_a_day_on_which_both_are_there(books: Books) -> None:
    customer = await a_customer(books)
    invoice = await an_invoice_of(books, customer, "1000", dated_on=on("2026-10-01"))
    note = await a_note_of(books, customer, "300", dated_on=on("2026-10-15"))

    with pytest.raises(Failed) as refusal:
        await applied(books, note, invoice, day="2026-10-14")
    after = await applied(books, note, invoice, day="2026-10-15")

    assert refusal.value.field == "date"
    assert after.allocations[0].applied_on == on("2026-10-15")


async def test_in_a_locked_period_nothing_is_applied_or_taken_back(books: Books) -> None:
    customer = await a_customer(books)
    invoice = await an_invoice_of(books, customer, "1000", dated_on=on("2026-10-01"))
    note = await a_note_of(books, customer, "300", dated_on=on("2026-10-01"))
    after = await applied(books, note, invoice, "100", day="2026-10-31")
    await lock(books, "2026-10-31")

    with pytest.raises(PeriodLocked):
        await applied(books, note, invoice, "100", day="2026-10-31")
    with pytest.raises(PeriodLocked):
        await crediting.unapply(books, CREDIT_NOTE, note.head.id, [after.allocations[0].allocation_id])
    await applied(books, note, invoice, "100")


async def test_rates_of_exchange_that_differ_are_a_gain_or_loss(books: Books) -> None:
    """Of 1,000 dollars billed at 83, 100 are settled by a note at 84.50: it gave 150 rupees more than it settles."""
    abroad = await a_customer(books, "Colombo Imports", gst_treatment="OVERSEAS", currency_code="USD")
    invoice = await an_invoice_of(books, abroad, "1000", exchange_rate=Decimal(83))
    note = await a_note_of(books, abroad, "100", exchange_rate=Decimal("84.50"))

    after = await applied(books, note, invoice)

    assert await trial_balance(books) == {
        "Trade receivables": "74700.00",
        "Sales": "-74550.00",
        "Exchange gain or loss": "-150.00",
    }
    await assert_control_accounts_agree(books)
    await crediting.unapply(books, CREDIT_NOTE, note.head.id, [after.allocations[0].allocation_id])
    assert "Exchange gain or loss" not in await trial_balance(books)
    await assert_control_accounts_agree(books)


async def test_opening_balances_settle_each_other(books: Books) -> None:
    customer = await a_customer(books)
    opening = {"is_opening_balance": True, "dated_on": on("2026-03-20")}
    invoice = await an_invoice_of(books, customer, "1000", number="INV/7", **opening)
    note = await a_note_of(books, customer, "300", number="CN/9", **opening)

    await applied(books, note, invoice)

    assert await settled_as(books, invoice) == ("PARTIALLY_PAID", "700.00")
    assert await trial_balance(books) == {"Trade receivables": "700.00", "Opening balance difference": "-700.00"}


async def test_unused_credit_is_taken_off_what_a_customer_owes(books: Books) -> None:
    customer = await a_customer(books)
    await an_invoice_of(books, customer, "1000")
    note = await a_note_of(books, customer, "300")
    assert (await registers.read(books, _OWED, "Contact", customer.id))["owed"] == Decimal(700)

    await applied(books, note, await an_invoice_of(books, customer, "500"))

    assert (await registers.read(books, _OWED, "Contact", customer.id))["owed"] == Decimal(1200)


async def test_happenings_name_what_was_settled_and_taken_back(books: Books) -> None:
    customer = await a_customer(books)
    invoice, note = await an_invoice_of(books, customer, "300"), await a_note_of(books, customer, "300")
    after = await applied(books, note, invoice)
    await crediting.unapply(books, CREDIT_NOTE, note.head.id, [after.allocations[0].allocation_id])

    told = await trail_of(books, "amount_credited")

    assert [row["action"] for row in told] == [
        "INVOICE_CREDIT_APPLIED",
        "CREDIT_NOTE_APPLIED",
        "INVOICE_UPDATED",
        "CREDIT_NOTE_UNAPPLIED",
    ]
    assert told[1]["changes"]["allocations"]["new"][0]["document_number"] == "INV/26-27/0001"
    assert told[3]["changes"]["status"] == {"old": "APPLIED", "new": "ISSUED"}


async def test_a_debit_note_settles_a_bill(books: Books) -> None:
    """A bill of 1,180 of which 100 were withheld has 1,080 open; of the 236 credited, 20 were never paid to him."""
    bill = await a_bill(books, await a_vendor(books), a_cost("1000.00"), tds_percent=Decimal(10))
    note = await a_debit_note(books, bill, {"name": "Timber", "rate": Decimal(200)})

    after = await crediting.apply(books, DEBIT_NOTE, note.head.id, bill.head.id, amount=None, on=None)

    assert after.head.status == "APPLIED"
    assert await settled_as(books, bill) == ("PARTIALLY_PAID", "864.00")
    await assert_control_accounts_agree(books)
    await crediting.unapply(books, DEBIT_NOTE, note.head.id, [after.allocations[0].allocation_id])
    assert await settled_as(books, bill) == ("OPEN", "1080.00")
    assert await settled_as(books, note) == ("ISSUED", "216.00")


async def test_a_debit_note_of_all_settles_all_that_the_bill_has_open(books: Books) -> None:
    """All of the goods go back: the vendor is owed nothing of his 1,080, nor the government of its 100."""
    bill = await a_bill(books, await a_vendor(books), a_cost("1000.00"), tds_percent=Decimal(10))
    note = await a_debit_note(books, bill, {"name": "Timber"})

    after = await crediting.apply(books, DEBIT_NOTE, note.head.id, bill.head.id, amount=None, on=None)

    assert (after.head.status, str(after.head.balance)) == ("APPLIED", "0.00")
    assert await settled_as(books, bill) == ("PAID", "0.00")
    assert await trial_balance(books) == {}
    with pytest.raises(InvalidState, match="take that back first"):
        await lifecycle.void(books, BILL, bill.head.id, reason=None)


async def test_a_vendor_pays_a_debit_note_back(books: Books) -> None:
    vendor = await a_vendor(books)
    bill = await a_bill(books, vendor, a_cost("1000.00"))
    note = await a_debit_note(books, bill, {"name": "Timber", "rate": Decimal(200)})

    await a_payment(books, vendor, "236", (note, "236"), flow="INCOMING", payment_type="REFUND")

    assert await settled_as(books, note) == ("APPLIED", "0.00")
    await assert_control_accounts_agree(books)


async def test_a_credited_invoice_of_a_customer_stays_open_for_the_rest(books: Books) -> None:
    """Two of ten chairs go back and 4,720 are paid: the invoice of 5,900 is paid in full."""
    customer = await a_customer(books)
    invoice = await an_approved_invoice(books, customer, {**a_line("500"), "quantity": Decimal(10)})
    note = await a_credit_note(books, invoice, {"name": "Furniture", "quantity": Decimal(2)})
    await applied(books, note, invoice)

    await a_payment(books, customer, "4720", (invoice, "4720"))

    assert await settled_as(books, invoice) == ("PAID", "0.00")
    assert await trial_balance(books) == {
        "Bank account": "4720.00",
        "Output CGST": "-360.00",
        "Output SGST": "-360.00",
        "Sales": "-4000.00",
    }
