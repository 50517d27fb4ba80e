"""kill -9 at each step of a request, then the same request again: one invoice, one number, one journal, always."""

import asyncio
import signal
from collections.abc import Iterator

import httpx
import pytest

from tests.running import Caller, Firm, Worker, rows, unforeseen, workers
from tests.server.conftest import Site
from tests.server.trade import (
    a_customer,
    a_draft,
    an_invoice,
    count_of,
    first_numbers,
    numbers_of,
    trial_balance,
    wrong_balances,
)
from tests.server.traps import STEPS, Trap, trapped

pytestmark = pytest.mark.slow

KEY = {"Idempotency-Key": "the-same"}
APPROVED = "/invoices?send=true"


@pytest.fixture(scope="module")
def victims(site: Site) -> Iterator[Iterator[Worker]]:
    """Worker processes to be killed, one for each case, on the database of the shared ones."""
    with workers(site.database, len(STEPS) + 2) as started:
        yield iter(started)
        assert unforeseen(started) == ""


async def until_answered(call: Caller, customer: str) -> httpx.Response:
    """Send the request again as the contract says: wait while it is in progress, repeat what was unavailable."""
    async with asyncio.timeout(20):
        while True:
            reply = await call("POST", APPROVED, an_invoice(customer), headers=KEY)
            if reply.status_code == 409:
                assert reply.json()["code"] == "idempotency.in_progress"
            elif reply.status_code != 503:
                return reply
            assert int(reply.headers["Retry-After"]) >= 1
            await asyncio.sleep(0.05)


async def assert_done_once(call: Caller, firm: Firm, customer: str, answer: httpx.Response) -> None:
    """One invoice with the first number and one journal; a further try replays; the next number follows."""
    assert answer.status_code == 201, answer.text
    again = await call("POST", APPROVED, an_invoice(customer), headers=KEY)
    assert (again.content, again.headers["Idempotent-Replayed"]) == (answer.content, "true")
    (stored,) = rows(firm.url, "select id, number from documents where organization_id = %s", firm.organization_id)
    assert stored == {
        "id": answer.json()["invoice"]["invoice_id"],
        "number": answer.json()["invoice"]["invoice_number"],
    }
    assert [count_of(firm, table) for table in ("journals", "idempotency_keys", "documents")] == [1, 1, 1]
    for table, column in (("activity", "action"), ("events", "event_type")):
        assert count_of(firm, table, f"{column} in ('INVOICE_CREATED', 'INVOICE_APPROVED')") == 2
    assert (await call("POST", APPROVED, an_invoice(customer))).status_code == 201
    assert numbers_of(firm) == first_numbers(2)
    assert (trial_balance(firm), wrong_balances(firm)) == (0, [])


async def lost(calling: "asyncio.Task[httpx.Response]") -> None:
    """The caller of a killed process hears nothing."""
    with pytest.raises(httpx.TransportError):
        await calling


@pytest.mark.parametrize("step", STEPS)
async def test_a_process_killed_at_any_step(call: Caller, firm: Firm, victims: Iterator[Worker], step: str) -> None:
    victim, customer = next(victims), await a_customer(call)
    async with trapped(firm, step) as trap:
        first = asyncio.create_task(call.only(victim.url)("POST", APPROVED, an_invoice(customer), headers=KEY))
        await trap.caught()
        victim.kill()
        await lost(first)

        meanwhile = await call("POST", APPROVED, an_invoice(customer), headers=KEY)
        assert meanwhile.json()["code"] == "idempotency.in_progress", "PostgreSQL has not noticed the death yet"
        await trap.let_go()
        answer = await until_answered(call, customer)

    await assert_done_once(call, firm, customer, answer)


async def test_a_process_killed_after_the_commit_and_before_the_answer(
    call: Caller, firm: Firm, victims: Iterator[Worker]
) -> None:
    """Frozen while PostgreSQL commits, then killed: the work is done and nobody was told."""
    victim, customer = next(victims), await a_customer(call)
    async with trapped(firm, "at the commit") as trap:
        first = asyncio.create_task(call.only(victim.url)("POST", APPROVED, an_invoice(customer), headers=KEY))
        session = await trap.caught()
        victim.process.send_signal(signal.SIGSTOP)
        await trap.let_go()
        await trap.through(session)
        victim.kill()
        await lost(first)

    assert count_of(firm, "documents") == 1
    answer = await call("POST", APPROVED, an_invoice(customer), headers=KEY)
    assert answer.headers["Idempotent-Replayed"] == "true"
    await assert_done_once(call, firm, customer, answer)


@pytest.mark.parametrize("step", STEPS)
async def test_a_session_ended_at_any_step(call: Caller, firm: Firm, step: str) -> None:
    """PostgreSQL drops the connection; the process lives, says 503, and the same request then works."""
    customer = await a_customer(call)
    async with trapped(firm, step) as trap:
        first = asyncio.create_task(call("POST", APPROVED, an_invoice(customer), headers=KEY))
        session = await trap.caught()
        rows(firm.url, "select pg_terminate_backend(%s)", session)
        reply = await first
        assert (reply.status_code, reply.json()["code"]) == (503, "server.unavailable"), reply.text
        assert int(reply.headers["Retry-After"]) >= 1
        assert count_of(firm, "documents") == 0
        await trap.let_go()
        answer = await until_answered(call, customer)

    await assert_done_once(call, firm, customer, answer)


async def test_a_process_killed_while_approving_approves_once_or_not_at_all(
    call: Caller, firm: Firm, victims: Iterator[Worker]
) -> None:
    """Without a key as well: a posted invoice cannot be approved again.

    The commit travels with the posting, so PostgreSQL may finish what a dead process has sent.
    """
    victim, customer = next(victims), await a_customer(call)
    draft = await a_draft(call, customer)
    approve = f"/invoices/{draft}/approve"
    async with trapped(firm, "before the journal's lines") as trap:
        first = asyncio.create_task(call.only(victim.url)("POST", approve))
        await trap.caught()
        victim.kill()
        await lost(first)
        await trap.let_go()
        await trap.empty()

    read = (await call("GET", f"/invoices/{draft}")).json()["invoice"]
    number = first_numbers(1)[0]
    assert (read["status"], read["invoice_number"]) in (("DRAFT", None), ("SENT", number))
    expected = [200, 409] if read["status"] == "DRAFT" else [409, 409]
    assert [(await call("POST", approve)).status_code for _ in range(2)] == expected
    assert numbers_of(firm) == first_numbers(1)


async def _slow(trap: Trap, seconds: float) -> None:
    await trap.caught()
    await asyncio.sleep(seconds)
    await trap.let_go()


async def test_a_caller_who_hangs_up_and_comes_back_gets_the_one_invoice(call: Caller, firm: Firm) -> None:
    customer = await a_customer(call)
    async with trapped(firm, "after the posting") as trap:
        first = asyncio.create_task(call("POST", APPROVED, an_invoice(customer), headers=KEY))
        await trap.caught()
        first.cancel()
        await asyncio.gather(until_answered(call, customer), _slow(trap, 0.3))
        answer = await until_answered(call, customer)

    assert count_of(firm, "documents") == 1
    assert answer.json()["invoice"]["invoice_number"] == first_numbers(1)[0]
