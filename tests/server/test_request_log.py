"""The log of calls that callers can read: what is noted, who reads it, and that no request ever waits for it."""

import asyncio
import importlib
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from prometheus_client.parser import text_string_to_metric_families

from domain.access import api_calls, tokens
from domain.access.api_calls import ApiCall, Noted
from domain.books import Books
from domain.errors import Invalid, NotFound
from domain.ids import new_id
from domain.organization import open_organization
from domain.statements import as_rows
from server.edge.request_log import MOST_WAITING, RequestLog
from server.exchange import Exchange
from server.jobs import job_queue as jobs
from server.postgres.database import Database
from server.settings import Settings
from server.tally import CALLS_LOST, Tally
from tests.conftest import NewDatabase
from tests.running import Caller, Firm, Worker, calling, found, mint, open_sandbox, operators_books, rows, workers

_PATIENCE_SECONDS = 60
_migration = importlib.import_module("models.migrations.versions.0067_api_calls")


@asynccontextmanager
async def books_of(firm: Firm) -> AsyncIterator[Books]:
    """Books of a firm as the pages that show the log have them open."""
    async with operators_books(firm.url) as books:
        yield await open_organization(books, firm.organization_id)


async def listed(firm: Firm, **wanted: Any) -> list[ApiCall]:
    async with books_of(firm) as books:
        return list((await api_calls.list_calls(books, **wanted)).calls)


async def noted(firm: Firm, number: int, **wanted: Any) -> list[ApiCall]:
    """The calls of a firm, the first one first, once there are ``number`` of them."""
    limit = time.monotonic() + _PATIENCE_SECONDS
    while len(calls := await listed(firm, **wanted)) < number:
        assert time.monotonic() < limit, calls
        await asyncio.sleep(0.05)
    assert len(calls) == number, calls
    return calls[::-1]


def token_id(firm: Firm, token: str) -> str:
    (row,) = rows(firm.url, "select id from tokens where token_hash = %s", tokens.hash_of(token))
    key: str = row["id"]
    return key


async def test_a_call_is_noted_without_what_was_sent(call: Caller, firm: Firm) -> None:
    before = datetime.now(UTC) - timedelta(minutes=1)
    reply = await call("GET", "/contacts?search=secret-name", headers={"X-Request-Id": "req-mine"})
    await call("GET", "/invoices/inv_none")
    read, missing = await noted(firm, 2)

    assert reply.status_code == 200
    assert (read.method, read.path, read.status) == ("GET", "/api/public/v1/contacts", 200)
    assert (read.token_id, read.request_id, read.error_code) == (token_id(firm, firm.token), "req-mine", None)
    assert before < read.at < datetime.now(UTC) + timedelta(minutes=1)
    assert 0 < read.duration_us < 60_000_000
    assert (missing.path, missing.status) == ("/api/public/v1/invoices/inv_none", 404)
    assert missing.error_code == "not_found.resource"
    stored = rows(firm.url, "select row_to_json(api_calls)::text as row from api_calls where organization_id = %s",
                  firm.organization_id)  # fmt: skip
    assert "secret-name" not in str(stored)


async def test_a_token_in_a_path_is_not_noted(call: Caller, firm: Firm) -> None:
    await call("GET", f"/contacts/{firm.token}")
    await call("GET", f"/nowhere/{firm.token}")

    assert [each.path for each in await noted(firm, 2)] == [
        "/api/public/v1/contacts/aibk_…",
        "/api/public/v1/nowhere/aibk_…",
    ]


async def test_paths_that_postgresql_takes_no_text_of_are_noted_too(call: Caller, firm: Firm) -> None:
    for path in ("/contacts/a%00b", "/contacts/%FF%FE", "/contacts/" + "x" * 3000):
        assert (await call("GET", path)).status_code in (400, 404)

    assert [len(each.path) for each in await noted(firm, 3)] == [29, 30, 500]


async def test_refusals_under_a_key_and_their_replays_tell_their_code(call: Caller, firm: Firm) -> None:
    for _ in range(2):
        await call("POST", "/contacts", {"contact_name": "A", "gst_no": "x"}, headers={"Idempotency-Key": "one"})
        await call("POST", "/invoices/inv_none/approve", headers={"Idempotency-Key": "two"})

    assert sorted((each.status, each.error_code) for each in await noted(firm, 4)) == [
        *[(400, "validation.invalid_value")] * 2,
        *[(404, "not_found.resource")] * 2,
    ]


async def test_tokens_that_are_good_no_longer_are_noted_and_strangers_are_not(call: Caller, firm: Firm) -> None:
    old = await mint(firm.url, firm.owner_id, firm.organization_id)
    await call.with_token(old)("GET", "/branches")
    rows(firm.url, "update tokens set revoked_at = now() where id = %s", token_id(firm, old))
    assert (await call.with_token(old)("GET", "/branches")).status_code == 401
    assert (await call.with_token(old)("GET", "/branches")).status_code == 401
    assert (await call.with_token(None)("GET", "/branches")).status_code == 401
    assert (await call.with_token("aibk_pat_none")("GET", "/branches")).status_code == 401
    await call("GET", "/branches")

    calls = await noted(firm, 4)
    assert [each.error_code for each in calls] == [None, "auth.revoked_token", "auth.revoked_token", None]
    assert [each.token_id for each in calls[:3]] == [token_id(firm, old)] * 3


async def test_of_calls_over_the_limit_the_first_is_noted(call: Caller, firm: Firm) -> None:
    limit = time.monotonic() + _PATIENCE_SECONDS
    while True:  # all in one minute
        token = await mint(firm.url, firm.owner_id, firm.organization_id, calls_per_minute=3)
        replies = [await call.with_token(token)("GET", "/branches") for _ in range(9)]
        if len({reply.headers["x-ratelimit-reset"] for reply in replies}) == 1:
            break
        assert time.monotonic() < limit
    assert [reply.status_code for reply in replies].count(429) == 6
    await call("GET", "/branches")
    await noted(firm, 1, token_id=token_id(firm, firm.token))

    statuses = [each.status for each in await noted(firm, 4, token_id=token_id(firm, token))]
    assert statuses == [200, 200, 200, 429]


async def test_calls_of_a_token_for_several_organizations_stand_with_the_one_that_was_meant(
    call: Caller, firm: Firm
) -> None:
    other = await found(firm.url, owner_id=firm.owner_id)
    stranger = await found(firm.url)
    caller = call.with_token(await mint(firm.url, firm.owner_id, None))
    assert (await caller("GET", "/whoami")).status_code == 200
    assert (await caller("GET", f"/branches?organization_id={firm.organization_id}")).status_code == 200
    assert (await caller("GET", "/branches", headers={"X-AIBooks-Org": other.organization_id})).status_code == 200
    assert (await caller("GET", f"/branches?organization_id={stranger.organization_id}")).status_code == 403
    await call.with_token(stranger.token)("GET", "/branches")

    for one in (firm, other, stranger):
        assert [each.path for each in await noted(one, 1)] == ["/api/public/v1/branches"]


async def test_filters_and_pages(call: Caller, firm: Firm) -> None:
    other = await mint(firm.url, firm.owner_id, firm.organization_id)
    for number in range(5):
        await call("GET", "/branches", headers={"X-Request-Id": f"page-{number}"})
    await call("POST", "/contacts", {})
    await call.with_token(other)("GET", "/contacts/none")
    await noted(firm, 7)

    assert {each.status for each in await listed(firm, status_class=4)} == {404, 400}
    assert [each.path[-9:] for each in await listed(firm, method="POST")] == ["/contacts"]
    assert [each.status for each in await listed(firm, token_id=token_id(firm, other))] == [404]
    assert await listed(firm, since=datetime.now(UTC) + timedelta(hours=1)) == []
    assert len(await listed(firm, since=datetime.now(UTC) - timedelta(hours=1), status_class=2)) == 5
    async with books_of(firm) as books:
        seen, cursor = [], None
        for _ in range(3):
            page = await api_calls.list_calls(books, per_page=2, cursor=cursor, status_class=2)
            seen += [each.request_id for each in page.calls]
            cursor = page.next_cursor
        assert seen == [f"page-{number}" for number in (4, 3, 2, 1, 0)]
        assert cursor is None
        with pytest.raises(Invalid):
            await api_calls.list_calls(books, cursor="none")


async def test_a_call_is_found_by_its_request_id_in_its_own_organization_only(call: Caller, firm: Firm) -> None:
    other = await found(firm.url)
    await call("GET", "/branches", headers={"X-Request-Id": "req-looked-for"})
    await noted(firm, 1)

    async with books_of(firm) as books:
        assert (await api_calls.find_call(books, "req-looked-for")).status == 200
    async with books_of(other) as books:
        with pytest.raises(NotFound):
            await api_calls.find_call(books, "req-looked-for")


async def test_calls_of_a_sandbox_stand_in_the_sandbox(call: Caller, firm: Firm) -> None:
    sandbox = await open_sandbox(firm)
    await call.with_token(sandbox.token)("GET", "/branches")
    await call("GET", "/branches")

    assert (await noted(sandbox, 1))[0].token_id != (await noted(firm, 1))[0].token_id


# What is old goes.


def aged(firm: Firm, days: float) -> Noted:
    at = int((time.time() - days * 86_400) * 1_000_000)
    key = new_id("call")
    return Noted(firm.organization_id, at, key, "tok_1", "GET", f"/{days}", 200, 1000, key, None)


def put(firm: Firm, *calls: Noted) -> None:
    """Write calls as the server's log does."""
    with psycopg.connect(firm.url, options="-c role=finzbooks_doorkeeper", cursor_factory=psycopg.RawCursor) as link:
        link.execute(api_calls.NOTE.text, api_calls.NOTE.arguments({"calls": as_rows(calls), "parts": api_calls.PARTS}))


async def test_what_is_older_than_a_week_is_shown_no_more_and_goes(firm: Firm) -> None:
    kept = [0.0, 1.0, 5.0, 6.9]
    put(firm, *(aged(firm, days) for days in (*kept, 7.1, 8.0, 9.0, 16.0, 17.0, 40.0)))
    assert [each.path for each in await listed(firm)] == [f"/{days}" for days in kept]

    assert (await jobs.forget(firm.url))["days_of_api_calls"] > 0

    left = rows(firm.url, "select path from api_calls where organization_id = %s order by at desc",
                firm.organization_id)  # fmt: skip
    assert [row["path"] for row in left] == [f"/{days}" for days in kept]
    assert (await jobs.forget(firm.url))["days_of_api_calls"] == 0


async def test_every_day_has_its_part(firm: Firm) -> None:
    put(firm, *(aged(firm, day) for day in range(40)))

    (parts,) = rows(firm.url, "select count(distinct tableoid) as number from api_calls")
    assert parts["number"] == api_calls.PARTS == _migration.PARTS


# No request waits for it.


@pytest.fixture(scope="module")
def alone(new_database: NewDatabase) -> Iterator[tuple[str, list[Worker]]]:
    """A worker on a database whose tables only this test locks and changes."""
    url = new_database()
    with workers(url, 1) as started:
        yield url, started


async def lines_told(call: Caller) -> dict[str, float]:
    page = (await call.client.get(f"{call.urls[0]}/metrics")).text
    (family,) = (each for each in text_string_to_metric_families(page) if each.name == "finzbooks_calls_noted")
    return {each.labels["outcome"]: each.value for each in family.samples}


async def waits_for_the_table(url: str) -> None:
    """Return once a session waits for the lock on the log."""
    limit = time.monotonic() + _PATIENCE_SECONDS
    query = """
    select 1 from pg_locks
     where not granted and relation = 'api_calls'::regclass
       and database = (select oid from pg_database where datname = current_database())
    """
    while not rows(url, query):
        assert time.monotonic() < limit
        await asyncio.sleep(0.05)


async def test_requests_go_on_while_the_log_cannot_be_written(alone: tuple[str, list[Worker]]) -> None:
    url, (worker,) = alone
    firm = await found(url)  # type: ignore[arg-type]  # a fixture's URL
    async with calling(worker.url) as caller:
        call = caller.with_token(firm.token)
        with psycopg.connect(url) as blocking:
            blocking.execute("lock table api_calls in access exclusive mode")
            replies = [await call("GET", "/branches") for _ in range(20)]
            assert {reply.status_code for reply in replies} == {200}
            await waits_for_the_table(url)
            assert (await call("GET", "/branches")).status_code == 200
        assert len(await noted(firm, 21)) == 21
        assert (await lines_told(call))["lost"] == 0


async def test_a_part_that_is_missing_loses_lines_of_the_log_and_nothing_else(
    alone: tuple[str, list[Worker]],
) -> None:
    url, (worker,) = alone
    firm = await found(url)  # type: ignore[arg-type]  # a fixture's URL
    for slot in range(api_calls.PARTS):
        rows(url, f"alter table api_calls detach partition api_call_days.day_{slot:02}")
    async with calling(worker.url) as caller:
        call = caller.with_token(firm.token)
        assert {(await call("GET", "/branches")).status_code for _ in range(5)} == {200}
        limit = time.monotonic() + _PATIENCE_SECONDS
        while (await lines_told(call))["lost"] < 5:
            assert time.monotonic() < limit
            await asyncio.sleep(0.05)
        for slot in range(api_calls.PARTS):
            part = f"api_call_days.day_{slot:02}"
            rows(url, f"alter table api_calls attach partition {part} for values in ({slot})")
        assert (await call("GET", "/branches")).status_code == 200
        await noted(firm, 1)
        assert (await lines_told(call))["lost"] == 5


async def test_what_waits_is_written_when_the_server_stops(new_database: NewDatabase) -> None:
    url = new_database()
    firm = await found(url)
    with workers(url, 1) as (worker,):
        async with calling(worker.url) as caller:
            for _ in range(30):
                await caller.with_token(firm.token)("GET", "/branches")

    assert len(await listed(firm)) == 30


async def test_a_log_that_is_full_counts_what_it_loses() -> None:
    tally = Tally(1)
    log = RequestLog(Database("postgresql:///none", Settings()), tally)
    exchange = Exchange("req_1", 0.0, "127.0.0.1", organization_id="org_1")
    row = tokens.minted("aibk_pat_", name="x", user_id="usr_1", organization_id=None, scopes=[], tier="DEFAULT",
                        calls_per_minute=1, is_sandbox=False, expires_at=None, now=datetime.now(UTC))  # fmt: skip
    exchange.bearer = row.identity()
    for _ in range(MOST_WAITING + 3):
        log.note(exchange, "GET", b"/", 0.1)

    assert tally.cells[tally.own + CALLS_LOST] == 3
