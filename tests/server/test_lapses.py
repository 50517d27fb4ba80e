"""What time alone makes of documents: told once a due date, from the first minute of the day after it, in India."""

import asyncio
from datetime import datetime
from typing import Any

import psycopg
import pytest

from domain.documents import lapses
from domain.documents.kinds import KINDS
from server.jobs.deferring import deferring
from server.jobs.job_queue import job_queue
from server.jobs.lapsing import tell_all, with_lapses
from tests.running import Caller, Firm, rows, shown
from tests.server.following import assert_dense, follow
from tests.server.trade import Json, a_customer, an_invoice, count_of

DUE_ON = "2026-11-20"
LAST_SECOND, MIDNIGHT = "2026-11-20T18:29:59+00:00", "2026-11-20T18:30:00+00:00"
"""Of the due date, and after it, as they are in Kolkata."""

LATER = "2026-11-28T18:30:00+00:00"


async def an_open_invoice(call: Caller, customer: str | None = None, **said: Any) -> Json:
    """An invoice of 1,000 rupees of 1 November that is due on 20 November."""
    dates = {"date": "2026-11-01", "due_date": DUE_ON, **said}
    return await call.made("/invoices", an_invoice(customer or await a_customer(call), auto_approve=True, **dates))


async def passes(firm: Firm, now: str, **given: Any) -> int:
    """Do what the worker does at a moment, and return how much it told."""
    moment = datetime.fromisoformat(now)
    if firm.organization_id not in await with_lapses(firm.url, now=moment):
        return 0
    defer = given.get("defer") or deferring(job_queue(firm.url))
    return await tell_all(firm.url, firm.organization_id, now=moment, defer=defer)


async def told(call: Caller, word: str = "OVERDUE") -> list[Json]:
    """The events of what has lapsed, by the feed."""
    events, _ = await follow(call)
    assert_dense(events)
    return [event for event in events if event["event_type"].endswith(f"_{word}")]


async def test_an_invoice_is_overdue_from_midnight_in_india(call: Caller, firm: Firm) -> None:
    invoice = await an_open_invoice(call)
    assert await passes(firm, LAST_SECOND) == 0
    assert await told(call) == []

    assert await passes(firm, MIDNIGHT) == 1
    (event,) = await told(call)
    assert (event["event_type"], event["entity_type"], event["entity_id"]) == (
        "INVOICE_OVERDUE",
        "INVOICE",
        invoice["invoice_id"],
    )
    assert event["occurred_at"].startswith("2026-11-20T18:30:00")
    assert event["data"] == {
        "id": invoice["invoice_id"],
        "number": invoice["invoice_number"],
        "status": "OVERDUE",
        "total": 1000,
        "balance": 1000,
        "contact_id": invoice["customer_id"],
        "date": "2026-11-01",
        "due_date": DUE_ON,
    }
    trail = (await call("GET", f"/activity/{invoice['invoice_id']}")).json()["activity"]
    row = next(each for each in trail if each["action"] == "INVOICE_OVERDUE")
    assert (row["event_id"], row["changes"]) == (event["event_id"], {"status": {"old": "SENT", "new": "OVERDUE"}})
    assert (row["actor_user_id"], row["metadata"]["source"]) == (None, "CLOCK")


async def test_what_is_told_is_told_once_whoever_looks_and_how_often(call: Caller, firm: Firm) -> None:
    customer = await a_customer(call)
    for _ in range(5):
        await an_open_invoice(call, customer)
    numbers = await asyncio.gather(*(passes(firm, MIDNIGHT) for _ in range(4)))
    assert sum(numbers) == 5
    assert await passes(firm, MIDNIGHT) == await passes(firm, LATER) == 0
    assert len({event["entity_id"] for event in await told(call)}) == len(await told(call)) == 5


async def test_what_is_paid_voided_or_a_draft_is_not_overdue(call: Caller, firm: Firm) -> None:
    paid, voided, partly = [await an_open_invoice(call) for _ in range(3)]
    await call.made("/invoices", an_invoice(await a_customer(call), date="2026-11-01", due_date=DUE_ON))
    for invoice, amount in ((paid, 1000), (partly, 400)):
        money = {"flow": "INCOMING", "contact_id": invoice["customer_id"], "amount": amount}
        await call.made(
            "/payments", {**money, "allocations": [{"invoice_id": invoice["invoice_id"], "amount": amount}]}
        )
    assert (await call("POST", f"/invoices/{voided['invoice_id']}/void")).status_code == 200

    await passes(firm, MIDNIGHT)
    (event,) = await told(call)
    assert (event["entity_id"], event["data"]["balance"]) == (partly["invoice_id"], 600)


async def test_one_that_is_due_later_after_all_is_overdue_again(call: Caller, firm: Firm) -> None:
    invoice = await an_open_invoice(call)
    await passes(firm, MIDNIGHT)
    moved = await call("PUT", f"/invoices/{invoice['invoice_id']}", {"due_date": "2026-11-25"})
    assert moved.status_code == 200, moved.text

    assert await passes(firm, "2026-11-25T18:29:59+00:00") == 0
    assert await passes(firm, "2026-11-25T18:30:00+00:00") == 1
    assert [event["data"]["due_date"] for event in await told(call)] == [DUE_ON, "2026-11-25"]


async def test_a_payment_taken_back_makes_nothing_overdue_twice(call: Caller, firm: Firm) -> None:
    """Exactly once a document and due date; who was paid in between is told of by what happened to the payment."""
    invoice = await an_open_invoice(call)
    await passes(firm, MIDNIGHT)
    money = {"flow": "INCOMING", "contact_id": invoice["customer_id"], "amount": 1000}
    allocation = [{"invoice_id": invoice["invoice_id"], "amount": 1000}]
    payment = await call.made("/payments", {**money, "allocations": allocation})
    assert (await call("POST", f"/payments/{payment['payment_id']}/void")).status_code == 200

    assert await passes(firm, LATER) == 0
    assert len(await told(call)) == 1


async def test_bills_and_debit_notes_are_overdue_and_estimates_expire(call: Caller, firm: Firm) -> None:
    vendor = await call.made(
        "/contacts",
        {"contact_name": "Nashik Timber", "contact_type": "VENDOR", "billing_address": {"state_code": "IN-MH"}},
    )
    line = an_invoice("")["line_items"][0]
    dates = {"date": "2026-11-01", "due_date": DUE_ON}
    lines = {"line_items": [{**line, "rate": 700}]}
    bill = await call.made("/bills", {"vendor_id": vendor["contact_id"], "auto_approve": True, **dates, **lines})
    invoice = await an_open_invoice(call, due_date="2027-01-31")
    of_invoice = {"invoice_id": invoice["invoice_id"], "customer_id": invoice["customer_id"], **lines}
    note = await call.made("/customer_debit_notes", {**of_invoice, **dates})
    quoted = {"customer_id": invoice["customer_id"], "date": "2026-11-01", "expiry_date": DUE_ON, **lines}
    estimate = await call.made("/estimates", quoted)
    assert (await call("POST", f"/estimates/{estimate['estimate_id']}/send")).status_code == 200

    assert await passes(firm, MIDNIGHT) == 3
    overdue = {event["entity_id"]: event["event_type"] for event in await told(call)}
    assert overdue == {
        bill["bill_id"]: "BILL_OVERDUE",
        note["customer_debit_note_id"]: "CUSTOMER_DEBIT_NOTE_OVERDUE",
    }
    (expired,) = await told(call, "EXPIRED")
    assert (expired["event_type"], expired["entity_id"]) == ("ESTIMATE_EXPIRED", estimate["estimate_id"])
    assert expired["data"]["status"] == "EXPIRED"


async def test_who_dies_in_between_tells_nothing_twice_and_forgets_nothing(
    call: Caller, firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In handfuls of two it dies with the second: the first stands, the second is undone as a whole."""
    monkeypatch.setattr(lapses, "MOST_AT_ONCE", 2)
    customer = await a_customer(call)
    for _ in range(5):
        await an_open_invoice(call, customer)
    defer, handfuls = deferring(job_queue(firm.url)), 0

    async def dies(connection: Any, jobs: Any) -> None:
        nonlocal handfuls
        await defer(connection, jobs)
        handfuls += 1
        if handfuls == 2:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await passes(firm, MIDNIGHT, defer=dies)
    assert len(await told(call)) == count_of(firm, "lapses") == 2

    assert await passes(firm, MIDNIGHT) == 3
    assert len({event["entity_id"] for event in await told(call)}) == len(await told(call)) == 5


async def test_what_others_hold_is_told_the_next_time(call: Caller, firm: Firm) -> None:
    invoice = await an_open_invoice(call)
    with psycopg.connect(firm.url) as holder:
        holder.execute("select 1 from documents where id = %s for update", (invoice["invoice_id"],))
        assert await passes(firm, MIDNIGHT) == 0
    assert await passes(firm, MIDNIGHT) == 1


_COLUMNS = """
select string_agg(quote_ident(column_name), ', ') as listed
  from information_schema.columns
 where table_name = 'documents'
   and is_generated = 'NEVER'
   and column_name not in ('id', 'number', 'organization_id')
"""


async def test_ten_thousand_at_once_go_in_handfuls(call: Caller, firm: Firm) -> None:
    invoice = await an_open_invoice(call)
    (columns,) = rows(firm.url, _COLUMNS)
    listed = columns["listed"]
    query = f"""
    insert into documents (organization_id, id, number, {listed})
    select organization_id, 'inv_' || lpad(copy::text, 26, '0'), 'X/' || copy, {listed}
      from documents
     cross join generate_series(2, 10000) as copy
     where id = %s
    """
    rows(firm.url, query, invoice["invoice_id"])

    assert await passes(firm, MIDNIGHT) == 10_000
    told_of = "select count(*) as number, count(distinct entity_id) as things, count(distinct change_number) as changes"
    (counted,) = rows(
        firm.url,
        f"{told_of} from events where event_type = 'INVOICE_OVERDUE' and organization_id = %s",
        firm.organization_id,
    )
    assert counted == {"number": 10_000, "things": 10_000, "changes": 50}
    assert await passes(firm, LATER) == 0


async def test_who_follows_by_marks_reads_it_again_and_who_asks_by_time_does_not(call: Caller, firm: Firm) -> None:
    """Nobody has changed the document: it has the same version and the same time; returns do not call it amended."""
    invoice = await an_open_invoice(call)
    page = (await call("GET", "/invoices")).json()
    mark, before = page["page_context"]["last_modified_mark"], page["invoices"][0]
    asked = {"last_modified_mark": mark}
    unchanged = (await call("GET", "/invoices", params=asked)).json()
    mark = unchanged["page_context"]["last_modified_mark"]
    await passes(firm, MIDNIGHT)

    (after,) = (await call("GET", "/invoices", params={"last_modified_mark": mark})).json()["invoices"]
    assert (after["invoice_id"], after["status"]) == (invoice["invoice_id"], "OVERDUE")
    assert (after["version"], after["last_modified_time"]) == (before["version"], before["last_modified_time"])
    since = {"last_modified_after": before["last_modified_time"]}
    assert (await call("GET", "/invoices", params=since)).json()["invoices"] == []
    read = shown(await call("GET", f"/invoices/{invoice['invoice_id']}"))
    assert read["last_modified_time"] == before["last_modified_time"]


async def test_other_organizations_are_looked_at_by_themselves(call: Caller, firm: Firm) -> None:
    """The sweep names an organization as long as something in it is to be told, and no longer."""
    await an_open_invoice(call)
    at = datetime.fromisoformat(MIDNIGHT)
    assert firm.organization_id in await with_lapses(firm.url, now=at)
    await passes(firm, MIDNIGHT)
    assert firm.organization_id not in await with_lapses(firm.url, now=at)


def test_the_index_knows_every_status_from_which_something_lapses() -> None:
    """The statuses stand in the index, in the sweep and in its policy; a new kind must be entered there."""
    assert {status for _, status in lapses.LATE_FROM} == {"SENT", "OPEN", "ISSUED", "PARTIALLY_PAID"}
    assert "{SENT,OPEN,ISSUED,PARTIALLY_PAID}" in lapses.CANDIDATES
    assert {kind.name for kind in KINDS if kind.statuses.late} == {
        "INVOICE",
        "BILL",
        "ESTIMATE",
        "CUSTOMER_DEBIT_NOTE",
    }
