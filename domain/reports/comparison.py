"""With which other days a report compares: the period before, or the same days a year earlier.

Ends of months stay ends of months: the year before 28 February 2025 ends on 29 February 2024, and the month before
30 April on 31 March.
"""

from datetime import date, timedelta

from domain.errors import Invalid
from domain.reports.balances import following_month
from domain.reports.question import Period

PREVIOUS_PERIOD, PREVIOUS_YEAR = "PREVIOUS_PERIOD", "PREVIOUS_YEAR"

_DAY = timedelta(days=1)


def compared_with(period: Period, comparison: str | None) -> Period | None:
    """Return the period that this one is compared with; ``None`` without a comparison.

    The period before one day of account (``as_of``) ends a month earlier. That before whole months is as many months,
    before any other span as many days. Raises Invalid for the period before one that begins with the books.
    """
    if comparison is None:
        return None
    if comparison == PREVIOUS_YEAR:
        first_on = period.first_on and _months_before(period.first_on, 12, keep_end=False)
        return Period(_months_before(period.last_on, 12), first_on, is_span=period.is_span)
    if not period.is_span:
        return Period(_months_before(period.last_on, 1))
    if period.first_on is None:
        raise Invalid("Before the beginning of the books there is no period to compare with.", field="compare_with")
    return Period(period.first_on - _DAY, _first_before(period.first_on, period.last_on), is_span=True)


def _first_before(first_on: date, last_on: date) -> date:
    """The first day of the period that ends just before ``first_on`` and is as long."""
    after = last_on + _DAY
    if first_on.day == after.day == 1:
        months = (after.year - first_on.year) * 12 + after.month - first_on.month
        return _months_before(first_on, months, keep_end=False)
    return first_on - (after - first_on)


def _months_before(day: date, months: int, *, keep_end: bool = True) -> date:
    """The same day so many months earlier: the last of its month if it is (``keep_end``), and never beyond it."""
    number = day.year * 12 + day.month - 1 - months
    first = date(number // 12, number % 12 + 1, 1)
    last = following_month(first) - _DAY
    is_end = keep_end and (day + _DAY).day == 1
    return last if is_end else first.replace(day=min(day.day, last.day))
