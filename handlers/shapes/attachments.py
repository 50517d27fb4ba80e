"""Attachments as JSON, each with a link to its bytes."""

from collections.abc import Mapping
from typing import Any

from domain.attachments import key_of
from domain.books import Books
from handlers.shapes.shape import Shape, same
from models.collaboration import attachments

ATTACHMENT = Shape(
    attachments,
    {
        "attachment_id": "id",
        **same(
            "entity_type",
            "entity_id",
            "entity_ref",
            "filename",
            "content_type",
            "size_bytes",
            "description",
            "uploaded_by_user_id",
        ),
        "created_time": "created_at",
    },
)


def attachment_shown(books: Books, row: Mapping[str, Any]) -> dict[str, Any]:
    """One attachment, as ``ATTACHMENT`` selected it, with a link that is good from now on."""
    key = key_of(books.organization_id, row["attachment_id"])
    return {**row, "download_url": books.link(key, filename=row["filename"], content_type=row["content_type"])}
