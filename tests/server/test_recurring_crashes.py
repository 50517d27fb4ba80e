"""Workers that are killed or race: exactly one document a due date, whatever happens, and no date is lost."""

import asyncio
import signal
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from domain.books import INDIA
from server.jobs import recurring
from server.jobs.deferring import deferring
from server.jobs.job_queue import job_queue
from server.jobs.recurring import make_if_due
from tests.conftest import NewDatabase
from tests.running import Caller, Firm, rows, workers
from tests.server.conftest import Site
from tests.server.schedules import a_schedule, job_worker, runs_of, the_schedule
from tests.server.trade import Json, a_customer, count_of, trial_balance, wrong_balances
from tests.server.traps import RUN_STEPS, trapped

pytestmark = pytest.mark.slow

_LONGEST_SECONDS = 40


@pytest.fixture(scope="module")
def site(new_database: NewDatabase) -> Iterator[Site]:
    """A server with a database of its own: a job worker takes the jobs of all who are in it."""
    database = new_database()
    with workers(database, 1) as started:
        yield Site(database, started)


def days_ago(number: int) -> date:
    return datetime.now(UTC).astimezone(INDIA).date() - timedelta(days=number)


async def a_daily_schedule(call: Caller, *, missed: int) -> Json:
    """A schedule of which so many due dates are past, the last of them yesterday's, and none is to come."""
    dates = {"start_date": days_ago(missed).isoformat(), "end_date": days_ago(1).isoformat()}
    return await a_schedule(call, await a_customer(call), frequency="DAILY", **dates)


async def until_made(call: Caller, schedule: Json, number: int) -> list[Json]:
    async with asyncio.timeout(_LONGEST_SECONDS):
        while True:
            if (await the_schedule(call, schedule))["run_count"] >= number:
                return await runs_of(call, schedule)
            await asyncio.sleep(0.1)


async def assert_one_each(call: Caller, firm: Firm, schedule: Json, runs: list[Json], dates: list[date]) -> None:
    """For each date one run, one invoice of that date, one journal and one number; the ledger is square."""
    days = [day.isoformat() for day in dates]
    assert [(run["due_date"], run["date"], run["status"]) for run in runs] == [(day, day, "MADE") for day in days]
    invoices = (await call("GET", "/invoices?per_page=200&sort_order=ASC")).json()["invoices"]
    assert [invoice["date"] for invoice in invoices] == days
    assert [invoice["invoice_id"] for invoice in invoices] == [run["entity_id"] for run in runs]
    assert sorted(number[-4:] for number in {run["entity_ref"] for run in runs}) == [
        f"{number:04}" for number in range(1, len(days) + 1)
    ]
    assert count_of(firm, "journals") == count_of(firm, "documents") == len(days)
    assert count_of(firm, "events", "event_type = 'RECURRING_RUN'") == len(days)
    assert (trial_balance(firm), wrong_balances(firm)) == (0, [])
    assert (await the_schedule(call, schedule))["next_due_date"] is None


async def swept(url: str) -> None:
    """Look for lost jobs, as a worker does every five minutes."""
    async with (queue := job_queue(url)).open_async():
        await recurring.SWEEP.ask(queue, url, now=datetime.now(UTC))


@pytest.mark.parametrize("step", RUN_STEPS)
async def test_a_worker_killed_at_any_step(call: Caller, firm: Firm, step: str) -> None:
    schedule = await a_daily_schedule(call, missed=1)
    async with trapped(firm, step) as trap:
        with job_worker(firm.url) as victim:
            await trap.caught()
            victim.kill()
            victim.wait()
        await trap.let_go()
        await trap.empty()

    with job_worker(firm.url):
        await swept(firm.url)
        runs = await until_made(call, schedule, 1)
    await assert_one_each(call, firm, schedule, runs, [days_ago(1)])


async def test_a_worker_killed_after_the_commit_makes_nothing_again(call: Caller, firm: Firm) -> None:
    """Frozen while PostgreSQL commits, then killed: the document is there, and the queue was never told."""
    schedule = await a_daily_schedule(call, missed=2)
    async with trapped(firm, "at the commit of the run") as trap:
        with job_worker(firm.url) as victim:
            session = await trap.caught()
            victim.send_signal(signal.SIGSTOP)
            await trap.let_go()
            await trap.through(session)  # others of the frozen process may stand amidst a transaction
            victim.kill()
            victim.wait()
    assert count_of(firm, "documents") == 1

    with job_worker(firm.url):
        await swept(firm.url)
        runs = await until_made(call, schedule, 2)
    await assert_one_each(call, firm, schedule, runs, [days_ago(2), days_ago(1)])


async def test_workers_that_race_make_one_document_a_date(call: Caller, firm: Firm) -> None:
    """Three processes, and jobs for the same schedule many times over."""
    schedule = await a_daily_schedule(call, missed=12)
    async with (queue := job_queue(firm.url)).open_async():
        wish = queue.configure_task("make_recurring_document")
        for _ in range(24):
            await wish.defer_async(organization_id=firm.organization_id, schedule_id=schedule["recurring_id"])

    with job_worker(firm.url), job_worker(firm.url), job_worker(firm.url):
        runs = await until_made(call, schedule, 12)
        await until_no_job_waits(firm)

    await assert_one_each(call, firm, schedule, runs, [days_ago(number) for number in range(12, 0, -1)])


async def until_no_job_waits(firm: Firm) -> None:
    query = """
    select 1 from procrastinate_jobs
     where task_name = 'make_recurring_document' and status in ('todo', 'doing')
       and args ->> 'organization_id' = %s
    """
    async with asyncio.timeout(_LONGEST_SECONDS):
        while True:
            if not rows(firm.url, query, firm.organization_id):
                return
            await asyncio.sleep(0.1)


async def test_a_sweep_brings_back_a_job_that_was_lost(call: Caller, firm: Firm) -> None:
    schedule = await a_daily_schedule(call, missed=3)
    rows(firm.url, "delete from procrastinate_jobs where args ->> 'organization_id' = %s", firm.organization_id)

    with job_worker(firm.url):
        await swept(firm.url)
        runs = await until_made(call, schedule, 3)

    await assert_one_each(call, firm, schedule, runs, [days_ago(3), days_ago(2), days_ago(1)])


async def test_two_who_fail_at_once_count_one_failure(call: Caller, firm: Firm) -> None:
    customer = await a_customer(call)
    schedule = await a_schedule(call, customer, start_date=days_ago(1).isoformat())
    await call("POST", f"/contacts/{customer}/archive")
    now, defer = datetime.now(UTC), deferring(job_queue(firm.url))

    await asyncio.gather(
        *(make_if_due(firm.url, firm.organization_id, schedule["recurring_id"], now=now, defer=defer) for _ in range(4))
    )

    (run,) = await runs_of(call, schedule)
    assert (run["attempts"], (await the_schedule(call, schedule))["failure_count"]) == (1, 1)
