"""Reports on single entries: the day book, and the ledger of an account."""

from collections.abc import Mapping
from typing import Any

from domain.books import Books
from domain.reports import day_book, ledger, question
from handlers.reports import Report
from handlers.shapes.reports import day_book as shown_day_book
from handlers.shapes.reports import ledger as shown_ledger


async def _ask_day_book(books: Books, query: Mapping[str, Any]) -> day_book.Question:
    return day_book.Question(await question.between(books, query), query["limit"], query.get("cursor"))


async def _ask_ledger(books: Books, query: Mapping[str, Any]) -> ledger.Question:
    scope = await question.between(books, query)
    account = await ledger.find_account(books, query["account_id"])
    contact = await ledger.find_contact(books, query.get("contact_id"))
    return ledger.Question(scope, account, contact, query["limit"], query.get("cursor"))


_day_book = Report(
    name="day_book",
    title="Day book",
    ask=_ask_day_book,
    answer=day_book.answer,
    show=shown_day_book.show,
    stream=shown_day_book.stream,
)
_ledger = Report(
    name="ledger",
    title="Ledger",
    ask=_ask_ledger,
    answer=ledger.answer,
    show=shown_ledger.show,
    stream=shown_ledger.stream,
)

get_day_book = _day_book.get
get_ledger = _ledger.get
