"""The day book as JSON and as a sheet."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from domain.books import Books
from domain.money import ZERO
from domain.reports import day_book
from domain.reports.day_book import Answer, Entry, Posted, Question
from domain.reports.sheet import Column, Form, Line, Sheet, Weight
from handlers.shapes.reports.drill_down import kind_behind, to_paper

_COLUMNS = (
    Column("date", "Date", Form.DATE),
    Column("reference_number", "Number", Form.TEXT),
    Column("account_name", "Account", Form.TEXT),
    Column("contact_name", "Party", Form.TEXT),
    Column("source_type", "Posted by", Form.TEXT),
    Column("document_kind", "Kind", Form.TEXT),
    Column("memo", "Narration", Form.TEXT),
    Column("description", "Description", Form.TEXT),
    Column("account_code", "Code", Form.TEXT),
    Column("debit", "Debit", Form.MONEY),
    Column("credit", "Credit", Form.MONEY),
    Column("journal_id", "Journal", Form.TEXT),
)


def show(answer: Answer) -> dict[str, Any]:
    """Return the members of the day book."""
    return {
        "entries": [_shown_entry(entry) for entry in answer.entries],
        "debit_total": answer.debit,
        "credit_total": answer.credit,
        "has_more_page": answer.next_cursor is not None,
        "next_cursor": answer.next_cursor,
    }


def stream(books: Books, question: Question) -> Sequence[Sheet]:
    """Return the sheet of all lines of the period."""
    return (Sheet("day_book", "Day book", _COLUMNS, _lines(books, question)),)


async def _lines(books: Books, question: Question) -> AsyncIterator[list[Line]]:
    debit = credit = ZERO
    async for batch in day_book.lines(books, question):
        debit += sum((each.debit for each in batch), ZERO)
        credit += sum((each.credit for each in batch), ZERO)
        yield [_line(each) for each in batch]
    nothing = (None,) * 6
    yield [Line((None, "Total", None, *nothing, debit, credit, None), weight=Weight.TOTAL)]


def _line(posted: Posted) -> Line:
    return Line(
        (
            posted.entry_on,
            posted.reference,
            posted.account_name,
            posted.contact_name,
            posted.source_type,
            kind_behind(posted.source_type, posted.source_id),
            posted.narration,
            posted.description,
            posted.account_code,
            posted.debit or None,
            posted.credit or None,
            posted.journal_id,
        )
    )


def _shown_entry(entry: Entry) -> dict[str, Any]:
    head = entry.head
    return {
        "journal_id": head.journal_id,
        "date": head.entry_on,
        "branch_id": head.branch_id,
        "source_type": head.source_type,
        "source_id": head.source_id,
        "document_kind": kind_behind(head.source_type, head.source_id),
        "reference_number": head.reference,
        "memo": head.narration,
        "total": entry.total,
        "lines": [_shown_line(line) for line in entry.lines],
        "drill_down": to_paper(head.source_type, head.source_id, head.journal_id),
    }


def _shown_line(line: Posted) -> dict[str, Any]:
    return {
        "line_number": line.position,
        "account_id": line.account_id,
        "account_code": line.account_code,
        "account_name": line.account_name,
        "contact_id": line.contact_id,
        "contact_name": line.contact_name,
        "cost_center_id": line.cost_center_id,
        "description": line.description,
        "debit": line.debit,
        "credit": line.credit,
    }
