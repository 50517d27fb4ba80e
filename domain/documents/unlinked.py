"""The invoice or bill that a note corrects, where it is not in the books: told by number, day and total.

Source: CGST Act 2017, section 34; CGST Rules, rule 53(1A): a note names the invoice that it corrects. The total decides
whether a note to a consumer belongs to the large ones of GSTR-1 (table 9B or 7).
"""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from domain.documents.kinds import Kind, Side
from domain.errors import Failed, Required
from domain.gst.itc import last_day_of_credit

if TYPE_CHECKING:
    from domain.documents.document import Document

UNLINKED_ORIGINAL = ("original_invoice_number", "original_invoice_on", "original_invoice_total")
"""The fields that tell of it."""


def refuse_beside_link(kind: Kind, said: Mapping[str, Any]) -> None:
    """Refuse to tell of an original beside one that is in the books. Raises Failed."""
    told = [name for name in UNLINKED_ORIGINAL if said.get(name) is not None]
    if told:
        raise Failed(
            f"{kind.field_of('parent_id')} says all of the original; send one or the other.",
            field=kind.field_of(told[0]),
        )


def check(kind: Kind, head: "Document") -> None:
    """Check what a note says of an original that is not in the books.

    Raises Required for a number without its day or what is said without them, Failed for a note that is before its
    original, too late for GST, or of more than that came to.
    """
    number, dated_on, total = (getattr(head, name) for name in UNLINKED_ORIGINAL)
    if number is None and dated_on is None and total is None:
        return
    if number is None or dated_on is None:
        missing = "original_invoice_number" if number is None else "original_invoice_date"
        raise Required("An invoice that is not in the books is told by its number and its date.", field=missing)
    if head.dated_on < dated_on:
        raise Failed(f"{number} is of {dated_on}; the note cannot be before it.", field="date")
    if kind.takes_back:
        check_time(kind, head, called=number, supplied_on=dated_on)
    if kind.takes_back and total is not None and head.total > total:
        raise Failed(f"{number} came to {total}; {head.total} is more.", field="original_invoice_total")


def check_time(kind: Kind, head: "Document", *, called: str, supplied_on: date) -> None:
    """Tax that was charged can be taken back up to 30 November after the year of the supply (section 34(2)).

    Raises Failed.
    """
    last_day = last_day_of_credit(supplied_on)
    if kind.side is Side.SALE and head.tax_total and head.dated_on > last_day:
        raise Failed(
            f"The tax of {called} can be reduced until {last_day} only (section 34(2)); "
            "send is_without_gst for a note on the value alone.",
            field="is_without_gst",
        )
