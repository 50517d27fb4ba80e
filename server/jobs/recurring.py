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
from server.jobs.sweeping import Sweep, waiting_by_own_clock_in
from server.postgres.constraints import refusal_of

MAKER = "handlers.makers:make"
# Nine o'clock in India is half past three in UTC, so one pass of these comes at that very moment.
SWEEP = Sweep(
    "sweep_recurring",
    "*/5 * * * *",
    runs.TASK,
    "schedule_id",
    waiting_by_own_clock_in("recurring_schedules", "next_run_at"),
)

_log = logging.getLogger(__name__)


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
