"""E-way bills, as the job worker carries them out: when asked for, and again until the portal answers."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from datetime import datetime

from procrastinate import App
from procrastinate.exceptions import AlreadyEnqueued

from domain.books import Books
from domain.eway_bills.asking import TASK
from server.jobs.deferring import Defer, deferring
from server.jobs.opening import opened
from server.postgres import sessions
from server.settings import Settings

MOST_AT_ONCE = 1000
"""How many requests one sweep asks for; the next one takes those that are left."""

_SOURCE = "EWAY_BILL"
_DUE = """
select organization_id, id
  from eway_bill_requests
 where next_attempt_at <= coalesce(%(now)s::timestamptz, now())
 order by next_attempt_at, organization_id, id
 limit %(limit)s
"""


def books_of(
    url: str, organization_id: str, now: datetime | None, defer: Defer
) -> Callable[[], AbstractAsyncContextManager[Books]]:
    """Return what opens an organization's books for one transaction of such a job."""
    return lambda: opened(url, organization_id, now, defer, source=_SOURCE)


async def due(url: str, *, now: datetime | None = None) -> list[tuple[str, str]]:
    """Return organization and id of the requests that wait for the portal, those that have waited longest first."""
    async with await sessions.connect(url, sessions.HOUSEKEEPING) as connection:
        cursor = await connection.execute(_DUE, {"now": now, "limit": MOST_AT_ONCE})
        return await cursor.fetchall()


async def sweep(queue: App, url: str, *, now: datetime | None = None) -> int:
    """Ask for a job for each request that is due, unless one waits, and say how many those are."""
    found = await due(url, now=now)
    for organization_id, request_id in found:
        wish = queue.configure_task(TASK, queueing_lock=f"{TASK} {request_id}")
        with suppress(AlreadyEnqueued):
            await wish.defer_async(organization_id=organization_id, request_id=request_id)
    return len(found)


def add_eway_bills(queue: App, url: str) -> None:
    """Have the portal asked when a change asks for it, and each minute what is due."""
    carriers: list[_Carrier] = []

    @queue.task(name=TASK)
    async def ask_eway_portal(organization_id: str, request_id: str) -> None:
        """Send what is asked of the e-way bill portal; where it is away, the sweep comes back to it."""
        if not carriers:
            carriers.append(_Carrier(Settings.from_environment()))
        await carriers[0].carry_out(url, organization_id, request_id, deferring(queue))

    @queue.periodic(cron="* * * * *")
    @queue.task(name="sweep_eway_bills", queueing_lock="sweep_eway_bills", pass_context=False)
    async def sweep_eway_bills(timestamp: int) -> None:
        """Look for requests that wait for the portal, in all organizations."""
        await sweep(queue, url)


class _Carrier:
    """What is made once in a job worker; a process that answers requests only knows the task by its name."""

    def __init__(self, settings: Settings) -> None:
        from server.einvoicing.portals import Portals
        from server.sealing import Sealer

        self._portals, self._sealer = Portals(settings), Sealer(settings)

    async def carry_out(self, url: str, organization_id: str, request_id: str, defer: Defer) -> None:
        from server.einvoicing.eway_bills import carry_out

        await carry_out(books_of(url, organization_id, None, defer), self._portals, self._sealer, request_id)
