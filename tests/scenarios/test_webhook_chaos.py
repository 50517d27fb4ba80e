"""kill -9 of servers, job workers, PostgreSQL's backends and the receiver while books are kept: nothing is lost.

About half a minute for each size; ``FINZBOOKS_CHAOS_SECONDS`` says how long the killing goes on,
``FINZBOOKS_CHAOS_SEED`` what is killed in which order.
"""

import asyncio
import json
import os
import random
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from stripe import WebhookSignature

from tests.running import Caller, Firm, calling, found
from tests.scenarios.chaos.place import DECK, Place, place
from tests.server.trade import a_customer, an_invoice

pytestmark = [pytest.mark.slow, pytest.mark.thorough]

SECONDS = float(os.environ.get("FINZBOOKS_CHAOS_SECONDS", "8"))
SEED = int(os.environ.get("FINZBOOKS_CHAOS_SEED", str(random.randrange(10**9))))
CLIENTS = 4
_LONGEST_DRAIN_SECONDS = 90

Json = dict[str, Any]


@dataclass
class Books:
    """Who keeps the books, and what they were told: the thing and the event that must have happened to it."""

    place: Place
    call: Caller
    customer: str
    over: asyncio.Event
    told: list[tuple[str, str]] = field(default_factory=list)

    async def done(self, method: str, path: str, body: Json | None = None) -> httpx.Response:
        """Make a call until it is answered, with the same key each time."""
        headers = {"Idempotency-Key": uuid4().hex}
        while True:
            running = list(self.place.servers)
            if not running:
                await asyncio.sleep(0.05)
                continue
            server = random.choice(running)
            try:
                reply = await self.call.only(server.url)(method, path, body, headers=headers)
            except httpx.TransportError:
                await asyncio.sleep(0.05)
                continue
            is_in_progress = reply.status_code == 409 and reply.json()["code"] == "idempotency.in_progress"
            if reply.status_code == 503 or is_in_progress:
                await asyncio.sleep(0.1)
                continue
            return reply

    async def keep(self) -> None:
        """Bill, change, get paid or void, over and over."""
        while not self.over.is_set():
            made = await self.done("POST", "/invoices?send=true", an_invoice(self.customer))
            assert made.status_code == 201, made.text
            invoice = made.json()["invoice"]
            key = invoice["invoice_id"]
            self.told += [(key, "INVOICE_CREATED"), (key, "INVOICE_APPROVED")]
            changed = await self.done("PUT", f"/invoices/{key}", {"notes": "Thank you."})
            assert changed.status_code == 200, changed.text
            self.told.append((key, "INVOICE_UPDATED"))
            if random.random() < 0.5:
                voided = await self.done("POST", f"/invoices/{key}/void", {"reason": "A mistake."})
                assert voided.status_code == 200, voided.text
                self.told.append((key, "INVOICE_VOIDED"))


@dataclass(frozen=True)
class Endpoint:
    """An endpoint as the test knows it: from where on it is told, and what."""

    path: str
    secret: str
    reached: int
    events: tuple[str, ...]


async def an_endpoint(it: Place, call: Caller, path: str, *events: str) -> Endpoint:
    url = f"http://127.0.0.1:{it.port}{path}"
    made = await call.only(it.servers[0].url).made("/webhooks/endpoints", {"url": url, "events": list(events)})
    query = "select reached from webhook_endpoints where id = %s"
    (stored,) = it.asked(query, made["endpoint_id"])
    return Endpoint(path, made["secret"], stored["reached"], events)


def committed(it: Place, firm: Firm) -> list[Json]:
    """Every event with its place in the feed, numbered to the last."""
    it.asked("select number_events(%s, 100000)", firm.organization_id)
    query = """
    select event.id, event.event_type, event.entity_id, numbered.sequence
      from events as event
      left join event_sequence as numbered
        on numbered.organization_id = event.organization_id
       and numbered.event_id = event.id
     where event.organization_id = %s
     order by sequence
    """
    return it.asked(query, firm.organization_id)


def wanted(events: list[Json], endpoint: Endpoint) -> dict[str, Json]:
    """The events that an endpoint must have been told, by their ids."""
    return {
        event["id"]: event
        for event in events
        if event["sequence"] > endpoint.reached and ("*" in endpoint.events or event["event_type"] in endpoint.events)
    }


def taken_by(it: Place, endpoint: Endpoint) -> list[Json]:
    return [each for each in it.received() if each["path"] == endpoint.path]


def event_of(received: Json) -> str:
    key: str = json.loads(received["body"])["event_id"]
    return key


async def until_all_is_told(it: Place, events: list[Json], endpoints: list[Endpoint]) -> None:
    limit = time.monotonic() + _LONGEST_DRAIN_SECONDS
    while missing := {
        endpoint.path: len(set(wanted(events, endpoint)) - {event_of(each) for each in taken_by(it, endpoint)})
        for endpoint in endpoints
    }:
        if not any(missing.values()):
            return
        assert time.monotonic() < limit, f"never told: {missing}"
        it.bring_back()
        await asyncio.sleep(0.25)


def assert_in_order(received: list[Json], events: dict[str, Json]) -> None:
    """Of one thing, nothing comes before what happened earlier; the same may come twice, one after the other."""
    of: dict[str, list[int]] = defaultdict(list)
    for each in received:
        event = events[event_of(each)]
        of[event["entity_id"]].append(event["sequence"])
    assert {key: places for key, places in of.items() if places != sorted(places)} == {}


async def kill_for_a_while(it: Place, over: asyncio.Event) -> None:
    """Kill one after the other, and each kind once at least, however slow the machine is."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until or set(it.killed) != set(DECK):
        await asyncio.sleep(0.2 + it.dice.random() / 2)
        await asyncio.to_thread(it.kill_something)
        it.bring_back()
    over.set()


@pytest.mark.parametrize(("servers", "job_workers"), [(1, 1), (2, 3)])
async def test_whatever_is_killed_what_committed_is_told(servers: int, job_workers: int, tmp_path: Path) -> None:
    print(f"FINZBOOKS_CHAOS_SEED={SEED}")
    with place(tmp_path, SEED, servers=servers, job_workers=job_workers) as it:
        firm = await found(it.url)
        async with calling() as client:
            call = client.with_token(firm.token)
            customer = await a_customer(call.only(it.servers[0].url))
            endpoints = [
                await an_endpoint(it, call, "/all", "*"),
                await an_endpoint(it, call, "/again", "*"),
                await an_endpoint(it, call, "/approved", "INVOICE_APPROVED"),
            ]
            over = asyncio.Event()
            books = Books(it, call, customer, over)
            async with asyncio.TaskGroup() as group:
                for _ in range(CLIENTS):
                    group.create_task(books.keep())
                group.create_task(kill_for_a_while(it, over))
        await asyncio.to_thread(it.kill_what_sends)

        events = committed(it, firm)
        assert [event["sequence"] for event in events] == list(range(1, len(events) + 1))
        assert set(books.told) <= {(event["entity_id"], event["event_type"]) for event in events}
        await until_all_is_told(it, events, endpoints)
        for endpoint in endpoints:
            expected, got = wanted(events, endpoint), taken_by(it, endpoint)
            assert {event_of(each) for each in got} == set(expected)
            assert_in_order(got, expected)
            for each in got:
                signature = each["headers"]["x-aibooks-signature"]
                assert WebhookSignature.verify_header(each["body"], signature, endpoint.secret)
                assert abs(each["at"] - int(each["headers"]["x-aibooks-timestamp"])) < 15
        print(len(events), "events", it.killed, "deliveries", len(it.received()))
        assert it.logged() == ""
