"""What a report was asked, as the members with which every answer begins."""

from typing import Any

from domain.books import Books
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
