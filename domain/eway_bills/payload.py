"""What the e-way bill portal is sent, in its own words: the whole bill, or what it needs beside an IRN.

Source: NIC's e-way bill API 1.03 (``GENEWAYBILL``, ``VEHEWB``, ``EXTENDVALIDITY``, ``CANEWB``) and its e-invoice API
(e-way bill by IRN): names, lengths, formats of days, codes.
"""

import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from domain.documents.document import Paper
from domain.eway_bills.consignment import Consignment, Goods
from domain.eway_bills.movements import Movement, Purpose
from domain.eway_bills.places import Place, Route, state_code
from domain.eway_bills.transport import Mode, Transport, Vehicle
from domain.gst.portal_parties import UNREGISTERED, tells_ship_to_gstin
from domain.money import ZERO

MANDATORY = (
    "supplyType",
    "subSupplyType",
    "docType",
    "docNo",
    "docDate",
    "fromGstin",
    "fromPincode",
    "fromStateCode",
    "toGstin",
    "toPincode",
    "toStateCode",
    "transDistance",
    "itemList",
    "actToStateCode",
    "actFromStateCode",
    "totInvValue",
    "transactionType",
)
"""What the portal's schema asks of every bill."""

_LONGEST_NAME = 100
_LONGEST_ADDRESS = 120
_LONGEST_PLACE = 50
_LONGEST_DESCRIPTION = 20
_KEPT = frozenset("@#-/,&.() ")
_KEPT_CATEGORIES = ("L", "M", "N")
_BILL_OF_SUPPLY, _INVOICE = "BIL", "INV"


def document_type(movement: Movement, consignment: Consignment, *, charges_tax: bool) -> str:
    """Return the portal's word for the paper: of what bears no tax it is a bill of supply (CGST Rules, rule 49)."""
    if movement.paper is not None:
        return movement.paper
    is_exempt = all(each.is_exempt for each in consignment.goods)
    return _INVOICE if charges_tax and not is_exempt else _BILL_OF_SUPPLY


def whole(
    paper: Paper,
    movement: Movement,
    purpose: Purpose,
    consignment: Consignment,
    route: Route,
    transport: Transport,
    *,
    paper_type: str,
    today: date,
) -> dict[str, Any]:
    """Return Part A with what is known of Part B, as ``GENEWAYBILL`` takes it."""
    described = text(movement.description or "", _LONGEST_DESCRIPTION) if purpose is Purpose.OTHERS else ""
    head = paper.head
    number = head.reference_number if movement.is_vendors_paper else head.number
    return {
        "supplyType": "I" if movement.is_inward else "O",
        "subSupplyType": purpose.code,
        "subSupplyDesc": described,
        "docType": paper_type,
        "docNo": number or "",
        "docDate": day(head.dated_on),
        **_parties(route, today),
        "transactionType": route.transaction_type,
        **_values(consignment),
        **_carried(transport),
        "itemList": [_item(each) for each in consignment.goods],
    }


def by_irn(irn: str, route: Route, transport: Transport, *, is_export: bool, today: date) -> dict[str, Any]:
    """Return what the portal needs of goods whose invoice it has registered: the transport, and other addresses."""
    part_b = {
        "TransMode": Mode(transport.mode).code if transport.mode else None,
        "TransId": transport.transporter_id,
        "TransName": text(transport.transporter_name, _LONGEST_NAME) if transport.transporter_name else None,
        "TransDocNo": transport.document_number,
        "TransDocDt": day(transport.document_on) if transport.document_on else None,
        "VehNo": transport.vehicle_number,
        "VehType": Vehicle(transport.vehicle_type).code if transport.vehicle_number else None,
    }
    places: dict[str, Any] = {}
    if is_export or (route.is_shipped_elsewhere and tells_ship_to_gstin(today)):
        places["ExpShipDtls"] = _shipped_to(route, today)
    if route.is_dispatched_elsewhere:
        places["DispDtls"] = {"Nm": text(route.origin.name or route.sender.name, _LONGEST_NAME)} | _at(route.origin)
    said = {name: value for name, value in part_b.items() if value is not None}
    return {"Irn": irn, "Distance": transport.distance_km, **said, **places}


def vehicle(number: str, transport: Transport, origin: Mapping[str, Any], reason: str, remarks: str) -> dict[str, Any]:
    """Return a change of Part B: what the goods travel by from ``origin`` (place and state) on."""
    return {
        "ewbNo": int(number),
        "vehicleNo": transport.vehicle_number or "",
        "fromPlace": text(origin["place"], _LONGEST_PLACE),
        "fromState": state_code(origin["state"]),
        "reasonCode": reason,
        "reasonRem": text(remarks, _LONGEST_PLACE),
        "transDocNo": transport.document_number or "",
        "transDocDate": day(transport.document_on) if transport.document_on else "",
        "transMode": Mode(transport.mode or Mode.ROAD).code,
        "vehicleType": Vehicle(transport.vehicle_type).code,
    }


def extension(
    number: str,
    transport: Transport,
    origin: Mapping[str, Any],
    reason: int,
    remarks: str,
    *,
    transit_type: str | None,
) -> dict[str, Any]:
    """Return an extension: where the goods are, how far it still is (``distance_km``), and why they are late."""
    is_moving = transport.mode != Mode.IN_TRANSIT
    address = "" if is_moving else text(origin["place"], _LONGEST_ADDRESS)
    return {
        **{name: value for name, value in vehicle(number, transport, origin, "", "").items() if name in _OF_EXTENSION},
        "fromPincode": origin["pin"],
        "remainingDistance": transport.distance_km,
        "extnRsnCode": reason,
        "extnRemarks": text(remarks, _LONGEST_PLACE),
        "consignmentStatus": "M" if is_moving else "T",
        "transitType": "" if is_moving else (transit_type or "R"),
        "addressLine1": address,
        "addressLine2": address,
        "addressLine3": address,
    }


_OF_EXTENSION = frozenset(("ewbNo", "vehicleNo", "fromPlace", "fromState", "transDocNo", "transDocDate", "transMode"))


def day(on: date) -> str:
    """Return a day as the portal writes it."""
    return on.strftime("%d/%m/%Y")


def _parties(route: Route, today: date) -> dict[str, Any]:
    origin, destination = route.origin, route.destination
    return {
        "fromGstin": route.sender.gst_no,
        "fromTrdName": text(route.sender.name, _LONGEST_NAME),
        "fromAddr1": text(origin.lines[0], _LONGEST_ADDRESS),
        "fromAddr2": text(origin.lines[1], _LONGEST_ADDRESS),
        "fromPlace": text(origin.city, _LONGEST_PLACE),
        "fromPincode": origin.pin,
        "fromStateCode": state_code(route.sender.state),
        "actFromStateCode": state_code(origin.state),
        "toGstin": route.recipient.gst_no,
        "toTrdName": text(route.recipient.name, _LONGEST_NAME),
        "toAddr1": text(destination.lines[0], _LONGEST_ADDRESS),
        "toAddr2": text(destination.lines[1], _LONGEST_ADDRESS),
        "toPlace": text(destination.city, _LONGEST_PLACE),
        "toPincode": destination.pin,
        "toStateCode": state_code(route.recipient.state),
        "actToStateCode": state_code(destination.state),
        **_others(route, today),
    }


def _others(route: Route, today: date) -> dict[str, Any]:
    """Who sends and who receives, where they are others than who bills and is billed."""
    said: dict[str, Any] = {}
    if route.is_dispatched_elsewhere and route.origin.gst_no:
        said |= _named("dispatchFromGSTIN", "dispatchFromTradeName", route.origin)
    if route.is_shipped_elsewhere and (route.destination.gst_no or tells_ship_to_gstin(today)):
        said |= _named("shipToGSTIN", "shipToTradeName", route.destination)
    return said


def _named(number: str, name: str, place: Place) -> dict[str, str]:
    return {number: place.gst_no or UNREGISTERED, name: text(place.name or place.city, _LONGEST_NAME)}


def _values(consignment: Consignment) -> dict[str, Decimal]:
    goods = consignment.goods
    return {
        "otherValue": consignment.other,
        "totalValue": consignment.taxable,
        "cgstValue": sum((each.cgst for each in goods), ZERO),
        "sgstValue": sum((each.sgst for each in goods), ZERO),
        "igstValue": sum((each.igst for each in goods), ZERO),
        "cessValue": sum((each.cess for each in goods), ZERO),
        "cessNonAdvolValue": sum((each.cess_of_units for each in goods), ZERO),
        "totInvValue": consignment.total,
    }


def _carried(transport: Transport) -> dict[str, Any]:
    return {
        "transporterId": transport.transporter_id or "",
        "transporterName": text(transport.transporter_name or "", _LONGEST_NAME),
        "transDocNo": transport.document_number or "",
        "transMode": Mode(transport.mode).code if transport.mode else "",
        "transDistance": str(transport.distance_km),
        "transDocDate": day(transport.document_on) if transport.document_on else "",
        "vehicleNo": transport.vehicle_number or "",
        "vehicleType": Vehicle(transport.vehicle_type).code if transport.is_complete else "",
    }


def _item(goods: Goods) -> dict[str, Any]:
    return {
        "productName": text(goods.name, _LONGEST_NAME),
        "productDesc": text(goods.description or goods.name, _LONGEST_NAME),
        "hsnCode": int(goods.hsn),
        "quantity": goods.quantity,
        "qtyUnit": goods.unit_code,
        "cgstRate": goods.cgst_percent,
        "sgstRate": goods.sgst_percent,
        "igstRate": goods.igst_percent,
        "cessRate": goods.cess_percent,
        "cessNonadvol": goods.cess_of_units,
        "taxableAmount": goods.taxable,
    }


def _shipped_to(route: Route, today: date) -> dict[str, Any]:
    place = route.destination
    named: dict[str, Any] = {}
    if tells_ship_to_gstin(today):
        named = {"Gstin": place.gst_no or UNREGISTERED, "TrdNm": text(place.name or place.city, _LONGEST_NAME)}
    return named | _at(place)


def _at(place: Place) -> dict[str, Any]:
    second = {"Addr2": text(place.lines[1], _LONGEST_NAME)} if place.lines[1] else {}
    return {
        "Addr1": text(place.lines[0], _LONGEST_NAME),
        **second,
        "Loc": text(place.city, _LONGEST_PLACE),
        "Pin": place.pin,
        "Stcd": str(state_code(place.state)),
    }


def text(words: str, longest: int) -> str:
    """Return words in the characters that the portal takes, of any script, and no longer than it takes them."""
    kept = [each if _is_taken(each) else " " for each in words]
    return " ".join("".join(kept).split())[:longest].rstrip()


def _is_taken(character: str) -> bool:
    return character in _KEPT or unicodedata.category(character)[0] in _KEPT_CATEGORIES
