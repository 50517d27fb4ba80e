"""Lists that are shown whole: short enough, or cut off at the number of rows that the contract names."""

from collections.abc import Mapping
from typing import Any

from domain import pages
from domain.books import Books
from domain.pages import Listing, Wanted
from handlers.replies import Reply, listed
from handlers.shapes.shape import Shape


async def whole_list(
    books: Books, listing: Listing, shape: Shape, *, plural: str, limit: int, query: Mapping[str, Any] | None = None
) -> Reply:
    """Show the first ``limit`` rows that the filters in ``query`` let through."""
    wanted = Wanted(filters=sent(query or {}), per_page=limit, cursor=None)
    found = await pages.page(books, listing, shape.columns, wanted)
    return listed(plural, found.rows)


def sent(query: Mapping[str, Any]) -> dict[str, Any]:
    """The filters that the caller sent."""
    return {name: value for name, value in query.items() if value is not None}
