"""Recurring documents, as the job worker makes them: one transaction a document, under the server's bound role.

The clock is an argument. What makes a document is reached by name, as operations are.
"""

import logging
import pkgutil
from datetime import datetime

from psycopg import errors as pg

from domain.errors import Refusal
from domain.recurring import runs
from server.jobs.deferring import Defer
from server.jobs.opening import opened
from server.postgres import sessions
from server.postgres.constraints import refusal_of

MAKER = "handlers.makers:make"
MOST_AT_ONCE = 1000
"""How many schedules one sweep asks for; the next one takes those that are left."""

_DUE = """
select organization_id, id
  from recurring_schedules
 where next_run_at <= coalesce(%(now)s::timestamptz, now())
 order by next_run_at, organization_id, id
 limit %(limit)s
"""

_log = logging.getLogger(__name__)


async def due_schedules(url: str, *, now: datetime | None = None) -> list[tuple[str, str]]:
    """Return organization and id of the schedules that are due, those that have waited longest first."""
    async with await sessions.connect(url, sessions.HOUSEKEEPING) as connection:
        cursor = await connection.execute(_DUE, {"now": now, "limit": MOST_AT_ONCE})
        return await cursor.fetchall()


async def make_if_due(
    url: str,
    organization_id: str,
    schedule_id: str,
    *,
    now: datetime | None = None,
    defer: Defer,
) -> None:
    """Make the next document of a schedule if it is due at ``now``; what refuses it is kept with the schedule.

    ``now`` absent: as the database's clock says, by which jobs are due as well.

    Raises: what the database says when it is away, and TimeoutError; the sweep then finds the schedule still due.
    """
    try:
        async with opened(url, organization_id, now, defer, source="RECURRING") as books:
            await runs.run_due(books, schedule_id, pkgutil.resolve_name(MAKER))
        return
    except (pg.OperationalError, pg.InterfaceError, TimeoutError):
        raise
    except Exception as error:
        refusal = _refusal(error)
    async with opened(url, organization_id, now, defer, source="RECURRING") as books:
        await runs.fail(books, schedule_id, refusal)


def _refusal(error: Exception) -> Refusal:
    """What is told of a failure; of one that nobody foresaw only that it is ours, and the log has the rest."""
    if isinstance(error, Refusal):
        return error
    foreseen = refusal_of(error) if isinstance(error, pg.IntegrityError) else None
    if foreseen is None:
        _log.error("Unhandled error in a recurring document", exc_info=error)
    return foreseen or _our_fault()


def _our_fault() -> Refusal:
    refusal = Refusal("Something went wrong on our side.")
    refusal.code = "server.error"
    return refusal
