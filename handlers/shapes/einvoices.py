"""How a document stands with the e-invoice portal, as JSON; and who signs in there."""

from typing import Any

from domain.einvoice.asking import Standing
from domain.einvoice.credentials import Credentials
from domain.einvoice.stored import Einvoice
from handlers.shapes.shape import Shape
from models.einvoices import einvoice_credentials

EINVOICE_CREDENTIALS = Shape(einvoice_credentials, {"gstin": "gst_no", "user_name": "user_name"})

_NOTHING_YET = ("irn", "ack_number", "signed_invoice", "signed_qr", "cancel_reason", "cancel_remarks")


def einvoice_shown(standing: Standing) -> dict[str, Any]:
    """A document's registration under the contract's names."""
    head, row = standing.head, standing.einvoice
    return {
        "document_id": head.id,
        "document_number": head.number,
        "document_type": standing.document_type,
        "gstin": standing.gst_no,
        "status": head.einvoice_status,
        "why_not_registered": standing.why_not,
        "register_by": standing.register_by,
        "cancel_until": standing.cancel_until,
        "is_simulated": row.is_simulated if row else False,
        **{name: getattr(row, name, None) for name in _NOTHING_YET},
        **_times_shown(row),
        "attempts": row.attempts if row else 0,
        "errors": row.errors if row else [],
    }


def _times_shown(row: Einvoice | None) -> dict[str, Any]:
    return {
        "ack_time": row.acknowledged_at if row else None,
        "last_attempt_time": row.attempted_at if row else None,
        "next_attempt_time": row.next_attempt_at if row else None,
        "cancel_requested_time": row.cancel_asked_at if row else None,
        "cancelled_time": row.cancelled_at if row else None,
    }


def credentials_shown(credentials: Credentials) -> dict[str, Any]:
    """Who signs in for a registration; the password is shown to nobody."""
    return {
        "gstin": credentials.gst_no,
        "user_name": credentials.user_name,
        "version": credentials.version,
        "created_time": credentials.created_at,
        "last_modified_time": credentials.modified_at,
    }
