"""Schedules: what is made, how often and until when; and what each run, failure, pause and change makes of them.

What has run stays as it is: a changed plan counts from the last due date that is settled.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, text

from domain.books import Books
from domain.errors import Failed
from domain.pages import Listing, equal_to, mentions, modified_after
from domain.recurring.due_dates import Frequency, Plan, next_run_after, run_at
from domain.registers import Register, VersionedRow
from domain.values import replace
from models.recurring import recurring_schedules

Template = Mapping[str, Any]
"""What documents are made from: opaque here, and written by those who make them."""

FAILURES_BEFORE_PAUSE = 5
"""After so many failures in a row, at most one a day, a schedule pauses until somebody resumes it."""
MAX_DAYS_MISSED = 366
"""How far back a plan may begin: all that was due since then is made at once."""

_ONE_DAY = timedelta(days=1)


class Schedule(VersionedRow, frozen=True, kw_only=True):
    """One schedule.

    ``settled_until`` is the day up to which nothing is owed any more; ``next_due_on`` and ``next_run_at`` are absent
    while it is paused and when it has ended; ``failure_count`` counts failures since the last document; ``run_by`` is
    the user in whose name documents are made.
    """

    name: str
    entity_type: str
    frequency: str
    start_on: date
    template: Template
    run_by: str
    created_by: str
    every: int = 1
    end_on: date | None = None
    max_runs: int | None = None
    is_active: bool = True
    auto_approve: bool = False
    auto_charge: bool = False
    template_entity_id: str | None = None
    settled_until: date | None = None
    next_due_on: date | None = None
    next_run_at: datetime | None = None
    run_count: int = 0
    last_due_on: date | None = None
    last_run_at: datetime | None = None
    last_entity_id: str | None = None
    failure_count: int = 0
    last_error: dict[str, Any] | None = None
    last_failed_at: datetime | None = None

    @property
    def plan(self) -> Plan:
        """Its due dates."""
        return Plan(Frequency(self.frequency), self.every, self.start_on, self.end_on)


SCHEDULES = Register(
    noun="Recurring schedule",
    entity_type="RECURRING",
    prefix="rec",
    table=recurring_schedules,
    row=Schedule,
    title="name",
)

# Those that run no more come after all others; the end is one that Python can read.
_RUNS_NEXT = func.coalesce(recurring_schedules.c.next_run_at, text("timestamptz '9999-12-31 00:00+00'"))

SCHEDULE_LISTING = Listing(
    name="recurring",
    table=recurring_schedules,
    filters={
        **equal_to(recurring_schedules, "entity_type", "is_active"),
        "search": mentions(recurring_schedules.c.name),
        **modified_after(recurring_schedules),
    },
    orders={"next_run_at": _RUNS_NEXT},
    is_ascending=True,
)


def with_next(schedule: Schedule) -> Schedule:
    """Return the schedule with what comes next: the first due date that is not settled, if it is to be made."""
    settled = schedule.settled_until
    not_before = schedule.start_on if settled is None else settled + _ONE_DAY
    is_done = schedule.max_runs is not None and schedule.run_count >= schedule.max_runs
    due_on = None if is_done or not schedule.is_active else schedule.plan.first_due(not_before)
    return replace(schedule, next_due_on=due_on, next_run_at=None if due_on is None else run_at(due_on))


def changed(stored: Schedule, values: Mapping[str, Any], books: Books) -> Schedule:
    """Return the schedule after a change.

    A resumed one passes by what was due while it was paused, unless a document failed before: then it takes up there.
    """
    schedule = replace(stored, **values)
    if schedule.is_active and not stored.is_active:
        schedule = replace(schedule, run_by=books.user_id)
        if not stored.failure_count:
            passed_by = books.today - _ONE_DAY
            schedule = replace(schedule, settled_until=max(stored.settled_until or passed_by, passed_by))
    return with_next(schedule)


def after_making(schedule: Schedule, due_on: date, entity_id: str, now: datetime) -> Schedule:
    """Return the schedule once the document of a due date is made."""
    return with_next(
        replace(
            schedule,
            settled_until=due_on,
            run_count=schedule.run_count + 1,
            last_due_on=due_on,
            last_run_at=now,
            last_entity_id=entity_id,
            failure_count=0,
            last_error=None,
        )
    )


def after_failing(schedule: Schedule, due_on: date, error: dict[str, Any], now: datetime) -> Schedule:
    """Return the schedule after the document of ``due_on`` failed: it is tried again the next day.

    After too many failures the schedule pauses; ``due_on`` stays unsettled.
    """
    failed = replace(
        schedule,
        failure_count=schedule.failure_count + 1,
        last_error=error,
        last_failed_at=now,
        next_due_on=due_on,
        next_run_at=next_run_after(now),
    )
    if failed.failure_count < FAILURES_BEFORE_PAUSE:
        return failed
    return with_next(replace(failed, is_active=False))


def after_skipping(schedule: Schedule, due_on: date, error: dict[str, Any], now: datetime) -> Schedule:
    """Return the schedule after a due date on which nothing can be made any more."""
    return with_next(replace(schedule, settled_until=due_on, last_error=error, last_failed_at=now))


def check_plan(schedule: Schedule, today: date) -> None:
    """Refuse a plan that ends before it begins, or begins too long ago. Raises Failed."""
    if schedule.end_on is not None and schedule.end_on < schedule.start_on:
        raise Failed(f"It would end on {schedule.end_on}, before it begins.", field="end_date")
    if schedule.settled_until is None and (today - schedule.start_on).days > MAX_DAYS_MISSED:
        raise Failed(f"It may begin at most {MAX_DAYS_MISSED} days ago.", field="start_date")
