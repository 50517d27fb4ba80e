"""Webhooks by the job worker itself: soon, once at least whatever is killed, and cheap however much waits."""

import asyncio
import time
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any

import psycopg

from domain.webhooks import lanes
from server.webhooks import claiming
from tests.running import Firm, rows
from tests.server.receiving import (
    KEY,
    Answer,
    Received,
    a_pump,
    always,
    an_endpoint,
    attempts,
    deliveries,
    happened,
    receiver,
)
from tests.server.schedules import job_worker

SETTINGS = {"FINZBOOKS_ALLOW_INSECURE_WEBHOOKS": "1", "FINZBOOKS_SECRETS_KEY": KEY}
SOON_SECONDS = 1.0
"""Far more than it takes where nothing else is at work; the benchmark has the figures."""

_LEASE_IS_OVER = (
    "update webhook_endpoints set pumped_until = now() where pumped_until is not null",
    "update webhook_deliveries set next_at = now() where taken_by is not null",
)
_WAITING = """
insert into webhook_deliveries (organization_id, id, endpoint_id, lane, sequence, event_id, event_type, entity_type,
                                entity_id, occurred_at, summary, status, next_at, created_at)
select %s, %s || '_' || number, %s, 'inv_' || number %% 50000, number, 'evt_' || number, 'INVOICE_UPDATED', 'INVOICE',
       'inv_' || number %% 50000, now(), '{}', 'PENDING', case when number <= 50000 then now() + '1 hour' end, now()
  from generate_series(1, 100000) as number
returning 1
"""


async def eventually(holds: Callable[[], Any], *, seconds: float = 30.0) -> None:
    """Wait until something becomes true."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it does not become true"
        await asyncio.sleep(0.005)


async def test_a_worker_tells_soon_what_happens(firm: Firm) -> None:
    lags = []
    async with receiver() as there:
        key = an_endpoint(firm, there.url)
        with job_worker(firm.url, **SETTINGS):
            happened(firm, "inv_first")
            await eventually(lambda: there.got)
            for number in range(20):
                happened(firm, f"inv_{number}")
                committed_at = time.monotonic()
                await eventually(partial(there.has_got, number + 2))
                lags.append(time.monotonic() - committed_at)
                await asyncio.sleep(0.05)
            await eventually(lambda: all(each["status"] == "DELIVERED" for each in deliveries(firm, key)))

    assert median(lags) < SOON_SECONDS


async def test_what_a_killed_worker_was_sending_is_sent_again(firm: Firm) -> None:
    async def never(received: Received) -> Answer:
        await asyncio.sleep(60)
        return 200, {}

    async with receiver(never) as there:
        key = an_endpoint(firm, there.url)
        with job_worker(firm.url, **SETTINGS) as worker:
            for step in (1, 2):
                happened(firm, "inv_1", step)
            happened(firm, "inv_2")
            await eventually(lambda: len(there.got) == 2)
            worker.kill()
            worker.wait()
        assert attempts(firm, key) == []
        there.answering = always(200)
        async with a_pump(firm) as pump:
            await pump.serve_all()
            assert len(there.got) == 2, "another may still be at it"
            for statement in _LEASE_IS_OVER:
                rows(firm.url, statement)
            await pump.serve_all()

    assert there.of("inv_1") == [1, 1, 2]
    assert there.of("inv_2") == [1, 1]
    assert {each["status"] for each in deliveries(firm, key)} == {"DELIVERED"}
    assert len(attempts(firm, key)) == 3


async def test_a_worker_that_is_told_to_stop_ends_what_it_is_sending(firm: Firm) -> None:
    async def slowly(received: Received) -> Answer:
        await asyncio.sleep(1)
        return 200, {}

    async with receiver(slowly) as there:
        key = an_endpoint(firm, there.url)
        with job_worker(firm.url, **SETTINGS) as worker:
            for step in (1, 2):
                happened(firm, "inv_1", step)
            await eventually(lambda: there.got)
            worker.terminate()
            await asyncio.to_thread(worker.wait, 10)

    first, second = deliveries(firm, key)
    assert (first["status"], first["attempt_count"]) == ("DELIVERED", 1)
    assert (second["status"], second["taken_by"], second["next_at"] is None) == ("PENDING", None, False)
    assert rows(firm.url, "select pumped_by from webhook_endpoints where id = %s", key) == [{"pumped_by": None}]


async def test_what_waits_for_a_dead_endpoint_costs_the_others_nothing(firm: Firm) -> None:
    """A hundred thousand wait: what is due, what follows in a lane and whether there is work read some pages only."""
    async with receiver() as there, a_pump(firm) as pump:
        dead, live = an_endpoint(firm, "http://127.0.0.1:9/dead"), an_endpoint(firm, there.url)
        rows(firm.url, _WAITING, firm.organization_id, dead, dead)
        rows(firm.url, "analyze webhook_deliveries")
        values = {"organization_id": firm.organization_id, "endpoint_id": dead, "now": "2035-01-01", "most": 8}
        values |= {"run": "run_1", "until": "2035-01-01", "at": "2035-01-01", "lanes": ["inv_7", "inv_8"]}
        for statement in (lanes._TAKE, lanes._LEAD):
            assert pages_read(firm, statement._clause, values) < 400
        claim = {"now": None, "with_failing": True, "most": 16, "run": "run_1", "lease": "30 s"}
        assert pages_read(firm, claiming._CLAIM, claim) < 400

        rows(firm.url, "update webhook_endpoints set reached = number_events(organization_id, 1000)")
        happened(firm, "inv_live")
        await pump.serve_all()

    assert there.told == [("inv_live", 1)]
    assert [each["status"] for each in deliveries(firm, live)] == ["DELIVERED"]


def pages_read(firm: Firm, statement: Any, values: dict[str, Any]) -> int:
    """How many pages a statement looks at, with all below it; what it does is undone."""
    with psycopg.connect(firm.url) as connection:
        explained = connection.execute(f"explain (analyze, buffers, format json) {statement}".encode(), values)
        row = explained.fetchone()
        connection.rollback()
    assert row is not None
    plan = row[0][0]["Plan"]
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])
