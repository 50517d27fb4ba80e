"""A long report in slices: so many rows at a time, each slice told by the last row of the one before.

One statement reads a slice with the key of the row before it, so a slice costs the same wherever it lies; what is
exported walks through all slices and never holds more than one.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, Generic, TypeVar

from domain.books import Books
from domain import pages
from domain.pages import binding_of, position_in
from domain.values import Struct

MOST_ROWS = 10_000
"""Rows of a slice at most: some megabytes of JSON, and what a worker can hold for each of its calls."""
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


def cursor_of(books: Books, question: Any, place: Place | None) -> str | None:
    """The cursor after a place, for the same question only."""
    return None if place is None else pages.cursor_of(place, _binding(books, question))


def place_in(books: Books, question: Any, cursor: str | None, *, texts: int) -> Place | None:
    """The place that a cursor tells. Raises Invalid for one of another question."""
    if cursor is None:
        return None

    def read(position: Any) -> Place:
        if len(position) != texts or not all(isinstance(text, str) for text in position):
            raise ValueError("no place in this report")
        return tuple(position)

    return position_in(cursor, _binding(books, question), read)


def _binding(books: Books, question: Any) -> bytes:
    return binding_of(books.organization_id, type(question).__name__, {"question": question})


