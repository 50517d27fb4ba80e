"""Firms whose goods travel, and the part of a job worker that asks the e-way bill portal, with a clock to be moved."""

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from domain.books import Books
from server.einvoicing.eway_bills import carry_out
from server.einvoicing.portals import Portals
from server.jobs.deferring import deferring
from server.jobs.job_queue import job_queue
from server.jobs.portal import EWAY_BILLS
from server.sealing import Sealer
from server.settings import Settings
from tests.running import Caller, Firm
from tests.server.einvoicing import simulate
from tests.server.portal import SimulatedPortal, simulated_portal
from tests.server.test_audit import trail

Json = dict[str, Any]

TRUCK = {"distance_km": 843, "mode": "ROAD", "vehicle_number": "mh 12 ab 1234"}
PUNE = {"address": "12 MG Road", "city": "Pune", "state_code": "IN-MH", "zip": "411001", "country": "India"}
MYSURU = {"address": "4 Palace Road", "city": "Mysuru", "state_code": "IN-KA", "zip": "570001", "country": "India"}
CUSTOMER = {"contact_name": "Bharat Interiors", "gst_no": "29AACCB1234F1Z3", "billing_address": MYSURU}


async def settle_in(call: Caller, firm: Firm) -> None:
    """Give the firm's branch an address."""
    reply = await call("PUT", f"/branches/{firm.branch_id}", {"address": PUNE})
    assert reply.status_code == 200, reply.text


async def a_line(call: Caller, *, rate: float = 50000, **fields: Any) -> Json:
    """Two desks with 18 % of tax."""
    taxes = (await call("GET", "/taxes", params={"shape": "INTRA_STATE"})).json()["taxes"]
    tax = next(each["tax_id"] for each in taxes if each["tax_percentage"] == 18)
    line = {"name": "Steel desk", "hsn_or_sac": "940310", "quantity": 2, "unit": "pcs", "rate": rate, "tax_id": tax}
    return {**line, **fields}


async def a_customer(call: Caller, **fields: Any) -> str:
    """Add a customer in Karnataka and return its id."""
    made = await call.made("/contacts", {**CUSTOMER, **fields})
    key: str = made["contact_id"]
    return key


async def an_invoice(call: Caller, customer_id: str | None = None, **fields: Any) -> Json:
    """Approve an invoice of two desks at 50,000 rupees with 18 % of IGST: 118,000."""
    line = fields.pop("line", None) or await a_line(call)
    customer = customer_id or await a_customer(call)
    return await call.made("/invoices", {"customer_id": customer, "line_items": [line], "auto_approve": True, **fields})


async def path_of(document: Json) -> str:
    """The path of a document."""
    key = next(name for name in document if name.endswith("_id"))
    return f"/{key.removesuffix('_id')}s/{document[key]}"


class Worker:
    """What a job worker does about e-way bills, in this process; it asks a simulated portal."""

    def __init__(self, firm: Firm, call: Caller, portal: SimulatedPortal, folder: Path, **settings: str) -> None:
        said = {"FINZBOOKS_DATA_DIRECTORY": str(folder), "FINZBOOKS_PORTAL_SIMULATOR_URL": portal.url}
        read = Settings.from_environment({**said, **settings})
        self.firm, self.call, self.portal = firm, call, portal
        self.portals, self.sealer = Portals(read, answer_seconds=1), Sealer(read)

    async def ask(self, document: Json, body: Json | None = None, *, verb: str = "") -> Json:
        """Ask something of the e-way bill of a document, which is not refused and is told once in the trail."""
        before = len(trail(self.firm))
        path = f"{await path_of(document)}/eway_bill{verb and '/' + verb}"
        reply = await self.call("POST", path, TRUCK if body is None else body)
        assert reply.status_code == 200, reply.text
        (row,) = trail(self.firm, after=before)
        assert "_EWAY_BILL_" in row["action"] and row["entity_id"] in path
        assert (row["actor_user_id"], row["is_one_transaction"]) == (self.firm.owner_id, True)
        bill: Json = reply.json()["eway_bill"]
        return bill

    def books(self, *, now: datetime | None = None) -> AbstractAsyncContextManager[Books]:
        """The firm's books for one transaction in this process, as a job opens them."""
        return EWAY_BILLS.books_of(self.firm.url, self.firm.organization_id, now, deferring(job_queue(self.firm.url)))()

    async def work(self, *, now: datetime | None = None) -> None:
        """Carry out all of this firm that is due."""
        for organization_id, request_id in await EWAY_BILLS.sweep.found(self.firm.url, now=now):
            if organization_id == self.firm.organization_id:
                opening = EWAY_BILLS.books_of(self.firm.url, organization_id, now, deferring(job_queue(self.firm.url)))
                await carry_out(opening, self.portals, self.sealer, request_id)

    async def bill_of(self, document: Json) -> Json:
        """The e-way bill of a document as it stands."""
        reply = await self.call("GET", f"{await path_of(document)}/eway_bill")
        assert reply.status_code == 200, reply.text
        bill: Json = reply.json()["eway_bill"]
        return bill

    async def made(self, document: Json, body: Json | None = None) -> Json:
        """Ask for an e-way bill and have it made."""
        await self.ask(document, body)
        await self.work()
        bill = await self.bill_of(document)
        assert bill["status"] == "ACTIVE", bill
        return bill


KOLHAPUR = {"from_place": "Kolhapur", "from_state": "MH"}
LONGER = {
    **KOLHAPUR,
    "mode": "ROAD",
    "vehicle_number": "MH12AB1234",
    "distance_km": 150,
    "from_pin": "416 001",
    "reason": "ACCIDENT",
    "remarks": "Axle broken",
}


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedPortal]:
    with simulated_portal(tmp_path_factory.mktemp("portal")) as started:
        yield started


@pytest.fixture
async def worker(firm: Firm, call: Caller, portal: SimulatedPortal, tmp_path: Path) -> Worker:
    """A firm whose goods travel, and who asks the portal for it."""
    portal.switch()
    simulate(firm)
    await settle_in(call, firm)
    # Every firm of these tests has one GSTIN and begins to number anew, so each gets a portal of its own.
    portal.kill()
    portal.file = portal.file.with_suffix(f".{firm.organization_id}")
    portal.start_again()
    return Worker(firm, call, portal, tmp_path)


async def refused(call: Caller, document: dict[str, Any], body: Any, *, verb: str = "") -> tuple[int, str, str | None]:
    """Status, code and field by which something is refused."""
    path = f"{await path_of(document)}/eway_bill{verb and '/' + verb}"
    reply = await call("POST", path, body)
    error = reply.json()
    return reply.status_code, error["code"], error.get("field")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
