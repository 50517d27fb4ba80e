"""The feed: dense and in order, whatever commits late; who waits is told soon, and who comes too late is told so."""

import asyncio
import time
from typing import Any

import psycopg

from server.jobs import job_queue as jobs
from tests.running import Caller, Firm, rows
from tests.server.conftest import Site
from tests.server.following import assert_dense, follow
from tests.server.trade import a_customer, an_invoice

LATE = """
insert into events (organization_id, id, event_type, entity_type, entity_id, summary, occurred_at)
values (%s, 'evt_late', 'CONTACT_UPDATED', 'CONTACT', %s, '{"id": "ct_late", "number": "Late"}', now())
"""


async def test_what_happens_is_told_in_order_deletions_too(call: Caller, firm: Firm) -> None:
    _, place = await follow(call)
    customer = await a_customer(call, "Asha")
    draft = await call.made("/invoices", an_invoice(customer))
    approved = await call("POST", f"/invoices/{draft['invoice_id']}/approve")
    second = await call.made("/contacts", {"contact_name": "Twice"})
    assert (await call("DELETE", f"/contacts/{second['contact_id']}")).status_code == 200

    events, _ = await follow(call, place)

    assert_dense(events, int(place) + 1)
    assert [(each["event_type"], each["entity_id"]) for each in events] == [
        ("CONTACT_CREATED", customer),
        ("INVOICE_CREATED", draft["invoice_id"]),
        ("INVOICE_APPROVED", draft["invoice_id"]),
        ("CONTACT_CREATED", second["contact_id"]),
        ("CONTACT_DELETED", second["contact_id"]),
    ]
    told = events[2]
    assert told["previous_sequence_of_entity"] == events[1]["sequence"]
    assert told["org_id"] == firm.organization_id
    number = approved.json()["invoice"]["invoice_number"]
    assert (told["data"]["id"], told["data"]["number"]) == (draft["invoice_id"], number)


async def test_what_one_call_does_is_told_in_its_order(call: Caller) -> None:
    """Approved in the call that creates it: first there, then approved; the number is known to both."""
    customer = await a_customer(call, "Asha")
    _, place = await follow(call)
    for _ in range(5):
        await call.made("/invoices", an_invoice(customer, auto_approve=True))

    events, _ = await follow(call, place)

    assert [event["event_type"] for event in events] == ["INVOICE_CREATED", "INVOICE_APPROVED"] * 5
    assert [event["data"]["number"] for event in events[::2]] == [event["data"]["number"] for event in events[1::2]]


async def test_nobody_who_follows_misses_what_commits_late(call: Caller, firm: Firm) -> None:
    """While one transaction is open, what others committed after it began is withheld; then all comes, in one line."""
    _, place = await follow(call)
    with psycopg.connect(firm.url) as slow:
        slow.execute("select set_config('app.organization_id', %s, true)", (firm.organization_id,))
        slow.execute(LATE, (firm.organization_id, "ct_late"))
        customer = await a_customer(call, "In between")
        assert await follow(call, place) == ([], place)
    events, place = await follow(call, place)

    assert sorted(event["entity_id"] for event in events) == sorted(["ct_late", customer])
    assert_dense(events, events[0]["sequence"])
    assert await follow(call, place) == ([], place)


async def test_four_writers_and_two_who_follow(call: Caller) -> None:
    """Both hear the same of each, once, in one line without a gap."""
    _, place = await follow(call)

    async def write(name: str) -> list[str]:
        return [await a_customer(call, f"{name} {number}") for number in range(15)]

    async def hear(stop: asyncio.Event) -> list[dict[str, Any]]:
        heard, here = [], place
        while True:
            is_last = stop.is_set()
            fresh, here = await follow(call, here, limit=7)
            heard += fresh
            if is_last:
                return heard
            await asyncio.sleep(0.01)

    stop = asyncio.Event()
    following = [asyncio.create_task(hear(stop)) for _ in range(2)]
    made = await asyncio.gather(*(write(name) for name in ("Asha", "Bala", "Chandra", "Devi")))
    stop.set()
    first, second = await asyncio.gather(*following)

    assert first == second
    assert_dense(first, int(place) + 1)
    assert sorted(event["entity_id"] for event in first) == sorted(key for some in made for key in some)


async def test_who_waits_is_told_as_it_happens(call: Caller) -> None:
    _, place = await follow(call)
    began = time.monotonic()
    waiting = asyncio.create_task(call("GET", "/events", params={"cursor": place, "wait": 20}))
    await asyncio.sleep(0.3)
    assert not waiting.done()

    customer = await a_customer(call, "Awaited")
    reply = await waiting

    assert [event["entity_id"] for event in reply.json()["events"]] == [customer]
    assert time.monotonic() - began < 10


async def test_who_waits_in_vain_goes_on_from_where_he_was(call: Caller) -> None:
    _, place = await follow(call)
    began = time.monotonic()

    reply = await call("GET", "/events", params={"cursor": place, "wait": 1})

    assert 0.9 < time.monotonic() - began < 5
    assert (reply.json()["events"], reply.json()["page_context"]["next_cursor"]) == ([], place)


async def test_filters_pass_over_what_is_not_asked_for(call: Caller) -> None:
    _, place = await follow(call)
    customer = await a_customer(call, "Asha")
    invoices = [(await call.made("/invoices", an_invoice(customer)))["invoice_id"] for _ in range(3)]
    await call("PUT", f"/contacts/{customer}", {"notes": "Called"})

    by_type, end = await follow(call, place, event_type="CONTACT_UPDATED,INVOICE_CREATED", limit=2)
    of_kind, _ = await follow(call, place, entity_type="CONTACT")
    of_one, same_end = await follow(call, place, entity_id=invoices[1])

    assert [event["event_type"] for event in by_type] == [*["INVOICE_CREATED"] * 3, "CONTACT_UPDATED"]
    assert [event["event_type"] for event in of_kind] == ["CONTACT_CREATED", "CONTACT_UPDATED"]
    assert [event["entity_id"] for event in of_one] == [invoices[1]]
    assert end == same_end == (await follow(call))[1]


async def test_who_comes_after_thirty_days_is_told_where_the_feed_begins(call: Caller, firm: Firm, site: Site) -> None:
    """All but two are forgotten, which nobody had followed; a young event keeps the old one behind it."""
    customer = await a_customer(call, "Old")
    await call("PUT", f"/contacts/{customer}", {"notes": "Older"})
    young = await a_customer(call, "Young")
    await call("PUT", f"/contacts/{young}", {"notes": "Old, behind a young one"})
    age = "update events set occurred_at = occurred_at - interval '30 days 1 second' where organization_id = %s and "
    rows(site.database, age + "entity_id <> %s", firm.organization_id, young)
    rows(site.database, age + "entity_id = %s and event_type = 'CONTACT_UPDATED'", firm.organization_id, young)
    (before,) = rows(site.database, "select count(*) from events where organization_id = %s", firm.organization_id)

    await jobs.forget(site.database)

    late = await call("GET", "/events", params={"after": 0})
    events, _ = await follow(call)
    oldest = events[0]["sequence"]
    assert (late.status_code, late.json()["code"]) == (410, "events.expired")
    assert late.json()["details"] == {"oldest_sequence": oldest}
    assert [(event["entity_id"], event["event_type"]) for event in events] == [
        (young, "CONTACT_CREATED"),
        (young, "CONTACT_UPDATED"),
    ]
    assert_dense(events, oldest)
    assert oldest == before["count"] - 1
    fitting = await call("GET", "/events", params={"after": oldest - 1})
    assert fitting.json()["events"] == events


async def test_a_place_of_other_books_is_refused(call: Caller) -> None:
    _, place = await follow(call)

    refused = await call("GET", "/events", params={"after": int(place) + 1})

    assert (refused.status_code, refused.json()["code"]) == (400, "validation.invalid_value")
    assert refused.json()["field"] == "after"


async def test_nothing_of_the_sequence_can_be_changed(firm: Firm, site: Site) -> None:
    for statement in ("update event_sequence set sequence = sequence + 1", "delete from event_sequence"):
        with psycopg.connect(site.database) as connection:
            connection.execute("set role finzbooks_app")
            connection.execute("select set_config('app.organization_id', %s, true)", (firm.organization_id,))
            try:
                connection.execute(statement)
            except psycopg.errors.InsufficientPrivilege:
                continue
            raise AssertionError(statement)
