"""Comments on the things in the books: all who may read them see them, only their author changes or deletes them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, select

from domain import registers
from domain.books import Books
from domain.entities import of_kind, parent_of, refer
from domain.errors import Failed
from domain.pages import Listing, equal_to
from domain.registers import Register, VersionedRow
from models.access import users
from models.collaboration import comments


class Comment(VersionedRow, frozen=True):
    """What somebody said about a thing in the books; ``entity_ref`` is what the thing was called then."""

    entity_type: str
    entity_id: str
    entity_ref: str | None
    body: str
    author_user_id: str


async def _of_its_author(books: Books, comment: Comment) -> Comment:
    if comment.author_user_id != books.user_id:
        raise Failed(f"Comment '{comment.id}' is somebody else's; only its author can change or delete it.")
    return comment


COMMENTS = Register(
    noun="Comment",
    entity_type="COMMENT",
    prefix="cmt",
    table=comments,
    row=Comment,
    title="entity_ref",
    told=("entity_type", "entity_id"),
    parent_of=parent_of,
    in_trail={"CREATED": "ADDED"},
    rules=(_of_its_author,),
    rules_of_deletion=(_of_its_author,),
)

COMMENT_LISTING = Listing(
    name="comments",
    table=comments,
    filters={"entity_type": of_kind(comments), **equal_to(comments, "entity_id")},
    orders={"created_time": comments.c.id},
)


async def add(books: Books, said: Mapping[str, Any]) -> Comment:
    """Write a comment on a thing. Raises NotFound for a thing that is not in the books."""
    thing = await refer(books, said["entity_type"], said["entity_id"])
    return await registers.add(books, COMMENTS, {**said, "entity_ref": thing.title, "author_user_id": books.user_id})


def author() -> ColumnElement[Any]:
    """The name that the author of a comment has now."""
    named = select(users.c.name).where(users.c.id == comments.c.author_user_id)
    return named.correlate(comments).scalar_subquery()
