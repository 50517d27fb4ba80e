"""Files that belong to the things in the books."""

from typing import Any

from domain import attachments, pages, registers
from domain.attachments import ATTACHMENT_LISTING, ATTACHMENTS, Upload
from domain.books import Books
from domain.statements import from_json
from handlers.registers import wanted_page
from handlers.replies import Reply, created, gone, page, shown
from handlers.shapes.attachments import ATTACHMENT, attachment_shown

_READING = registers.reading(ATTACHMENTS.table, ATTACHMENT.columns)


async def list_attachments(books: Books, query: dict[str, Any]) -> Reply:
    """Show one page of attachments."""
    wanted = wanted_page(query)
    found = await pages.page(books, ATTACHMENT_LISTING, ATTACHMENT.columns, wanted)
    rows = [attachment_shown(books, from_json(bytes(row))) for row in found.rows]
    return page("attachments", rows, per_page=wanted.per_page, next_cursor=found.next_cursor)


async def get_attachment(books: Books, key: str) -> Reply:
    """Show one attachment."""
    return shown("attachment", await _shown(books, key))


async def upload_attachment(books: Books, body: dict[str, Any], upload: Upload) -> Reply:
    """Attach a file."""
    entity_type, entity_id, description = body["entity_type"], body["entity_id"], body.get("description")
    key = await attachments.attach(books, upload, entity_type=entity_type, entity_id=entity_id, description=description)
    return created("attachment", await _shown(books, key), location=f"/api/public/v1/attachments/{key}")


async def delete_attachment(books: Books, key: str) -> Reply:
    """Delete an attachment and, soon after, its bytes."""
    await attachments.delete(books, key)
    return gone("Attachment deleted.")


async def _shown(books: Books, key: str) -> dict[str, Any]:
    return attachment_shown(books, await registers.read(books, _READING, ATTACHMENTS.noun, key))
