"""An e-way bill and what the portal was asked of it, as they are stored, and the statements that write them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam

from domain.books import Books
from domain.documents.document import Document
from domain.documents.kinds import Kind
from domain.happenings import Happening
from domain.statements import Statement, as_rows, columns_of, insertion, tenant_select
from domain.values import Struct
from models.eway_bills import eway_bill_requests, eway_bills

NOUN = "E-way bill"


class Status(StrEnum):
    """What became of an e-way bill."""

    PENDING = "PENDING"
    ACTIVE = "ACTIVE"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    CLOSED = "CLOSED"


STANDING = frozenset((Status.PENDING, Status.ACTIVE, Status.CLOSED))
"""What lets no second e-way bill be made for a document."""


class Action(StrEnum):
    """What the portal is asked."""

    GENERATE = "GENERATE"
    UPDATE_VEHICLE = "UPDATE_VEHICLE"
    EXTEND = "EXTEND"
    CANCEL = "CANCEL"
    CLOSE = "CLOSE"


class EwayBill(Struct, frozen=True, kw_only=True):
    """An e-way bill of a document; what it travels by is what the portal knows of it now."""

    id: str
    document_id: str
    status: str
    gst_no: str
    purpose: str
    document_type: str
    transaction_type: int
    consignment_value: Decimal
    irn: str | None = None
    distance_km: int
    mode: str | None
    vehicle_number: str | None
    vehicle_type: str
    transporter_id: str | None
    transporter_name: str | None
    transport_document_number: str | None
    transport_document_on: date | None
    number: str | None = None
    generated_at: datetime | None = None
    valid_until: datetime | None = None
    portal_remarks: str | None = None
    is_simulated: bool = False
    cancelled_at: datetime | None = None
    closed_on: date | None = None
    created_by: str
    version: int
    created_at: datetime
    modified_at: datetime


class Fault(Struct, frozen=True):
    """Something that the portal found wrong: its number, and words."""

    code: str
    message: str


class Request(Struct, frozen=True, kw_only=True):
    """What the portal is asked of an e-way bill, once: what was ``said``, and ``content``, what it is sent of it."""

    id: str
    eway_bill_id: str
    action: str
    status: str
    said: dict[str, Any]
    content: dict[str, Any]
    errors: list[dict[str, str]]
    attempts: int = 0
    attempted_at: datetime | None = None
    next_attempt_at: datetime | None = None
    is_in_doubt: bool = False
    done_at: datetime | None = None
    valid_until: datetime | None = None
    created_by: str
    created_at: datetime
    modified_at: datetime


def _overwriting(table: str, row: type[Struct]) -> Statement:
    changed = [name for name in row.__struct_fields__ if name not in ("id", "created_at", "created_by")]
    return Statement(
        f"update {table} as stored\n"  # noqa: S608  # names of tables and columns only, out of models
        f"   set ({', '.join(changed)}) = ({', '.join(f'new.{name}' for name in changed)})\n"
        f"  from json_populate_recordset(null::{table}, %(rows)s) as new\n"
        f" where stored.organization_id = %(organization_id)s\n"
        f"   and stored.id = new.id"
    )


_INSERT = Statement(insertion(eway_bills, EwayBill))
_INSERT_REQUEST = Statement(insertion(eway_bill_requests, Request))
_OVERWRITE = _overwriting("eway_bills", EwayBill)
_OVERWRITE_REQUEST = _overwriting("eway_bill_requests", Request)
_LAST_OF = (
    tenant_select(eway_bills, *columns_of(eway_bills, EwayBill))
    .where(eway_bills.c.document_id == bindparam("document_id"))
    .order_by(eway_bills.c.id.desc())
    .limit(1)
)
_LAST = Statement(_LAST_OF)
_LAST_LOCKED = Statement(_LAST_OF.with_for_update())
_PENDING = Statement(
    tenant_select(eway_bill_requests, *columns_of(eway_bill_requests, Request))
    .where(eway_bill_requests.c.eway_bill_id == bindparam("eway_bill_id"), eway_bill_requests.c.status == "PENDING")
    .with_for_update()
)
_ON_DOCUMENT = Statement(
    """
update documents
   set eway_bill_status = %(status)s,
       eway_bill_number = %(number)s,
       eway_bill_valid_until = %(valid_until)s,
       version = version + 1,
       modified_at = %(modified_at)s
 where organization_id = %(organization_id)s
   and id = %(document_id)s
"""
)


async def last_of(books: Books, document_id: str) -> EwayBill | None:
    """Return the last e-way bill of a document, if there is one."""
    return await books.load_one(EwayBill, _LAST, document_id=document_id)


async def locked_of(books: Books, document_id: str) -> EwayBill | None:
    """Return the last e-way bill of a document that is locked, and lock it."""
    return await books.load_one(EwayBill, _LAST_LOCKED, document_id=document_id)


async def pending_of(books: Books, eway_bill_id: str) -> Request | None:
    """Return what the portal is still to answer about an e-way bill, locked; ``None`` where it waits for nothing."""
    return await books.load_one(Request, _PENDING, eway_bill_id=eway_bill_id)


async def add(books: Books, bill: EwayBill) -> None:
    """Write a new e-way bill."""
    await books.run(_INSERT, rows=as_rows([bill]))


async def add_request(books: Books, request: Request) -> None:
    """Write what the portal is to be asked."""
    await books.run(_INSERT_REQUEST, rows=as_rows([request]))


async def overwrite(books: Books, bill: EwayBill) -> None:
    """Overwrite an e-way bill that is locked."""
    await books.run(_OVERWRITE, rows=as_rows([bill]))


async def overwrite_request(books: Books, request: Request) -> None:
    """Overwrite a request that is locked."""
    await books.run(_OVERWRITE_REQUEST, rows=as_rows([request]))


async def show_on_document(books: Books, bill: EwayBill) -> None:
    """Write on the document, which is locked, how its e-way bill stands; its version rises."""
    await books.run(
        _ON_DOCUMENT,
        document_id=bill.document_id,
        status=bill.status,
        number=bill.number,
        valid_until=bill.valid_until,
        modified_at=books.now,
    )


def note(
    books: Books,
    kind: Kind,
    head: Document,
    verb: str,
    bill: EwayBill,
    *,
    before: str | None,
    errors: Sequence[Fault] = (),
    said: Mapping[str, Any] | None = None,
) -> None:
    """Note on the document what happened to its e-way bill, such as ``EWAY_BILL_GENERATED``.

    ``before`` is the status until now, ``said`` what was asked for.
    """
    summary: dict[str, Any] = {
        "eway_bill_id": bill.id,
        "eway_bill_status": bill.status,
        "eway_bill_number": bill.number,
        "eway_bill_valid_until": bill.valid_until,
    }
    changes: dict[str, dict[str, Any]] = {}
    if before != bill.status:
        changes["eway_bill_status"] = {"old": before, "new": bill.status}
    if bill.number != head.eway_bill_number:
        changes["eway_bill_number"] = {"old": head.eway_bill_number, "new": bill.number}
    if bill.valid_until != head.eway_bill_valid_until:
        changes["eway_bill_valid_until"] = {"old": head.eway_bill_valid_until, "new": bill.valid_until}
    if said:
        changes["transport"] = {"old": None, "new": dict(said)}
    if errors:
        summary["errors"] = list(errors)
    books.happened(Happening(f"{kind.name}_EWAY_BILL_{verb}", kind.name, head.id, head.number, changes, summary))
