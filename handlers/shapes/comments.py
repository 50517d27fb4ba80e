"""Comments as JSON."""

from domain.comments import author
from handlers.shapes.shape import TIMES, Shape, same
from models.collaboration import comments

COMMENT = Shape(
    comments,
    {
        "comment_id": "id",
        **same("entity_type", "entity_id", "entity_ref", "body", "author_user_id"),
        "author_name": author(),
        **TIMES,
    },
)
