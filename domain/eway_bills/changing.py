"""What can be asked of an e-way bill that the portal has made: another vehicle, more time, its end.

Each is refused here where the portal would refuse it, and otherwise written and sent like the bill itself.
Source: CGST Rules 2017, rule 138(5), (9), (10); errors 311, 312, 315, 343, 381, 382, 389, 390 and 821 of the portal.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from domain.books import INDIA, Books
from domain.documents.document import Document
from domain.documents.kinds import Kind
from domain.documents.reading import find_for_change
from domain.errors import Failed, InvalidState, Required
from domain.eway_bills import eway_bill, payload, validity
from domain.eway_bills.asking import ask_portal
from domain.eway_bills.eway_bill import NOUN, Action, EwayBill, Request, Status
from domain.eway_bills.places import PIN
from domain.eway_bills.reasons import (
    CANCEL_REASONS,
    EXTENSION_REASONS,
    FIRST_TIME,
    TRANSIT_TYPES,
    VEHICLE_REASONS,
    check_remarks,
)
from domain.eway_bills.transport import Mode, Transport, check_part_b, transport_of
from domain.gst.states import normalise_state
from domain.values import replace

_LONGEST_REMARKS = 50


async def cancel(books: Books, kind: Kind, key: str, said: Mapping[str, Any]) -> EwayBill:
    """Ask for the cancellation of an e-way bill within 24 hours; one that the portal does not know yet is dropped.

    Locks the document, then its e-way bill. Raises: NotFound, VersionMismatch, InvalidState, Required.
    """
    head, bill, waiting = await _found(books, kind, key)
    check_remarks(said["reason"], said.get("remarks"))
    if waiting is not None:
        return await _dropped(books, kind, head, bill, waiting)
    number = _number_of_active(kind, head, bill)
    if bill.generated_at is None or not validity.may_be_cancelled(bill.generated_at, books.now):
        raise InvalidState(f"{NOUN} {number} was made more than 24 hours ago; it cannot be cancelled any more.")
    content = {
        "ewbNo": int(number),
        "cancelRsnCode": CANCEL_REASONS[said["reason"]],
        "cancelRmrk": payload.text(said.get("remarks") or said["reason"], _LONGEST_REMARKS),
    }
    return await _asked(books, kind, head, bill, Action.CANCEL, said, content)


async def update_vehicle(books: Books, kind: Kind, key: str, said: Mapping[str, Any]) -> EwayBill:
    """Ask for another Part B: by what the goods travel from a place on.

    Locks the document, then its e-way bill. Raises: NotFound, VersionMismatch, InvalidState, Required, Invalid, Failed.
    """
    head, bill, waiting = await _found(books, kind, key)
    _refuse_waiting(waiting)
    number = _number_of_active(kind, head, bill)
    if bill.valid_until is not None and books.now > bill.valid_until:
        raise InvalidState(f"{NOUN} {number} has ended; extend it, or make another one.")
    reason = said.get("reason") or (None if bill.valid_until is not None else FIRST_TIME)
    if reason is None:
        raise Required("Say why the vehicle changes.", field="reason")
    check_remarks(reason, said.get("remarks"))
    transport = _part_b(books, head, said)
    content = payload.vehicle(
        number, transport, _from(said), str(VEHICLE_REASONS[reason]), said.get("remarks") or reason
    )
    told = {**said, **_told(transport), "reason": reason}
    return await _asked(books, kind, head, bill, Action.UPDATE_VEHICLE, told, content)


async def extend(books: Books, kind: Kind, key: str, said: Mapping[str, Any]) -> EwayBill:
    """Ask for more time, from eight hours before the end until eight hours after it.

    Locks the document, then its e-way bill. Raises: NotFound, VersionMismatch, InvalidState, Required, Invalid, Failed.
    """
    head, bill, waiting = await _found(books, kind, key)
    _refuse_waiting(waiting)
    number = _number_of_active(kind, head, bill)
    transport = _part_b(books, head, said)
    _check_extension(books, bill, number, transport)
    content = payload.extension(
        number,
        transport,
        _from(said),
        EXTENSION_REASONS[said["reason"]],
        said["remarks"],
        transit_type=TRANSIT_TYPES[said.get("transit_type") or "ROAD"],
    )
    return await _asked(books, kind, head, bill, Action.EXTEND, {**said, **_told(transport)}, content)


async def close(books: Books, kind: Kind, key: str, said: Mapping[str, Any]) -> EwayBill:
    """Ask for the closure of an e-way bill whose goods have arrived, once the portal takes closures.

    Locks the document, then its e-way bill. Raises: NotFound, VersionMismatch, InvalidState, Failed.
    """
    head, bill, waiting = await _found(books, kind, key)
    _refuse_waiting(waiting)
    number = _number_of_active(kind, head, bill)
    if not validity.is_closed_voluntarily(books.today):
        raise InvalidState("The e-way bill portal takes no closures yet: their beginning was put off on 01-08-2026.")
    if bill.valid_until is None or bill.generated_at is None:
        raise InvalidState(f"{NOUN} {number} has no vehicle yet.")
    if books.now > validity.closure_window(bill.valid_until):
        raise InvalidState(f"{NOUN} {number} ended more than a day ago; it cannot be closed any more.")
    on: date = said.get("closed_on") or books.today
    made_on = bill.generated_at.astimezone(INDIA).date()
    if not made_on <= on <= books.today:
        raise Failed(f"The goods arrived between {made_on}, when it was made, and today.", field="date")
    content = {
        "ewbNo": int(number),
        "closureDate": payload.day(on),
        "remarks": payload.text(said.get("remarks") or "Delivered", _LONGEST_REMARKS),
    }
    return await _asked(books, kind, head, bill, Action.CLOSE, {**said, "closed_on": on}, content)


async def _found(books: Books, kind: Kind, key: str) -> tuple[Document, EwayBill, Request | None]:
    """A document, its last e-way bill, and what the portal is still to answer about it; all locked."""
    paper, _ = await find_for_change(books, kind, key)
    bill = await eway_bill.locked_of(books, key)
    if bill is None:
        raise InvalidState(f"{kind.title} {paper.head.number or key} has no e-way bill.")
    return paper.head, bill, await eway_bill.pending_of(books, bill.id)


def _refuse_waiting(waiting: Request | None) -> None:
    if waiting is not None:
        raise InvalidState(
            f"The portal has yet to answer the last request, {waiting.action}; nothing else can be asked."
        )


def _number_of_active(kind: Kind, head: Document, bill: EwayBill) -> str:
    if bill.status != Status.ACTIVE or bill.number is None:
        raise InvalidState(f"The e-way bill of {kind.title.lower()} {head.number} is {bill.status}.")
    return bill.number


async def _dropped(books: Books, kind: Kind, head: Document, bill: EwayBill, waiting: Request) -> EwayBill:
    """Drop an e-way bill that was not made yet. Raises InvalidState where the portal may be making it."""
    if waiting.action != Action.GENERATE or waiting.is_in_doubt:
        _refuse_waiting(waiting)
    at = {"modified_at": books.now}
    await eway_bill.overwrite_request(books, replace(waiting, status="DROPPED", next_attempt_at=None, **at))
    dropped = replace(bill, status=Status.CANCELLED.value, cancelled_at=books.now, version=bill.version + 1, **at)
    await eway_bill.overwrite(books, dropped)
    await eway_bill.show_on_document(books, dropped)
    eway_bill.note(books, kind, head, "CANCELLED", dropped, before=bill.status)
    return dropped


async def _asked(
    books: Books,
    kind: Kind,
    head: Document,
    bill: EwayBill,
    action: Action,
    said: Mapping[str, Any],
    content: Mapping[str, Any],
) -> EwayBill:
    await ask_portal(books, bill, action, said, content)
    eway_bill.note(books, kind, head, f"{action.value}_REQUESTED", bill, before=bill.status, said=said)
    return bill


def _part_b(books: Books, head: Document, said: Mapping[str, Any]) -> Transport:
    """What the goods travel by from now on. Raises: Required, Invalid, Failed."""
    rests = said.get("mode") == Mode.IN_TRANSIT
    if rests:
        return Transport(distance_km=said.get("distance_km") or 0, mode=said["mode"])
    transport = transport_of(said, dated_on=head.dated_on, today=books.today)
    check_part_b(transport)
    return transport


def _told(transport: Transport) -> dict[str, Any]:
    """What was said of the transport, in its usual form."""
    return {name: getattr(transport, name) for name in ("mode", "vehicle_number", "document_number", "document_on")}


def _from(said: Mapping[str, Any]) -> dict[str, Any]:
    """Where the goods are. Raises: Invalid for a state or PIN that is none."""
    pin = (said.get("from_pin") or "").replace(" ", "")
    if "from_pin" in said and not PIN.fullmatch(pin):
        raise Failed(f"'{said['from_pin']}' is no PIN code of six digits.", field="from_pin")
    return {
        "place": said["from_place"],
        "state": normalise_state(said["from_state"], field="from_state"),
        "pin": int(pin) if pin else None,
    }


def _check_extension(books: Books, bill: EwayBill, number: str, transport: Transport) -> None:
    if bill.valid_until is None or bill.generated_at is None:
        raise InvalidState(f"{NOUN} {number} has no vehicle yet, and so no end that could be extended.")
    opens, shuts = validity.extension_window(bill.valid_until)
    if not opens <= books.now <= shuts:
        between = f"{_india(opens)} and {_india(shuts)}"
        raise InvalidState(f"{NOUN} {number} can be extended between {between}, eight hours around its end.")
    if bill.distance_km and transport.distance_km > bill.distance_km:
        raise Failed(
            f"{transport.distance_km} km are left of a way of {bill.distance_km} km in all.", field="distance_km"
        )
    last = validity.last_extended_until(bill.generated_at)
    if last is not None and validity.valid_until(books.now, transport.distance_km, bill.vehicle_type) > last:
        raise InvalidState(f"{NOUN} {number} cannot be extended beyond {_india(last)}, 360 days after it was made.")


def _india(moment: Any) -> str:
    return f"{moment.astimezone(INDIA):%d-%m-%Y %H:%M}"
