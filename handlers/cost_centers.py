"""Departments and projects that lines are assigned to."""

from typing import Any

from domain.books import Books
from domain.cost_centers import COST_CENTER_LISTING, COST_CENTERS
from handlers.lookups import whole_list
from handlers.registers import RegisterHandlers
from handlers.replies import Reply
from handlers.shapes.cost_centers import COST_CENTER

_MOST_ROWS = 10_000
_cost_centers = RegisterHandlers(
    COST_CENTERS, COST_CENTER_LISTING, COST_CENTER, singular="cost_center", plural="cost_centers"
)

get_cost_center = _cost_centers.get
create_cost_center = _cost_centers.create
update_cost_center = _cost_centers.update


async def list_cost_centers(books: Books, query: dict[str, Any]) -> Reply:
    """Show cost centres by name."""
    return await whole_list(
        books, COST_CENTER_LISTING, COST_CENTER, plural="cost_centers", limit=_MOST_ROWS, query=query
    )
