"""Comments on the things in the books."""

from typing import Any

from domain import comments, registers
from domain.books import Books
from domain.comments import COMMENT_LISTING, COMMENTS
from handlers.registers import RegisterHandlers
from handlers.replies import Reply, created
from handlers.shapes.comments import COMMENT

_comments = RegisterHandlers(COMMENTS, COMMENT_LISTING, COMMENT, singular="comment", plural="comments")
_READING = registers.reading(COMMENTS.table, COMMENT.columns)

list_comments = _comments.list
get_comment = _comments.get
update_comment = _comments.update
delete_comment = _comments.delete


async def create_comment(books: Books, body: dict[str, Any]) -> Reply:
    """Comment on a thing in the books."""
    comment = await comments.add(books, COMMENT.values(body))
    fresh = await registers.read(books, _READING, COMMENTS.noun, comment.id)
    return created("comment", fresh, location=f"/api/public/v1/comments/{comment.id}")
