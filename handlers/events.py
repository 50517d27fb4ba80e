"""The feed of events."""

from typing import Any

from domain import events
from domain.books import Books
from handlers.replies import SUCCESS, Reply
from handlers.shapes.events import event_shown, place_shown, wanted_of


async def list_events(books: Books, query: dict[str, Any]) -> Reply:
    """Show what happened after a place; where nothing has yet, the caller may wait."""
    wanted = wanted_of(query)
    found = await events.feed(books, wanted)
    rows = [event_shown(event, books.organization_id) for event in found.events]
    body = {"code": 0, "message": SUCCESS, "events": rows, "page_context": place_shown(found, wanted.limit)}
    return Reply(200, body, patience_seconds=0 if rows or found.has_more else query["wait"])
