"""Whether goods of a document need an e-way bill before they move, and why.

Source: CGST Rules 2017, rule 138(1) and its provisos, (3) and (14)(e): above the limit of the movement, between states
at any value for job work; not for exempt goods; for what is bought, only from a vendor without registration, since
others make it themselves. Handicrafts of makers without registration, and the goods of the annex to (14), are the
user's to know.
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum

from domain.documents.document import Paper
from domain.eway_bills.consignment import has_goods, worth
from domain.eway_bills.movements import Movement, Purpose
from domain.eway_bills.thresholds import limit_on
from domain.gst.tax_catalogue import TaxCategory
from domain.gst.treatments import GstTreatment
from domain.values import Struct


class Reason(StrEnum):
    """Why an e-way bill is needed, or not."""

    ABOVE_LIMIT = "ABOVE_LIMIT"
    JOB_WORK_BETWEEN_STATES = "JOB_WORK_BETWEEN_STATES"
    NOT_ABOVE_LIMIT = "NOT_ABOVE_LIMIT"
    NONE_WITHIN_STATE = "NONE_WITHIN_STATE"
    NO_GOODS = "NO_GOODS"
    GOODS_STAY = "GOODS_STAY"
    ONLY_EXEMPT_GOODS = "ONLY_EXEMPT_GOODS"
    SUPPLIER_MAKES_IT = "SUPPLIER_MAKES_IT"


_NEEDED = frozenset({Reason.ABOVE_LIMIT, Reason.JOB_WORK_BETWEEN_STATES})


class Need(Struct, frozen=True, kw_only=True):
    """What the rule says: rupees of the consignment, and the limit that it is held against, where there is one."""

    reason: Reason
    value: Decimal
    limit: Decimal | None

    @property
    def is_needed(self) -> bool:
        """Whether goods may not move without one."""
        return self.reason in _NEEDED


def need_of(
    paper: Paper,
    movement: Movement | None,
    purpose: Purpose | None,
    *,
    on: date,
    from_state: str,
    to_state: str,
    our_gst_no: str | None = None,
) -> Need:
    """Return whether goods that move ``on`` a day between two states (the same, or not) need an e-way bill.

    States are codes such as ``IN-MH``; the world outside India is another one. By ``our_gst_no`` it is known what goes
    to another place of the same registration.
    """
    value = worth(paper, our_gst_no)
    limit = limit_on(on, from_state=from_state, to_state=to_state)
    reason = _why_not(paper, movement) or _by_value(value, limit, purpose, is_between=from_state != to_state)
    return Need(reason=reason, value=value, limit=limit)


def _why_not(paper: Paper, movement: Movement | None) -> Reason | None:
    if movement is None or (movement.reasons and paper.head.gst_reason not in movement.reasons):
        return Reason.GOODS_STAY
    if not has_goods(paper):
        return Reason.NO_GOODS
    if all(line.tax_category != TaxCategory.TAXABLE for line in paper.lines):
        return Reason.ONLY_EXEMPT_GOODS
    if movement.is_vendors_paper and GstTreatment(paper.head.gst_treatment).is_registered:
        return Reason.SUPPLIER_MAKES_IT
    return None


def _by_value(value: Decimal, limit: Decimal | None, purpose: Purpose | None, *, is_between: bool) -> Reason:
    if is_between and purpose is Purpose.JOB_WORK:
        return Reason.JOB_WORK_BETWEEN_STATES
    if limit is None:
        return Reason.NONE_WITHIN_STATE
    return Reason.ABOVE_LIMIT if value > limit else Reason.NOT_ABOVE_LIMIT
