"""What must be true before a document is approved. Each rule is a function; a kind lists those that it needs."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from domain.errors import Failed
from domain.gst.hsn import digits_fault
from domain.gst.returns.locks import check_not_filed
from domain.gst.supply import check_two_persons
from domain.gst.treatments import GstTreatment
from domain.ledger.journals import check_period
from domain.money import ZERO

if TYPE_CHECKING:
    from domain.documents.circumstances import Circumstances
    from domain.documents.document import Paper

Rule = Callable[["Paper", "Circumstances"], None]


def period_is_open(paper: "Paper", facts: "Circumstances") -> None:
    """The date lies after the lock date. Raises PeriodLocked."""
    check_period(paper.head.dated_on, facts.locked_until)


def return_is_open(paper: "Paper", facts: "Circumstances") -> None:
    """No GSTR-1 that is filed covers the date, unless the document is meant to come late. Raises PeriodLocked.

    Source: CGST Act 2017, section 37(3): what was left out of a return that is filed is told in a later one.
    """
    head = paper.head
    if not (head.is_late_entry or head.is_opening_balance or head.is_without_gst):
        check_not_filed(
            head.dated_on,
            facts.gstr1_filed,
            advice="Send is_late_entry if it was left out: the next return shows it under its own date.",
        )


def is_between_two(paper: "Paper", facts: "Circumstances") -> None:
    """The other side is another registration than the branch's, also of what was drafted before. Raises Failed."""
    if not (paper.head.is_opening_balance or paper.head.parent_id):
        check_two_persons(facts.branch_gst_no, paper.head.gst_no, field="gst_no")


def lines_are_classified(paper: "Paper", facts: "Circumstances") -> None:
    """Each line of a tax invoice shows its HSN or SAC with digits enough. Raises Failed.

    Source: notification 12/2017-CT as amended by 78/2020-CT.
    """
    if not facts.registration.charges_tax or paper.head.is_opening_balance:
        return
    treatment = GstTreatment(paper.head.gst_treatment)
    for index, line in enumerate(paper.lines):
        fault = digits_fault(line.hsn_or_sac, treatment, turnover=facts.aggregate_turnover or ZERO)
        if fault is not None:
            raise Failed(fault, field=f"line_items[{index}].hsn_or_sac")
