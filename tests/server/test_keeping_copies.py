"""A copy that follows ``last_modified_mark`` misses no change, however late it was committed and whoever wrote it."""

import asyncio
from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.running import Caller, Firm, rows
from tests.server.conftest import Site, Standing
from tests.server.trade import a_customer, a_draft, an_invoice
from tests.walking import OPERATIONS

FOLLOWED = [
    each
    for each in OPERATIONS
    if {"$ref": "#/components/parameters/LastModifiedAfter"} in each.document.get("parameters", [])
]
_NAMED_SO = ("accounts", "bills_of_entry", "contacts", "expenses", "items", "payments", "salespersons")
TABLES = {f"/{name}": name for name in _NAMED_SO} | {
    "/recurring": "recurring_schedules",
    "/webhooks/endpoints": "webhook_endpoints",
}
"""Where the rows of a list are; all others are documents."""


async def walk(call: Caller, path: str, mark: str | None = None, **query: Any) -> tuple[list[str], str]:
    """The ids of a whole walk, and the mark to go on with, which every page of it tells."""
    asked = {"per_page": 200, **query, **({"last_modified_mark": mark} if mark else {})}
    ids: list[str] = []
    marks: set[str] = set()
    while True:
        reply = await call("GET", path, params=asked)
        assert reply.status_code == 200, reply.text
        listed = next(value for value in reply.json().values() if isinstance(value, list))
        ids += [row[next(name for name in row if name.endswith("_id"))] for row in listed]
        context = reply.json()["page_context"]
        marks.add(context["last_modified_mark"])
        if not context["has_more_page"]:
            (only,) = marks
            return ids, only
        asked["cursor"] = context["next_cursor"]


def touch(connection: psycopg.Connection[Any], path: str, row_id: str) -> None:
    """Write a row anew, as any change of it does."""
    table = sql.Identifier(TABLES.get(path, "documents"))
    done = connection.execute(sql.SQL("update {} set version = version + 1 where id = %s").format(table), (row_id,))
    assert done.rowcount == 1


def test_many_lists_are_followed() -> None:
    assert len(FOLLOWED) == 18


@pytest.mark.parametrize("operation", FOLLOWED, ids=[each.id for each in FOLLOWED])
async def test_a_change_that_commits_late_is_told(standing: Standing, operation: Any) -> None:
    """It began before the mark was told, and was committed after it; a later change was seen meanwhile."""
    call, path = standing.call, operation.path
    ids, _ = await walk(call, path)
    late, early = ids[0], ids[-1]
    with psycopg.connect(standing.firm.url) as slow, psycopg.connect(standing.firm.url, autocommit=True) as quick:
        touch(slow, path, late)
        _, mark = await walk(call, path)
        if early != late:
            touch(quick, path, early)
        seen, next_mark = await walk(call, path, mark)
        assert (early in seen, late in seen) == (early != late, False)
        slow.commit()

    seen, quiet = await walk(call, path, next_mark)
    assert late in seen
    await assert_quiet(call, path, quiet)


async def assert_quiet(call: Caller, path: str, mark: str) -> None:
    """Soon nothing comes any more; PostgreSQL's own housekeeping may hold a mark back for a moment."""
    async with asyncio.timeout(10):
        while (await walk(call, path, mark))[0]:
            _, mark = await walk(call, path, mark)


async def test_nothing_comes_again_when_nothing_runs(call: Caller) -> None:
    first = await a_customer(call, "First")
    second = await a_customer(call, "Second")
    assert (await walk(call, "/contacts"))[0] == [second, first]
    _, mark = await walk(call, "/contacts")

    assert (await call("PUT", f"/contacts/{second}", {"notes": "Called"})).status_code == 200
    assert (await call("PUT", f"/contacts/{first}", {"notes": "Called"})).status_code == 200

    ids, after = await walk(call, "/contacts", mark, per_page=1)
    assert ids == [second, first], "the oldest change first"
    await assert_quiet(call, "/contacts", after)


async def test_changes_come_in_their_order_whatever_is_asked_for(call: Caller) -> None:
    customer = await a_customer(call)
    _, mark = await walk(call, "/invoices")
    late = await a_draft(call, customer, date="2026-11-20")
    early = await a_draft(call, customer, date="2026-11-10")

    assert (await walk(call, "/invoices", mark))[0] == [late, early]
    assert (await walk(call, "/invoices", mark, sort_column="date", sort_order="ASC"))[0] == [late, early]


async def test_a_change_during_a_walk_is_told_by_the_next(call: Caller) -> None:
    """The row lies behind the walk already when it changes; the mark is that of the first page."""
    customers = [await a_customer(call, f"Customer {number}") for number in range(4)]
    first = (await call("GET", "/contacts", params={"per_page": 2})).json()
    changed = first["contacts"][0]["contact_id"]
    assert (await call("PUT", f"/contacts/{changed}", {"notes": "Moved"})).status_code == 200
    cursor = first["page_context"]["next_cursor"]
    last = (await call("GET", "/contacts", params={"per_page": 2, "cursor": cursor})).json()
    mark = last["page_context"]["last_modified_mark"]

    assert mark == first["page_context"]["last_modified_mark"]
    assert changed in customers
    assert (await walk(call, "/contacts", mark))[0] == [changed]


async def test_an_empty_list_has_a_mark(call: Caller) -> None:
    ids, mark = await walk(call, "/items")
    assert ids == []

    made = await call.made("/items", {"item_name": "Chair", "rate": 10})
    assert (await walk(call, "/items", mark))[0] == [made["item_id"]]


async def test_a_mark_of_another_time_is_refused(call: Caller) -> None:
    """Books that were set back to an earlier state do not know the changes that the mark stands for."""
    _, mark = await walk(call, "/contacts")
    for ahead in (str(int(mark) + 1_000_000), "9" * 18):
        reply = await call("GET", "/contacts", params={"last_modified_mark": ahead})
        assert (reply.status_code, reply.json()["field"]) == (400, "last_modified_mark")
        assert "read the whole list anew" in reply.json()["message"]
    for broken in ("yesterday", "", "-1", "1" * 19):
        reply = await call("GET", "/contacts", params={"last_modified_mark": broken})
        assert (reply.status_code, reply.json()["field"]) == (400, "last_modified_mark")


async def one_by_one(call: Caller, customer: str) -> None:
    for _ in range(12):
        invoice = await a_draft(call, customer)
        assert (await call("POST", f"/invoices/{invoice}/approve")).status_code == 200


async def in_bulk(call: Caller, customer: str) -> None:
    for _ in range(4):
        body = {"invoices": [an_invoice(customer) for _ in range(25)], "all_or_nothing": True}
        assert (await call("POST", "/bulk/invoices", body)).status_code == 200


async def follow(call: Caller, copy: dict[str, int], is_last: asyncio.Event) -> int:
    """Keep a copy of the invoices' versions until after the last change; return how often it was asked for."""
    mark, walks = "", 0
    while True:
        is_over = is_last.is_set()
        cursor: str | None = ""
        while cursor is not None:
            asked = {"per_page": 50, "last_modified_mark": mark, "cursor": cursor}
            body = (await call("GET", "/invoices", params={name: sent for name, sent in asked.items() if sent})).json()
            copy.update({row["invoice_id"]: row["version"] for row in body["invoices"]})
            cursor = body["page_context"]["next_cursor"]
        mark, walks = body["page_context"]["last_modified_mark"], walks + 1
        if is_over:
            return walks


async def test_four_writers_and_one_poller_lose_nothing(call: Caller, firm: Firm, site: Site) -> None:
    """Single and bulk calls, of two processes: at the end the copy has every invoice in its last state."""
    customer, copy, is_last = await a_customer(call), dict[str, int](), asyncio.Event()

    following = asyncio.create_task(follow(call, copy, is_last))
    writers = (one_by_one, one_by_one, in_bulk, in_bulk)
    await asyncio.gather(*(write(call, customer) for write in writers))
    is_last.set()
    assert await following > 3

    query = "select id, version from documents where organization_id = %s"
    stored = {row["id"]: row["version"] for row in rows(site.database, query, firm.organization_id)}
    assert len(stored) == 2 * 12 + 2 * 4 * 25
    assert {key: version for key, version in stored.items() if copy.get(key) != version} == {}
