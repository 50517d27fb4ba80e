"""How often a caller called in the present minute: exact across all processes, because PostgreSQL counts.

Calls that arrive while a count is under way are counted together by the next statement, so a busy process writes far
less often than it is called, and each call still gets its own place in the count before any work is done for it.
"""

import asyncio
from math import ceil
from typing import Any

from psycopg import AsyncRawCursor

from domain.errors import RateLimited, Unavailable
from domain.statements import as_array
from domain.values import Struct
from server import clock
from server.exchange import RateState
from server.postgres.database import Database

WINDOW_SECONDS = 60
_PATIENCE_SECONDS = 5
"""How long a count may take: PostgreSQL itself gives it up after two seconds, unless it does nothing at all."""

# The window is PostgreSQL's minute, not this machine's. A statement that began in an older window than the stored
# one counts into the stored one, so that no window is ever counted from zero twice. ``standing`` tells in
# the same round trip whether the caller's token is still good, and what its user is at present.
_COUNT = """
insert into call_counts as counted (caller, window_number, calls, window_seconds)
select new.caller, floor(extract(epoch from clock_timestamp()) / 60)::bigint, new.calls, 60
  from unnest($1::text[], $2::integer[]) as new(caller, calls)
 order by new.caller
    on conflict (caller) do update
   set calls = case when excluded.window_number > counted.window_number
                    then excluded.calls
                    else counted.calls + excluded.calls
               end,
       window_number = greatest(excluded.window_number, counted.window_number)
returning caller, calls, (window_number + 1) * 60, standing_of(counted.caller),
          extract(epoch from clock_timestamp())::double precision
"""


class Count(Struct, frozen=True):
    """One caller's calls in the present window, this one included.

    ``standing`` is the role of its token's user in the organization that the token is bound to, empty for a token of
    all organizations, and ``None`` when the token is good no longer.
    ``counted_at`` and ``reset_at`` are Unix seconds of the database's clock.
    """

    calls: int
    reset_at: int
    standing: str | None
    counted_at: float


class CallCounter:
    """Counts calls, several in one statement when they come together."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: dict[str, list[asyncio.Future[Count]]] = {}
        self._running: asyncio.Task[None] | None = None
        self._silent: asyncio.Task[None] | None = None

    async def count(self, caller: str) -> Count:
        """Count one call of ``caller`` and return its place in the window."""
        place: asyncio.Future[Count] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(caller, []).append(place)
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._write())
        return await place

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, {}
            patience = asyncio.get_running_loop().call_later(_PATIENCE_SECONDS, self._give_up, batch)
            try:
                rows = await self._count({caller: len(places) for caller, places in batch.items()})
            except Exception as failure:
                _fail(batch, failure)
                continue
            finally:
                patience.cancel()
            for caller, calls, reset_at, standing, counted_at in rows:
                clock.heard(counted_at)
                _hand_out(batch[caller], Count(calls, reset_at, standing, counted_at))

    def _give_up(self, batch: dict[str, list["asyncio.Future[Count]"]]) -> None:
        """Answer those who wait for a count of which nothing is heard, and go on with those who came meanwhile.

        The count itself is cancelled, which takes a while: it would hear that from PostgreSQL, too.
        """
        if self._running is not None:
            self._silent, self._running = self._running, asyncio.create_task(self._write())
            self._silent.cancel()
        _fail(batch, Unavailable("The books do not answer just now.", headers={"Retry-After": "5"}))

    async def _count(self, calls: dict[str, int]) -> list[Any]:
        async with self._database.counting() as connection:
            cursor: Any = AsyncRawCursor(connection)
            await cursor.execute(_COUNT, (as_array(calls), as_array(calls.values())))
            rows: list[Any] = await cursor.fetchall()
            return rows


def state_of(count: Count, limit: int) -> RateState:
    """What the caller is told about its limit."""
    return RateState(
        limit=limit,
        remaining=max(0, limit - count.calls),
        reset_at=count.reset_at,
        window_seconds=WINDOW_SECONDS,
    )


def refuse_over(count: Count, limit: int) -> None:
    """Refuse the call after the last one allowed. Raises RateLimited."""
    if count.calls > limit:
        wait = max(1, ceil(count.reset_at - count.counted_at))  # never too short: a call before its time counts again
        raise RateLimited(
            f"More than {limit} calls in this minute; wait {wait} seconds.", headers={"Retry-After": str(wait)}
        )


def _hand_out(places: list["asyncio.Future[Count]"], last: Count) -> None:
    for calls, place in enumerate(places, start=last.calls - len(places) + 1):
        if not place.done():
            place.set_result(Count(calls, last.reset_at, last.standing, last.counted_at))


def _fail(batch: dict[str, list["asyncio.Future[Count]"]], failure: Exception) -> None:
    for places in batch.values():
        for place in places:
            if not place.done():
                place.set_exception(failure)
