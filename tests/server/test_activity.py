"""The audit trail as it is read: names of the contract, filters, pages; and nobody can change it."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from psycopg import errors as pg

from openapi.bundle import resolve
from tests.running import Caller, Firm, Form, mint, rows
from tests.server.test_audit import prepared
from tests.server.trade import a_customer, a_draft, an_invoice
from tests.walking import MUTATING, OPERATIONS, SPEC, Operation, populate

UPDATES = [each for each in MUTATING if each.method == "PUT"]

NAMES_OF_OURS = {
    "financial_year": "follows from the date; no resource shows it",
    "number_scope": "the registration whose numbers are consecutive; no resource shows it",
    "unit_code": "follows from the unit",
}
"""Fields in the trail that no resource has under any name, and why."""


async def trail(call: Caller, path: str = "/activity", **filters: Any) -> list[dict[str, Any]]:
    reply = await call("GET", path, params=filters)
    assert reply.status_code == 200, reply.text
    shown: list[dict[str, Any]] = reply.json()["activity"]
    return shown


def members_of(operation: Operation) -> set[str]:
    """The names under which the operation shows the resource that it changes."""
    response = operation.document["responses"]["200"]["content"]["application/json"]["schema"]
    envelope = resolve(SPEC, response)["properties"]
    (resource,) = [each for each in envelope.values() if "properties" in resolve(SPEC, each)]
    return set(resolve(SPEC, resource)["properties"])


@pytest.mark.parametrize("operation", UPDATES, ids=[each.id for each in UPDATES])
async def test_changes_are_told_by_the_names_of_the_contract(call: Caller, firm: Firm, operation: Operation) -> None:
    path, body = await prepared(call, operation, await populate(call, firm))
    await call(operation.method, path, body)

    (newest, *_) = await trail(call)

    assert newest["action"].endswith("_UPDATED")
    assert set(newest["changes"]) - NAMES_OF_OURS.keys() <= members_of(operation)
    assert newest["changes"]


async def test_lines_are_told_by_the_names_of_the_contract(call: Caller) -> None:
    draft = await call.made("/invoices", an_invoice(await a_customer(call)))
    (line,) = draft["line_items"]
    path = f"/invoices/{draft['invoice_id']}"
    changed = {**an_invoice(draft["customer_id"])["line_items"][0], "quantity": 3, "rate": 900.5}
    await call(
        "PUT", path, {"due_date": "2027-03-31", "line_items": [{"line_item_id": line["line_item_id"], **changed}]}
    )

    (newest, *_) = await trail(call, f"/activity/{draft['invoice_id']}")

    assert newest["changes"]["due_date"] == {"old": draft["due_date"], "new": "2027-03-31"}
    (old,), (new,) = newest["changes"]["line_items"]["old"], newest["changes"]["line_items"]["new"]
    assert set(old) == set(new) == set(line)
    assert (old["quantity"], old["rate"], new["quantity"], new["rate"]) == (1, 1000, 3, 900.5)
    assert old["line_item_id"] == new["line_item_id"] == line["line_item_id"]


async def test_a_change_of_customer_is_told_as_such(call: Caller) -> None:
    first, second = await a_customer(call), await a_customer(call, "Sharma")
    draft = await a_draft(call, first)
    await call("PUT", f"/invoices/{draft}", {"customer_id": second})

    (newest, *_) = await trail(call, f"/activity/{draft}")

    assert newest["changes"]["customer_id"] == {"old": first, "new": second}
    assert newest["changes"]["customer_name"] == {"old": "Deccan Retail", "new": "Sharma"}


async def test_the_trail_says_who_did_what_when_and_from_where(call: Caller, firm: Firm) -> None:
    headers = {"X-Request-Id": "req-of-mine", "User-Agent": "AcmeConnector/2.1"}
    contact = await call.made("/contacts", {"contact_name": "Sharma"}, headers=headers)

    (newest, *_) = await trail(call)

    assert newest.pop("event_id").startswith("evt_")
    assert newest.pop("occurred_at") == contact["created_time"]
    assert newest == {
        "action": "CONTACT_CREATED",
        "entity_type": "CONTACT",
        "entity_id": contact["contact_id"],
        "entity_ref": "Sharma",
        "parent_type": None,
        "parent_id": None,
        "actor_user_id": firm.owner_id,
        "changes": {},
        "metadata": {
            "ip": "127.0.0.1",
            "user_agent": "AcmeConnector/2.1",
            "request_id": "req-of-mine",
            "source": "PUBLIC_API",
            "token_kind": "PAT",
        },
    }


async def test_what_the_operator_did_has_no_user_and_no_address(call: Caller) -> None:
    (founding,) = await trail(call, action="ORGANIZATION_CREATED")

    assert founding["actor_user_id"] is None
    assert founding["metadata"]["ip"] is None


async def test_filters(call: Caller, firm: Firm) -> None:
    customer = await a_customer(call)
    draft = await a_draft(call, customer)
    (created,) = await trail(call, entity_id=draft)

    assert [each["entity_id"] for each in await trail(call, entity_type="INVOICE")] == [draft]
    assert [each["entity_id"] for each in await trail(call, action="CONTACT_CREATED")] == [customer]
    assert {each["action"] for each in await trail(call, actor_user_id=firm.owner_id)} >= {"INVOICE_CREATED"}
    assert await trail(call, entity_type="CONTACT", entity_id=draft) == []
    assert await trail(call, occurred_after=created["occurred_at"]) == []
    assert draft in {each["entity_id"] for each in await trail(call, occurred_after="2020-01-01T00:00:00+05:30")}


async def test_days_begin_at_midnight_in_india(call: Caller, firm: Firm) -> None:
    """23:30 on the tenth in London's winter is five in the morning of the eleventh in Pune."""
    await a_customer(call)
    (newest, *_) = await trail(call)
    (stored,) = rows(firm.url, "select occurred_at from activity where id = %s", newest["event_id"])
    today = (stored["occurred_at"] + timedelta(hours=5, minutes=30)).date()
    before, after = today - timedelta(days=1), today + timedelta(days=1)

    assert newest in await trail(call, date_from=today.isoformat(), date_to=today.isoformat())
    assert newest not in await trail(call, date_to=before.isoformat())
    assert newest not in await trail(call, date_from=after.isoformat())


async def test_a_walk_through_the_pages_meets_everything_once(call: Caller) -> None:
    for number in range(7):
        await a_customer(call, f"Customer {number}")
    whole = [each["event_id"] for each in await trail(call, per_page=200)]

    walked: list[str] = []
    cursor: str | None = None
    while True:
        params = {"per_page": 3} | ({"cursor": cursor} if cursor else {})
        page = (await call("GET", "/activity", params=params)).json()
        walked += [each["event_id"] for each in page["activity"]]
        await a_customer(call, "In between")  # what comes in meanwhile is newer, and moves nothing
        cursor = page["page_context"]["next_cursor"]
        if cursor is None:
            break

    assert walked == whole
    assert len(set(walked)) == len(walked)


async def test_the_history_outlives_the_thing(call: Caller) -> None:
    draft = await a_draft(call, await a_customer(call))
    await call("DELETE", f"/invoices/{draft}")

    assert [each["action"] for each in await trail(call, f"/activity/{draft}")] == [
        "INVOICE_DELETED",
        "INVOICE_CREATED",
    ]


async def test_the_history_of_a_thing_has_its_comments_and_files(call: Caller, firm: Firm) -> None:
    """What is said of a draft and filed with it, changed and taken away again, and nothing of another one."""
    customer = await a_customer(call)
    draft, other = await a_draft(call, customer), await a_draft(call, customer)
    about = {"entity_type": "INVOICE", "entity_id": draft}
    comment = await call.made("/comments", {**about, "body": "Wants it by Friday"})
    await call.made("/comments", {"entity_type": "INVOICE", "entity_id": other, "body": "Later"})
    attachment = await call.made("/attachments", Form({**about, "file": "Delivered 12 chairs."}))
    await call("PUT", f"/comments/{comment['comment_id']}", {"body": "Wants it today"})
    await call("DELETE", f"/attachments/{attachment['attachment_id']}")
    await call("DELETE", f"/comments/{comment['comment_id']}")

    told = await trail(call, f"/activity/{draft}")

    assert [(each["action"], each["entity_id"] == draft) for each in told] == [
        ("COMMENT_DELETED", False),
        ("ATTACHMENT_DELETED", False),
        ("COMMENT_UPDATED", False),
        ("ATTACHMENT_ADDED", False),
        ("COMMENT_ADDED", False),
        ("INVOICE_CREATED", True),
    ]
    assert {(each["parent_type"], each["parent_id"]) for each in told[:-1]} == {("INVOICE", draft)}
    assert told[-2]["entity_id"] == comment["comment_id"]
    assert await trail(call, entity_type="INVOICE", entity_id=draft) == told
    assert [each["action"] for each in await trail(call, entity_type="COMMENT", entity_id=draft)] == [
        "COMMENT_DELETED",
        "COMMENT_UPDATED",
        "COMMENT_ADDED",
    ]


async def test_a_thing_that_nobody_knows_has_no_history(call: Caller) -> None:
    reply = await call("GET", "/activity/inv_unknown")

    assert (reply.status_code, reply.json()["code"]) == (404, "not_found.resource")


async def test_the_trail_has_a_scope_of_its_own(call: Caller, firm: Firm) -> None:
    reader = call.with_token(await mint(firm.url, firm.owner_id, firm.organization_id, held=["AIBooks.activity.READ"]))
    other = call.with_token(await mint(firm.url, firm.owner_id, firm.organization_id, held=["AIBooks.contacts.ALL"]))

    assert (await reader("GET", "/activity")).status_code == 200
    assert (await other("GET", "/activity")).json()["code"] == "auth.insufficient_scope"


def test_no_operation_changes_the_trail() -> None:
    assert {each.method for each in OPERATIONS if each.collection == "/activity"} == {"GET"}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
async def test_the_api_has_no_method_that_changes_the_trail(call: Caller, method: str) -> None:
    (newest, *_) = await trail(call)
    for path in ("/activity", f"/activity/{newest['entity_id']}"):
        assert (await call(method, path, {"action": "NOTHING"})).status_code == 405


@pytest.mark.parametrize(
    "change",
    [
        "update activity set actor_user_id = null",
        "delete from activity",
        "truncate activity",
        "alter table activity disable trigger all",
        "alter table activity disable row level security",
        "drop table activity",
    ],
)
async def test_the_servers_role_cannot_change_the_trail(call: Caller, firm: Firm, change: str) -> None:
    before = await trail(call)
    options = f"-c role=finzbooks_app -c app.organization_id={firm.organization_id}"
    with psycopg.connect(firm.url, autocommit=True, options=options) as role, pytest.raises(pg.InsufficientPrivilege):
        role.execute(change)

    assert await trail(call) == before


@pytest.mark.parametrize("change", ["update activity set actor_user_id = null", "delete from activity"])
def test_not_even_the_owner_changes_a_row(firm: Firm, change: str) -> None:
    """A trigger refuses; the owner would have to drop it first, which shows."""
    with psycopg.connect(firm.url, autocommit=True) as connection, pytest.raises(pg.RestrictViolation):
        connection.execute(f"{change} where organization_id = '{firm.organization_id}'")
