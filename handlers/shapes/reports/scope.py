"""What a report was asked, as the members with which every answer begins."""

from datetime import datetime
from typing import Any

from domain.books import INDIA, Books
from domain.reports.question import Scope


def shown_scope(books: Books, scope: Scope) -> dict[str, Any]:
    """Return the members that say of which days, of which part of the books, and when the report was made."""
    period = scope.period
    if period.is_span:
        days = {"from_date": period.first_on, "to_date": period.last_on}
    else:
        days = {"as_of_date": period.last_on}
    return {
        **days,
        "branch_id": scope.branch_id,
        "cost_center_id": scope.cost_center_id,
        "compare_with": scope.compare_with,
        "known_at": scope.known_at,
        "currency_code": scope.keeper.currency_code,
        "generated_time": books.now,
    }


def lines_of_head(books: Books, scope: Scope) -> tuple[str, ...]:
    """Return what stands above a report that people read, below the name of the organization and the title."""
    keeper = scope.keeper
    gst_no = keeper.branch_gst_no if scope.branch_id else keeper.gst_no
    known = scope.known_at and f"As known on {_in_india(scope.known_at)}"
    lines = (
        gst_no and f"GSTIN {gst_no}",
        scope.period.words,
        keeper.branch_name and f"Branch: {keeper.branch_name}",
        keeper.cost_center_name and f"Cost centre: {keeper.cost_center_name}",
        known,
        f"Amounts in {keeper.currency_code}. Made on {_in_india(books.now)}",
    )
    return tuple(line for line in lines if line)


def _in_india(instant: datetime) -> str:
    return f"{instant.astimezone(INDIA):%d %B %Y, %H:%M} IST".lstrip("0")
