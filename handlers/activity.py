"""The audit trail: who changed what."""

from typing import Any

from domain import activity, pages
from domain.activity import ACTIVITY_LISTING
from domain.books import Books
from domain.pages import Page, Wanted
from handlers.registers import wanted_page
from handlers.replies import Reply, page
from handlers.shapes.activity import ACTIVITY, activity_shown


async def list_activity(books: Books, query: dict[str, Any]) -> Reply:
    """Show one page of the trail."""
    wanted = wanted_page(query)
    return _page(await pages.page(books, ACTIVITY_LISTING, ACTIVITY.columns, wanted), wanted)


async def list_entity_activity(books: Books, entity_id: str, query: dict[str, Any]) -> Reply:
    """Show one page of what happened to one thing."""
    wanted = wanted_page({**query, "entity_id": entity_id})
    return _page(await activity.page_of_entity(books, ACTIVITY.columns, entity_id, wanted), wanted)


def _page(found: Page, wanted: Wanted) -> Reply:
    rows = [activity_shown(row) for row in found.rows]
    return page("activity", rows, per_page=wanted.per_page, next_cursor=found.next_cursor)
