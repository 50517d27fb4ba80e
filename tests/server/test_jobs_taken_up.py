"""Workers that are killed in the middle of a job of any kind: it is taken up again, and what it does is done once."""

import asyncio
import signal
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from procrastinate import App

from domain.books import INDIA
from server.jobs import taking_up
from server.jobs.job_queue import job_queue
from server.jobs.taking_up import take_up, take_up_if_awake
from tests.conftest import NewDatabase
from tests.running import Caller, Firm, rows, workers
from tests.server import einvoicing, eway_billing
from tests.server.conftest import Site, eventually
from tests.server.mail_servers import mail_server
from tests.server.portal import simulated_portal
from tests.server.schedules import a_schedule, job_worker, runs_of
from tests.server.test_mails import a_sent_invoice, mailed
from tests.server.trade import Json, a_customer, an_invoice, count_of, trial_balance, wrong_balances
from tests.server.traps import trapped

pytestmark = [pytest.mark.slow, pytest.mark.thorough]

_LONGEST_SECONDS = 90


@pytest.fixture(scope="module")
def site(new_database: NewDatabase) -> Iterator[Site]:
    """A server with a database of its own: a job worker takes the jobs of all who are in it."""
    database = new_database()
    with workers(database, 1) as started:
        yield Site(database, started)


@pytest.fixture
async def queue(site: Site) -> AsyncIterator[App]:
    """The queue without a worker; what earlier tests left in it is gone."""
    rows(site.database, "delete from procrastinate_jobs")
    rows(site.database, "delete from procrastinate_workers")
    async with (opened := job_queue(site.database)).open_async():
        yield opened


def jobs(url: str, task: str) -> list[Json]:
    return rows(
        url,
        "select id, status::text, attempts, worker_id from procrastinate_jobs where task_name = %s order by id",
        task,
    )


def later(url: str, seconds: int = 120) -> None:
    """Let time pass for all workers that there are: their hearts beat so long ago."""
    query = "update procrastinate_workers set last_heartbeat = last_heartbeat - make_interval(secs => %s)"
    rows(url, query, seconds)


async def until(holds: Callable[[], object], *, seconds: float = _LONGEST_SECONDS) -> None:
    async with asyncio.timeout(seconds):
        while True:
            if holds():
                return
            await asyncio.sleep(0.1)


@asynccontextmanager
async def killed_at(firm: Firm, step: str, **settings: str) -> AsyncIterator[None]:
    """Have a worker begin what waits, kill it at a step, and let two minutes pass."""
    async with trapped(firm, step) as trap:
        with job_worker(firm.url, **settings) as victim:
            await trap.caught()
            victim.kill()
            victim.wait()
        await trap.let_go()
        await trap.empty()
    later(firm.url)
    yield


def days_ago(number: int) -> str:
    return (datetime.now(UTC).astimezone(INDIA).date() - timedelta(days=number)).isoformat()


async def a_schedule_that_is_due(call: Caller) -> Json:
    dates = {"start_date": days_ago(1), "end_date": days_ago(1)}
    return await a_schedule(call, await a_customer(call), frequency="DAILY", **dates)


async def test_a_recurring_document_is_made_once(call: Caller, firm: Firm, queue: App) -> None:
    schedule = await a_schedule_that_is_due(call)
    async with killed_at(firm, "before the schedule moves on"):
        (before,) = jobs(firm.url, "make_recurring_document")
        assert before["status"] == "doing"

    assert (await take_up(queue))["put back"] >= 1
    (job,) = jobs(firm.url, "make_recurring_document")
    assert job == {"id": before["id"], "status": "todo", "attempts": 1, "worker_id": None}
    with job_worker(firm.url):
        await until(lambda: jobs(firm.url, "make_recurring_document") == [])

    (run,) = await runs_of(call, schedule)
    assert run["status"] == "MADE"
    assert count_of(firm, "documents") == count_of(firm, "journals") == 1
    assert (trial_balance(firm), wrong_balances(firm)) == (0, [])


async def test_a_mail_is_sent_once(call: Caller, firm: Firm, queue: App, tmp_path: Path) -> None:
    """The server had not taken it when the worker died; once nobody can be at it any more it is sent."""
    mail = await mailed(call, await a_sent_invoice(call), attach_pdf=False)
    settings = {"FINZBOOKS_DATA_DIRECTORY": str(tmp_path)}
    with mail_server(has_tls=False) as box:
        url = f"smtp://127.0.0.1:{box.port}?starttls=never"
        is_silent, original = asyncio.Event(), box.handle_DATA

        async def silent(server: Any, session: Any, envelope: Any) -> str:
            is_silent.set()
            await asyncio.sleep(600)
            return "250 OK"

        box.handle_DATA = silent  # type: ignore[method-assign]  # for the victim
        with job_worker(firm.url, FINZBOOKS_SMTP_URL=url, **settings) as victim:
            await until(is_silent.is_set)
            victim.kill()
            victim.wait()
        box.handle_DATA = original  # type: ignore[method-assign]  # for whoever comes after it
        later(firm.url)
        assert [job["status"] for job in jobs(firm.url, "send_mail")] == ["doing"]
        await take_up(queue)
        with job_worker(firm.url, FINZBOOKS_SMTP_URL=url, **settings):
            await until(lambda: jobs(firm.url, "send_mail") == [])
            assert box.received == [], "the first attempt may still be under way"
            query = "update mails set next_attempt_at = now() where id = %s"
            rows(firm.url, query, mail["mail_id"])
            await queue.configure_task("send_mail").defer_async(
                organization_id=firm.organization_id, mail_id=mail["mail_id"]
            )
            await until(lambda: jobs(firm.url, "send_mail") == [])

    (received,) = box.received
    assert mail["mail_id"] in received.message["Message-ID"]
    shown = (await call("GET", f"/mails/{mail['mail_id']}")).json()["mail"]
    assert (shown["status"], [each["outcome"] for each in shown["attempts"]]) == ("SENT", ["UNKNOWN", "SENT"])


async def test_reminders_are_queued_once(call: Caller, firm: Firm, queue: App, tmp_path: Path) -> None:
    """The worker dies at the first of three; the task's queueing lock does not keep anybody from it."""
    wanted = {"payment_reminders": {"is_enabled": True, "days": [1]}}
    assert (await call("PUT", f"/organizations/{firm.organization_id}", wanted)).status_code == 200
    party = {"contact_name": "Deccan Retail", "billing_address": {"state_code": "IN-MH"}, "email": "a@deccan.example"}
    customer = (await call.made("/contacts", party))["contact_id"]
    for _ in range(3):
        dates = {"date": days_ago(20), "due_date": days_ago(1)}
        await call.made("/invoices", an_invoice(customer, auto_approve=True, **dates))
    settings = {"FINZBOOKS_DATA_DIRECTORY": str(tmp_path)}
    remind = queue.configure_task("send_reminders", queueing_lock="send_reminders")
    await remind.defer_async(timestamp=0)
    async with killed_at(firm, "before a reminder is kept", **settings):
        assert count_of(firm, "payment_reminders") == 0

    await take_up(queue)
    with job_worker(firm.url, **settings):
        await until(lambda: jobs(firm.url, "send_reminders") == [] and count_of(firm, "payment_reminders") == 3)
        await until(lambda: jobs(firm.url, "send_mail") == [])
    assert count_of(firm, "mails") == 3
    sent = rows(firm.url, "select status from mails where organization_id = %s", firm.organization_id)
    assert [mail["status"] for mail in sent] == ["SENT"] * 3
    assert len(letters_in(tmp_path)) == 3


def letters_in(folder: Path) -> list[Path]:
    """The mails that were written into a data directory."""
    return list(folder.glob("outbox/**/*.eml"))


def registered(file: Path, table: str) -> int:
    """How much the simulated portal has made."""
    with sqlite3.connect(file) as opened:
        (number,) = opened.execute(f"select count(*) from {table}").fetchone()  # a table's name
        return int(number)


@pytest.mark.parametrize("what", ["an e-invoice", "an e-way bill"])
async def test_what_a_portal_made_is_made_once(call: Caller, firm: Firm, queue: App, tmp_path: Path, what: str) -> None:
    """The portal has done it, and the worker dies before the books know."""
    einvoicing.simulate(firm)
    is_einvoice = what == "an e-invoice"
    task, of_portal = ("carry_out_einvoice", "registrations") if is_einvoice else ("ask_eway_portal", "waybills")
    with simulated_portal(tmp_path) as portal:
        settings = {"FINZBOOKS_DATA_DIRECTORY": str(tmp_path), "FINZBOOKS_PORTAL_SIMULATOR_URL": portal.url}
        invoice = await _asked_of_portal(call, firm, is_einvoice=is_einvoice)
        (asked,) = jobs(firm.url, task)
        async with killed_at(firm, "before the portal's answer is in the trail", **settings):
            assert registered(portal.file, of_portal) == 1
        assert [(job["id"], job["status"]) for job in jobs(firm.url, task)] == [(asked["id"], "doing")]
        due = "einvoices" if is_einvoice else "eway_bill_requests"
        rows(firm.url, f"update {due} set next_attempt_at = now() where organization_id = %s", firm.organization_id)

        assert (await take_up(queue))["put back"] >= 1
        with job_worker(firm.url, **settings):
            await until(lambda: jobs(firm.url, task) == [])
        assert registered(portal.file, of_portal) == 1
    key = invoice["invoice_id"]
    kind = "einvoice" if is_einvoice else "eway_bill"
    told = (await call("GET", f"/invoices/{key}/{kind}")).json()[kind]
    assert told["status"] == ("REGISTERED" if is_einvoice else "ACTIVE")
    made = [action for action in einvoicing.actions_of(firm, key) if action.endswith(("_REGISTERED", "_GENERATED"))]
    assert len(made) == 1


async def _asked_of_portal(call: Caller, firm: Firm, *, is_einvoice: bool) -> Json:
    if is_einvoice:
        await einvoicing.switch_on(call, firm)
        return await einvoicing.an_invoice(call, await einvoicing.a_buyer(call))
    await eway_billing.settle_in(call, firm)
    invoice = await eway_billing.an_invoice(call)
    reply = await call("POST", f"/invoices/{invoice['invoice_id']}/eway_bill", eway_billing.TRUCK)
    assert reply.status_code == 200, reply.text
    return invoice


async def test_old_rows_are_forgotten_by_the_next_worker(firm: Firm, queue: App) -> None:
    """Killed while it waits for a row that somebody else holds."""
    query = """
    insert into idempotency_keys (organization_id, key_hash, request_hash, status, headers, body, created_at)
    values (%s, 'k', 'r', 200, '{}', '', now() - interval '2 days')
    """
    rows(firm.url, query, firm.organization_id)
    forget = queue.configure_task("forget_old_rows", queueing_lock="forget_old_rows")
    await forget.defer_async(timestamp=0)
    with psycopg.connect(firm.url) as holder, job_worker(firm.url) as victim:
        holder.execute("set row_security = off")
        holder.execute("set local app.organization_id = '" + firm.organization_id + "'")
        holder.execute("lock table idempotency_keys in share mode")
        await until(lambda: [job["status"] for job in jobs(firm.url, "forget_old_rows")] == ["doing"])
        victim.kill()
        victim.wait()
    later(firm.url)

    await take_up(queue)
    with job_worker(firm.url):
        await until(lambda: jobs(firm.url, "forget_old_rows") == [])
    assert count_of(firm, "idempotency_keys") == 0


async def test_a_job_whose_worker_lives_is_left_alone(call: Caller, firm: Firm, queue: App) -> None:
    """However long it takes; and a worker that was only held up says so with its next heartbeat."""
    await a_schedule_that_is_due(call)
    async with trapped(firm, "before the schedule moves on") as trap:
        with job_worker(firm.url):
            await trap.caught()
            later(firm.url, taking_up.GONE_SECONDS - 20)
            assert await take_up(queue) == {}
            later(firm.url, 25)
            beats = "select 1 from procrastinate_workers where last_heartbeat < now() - interval '20 seconds'"
            await until(lambda: not rows(firm.url, beats))
            assert await take_up(queue) == {}
            assert [job["status"] for job in jobs(firm.url, "make_recurring_document")] == ["doing"]
            await trap.let_go()
            await until(lambda: jobs(firm.url, "make_recurring_document") == [])
    assert count_of(firm, "documents") == 1


async def lost(queue: App, url: str, *, task: str = "send_mail", attempts: int = 0, **wish: Any) -> int:
    """A job that nobody does although it was begun."""
    key = await queue.configure_task(task, **wish).defer_async(organization_id="org_none", mail_id="mail_none")
    rows(url, "update procrastinate_jobs set status = 'doing', attempts = %s where id = %s", attempts, key)
    return key


async def test_locks_of_dead_jobs_are_free(site: Site, queue: App) -> None:
    """The lock keeps others waiting while a job runs; the queueing lock, while one waits."""
    first = await lost(queue, site.database, lock="endpoint", queueing_lock="pump")
    again = await queue.configure_task("send_mail", lock="endpoint", queueing_lock="other").defer_async(
        organization_id="org_none", mail_id="mail_none"
    )
    assert await queue.job_manager.fetch_job(["mail"], worker_id=_a_worker(site.database)) is None

    assert await take_up(queue) == {"put back": 1}
    fetched = await queue.job_manager.fetch_job(["mail"], worker_id=_a_worker(site.database))
    assert fetched is not None and fetched.id == first
    rows(site.database, "delete from procrastinate_jobs where id = %s", first)
    fetched = await queue.job_manager.fetch_job(["mail"], worker_id=_a_worker(site.database))
    assert fetched is not None and fetched.id == again


def _a_worker(url: str) -> int:
    (row,) = rows(url, "insert into procrastinate_workers default values returning id")
    return int(row["id"])


async def test_where_another_waits_for_the_same_the_lost_one_is_needless(site: Site, queue: App) -> None:
    """Two that were lost, and one that waits: the one is enough."""
    await lost(queue, site.database, queueing_lock="pump")
    await lost(queue, site.database, queueing_lock="pump")
    assert await take_up(queue) == {"put back": 1, "needless": 1}
    assert [job["status"] for job in jobs(site.database, "send_mail")] == ["todo"]


async def test_what_kills_its_workers_is_given_up(site: Site, queue: App) -> None:
    key = await lost(queue, site.database, attempts=taking_up.MOST_ATTEMPTS - 1)
    assert await take_up(queue) == {"given up": 1}

    assert [job["status"] for job in jobs(site.database, "send_mail")] == ["failed"]
    (failure,) = rows(site.database, "select error from job_failures where job_id = %s", key)
    assert failure["error"] == "Its worker was gone 10 times."


async def test_a_worker_that_must_stop_gives_its_job_back(call: Caller, firm: Firm, queue: App) -> None:
    await a_schedule_that_is_due(call)
    async with trapped(firm, "before the schedule moves on") as trap:
        with job_worker(firm.url) as worker:
            await trap.caught()
            worker.send_signal(signal.SIGTERM)
            assert eventually(lambda: worker.poll() is not None, seconds=60)
        assert [job["status"] for job in jobs(firm.url, "make_recurring_document")] == ["todo"]
        await trap.let_go()
    with job_worker(firm.url):
        await until(lambda: jobs(firm.url, "make_recurring_document") == [])
    assert count_of(firm, "documents") == 1


async def test_it_comes_round_by_itself(call: Caller, firm: Firm, queue: App) -> None:
    """A second worker runs when the first is killed, and nobody helps: within the minute after the heart stopped."""
    await a_schedule_that_is_due(call)
    async with killed_at(firm, "before the schedule moves on"):
        pass
    with job_worker(firm.url):
        await until(lambda: jobs(firm.url, "make_recurring_document") == [], seconds=200)
        counted = rows(firm.url, "select number from outcome_counts where name = 'make_recurring_document'")
    assert count_of(firm, "documents") == 1
    assert counted[0]["number"] >= 1


async def test_who_was_held_up_itself_takes_nobody_for_gone(site: Site, queue: App) -> None:
    """After a night in which the machine slept, all hearts are late: who wakes first waits for the next minute."""
    await lost(queue, site.database)
    own = _a_worker(site.database)
    later(site.database, 3600)
    assert await take_up_if_awake(queue, own) == {}

    await queue.job_manager.update_heartbeat(own)
    assert await take_up_if_awake(queue, own) == {"put back": 1}
