"""Payments and what they are applied to as JSON."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement

from domain.payments.listing import DOCUMENT_NUMBER, DOCUMENT_TYPE, TARGET_ID, allocations_of
from domain.payments.meeting import Ask, Change
from handlers.shapes.shape import TIMES, Shape, same
from models.payments import allocations, payments

_ALLOCATION_FIELDS = {
    "allocation_id": "id",
    **same("amount", "cgst_amount", "sgst_amount", "igst_amount", "applied_on", "journal_id"),
}
_OF_ALLOCATION: Mapping[str, str | ColumnElement[Any]] = {
    **_ALLOCATION_FIELDS,
    "document_id": TARGET_ID,
    "document_type": DOCUMENT_TYPE,
    "document_number": DOCUMENT_NUMBER,
}
ALLOCATION = Shape(allocations, _OF_ALLOCATION)

_FIELDS = {
    "payment_id": "id",
    "payment_number": "number",
    "date": "dated_on",
    "unallocated_amount": "unallocated",
    "voided_time": "voided_at",
    **same(
        "flow",
        "payment_type",
        "status",
        "contact_id",
        "contact_name",
        "branch_id",
        "mode",
        "reference_number",
        "paid_through_account_id",
        "currency_code",
        "exchange_rate",
        "amount",
        "bank_charges",
        "tds_amount",
        "tds_section",
        "is_service_advance",
        "tax_id",
        "tax_percentage",
        "place_of_supply",
        "supply_type",
        "cgst_amount",
        "sgst_amount",
        "igst_amount",
        "notes",
        "tags",
        "custom_fields",
        "journal_id",
        "void_reason",
    ),
    **TIMES,
}
PAYMENT = Shape(payments, _FIELDS)
COLUMNS = (*PAYMENT.columns, allocations_of(ALLOCATION.columns).label("allocations"))
"""What a selection of payments shows of each."""

_BANK_TRANSFER = {"BANK_TRANSFER": "BANK"}


def said(body: Mapping[str, Any]) -> dict[str, Any]:
    """What a body says of a payment, by our own names; what is null says nothing."""
    values = {name: value for name, value in PAYMENT.values(body).items() if value is not None}
    mode = values.get("mode")
    return values if mode is None else {**values, "mode": _BANK_TRANSFER.get(mode, mode)}


def asks(body: Mapping[str, Any]) -> list[Ask]:
    """What a body wants the payment applied to."""
    return [
        Ask(f"allocations[{index}]", each["amount"], each.get("document_id"), each.get("payment_id"))
        for index, each in enumerate(body.get("allocations") or [])
    ]


def shown(change: Change) -> dict[str, Any]:
    """A payment with what it is applied to."""
    fields = {name: getattr(change.payment, attribute) for name, attribute in _FIELDS.items()}
    fields["allocations"] = [
        {
            **{name: getattr(each, attribute) for name, attribute in _ALLOCATION_FIELDS.items()},
            "document_id": each.target_id,
            "document_type": each.document_type,
            "document_number": each.document_number,
        }
        for each in change.applied
    ]
    return fields
