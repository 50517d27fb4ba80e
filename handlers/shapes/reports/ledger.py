"""The ledger of an account as JSON and as a sheet."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from domain.books import Books
from domain.reports import ledger
from domain.reports.balances import UpTo
from domain.reports.ledger import Answer, Question, Row
from domain.reports.sheet import Column, Form, Line, Sheet, Weight
from handlers.shapes.reports.drill_down import kind_behind, to_paper

_COLUMNS = (
    Column("date", "Date", Form.DATE),
    Column("contra_account_name", "Contra account", Form.TEXT),
    Column("reference_number", "Number", Form.TEXT),
    Column("contact_name", "Party", Form.TEXT),
    Column("source_type", "Posted by", Form.TEXT),
    Column("document_kind", "Kind", Form.TEXT),
    Column("memo", "Narration", Form.TEXT),
    Column("description", "Description", Form.TEXT),
    Column("contra_accounts_more", "More accounts", Form.COUNT),
    Column("debit", "Debit", Form.MONEY),
    Column("credit", "Credit", Form.MONEY),
    Column("balance", "Balance", Form.MONEY),
    Column("journal_id", "Journal", Form.TEXT),
)


def show(answer: Answer) -> dict[str, Any]:
    """Return the members of the ledger."""
    question, opening, closing = answer.question, answer.opening, answer.closing
    account, contact = question.account, question.contact
    return {
        "account_id": account.id,
        "account_code": account.code,
        "account_name": account.name,
        "account_type": account.account_type,
        "contact_id": contact and contact.id,
        "contact_name": contact and contact.name,
        "opening_balance": opening.net,
        "debit_total": closing.debit - opening.debit,
        "credit_total": closing.credit - opening.credit,
        "closing_balance": closing.net,
        "entries": [_shown(row) for row in answer.rows],
        "has_more_page": answer.next_cursor is not None,
        "next_cursor": answer.next_cursor,
    }


def stream(books: Books, question: Question) -> Sequence[Sheet]:
    """Return the sheet of all lines of the period."""
    account = question.account
    title = f"{account.code} {account.name}" if question.contact is None else f"{account.name}, {question.contact.name}"
    return (Sheet("ledger", title, _COLUMNS, _lines(books, question)),)


async def _lines(books: Books, question: Question) -> AsyncIterator[list[Line]]:
    opening, closing = await ledger.ends(books, question)
    first_on, last_on = question.scope.period.first_on, question.scope.period.last_on
    yield [_end(first_on, "Opening balance", None, None, opening, Weight.SUBTOTAL)]
    async for batch in ledger.rows(books, question, opening.net):
        yield [_line(row) for row in batch]
    debit, credit = closing.debit - opening.debit, closing.credit - opening.credit
    yield [_end(last_on, "Closing balance", debit, credit, closing, Weight.TOTAL)]


def _end(day: Any, words: str, debit: Any, credit: Any, balance: UpTo, weight: Weight) -> Line:
    nothing = (None,) * 7
    return Line((day, words, *nothing, debit, credit, balance.net, None), weight=weight)


def _line(row: Row) -> Line:
    posted = row.posted
    return Line(
        (
            posted.entry_on,
            posted.contra_name,
            posted.reference,
            posted.contact_name,
            posted.source_type,
            kind_behind(posted.source_type, posted.source_id),
            posted.narration,
            posted.description,
            posted.contra_others or None,
            posted.debit or None,
            posted.credit or None,
            row.balance,
            posted.journal_id,
        )
    )


def _shown(row: Row) -> dict[str, Any]:
    posted = row.posted
    return {
        "journal_id": posted.journal_id,
        "line_number": posted.position,
        "date": posted.entry_on,
        "branch_id": posted.branch_id,
        "source_type": posted.source_type,
        "source_id": posted.source_id,
        "document_kind": kind_behind(posted.source_type, posted.source_id),
        "reference_number": posted.reference,
        "memo": posted.narration,
        "description": posted.description,
        "contact_id": posted.contact_id,
        "contact_name": posted.contact_name,
        "cost_center_id": posted.cost_center_id,
        "contra_account_id": posted.contra_id,
        "contra_account_name": posted.contra_name,
        "contra_accounts_more": posted.contra_others,
        "debit": posted.debit,
        "credit": posted.credit,
        "balance": row.balance,
        "drill_down": to_paper(posted.source_type, posted.source_id, posted.journal_id),
    }
