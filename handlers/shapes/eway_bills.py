"""E-way bills as JSON, and what bodies say of the movement of goods by our own names."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from domain.eway_bills.eway_bill import EwayBill, Request
from domain.eway_bills.need import Need

_TRANSACTIONS = ("REGULAR", "BILL_TO_SHIP_TO", "BILL_FROM_DISPATCH_FROM", "BOTH")
_BILL = {
    "eway_bill_id": "id",
    "document_id": "document_id",
    "eway_bill_number": "number",
    "status": "status",
    "gst_no": "gst_no",
    "purpose": "purpose",
    "document_type": "document_type",
    "consignment_value": "consignment_value",
    "irn": "irn",
    "distance_km": "distance_km",
    "mode": "mode",
    "vehicle_number": "vehicle_number",
    "vehicle_type": "vehicle_type",
    "transporter_id": "transporter_id",
    "transporter_name": "transporter_name",
    "transport_document_number": "transport_document_number",
    "transport_document_date": "transport_document_on",
    "generated_time": "generated_at",
    "valid_until": "valid_until",
    "cancelled_time": "cancelled_at",
    "closed_date": "closed_on",
    "portal_remarks": "portal_remarks",
    "is_simulated": "is_simulated",
    "created_time": "created_at",
    "last_modified_time": "modified_at",
}
_REQUEST = {
    "request_id": "id",
    "action": "action",
    "status": "status",
    "errors": "errors",
    "attempts": "attempts",
    "created_time": "created_at",
    "attempted_time": "attempted_at",
    "next_attempt_time": "next_attempt_at",
    "done_time": "done_at",
    "valid_until": "valid_until",
}
_SAID = {
    "reason": "reason",
    "remarks": "remarks",
    "mode": "mode",
    "vehicle_number": "vehicle_number",
    "transport_document_number": "document_number",
    "from_place": "from_place",
    "from_state": "from_state",
}
_OUR_NAMES = {
    "transport_document_number": "document_number",
    "transport_document_date": "document_on",
    "date": "closed_on",
}
_DAYS = frozenset(("document_on", "closed_on"))


def said(body: Mapping[str, Any]) -> dict[str, Any]:
    """What a body says, by our own names."""
    named = {_OUR_NAMES.get(name, name): value for name, value in body.items() if value is not None}
    return {name: date.fromisoformat(value) if name in _DAYS else value for name, value in named.items()}


def bill_shown(bill: EwayBill, requests: Sequence[Request]) -> dict[str, Any]:
    """An e-way bill with all that the portal was asked of it."""
    shown = {name: getattr(bill, ours) for name, ours in _BILL.items()}
    shown["transaction_type"] = _TRANSACTIONS[bill.transaction_type - 1]
    shown["errors"] = requests[-1].errors if requests else []
    shown["requests"] = [_request_shown(each) for each in requests]
    return shown


def need_shown(need: Need) -> dict[str, Any]:
    """Whether one is needed."""
    return {
        "is_needed": need.is_needed,
        "reason": need.reason,
        "consignment_value": need.value,
        "limit": need.limit,
    }


def _request_shown(request: Request) -> dict[str, Any]:
    shown = {name: getattr(request, ours) for name, ours in _REQUEST.items()}
    return shown | {name: request.said.get(ours) for name, ours in _SAID.items()}
