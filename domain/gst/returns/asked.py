"""The query of a return or of a view of one: the registration, and its period or any other days.

``period`` names a month or the quarter that it lies in; ``from_date`` and ``to_date`` any days instead, of which no
return is filed unless they are those of a period. Without either it is the last period that is over.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from domain.books import Books
from domain.errors import Failed, Invalid, Required
from domain.financial_year import return_period
from domain.gst.returns.period import Frequency, ReturnPeriod, return_period_named, whole_period
from domain.gst.returns.question import ReturnQuestion, registration_asked_for
from domain.reports import question
from domain.reports.question import Scope
from domain.values import Struct

_DAY = timedelta(days=1)

Named = Callable[[str, Frequency], ReturnPeriod]
"""What a text and how often is filed name: the period of a return, or of a statement of supplies."""


class AskedReturn(Struct, frozen=True):
    """What part of the books is read, as every report says it, and which return is meant."""

    scope: Scope
    of: ReturnQuestion


async def return_asked_for(
    books: Books, query: Mapping[str, Any], *, form: str, named: Named = return_period_named
) -> AskedReturn:
    """Return the return that a validated query asks for; ``form`` is what people call it.

    Raises: Invalid for days that make no sense, or a period beside them, Required for one of two days without the
    other, and what ``registration_asked_for`` raises.
    """
    frequency = Frequency(query.get("frequency") or Frequency.MONTHLY)
    period = _period(books, query, frequency, named)
    days = query if period is None else {**query, "from_date": str(period.first_day), "to_date": str(period.last_day)}
    scope = await question.between(books, days)
    first_on, last_on = scope.period.first_on, scope.period.last_on
    assert first_on is not None, "the days have a beginning"
    gstin = await registration_asked_for(books, form=form, gstin=query.get("gstin"), branch_id=query.get("branch_id"))
    of = ReturnQuestion(
        gstin=gstin,
        from_on=first_on,
        to_on=last_on,
        period=period or whole_period(first_on, last_on, frequency),
        frequency=frequency,
        branch_id=query.get("branch_id"),
    )
    return AskedReturn(scope, of)


def check_is_whole(of: ReturnQuestion, form: str) -> ReturnPeriod:
    """Return the period of a return that can be uploaded. Raises Failed for a part of one, or of a registration."""
    if of.branch_id is not None:
        raise Failed(f"A {form} is of a whole registration; leave branch_id out.", field="branch_id")
    if of.period is None:
        raise Failed(f"A {form} is of a whole month or quarter; name its period.", field="from_date")
    return of.period


def _period(books: Books, query: Mapping[str, Any], frequency: Frequency, named: Named) -> ReturnPeriod | None:
    days = [name for name in ("from_date", "to_date") if query.get(name) is not None]
    if query.get("period") is not None:
        if days:
            raise Invalid("Send period, or from_date and to_date, not both.", field="period")
        return named(query["period"], frequency)
    if not days:
        return _last_over(books.today, frequency)
    for name in ("from_date", "to_date"):
        if name not in days:
            raise Required(f"Without a period both from_date and to_date are needed; {name} is missing.", field=name)
    return None


def _last_over(today: date, frequency: Frequency) -> ReturnPeriod:
    """The last period of which no day is left."""
    period = return_period_named(return_period(today), frequency)
    while period.last_day >= today:
        period = return_period_named(return_period(period.first_day - _DAY), frequency)
    return period
