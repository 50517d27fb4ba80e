"""Beginning a sandbox anew: what goes, what stays, and that the database lets it happen to nothing else."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import psycopg
import pytest

from models import metadata
from server.settings import DatabaseUrl
from tests.running import Caller, Firm, Worker, calling, found, mint, open_sandbox, rows, shown, workers
from tests.server.sandboxes import clock_of, set_clock
from tests.server.trade import a_customer, an_invoice, count_of, trial_balance, wrong_balances
from tests.walking import populate

STAYS = {
    "webhook_endpoints": "where somebody is told what happens",
    "event_frontiers": "the feed goes on at its next place",
    "unclaimed_files": "the bytes are still to be removed",
    "api_calls": "the log of calls is the service's",
}
"""Tables of which rows stay, and why."""

NOT_FILLED = {"accounts", "branches", "idempotency_keys", "imported_records", "renders"}
"""Tables in which ``populate`` leaves no more rows than there were; that they are emptied the statement says."""

TENANTS = sorted({name for name, table in metadata.tables.items() if table.info.get("tenant")} - {"organizations"})


@pytest.fixture(scope="module")
def server(new_database: Callable[[], DatabaseUrl]) -> Iterator[tuple[DatabaseUrl, list[Worker]]]:
    """Two processes on a database of their own."""
    url = new_database()
    with workers(url, 2) as started:
        yield url, started


@pytest.fixture
async def live(server: tuple[DatabaseUrl, list[Worker]]) -> Firm:
    return await found(server[0])


@pytest.fixture
async def call(server: tuple[DatabaseUrl, list[Worker]], live: Firm) -> AsyncIterator[Caller]:
    """Calls of the live firm, of both processes in turn."""
    async with calling(*(each.url for each in server[1])) as caller:
        yield caller.with_token(live.token)


@pytest.fixture
async def sandbox(live: Firm) -> Firm:
    return await open_sandbox(live)


@pytest.fixture
def trial(call: Caller, sandbox: Firm) -> Caller:
    """Calls of its sandbox."""
    return call.with_token(sandbox.token)


async def asked_reset(call: Caller, **options: Any) -> httpx.Response:
    return await call("POST", "/sandbox/reset", **options)


async def reset(call: Caller) -> dict[str, Any]:
    reply = await asked_reset(call)
    assert reply.status_code == 200, reply.text
    return shown(reply)


def counted(firm: Firm) -> dict[str, int]:
    """How many rows the firm has in each table, but for the log, which is written when it suits the server."""
    return {name: count_of(firm, name) for name in TENANTS if name != "api_calls"}


async def test_it_leaves_nothing_but_what_a_new_one_has(trial: Caller, sandbox: Firm, server: Any) -> None:
    """A sandbox with rows in every table there is becomes like one that was just made; its neighbours stay."""
    other = await found(server[0])
    fresh = await open_sandbox(other)
    await trial.made("/webhooks/endpoints", {"url": "https://hooks.example.com/in", "events": ["*"]})
    await populate(trial, sandbox)
    theirs, live_rows, before = counted(fresh), counted(other), counted(sandbox)
    await reset(trial)

    after = counted(sandbox)
    told = 2  # that it was reset, and its branch
    expected = {name: number for name, number in theirs.items() if name not in STAYS}
    assert {name: after[name] for name in expected} == {**expected, "activity": told, "events": told}
    assert after["webhook_endpoints"] == before["webhook_endpoints"] > 0
    assert (counted(fresh), counted(other)) == (theirs, live_rows)
    assert {name for name in expected if before[name] <= theirs[name]} <= NOT_FILLED


async def test_it_is_as_at_first_need(trial: Caller, sandbox: Firm, call: Caller, live: Firm) -> None:
    """The live organization's settings as they are now, the real clock, no lock date, and numbers from 1 on."""
    await call("PUT", f"/organizations/{live.organization_id}", {"legal_name": "Sahyadri Traders Private Limited"})
    await call.made("/branches", {"name": "Pune", "state": "IN-MH"})
    said = {"name": "Somebody Else", "lock_date": "2026-03-31"}
    assert (await trial("PUT", f"/organizations/{sandbox.organization_id}", said)).status_code == 200
    await set_clock(trial, advance_days=400)
    await trial.made("/invoices", an_invoice(await a_customer(trial), auto_approve=True))
    organization = await reset(trial)

    assert (organization["name"], organization["is_sandbox"]) == ("Sahyadri Traders", True)
    assert (organization["legal_name"], organization["lock_date"]) == ("Sahyadri Traders Private Limited", None)
    assert organization["organization_id"] == sandbox.organization_id
    assert (await clock_of(trial))["is_set"] is False
    branches = (await trial("GET", "/branches")).json()["branches"]
    assert sorted(each["name"] for each in branches) == ["Head office", "Pune"]
    invoice = await trial.made("/invoices", an_invoice(await a_customer(trial), auto_approve=True))
    assert invoice["invoice_number"].endswith("/0001")
    assert (trial_balance(sandbox), wrong_balances(sandbox)) == (0, [])
    trail = (await trial("GET", "/activity?entity_type=ORGANIZATION")).json()["activity"]
    assert [(row["action"], row["actor_user_id"]) for row in trail] == [("ORGANIZATION_RESET", sandbox.owner_id)]


async def test_the_feed_goes_on_and_tells_that_all_is_gone(trial: Caller, sandbox: Firm) -> None:
    await a_customer(trial)
    last = max(each["sequence"] for each in (await trial("GET", "/events")).json()["events"])
    await reset(trial)

    expired = await trial("GET", "/events?after=0")
    assert (expired.status_code, expired.json()["code"]) == (410, "events.expired")
    assert expired.json()["details"] == {"oldest_sequence": last + 1}
    (event, *_) = (await trial("GET", f"/events?after={last}")).json()["events"]
    assert (event["sequence"], event["event_type"]) == (last + 1, "ORGANIZATION_RESET")


async def test_live_books_are_not_reset(call: Caller, live: Firm) -> None:
    await call.made("/invoices", an_invoice(await a_customer(call), auto_approve=True))
    before = counted(live)
    refused = await asked_reset(call)
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict.invalid_state")
    assert counted(live) == before


async def test_only_full_access_resets(trial: Caller, sandbox: Firm) -> None:
    held = ("AIBooks.settings.ALL", "AIBooks.invoices.ALL")
    narrow = trial.with_token(await mint(sandbox.url, sandbox.owner_id, sandbox.organization_id, held=held))
    refused = await asked_reset(narrow)
    assert (refused.status_code, refused.json()["details"]) == (403, {"required": ["AIBooks.fullaccess.all"]})


async def test_with_a_key_it_happens_once(trial: Caller) -> None:
    key = {"Idempotency-Key": "reset-1"}
    first = await asked_reset(trial, headers=key)
    await a_customer(trial)
    again = await asked_reset(trial, headers=key)
    assert (again.headers["Idempotent-Replayed"], again.content) == ("true", first.content)
    assert len((await trial("GET", "/contacts")).json()["contacts"]) == 1


async def test_it_may_come_while_others_write(trial: Caller, sandbox: Firm) -> None:
    """Each change is there whole or gone whole: balances are the sums of their lines, and each row is in the trail."""

    async def write() -> None:
        for _ in range(12):
            customer = await trial(
                "POST", "/contacts", {"contact_name": "Deccan", "billing_address": {"state_code": "IN-MH"}}
            )
            if customer.status_code == 201:
                key = customer.json()["contact"]["contact_id"]
                await trial("POST", "/invoices", an_invoice(key, auto_approve=True))

    async def keep_resetting() -> list[int]:
        return [(await asked_reset(trial)).status_code for _ in range(6)]

    writing = asyncio.gather(*(write() for _ in range(4)))
    statuses = await keep_resetting()
    await writing
    assert set(statuses) <= {200, 409, 503} and 200 in statuses
    assert (trial_balance(sandbox), wrong_balances(sandbox)) == (0, [])
    for orphans in (_ORPHANED_LINES, _UNTOLD_CONTACTS):
        assert rows(sandbox.url, orphans, sandbox.organization_id) == [{"rows": 0}]


_ORPHANED_LINES = """
select count(*) as rows
  from journal_lines as line
 where organization_id = %s
   and not exists (select from journals where organization_id = line.organization_id and id = line.journal_id)
"""
_UNTOLD_CONTACTS = """
select count(*) as rows
  from contacts as made
 where organization_id = %s
   and not exists (select from activity where organization_id = made.organization_id and entity_id = made.id)
"""
GUARDED = ("journals", "journal_lines", "activity")


def said_as(url: str, role: str | None, organization_id: str, *statements: str) -> None:
    """Say statements in one transaction with the server's rights, or without a role as the tables' owner."""
    with psycopg.connect(url) as connection:
        if role:
            connection.execute(f"set role {role}")
        connection.execute("select set_config('app.organization_id', %s, false)", (organization_id,))
        for statement in statements:
            connection.execute(statement.replace("{organization}", organization_id))


@pytest.mark.parametrize("role", [None, "finzbooks_app", "finzbooks_operator"])
async def test_the_database_refuses_it_to_live_books(call: Caller, live: Firm, sandbox: Firm, role: str | None) -> None:
    """Whatever is said by straight SQL, and whoever says it: as the server, the operator or the tables' owner."""
    await call.made("/invoices", an_invoice(await a_customer(call), auto_approve=True))
    before = counted(live)
    attempts = [
        ("select empty_sandbox('{organization}')",),
        ("select set_config('app.emptied', '{organization}', true)", "select empty_sandbox('{organization}')"),
        *(("select set_config('app.emptied', '{organization}', true)", f"delete from {table}") for table in GUARDED),
        (f"select empty_sandbox('{sandbox.organization_id}')",),
        (
            "update organizations set is_sandbox = true, live_organization_id = 'org_o' where id = '{organization}'",
            "select empty_sandbox('{organization}')",
        ),
    ]
    for statements in attempts:
        with pytest.raises((psycopg.errors.RestrictViolation, psycopg.errors.InsufficientPrivilege)):
            said_as(live.url, role, live.organization_id, *statements)
    assert counted(live) == before


async def test_the_guards_hold_in_a_sandbox_as_well(trial: Caller, sandbox: Firm) -> None:
    """Nothing is deleted there one by one, nor by the owner of the tables without meaning to empty it."""
    await trial.made("/invoices", an_invoice(await a_customer(trial), auto_approve=True))
    for table in GUARDED:
        with pytest.raises(psycopg.errors.RestrictViolation):
            said_as(sandbox.url, None, sandbox.organization_id, f"delete from {table}")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            said_as(
                sandbox.url,
                "finzbooks_app",
                sandbox.organization_id,
                "select set_config('app.emptied', '{organization}', true)",
                f"delete from {table}",
            )


def test_each_table_stays_or_is_emptied(server: Any) -> None:
    """Who adds a table says which: in a migration that makes ``empty_sandbox`` anew, or in ``STAYS``."""
    (made,) = rows(server[0], "select prosrc from pg_proc where proname = 'empty_sandbox'")
    assert set(re.findall(r"delete from (\w+)", made["prosrc"])) == set(TENANTS) - set(STAYS)


_MANY = 10_000
_COPIES = {
    "contacts": "id",
    "items": "id",
    "documents": "id",
    "document_lines": "id document_id item_id",
    "journals": "id",
    "journal_lines": "journal_id",
    "activity": "id entity_id",
    "events": "id entity_id",
}
"""Tables of which the first row (or the lines of the first) is copied many times, and the keys that differ."""


def multiplied(firm: Firm) -> None:
    """Copy rows of the firm many times under other keys, as straight as the owner of the tables can."""
    with psycopg.connect(firm.url) as connection:
        for table, keys in _COPIES.items():
            connection.execute(_copies_of(table, keys.split()), (firm.organization_id, firm.organization_id))


def _copies_of(table: str, keys: list[str]) -> bytes:
    columns = [each.name for each in metadata.tables[table].columns if each.computed is None and each.identity is None]
    wanted = ", ".join(f"{name} || '_' || n" if name in keys else _other(name) for name in columns)
    return (
        f"insert into {table} ({', '.join(columns)}) select {wanted} from {table}, generate_series(1, {_MANY}) as n"
        f" where organization_id = %s and {keys[0]} in (select {keys[0]} from {table}"
        " where organization_id = %s order by 1 limit 1)"
    ).encode()


def _other(name: str) -> str:
    """What must differ as well, made so."""
    if name == "number":
        return "'N' || n"
    return f"{name} || n" if name in ("contact_name", "item_name", "sku") else name


@pytest.mark.thorough
async def test_a_hundred_thousand_rows_go_in_one_call(trial: Caller, sandbox: Firm) -> None:
    item = await trial.made("/items", {"item_name": "Lamp", "hsn_or_sac": "4901", "rate": 10})
    customer = await a_customer(trial)
    line = {"item_id": item["item_id"], "quantity": 1, "tax_category": "EXEMPT"}
    body = {"customer_id": customer, "line_items": [line], "auto_approve": True}
    await trial.made("/invoices", body)
    multiplied(sandbox)
    number = sum(counted(sandbox).values())
    began = time.monotonic()
    await reset(trial)
    seconds = time.monotonic() - began
    print(f"{number} rows went in {seconds:.1f} s")
    assert number > 90_000 and seconds < 30
    assert count_of(sandbox, "documents") == 0
