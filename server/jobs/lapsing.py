"""What time causes is told soon after midnight in India, and every five minutes of what was entered late.

One job an organization, one transaction a handful; the clock is an argument.
"""

from datetime import datetime

from procrastinate import App

from domain.books import INDIA
from domain.documents import lapses
from server.jobs.deferring import Defer, deferring
from server.jobs.opening import opened
from server.jobs.sweeping import ask_once
from server.postgres import sessions

_SOURCE = "CLOCK"
_WITH_LAPSES = f"""
select document.organization_id
{lapses.CANDIDATES}
   and document.organization_id not in (select id from organizations where clock_offset is not null)
 union
select document.organization_id
{lapses.CANDIDATES_BY_OWN_CLOCK}
 order by 1
"""  # noqa: S608  # ours


def add_lapses(queue: App, url: str) -> None:
    """Have lapses told in all organizations. Midnight in India is 18:30 in UTC, so one look is at that moment."""

    @queue.periodic(cron="*/5 * * * *")
    @queue.task(name="sweep_lapses", queueing_lock="sweep_lapses", pass_context=False)
    async def look(timestamp: int) -> None:
        for organization_id in await with_lapses(url):
            await ask_once(queue, lapses.TASK, organization_id, organization_id=organization_id)

    @queue.task(name=lapses.TASK)
    async def tell_lapses(organization_id: str) -> None:
        await tell_all(url, organization_id, defer=deferring(queue))


async def with_lapses(url: str, *, now: datetime | None = None) -> list[str]:
    """Return the organizations in which something has lapsed that was not told.

    ``now`` absent: as the database's clock says.
    """
    async with await sessions.connect(url, sessions.HOUSEKEEPING) as connection:
        now = now or await sessions.time_of(connection)
        today = now.astimezone(INDIA).date()
        cursor = await connection.execute(_WITH_LAPSES.encode(), {**lapses.late_from(), "now": now, "today": today})
        return [row[0] for row in await cursor.fetchall()]


async def tell_all(url: str, organization_id: str, *, now: datetime | None = None, defer: Defer) -> int:
    """Tell all that has lapsed in an organization, and return how much."""
    told = 0
    while True:
        async with opened(url, organization_id, now, defer, source=_SOURCE) as books:
            number = await lapses.tell(books)
        told += number
        if number < lapses.MOST_AT_ONCE:
            return told
