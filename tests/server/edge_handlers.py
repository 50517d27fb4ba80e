"""The handlers of the small contract in ``edge_spec``: they answer with what they were given."""

from typing import Any

from handlers.replies import Reply, created, gone, page, shown


async def list_things(books: object, query: dict[str, Any]) -> Reply:
    """Return fifty rows, as many as a page of a real list has."""
    return page("things", books.rows, per_page=query["per_page"], next_cursor=None)  # type: ignore[attr-defined]


async def create_thing(books: object, body: dict[str, Any]) -> Reply:
    """Return the body, under a new id."""
    return created("thing", {"thing_id": "thi_1", "version": 1, **body}, location="/things/thi_1")


async def list_series(books: object) -> Reply:
    """Return the literal sibling of ``get_thing``."""
    return shown("series", {"name": "FY"})


async def get_thing(books: object, thing_id: str) -> Reply:
    """Return one thing."""
    return shown("thing", {"thing_id": thing_id, "version": 3})


async def delete_thing(books: object, thing_id: str) -> Reply:
    """Return the envelope of a deletion."""
    return gone(f"Thing {thing_id} was deleted.")


async def approve_thing(books: object, thing_id: str) -> Reply:
    """Return the thing after an action without body."""
    return shown("thing", {"thing_id": thing_id, "version": 4})
