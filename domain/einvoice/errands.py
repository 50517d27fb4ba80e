"""An errand to the portal, as a worker takes it up and what he brings back: a transaction each, none while he asks.

Whoever takes one up says so first, and that something may have been sent: after a crash the portal is asked by the
document's details before anything is sent again.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from domain.books import Books
from domain.documents.document import Paper
from domain.documents.kinds import KIND_NAMED, Kind
from domain.documents.reading import find_for_change
from domain.einvoice.credentials import begun_at, credentials_of, sealed_session
from domain.einvoice.faults import faults_of
from domain.einvoice.inv01 import payload
from domain.einvoice.irn import irn_of
from domain.einvoice.queueing import LEASE, next_attempt
from domain.einvoice.stored import CANCELLED, FAILED, PENDING, REGISTERED, Einvoice, Told, keep, mark, stored
from domain.einvoice.subject import Subject, subject_of
from domain.errors import Failed
from domain.statements import Statement
from domain.values import Struct, replace

OURS = Failed.code
"""The code of what we found wrong ourselves; the portal's have numbers."""

_MOST_ERRORS = 50
_KIND = Statement("select kind from documents where organization_id = %(organization_id)s and id = %(id)s")
REASON_NUMBERS = {"DUPLICATE": "1", "DATA_ENTRY_MISTAKE": "2", "ORDER_CANCELLED": "3", "OTHERS": "4"}
"""CnlRsn: why a registration is cancelled."""


class Errand(Struct, frozen=True, kw_only=True):
    """What the portal is to be asked of one document.

    ``irn`` is the one that it has, or must get. ``cancel_reason`` absent: it is to be registered. ``is_in_doubt``: it
    was sent before, and nobody knows what became of it. ``user_name`` and what is sealed are absent where nobody has
    said them. ``ahead``: by how much the clock of the books is; ``begun_at``: when they began anew, if ever.
    """

    document_id: str
    document_type: str
    number: str
    dated_on: date
    gst_no: str
    irn: str
    payload: dict[str, Any]
    is_simulated: bool
    is_in_doubt: bool
    cancel_reason: str | None
    cancel_remarks: str | None
    user_name: str | None
    sealed_password: str | None
    sealed_session: str | None
    ahead: timedelta
    organization_id: str
    begun_at: datetime | None


class Registered(Struct, frozen=True, kw_only=True):
    """What the portal gave: see ``domain.einvoice.registrations``; one that is not active was cancelled there."""

    irn: str
    ack_number: str
    acknowledged_at: datetime
    signed_invoice: str
    signed_qr: str
    is_active: bool


async def take_up(books: Books, document_id: str) -> Errand | None:
    """Take up what is to be asked of a document; ``None`` where there is nothing, or another worker is at it.

    Locks the document.
    """
    kind_name = await books.value(_KIND, id=document_id)
    if kind_name is None:
        return None
    paper, _ = await find_for_change(books, KIND_NAMED[kind_name], document_id)
    row = await stored(books, document_id)
    if not _is_due(paper, row, books.real_now):
        return None
    subject = await subject_of(books, paper, KIND_NAMED[kind_name].einvoice_type or "")
    row = row or _fresh(books, subject)
    if row.cancel_asked_at is None and await _is_refused_by_us(books, subject, row):
        return None
    errand = await _errand(books, subject, row)
    await keep(
        books,
        replace(
            row,
            attempts=row.attempts + 1,
            attempted_at=books.now,
            next_attempt_at=books.real_now + LEASE,
            is_in_doubt=True,
            is_simulated=subject.seller.is_portal_simulated,
        ),
    )
    return errand


def _is_due(paper: Paper, row: Einvoice | None, now: datetime) -> bool:
    head = paper.head
    if head.voided_at is not None:
        return False
    if row is not None and (row.next_attempt_at is None or row.next_attempt_at > now):
        return False
    is_to_be_cancelled = row is not None and row.cancel_asked_at is not None and row.cancelled_at is None
    return head.einvoice_status == PENDING or (head.einvoice_status == REGISTERED and is_to_be_cancelled)


def _fresh(books: Books, subject: Subject) -> Einvoice:
    return Einvoice(
        document_id=subject.head.id,
        gst_no=subject.seller.gst_no or "",
        document_type=subject.document_type,
        created_at=books.now,
        modified_at=books.now,
    )


async def _is_refused_by_us(books: Books, subject: Subject, row: Einvoice) -> bool:
    """Keep what the portal would refuse without asking it; never of what was sent before, which may be registered."""
    if row.is_in_doubt:
        return False
    faults = faults_of(subject, today=books.today)
    if not faults:
        return False
    errors: list[Told] = [{"code": OURS, "message": each.message, "field": each.field} for each in faults]
    await keep(books, replace(row, next_attempt_at=None, errors=errors[:_MOST_ERRORS]))
    await mark(books, subject.head, FAILED, irn=None, verb="EINVOICE_FAILED")
    return True


async def _errand(books: Books, subject: Subject, row: Einvoice) -> Errand:
    head, gst_no = subject.head, row.gst_no
    number = head.number or ""
    credentials = await credentials_of(books, gst_no)
    expected = irn_of(gst_no=gst_no, document_type=row.document_type, number=number, dated_on=head.dated_on)
    return Errand(
        document_id=head.id,
        document_type=row.document_type,
        number=number,
        dated_on=head.dated_on,
        gst_no=gst_no,
        irn=row.irn or expected,
        payload=payload(subject),
        is_simulated=subject.seller.is_portal_simulated,
        is_in_doubt=row.is_in_doubt,
        cancel_reason=row.cancel_reason,
        cancel_remarks=row.cancel_remarks,
        user_name=credentials.user_name if credentials else None,
        sealed_password=credentials.sealed_password if credentials else None,
        sealed_session=await sealed_session(books, gst_no),
        ahead=books.ahead,
        organization_id=books.organization_id,
        begun_at=await begun_at(books),
    )


async def bring_registration(books: Books, errand: Errand, given: Registered) -> None:
    """Keep what the portal gave. Locks the document."""
    paper, row = await _again(books, errand)
    if paper.head.einvoice_status != PENDING:
        return
    row = replace(
        row,
        next_attempt_at=None,
        is_in_doubt=False,
        errors=[],
        irn=given.irn,
        ack_number=given.ack_number,
        acknowledged_at=given.acknowledged_at,
        signed_invoice=given.signed_invoice,
        signed_qr=given.signed_qr,
        is_simulated=errand.is_simulated,
    )
    await keep(books, row if given.is_active else replace(row, cancelled_at=books.now))
    head = await mark(books, paper.head, REGISTERED, irn=given.irn, verb="EINVOICE_REGISTERED")
    if not given.is_active:
        await mark(books, head, CANCELLED, irn=given.irn, verb="EINVOICE_CANCELLED")


async def bring_cancellation(books: Books, errand: Errand, at: datetime) -> None:
    """Keep that the portal has cancelled a registration. Locks the document."""
    paper, row = await _again(books, errand)
    if paper.head.einvoice_status != REGISTERED:
        return
    await keep(books, replace(row, next_attempt_at=None, is_in_doubt=False, errors=[], cancelled_at=at))
    await mark(books, paper.head, CANCELLED, irn=row.irn, verb="EINVOICE_CANCELLED")


async def bring_refusal(books: Books, errand: Errand, errors: Sequence[Told], *, is_in_doubt: bool = False) -> None:
    """Keep why the portal did not do it; it is asked again only when a caller wants it. Locks the document.

    ``is_in_doubt``: it holds something under this number, so it is looked up before it is sent again.
    """
    paper, row = await _again(books, errand)
    told = list(errors)[:_MOST_ERRORS]
    row = replace(row, next_attempt_at=None, is_in_doubt=is_in_doubt, errors=told)
    if errand.cancel_reason is not None:
        await keep(books, replace(row, cancel_asked_at=None, cancel_reason=None, cancel_remarks=None))
        await mark(books, paper.head, REGISTERED, irn=row.irn, verb="EINVOICE_CANCEL_FAILED")
        return
    await keep(books, row)
    await mark(books, paper.head, FAILED, irn=None, verb="EINVOICE_FAILED")


async def put_off(books: Books, errand: Errand, error: Told, *, is_in_doubt: bool) -> datetime:
    """Keep that the portal was away, and return when it is asked again. Locks the document."""
    _, row = await _again(books, errand)
    at = next_attempt(books.real_now, row.attempts)
    await keep(books, replace(row, next_attempt_at=at, is_in_doubt=is_in_doubt, errors=[error]))
    return at


def faults_of_answer(errand: Errand, irn: str, code: Mapping[str, Any], *, is_simulated: bool) -> list[str]:
    """Return in what the portal's answer is not about this document; ``code`` is what its signed QR text holds.

    ``is_simulated``: the simulated portal has signed it.
    """
    told = errand.payload
    number = str(code.get("DocNo", ""))
    expected = {
        "SellerGstin": errand.gst_no,
        "BuyerGstin": told["BuyerDtls"]["Gstin"],
        "DocTyp": errand.document_type,
        "DocDt": told["DocDtls"]["Dt"],
        "TotInvVal": told["ValDtls"]["TotInvVal"],
        "ItemCnt": len(told["ItemList"]),
        "Irn": irn,
    }
    faults = [
        f"Its {name} is {code.get(name)} and not {value}."
        for name, value in expected.items()
        if code.get(name) != value
    ]
    if irn.lower() != errand.irn:
        faults.append(f"The IRN {irn} is not the one that follows from the document.")
    if number.upper() != errand.number.upper():
        faults.append(f"Its number is {number} and not {errand.number}.")
    if is_simulated is not errand.is_simulated:
        faults.append("A simulated registration is none in live books, nor a live one in a sandbox.")
    return faults


async def _again(books: Books, errand: Errand) -> tuple[Paper, Einvoice]:
    kind: Kind = KIND_NAMED[await books.value(_KIND, id=errand.document_id)]
    paper, _ = await find_for_change(books, kind, errand.document_id)
    row = await stored(books, errand.document_id)
    assert row is not None, "whoever takes an errand up writes its row"
    return paper, row
