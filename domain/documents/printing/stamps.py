"""What a paper says at its top of where it stands, and the marks of its copies.

Only what the document itself says: whether it is late depends on the day on which it is printed, and is not printed.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from domain.documents.printing.figures import day_of
from domain.documents.printing.sheet import Banner
from domain.documents.status import CANCELLED, DRAFT
from domain.values import Struct

GOODS = ("Original for recipient", "Duplicate for transporter", "Triplicate for supplier")
"""CGST Rules, rule 48(1)."""
SERVICES = ("Original for recipient", "Duplicate for supplier")
"""CGST Rules, rule 48(2)."""
CHALLAN = ("Original for consignee", "Duplicate for transporter", "Triplicate for consigner")
"""CGST Rules, rule 55(2)."""
PLAIN = ("Original", "Duplicate", "Triplicate")
"""Of papers for which no law names the copies."""
MOST_COPIES = 3
_EXTRA = "Extra copy"

BANNERS: Mapping[str, str] = MappingProxyType(
    {
        "PAID": "Paid",
        "PARTIALLY_PAID": "Partly paid",
        "CREDIT_APPLIED": "Settled by credit",
        "APPLIED": "Applied in full",
        "ACCEPTED": "Accepted",
        "DECLINED": "Declined",
        "CONVERTED": "Converted",
        "PARTIALLY_INVOICED": "Partly invoiced",
        "INVOICED": "Invoiced",
        "PARTIALLY_BILLED": "Partly billed",
        "BILLED": "Billed",
    }
)
"""What is said of a document that is valid, by its status."""

UNSAID = frozenset({"SENT", "OPEN", "ISSUED", "OVERDUE", "EXPIRED"})
"""Statuses of which nothing is said: the usual one, and those that follow from the day."""


class Standing(Struct, frozen=True):
    """Where a paper stands, as far as its banner needs it."""

    status: str
    voided_at: datetime | None = None
    void_reason: str | None = None
    is_sandbox: bool = False


def banner(standing: Standing) -> Banner | None:
    """Return the banner of a paper; a stamped one for what is no valid paper."""
    if standing.status == DRAFT:
        return Banner("DRAFT", "Not a valid document: it has not been issued.", is_stamped=True)
    if standing.status == CANCELLED:
        return Banner("CANCELLED", _cancelled(standing), is_stamped=True)
    if standing.is_sandbox:
        return Banner("SAMPLE", "Made in a sandbox: not a valid document.", is_stamped=True)
    text = BANNERS.get(standing.status)
    return Banner(text) if text else None


def marks(names: Sequence[str], copies: int) -> tuple[str, ...]:
    """Return the marks of so many copies: those that the law names, then extra ones; of no copies, none."""
    return tuple((*names, _EXTRA, _EXTRA, _EXTRA)[: min(copies, MOST_COPIES)])


def _cancelled(standing: Standing) -> str:
    said = f"Cancelled on {day_of(standing.voided_at)}" if standing.voided_at else "Cancelled"
    return f"{said}: {standing.void_reason}" if standing.void_reason else f"{said}."
