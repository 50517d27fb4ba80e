"""Who must register documents at the e-invoice portal, and which documents.

Source: CGST Rules 2017, rule 48(4) to (6); notifications 13/2020-CT, 61/2020-CT and 10/2023-CT.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from enum import StrEnum

from domain.documents.document import Document
from domain.gst.states import OVERSEAS
from domain.gst.treatments import GstTreatment, RegistrationType

CRORE = Decimal(10_000_000)

_OBLIGED_ABOVE = (
    (date(2020, 10, 1), 500 * CRORE),
    (date(2021, 1, 1), 100 * CRORE),
    (date(2021, 4, 1), 50 * CRORE),
    (date(2022, 4, 1), 20 * CRORE),
    (date(2022, 10, 1), 10 * CRORE),
    (date(2023, 8, 1), 5 * CRORE),
)
"""From which day on whose aggregate turnover, in any year since 2017-18, is more than how much."""

_SELLERS = frozenset({RegistrationType.REGULAR, RegistrationType.SEZ})


class NotRegistered(StrEnum):
    """Why a document is none that the portal registers, in a sentence."""

    DRAFT = "It is a draft; approve it first."
    CANCELLED = "It is cancelled."
    NO_GSTIN = "The branch has no GSTIN."
    COMPOSITION = "A composition person issues bills of supply, which are not registered."
    SWITCHED_OFF = "E-invoicing is off for its branch; switch is_einvoicing_enabled on."
    OPENING_BALANCE = "It dates from before the books began."
    WITHOUT_GST = "It is a commercial note that changes no tax."
    OPERATORS_TAX = "The electronic commerce operator owes its tax, and so registers it (CGST Act, section 9(5))."
    OWN_REGISTRATION = "The customer has the GSTIN of the branch."
    CONSUMER = "The customer is not registered, and it is no export."
    UNTAXED = "All its lines are exempt, nil-rated or outside GST."


def is_obliged(turnover: Decimal | None, on: date) -> bool:
    """Say whether an aggregate turnover (rupees) obliges to register what is dated ``on``; unknown obliges nobody."""
    limits = [limit for since, limit in _OBLIGED_ABOVE if since <= on]
    return bool(limits) and (turnover or 0) > limits[-1]


def why_not(
    head: Document,
    tax_categories: Iterable[str],
    *,
    registration: RegistrationType,
    gst_no: str | None,
    is_enabled: bool,
) -> NotRegistered | None:
    """Return why the portal does not register an approved document; ``None`` where it does.

    ``registration`` and ``gst_no`` are those of its branch, for which e-invoicing ``is_enabled`` or not. The branch
    decides alone whether its documents are registered: an earlier year's turnover obliges as well, which the books may
    not know. A unit of a special economic zone need not register anything, a developer of one must.
    """
    if gst_no is None or not registration.is_registered:
        return NotRegistered.NO_GSTIN
    if registration not in _SELLERS:
        return NotRegistered.COMPOSITION
    if not is_enabled:
        return NotRegistered.SWITCHED_OFF
    return _of_the_document(head) or _of_the_customer(head, gst_no) or _of_the_lines(head, tax_categories)


def is_zero_rated(head: Document) -> bool:
    """Whether it is an export, or goes to a special economic zone (IGST Act, section 16)."""
    return is_export(head) or head.gst_treatment == GstTreatment.SEZ


def is_export(head: Document) -> bool:
    """Whether it leaves India."""
    return head.place_of_supply == OVERSEAS


def _of_the_document(head: Document) -> NotRegistered | None:
    if head.is_opening_balance:
        return NotRegistered.OPENING_BALANCE
    if head.is_without_gst:
        return NotRegistered.WITHOUT_GST
    return NotRegistered.OPERATORS_TAX if head.is_tax_paid_by_operator else None


def _of_the_customer(head: Document, gst_no: str) -> NotRegistered | None:
    if head.gst_no == gst_no:
        return NotRegistered.OWN_REGISTRATION
    is_known = GstTreatment(head.gst_treatment).is_registered or is_export(head)
    return None if is_known else NotRegistered.CONSUMER


def _of_the_lines(head: Document, tax_categories: Iterable[str]) -> NotRegistered | None:
    """Exports and supplies to a zone are zero-rated whatever their lines are elsewhere."""
    is_taxed = is_zero_rated(head) or "TAXABLE" in set(tax_categories)
    return None if is_taxed else NotRegistered.UNTAXED
