"""The simulated portal's e-way bills: the paths of the e-way bill API, and those by the number of an e-invoice."""

import base64
import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from adapters.portal_cipher import Unreadable, opened, sealed
from server.simulator import eway_checks
from server.simulator.answers import Refused
from server.simulator.portal import INDIA, Portal, own_entry, said_in, written
from server.simulator.register import Json, Register, SignedIn
from server.simulator.waybills import Waybill, Waybills

_API = "/ewaybillapi/v1.03/ewayapi"
_BY_IRN = "/eiewb/v1.03/ewaybill"
_CANCELLABLE = timedelta(hours=24)
_AROUND = timedelta(hours=8)
_LAST = timedelta(days=360)
_PARTS = ("vehicleNo", "transMode", "transDocNo", "transDocDate", "fromPlace", "fromState")

Do = Callable[[Portal, Json, SignedIn], Json]


def application(register: Register) -> Starlette:
    """Return the whole portal, e-invoices and e-way bills, over what it has registered."""
    portal = Portal(register)
    return Starlette(routes=[*portal.routes(), *routes(portal)])


def routes(portal: Portal) -> list[Route]:
    """The paths that are answered."""

    def acted(act: Callable[[Portal, Request, SignedIn], Awaitable[Any]]) -> Any:
        return portal.acted(act, success=_success, refusal=_refusal)

    return [
        Route(_API, acted(_act), methods=["POST"]),
        Route(f"{_API}/GetEwayBill", acted(_by_number), methods=["GET"]),
        Route(f"{_API}/GetEwayBillGeneratedByConsigner", acted(_by_document), methods=["GET"]),
        Route(_BY_IRN, portal.acted(_make_by_irn), methods=["POST"]),
        Route(_BY_IRN + "/irn/{irn}", portal.acted(_by_irn), methods=["GET"]),
    ]


def _success(told: Any, key: bytes | None) -> JSONResponse:
    assert key is not None, "e-way bills are asked for in a session"
    alert = told.pop("alert", None)
    return JSONResponse({"status": "1", "data": sealed(json.dumps(told).encode(), key), "alert": alert})


def _refusal(refused: Refused) -> JSONResponse:
    """The number alone, in base64; of an ended session by the number that this API has for it."""
    code = "238" if refused.code == "1005" else refused.code
    error = base64.b64encode(json.dumps({"errorCodes": code}).encode()).decode()
    return JSONResponse({"status": "0", "error": error, "info": None})


async def _act(portal: Portal, request: Request, session: SignedIn) -> Json:
    body = await request.json()
    try:
        said = json.loads(opened(body["data"], session.key))
    except (KeyError, ValueError, TypeError, Unreadable):
        raise Refused("100", "The body cannot be read.") from None
    do = _ACTIONS.get(str(body.get("action")))
    if do is None:
        raise Refused("239", "There is no such action.")
    with portal.register.transaction():
        return do(portal, said, session)


def _make(portal: Portal, said: Json, session: SignedIn) -> Json:
    eway_checks.check(said, session.gstin, portal.now().date())
    bills = Waybills(portal.register)
    document = f"{said['docType']} {str(said['docNo']).upper()}"
    if bills.of_document(session.gstin, document) is not None:
        raise Refused("604", "There is one of this document.")
    bill, remarks = _new(
        portal, said, session, distance=int(said["transDistance"]), pins=(said["fromPincode"], said["toPincode"])
    )
    bill = replace(bill, document=document, document_type=said["docType"], document_number=str(said["docNo"]))
    bills.keep(bill)
    return {
        "ewayBillNo": bill.number,
        "ewayBillDate": _written(bill.made_at),
        "validUpto": _written(bill.valid_until),
        "alert": remarks,
    }


async def _make_by_irn(portal: Portal, request: Request, session: SignedIn) -> Json:
    said = await said_in(request, session)
    entry = own_entry(portal, str(said.get("Irn")), session)
    if entry.cancelled_at is not None:
        raise Refused("2302", "The IRN is not active.")
    items = entry.said["ItemList"]
    if entry.said["DocDtls"]["Typ"] != "INV" or all(item["IsServc"] == "Y" for item in items):
        raise Refused("4009", "No e-way bill is made for services and notes.")
    distance = int(said.get("Distance") or 0)
    if distance > 4000:
        raise Refused("4038", "The distance is too great.")
    part_b = {
        "vehicleNo": said.get("VehNo"),
        "transMode": said.get("TransMode"),
        "transDocNo": said.get("TransDocNo"),
        "transDocDate": said.get("TransDocDt"),
        "vehicleType": said.get("VehType"),
        "fromPlace": entry.said["SellerDtls"]["Loc"],
        "fromState": entry.said["SellerDtls"]["Stcd"],
    }
    if part_b["vehicleNo"] or part_b["transDocNo"]:
        eway_checks.check_part_b(part_b)
    elif not said.get("TransId"):
        raise Refused("4012", "Neither transport nor transporter is said.")
    with portal.register.transaction():
        bills = Waybills(portal.register)
        if bills.of_irn(entry.irn) is not None:
            raise Refused("4002", "There is one of this IRN.")
        pins = (entry.said["SellerDtls"]["Pin"], entry.said["BuyerDtls"].get("Pin", 999999))
        bill, remarks = _new(portal, part_b, session, distance=distance, pins=pins)
        number = entry.said["DocDtls"]["No"]
        bill = replace(
            bill, irn=entry.irn, document=f"INV {number.upper()}", document_type="INV", document_number=number
        )
        bills.keep(bill)
    return _shown_by_irn(bill) | {"Remarks": remarks}


async def _by_irn(portal: Portal, request: Request, session: SignedIn) -> Json:
    entry = own_entry(portal, request.path_params["irn"], session)
    bill = Waybills(portal.register).of_irn(entry.irn)
    if bill is None:
        raise Refused("2148", "There is none of this IRN.")
    return _shown_by_irn(bill)


def _new(
    portal: Portal, said: Json, session: SignedIn, *, distance: int, pins: tuple[int, int]
) -> tuple[Waybill, str | None]:
    """A bill, and what the portal says of the distance where it reckoned it itself."""
    remarks = None
    if not distance:
        distance = min(4000, 10 + abs(int(pins[0]) - int(pins[1])) // 200)
        remarks = f"The distance between the pincodes {pins[0]} and {pins[1]} is {distance}"
    is_wide = said.get("vehicleType") == "O"
    now = portal.now()
    has_part_b = bool(said.get("vehicleNo") or said.get("transDocNo"))
    bill = Waybill(
        number=Waybills(portal.register).next_number(),
        gstin=session.gstin,
        irn=None,
        document="",
        document_type="",
        document_number="",
        distance=distance,
        is_over_dimensional=is_wide,
        made_at=now,
        valid_until=_end(now, distance, is_wide=is_wide) if has_part_b else None,
        vehicles=[_vehicle(said, now)] if has_part_b else [],
    )
    return bill, remarks


def _change_vehicle(portal: Portal, said: Json, session: SignedIn) -> Json:
    bill, now = _own(portal, said, session), portal.now()
    if bill.status == "CLS":
        raise Refused("851", "It is closed.")
    if bill.valid_until is not None and now > bill.valid_until:
        raise Refused("311", "It has ended.")
    eway_checks.check_part_b(said)
    if str(said.get("reasonCode")) not in ("1", "2", "3", "4"):
        raise Refused("307", "The reason is wrong.")
    is_wide = bill.is_over_dimensional or said.get("vehicleType") == "O"
    ends = bill.valid_until or _end(now, bill.distance, is_wide=is_wide)
    changed = replace(bill, valid_until=ends, vehicles=[*bill.vehicles, _vehicle(said, now)])
    Waybills(portal.register).keep(changed)
    return {"vehUpdDate": _written(now), "validUpto": _written(ends)}


def _extend(portal: Portal, said: Json, session: SignedIn) -> Json:
    bill, now = _own(portal, said, session, cancelled="379"), portal.now()
    for code in _faults_of_extension(bill, said, now):
        raise Refused(code, "refused")
    if str(said.get("transMode")) != "5":
        eway_checks.check_part_b(said)
    ends = _end(now, int(said["remainingDistance"]), is_wide=bill.is_over_dimensional)
    if ends.date() > bill.made_at.date() + _LAST:
        raise Refused("821", "It was made 360 days ago.")
    changed = replace(bill, valid_until=ends, vehicles=[*bill.vehicles, _vehicle(said, now)])
    Waybills(portal.register).keep(changed)
    return {"ewayBillNo": bill.number, "updatedDate": _written(now), "validUpto": _written(ends)}


def _faults_of_extension(bill: Waybill, said: Json, now: datetime) -> Iterator[str]:
    left = int(said.get("remainingDistance") or 0)
    faults = {
        "844": bill.status == "CLS",
        "381": bill.valid_until is None,
        "382": bill.valid_until is not None and abs(now - bill.valid_until) > _AROUND,
        "389": not left,
        "390": left > bill.distance,
        "386": not said.get("extnRsnCode") or not said.get("extnRemarks"),
        "711": (str(said.get("transMode")) == "5") != (said.get("consignmentStatus") == "T"),
    }
    yield from (code for code, is_so in faults.items() if is_so)


def _cancel(portal: Portal, said: Json, session: SignedIn) -> Json:
    bill, now = _own(portal, said, session), portal.now()
    if bill.status == "CLS":
        raise Refused("843", "It is closed.")
    if str(said.get("cancelRsnCode")) not in ("1", "2", "3", "4"):
        raise Refused("307", "The reason is wrong.")
    if now - bill.made_at > _CANCELLABLE:
        raise Refused("315", "The time to cancel is over.")
    Waybills(portal.register).keep(replace(bill, status="CNL"))
    return {"ewayBillNo": bill.number, "cancelDate": _written(now)}


def _close(portal: Portal, said: Json, session: SignedIn) -> Json:
    bill, now = _own(portal, said, session), portal.now()
    if bill.status == "CLS":
        raise Refused("829", "It is closed already.")
    if bill.valid_until is None:
        raise Refused("830", "It has no vehicle.")
    on = eway_checks.day_in(said.get("closureDate"))
    if on is None or on < bill.made_at.date():
        raise Refused("828", "It is closed before it was made.")
    if on > now.date():
        raise Refused("842", "It is closed after today.")
    Waybills(portal.register).keep(replace(bill, status="CLS"))
    return {"ewayBillNo": bill.number, "closureDate": _written(now)}


_ACTIONS: dict[str, Do] = {
    "GENEWAYBILL": _make,
    "VEHEWB": _change_vehicle,
    "EXTENDVALIDITY": _extend,
    "CANEWB": _cancel,
    "CLOSEEWB": _close,
}


async def _by_number(portal: Portal, request: Request, session: SignedIn) -> Json:
    number = request.query_params.get("ewbNo", "")
    bill = Waybills(portal.register).by_number(int(number)) if number.isdigit() else None
    return _shown(bill, session)


async def _by_document(portal: Portal, request: Request, session: SignedIn) -> Json:
    query = request.query_params
    document = f"{query.get('docType', '')} {query.get('docNo', '').upper()}"
    return _shown(Waybills(portal.register).of_document(session.gstin, document), session)


def _own(portal: Portal, said: Json, session: SignedIn, *, cancelled: str = "312") -> Waybill:
    """A bill of the one who asks that is not cancelled. Raises Refused."""
    bill = Waybills(portal.register).by_number(int(said.get("ewbNo") or 0))
    if bill is None:
        raise Refused("301", "There is no such e-way bill.")
    if bill.gstin != session.gstin:
        raise Refused("312", "It is another's.")
    if bill.status == "CNL":
        raise Refused(cancelled, "It is cancelled.")
    return bill


def _shown(bill: Waybill | None, session: SignedIn) -> Json:
    if bill is None or bill.gstin != session.gstin:
        raise Refused("325", "There is none.")
    return {
        "ewbNo": bill.number,
        "ewayBillDate": _written(bill.made_at),
        "status": bill.status,
        "docType": bill.document_type,
        "docNo": bill.document_number,
        "actualDist": bill.distance,
        "validUpto": _written(bill.valid_until),
        "VehiclListDetails": bill.vehicles,
    }


def _shown_by_irn(bill: Waybill) -> Json:
    last = bill.vehicles[-1] if bill.vehicles else {}
    return {
        "EwbNo": bill.number,
        "EwbDt": written(bill.made_at),
        "EwbValidTill": written(bill.valid_until) if bill.valid_until else None,
        "Status": bill.status,
        "VehNo": last.get("vehicleNo"),
        "TransDocNo": last.get("transDocNo"),
    }


def _vehicle(said: Json, at: datetime) -> Json:
    return {name: said.get(name) or "" for name in _PARTS} | {"enteredDate": _written(at)}


def _end(began: datetime, distance: int, *, is_wide: bool) -> datetime:
    """The last minute of the last day: one day for each 200 km, of wide cargo 20."""
    days = -(-distance // (20 if is_wide else 200)) or 1
    return datetime.combine(began.astimezone(INDIA).date() + timedelta(days=days), time(23, 59), INDIA)


def _written(moment: datetime | None) -> str:
    """A moment as the e-way bill API writes it."""
    return moment.astimezone(INDIA).strftime("%d/%m/%Y %I:%M:%S %p") if moment else ""
