"""Asking for an e-way bill of a document: what it must be, what is sent, and what is written until the portal answers.

Nothing is sent here: the wish is written with the job that carries it out, so that it exists if and only if the change
has committed, and a portal that is away only delays it.
"""

import re
from collections.abc import Mapping
from typing import Any

from domain.books import Books
from domain.documents.document import Document
from domain.documents.kinds import Kind
from domain.documents.reading import find_for_change
from domain.documents.status import CANCELLED, DRAFT
from domain.errors import Failed, InvalidState
from domain.eway_bills import eway_bill, payload
from domain.eway_bills.consignment import Consignment, consignment_of
from domain.eway_bills.eway_bill import STANDING, Action, EwayBill, Request, Status
from domain.eway_bills.movements import Movement, Purpose
from domain.eway_bills.places import Route, check_route
from domain.eway_bills.subject import Subject, purpose_of, route_of, subject_of
from domain.eway_bills.transport import Transport, transport_of
from domain.eway_bills.validity import oldest_document_on
from domain.ids import new_id
from domain.jobs import Job
from domain.values import Struct

TASK = "ask_eway_portal"
"""The name of the job that asks the portal."""

_NUMBER = re.compile(r"[A-Za-z0-9/-]{1,16}")
_WAITING = frozenset(("PENDING", "FAILED"))


class Wanted(Struct, frozen=True):
    """What an e-way bill is to tell, once all of it is checked."""

    purpose: Purpose
    consignment: Consignment
    transport: Transport
    route: Route


async def ask(books: Books, kind: Kind, key: str, said: Mapping[str, Any]) -> EwayBill:
    """Ask for an e-way bill of a document, for goods that travel as is ``said``.

    Locks the document. Raises: NotFound, VersionMismatch, InvalidState for a document that cannot have one, Required,
    Invalid and Failed for what it lacks.
    """
    paper, facts = await find_for_change(books, kind, key)
    head = paper.head
    subject = await subject_of(books, kind, paper, facts)
    _check_document(books, kind, head, subject)
    wanted = _wanted(books, subject, said)
    irn = head.irn if kind.einvoice_type == "INV" else None
    bill = _bill(books, subject, wanted, irn)
    content = _content(books, subject, wanted, bill)
    await eway_bill.add(books, bill)
    await ask_portal(books, bill, Action.GENERATE, said, content)
    await eway_bill.show_on_document(books, bill)
    eway_bill.note(books, kind, head, "REQUESTED", bill, before=head.eway_bill_status)
    return bill


async def ask_portal(
    books: Books, bill: EwayBill, action: Action, said: Mapping[str, Any], content: Mapping[str, Any]
) -> Request:
    """Write what the portal is to be asked of an e-way bill, and ask for the job that does."""
    request = Request(
        id=new_id("ewr"),
        eway_bill_id=bill.id,
        action=action.value,
        status="PENDING",
        said=dict(said),
        content=dict(content),
        errors=[],
        next_attempt_at=books.real_now,
        created_by=books.user_id,
        created_at=books.now,
        modified_at=books.now,
    )
    await eway_bill.add_request(books, request)
    arguments = {"organization_id": books.organization_id, "request_id": request.id}
    books.ask_for(Job(TASK, arguments, books.real_now))
    return request


def _wanted(books: Books, subject: Subject, said: Mapping[str, Any]) -> Wanted:
    """Check and complete what was said of the movement. Raises: Required, Invalid, Failed."""
    purpose = purpose_of(subject, Purpose(said["purpose"]) if said.get("purpose") else None)
    consignment = consignment_of(subject.paper, subject.facts.branch_gst_no)
    if not consignment.goods:
        raise Failed("It names services alone, and they do not travel.")
    transport = transport_of(said, dated_on=subject.paper.head.dated_on, today=books.today)
    route = route_of(subject, purpose, said)
    check_route(route, today=books.today)
    return Wanted(purpose, consignment, transport, route)


def _check_document(books: Books, kind: Kind, head: Document, subject: Subject) -> None:
    """Check that a document can have an e-way bill now. Raises: InvalidState, Failed."""
    name = f"{kind.title} {head.number or head.id}"
    if head.status in (DRAFT, CANCELLED) or head.is_opening_balance:
        what = "from before the books began" if head.is_opening_balance else head.status
        raise InvalidState(f"{name} is {what}; no e-way bill is made for it.")
    if head.eway_bill_status in STANDING:
        raise InvalidState(f"{name} has an e-way bill, which is {head.eway_bill_status}.")
    if head.einvoice_status in _WAITING:
        raise InvalidState(
            f"{name} is to be registered as an e-invoice, which is {head.einvoice_status}; goods do not leave before."
        )
    _check_movement(kind, head, subject)
    _check_number(head, subject.movement)
    oldest = oldest_document_on(books.today)
    if oldest is not None and head.dated_on < oldest:
        raise Failed(f"It is dated {head.dated_on}; the portal takes documents of the last 180 days, since {oldest}.")


def _check_movement(kind: Kind, head: Document, subject: Subject) -> None:
    reasons = subject.movement.reasons
    if reasons and head.gst_reason not in reasons:
        raise Failed(f"Goods move with a {kind.title.lower()} that returns them only, not for {head.reason}.")
    if not subject.facts.branch_gst_no:
        raise Failed("The branch has no GSTIN; e-way bills of firms without one are made on the portal itself.")


def _check_number(head: Document, movement: Movement) -> None:
    number = head.reference_number if movement.is_vendors_paper else head.number
    if not _NUMBER.fullmatch(number or ""):
        raise Failed(
            f"An e-way bill names the vendor's number, of up to 16 letters, digits, - and /; '{number or ''}' is none.",
            field="reference_number",
        )


def _bill(books: Books, subject: Subject, wanted: Wanted, irn: str | None) -> EwayBill:
    transport, consignment = wanted.transport, wanted.consignment
    return EwayBill(
        id=new_id("ewb"),
        document_id=subject.paper.head.id,
        status=Status.PENDING.value,
        gst_no=subject.facts.branch_gst_no or "",
        purpose=wanted.purpose.value,
        document_type=payload.document_type(
            subject.movement, consignment, charges_tax=subject.facts.registration.charges_tax
        ),
        transaction_type=wanted.route.transaction_type,
        consignment_value=consignment.value,
        irn=irn,
        distance_km=transport.distance_km,
        mode=transport.mode,
        vehicle_number=transport.vehicle_number,
        vehicle_type=transport.vehicle_type,
        transporter_id=transport.transporter_id,
        transporter_name=transport.transporter_name,
        transport_document_number=transport.document_number,
        transport_document_on=transport.document_on,
        is_simulated=subject.firm.is_portal_simulated,
        created_by=books.user_id,
        version=1,
        created_at=books.now,
        modified_at=books.now,
    )


def _content(books: Books, subject: Subject, wanted: Wanted, bill: EwayBill) -> dict[str, Any]:
    if bill.irn is not None:
        return payload.by_irn(bill.irn, wanted.route, wanted.transport, is_export=subject.is_abroad, today=books.today)
    return payload.whole(
        subject.paper,
        subject.movement,
        wanted.purpose,
        wanted.consignment,
        wanted.route,
        wanted.transport,
        paper_type=bill.document_type,
        today=books.today,
    )
