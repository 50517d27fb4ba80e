"""Reports on single entries: the day book."""

from collections.abc import Mapping
from typing import Any

from domain.books import Books
from domain.reports import day_book, question
from handlers.reports import Report
from handlers.shapes.reports import day_book as shown_day_book


async def _ask_day_book(books: Books, query: Mapping[str, Any]) -> day_book.Question:
    return day_book.Question(await question.between(books, query), query["limit"], query.get("cursor"))


_day_book = Report(
    name="day_book",
    title="Day book",
    ask=_ask_day_book,
    answer=day_book.answer,
    show=shown_day_book.show,
    stream=shown_day_book.stream,
)

get_day_book = _day_book.get
