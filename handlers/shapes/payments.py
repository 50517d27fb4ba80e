"""Payments and what they are applied to as JSON."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement

from domain.payments.listing import DOCUMENT_NUMBER, SETTLED_BY_NAME, allocations_of, target_of
from domain.payments.meeting import Ask, Change
from handlers.shapes.modes import mode_said
from handlers.shapes.shape import TIMES, Shape, same
from models.payments import allocations, payments

_ALLOCATION_FIELDS = {
    "allocation_id": "id",
    **same("amount", "cgst_amount", "sgst_amount", "igst_amount", "applied_on", "journal_id"),
}
_OF_ALLOCATION: Mapping[str, str | ColumnElement[Any]] = {
    **_ALLOCATION_FIELDS,
    **{name: target_of(kind) for kind, name in SETTLED_BY_NAME.items()},
    "payment_id": "refunded_payment_id",
    "document_number": DOCUMENT_NUMBER,
}
ALLOCATION = Shape(allocations, _OF_ALLOCATION)

_BANK_ACCOUNT = "bank_account_id"
"""The second name of the account that money is paid through."""
_FIELDS = {
    "payment_id": "id",
    "payment_number": "number",
    "date": "dated_on",
    _BANK_ACCOUNT: "paid_through_account_id",
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
        "description",
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


def said(body: Mapping[str, Any]) -> dict[str, Any]:
    """What a body says of a payment, by our own names; what is null says nothing."""
    sent = {name: value for name, value in body.items() if value is not None}
    bank_account_id = sent.pop(_BANK_ACCOUNT, None)
    values = PAYMENT.values(sent)
    if bank_account_id is not None:
        values[_BANK_ACCOUNT] = bank_account_id
    if "mode" in values:
        values["mode"] = mode_said(values["mode"])
    return values


def asks(body: Mapping[str, Any]) -> list[Ask]:
    """What a body wants the payment applied to; what is null is not named."""
    return [
        Ask(
            f"allocations[{index}]",
            ALLOCATION.values(each)["amount"],
            {kind: each[name] for kind, name in SETTLED_BY_NAME.items() if each.get(name)},
            each.get("payment_id"),
        )
        for index, each in enumerate(body.get("allocations") or [])
    ]


def shown(change: Change) -> dict[str, Any]:
    """A payment with what it is applied to."""
    fields = {name: getattr(change.payment, attribute) for name, attribute in _FIELDS.items()}
    fields["allocations"] = [
        {
            **{name: getattr(each, attribute) for name, attribute in _ALLOCATION_FIELDS.items()},
            **{
                name: each.document_id if kind == each.document_type else None for kind, name in SETTLED_BY_NAME.items()
            },
            "payment_id": each.refunded_payment_id,
            "document_number": each.document_number,
        }
        for each in change.applied
    ]
    return fields
