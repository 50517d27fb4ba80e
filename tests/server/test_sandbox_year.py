"""A year and a half in a sandbox, over HTTP: nobody waits for it, and no date of it depends on the day it is played.

An invoice becomes overdue, a rent is billed each month, numbers begin anew with the financial year, and the credit of
a bill that comes too late is lost on the day after the last one (CGST Act 2017, section 16(4)).
"""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from server.settings import DatabaseUrl
from tests.running import Caller, Firm, Worker, calling, found, open_sandbox, shown, workers
from tests.server.sandboxes import clock_of, set_clock, work
from tests.server.trade import Json, a_customer, an_invoice, trial_balance, wrong_balances

VENDORS_GSTIN = "27AAPFU0939F1ZV"


@pytest.fixture(scope="module")
def server(new_database: Callable[[], DatabaseUrl]) -> Iterator[tuple[DatabaseUrl, list[Worker]]]:
    """A process on a database of its own, so that jobs of no other test wait there."""
    url = new_database()
    with workers(url) as started:
        yield url, started


@pytest.fixture
async def sandbox(server: tuple[DatabaseUrl, list[Worker]]) -> Firm:
    return await open_sandbox(await found(server[0]))


@pytest.fixture
async def call(server: tuple[DatabaseUrl, list[Worker]], sandbox: Firm) -> AsyncIterator[Caller]:
    """Calls of the sandbox."""
    async with calling(*(each.url for each in server[1])) as caller:
        yield caller.with_token(sandbox.token)


async def a_bill(call: Caller, vendor_id: str, number: str) -> Json:
    """A bill of May 2026 over 1,000 rupees with 18 % GST, approved on the day it is by the clock."""
    taxes = (await call("GET", "/taxes?shape=INTRA_STATE")).json()["taxes"]
    tax_id = next(tax["tax_id"] for tax in taxes if tax["tax_percentage"] == 18)
    line = {"name": "Shelves", "hsn_or_sac": "940389", "quantity": 1, "rate": 1000, "tax_id": tax_id}
    said = {"vendor_id": vendor_id, "reference_number": number, "date": "2026-05-12", "line_items": [line]}
    return await call.made("/bills", {**said, "auto_approve": True})


async def test_a_year_and_a_half(call: Caller, sandbox: Firm, tmp_path: Path) -> None:
    async def until(now: str) -> None:
        await set_clock(call, now=now)
        await work(sandbox.url, tmp_path)
        assert (await clock_of(call))["status"] == "READY"

    await set_clock(call, now="2026-04-10T11:00:00+05:30")
    customer = await a_customer(call)
    first = await call.made("/invoices", an_invoice(customer, payment_terms=30, auto_approve=True))
    rent = {
        "name": "Rent of shelves",
        "entity_type": "INVOICE",
        "frequency": "MONTHLY",
        "start_date": "2026-04-30",
        "max_runs": 12,
        "auto_approve": True,
        "template_payload": an_invoice(customer, payment_terms=365),
    }
    schedule = await call.made("/recurring", rent)
    assert (first["date"], first["due_date"], first["invoice_number"]) == ("2026-04-10", "2026-05-10", "INV/26-27/0001")

    await until("2026-05-10T23:59:00+05:30")
    assert shown(await call("GET", f"/invoices/{first['invoice_id']}"))["status"] == "SENT"
    await until("2026-05-11T00:01:00+05:30")
    assert shown(await call("GET", f"/invoices/{first['invoice_id']}"))["status"] == "OVERDUE"
    told = (await call("GET", "/events?event_type=INVOICE_OVERDUE")).json()["events"]
    assert [(event["entity_id"], event["occurred_at"][:13]) for event in told] == [
        (first["invoice_id"], "2026-05-10T18")
    ]

    await until("2027-04-01T11:00:00+05:30")
    runs = (await call("GET", f"/recurring/{schedule['recurring_id']}/runs?per_page=200")).json()["runs"]
    dates = sorted(run["date"] for run in runs)
    assert len(dates) == 12 and (dates[0], dates[-1]) == ("2026-04-30", "2027-03-30")
    of_next_year = await call.made("/invoices", an_invoice(customer, auto_approve=True))
    assert (of_next_year["date"], of_next_year["invoice_number"]) == ("2027-04-01", "INV/27-28/0001")

    contact = {"contact_name": "Konkan Timber", "contact_type": "VENDOR", "gst_no": VENDORS_GSTIN}
    vendor_id = (await call.made("/contacts", contact))["contact_id"]
    await until("2027-11-30T23:30:00+05:30")
    in_time = await a_bill(call, vendor_id, "KT/1")
    await until("2027-12-01T00:30:00+05:30")
    too_late = await a_bill(call, vendor_id, "KT/2")
    eligible = [each["line_items"][0]["itc_eligibility"] for each in (in_time, too_late)]
    assert eligible == ["ELIGIBLE", "TIME_BARRED"]
    assert (trial_balance(sandbox), wrong_balances(sandbox)) == (0, [])
