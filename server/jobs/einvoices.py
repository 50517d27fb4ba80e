"""E-invoices, as the job worker carries them out: at approval, when asked for, and again until the portal answers."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from datetime import datetime, timedelta

from procrastinate import App
from procrastinate.exceptions import AlreadyEnqueued

from domain.books import Books
from domain.einvoice.queueing import TASK
from server.jobs.deferring import Defer, deferring
from server.jobs.opening import opened
from server.postgres import sessions
from server.settings import Settings

MOST_AT_ONCE = 1000
"""How many documents one sweep asks for; the next one takes those that are left."""

_SOURCE = "EINVOICE"
_UNTIL_SWEPT = timedelta(minutes=2)
"""How long the job that an approval asked for has before the sweep looks for its document."""

_DUE = """
select organization_id, document_id
  from (select organization_id, document_id, next_attempt_at as due_at
          from einvoices
         where next_attempt_at <= coalesce(%(now)s::timestamptz, now())
         union all
        select document.organization_id, document.id, document.approved_at
          from documents as document
         where document.einvoice_status = 'PENDING'
           and document.approved_at <= coalesce(%(now)s::timestamptz, now()) - %(until_swept)s
           and not exists (select from einvoices as known
                            where known.organization_id = document.organization_id
                              and known.document_id = document.id)) as due
 order by due_at, organization_id, document_id
 limit %(limit)s
"""


def books_of(
    url: str, organization_id: str, now: datetime | None, defer: Defer
) -> Callable[[], AbstractAsyncContextManager[Books]]:
    """Return what opens an organization's books for one transaction of such a job."""
    return lambda: opened(url, organization_id, now, defer, source=_SOURCE)


async def due(url: str, *, now: datetime | None = None) -> list[tuple[str, str]]:
    """Return organization and id of the documents about which something is to be done."""
    async with await sessions.connect(url, sessions.HOUSEKEEPING) as connection:
        cursor = await connection.execute(_DUE, {"now": now, "until_swept": _UNTIL_SWEPT, "limit": MOST_AT_ONCE})
        return await cursor.fetchall()


async def sweep(queue: App, url: str, *, now: datetime | None = None) -> int:
    """Ask for a job for each document that is due, unless one waits, and say how many those are."""
    found = await due(url, now=now)
    for organization_id, document_id in found:
        wish = queue.configure_task(TASK, queueing_lock=f"{TASK} {document_id}")
        with suppress(AlreadyEnqueued):
            await wish.defer_async(organization_id=organization_id, document_id=document_id)
    return len(found)


def add_einvoices(queue: App, url: str) -> None:
    """Have the portal asked when a change asks for it, and each minute what is due."""
    carriers: list[_Carrier] = []

    @queue.task(name=TASK)
    async def carry_out_einvoice(organization_id: str, document_id: str) -> None:
        """Ask the portal what is to be asked of a document; where it is away, the sweep comes back to it."""
        if not carriers:
            carriers.append(_Carrier(Settings.from_environment()))
        await carriers[0].carry_out(url, organization_id, document_id, deferring(queue))

    @queue.periodic(cron="* * * * *")
    @queue.task(name="sweep_einvoices", queueing_lock="sweep_einvoices", pass_context=False)
    async def sweep_einvoices(timestamp: int) -> None:
        """Look for documents that wait for the portal, in all organizations."""
        await sweep(queue, url)


class _Carrier:
    """What is made once in a job worker; a process that answers requests only knows the task by its name."""

    def __init__(self, settings: Settings) -> None:
        from server.einvoicing.portals import Portals
        from server.sealing import Sealer

        self._portals, self._sealer = Portals(settings), Sealer(settings)

    async def carry_out(self, url: str, organization_id: str, document_id: str, defer: Defer) -> None:
        from server.einvoicing.carrying import carry_out

        await carry_out(books_of(url, organization_id, None, defer), self._portals, self._sealer, document_id)
