"""Aging reports as JSON and as a sheet."""

from collections.abc import Sequence
from typing import Any

from domain.books import Books
from domain.documents.kinds import Side
from domain.reports.aging import Aged, AgedAll, AgedBy, AgedContact, Aging, Control, aging
from domain.reports.sheet import Form, Sheet
from domain.reports.slices import Question, Slice, Wanted, cursor_after, wanted_in
from domain.values import Struct, replace
from handlers.shapes.reports.drill_down import drill_down
from handlers.shapes.reports.listing import cell, money, paged, renamed, sheet, to_report

_AMOUNTS = {name: name for name in Aged.__struct_fields__}
_CELLS = (
    cell("contact_name", "Contact", Form.TEXT),
    money("current", "Current"),
    money("days_1_30", "1-30 days"),
    money("days_31_60", "31-60 days"),
    money("days_61_90", "61-90 days"),
    money("days_over_90", "Over 90 days"),
    money("total", "Total due"),
    money("unapplied_notes", "Notes not applied"),
    money("unapplied_payments", "On account"),
    money("other_entries", "Other entries"),
    money("net", "Net"),
    cell("contact_id", "Contact ID", Form.TEXT),
)
_DETAILS = {Side.SALE: ("outstanding_receivables", "customer_id"), Side.PURCHASE: ("outstanding_payables", "vendor_id")}
"""The report that lists the documents behind a contact's figures, and what it calls the contact."""


class Answer(Struct, frozen=True):
    """What was asked of which side, what was found, and what stood open on the day it is compared with."""

    question: Question
    side: Side
    found: Aging
    before: AgedAll | None
    next_cursor: str | None


async def answer(side: Side, books: Books, question: Question) -> Answer:
    """Age a slice of contacts. Raises Invalid for a cursor of another question."""
    wanted = wanted_in(books, question, texts=1)
    found = await _aged(books, side, question, wanted)
    before = None
    if question.before is not None:
        then = replace(question, scope=replace(question.scope, period=question.before))
        before = (await _aged(books, side, then, Wanted(1))).totals
    return Answer(question, side, found, before, cursor_after(books, question, found.contacts.next_place))


async def _aged(books: Books, side: Side, question: Question, wanted: Wanted) -> Aging:
    return await aging(books, side, question.scope, AgedBy(question.by or AgedBy.DUE_DATE), wanted)


def show(given: Answer) -> dict[str, Any]:
    """Return the members of an aging report."""
    before = given.question.before
    return {
        "by": given.question.by,
        **paged("contacts", [_contact(given, row) for row in given.found.contacts.rows], given.next_cursor),
        "totals": renamed(given.found.totals, _AMOUNTS),
        "previous_as_of_date": None if before is None else before.last_on,
        "previous_totals": None if given.before is None else renamed(given.before, _AMOUNTS),
        "control_accounts": None if given.found.control is None else _control(given.found.control),
    }


def stream(side: Side, books: Books, question: Question) -> Sequence[Sheet]:
    """Return the sheet of all contacts."""

    async def read(wanted: Wanted) -> Slice[AgedContact]:
        return (await _aged(books, side, question, wanted)).contacts

    return (sheet(question.name, "Aging", _CELLS, read),)


def _contact(given: Answer, row: AgedContact) -> dict[str, Any]:
    return {
        "contact_id": row.contact_id,
        "contact_name": row.contact_name,
        **renamed(row, _AMOUNTS),
        "drill_down": _behind(given, row),
    }


def _behind(given: Answer, row: AgedContact) -> dict[str, Any]:
    report, contact_field = _DETAILS[given.side]
    if row.contact_id is not None:
        return to_report(report, given.question, is_span=False, **{contact_field: row.contact_id})
    control = given.found.control
    assert control is not None, "entries without a contact are told of the whole books only"
    day = given.question.scope.period.last_on
    return drill_down("get_ledger", "/reports/ledger", account_id=control.account_id, to_date=day)


def _control(control: Control) -> dict[str, Any]:
    return {
        "account_id": control.account_id,
        "balance": control.balance,
        "advances_account_id": control.advances_account_id,
        "advances_balance": control.advances_balance,
        "advance_tax": control.advance_tax,
        "net": control.net,
    }
