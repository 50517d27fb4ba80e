"""What the e-invoice portal has registered, for those who print a document or carry its goods."""

from datetime import datetime

from sqlalchemy import bindparam

from domain.books import Books
from domain.statements import Statement, columns_of, tenant_select
from domain.values import Struct
from models.einvoices import einvoices


class Registration(Struct, frozen=True, kw_only=True):
    """What the portal gave to a document that it has registered.

    ``signed_qr`` is what the printed QR code holds, unchanged. A registration that ``is_simulated`` is no registration
    in law. ``cancelled_at`` absent: it stands.
    """

    irn: str
    ack_number: str
    acknowledged_at: datetime
    signed_qr: str
    is_simulated: bool
    cancelled_at: datetime | None


_REGISTRATION = Statement(
    tenant_select(einvoices, *columns_of(einvoices, Registration)).where(
        einvoices.c.document_id == bindparam("document_id"), einvoices.c.irn.is_not(None)
    )
)


async def registration_of(books: Books, document_id: str) -> Registration | None:
    """Return what the portal gave to a document, ``None`` where it has not registered it.

    Registering and cancelling raise the document's version.
    """
    return await books.load_one(Registration, _REGISTRATION, document_id=document_id)
