"""Sweeps: what is due in the books of any organization, and whose job was lost, is asked for again."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from procrastinate import App
from procrastinate.exceptions import AlreadyEnqueued

from server.postgres import sessions

MOST_AT_ONCE = 1000
"""How much one sweep asks for; the next one takes what is left."""


def waiting_in(table: str, moment: str) -> str:
    """SQL for the rows of a table whose moment has come, those that have waited longest first."""
    return f"""
select organization_id, id
  from {table}
 where {moment} <= coalesce(%(now)s::timestamptz, now())
 order by {moment}, organization_id, id
 limit %(limit)s
"""  # noqa: S608  # names of tables and columns only


def waiting_by_own_clock_in(table: str, moment: str) -> str:
    """The same for moments of the books' clock, which a sandbox may have set."""
    return f"""
select organization_id, id
  from (select organization_id, id, {moment} as due_at
          from {table}
         where {moment} <= coalesce(%(now)s::timestamptz, now())
           and organization_id not in (select id from organizations where clock_offset is not null)
         union all
        select thing.organization_id, thing.id, thing.{moment} - sandbox.clock_offset
          from organizations as sandbox
          join {table} as thing on thing.organization_id = sandbox.id
         where sandbox.clock_offset is not null
           and thing.{moment} <= coalesce(%(now)s::timestamptz, now()) + sandbox.clock_offset) as due
 order by due_at, organization_id, id
 limit %(limit)s
"""  # noqa: S608  # names of tables and columns only


@dataclass(frozen=True, slots=True)
class Sweep:
    """Looks for what a task has to do. ``due`` selects organization and id; ``argument`` is what the task calls the id.

    ``name`` is what the sweep is called as a job, ``cron`` when it is one.
    """

    name: str
    cron: str
    task: str
    argument: str
    due: str

    async def found(self, url: str, *, now: datetime | None = None) -> list[tuple[str, str]]:
        """Return organization and id of all that is due at ``now``; absent: as the database's clock says."""
        async with await sessions.connect(url, sessions.HOUSEKEEPING) as connection:
            cursor = await connection.execute(self.due, {"now": now, "limit": MOST_AT_ONCE})
            return await cursor.fetchall()

    async def ask(self, queue: App, url: str, *, now: datetime | None = None) -> int:
        """Ask for a job for each thing that is due, unless one waits, and say how many those are."""
        due = await self.found(url, now=now)
        for organization_id, key in due:
            await ask_once(queue, self.task, key, organization_id=organization_id, **{self.argument: key})
        return len(due)


async def ask_once(queue: App, task: str, key: str, **arguments: str) -> None:
    """Ask for a job of a task that has ``key`` to do, unless one waits."""
    with suppress(AlreadyEnqueued):
        await queue.configure_task(task, queueing_lock=f"{task} {key}").defer_async(**arguments)


def add_sweep(queue: App, url: str, sweep: Sweep) -> None:
    """Have a sweep come round, in all organizations."""

    @queue.periodic(cron=sweep.cron)
    @queue.task(name=sweep.name, queueing_lock=sweep.name, pass_context=False)
    async def look(timestamp: int) -> None:
        await sweep.ask(queue, url)
