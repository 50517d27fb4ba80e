"""Runs: making the document of a due date, exactly once, and keeping what came of it.

The document, its run, the schedule's next date and the job for that are one transaction, under the schedule's lock.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy import bindparam

from domain.access import members, roles
from domain.books import Books, found
from domain.errors import Duplicate, Forbidden, InvalidState, PeriodLocked, Refusal
from domain.happenings import Happening, difference
from domain.ids import new_id
from domain.jobs import Job
from domain.pages import Listing
from domain.recurring import schedules
from domain.recurring.schedules import SCHEDULES, Schedule
from domain.statements import Statement, as_rows, insertion
from domain.values import Struct, replace
from models.recurring import recurring_runs

TASK = "make_recurring_document"
"""The name of the job that makes the next document of a schedule, if it is due."""

_CANNOT_BE_MADE_UP = (PeriodLocked,)
"""What waiting does not mend: the due date is skipped, so that it holds up none of those after it."""


class Made(Struct, frozen=True):
    """A document that was made: its id, and its number if it has one."""

    entity_id: str
    entity_ref: str | None


class Make(Protocol):
    """Makes a document from a schedule's template, through the function that creates such documents."""

    async def __call__(self, books: Books, schedule: Schedule, *, dated_on: date) -> Made:
        """Return what was made. Raises: whatever its creation is refused with, fields named as in the schedule."""


class Run(Struct, frozen=True, kw_only=True):
    """What came of a due date: a document (``MADE``), or why there is none yet (``FAILED``) or never (``SKIPPED``)."""

    id: str
    schedule_id: str
    due_on: date
    status: str
    entity_type: str
    ran_at: datetime
    entity_id: str | None = None
    entity_ref: str | None = None
    dated_on: date | None = None
    attempts: int = 1
    error: dict[str, Any] | None = None


RUN_LISTING = Listing(
    name="recurring_runs",
    table=recurring_runs,
    filters={"recurring_id": recurring_runs.c.schedule_id == bindparam("recurring_id")},
    orders={"due_date": recurring_runs.c.due_on},
)

# A run that failed is tried again; one that has made its document stays as it is.
_KEEP = Statement(
    insertion(recurring_runs, Run)
    + """
    on conflict (organization_id, schedule_id, due_on)
    do update set status = excluded.status, entity_id = excluded.entity_id, entity_ref = excluded.entity_ref,
                  dated_on = excluded.dated_on, error = excluded.error, ran_at = excluded.ran_at,
                  attempts = recurring_runs.attempts + 1
            where recurring_runs.status <> 'MADE'
returning id
"""
)


async def add(books: Books, values: Mapping[str, Any], make: Make) -> Schedule:
    """Add a schedule, after making a document from it on trial.

    Raises: Failed for a plan that cannot be, and what making the document is refused with.
    """
    schedule = schedules.with_next(
        Schedule(
            **values,
            id=new_id(SCHEDULES.prefix),
            run_by=books.user_id,
            created_by=books.user_id,
            version=1,
            created_at=books.now,
            modified_at=books.now,
        )
    )
    schedules.check_plan(schedule, books.today)
    await _try(books, schedule, make)
    await books.run(SCHEDULES.insertion, rows=as_rows([schedule]))
    _note(books, schedule, "CREATED")
    _ask_for_next(books, schedule)
    return schedule


async def amend(books: Books, stored: Schedule, values: Mapping[str, Any], make: Make) -> Schedule:
    """Change what is said of a schedule that is ``locked``; what has run stays.

    Raises: Failed for a plan that cannot be, and what making the document is refused with.
    """
    changed = schedules.changed(stored, values, books)
    if changed == stored:
        return stored
    schedules.check_plan(changed, books.today)
    if (changed.template, changed.auto_approve) != (stored.template, stored.auto_approve):
        await _try(books, changed, make)
    changed = await _replace(books, stored, changed, "UPDATED")
    _ask_for_next(books, changed)
    return changed


async def run_now(books: Books, schedule: Schedule, make: Make) -> Run:
    """Make the next document of a schedule that is ``locked``: before it is due, then dated today, or one that is due.

    Raises: InvalidState without a next one, and what making the document is refused with.
    """
    if schedule.next_due_on is None:
        raise InvalidState(f"'{schedule.name}' {'has ended' if schedule.is_active else 'is paused'}.")
    return await _made(books, schedule, schedule.next_due_on, make)


async def run_due(books: Books, key: str, make: Make) -> Run | None:
    """Make the next document if it is due, in the name of the schedule's user; else do nothing.

    Locks the schedule, then as creation. Raises: Forbidden for a user who is no member any more or
    whose role does not allow it, and what making the document is refused with.
    """
    schedule = await _due(books, key)
    if schedule is None or schedule.next_due_on is None:
        return None
    books.user_id = schedule.run_by
    member = await members.find_member(books, schedule.run_by)
    if member is None or not member.is_active:
        raise Forbidden("auth.no_membership", "The user in whose name documents are made is no active member any more.")
    books.scopes, books.role = frozenset(roles.scopes_of(member.role)), member.role
    return await _made(books, schedule, schedule.next_due_on, make)


async def fail(books: Books, key: str, refusal: Refusal) -> None:
    """Keep that the document that is due could not be made, unless it has been meanwhile. Locks the schedule."""
    schedule = await _due(books, key)
    if schedule is None or schedule.next_due_on is None:
        return
    due_on, error = schedule.next_due_on, refusal.told()
    is_lost = isinstance(refusal, _CANNOT_BE_MADE_UP)
    status, after = ("SKIPPED", schedules.after_skipping) if is_lost else ("FAILED", schedules.after_failing)
    await _keep(books, _run_of(books, schedule, due_on, status, error=error))
    changed = await _replace(
        books, schedule, after(schedule, due_on, error, books.now), "RUN_FAILED",
        {"due_date": due_on, "status": status, "error": error},
    )  # fmt: skip
    if schedule.is_active and not changed.is_active:
        _note(books, changed, "PAUSED", summary={"failure_count": changed.failure_count, "error": error})
    _ask_for_next(books, changed)


async def locked(books: Books, key: str) -> Schedule:
    """Return a schedule, locked until the transaction ends. Raises: NotFound, VersionMismatch."""
    schedule = found(await books.load_one(Schedule, SCHEDULES.locking, id=key), SCHEDULES.noun, key)
    books.expect_version(SCHEDULES.noun, schedule.version)
    return schedule


async def _due(books: Books, key: str) -> Schedule | None:
    schedule = await books.load_one(Schedule, SCHEDULES.locking, id=key)
    is_due = schedule is not None and schedule.next_run_at is not None and schedule.next_run_at <= books.now
    return schedule if is_due else None


async def _try(books: Books, schedule: Schedule, make: Make) -> None:
    """Make a document and take it back: a template that cannot work is refused while its author is there.

    That there is such a document today, perhaps the one that was copied, says nothing against others.
    """
    with suppress(Duplicate):
        async with books.part() as part:
            part.is_kept = False
            await make(books, schedule, dated_on=books.today)


async def _made(books: Books, schedule: Schedule, due_on: date, make: Make) -> Run:
    """Make the document of a due date: dated that day, or today where it is made early."""
    dated_on = min(due_on, books.today)
    async with books.part():
        made = await make(books, schedule, dated_on=dated_on)
    run = _run_of(
        books, schedule, due_on, "MADE", dated_on=dated_on, entity_id=made.entity_id, entity_ref=made.entity_ref
    )
    await _keep(books, run)
    after = schedules.after_making(schedule, due_on, made.entity_id, books.now)
    summary = {"due_date": due_on, "date": dated_on, "entity_type": run.entity_type, "entity_id": made.entity_id}
    _ask_for_next(books, await _replace(books, schedule, after, "RUN", summary))
    return run


def _run_of(books: Books, schedule: Schedule, due_on: date, status: str, **came_of_it: Any) -> Run:
    return Run(
        id=new_id("run"),
        schedule_id=schedule.id,
        due_on=due_on,
        status=status,
        entity_type=schedule.entity_type,
        ran_at=books.now,
        **came_of_it,
    )


async def _keep(books: Books, run: Run) -> None:
    """Write a run. Raises Duplicate where the document of its due date is there already: the last line of defence."""
    if await books.row(_KEEP, rows=as_rows([run])) is None:
        raise Duplicate(f"The document of {run.due_on} has been made already.")


async def _replace(
    books: Books, stored: Schedule, changed: Schedule, verb: str, summary: dict[str, Any] | None = None
) -> Schedule:
    changed = replace(changed, version=stored.version + 1, modified_at=books.now)
    await books.run(SCHEDULES.replacement, rows=as_rows([changed]))
    _note(books, changed, verb, difference(stored, changed, SCHEDULES.changeable), summary)
    return changed


def _ask_for_next(books: Books, schedule: Schedule) -> None:
    if schedule.next_run_at is not None:
        arguments = {"organization_id": books.organization_id, "schedule_id": schedule.id}
        books.ask_for(Job(TASK, arguments, books.in_real_time(schedule.next_run_at)))


def _note(
    books: Books,
    schedule: Schedule,
    verb: str,
    changes: dict[str, dict[str, Any]] | None = None,
    summary: dict[str, Any] | None = None,
) -> None:
    action = f"{SCHEDULES.entity_type}_{verb}"
    books.happened(Happening(action, SCHEDULES.entity_type, schedule.id, schedule.name, changes or {}, summary or {}))
