"""Agents on the demo books: the five minutes, and a month's close, through the client of ``mcp`` as it is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from domain.books import INDIA
from server.settings import DatabaseUrl
from tests.conftest import DemoBooks
from tests.running import unforeseen, workers
from tests.server.agents import BY_HANDSHAKE, STATELESS, Agent, agent


@dataclass(frozen=True)
class Demo:
    """A server with the demo books."""

    url: str
    database: DatabaseUrl
    token: str


@pytest.fixture(scope="module")
def demo(demo_books: Callable[[], DemoBooks]) -> Iterator[Demo]:
    books = demo_books()
    with workers(books.url, 1) as started:
        yield Demo(started[0].url, books.url, books.token)
        assert unforeseen(started) == ""


def last_month() -> tuple[str, str]:
    """The period of a return and the last day of the month before this one, as it is in India."""
    last = datetime.now(INDIA).date().replace(day=1) - timedelta(days=1)
    return f"{last:%m%Y}", f"{last:%Y-%m-%d}"


async def looked_at(one: Agent, period: str) -> dict[str, dict[str, Any]]:
    """What is found before a month is closed, by check."""
    data = await one.read("report", name="month_checks", period=period)
    return {each["check"]: each for each in data["checks"]}


async def receivables(of: Agent) -> float:
    found = await of.read("find", kind="account", filters={"account_type": "ACCOUNTS_RECEIVABLE"})
    balance: float = found[0]["current_balance"]
    return balance


@pytest.mark.parametrize("mode", [STATELESS, BY_HANDSHAKE])
async def test_an_agent_goes_through_the_five_minutes(demo: Demo, mode: str) -> None:
    """From nothing to an invoice that is paid, its PDF, and all of it taken back."""
    async with agent(demo.url, demo.token, mode) as one:
        who = await one.read("whoami")
        assert who["token"]["kind"] == "PAT"
        owed = await receivables(one)

        name = f"Sharma Traders {mode}"
        customer = await one.done(
            "add", kind="contact", fields={"contact_name": name, "gst_no": "27ZZSFS4321H1ZU", "payment_terms": 30}
        )
        taxes = await one.read("find", kind="tax", filters={"shape": "INTRA_STATE"}, limit=50)
        tax = next(each["tax_id"] for each in taxes if each["tax_percentage"] == 18)
        lamp = {"item_name": f"Reading lamp {mode}", "hsn_or_sac": "940521", "unit": "pcs", "rate": 1250, "tax_id": tax}
        item = await one.done("add", kind="item", fields=lamp)
        document = {
            "customer_id": customer["contact_id"],
            "line_items": [{"item_id": item["item_id"], "quantity": 3}],
        }
        why = await one.says("explain_tax", kind="invoice", document=document)
        assert why["data"]["totals"]["cgst_total"] == why["data"]["totals"]["sgst_total"] == 337.5
        assert {each["fact"]: each["value"] for each in why["why"]}["supply_type"] == "INTRA_STATE"
        assert await one.read("find", kind="invoice", contact_id=customer["contact_id"]) == []

        invoice = await one.done("draft_document", kind="invoice", document=document)
        assert (invoice["status"], invoice["total"]) == ("DRAFT", 4425)
        key = invoice["invoice_id"]
        shown = await one.preview("approve", kind="invoice", id=key)
        assert "INVOICE_APPROVED" in " ".join(shown["would_happen"])
        assert (await one.read("show", kind="invoice", id=key))["status"] == "DRAFT"
        approved = await one.done("approve", kind="invoice", id=key)
        assert (approved["status"], approved["balance"]) == ("SENT", 4425)
        assert await receivables(one) == owed + 4425

        pdf = await one.client.call_tool(
            "show", {"kind": "invoice", "number": approved["invoice_number"], "as_pdf": True}
        )
        assert pdf.content[1].resource.blob.startswith("JVBER")  # type: ignore[union-attr]  # %PDF in base64

        payment = await one.done(
            "record_payment", flow="INCOMING", contact_id=customer["contact_id"], amount=4425, mode="UPI",
            allocations=[{"invoice_id": key, "amount": 4425}],
        )  # fmt: skip
        assert payment["status"] == "APPLIED"
        assert (await one.read("show", kind="invoice", id=key))["status"] == "PAID"

        await one.done("void", kind="payment", id=payment["payment_id"])
        await one.done("void", kind="invoice", id=key, reason="The customer changed his mind.")
        assert await receivables(one) == owed

        again = await one.refused("approve", kind="invoice", id=key)
        assert again["code"] == "conflict.invalid_state"
        wrong = await one.refused("add", kind="contact", fields={"contact_name": "Verma Traders", "gst_no": "27VERMA"})
        assert (wrong["code"], wrong["field"]) == ("validation.invalid_value", "gst_no")


async def test_an_agent_closes_a_month(demo: Demo) -> None:
    """What is unpaid is found, some of it is settled, returns and trial balance are looked at, the month is locked."""
    period, last_day = last_month()
    async with agent(demo.url, demo.token) as one:
        before = await looked_at(one, period)
        assert before["trial_balance"]["is_clear"]
        assert before["overdue_invoices"]["found"] > 3 and before["overdue_bills"]["found"] > 1
        assert not before["lock"]["is_clear"]

        invoices = await one.read("find", kind="invoice", status="OVERDUE", date_to=last_day, limit=50)
        for each in [each for each in invoices if each["currency_code"] == "INR"][:3]:
            settles = [{"invoice_id": each["invoice_id"], "amount": each["balance"]}]
            paid = {"flow": "INCOMING", "contact_id": each["customer_id"], "amount": each["balance"]}
            shown = await one.preview("record_payment", **paid, allocations=settles)
            assert f"INVOICE_PAID {each['invoice_number']}" in shown["would_happen"]
            payment = await one.done("record_payment", **paid, allocations=settles)
            assert payment["status"] == "APPLIED"
        bills = await one.read("find", kind="bill", status="OVERDUE", date_to=last_day, limit=50)
        bill = next(each for each in bills if each["currency_code"] == "INR")
        await one.done(
            "record_payment", flow="OUTGOING", contact_id=bill["vendor_id"], amount=bill["balance"],
            allocations=[{"bill_id": bill["bill_id"], "amount": bill["balance"]}],
        )  # fmt: skip
        settled = await looked_at(one, period)
        assert settled["overdue_invoices"]["found"] == before["overdue_invoices"]["found"] - 3
        assert settled["overdue_bills"]["found"] == before["overdue_bills"]["found"] - 1

        refused = 0
        for branch in await one.read("find", kind="branch"):
            for form in ("GSTR1", "GSTR3B"):
                filters = {"form": form, "gstin": branch["gstin"]}
                checked = await one.read("report", name="gst_validation", period=period, filters=filters)
                refused += checked["refused_count"]
        assert settled["gst_returns"]["found"] == refused
        balance = await one.read("report", name="trial_balance", to_date=last_day, rows=3)
        assert balance["total"]["closing_debit"] == balance["total"]["closing_credit"] > 0

        locked = await one.done("lock_month", lock_date=last_day)
        assert locked["lock_date"] == last_day
        assert (await looked_at(one, period))["lock"]["is_clear"]
        item = (await one.read("find", kind="item", limit=1))[0]["item_id"]
        late = {"customer_id": invoices[0]["customer_id"], "date": last_day, "line_items": [{"item_id": item}]}
        draft = await one.done("draft_document", kind="invoice", document=late)
        too_late = await one.refused("approve", kind="invoice", id=draft["invoice_id"])
        assert too_late["code"] == "conflict.period_locked"
        assert (await one.says("lock_month", lock_date=last_day))["done"] is True

    headers = {"Authorization": f"Bearer {demo.token}"}
    async with httpx.AsyncClient(headers=headers, timeout=60) as client:
        trail = (await client.get(f"{demo.url}/api/public/v1/activity?action=ORGANIZATION_UPDATED")).json()
    assert trail["activity"][0]["metadata"]["source"] == "MCP"
