"""The pump: looks for endpoints that have something to be told, and serves many of them side by side.

It works in the job worker, beside the jobs; several workers share the endpoints. See decision 0054.
"""

import asyncio
import logging
import secrets
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import time

from psycopg import errors as pg
from psycopg_pool import PoolTimeout

from domain.webhooks import serving
from domain.webhooks.outcomes import MOST_JITTER
from domain.webhooks.serving import MOST_AHEAD, MOST_AT_ONCE, Ended, Round, Taken
from domain.webhooks.switching_off import Served
from server.jobs.deferring import Defer
from server.jobs.opening import opened_on
from server.jobs.outcomes import COUNT
from server.postgres.pool import Pool, lent
from server.webhooks.claiming import Claim, claim
from server.webhooks.sending import Clock, Sender

LOOK_SECONDS = 0.1
"""How long it may take until somebody sees that there is something to be told."""

MOST_RUNS, MOST_FAILING = 64, 32
"""How many endpoints are served at a time, and how many of those may be failing ones, which take long."""

_CLAIMED_AT_ONCE = 16
_SHARE = 10
"""Looking takes no more than one part in so many of the time, however long it takes."""
_RENEW_SECONDS = 5.0
_LINGER_SECONDS = 0.02
"""What ends within so little time is written at once."""
_LONGEST_WAIT_SECONDS = 10.0
"""After which what was taken is not begun to be sent: it could still be on its way when others may take it."""
_STOP_SECONDS = 3.0
_SOURCE = "WEBHOOK"
_COUNT_SECONDS = 1.0

_log = logging.getLogger("finzbooks.webhooks")


def present() -> datetime:
    """Return what this machine's clock says, for what the receiver compares with his."""
    return datetime.fromtimestamp(time(), UTC)


@dataclass(slots=True)
class Pump:
    """Serves endpoints: ``books`` lends connections under the bound role, ``looking`` one that sees all organizations.

    ``clock`` absent: as the database's clock says.
    """

    books: Pool
    looking: Pool
    sender: Sender
    defer: Defer
    clock: Clock | None = None
    _runs: dict["asyncio.Task[None]", Claim] = field(default_factory=dict)
    _is_stopping: bool = False
    _counts: Counter[str] = field(default_factory=Counter)
    _counted_at: float = 0.0

    async def run(self) -> None:
        """Look and serve until cancelled; then what is on its way may end, for a moment."""
        try:
            pause = 0.0
            while True:
                await asyncio.sleep(pause)
                pause = await self._look()
        finally:
            await self._stop()

    async def serve_all(self) -> None:
        """Serve until nothing is left to do just now."""
        while await self._claimed() or self._runs:
            await asyncio.wait(self._runs)
        await self._count()

    async def _look(self) -> float:
        """Take what there is to do, and return for how many seconds to rest."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            if began - self._counted_at >= _COUNT_SECONDS:
                self._counted_at = began
                await self._count()
            if await self._claimed() == _CLAIMED_AT_ONCE:
                return 0.0
        except (pg.OperationalError, pg.InterfaceError, PoolTimeout) as away:
            _log.warning("Webhooks wait for the database: %s", away)
            return 1.0
        return max(LOOK_SECONDS, (loop.time() - began) * _SHARE)

    async def _claimed(self) -> int:
        """Begin runs for endpoints that have something to be told, as far as there is room; return how many."""
        room = min(MOST_RUNS - len(self._runs), _CLAIMED_AT_ONCE)
        if room <= 0:
            return 0
        failing = sum(each.is_failing for each in self._runs.values())
        claims = await claim(
            self.looking, most=room, with_failing=failing < MOST_FAILING, now=self.clock and self.clock()
        )
        for each in claims:
            task = asyncio.create_task(self._serve(each))
            self._runs[task] = each
            task.add_done_callback(self._runs.pop)
        return len(claims)

    async def _serve(self, claimed: Claim) -> None:
        """Serve an endpoint while there is something to do. What fails is left to others, once the lease is over."""
        flying: set[asyncio.Task[Ended]] = set()
        try:
            await self._rounds(claimed, flying)
        except (pg.OperationalError, pg.InterfaceError, PoolTimeout, TimeoutError) as away:
            _log.warning("Endpoint %s waits for the database: %s", claimed.endpoint_id, away)
        except Exception:
            _log.exception("Unhandled error with endpoint %s", claimed.endpoint_id)
        finally:
            for each in flying:
                each.cancel()

    async def _rounds(self, claimed: Claim, flying: "set[asyncio.Task[Ended]]") -> None:
        gate, ended = asyncio.Semaphore(MOST_AT_ONCE), list[Ended]()
        while True:
            done = await self._turn(claimed, ended, len(flying))
            if done.endpoint is not None:
                began = asyncio.get_running_loop().time()
                flying |= {
                    asyncio.create_task(self._sent(claimed, done.endpoint, each, gate, began)) for each in done.taken
                }
            if not flying and not (done.has_more and not self._is_stopping):
                return
            ended = await _ended(flying)
            self._counts.update(
                "delivered" if each.answered.is_taken else "failed" for each in ended if each.answered is not None
            )

    async def _turn(self, claimed: Claim, ended: Sequence[Ended], in_flight: int) -> Round:
        async with (
            lent(self.books) as connection,
            opened_on(
                connection, claimed.organization_id, self.clock and self.clock(), self.defer, source=_SOURCE
            ) as books,
        ):
            return await serving.turn(
                books,
                claimed.endpoint_id,
                run=claimed.run,
                ended=ended,
                in_flight=in_flight,
                room=0 if self._is_stopping else MOST_AHEAD - in_flight,
                jitter=lambda: secrets.randbelow(MOST_JITTER + 1),
            )

    async def _sent(
        self, claimed: Claim, endpoint: Served, taken: Taken, gate: asyncio.Semaphore, taken_at: float
    ) -> Ended:
        async with gate:
            is_late = asyncio.get_running_loop().time() - taken_at > _LONGEST_WAIT_SECONDS
            if is_late or self._is_stopping:
                return Ended(taken=taken)
            return await self.sender.attempt(claimed.organization_id, endpoint, taken)

    async def _count(self) -> None:
        """Write what came of attempts, for metrics: apart from the rounds, which would wait for each other here."""
        counts, self._counts = self._counts, Counter()
        for outcome, number in sorted(counts.items()):
            async with lent(self.books) as connection:
                await connection.execute(COUNT, {"kind": "webhook", "name": "", "outcome": outcome, "number": number})

    async def _stop(self) -> None:
        """Let what is on its way end; what does not end in time is sent again by others."""
        self._is_stopping = True
        if self._runs:
            await asyncio.wait(self._runs, timeout=_STOP_SECONDS)
        for each in list(self._runs):
            each.cancel()
        with suppress(pg.Error, PoolTimeout):
            await self._count()


async def _ended(flying: "set[asyncio.Task[Ended]]") -> list[Ended]:
    """Wait for the first that ends, and a moment for others; take them out of those on their way."""
    if not flying:
        return []
    done, _ = await asyncio.wait(flying, return_when=asyncio.FIRST_COMPLETED, timeout=_RENEW_SECONDS)
    if done and len(done) < len(flying):
        done, _ = await asyncio.wait(flying, timeout=_LINGER_SECONDS)
    flying -= done
    return [each.result() for each in done]
