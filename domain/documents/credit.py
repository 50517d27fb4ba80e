"""Input tax credit on the lines of a document: decided line by line where tax is paid, never where it is charged."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from domain.gst.itc import ItcEligibility, decide_eligibility

if TYPE_CHECKING:
    from domain.documents.circumstances import Circumstances
    from domain.documents.document import Document, Line
    from domain.documents.lines import LineValues

Values = Mapping[str, Any]
Decide = Callable[[Values, Values, bool, "Circumstances", date, str], str | None]
"""Decides of a head, a line, whether it bears tax, the circumstances, today, and the line's path."""


def none_is_taken(
    head: Values,
    line: Values,
    is_taxed: bool,  # noqa: FBT001  # one of several facts in a fixed order
    facts: "Circumstances",
    today: date,
    path: str,
) -> None:
    """A seller takes no credit for the tax that he charges."""
    return


def of_purchase(
    head: Values,
    line: Values,
    is_taxed: bool,  # noqa: FBT001  # one of several facts in a fixed order
    facts: "Circumstances",
    today: date,
    path: str,
) -> str:
    """The credit on a line of a purchase. Raises: what ``decide_eligibility`` refuses."""
    said = line["itc_eligibility"]
    return decide_eligibility(
        registration=facts.registration,
        is_taxed=is_taxed,
        is_reverse_charge=head["is_reverse_charge"],
        place_of_supply=head["place_of_supply"],
        organization_state=facts.branch_state,
        dated_on=head["dated_on"],
        today=today,
        said=ItcEligibility(said) if said else None,
        blocked_reason=line["itc_blocked_reason"],
        path=path,
    ).value


def undecided(
    decide: Decide, head: "Document", line: "Line", spoken: "LineValues", facts: "Circumstances", today: date
) -> "LineValues":
    """A stored line as spoken, without the eligibility where it is only what the head proposed.

    So that the proposal is made anew when the head changes, and what the caller chose stays.
    """
    if line.itc_eligibility is None or line.itc_blocked_reason is not None:
        return spoken
    said = {**spoken, "itc_eligibility": None}
    values = {name: getattr(head, name) for name in ("is_reverse_charge", "place_of_supply", "dated_on")}
    is_taxed = bool(line.cgst_amount or line.sgst_amount or line.igst_amount or line.cess_amount)
    is_proposed = decide(values, said, is_taxed, facts, today, "") == line.itc_eligibility
    return said if is_proposed else spoken
