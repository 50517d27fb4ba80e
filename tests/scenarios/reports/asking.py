"""How the stories ask: the scope of a question out of a few words."""

from datetime import datetime

from domain.books import Books
from domain.reports import question
from domain.reports.question import Scope
from domain.values import replace


async def scope_of(books: Books, as_of: str, *, known_at: datetime | None = None, **said: str) -> Scope:
    """How things are at the end of a day."""
    scope = await question.as_of(books, {"as_of_date": as_of, **said})
    return replace(scope, known_at=known_at)


async def span_of(books: Books, first: str, last: str, *, known_at: datetime | None = None, **said: str) -> Scope:
    """From one day to another one."""
    scope = await question.between(books, {"from_date": first, "to_date": last, **said})
    return replace(scope, known_at=known_at)
