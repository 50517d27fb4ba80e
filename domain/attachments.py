"""Files that belong to the things in the books.

The bytes are in the file storage before the attachment is written: until then, and again after it was deleted, a row of
``unclaimed_files`` says that nobody needs them. So a crash at any point leaves neither an attachment without bytes nor
bytes that are never removed.
"""

from sqlalchemy import bindparam, func, select

from domain import registers
from domain.books import Books
from domain.entities import of_kind, parent_of, refer
from domain.errors import Failed, Unavailable
from domain.happenings import Happening
from domain.pages import Listing, equal_to
from domain.registers import Register, VersionedRow
from domain.statements import Statement, as_rows, of_tenant
from domain.values import Struct
from models.collaboration import attachments, unclaimed_files

MOST_OF_ONE = 100
"""Files that one thing in the books can have."""


class Upload(Struct, frozen=True):
    """A file whose bytes are in the storage: the id that its attachment will have, and what it is."""

    id: str
    filename: str
    content_type: str
    size_bytes: int
    sha256: str


class Attachment(VersionedRow, frozen=True):
    """A file that belongs to a thing in the books; ``entity_ref`` is what the thing was called then."""

    entity_type: str
    entity_id: str
    entity_ref: str | None
    filename: str
    content_type: str
    size_bytes: int
    sha256: str
    description: str | None
    uploaded_by_user_id: str


ATTACHMENTS = Register(
    noun="Attachment",
    entity_type="ATTACHMENT",
    prefix="att",
    table=attachments,
    row=Attachment,
    title="filename",
    told=("entity_type", "entity_id"),
    parent_of=parent_of,
)

ATTACHMENT_LISTING = Listing(
    name="attachments",
    table=attachments,
    filters={"entity_type": of_kind(attachments), **equal_to(attachments, "entity_id")},
    orders={"created_time": attachments.c.id},
)

_COUNT = Statement(
    select(func.count()).where(of_tenant(attachments), attachments.c.entity_id == bindparam("entity_id"))
)
_CLAIM = Statement(unclaimed_files.delete().where(of_tenant(unclaimed_files), unclaimed_files.c.id == bindparam("id")))
_GIVE_UP = Statement(
    """
insert into unclaimed_files (organization_id, id, due_at)
values (%(organization_id)s, %(id)s, now())
"""
)


def key_of(organization_id: str, attachment_id: str) -> str:
    """The key of an attachment's bytes in the file storage."""
    return f"{organization_id}/{attachment_id}"


async def attach(books: Books, upload: Upload, *, entity_type: str, entity_id: str, description: str | None) -> str:
    """Attach an uploaded file to a thing in the books, and return the attachment's id.

    Raises: NotFound for a thing that is not there, Failed when it has too many files, Unavailable when the bytes
    have been removed again because this came so late.
    """
    thing = await refer(books, entity_type, entity_id)
    if await books.value(_COUNT, entity_id=entity_id) >= MOST_OF_ONE:
        raise Failed(f"It has {MOST_OF_ONE} files already; delete one first.", field="entity_id")
    if await books.run(_CLAIM, id=upload.id) != 1:
        raise Unavailable("The upload took too long; send the file again.", headers={"Retry-After": "1"})
    attachment = Attachment(
        id=upload.id,
        entity_type=thing.entity_type,
        entity_id=thing.entity_id,
        entity_ref=thing.title,
        filename=upload.filename,
        content_type=upload.content_type,
        size_bytes=upload.size_bytes,
        sha256=upload.sha256,
        description=description,
        uploaded_by_user_id=books.user_id,
        version=1,
        created_at=books.now,
        modified_at=books.now,
    )
    await books.run(ATTACHMENTS.insertion, rows=as_rows([attachment]))
    books.happened(
        Happening(
            "ATTACHMENT_ADDED",
            "ATTACHMENT",
            attachment.id,
            attachment.filename,
            summary={"entity_type": entity_type, "entity_id": entity_id},
            parent=parent_of(attachment),
        )
    )
    return attachment.id


async def delete(books: Books, key: str) -> None:
    """Delete an attachment; its bytes are removed after the commit. Raises: NotFound, VersionMismatch."""
    await registers.delete(books, ATTACHMENTS, key)
    await books.run(_GIVE_UP, id=key)
