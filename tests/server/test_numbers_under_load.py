"""Numbers of invoices run from 1 to n without a gap or a double, whatever goes wrong while many are approved at once.

Source: CGST Rules 2017, rule 46(b).
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from random import Random

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from tests.running import Caller, Firm, rows
from tests.server.trade import (
    a_customer,
    a_draft,
    count_of,
    first_numbers,
    numbers_of,
    trial_balance,
    wrong_balances,
)

APPROVALS = 64
_LONGEST_SECONDS = 60


@contextmanager
def refusing_at_commit(firm: Firm, reference: str) -> Iterator[None]:
    """Make the commit fail of every approval of an invoice with this reference: its number has been taken then."""
    name = firm.organization_id
    rows(
        firm.url,
        f"""
        create function refuse_{name}() returns trigger language plpgsql as
        $$ begin raise exception 'refused by the test' using errcode = 'serialization_failure'; end $$;
        create constraint trigger refuse_{name} after update on documents deferrable initially deferred
          for each row when (new.organization_id = '{name}' and new.reference_number = '{reference}')
          execute function refuse_{name}()
        """,
    )
    try:
        yield
    finally:
        rows(firm.url, f"drop function refuse_{name} cascade")


async def approved(call: Caller, invoice_id: str, chance: Random) -> int:
    """Approve an invoice as a caller who sometimes hangs up and comes back until there is an answer."""
    while True:
        patience = chance.uniform(0.005, 0.15) if chance.random() < 0.3 else 30
        try:
            reply = await asyncio.wait_for(call("POST", f"/invoices/{invoice_id}/approve"), patience)
        except TimeoutError:
            continue
        if reply.status_code == 503:
            assert int(reply.headers["Retry-After"]) >= 1
            await asyncio.sleep(chance.uniform(0.01, 0.1))
            continue
        assert reply.status_code in (200, 409), reply.text
        return reply.status_code


async def cut_connections(firm: Firm, chance: Random) -> int:
    """End the server's sessions at random, those in a transaction, until cancelled; say how many."""
    cut = 0
    async with await psycopg.AsyncConnection.connect(firm.url, autocommit=True) as connection:
        with suppress(asyncio.CancelledError):
            while True:
                await asyncio.sleep(chance.uniform(0.01, 0.06))
                cursor = await connection.execute(
                    """
                    select pg_terminate_backend(pid)
                      from (select pid from pg_stat_activity
                             where datname = current_database() and application_name = 'finzbooks' and state <> 'idle'
                             order by random() limit 1) as chosen
                    """
                )
                cut += len(await cursor.fetchall())
    return cut


async def _always_refused(call: Caller, invoice_id: str) -> int:
    """Ask once for what a rule or the commit refuses; a session cut off on the way is a refusal too."""
    return (await call("POST", f"/invoices/{invoice_id}/approve")).status_code


async def test_parallel_approvals_with_random_rollbacks_give_consecutive_numbers(call: Caller, firm: Firm) -> None:
    chance = Random(20261121)
    customer = await a_customer(call)
    drafts = [await a_draft(call, customer) for _ in range(APPROVALS)]
    locked = [await a_draft(call, customer, date="2026-04-15") for _ in range(8)]
    await call("PUT", f"/organizations/{firm.organization_id}", {"lock_date": "2026-04-30"})
    refused = [await a_draft(call, customer, reference_number="refused") for _ in range(8)]

    with refusing_at_commit(firm, "refused"):
        cutting = asyncio.create_task(cut_connections(firm, chance))
        async with asyncio.timeout(_LONGEST_SECONDS):
            good = [approved(call, draft, chance) for draft in drafts]
            bad = [_always_refused(call, draft) for draft in (*locked, *refused)]
            statuses = await asyncio.gather(*good, *bad)
        cutting.cancel()
        cut = await cutting

    assert cut > 0, "sessions were cut off meanwhile"
    assert set(statuses[:APPROVALS]) <= {200, 409}, "409: approved by an earlier try whose answer was lost"
    assert set(statuses[APPROVALS : APPROVALS + 8]) <= {409, 503}
    assert set(statuses[APPROVALS + 8 :]) == {503}
    assert numbers_of(firm) == first_numbers(APPROVALS)
    assert count_of(firm, "journals") == APPROVALS
    assert count_of(firm, "activity", "action = 'INVOICE_APPROVED'") == APPROVALS
    assert trial_balance(firm) == 0
    assert wrong_balances(firm) == []


async def test_approvals_all_at_once_number_each_branch_apart(call: Caller, firm: Firm) -> None:
    """Two branches of one registration: each series is consecutive of its own."""
    customer = await a_customer(call)
    branch = await call.made(
        "/branches",
        {"name": "Pune", "state": "IN-MH", "prefixes": {"invoice": "PUN/{FY}/"}, "gstin": None},
    )
    here = [await a_draft(call, customer) for _ in range(20)]
    there = [await a_draft(call, customer, branch_id=branch["branch_id"]) for _ in range(20)]

    replies = await asyncio.gather(*(call("POST", f"/invoices/{each}/approve") for each in here + there))

    assert {reply.status_code for reply in replies} == {200}
    assert numbers_of(firm) == first_numbers(20) + [f"PUN/26-27/{number:04}" for number in range(1, 21)]


async def test_one_draft_approved_many_times_at_once_is_posted_once(call: Caller, firm: Firm) -> None:
    draft = await a_draft(call, await a_customer(call))

    replies = await asyncio.gather(*(call("POST", f"/invoices/{draft}/approve") for _ in range(16)))

    assert sorted(reply.status_code for reply in replies) == [200] + [409] * 15
    assert count_of(firm, "journals") == 1


async def test_one_invoice_voided_many_times_at_once_is_reversed_once(call: Caller, firm: Firm) -> None:
    draft = await a_draft(call, await a_customer(call))
    assert (await call("POST", f"/invoices/{draft}/approve")).status_code == 200

    replies = await asyncio.gather(*(call("POST", f"/invoices/{draft}/void") for _ in range(16)))

    assert sorted(reply.status_code for reply in replies) == [200] + [409] * 15
    assert (count_of(firm, "journals"), trial_balance(firm)) == (2, 0)
    assert wrong_balances(firm) == []


@pytest.mark.parametrize("given", ["INV/26-27/0002", "inv/26-27/0002"])
async def test_a_number_given_by_hand_is_stepped_over(call: Caller, firm: Firm, given: str) -> None:
    customer = await a_customer(call)
    drafts = [await a_draft(call, customer) for _ in range(3)]
    by_hand = await a_draft(call, customer, invoice_number=given)
    assert (await call("POST", f"/invoices/{by_hand}/approve")).status_code == 200

    await asyncio.gather(*(call("POST", f"/invoices/{each}/approve") for each in drafts))

    assert sorted(number.upper() for number in numbers_of(firm)) == first_numbers(4)


def test_the_server_names_its_sessions(firm: Firm) -> None:
    """What ``cut_connections`` looks for; without it that test would prove nothing."""
    named = rows(firm.url, "select 1 from pg_stat_activity where application_name = 'finzbooks' and datname = %s",
                 conninfo_to_dict(firm.url)["dbname"])  # fmt: skip

    assert named
