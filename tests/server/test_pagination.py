"""Walks through lists while others write: no row twice, none missing; and cursors that were not given for this list.

Reports have a cursor too, but pages of another kind; the tests of each report walk them.
"""

import asyncio
import base64
from collections.abc import AsyncIterator
from typing import Any

import pytest

from openapi.bundle import resolve
from tests.running import Caller, Firm, found
from tests.server.conftest import Standing
from tests.server.trade import a_customer, a_draft
from tests.walking import OPERATIONS, SPEC, an_example, populate

PAGED = [
    each
    for each in OPERATIONS
    if each.method == "GET" and {"$ref": "#/components/parameters/PerPage"} in each.document["parameters"]
]
SORTED = [
    (each, column, order)
    for each in PAGED
    for parameter in each.document["parameters"]
    if parameter.get("name") == "sort_column"
    for column in resolve(SPEC, parameter["schema"].get("allOf", [parameter["schema"]])[0])["enum"]
    for order in ("ASC", "DESC")
]


NUMBERS = {"reference_number", "bill_of_entry_number"}
"""What no two things of a list may share."""


NOTES = {"/credit_notes", "/customer_debit_notes", "/debit_notes"}
SETTLING = {"allocations", "invoice_id", "bill_id"}
"""What refers to a document with something open, which it soon has no more."""


async def pages(call: Caller, path: str, **query: Any) -> AsyncIterator[list[dict[str, Any]]]:
    """Walk through a list, page by page."""
    cursor = None
    while True:
        asked = {**query, "cursor": cursor} if cursor else query
        reply = await call("GET", path, params=asked)
        assert reply.status_code == 200, reply.text
        body = reply.json()
        context = body["page_context"]
        yield next(value for value in body.values() if isinstance(value, list))
        cursor = context["next_cursor"]
        assert context["has_more_page"] == (cursor is not None)
        if cursor is None:
            return


async def ids(call: Caller, path: str, key: str, **query: Any) -> list[str]:
    """The ids of a whole walk, in order."""
    return [row[key] async for page in pages(call, path, **query) for row in page]


@pytest.mark.parametrize("operation", PAGED, ids=[each.id for each in PAGED])
async def test_a_walk_shows_every_row_once(standing: Standing, operation: Any) -> None:
    call, path = standing.call, operation.path
    if operation.parameter:
        path = path.replace(f"{{{operation.parameter}}}", standing.ids[operation.parameter])
    (whole,) = [_without_links(page) async for page in pages(call, path, per_page=200)]
    key = next(name for name in whole[0] if name.endswith("_id"))

    for size in (1, 2, 3, len(whole)):
        walked = [_without_links(page) async for page in pages(call, path, per_page=size)]
        assert [row for page in walked for row in page] == whole
        assert all(len(page) == size for page in walked[:-1])
        assert 1 <= len(walked[-1]) <= size
    assert len({row[key] for row in whole}) == len(whole)


def _without_links(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows without what is signed anew at each reading."""
    return [{name: value for name, value in row.items() if name != "download_url"} for row in rows]


async def test_rows_written_during_a_walk_move_none_of_the_others(call: Caller) -> None:
    for number in range(30):
        await a_customer(call, f"Before {number}")
    before = await ids(call, "/contacts", "contact_id", per_page=200)
    seen: list[str] = []

    async for page in pages(call, "/contacts", per_page=4):
        seen += [row["contact_id"] for row in page]
        await asyncio.gather(*(a_customer(call, f"Meanwhile {number}") for number in range(3)))

    assert len(seen) == len(set(seen))
    assert [key for key in seen if key in set(before)] == before


async def test_rows_deleted_during_a_walk_hide_none_of_the_others(call: Caller) -> None:
    """Also when the row that the cursor stands on goes."""
    for number in range(12):
        await a_customer(call, f"Contact {number}")
    before = await ids(call, "/contacts", "contact_id", per_page=200)
    seen: list[str] = []

    async for page in pages(call, "/contacts", per_page=3):
        seen += [row["contact_id"] for row in page]
        assert (await call("DELETE", f"/contacts/{seen[-1]}")).status_code == 200

    assert seen == before


@pytest.mark.parametrize(("operation", "column", "order"), SORTED)
async def test_every_order_is_walked_whole(call: Caller, firm: Firm, operation: Any, column: str, order: str) -> None:
    """Many rows with the same key, and keys that are absent, fall through no gap between pages."""
    known = await populate(call, firm)
    making = next(each for each in OPERATIONS if each.method == "POST" and each.path == operation.path)
    for number, date in enumerate(("2026-11-01", "2026-11-02", "2026-11-01", "2026-11-03", "2026-11-01")):
        body = an_example(making, known) or {}
        body = {name: value for name, value in body.items() if name not in SETTLING}
        if making.path in NOTES:  # the item has no tax, and without an original there is none to follow
            body["line_items"] = [{**line, "tax_category": "EXEMPT"} for line in body["line_items"]]
        own = dict.fromkeys(body.keys() & NUMBERS, f"N{number}")
        await call.made(operation.path, {**body, "date": date, **own})
    query = {"sort_column": column, "sort_order": order}
    (rows,) = [page async for page in pages(call, operation.path, per_page=200, **query)]
    key = next(name for name in rows[0] if name.endswith("_id"))
    whole = [row[key] for row in rows]

    assert len(set(whole)) == len(whole) > 5
    assert [row[column] for row in rows] == sorted((row[column] for row in rows), reverse=order == "DESC")
    for size in (1, 2, 3):
        assert await ids(call, operation.path, key, per_page=size, **query) == whole


async def test_approvals_during_a_walk_by_date_move_nothing(call: Caller) -> None:
    customer = await a_customer(call)
    drafts = [await a_draft(call, customer) for _ in range(9)]
    seen = []

    async for page in pages(call, "/invoices", per_page=2):
        seen += [row["invoice_id"] for row in page]
        await call("POST", f"/invoices/{drafts[len(seen) % 9]}/approve")

    assert sorted(seen) == sorted(drafts)


async def _cursor(call: Caller, path: str = "/contacts", **query: Any) -> str:
    reply = await call("GET", path, params={"per_page": 1, **query})
    cursor: str = reply.json()["page_context"]["next_cursor"]
    assert cursor
    return cursor


async def assert_refused(call: Caller, path: str, cursor: str, **query: Any) -> None:
    reply = await call("GET", path, params={**query, "cursor": cursor})
    assert (reply.status_code, reply.json()["code"]) == (400, "validation.invalid_value"), reply.text
    assert reply.json()["field"] == "cursor"


async def test_a_cursor_that_was_tampered_with_is_refused(call: Caller) -> None:
    for _ in range(3):
        await a_customer(call)
    cursor = await _cursor(call)
    raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))

    tampered = [
        base64.urlsafe_b64encode(raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]).decode().rstrip("=")
        for place in range(0, len(raw), 5)
    ]
    for changed in (*tampered, cursor[:-4], cursor + "AAAA", cursor * 2, "x", "AAAA", "e30", "."):
        await assert_refused(call, "/contacts", changed)


async def test_a_cursor_belongs_to_its_list_filters_order_and_organization(call: Caller, firm: Firm) -> None:
    ids_ = await populate(call, firm)
    for _ in range(2):
        await a_draft(call, ids_["customer_id"])
    cursor = await _cursor(call, "/invoices")

    for path, query in (
        ("/contacts", {}),
        ("/items", {}),
        ("/invoices", {"status": "DRAFT"}),
        ("/invoices", {"customer_id": ids_["customer_id"]}),
        ("/invoices", {"search": "INV"}),
        ("/invoices", {"date_from": "2026-01-01"}),
        ("/invoices", {"sort_order": "ASC"}),
        ("/invoices", {"sort_column": "created_time"}),
    ):
        await assert_refused(call, path, cursor, **query)
    other = call.with_token((await found(firm.url)).token)
    await assert_refused(other, "/invoices", cursor)
    filtered = await _cursor(call, "/invoices", status="DRAFT")
    await assert_refused(call, "/invoices", filtered)
    await assert_refused(call, "/invoices", filtered, status="SENT")


async def test_a_walk_may_change_its_page_size(call: Caller) -> None:
    for _ in range(5):
        await a_customer(call)
    whole = await ids(call, "/contacts", "contact_id", per_page=200)
    cursor = await _cursor(call)

    rest = (await call("GET", "/contacts", params={"cursor": cursor, "per_page": 50})).json()["contacts"]

    assert [row["contact_id"] for row in rest] == whole[1:]


@pytest.mark.parametrize("operation", PAGED, ids=[each.id for each in PAGED])
@pytest.mark.parametrize("size", ["0", "201", "-1", "1.5", "ten", "", "9" * 40])
async def test_a_page_holds_one_to_two_hundred(call: Caller, operation: Any, size: str) -> None:
    reply = await call("GET", operation.path, params={"per_page": size})

    assert (reply.status_code, reply.json()["code"]) == (400, "validation.invalid_value")
    assert reply.json()["field"] == "per_page"


@pytest.mark.parametrize(("asked", "told"), [({}, 50), ({"per_page": 1}, 1), ({"per_page": 200}, 200)])
async def test_a_page_tells_its_size(call: Caller, asked: dict[str, int], told: int) -> None:
    context = (await call("GET", "/contacts", params=asked)).json()["page_context"]

    assert context.pop("last_modified_mark").isdecimal()
    assert context == {"per_page": told, "has_more_page": False, "next_cursor": None}


async def test_the_last_page_may_be_full(call: Caller) -> None:
    for _ in range(4):
        await a_customer(call)

    walked = [page async for page in pages(call, "/contacts", per_page=2)]

    assert [len(page) for page in walked] == [2, 2]
