"""Firms that register e-invoices, and the part of a job worker that asks the portal, with a clock that can be moved."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from server.einvoicing.carrying import carry_out
from server.einvoicing.portals import Portals
from server.jobs.deferring import deferring
from server.jobs.job_queue import job_queue
from server.jobs.portal import EINVOICES
from server.sealing import Sealer
from server.settings import Settings
from tests.running import Caller, Firm, rows
from tests.server.portal import SimulatedPortal

Json = dict[str, Any]

CUSTOMER = {
    "contact_name": "Bharat Interiors",
    "gst_no": "29AACCB1234F1Z3",
    "billing_address": {
        "address": "4 Palace Road",
        "city": "Mysuru",
        "state_code": "IN-KA",
        "zip": "570001",
        "country": "India",
    },
}
_PUNE = {"address": "12 MG Road", "city": "Pune", "state_code": "IN-MH", "zip": "411001", "country": "India"}


async def switch_on(call: Caller, firm: Firm) -> None:
    """Have all documents of the firm's branch registered."""
    body = {"is_einvoicing_enabled": True, "address": _PUNE}
    reply = await call("PUT", f"/branches/{firm.branch_id}", body)
    assert reply.status_code == 200, reply.text


async def a_buyer(call: Caller, **fields: Any) -> str:
    """Add a registered customer in Karnataka and return its id."""
    made = await call.made("/contacts", {**CUSTOMER, **fields})
    key: str = made["contact_id"]
    return key


async def an_invoice(call: Caller, customer_id: str, rate: int = 5000, **fields: Any) -> Json:
    """Approve an invoice of two chairs at 5,000 rupees with 18 % of IGST: 11,800, or at another ``rate``."""
    taxes = (await call("GET", "/taxes", params={"shape": "INTRA_STATE"})).json()["taxes"]
    tax = next(each["tax_id"] for each in taxes if each["tax_percentage"] == 18)
    line = {"name": "Office chair", "hsn_or_sac": "940330", "quantity": 2, "unit": "pcs", "rate": rate, "tax_id": tax}
    body = {"customer_id": customer_id, "line_items": [line], "auto_approve": True, **fields}
    return await call.made("/invoices", body)


async def einvoice_of(call: Caller, invoice: Json) -> Json:
    """How an invoice stands with the portal."""
    reply = await call("GET", f"/invoices/{invoice['invoice_id']}/einvoice")
    assert reply.status_code == 200, reply.text
    told: Json = reply.json()["einvoice"]
    return told


class Worker:
    """What a job worker does about e-invoices, in this process; it asks a simulated portal."""

    def __init__(self, firm: Firm, portal: SimulatedPortal | None, folder: Path, **settings: str) -> None:
        said = {"FINZBOOKS_DATA_DIRECTORY": str(folder)}
        if portal is not None:
            said["FINZBOOKS_PORTAL_SIMULATOR_URL"] = portal.url
        read = Settings.from_environment({**said, **settings})
        self.firm = firm
        self.portals = Portals(read, answer_seconds=1)
        self.sealer = Sealer(read)

    async def do(self, document: Json, *, now: datetime | None = None) -> datetime | None:
        """Take up what is to be done about an invoice."""
        return await self.do_by_id(document["invoice_id"], now=now)

    async def do_by_id(self, key: str, *, now: datetime | None = None) -> datetime | None:
        """Take up what is to be done about a document."""
        defer = deferring(job_queue(self.firm.url))
        open_books = EINVOICES.books_of(self.firm.url, self.firm.organization_id, now, defer)
        return await carry_out(open_books, self.portals, self.sealer, key)


def simulate(firm: Firm) -> None:
    """Have the firm's e-invoices go to the simulated portal, as those of the demo do."""
    rows(
        firm.url, "update organizations set is_portal_simulated = true where id = %s returning id", firm.organization_id
    )


def actions_of(firm: Firm, document_id: str) -> list[str]:
    """What the trail tells of a document, in its order."""
    told = rows(firm.url, "select action from activity where entity_id = %s order by id", document_id)
    return [row["action"] for row in told]


def jobs_of(firm: Firm, document_id: str) -> list[Json]:
    """The jobs that wait for a document."""
    query = "select task_name, status::text from procrastinate_jobs where args ->> 'document_id' = %s order by id"
    return rows(firm.url, query, document_id)


def now() -> datetime:
    """This moment."""
    return datetime.now(UTC)
