"""What callers ask of the e-invoice portal: to register a document, to cancel that, and how it stands."""

from datetime import date, datetime

from domain.books import Books
from domain.documents.document import Document, Paper
from domain.documents.kinds import Kind
from domain.documents.reading import find, find_for_change
from domain.documents.telling import note
from domain.einvoice.credentials import has_credentials
from domain.einvoice.deadlines import cancellable_until, last_day
from domain.einvoice.faults import refuse_faulty
from domain.einvoice.obligation import NotRegistered, why_not
from domain.einvoice.queueing import ask_soon
from domain.einvoice.stored import CANCELLED, PENDING, REGISTERED, Einvoice, keep, mark, stored
from domain.einvoice.subject import Subject, subject_of
from domain.einvoice.texts import plain
from domain.errors import Failed, InvalidState
from domain.eway_bills.travelling import refuse_while_travelling
from domain.values import Struct, replace

_MOST_REMARKS = 100
_FIELDS = {
    NotRegistered.NO_GSTIN: "branch_id",
    NotRegistered.COMPOSITION: "branch_id",
    NotRegistered.SWITCHED_OFF: "branch_id",
    NotRegistered.CONSUMER: "gst_treatment",
    NotRegistered.OWN_REGISTRATION: "gst_no",
    NotRegistered.UNTAXED: "line_items",
}


class Standing(Struct, frozen=True, kw_only=True):
    """How a document stands with the portal.

    ``why_not`` says why it is not registered by itself (``None``: it is). ``register_by`` is the last day on which it
    can be, ``cancel_until`` until when its registration can be cancelled; both absent where there is no such limit.
    """

    head: Document
    document_type: str
    gst_no: str | None
    einvoice: Einvoice | None
    why_not: str | None
    register_by: date | None
    cancel_until: datetime | None


async def show(books: Books, kind: Kind, key: str) -> Standing:
    """Return how a document stands with the portal. Raises NotFound."""
    paper = await find(books, kind, key)
    return await _standing(books, kind, paper, await stored(books, key))


async def register(books: Books, kind: Kind, key: str) -> Standing:
    """Have a document registered: the portal is asked as soon as this has committed. Asked again, it is asked anew.

    The trail tells each time that somebody asked, also where the document waits already and stays as it is.

    Locks the document. Raises: NotFound, VersionMismatch, InvalidState for what is registered already, Failed for what
    the portal does not register, or would refuse.
    """
    paper, _ = await find_for_change(books, kind, key)
    head = paper.head
    if head.einvoice_status in (REGISTERED, CANCELLED):
        raise InvalidState(
            f"{kind.title} {head.number} has the IRN {head.irn}"
            + (
                ", which is cancelled: its number cannot be registered again."
                if head.einvoice_status == CANCELLED
                else "."
            )
        )
    subject = await subject_of(books, paper, kind.einvoice_type or "")
    await _check_can_be_registered(books, kind, subject)
    there = await stored(books, key)
    if there is not None and head.einvoice_status == PENDING and _is_taken_up(there, books.real_now):
        return await _standing(books, kind, paper, there)
    fresh = _fresh(books, subject)
    row = await keep(books, replace(there or fresh, next_attempt_at=books.real_now, errors=[], attempts=0))
    if head.einvoice_status != PENDING:
        head = await mark(books, head, PENDING, irn=None, verb="EINVOICE_REQUESTED")
    else:
        note(books, kind, head, "EINVOICE_REQUESTED", {})
    ask_soon(books, key)
    return await _standing(books, kind, replace(paper, head=head), row)


async def cancel(books: Books, kind: Kind, key: str, *, reason: str, remarks: str) -> Standing:
    """Have a registration cancelled: the portal is asked as soon as this has committed.

    Locks the document. Raises: NotFound, VersionMismatch, InvalidState for what is not registered, was registered more
    than 24 hours ago, or travels under an e-way bill.
    """
    paper, _ = await find_for_change(books, kind, key)
    row = await stored(books, key)
    if paper.head.einvoice_status != REGISTERED or row is None or row.acknowledged_at is None:
        raise InvalidState(f"{kind.title} {paper.head.number or key} is not registered at the e-invoice portal.")
    refuse_while_travelling(kind.title, paper.head)
    until = cancellable_until(row.acknowledged_at)
    if books.now > until:
        raise InvalidState(
            f"{kind.title} {paper.head.number} could be cancelled at the portal until {until:%Y-%m-%d %H:%M} UTC; "
            "write a credit note instead."
        )
    words = plain(remarks, _MOST_REMARKS)
    if not words:
        raise Failed("Say in words why it is cancelled.", field="remarks")
    if row.cancel_asked_at is not None:
        return await _standing(books, kind, paper, row)
    asked = replace(row, cancel_asked_at=books.now, cancel_reason=reason, cancel_remarks=words, errors=[])
    asked = await keep(books, replace(asked, next_attempt_at=books.real_now, attempts=0))
    head = await mark(books, paper.head, REGISTERED, irn=row.irn, verb="EINVOICE_CANCEL_REQUESTED")
    ask_soon(books, key)
    return await _standing(books, kind, replace(paper, head=head), asked)


async def _check_can_be_registered(books: Books, kind: Kind, subject: Subject) -> None:
    head = subject.head
    if head.journal_id is None or head.voided_at is not None:
        raise InvalidState(
            f"{kind.title} {head.number or head.id} is {head.status}; only what is approved is registered."
        )
    reason = _reason(subject)
    if reason is not None:
        raise Failed(reason, field=_FIELDS.get(reason))
    refuse_faulty(subject, today=books.today)
    seller = subject.seller
    if not seller.is_portal_simulated and not await has_credentials(books, seller.gst_no or ""):
        raise Failed(
            f"Nobody has said with which user and password {seller.gst_no} signs in at the e-invoice portal.",
            field="branch_id",
        )


def _is_taken_up(row: Einvoice, now: datetime) -> bool:
    """Whether a worker asks the portal at this moment."""
    return row.is_in_doubt and row.next_attempt_at is not None and row.next_attempt_at > now and not row.errors


def _reason(subject: Subject) -> NotRegistered | None:
    seller = subject.seller
    return why_not(
        subject.head,
        [line.tax_category for line in subject.lines],
        registration=seller.registration,
        gst_no=seller.gst_no,
        is_enabled=seller.is_einvoicing_enabled,
    )


def _fresh(books: Books, subject: Subject) -> Einvoice:
    return Einvoice(
        document_id=subject.head.id,
        gst_no=subject.seller.gst_no or "",
        document_type=subject.document_type,
        is_simulated=subject.seller.is_portal_simulated,
        created_at=books.now,
        modified_at=books.now,
    )


async def _standing(books: Books, kind: Kind, paper: Paper, row: Einvoice | None) -> Standing:
    head = paper.head
    subject = await subject_of(books, paper, kind.einvoice_type or "")
    is_open = head.einvoice_status not in (REGISTERED, CANCELLED)
    can_be_cancelled = head.einvoice_status == REGISTERED and row is not None and row.acknowledged_at is not None
    turnover = subject.seller.aggregate_turnover
    return Standing(
        head=head,
        document_type=subject.document_type,
        gst_no=row.gst_no if row else subject.seller.gst_no,
        einvoice=row,
        why_not=_state_reason(head) or _reason(subject) if is_open else None,
        register_by=last_day(head.dated_on, turnover=turnover, today=books.today) if is_open else None,
        cancel_until=cancellable_until(row.acknowledged_at)
        if can_be_cancelled and row and row.acknowledged_at
        else None,
    )


def _state_reason(head: Document) -> NotRegistered | None:
    if head.voided_at is not None:
        return NotRegistered.CANCELLED
    return NotRegistered.DRAFT if head.approved_at is None else None
