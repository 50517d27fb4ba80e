"""The audit trail as it is read: newest first, of everything or of one thing. ``happenings`` alone writes it."""

from sqlalchemy import DateTime, bindparam, or_

from domain import pages
from domain.books import Books
from domain.errors import NotFound
from domain.pages import Columns, Listing, Page, Wanted, equal_to, on_days
from models.happenings import activity

ACTIVITY_LISTING = Listing(
    name="activity",
    table=activity,
    filters={
        # What belongs to a thing is part of its story.
        "entity_type": or_(*(activity.c[name] == bindparam("entity_type") for name in ("entity_type", "parent_type"))),
        "entity_id": or_(*(activity.c[name] == bindparam("entity_id") for name in ("entity_id", "parent_id"))),
        **equal_to(activity, "action", "actor_user_id"),
        **on_days(activity.c.occurred_at),
        "occurred_after": activity.c.occurred_at > bindparam("occurred_after", type_=DateTime(timezone=True)),
    },
    orders={"occurred_at": activity.c.occurred_at},
)


async def page_of_entity(books: Books, columns: Columns, entity_id: str, wanted: Wanted) -> Page:
    """Return a page of what happened to one thing, also after it was deleted.

    Raises: NotFound when nothing ever happened to a thing of this id.
    """
    page = await pages.page(books, ACTIVITY_LISTING, columns, wanted)
    if not page.rows and wanted.cursor is None:
        raise NotFound("Entity", entity_id)
    return page
