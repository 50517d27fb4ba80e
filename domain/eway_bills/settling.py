"""Carrying out what was asked of the portal: a request is taken up, sent by the worker, and what came of it is written.

Taking up and settling are a transaction each, the call lies between them. Whatever crashes, a request that was taken up
is in doubt: before it is sent again the portal is asked whether it has done it.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam

from domain.books import Books, to_the_microsecond
from domain.documents.document import Document
from domain.documents.kinds import KIND_NAMED, Kind
from domain.documents.reading import find_for_change
from domain.einvoice.credentials import begun_at, credentials_of, sealed_session
from domain.eway_bills import eway_bill
from domain.eway_bills.eway_bill import Action, EwayBill, Fault, Request, Status
from domain.eway_bills.portal_words import AWAY, GIVEN_UP
from domain.statements import Statement, columns_of, tenant_select
from domain.values import Struct, asdict, replace
from models.eway_bills import eway_bill_requests, eway_bills

MOST_ATTEMPTS = 80
"""A request that the portal has not answered by then, after some three days, is given up."""

_WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 20, 40, 60))

_DUE = Statement(
    tenant_select(eway_bill_requests, *columns_of(eway_bill_requests, Request))
    .where(
        eway_bill_requests.c.id == bindparam("id"),
        eway_bill_requests.c.next_attempt_at <= bindparam("now"),
    )
    .with_for_update(skip_locked=True)
)
_REQUEST = Statement(
    tenant_select(eway_bill_requests, *columns_of(eway_bill_requests, Request))
    .where(eway_bill_requests.c.id == bindparam("id"))
    .with_for_update()
)
_BILL = Statement(
    tenant_select(eway_bills, *columns_of(eway_bills, EwayBill)).where(eway_bills.c.id == bindparam("id"))
)
_DOCUMENT = Statement(
    """
select kind, number, dated_on, reference_number
  from documents
 where organization_id = %(organization_id)s
   and id = %(id)s
"""
)


class Errand(Struct, frozen=True, kw_only=True):
    """A request that was taken up; ``is_in_doubt``: the portal may have done it at an attempt before.

    ``user_name`` and what is sealed tell how the registration signs in; absent where nobody has said them. ``ahead``:
    by how much the clock of the books is; ``begun_at``: when they began anew, if ever.
    """

    request: Request
    bill: EwayBill
    kind: str
    document_number: str
    gst_no: str
    is_simulated: bool
    is_in_doubt: bool
    user_name: str | None
    sealed_password: str | None
    sealed_session: str | None
    ahead: timedelta
    organization_id: str
    begun_at: datetime | None


class Answer(Struct, frozen=True, kw_only=True):
    """What the portal said to a request that it carried out, at ``done_at``."""

    done_at: datetime
    number: str | None = None
    valid_until: datetime | None = None
    remarks: str | None = None


async def take_up(books: Books, request_id: str) -> Errand | None:
    """Take a request up that is due, unless another worker has: count the attempt, and say when the next one is."""
    request = await books.load_one(Request, _DUE, id=request_id, now=books.real_now)
    if request is None:
        return None
    taken = replace(
        request,
        attempts=request.attempts + 1,
        attempted_at=books.now,
        next_attempt_at=books.real_now + _WAITS[min(request.attempts, len(_WAITS) - 1)],
        is_in_doubt=True,
        modified_at=books.now,
    )
    await eway_bill.overwrite_request(books, taken)
    bill = await books.load_one(EwayBill, _BILL, id=request.eway_bill_id)
    assert bill is not None, "a request belongs to an e-way bill"
    document = await books.row(_DOCUMENT, id=bill.document_id)
    assert document is not None, "an e-way bill belongs to a document"
    kind = KIND_NAMED[document["kind"]]
    is_vendors = kind.movement is not None and kind.movement.is_vendors_paper
    number = document["reference_number" if is_vendors else "number"]
    credentials = await credentials_of(books, bill.gst_no)
    return Errand(
        request=taken,
        bill=bill,
        kind=kind.name,
        document_number=number or "",
        gst_no=bill.gst_no,
        is_simulated=bill.is_simulated,
        is_in_doubt=request.is_in_doubt,
        user_name=credentials.user_name if credentials else None,
        sealed_password=credentials.sealed_password if credentials else None,
        sealed_session=await sealed_session(books, bill.gst_no),
        ahead=books.ahead,
        organization_id=books.organization_id,
        begun_at=await begun_at(books),
    )


async def put_off(books: Books, errand: Errand, why: str, *, is_in_doubt: bool) -> None:
    """Note that the portal did not answer; the request waits for its next attempt, or is given up after many."""
    if errand.request.attempts >= MOST_ATTEMPTS:
        await refused(books, errand, [Fault(GIVEN_UP, f"{why} It was tried {errand.request.attempts} times.")])
        return
    request = await _still_pending(books, errand)
    if request is None:
        return
    waiting = replace(
        request,
        errors=[asdict(Fault(AWAY, why))],
        is_in_doubt=is_in_doubt,
        modified_at=books.now,
    )
    await eway_bill.overwrite_request(books, waiting)


async def refused(books: Books, errand: Errand, errors: Sequence[Fault]) -> None:
    """Keep what the portal found wrong. A bill that it will not make has failed; any other stays as it is.

    Locks the document, then its e-way bill.
    """
    kind, head, bill, request = await _locked(books, errand)
    if request is None:
        return
    await eway_bill.overwrite_request(
        books,
        replace(
            request,
            status="REFUSED",
            errors=[asdict(each) for each in errors],
            next_attempt_at=None,
            is_in_doubt=False,
            modified_at=books.now,
        ),
    )
    after = bill
    if request.action == Action.GENERATE:
        after = replace(bill, status=Status.FAILED.value, version=bill.version + 1, modified_at=books.now)
        await eway_bill.overwrite(books, after)
        await eway_bill.show_on_document(books, after)
    eway_bill.note(books, kind, head, f"{request.action}_REFUSED", after, before=bill.status, errors=errors)


async def done(books: Books, errand: Errand, answer: Answer) -> None:
    """Write what the portal has done. Locks the document, then its e-way bill."""
    kind, head, bill, request = await _locked(books, errand)
    if request is None:
        return
    answer = _written_alike(answer)
    after = replace(_after(bill, request, answer), version=bill.version + 1, modified_at=books.now)
    settled = replace(
        request,
        status="DONE",
        errors=[],
        next_attempt_at=None,
        is_in_doubt=False,
        done_at=answer.done_at,
        valid_until=after.valid_until,
        modified_at=books.now,
    )
    await eway_bill.overwrite_request(books, settled)
    await eway_bill.overwrite(books, after)
    await eway_bill.show_on_document(books, after)
    eway_bill.note(books, kind, head, _DONE[Action(request.action)], after, before=bill.status)


def _written_alike(answer: Answer) -> Answer:
    """The portal's moments with their fraction of a second, as all moments are written."""
    ends = answer.valid_until
    return replace(
        answer, done_at=to_the_microsecond(answer.done_at), valid_until=to_the_microsecond(ends) if ends else None
    )


_DONE = {
    Action.GENERATE: "GENERATED",
    Action.UPDATE_VEHICLE: "VEHICLE_UPDATED",
    Action.EXTEND: "EXTENDED",
    Action.CANCEL: "CANCELLED",
    Action.CLOSE: "CLOSED",
}


def _after(bill: EwayBill, request: Request, answer: Answer) -> EwayBill:
    action = Action(request.action)
    if action is Action.GENERATE:
        return replace(
            bill,
            status=Status.ACTIVE.value,
            number=answer.number,
            generated_at=answer.done_at,
            valid_until=answer.valid_until,
            portal_remarks=answer.remarks,
        )
    if action is Action.CANCEL:
        return replace(bill, status=Status.CANCELLED.value, cancelled_at=answer.done_at)
    if action is Action.CLOSE:
        return replace(bill, status=Status.CLOSED.value, closed_on=_day(request, "closed_on"))
    return _travelling_on(bill, request, answer)


def _travelling_on(bill: EwayBill, request: Request, answer: Answer) -> EwayBill:
    """The bill with the Part B that was said; an extension tells what is left of the way, so the way stays."""
    said = request.said
    return replace(
        bill,
        mode=said.get("mode"),
        vehicle_number=said.get("vehicle_number"),
        vehicle_type=said.get("vehicle_type") or bill.vehicle_type,
        transport_document_number=said.get("document_number"),
        transport_document_on=_day(request, "document_on"),
        valid_until=answer.valid_until,
    )


def _day(request: Request, name: str) -> date | None:
    """A day that was said, which the database keeps as JSON writes it."""
    text = request.said.get(name)
    return date.fromisoformat(text) if text else None


async def _still_pending(books: Books, errand: Errand) -> Request | None:
    """The request, locked, if nobody else has settled it meanwhile."""
    request = await books.load_one(Request, _REQUEST, id=errand.request.id)
    return request if request is not None and request.status == "PENDING" else None


async def _locked(books: Books, errand: Errand) -> tuple[Kind, Document, EwayBill, Request | None]:
    kind = KIND_NAMED[errand.kind]
    paper, _ = await find_for_change(books, kind, errand.bill.document_id)
    bill = await eway_bill.locked_of(books, errand.bill.document_id)
    assert bill is not None and bill.id == errand.bill.id, "a bill that waits is the last one of its document"
    return kind, paper.head, bill, await _still_pending(books, errand)
