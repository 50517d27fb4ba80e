"""Catching up in a sandbox whose clock was set forward: what became due meanwhile is asked for at once.

The sweeps would find it as well; who tries out how a year goes by need not wait for their round.
"""

from datetime import datetime

from procrastinate import App

from domain.documents import lapses
from domain.recurring import runs
from domain.sandboxes.clock import CATCH_UP
from domain.statements import Statement
from server.jobs import reminding
from server.jobs.deferring import deferring
from server.jobs.opening import opened
from server.jobs.sweeping import MOST_AT_ONCE, ask_once

_SOURCE = "CLOCK"
_SCHEDULES = Statement(
    """
select id
  from recurring_schedules
 where organization_id = %(organization_id)s
   and next_run_at <= %(now)s
 order by next_run_at, id
 limit %(most)s
"""
)


def add_catching_up(queue: App, url: str) -> None:
    """Have a sandbox caught up when its clock was set."""

    @queue.task(name=CATCH_UP)
    async def catch_up_sandbox(organization_id: str) -> None:
        """Ask for the jobs of all that is due by the clock of a sandbox."""
        await catch_up(queue, url, organization_id)


async def catch_up(queue: App, url: str, organization_id: str, *, now: datetime | None = None) -> None:
    """Ask for what is due in an organization: its recurring documents, what lapsed, and reminders."""
    async with opened(url, organization_id, now, deferring(queue), source=_SOURCE) as books:
        schedules = [row["id"] for row in await books.rows(_SCHEDULES, now=books.now, most=MOST_AT_ONCE)]
    for key in schedules:
        await ask_once(queue, runs.TASK, key, organization_id=organization_id, schedule_id=key)
    for task in (lapses.TASK, reminding.TASK):
        await ask_once(queue, task, organization_id, organization_id=organization_id)
