"""What the job worker asks of the portal: e-invoices and e-way bills, when asked for and until the portal answers."""

import pkgutil
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from procrastinate import App

from domain.books import Books
from domain.einvoice.queueing import TASK as CARRY_OUT_EINVOICE
from domain.eway_bills.asking import TASK as ASK_EWAY_PORTAL
from server.jobs.deferring import Defer, deferring
from server.jobs.opening import opened
from server.jobs.sweeping import Sweep, add_sweep, waiting_in
from server.settings import Settings

_EACH_MINUTE = "* * * * *"
# The job that an approval asked for has two minutes before the sweep looks for its document.
_EINVOICES_DUE = """
select organization_id, document_id
  from (select organization_id, document_id, next_attempt_at as due_at
          from einvoices
         where next_attempt_at <= coalesce(%(now)s::timestamptz, now())
         union all
        select document.organization_id, document.id, document.approved_at
          from documents as document
         where document.einvoice_status = 'PENDING'
           and document.approved_at <= coalesce(%(now)s::timestamptz, now()) - interval '2 minutes'
               + coalesce((select clock_offset from organizations where id = document.organization_id), '0')
           and not exists (select from einvoices as known
                            where known.organization_id = document.organization_id
                              and known.document_id = document.id)) as due
 order by due_at, organization_id, document_id
 limit %(limit)s
"""


@dataclass(frozen=True, slots=True)
class PortalJob:
    """One kind of errand: ``source`` is what the trail says it came by, ``carried_out_by`` names what does it."""

    source: str
    carried_out_by: str
    sweep: Sweep

    def books_of(
        self, url: str, organization_id: str, now: datetime | None, defer: Defer
    ) -> Callable[[], AbstractAsyncContextManager[Books]]:
        """Return what opens an organization's books for one transaction of such a job."""
        return lambda: opened(url, organization_id, now, defer, source=self.source)


EINVOICES = PortalJob(
    source="EINVOICE",
    carried_out_by="server.einvoicing.carrying:carry_out",
    sweep=Sweep("sweep_einvoices", _EACH_MINUTE, CARRY_OUT_EINVOICE, "document_id", _EINVOICES_DUE),
)
EWAY_BILLS = PortalJob(
    source="EWAY_BILL",
    carried_out_by="server.einvoicing.eway_bills:carry_out",
    sweep=Sweep(
        "sweep_eway_bills",
        _EACH_MINUTE,
        ASK_EWAY_PORTAL,
        "request_id",
        waiting_in("eway_bill_requests", "next_attempt_at"),
    ),
)


def add_portal_jobs(queue: App, url: str) -> None:
    """Have the portal asked when a change asks for it, and each minute what is due."""
    at_portal = _AtPortal()
    for job in (EINVOICES, EWAY_BILLS):
        _add(queue, url, job, at_portal)


def _add(queue: App, url: str, job: PortalJob, at_portal: "_AtPortal") -> None:
    @queue.task(name=job.sweep.task)
    async def ask_portal(organization_id: str, **named: str) -> None:
        """Ask what is to be asked; where the portal is away, the sweep comes back to it."""
        open_books = job.books_of(url, organization_id, None, deferring(queue))
        carry_out = pkgutil.resolve_name(job.carried_out_by)
        await carry_out(open_books, *at_portal.known(), named[job.sweep.argument])

    add_sweep(queue, url, job.sweep)


class _AtPortal:
    """What is made once in a job worker; a process that answers requests only knows the tasks by their names."""

    def __init__(self) -> None:
        self._known: tuple[Any, Any] | None = None

    def known(self) -> tuple[Any, Any]:
        """The portals, and what opens the secrets that one signs in with."""
        if self._known is None:
            from server.einvoicing.portals import Portals
            from server.sealing import Sealer

            settings = Settings.from_environment()
            self._known = Portals(settings), Sealer(settings)
        return self._known
