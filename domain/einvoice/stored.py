"""What is kept of a document's registration: one row, made when the portal is to be asked first."""

from datetime import datetime

from sqlalchemy import bindparam

from domain.books import Books
from domain.documents.document import Document
from domain.documents.kinds import KIND_NAMED
from domain.documents.telling import note
from domain.happenings import difference
from domain.statements import Statement, as_rows, columns_of, insertion, tenant_select
from domain.values import Struct, field, replace
from models.einvoices import einvoices

PENDING, REGISTERED, FAILED, CANCELLED = "PENDING", "REGISTERED", "FAILED", "CANCELLED"

Told = dict[str, str | None]
"""An error: its code (the portal's number, or ours), a message, and the field to mend (``None``: no one field)."""


class Einvoice(Struct, frozen=True, kw_only=True):
    """What the portal was asked and said of a document.

    ``next_attempt_at`` absent: there is nothing to do. ``is_in_doubt``: something was sent of which the answer is not
    known. ``cancel_asked_at`` is when its cancelling was asked for.
    """

    document_id: str
    gst_no: str
    document_type: str
    attempts: int = 0
    attempted_at: datetime | None = None
    next_attempt_at: datetime | None = None
    is_in_doubt: bool = False
    errors: list[Told] = field(default_factory=list)
    irn: str | None = None
    ack_number: str | None = None
    acknowledged_at: datetime | None = None
    signed_invoice: str | None = None
    signed_qr: str | None = None
    is_simulated: bool = False
    cancel_asked_at: datetime | None = None
    cancel_reason: str | None = None
    cancel_remarks: str | None = None
    cancelled_at: datetime | None = None
    created_at: datetime
    modified_at: datetime


_ONE = Statement(
    tenant_select(einvoices, *columns_of(einvoices, Einvoice)).where(
        einvoices.c.document_id == bindparam("document_id")
    )
)
_CHANGED = [name for name in Einvoice.__struct_fields__ if name not in ("document_id", "created_at")]
_WRITE = Statement(
    insertion(einvoices, Einvoice)
    + "\n    on conflict (organization_id, document_id) do update set "
    + ", ".join(f"{name} = excluded.{name}" for name in _CHANGED)
)
_MARK = Statement(
    """
update documents
   set einvoice_status = %(einvoice_status)s,
       irn = %(irn)s,
       version = version + 1,
       modified_at = %(at)s
 where organization_id = %(organization_id)s
   and id = %(id)s
"""
)


async def stored(books: Books, document_id: str) -> Einvoice | None:
    """Return what is kept of a document; whoever is to change it locks the document first."""
    return await books.load_one(Einvoice, _ONE, document_id=document_id)


async def keep(books: Books, row: Einvoice) -> Einvoice:
    """Write what is kept of a document anew."""
    kept = replace(row, modified_at=books.now)
    await books.run(_WRITE, rows=as_rows([kept]))
    return kept


async def mark(books: Books, head: Document, status: str, *, irn: str | None, verb: str) -> Document:
    """Give a document the next version, with what the portal now says of it; the trail tells it."""
    await books.run(_MARK, id=head.id, einvoice_status=status, irn=irn, at=books.now)
    marked = replace(head, einvoice_status=status, irn=irn, version=head.version + 1, modified_at=books.now)
    note(books, KIND_NAMED[head.kind], marked, verb, difference(head, marked, ("einvoice_status", "irn")))
    return marked
