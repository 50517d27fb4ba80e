"""What every report is asked: for which days, of which branch and cost centre, compared with what, known when.

``as_of``, ``between`` and ``up_to`` read a validated query and check it: what is named exists, the days make sense.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from domain.books import INDIA, Books, found
from domain.errors import Invalid, NotFound
from domain.statements import Statement
from domain.values import Struct, replace

EARLIEST, LATEST = 2000, 2099
"""Years of the days that can be asked for."""

LONGEST_YEARS = 10
"""Years that lie at most between the first and the last day."""


class Keeper(Struct, frozen=True):
    """Whose books are read, as the head of a report says it."""

    name: str
    legal_name: str | None
    gst_no: str | None
    currency_code: str
    fiscal_year_start_month: int
    branch_name: str | None
    branch_gst_no: str | None
    cost_center_name: str | None


class Period(Struct, frozen=True):
    """The days a report is about, both included.

    One of a span tells what happened from ``first_on`` (``None``: the beginning of the books) to ``last_on``; any other
    how things are at the end of ``last_on``.
    """

    last_on: date
    first_on: date | None = None
    is_span: bool = False

    @property
    def words(self) -> str:
        """The period for people: ``1 April 2026 to 31 October 2026``, ``As of 31 October 2026``."""
        last = _in_words(self.last_on)
        if self.first_on is not None:
            return f"{_in_words(self.first_on)} to {last}"
        return f"Up to {last}" if self.is_span else f"As of {last}"

    @property
    def slug(self) -> str:
        """The period in the name of a file: ``2026-04-01-to-2026-10-31``, ``2026-10-31``."""
        return f"{self.last_on}" if self.first_on is None else f"{self.first_on}-to-{self.last_on}"


class Scope(Struct, frozen=True):
    """What part of the books is read. ``known_at``: only what had been posted by then; ``None``: all."""

    keeper: Keeper
    period: Period
    branch_id: str | None = None
    cost_center_id: str | None = None
    compare_with: str | None = None
    known_at: datetime | None = None


_KEEPER = Statement(
    """
select organization.name, organization.legal_name, organization.gst_no, organization.currency_code,
       organization.fiscal_year_start_month, branch.branch_name, branch.gst_no as branch_gst_no,
       center.name as cost_center_name
  from organizations as organization
  left join branches as branch on branch.organization_id = %(organization_id)s
                              and branch.id = %(branch_id)s
  left join cost_centers as center on center.organization_id = %(organization_id)s
                                  and center.id = %(cost_center_id)s
 where organization.id = %(organization_id)s
"""
)


async def as_of(books: Books, query: Mapping[str, Any]) -> Scope:
    """The scope of a report on how things are at ``as_of_date``, today unless it is sent.

    Raises: Invalid for a day or instant that makes no sense, NotFound for a branch or cost centre that is not there.
    """
    return await _scope(books, query, Period(_day(query, "as_of_date") or books.today))


async def between(books: Books, query: Mapping[str, Any]) -> Scope:
    """The scope of a report on ``from_date`` to ``to_date``: today, and the first day of its financial year.

    Raises: what ``as_of`` raises, and Invalid for days in the wrong order or too far apart.
    """
    scope = await up_to(books, query)
    last_on = scope.period.last_on
    if scope.period.first_on is not None:
        return scope
    first_on = year_start(last_on, scope.keeper.fiscal_year_start_month)
    return replace(scope, period=Period(last_on, first_on, is_span=True))


async def up_to(books: Books, query: Mapping[str, Any]) -> Scope:
    """The same, from the beginning of the books unless ``from_date`` is sent. Raises what ``between`` raises."""
    last_on, first_on = _day(query, "to_date") or books.today, _day(query, "from_date")
    if first_on is not None:
        _check_order(first_on, last_on)
    return await _scope(books, query, Period(last_on, first_on, is_span=True))


def year_start(on: date, start_month: int) -> date:
    """Return the first day of the financial year of ``on``, which begins on the first of ``start_month``."""
    return date(on.year if on.month >= start_month else on.year - 1, start_month, 1)


async def _scope(books: Books, query: Mapping[str, Any], period: Period) -> Scope:
    branch_id, center_id = query.get("branch_id"), query.get("cost_center_id")
    row = await books.load_one(Keeper, _KEEPER, branch_id=branch_id, cost_center_id=center_id)
    keeper = found(row, "Organization", books.organization_id)
    if branch_id is not None and keeper.branch_name is None:
        raise NotFound("Branch", branch_id, field="branch_id")
    if center_id is not None and keeper.cost_center_name is None:
        raise NotFound("Cost centre", center_id, field="cost_center_id")
    return Scope(keeper, period, branch_id, center_id, query.get("compare_with"), _instant(books, query))


def _day(query: Mapping[str, Any], field: str) -> date | None:
    """The day under this name. Raises Invalid for one that no books are kept for."""
    if query.get(field) is None:
        return None
    day = date.fromisoformat(query[field])
    if not EARLIEST <= day.year <= LATEST:
        raise Invalid(f"{field} must lie in the years {EARLIEST} to {LATEST}.", field=field)
    return day


def _check_order(first_on: date, last_on: date) -> None:
    if first_on > last_on:
        raise Invalid(f"from_date {first_on} is after to_date {last_on}.", field="from_date")
    if first_on <= _years_before(last_on):
        raise Invalid(f"from_date and to_date may lie {LONGEST_YEARS} years apart at most.", field="from_date")


def _years_before(day: date) -> date:
    year = day.year - LONGEST_YEARS
    return date(year, 2, 28) if (day.month, day.day) == (2, 29) else day.replace(year=year)


def _instant(books: Books, query: Mapping[str, Any]) -> datetime | None:
    """The instant as of which the books are known.

    What was posted carries the instant at which its request or job began, and may commit later: until the longest of
    them is over, the answer could still change. Raises Invalid for an instant nearer than that.
    """
    if query.get("known_at") is None:
        return None
    try:
        known_at = datetime.fromisoformat(query["known_at"])
    except ValueError:
        raise Invalid(f"There is no such instant as {query['known_at']}.", field="known_at") from None
    latest = books.now - timedelta(seconds=books.settled_after_seconds)
    if known_at > latest:
        shown = latest.astimezone(INDIA).isoformat(timespec="seconds")
        raise Invalid(f"What was known after {shown} may still change; ask with an instant before.", field="known_at")
    return known_at


def _in_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
