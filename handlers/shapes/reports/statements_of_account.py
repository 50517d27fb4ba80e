"""The statement of a contact's account as JSON and as a sheet."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from domain.books import Books
from domain.reports.sheet import Form, Line, Sheet, Value, Weight
from domain.reports.slices import Question, Slice, Wanted, cursor_after, walk, wanted_in
from domain.reports.statements_of_account import (
    Entry,
    StatementOfAccount,
    StatementTotals,
    statement_of_account,
)
from domain.values import Struct
from handlers.shapes.reports.listing import cell, paged, renamed, to_entity

_NAMES = {
    "booked_on": "date",
    "entry_type": "entry_type",
    "id": "document_id",
    "number": "document_number",
    "reference_number": "reference_number",
    "due_on": "due_date",
    "debit": "debit",
    "credit": "credit",
    "balance": "balance",
}
_TOTALS = {
    "opening_balance": "opening_balance",
    "debit": "debit_total",
    "credit": "credit_total",
    "closing_balance": "closing_balance",
}
_CELLS = (
    cell("date", "Date", Form.DATE, "booked_on"),
    cell("entry_type", "Type", Form.TEXT),
    cell("document_number", "Number", Form.TEXT, "number"),
    cell("reference_number", "Reference", Form.TEXT),
    cell("due_date", "Due date", Form.DATE, "due_on"),
    cell("debit", "Debit", Form.MONEY),
    cell("credit", "Credit", Form.MONEY),
    cell("balance", "Balance", Form.MONEY),
    cell("document_id", "Document ID", Form.TEXT, "id"),
)


class Answer(Struct, frozen=True):
    """What was asked, what was found, and how to go on."""

    question: Question
    found: StatementOfAccount
    next_cursor: str | None


async def answer(books: Books, question: Question) -> Answer:
    """Read a slice of the statement. Raises Invalid for a cursor of another question."""
    found = await _read(books, question, wanted_in(books, question, texts=3))
    return Answer(question, found, cursor_after(books, question, found.entries.next_place))


async def _read(books: Books, question: Question, wanted: Wanted) -> StatementOfAccount:
    assert question.contact_id is not None, "a statement is one contact's"
    return await statement_of_account(books, question.scope, question.contact_id, wanted)


def show(given: Answer) -> dict[str, Any]:
    """Return the members of a statement."""
    return {
        "contact_id": given.question.contact_id,
        "contact_name": given.found.contact_name,
        **renamed(given.found.totals, _TOTALS),
        **paged("entries", [_entry(row) for row in given.found.entries.rows], given.next_cursor),
    }


def stream(books: Books, question: Question) -> Sequence[Sheet]:
    """Return the sheet of the whole statement."""
    return (Sheet(question.name, "Statement", tuple(each.column for each in _CELLS), _lines(books, question)),)


async def _lines(books: Books, question: Question) -> AsyncIterator[list[Line]]:
    totals = (await _read(books, question, Wanted(1))).totals
    opening = (None, "Opening balance", None, None, None, None, None, totals.opening_balance, None)
    yield [Line(opening, weight=Weight.HEADING)]

    async def read(wanted: Wanted) -> Slice[Entry]:
        return (await _read(books, question, wanted)).entries

    async for rows in walk(read):
        yield [Line(tuple(each.value_of(row) for each in _CELLS)) for row in rows]
    yield [Line(_closing(totals), weight=Weight.TOTAL)]


def _closing(totals: StatementTotals) -> tuple[Value, ...]:
    return (None, "Closing balance", None, None, None, totals.debit, totals.credit, totals.closing_balance, None)


def _entry(row: Entry) -> dict[str, Any]:
    return {**renamed(row, _NAMES), "drill_down": to_entity(row.entry_type, row.id)}
