"""When PostgreSQL is away, slow or busy: 503 with Retry-After in time, and all is well again by itself afterwards."""

import asyncio
import os
import shutil
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psycopg
import pytest

from domain.access.tokens import new_token
from server.postgres import migrations
from server.postgres import private as postgres
from server.settings import DatabaseUrl, Settings
from tests.running import Caller, Firm, Worker, calling, found, hang_up, rows, unforeseen, workers
from tests.server.conftest import descendants, eventually
from tests.server.trade import a_customer, count_of

pytestmark = pytest.mark.slow

_POOL_PATIENCE_SECONDS = 5  # twice it for a call whose count has to wait for the count before
_GIVEN_UP_AFTER_SECONDS = 10  # after which the pools stop trying to connect by themselves


@pytest.fixture(scope="module")
def settings() -> Iterator[Settings]:
    """Settings of a private PostgreSQL of these tests' own, which they may stop."""
    parent = Path(tempfile.mkdtemp(prefix="fb-away-"))
    parent.chmod(0o755)
    yield Settings(data_directory=parent / ".data")
    shutil.rmtree(parent, ignore_errors=True)


@pytest.fixture(scope="module")
def owners(settings: Settings) -> Iterator[DatabaseUrl]:
    """The URL that a server is given."""
    with postgres.private_cluster(settings) as url:
        migrations.upgrade(url)
        yield url


@pytest.fixture(scope="module")
def database(settings: Settings, owners: DatabaseUrl) -> DatabaseUrl:
    """The URL of the superuser, whom row-level security does not bind."""
    return postgres.superusers_url(settings)


@pytest.fixture(scope="module")
async def firm(database: DatabaseUrl) -> Firm:
    return await found(database)


@pytest.fixture(scope="module")
def worker(owners: DatabaseUrl) -> Iterator[Worker]:
    """A worker with a single connection for requests, and little patience with statements."""
    impatience = {"FINZBOOKS_POOL_SIZE": "1", "FINZBOOKS_STATEMENT_TIMEOUT_SECONDS": "1"}
    with workers(owners, 1, **impatience) as started:
        yield started[0]
        assert unforeseen(started) == ""


@pytest.fixture(scope="module")
async def call(worker: Worker, firm: Firm) -> AsyncIterator[Caller]:
    async with calling(worker.url) as caller:
        yield caller.with_token(firm.token)


def assert_unavailable(reply: httpx.Response) -> None:
    """The contract's 503: when to come back, and nothing about what went wrong inside."""
    assert (reply.status_code, reply.json()["code"]) == (503, "server.unavailable"), reply.text
    assert int(reply.headers["Retry-After"]) >= 1
    assert reply.json()["request_id"] == reply.headers["X-Request-Id"]
    assert set(reply.json()) == {"code", "message", "request_id"}
    for word in ("psycopg", "socket", "connection", "statement", "Traceback"):
        assert word not in reply.text


def stop(database: DatabaseUrl) -> None:
    """Stop PostgreSQL at once, as a crash would."""
    (shown,) = rows(database, "show data_directory")
    note = Path(shown["data_directory"]) / "postmaster.pid"
    process = int(note.read_text().split("\n", 1)[0])
    hang_up(database)
    os.kill(process, signal.SIGQUIT)
    assert eventually(lambda: not _answers(database))
    assert eventually(lambda: not note.exists() or not _runs(process))


def _answers(database: DatabaseUrl) -> bool:
    try:
        psycopg.connect(database, connect_timeout=1).close()
    except psycopg.OperationalError:
        return False
    return True


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


async def test_a_slow_statement_is_given_up(call: Caller, firm: Firm) -> None:
    """Somebody holds the table; the statement's time ends, the connection is good again at once."""
    with psycopg.connect(firm.url) as holder:
        holder.execute("lock table contacts in access exclusive mode")
        began = time.monotonic()
        assert_unavailable(await call("GET", "/contacts"))
        assert time.monotonic() - began < 3

    assert (await call("GET", "/contacts")).status_code == 200


async def test_a_slow_change_leaves_nothing_and_can_be_retried_with_its_key(call: Caller, firm: Firm) -> None:
    key = {"Idempotency-Key": "slow"}
    with psycopg.connect(firm.url) as holder:
        holder.execute("lock table contacts in access exclusive mode")
        assert_unavailable(await call("POST", "/contacts", {"contact_name": "Sharma"}, headers=key))

    again = await call("POST", "/contacts", {"contact_name": "Sharma"}, headers=key)
    assert (again.status_code, "Idempotent-Replayed" in again.headers) == (201, False)
    assert count_of(firm, "contacts") == 1


async def test_a_used_up_pool_refuses_instead_of_hanging(call: Caller, worker: Worker, firm: Firm) -> None:
    """One connection and ten calls that wait on it: all are answered within the pool's patience."""
    with psycopg.connect(firm.url) as holder:
        holder.execute("lock table contacts in access exclusive mode")
        began = time.monotonic()
        replies = await asyncio.gather(*(call("GET", "/contacts") for _ in range(10)))
        assert time.monotonic() - began < _POOL_PATIENCE_SECONDS + 3
        health = await call.client.get(f"{worker.url}/healthz")

    for reply in replies:
        assert_unavailable(reply)
    assert health.status_code == 200
    assert (await call("GET", "/contacts")).status_code == 200


async def test_a_stopped_database_is_survived(
    call: Caller, worker: Worker, firm: Firm, database: DatabaseUrl, settings: Settings
) -> None:
    """Refused while it is away, for longer than the pools try by themselves; served as soon as it is back."""

    async def page(path: str) -> httpx.Response:
        return await call.client.get(worker.url + path)

    contact = await a_customer(call)
    assert (await page("/readyz")).status_code == 200
    stop(database)
    began = time.monotonic()

    mistyped = call.with_token(firm.token[:-1] + ("a" if firm.token[-1] != "a" else "b"))
    reply = await mistyped("GET", "/whoami")
    assert (reply.status_code, reply.json()["code"]) == (401, "auth.invalid_token"), "no look-up is needed"
    calls = [
        call("GET", "/whoami"),
        call("GET", f"/contacts/{contact}"),
        call("POST", "/contacts", {"contact_name": "Sharma"}, headers={"Idempotency-Key": "away"}),
        call.with_token(new_token("aibk_pat_"))("GET", "/whoami"),
    ]
    for refused in await asyncio.gather(*calls):
        assert_unavailable(refused)
    assert time.monotonic() - began < 2 * _POOL_PATIENCE_SECONDS + 2, "refused, not hung"
    while time.monotonic() - began < _GIVEN_UP_AFTER_SECONDS + 2:
        assert (await page("/healthz")).status_code == 200
        ready = await page("/readyz")
        assert (ready.status_code, ready.json()) == (503, {"status": "not ready"})

    await asyncio.to_thread(postgres.start_again, settings)
    back = time.monotonic()
    while (await page("/readyz")).status_code != 200:
        assert time.monotonic() - back < 15, "it does not recover"
        await asyncio.sleep(0.1)
    while (reply := await call("GET", f"/contacts/{contact}")).status_code == 503:
        assert time.monotonic() - back < 15, "it does not recover"
    assert reply.json()["contact"]["contact_id"] == contact
    made = await call("POST", "/contacts", {"contact_name": "Sharma"}, headers={"Idempotency-Key": "away"})
    assert (made.status_code, "Idempotent-Replayed" in made.headers) == (201, False)


@contextmanager
def frozen(database: DatabaseUrl) -> Iterator[None]:
    """Have no process of PostgreSQL do anything, as on a disk that hangs: nothing is refused, nothing is answered."""
    (shown,) = rows(database, "show data_directory")
    postmaster = int((Path(shown["data_directory"]) / "postmaster.pid").read_text().split("\n", 1)[0])
    processes = [postmaster, *descendants(postmaster)]
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in reversed(processes):
            os.kill(process, signal.SIGCONT)


@pytest.mark.thorough
async def test_a_database_that_says_nothing_is_given_up(owners: DatabaseUrl, database: DatabaseUrl, firm: Firm) -> None:
    """Whether a call waits for its count, its token, its transaction or its commit: it is answered, and all is well."""
    key = {"Idempotency-Key": "frozen"}
    with workers(owners, 1, FINZBOOKS_REQUEST_TIMEOUT_SECONDS="3") as [worker]:
        async with calling(worker.url) as caller:
            call = caller.with_token(firm.token)
            assert (await call("GET", "/contacts")).status_code == 200
            before = count_of(firm, "contacts")
            with psycopg.connect(firm.url) as holder:
                holder.execute("lock table contacts in access exclusive mode")
                under_way = asyncio.create_task(call("POST", "/contacts", {"contact_name": "Sharma"}, headers=key))
                waiting = "select 1 from pg_stat_activity where wait_event_type = 'Lock'"
                assert await asyncio.to_thread(eventually, lambda: rows(database, waiting))
                with frozen(database):
                    began = time.monotonic()
                    stranger = call.with_token(new_token("aibk_pat_"))
                    asked = [
                        call("GET", "/whoami"),
                        stranger("GET", "/whoami"),
                        call("POST", "/contacts", {"contact_name": "Verma"}),
                    ]
                    for refused in await asyncio.gather(*asked, under_way):
                        assert_unavailable(refused)
                    pages = [call.client.get(worker.url + path) for path in ("/readyz", "/console", "/oauth/authorize")]
                    assert {page.status_code for page in await asyncio.gather(*pages)} == {503}
                    assert_unavailable(await call("GET", "/contacts"))
                    assert time.monotonic() - began < 60, "given up, not hung"
            async with asyncio.timeout(60):
                while (reply := await call("GET", "/contacts")).status_code != 200:
                    assert_unavailable(reply)
                    await asyncio.sleep(0.1)
                while (page := await call.client.get(f"{worker.url}/readyz")).status_code != 200:
                    assert page.status_code == 503
                    await asyncio.sleep(0.1)
            again = await call("POST", "/contacts", {"contact_name": "Sharma"}, headers=key)
            assert (again.status_code, count_of(firm, "contacts")) == (201, before + 1)


async def test_a_restart_between_two_calls_is_not_noticed(
    firm: Firm, owners: DatabaseUrl, database: DatabaseUrl, settings: Settings
) -> None:
    """All connections of two processes have died at rest; each call finds a new one instead."""
    with workers(owners, 2) as started:
        async with calling(*(worker.url for worker in started)) as caller:
            call = caller.with_token(firm.token)
            assert {reply.status_code for reply in await many(call)} == {200}
            stop(database)
            await asyncio.to_thread(postgres.start_again, settings)

            assert {reply.status_code for reply in await many(call)} == {200}
            assert (await call("POST", "/contacts", {"contact_name": "After the restart"})).status_code == 201
            for worker in started:
                assert (await call.client.get(f"{worker.url}/readyz")).status_code == 200


async def many(call: Caller) -> list[httpx.Response]:
    """More calls at once than the processes have connections."""
    return await asyncio.gather(*(call("GET", "/contacts") for _ in range(40)))


async def test_a_database_that_takes_no_changes_is_away(
    call: Caller, worker: Worker, firm: Firm, database: DatabaseUrl
) -> None:
    """Somebody has closed it, or it has become a standby; served again as soon as it takes changes."""
    name = rows(database, "select current_database() as name")[0]["name"]
    rows(database, f"alter database {name} set default_transaction_read_only = on")
    others = "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s and pid <> pg_backend_pid()"
    try:
        rows(database, others, name)
        assert_unavailable(await call("GET", "/contacts"))
        assert_unavailable(await call("POST", "/contacts", {"contact_name": "Sharma"}))
        assert (await call.client.get(f"{worker.url}/readyz")).status_code == 503
    finally:
        rows(database, f"alter database {name} reset default_transaction_read_only")

    async with asyncio.timeout(20):
        while (reply := await call("GET", "/contacts")).status_code != 200:
            assert_unavailable(reply)
            await asyncio.sleep(0.1)
    assert (await call.client.get(f"{worker.url}/readyz")).status_code == 200
