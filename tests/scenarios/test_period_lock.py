"""A closed period stays as it is: nothing is posted into it and nothing in it is voided, whatever does it.

Every way into the ledger stands in ``WAYS``; whoever adds one adds it there, at least one for each source that a
journal may have. What the database refuses by itself, and
what becomes of a posting while the lock is being moved, stands in ``tests/server/test_ledger_guards.py``.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal

import pytest

from domain.books import Books
from domain.documents import lifecycle
from domain.documents.kinds import BILL, INVOICE, KINDS, Effect
from domain.documents.rules import period_is_open
from domain.errors import PeriodLocked
from domain.organization import amend as amend_organization
from domain.payments import applying, voiding
from domain.statements import Statement
from handlers import bills_of_entry, expenses, itc_adjustments, journals, opening_balances
from models.ledger import JOURNAL_SOURCES
from tests.domain.conftest import body_of
from tests.scenarios.builders import (
    a_bill,
    a_cost,
    a_customer,
    a_draft,
    a_draft_bill,
    a_line,
    a_vendor,
    an_approved_invoice,
    on,
)
from tests.scenarios.entries import a_journal, credit, debit, lock, with_ids
from tests.scenarios.money import a_payment, asked
from tests.scenarios.spending import an_expense, changed
from tests.scenarios.test_bills_of_entry import a_bill_of_entry

DAY = "2026-10-31"
Act = Callable[[], Awaitable[object]]


@dataclass(frozen=True)
class Way:
    """A way into the ledger: ``prepare`` does what comes before, while the books are open, and returns the act."""

    name: str
    source: str
    prepare: Callable[[Books], Awaitable[Act]]


async def _approving(books: Books) -> Act:
    draft = await a_draft(books, await a_customer(books), a_line("1000.00"), dated_on=on(DAY))
    return lambda: lifecycle.approve(books, INVOICE, draft.head.id)


async def _approving_at_once(books: Books) -> Act:
    customer = await a_customer(books)
    return lambda: an_approved_invoice(books, customer, a_line("1000.00"), dated_on=on(DAY))


async def _opening_document(books: Books) -> Act:
    customer = await a_customer(books)
    said = {"is_opening_balance": True, "number": "OLD-17", "dated_on": on(DAY)}
    return lambda: an_approved_invoice(books, customer, a_line("1000.00"), **said)


async def _voiding(books: Books) -> Act:
    invoice = await an_approved_invoice(books, await a_customer(books), a_line("1000.00"), dated_on=on(DAY))
    return lambda: lifecycle.void(books, INVOICE, invoice.head.id, reason=None)


async def _approving_a_bill(books: Books) -> Act:
    draft = await a_draft_bill(books, await a_vendor(books), a_cost("1000.00"), dated_on=on(DAY))
    return lambda: lifecycle.approve(books, BILL, draft.head.id)


async def _voiding_a_bill(books: Books) -> Act:
    bill = await a_bill(books, await a_vendor(books), a_cost("1000.00"), dated_on=on(DAY))
    return lambda: lifecycle.void(books, BILL, bill.head.id, reason=None)


async def _recording_an_expense(books: Books) -> Act:
    return lambda: an_expense(books, "500.00", date=DAY)


async def _changing_an_expense(books: Books) -> Act:
    expense = await an_expense(books, "500.00", date=DAY)
    return lambda: changed(books, expense, amount=Decimal("600.00"))


async def _moving_an_expense_out(books: Books) -> Act:
    expense = await an_expense(books, "500.00", date=DAY)
    return lambda: changed(books, expense, date="2027-01-05")


async def _deleting_an_expense(books: Books) -> Act:
    expense = await an_expense(books, "500.00", date=DAY)
    return lambda: expenses.delete_expense(books, expense["expense_id"])


async def _paying(books: Books) -> Act:
    customer = await a_customer(books)
    return lambda: a_payment(books, customer, "500.00", dated_on=on(DAY))


async def _applying_a_payment(books: Books) -> Act:
    customer = await a_customer(books)
    invoice = await an_approved_invoice(books, customer, a_line("1000.00"), dated_on=on("2026-10-01"))
    paid = await a_payment(books, customer, "500.00", dated_on=on("2026-10-15"))
    return lambda: applying.apply(books, paid.payment.id, asked((invoice, "500.00")), on=on(DAY))


async def _taking_back_what_was_applied(books: Books) -> Act:
    customer = await a_customer(books)
    invoice = await an_approved_invoice(books, customer, a_line("1000.00"), dated_on=on("2026-10-01"))
    paid = await a_payment(books, customer, "500.00", (invoice, "500.00"), dated_on=on(DAY))
    return lambda: applying.unapply(books, paid.payment.id, [each.id for each in paid.applied])


async def _voiding_a_payment(books: Books) -> Act:
    paid = await a_payment(books, await a_customer(books), "500.00", dated_on=on(DAY))
    return lambda: voiding.void(books, paid.payment.id, reason=None)


async def _clearing_goods(books: Books) -> Act:
    return lambda: a_bill_of_entry(books, date=DAY)


async def _voiding_a_bill_of_entry(books: Books) -> Act:
    entry = await a_bill_of_entry(books, date=DAY)
    return lambda: bills_of_entry.void_bill_of_entry(books, entry["bill_of_entry_id"], None)


async def _entering_a_journal(books: Books) -> Act:
    return lambda: a_journal(books, debit("5370", "5"), credit("1590", "5"), date=DAY)


async def _taking_back_a_journal(books: Books) -> Act:
    journal = await a_journal(books, debit("5370", "5"), credit("1590", "5"), date=DAY)
    return lambda: journals.delete_journal(books, journal["journal_id"])


async def _reversing_a_journal(books: Books) -> Act:
    journal = await a_journal(books, debit("5370", "5"), credit("1590", "5"), date="2026-09-30")
    return lambda: journals.reverse_journal(books, journal["journal_id"], {"date": DAY})


async def _opening_balances(books: Books) -> Act:
    body = {"date": DAY, "balances": await with_ids(books, (debit("1100", "5"),))}
    return lambda: opening_balances.update_opening_balances(books, body)


async def _other_opening_balances(books: Books) -> Act:
    body = {"date": DAY, "balances": await with_ids(books, (debit("1100", "5"),))}
    await opening_balances.update_opening_balances(books, body)
    return lambda: opening_balances.update_opening_balances(books, {"date": "2026-11-01", "balances": []})


async def _adjusting_credit(books: Books) -> Act:
    body = {"date": DAY, "kind": "REVERSAL", "reason": "RULE_42", "cgst_amount": 5}
    return lambda: itc_adjustments.create_itc_adjustment(books, body)


async def _taking_back_an_adjustment(books: Books) -> Act:
    body = {"date": DAY, "kind": "REVERSAL", "reason": "RULE_42", "cgst_amount": 5}
    made = body_of(await itc_adjustments.create_itc_adjustment(books, body))["itc_adjustment"]
    return lambda: itc_adjustments.delete_itc_adjustment(books, made["itc_adjustment_id"])


WAYS = [
    Way("approving a draft", "DOCUMENT", _approving),
    Way("approving at once", "DOCUMENT", _approving_at_once),
    Way("a document from before", "DOCUMENT", _opening_document),
    Way("voiding a document", "DOCUMENT", _voiding),
    Way("approving a bill", "DOCUMENT", _approving_a_bill),
    Way("voiding a bill", "DOCUMENT", _voiding_a_bill),
    Way("recording an expense", "EXPENSE", _recording_an_expense),
    Way("changing an expense", "EXPENSE", _changing_an_expense),
    Way("moving an expense out", "EXPENSE", _moving_an_expense_out),
    Way("deleting an expense", "EXPENSE", _deleting_an_expense),
    Way("paying", "PAYMENT", _paying),
    Way("applying a payment", "PAYMENT", _applying_a_payment),
    Way("taking back what was applied", "PAYMENT", _taking_back_what_was_applied),
    Way("voiding a payment", "PAYMENT", _voiding_a_payment),
    Way("clearing goods", "BILL_OF_ENTRY", _clearing_goods),
    Way("voiding a bill of entry", "BILL_OF_ENTRY", _voiding_a_bill_of_entry),
    Way("entering a journal", "MANUAL", _entering_a_journal),
    Way("taking back a journal", "MANUAL", _taking_back_a_journal),
    Way("reversing a journal into it", "MANUAL", _reversing_a_journal),
    Way("opening balances", "OPENING_BALANCE", _opening_balances),
    Way("other opening balances", "OPENING_BALANCE", _other_opening_balances),
    Way("reversing credit", "ITC_ADJUSTMENT", _adjusting_credit),
    Way("taking back a reversal of credit", "ITC_ADJUSTMENT", _taking_back_an_adjustment),
]
each_way = pytest.mark.parametrize("way", WAYS, ids=[way.name for way in WAYS])

_POSTED = Statement("select count(*) from journals where organization_id = %(organization_id)s")


@each_way
@pytest.mark.parametrize("locked_until", [DAY, "2026-12-31"])
async def test_a_locked_period_is_closed_to(books: Books, way: Way, locked_until: str) -> None:
    act = await way.prepare(books)
    before = await books.value(_POSTED)
    await lock(books, locked_until)

    with pytest.raises(PeriodLocked) as refused:
        await act()

    assert refused.value.field == "date"
    assert await books.value(_POSTED) == before


@each_way
async def test_the_day_after_the_lock_is_open_to(books: Books, way: Way) -> None:
    act = await way.prepare(books)
    before = await books.value(_POSTED)
    await lock(books, "2026-10-30")

    await act()

    assert await books.value(_POSTED) > before


def test_each_source_of_journals_has_its_way() -> None:
    assert {way.source for way in WAYS} == set(JOURNAL_SOURCES)


def test_each_kind_of_document_that_posts_looks_at_the_lock() -> None:
    assert [kind.name for kind in KINDS if kind.effect is not Effect.NONE and period_is_open not in kind.rules] == []


async def test_a_period_is_opened_again_by_moving_the_lock_back(books: Books) -> None:
    act = await _entering_a_journal(books)
    await amend_organization(books, {"locked_until": on(DAY)})
    with pytest.raises(PeriodLocked):
        await act()
    await amend_organization(books, {"locked_until": on("2026-09-30")})

    await act()
