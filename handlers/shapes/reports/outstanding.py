"""What is outstanding, as JSON and as a sheet."""

from collections.abc import Sequence
from typing import Any

from domain.books import Books
from domain.documents.kinds import Side
from domain.reports.outstanding import Outstanding, Totals, Unpaid, outstanding
from domain.reports.sheet import Form, Sheet
from domain.reports.slices import Question, Slice, Wanted, cursor_after, wanted_in
from domain.values import Struct
from handlers.shapes.reports.listing import cell, money, paged, renamed, sheet, to_entity

_NAMES = {
    "contact_id": "contact_id",
    "contact_name": "contact_name",
    "entity_type": "document_type",
    "id": "document_id",
    "number": "document_number",
    "reference_number": "reference_number",
    "dated_on": "date",
    "due_on": "due_date",
    "days_past_due": "days_past_due",
    "branch_id": "branch_id",
    "currency_code": "currency_code",
    "exchange_rate": "exchange_rate",
    "total": "total",
    "open_amount": "open_amount",
    "balance": "balance",
}
_TOTALS = {name: name for name in Totals.__struct_fields__}
_CELLS = (
    cell("contact_name", "Contact", Form.TEXT),
    cell("document_type", "Type", Form.TEXT, "entity_type"),
    cell("document_number", "Number", Form.TEXT, "number"),
    cell("reference_number", "Reference", Form.TEXT),
    cell("date", "Date", Form.DATE, "dated_on"),
    cell("due_date", "Due date", Form.DATE, "due_on"),
    cell("days_past_due", "Days past due", Form.COUNT),
    cell("currency_code", "Currency", Form.TEXT),
    cell("total", "Total", Form.MONEY),
    cell("open_amount", "Open", Form.MONEY),
    money("balance", "Balance in rupees"),
    cell("contact_id", "Contact ID", Form.TEXT),
    cell("document_id", "Document ID", Form.TEXT, "id"),
)


class Answer(Struct, frozen=True):
    """What was found, and how to go on."""

    found: Outstanding
    next_cursor: str | None


async def answer(side: Side, books: Books, question: Question) -> Answer:
    """List a slice of what stands open. Raises Invalid for a cursor of another question."""
    found = await _read(books, side, question, wanted_in(books, question, texts=3))
    return Answer(found, cursor_after(books, question, found.items.next_place))


async def _read(books: Books, side: Side, question: Question, wanted: Wanted) -> Outstanding:
    return await outstanding(books, side, question.scope, wanted, contact_id=question.contact_id)


def show(given: Answer) -> dict[str, Any]:
    """Return the members of the report."""
    return {
        **paged("documents", [_shown(item) for item in given.found.items.rows], given.next_cursor),
        "totals": renamed(given.found.totals, _TOTALS),
    }


def stream(side: Side, books: Books, question: Question) -> Sequence[Sheet]:
    """Return the sheet of all documents."""

    async def read(wanted: Wanted) -> Slice[Unpaid]:
        return (await _read(books, side, question, wanted)).items

    return (sheet(question.name, "Outstanding", _CELLS, read),)


def _shown(item: Unpaid) -> dict[str, Any]:
    return {**renamed(item, _NAMES), "drill_down": to_entity(item.entity_type, item.id)}
