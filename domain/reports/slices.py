"""A long report in slices: so many rows at a time, each slice told by the last row of the one before.

One statement reads a slice with the key of the row before it, so a slice costs the same wherever it lies; what is
exported walks through all slices and never holds more than one.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, Generic, TypeVar

from domain import pages
from domain.books import Books
from domain.reports.comparison import compared_with
from domain.reports.question import Period, Scope
from domain.values import Struct, replace

USUAL_ROWS = 1_000
EXPORTED_ROWS = 1_000
"""Rows that an export reads at once."""

Row = TypeVar("Row")
Place = tuple[str, ...]
"""Where a row stands: the texts of its sort key, the id last."""


class Wanted(Struct, frozen=True):
    """The slice that somebody asks for; ``after`` is the place of the last row before it, ``None`` at the start."""

    limit: int = USUAL_ROWS
    after: Place | None = None


class Slice(Struct, Generic[Row], frozen=True):
    """Rows, and the place of the last one where there are more."""

    rows: Sequence[Row]
    next_place: Place | None


def cut(rows: Sequence[Row], wanted: Wanted, place_of: Callable[[Row], Place]) -> Slice[Row]:
    """The slice out of rows of which one more was read than is wanted, if there are as many."""
    kept = rows[: wanted.limit]
    return Slice(kept, place_of(kept[-1]) if len(rows) > wanted.limit else None)


async def walk(read: Callable[[Wanted], Awaitable[Slice[Row]]]) -> AsyncIterator[Sequence[Row]]:
    """All rows, slice by slice."""
    wanted = Wanted(EXPORTED_ROWS)
    while True:
        found = await read(wanted)
        if found.rows:
            yield found.rows
        if found.next_place is None:
            return
        wanted = Wanted(EXPORTED_ROWS, found.next_place)


class Question(Struct, frozen=True, kw_only=True):
    """A question to the report ``name`` that is answered by a slice of ``limit`` rows after ``cursor``.

    ``by`` is how its rows are sorted out, ``contact_id`` and ``item_id`` whom and what it asks for alone.
    """

    name: str
    scope: Scope
    limit: int = USUAL_ROWS
    cursor: str | None = None
    by: str | None = None
    contact_id: str | None = None
    item_id: str | None = None

    @property
    def before(self) -> Period | None:
        """The days that it compares with."""
        return compared_with(self.scope.period, self.scope.compare_with)


def wanted_in(books: Books, question: Question, *, texts: int) -> Wanted:
    """The slice that is wanted: places have so many texts. Raises Invalid for a cursor of another question."""
    if question.cursor is None:
        return Wanted(question.limit)

    def read(position: Any) -> Place:
        if len(position) != texts or not all(isinstance(text, str) for text in position):
            raise ValueError("no place in this report")
        return tuple(position)

    return Wanted(question.limit, pages.position_in(question.cursor, _binding(books, question), read))


def cursor_after(books: Books, question: Question, place: Place | None) -> str | None:
    """The cursor of the slice after a place, for the same question only; ``None`` after the last."""
    return None if place is None else pages.cursor_of(place, _binding(books, question))


def _binding(books: Books, question: Question) -> bytes:
    asked = replace(question, cursor=None, limit=0)
    return pages.binding_of(books.organization_id, question.name, {"question": asked})
