"""Stops the server at a chosen step inside its transaction: a trigger in the test's database waits for a lock of ours.

Nothing in the server knows of it. The step is reached when a session waits; then a process or the session is killed.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

import psycopg

from tests.running import Firm, rows

_LONGEST_SECONDS = 60
_locks = count(7_266_100)

_BEFORE_INSERT = "create trigger {name} before insert on {table} for each row"
_AT_COMMIT = "create constraint trigger {name} after insert on {table} deferrable initially deferred for each row"

STEPS = {
    "before the draft is written": ("documents", _BEFORE_INSERT),
    "before the number is taken": ("number_counters", _BEFORE_INSERT),
    "before the journal's lines": ("journal_lines", _BEFORE_INSERT),
    "after the posting": ("activity", _BEFORE_INSERT),
    "before the answer is kept": ("idempotency_keys", _BEFORE_INSERT),
    "at the commit": ("documents", _AT_COMMIT),
}
"""The steps of drafting and approving an invoice with a key, in order: the table whose row waits, and the trigger."""

_BEFORE_UPDATE = "create trigger {name} before update on {table} for each row"

RUN_STEPS = {
    "before the document is written": ("documents", _BEFORE_INSERT),
    "before its number is taken": ("number_counters", _BEFORE_INSERT),
    "before its journal's lines": ("journal_lines", _BEFORE_INSERT),
    "before its run is kept": ("recurring_runs", _BEFORE_INSERT),
    "before the schedule moves on": ("recurring_schedules", _BEFORE_UPDATE),
    "before it is in the trail": ("activity", _BEFORE_INSERT),
    "at the commit of the run": ("recurring_runs", _AT_COMMIT),
}
"""The steps of a run of a recurring document, likewise."""

JOB_STEPS = {
    "before a reminder is kept": ("payment_reminders", _BEFORE_INSERT),
    "before the portal's answer is in the trail": ("activity", _BEFORE_INSERT),
}
"""Steps of other jobs, likewise."""


@dataclass(frozen=True)
class Trap:
    """A set trap, and the connection that holds its lock."""

    holder: psycopg.AsyncConnection[Any]
    lock: int

    async def caught(self) -> int:
        """Wait until a session of the server has come to the step; return its number."""
        async with asyncio.timeout(_LONGEST_SECONDS):
            while True:
                if waiting := await self._waiting():
                    return waiting[0]
                await asyncio.sleep(0.01)

    async def let_go(self) -> None:
        """Let whoever waits go on, and everybody after."""
        await self.holder.execute("select pg_advisory_unlock_all()")

    async def through(self, session: int) -> None:
        """Wait until a session that waited here has ended its transaction."""
        async with asyncio.timeout(_LONGEST_SECONDS):
            while True:
                if not await self._is_busy(session):
                    return
                await asyncio.sleep(0.01)

    async def empty(self) -> None:
        """Wait until no session of the server is in a transaction."""
        async with asyncio.timeout(_LONGEST_SECONDS):
            while True:
                if not await self._running():
                    return
                await asyncio.sleep(0.01)

    async def _waiting(self) -> list[int]:
        cursor = await self.holder.execute(
            "select pid from pg_locks where locktype = 'advisory' and objid = %s and not granted", (self.lock,)
        )
        return [row[0] for row in await cursor.fetchall()]

    async def _is_busy(self, session: int) -> bool:
        cursor = await self.holder.execute(
            "select 1 from pg_stat_activity where pid = %s and state <> 'idle'", (session,)
        )
        return await cursor.fetchone() is not None

    async def _running(self) -> bool:
        cursor = await self.holder.execute(
            """
            select 1 from pg_stat_activity
             where datname = current_database() and application_name = 'finzbooks' and state <> 'idle'
            """
        )
        return await cursor.fetchone() is not None


@asynccontextmanager
async def trapped(firm: Firm, step: str) -> AsyncIterator[Trap]:
    """Make the firm's next transaction wait at a step of one of these tables; at the end the trap is gone."""
    (table, trigger), lock = {**STEPS, **RUN_STEPS, **JOB_STEPS}[step], next(_locks)
    name = f"trap_{lock}"
    rows(
        firm.url,
        f"""
        create function {name}() returns trigger language plpgsql as
        $$ begin perform pg_advisory_xact_lock_shared({lock}); return new; end $$;
        {trigger.format(name=name, table=table)}
          when (new.organization_id = '{firm.organization_id}') execute function {name}()
        """,
    )
    async with await psycopg.AsyncConnection.connect(firm.url, autocommit=True) as holder:
        await holder.execute("select pg_advisory_lock(%s)", (lock,))
        trap = Trap(holder, lock)
        try:
            yield trap
        finally:
            await trap.let_go()
            await trap.empty()
            rows(firm.url, f"drop function {name} cascade")
