"""The audit trail as it is read: newest first, of everything or of one thing. ``happenings`` alone writes it."""

from typing import Any

from sqlalchemy import ColumnElement, Date, DateTime, bindparam, cast, func, literal_column, or_

from domain import pages
from domain.books import INDIA, Books
from domain.errors import NotFound
from domain.pages import Columns, Listing, Page, Wanted, equal_to
from models.happenings import activity

_A_DAY: ColumnElement[Any] = literal_column("interval '1 day'")


def _beginning_of(name: str) -> ColumnElement[Any]:
    """The instant at which the day in a parameter begins in India."""
    return func.timezone(str(INDIA), cast(bindparam(name, type_=Date()), DateTime()))


ACTIVITY_LISTING = Listing(
    name="activity",
    table=activity,
    filters={
        # What belongs to a thing is part of its story.
        "entity_type": or_(*(activity.c[name] == bindparam("entity_type") for name in ("entity_type", "parent_type"))),
        "entity_id": or_(*(activity.c[name] == bindparam("entity_id") for name in ("entity_id", "parent_id"))),
        **equal_to(activity, "action", "actor_user_id"),
        "date_from": activity.c.occurred_at >= _beginning_of("date_from"),
        "date_to": activity.c.occurred_at < _beginning_of("date_to") + _A_DAY,
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
