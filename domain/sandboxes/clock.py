"""The clock of a sandbox: it goes on by itself from where it was set, and decides what day it is in these books.

It is set forward only, so that what is in the books stays in the order in which it came about; back only while nothing
is in them that has a date. What became due meanwhile is done by a job, as time itself would have had it done.
"""

from datetime import date, datetime, timedelta
from enum import StrEnum

from domain import organization
from domain.books import INDIA, Books, to_the_microsecond
from domain.documents import lapses
from domain.errors import Invalid, InvalidState, Required
from domain.happenings import Happening
from domain.jobs import Job
from domain.statements import Statement
from domain.values import Struct

CATCH_UP = "catch_up_sandbox"
"""The job that does what became due when the clock was set forward."""

EARLIEST = datetime(2017, 7, 1, tzinfo=INDIA)
"""The beginning of GST in India: no return and no rate is older."""

FURTHEST = timedelta(days=3_660)
"""How far ahead of the real one a clock can be."""

_OFFSET = Statement("select clock_offset from organizations where id = %(organization_id)s")
_SET = Statement(
    """
update organizations
   set clock_offset = %(offset)s
 where id = %(organization_id)s
   and is_sandbox
"""
)
_HAS_DATES = Statement(
    " union all ".join(
        f"(select 1 from {table} where organization_id = %(organization_id)s limit 1)"  # noqa: S608  # ours
        for table in ("documents", "payments", "expenses", "bills_of_entry", "journals", "recurring_schedules")
    )
)
_IS_BEHIND = Statement(
    f"""
select exists (select
                 from recurring_schedules
                where organization_id = %(organization_id)s
                  and next_run_at <= %(now)s)
       or exists (select
                  {lapses.CANDIDATES}
                     and document.organization_id = %(organization_id)s)
"""  # noqa: S608  # ours
)


class ClockStatus(StrEnum):
    """Whether all that was due by this clock has been done."""

    READY = "READY"
    CATCHING_UP = "CATCHING_UP"


class Clock(Struct, frozen=True):
    """What time it is in the books; ``is_set``: another than the real one. ``today`` is the day in India."""

    now: datetime
    today: date
    real_now: datetime
    is_set: bool
    status: str


async def describe(books: Books) -> Clock:
    """Tell what time it is in the books, live ones as well, and whether a sandbox has caught up with it."""
    is_set = await books.value(_OFFSET) is not None
    values = {**lapses.late_from(), "now": books.now}
    is_behind = is_set and await books.value(_IS_BEHIND, **values)
    status = ClockStatus.CATCHING_UP if is_behind else ClockStatus.READY
    return Clock(books.now, books.today, to_the_microsecond(books.real_now), is_set, status.value)


async def set_clock(books: Books, *, now: datetime | None = None, advance_days: int | None = None) -> Clock:
    """Set the clock of a sandbox to ``now``, or forward by days; the books go by it at once. Locks the sandbox.

    Raises: Required and Invalid unless one of the two is given, Invalid for a time out of bounds; InvalidState for a
    live organization, and for a time gone by in books in which something has a date.
    """
    if now is None and advance_days is None:
        raise Required("Say which time it is to be, or by how many days to set the clock forward.", field="now")
    if now is not None and advance_days is not None:
        raise Invalid("Give either the time or a number of days.", field="advance_days")
    await require_sandbox(books, "has a clock that can be set")
    books.go_by(await books.value(_OFFSET))  # as it was left by whoever held the lock before
    before = books.now
    wanted = before + timedelta(days=advance_days or 0) if now is None else now
    _check(wanted, books.real_now, field="advance_days" if now is None else "now")
    if wanted < before and await books.value(_HAS_DATES) is not None:
        raise InvalidState(
            f"It is {before:%Y-%m-%d %H:%M} UTC in this sandbox, and the clock does not go back once something in it "
            "has a date; reset the sandbox first.",
            field="now",
        )
    offset = wanted - books.real_now
    await books.run(_SET, offset=offset)
    books.go_by(offset)
    books.happened(
        Happening(
            action="ORGANIZATION_CLOCK_SET",
            entity_type="ORGANIZATION",
            entity_id=books.organization_id,
            reference=(await organization.current(books)).name,
            changes={"now": {"old": before, "new": books.now}},
        )
    )
    books.ask_for(Job(CATCH_UP, {"organization_id": books.organization_id}, books.real_now))
    return await describe(books)


async def require_sandbox(books: Books, what: str) -> organization.Organization:
    """Return the organization, locked. Raises InvalidState unless it is a sandbox, which alone ``what``."""
    firm = await organization.locked(books)
    if not firm.is_sandbox:
        raise InvalidState(f"{firm.name} is live; only a sandbox {what}.")
    return firm


def _check(wanted: datetime, real_now: datetime, *, field: str) -> None:
    if not EARLIEST <= wanted <= real_now + FURTHEST:
        raise Invalid(
            f"A sandbox's clock stands between {EARLIEST:%Y-%m-%d} and {FURTHEST.days} days from today.",
            field=field,
        )
