"""Comments: on things that are there, by their author alone."""

from typing import Any

import pytest

from contract_tests.spec import SCHEMAS
from domain import happenings
from domain.access import members
from domain.entities import ENTITIES
from domain.organization import open_organization
from tests.running import Caller, Firm, found, mint, operators_books, rows
from tests.server.trade import a_customer, a_draft, count_of
from tests.walking import populate


def a_comment(entity_id: str, **fields: Any) -> dict[str, Any]:
    return {"entity_type": "CONTACT", "entity_id": entity_id, "body": "Pays on Fridays", **fields}


async def a_colleague(call: Caller, firm: Firm) -> Caller:
    """Somebody else of the same firm."""
    async with operators_books(firm.url) as books:
        user = await members.create_user(books, name="Ravi Patil", email=f"{firm.organization_id}@example.in")
        opened = await open_organization(books, firm.organization_id)
        await members.grant(opened, user.id, "ACCOUNTANT")
        await happenings.record(opened)
    return call.with_token(await mint(firm.url, user.id, firm.organization_id))


async def test_a_comment_says_who_said_what_about_what(call: Caller, firm: Firm) -> None:
    customer = await a_customer(call)

    comment = await call.made("/comments", a_comment(customer))

    assert comment["comment_id"].startswith("cmt_")
    assert comment["entity_ref"] == "Deccan Retail"
    assert (comment["author_user_id"], comment["author_name"]) == (firm.owner_id, "Meera Kulkarni")
    assert comment == (await call("GET", f"/comments/{comment['comment_id']}")).json()["comment"]


async def test_integrators_are_told_what_was_commented_on(call: Caller, firm: Firm) -> None:
    customer = await a_customer(call)
    comment = await call.made("/comments", a_comment(customer))

    (event,) = rows(
        firm.url,
        "select * from events where organization_id = %s and event_type = 'COMMENT_CREATED'",
        firm.organization_id,
    )

    assert event["entity_id"] == comment["comment_id"]
    assert (event["summary"]["entity_type"], event["summary"]["entity_id"]) == ("CONTACT", customer)


async def test_everything_of_the_contract_can_be_commented_on(call: Caller, firm: Firm) -> None:
    """Each word of the contract has its row, and the other way round; what the firm has is found."""
    assert set(SCHEMAS["EntityType"]["enum"]) == set(ENTITIES)
    ids = await populate(call, firm)

    for entity_type in sorted(ENTITIES):
        entity_id = ids.get(f"{entity_type.lower()}_id")
        if entity_id is not None:
            await call.made("/comments", a_comment(entity_id, entity_type=entity_type))


@pytest.mark.parametrize("entity_type", sorted(ENTITIES))
async def test_a_thing_of_another_kind_is_not_there(call: Caller, entity_type: str) -> None:
    """The id of a customer is no invoice's, nor that of any other kind."""
    draft = await a_draft(call, await a_customer(call))
    entity_id = draft if entity_type != "INVOICE" else await a_customer(call, "Another")

    reply = await call("POST", "/comments", a_comment(entity_id, entity_type=entity_type))

    assert (reply.status_code, reply.json()["code"]) == (404, "not_found.resource")
    assert reply.json()["field"] == "entity_id"


async def test_a_comment_on_what_is_deleted_is_refused_and_old_ones_stay(call: Caller) -> None:
    draft = await a_draft(call, await a_customer(call))
    comment = await call.made("/comments", a_comment(draft, entity_type="INVOICE"))
    await call("DELETE", f"/invoices/{draft}")

    assert (await call("POST", "/comments", a_comment(draft, entity_type="INVOICE"))).status_code == 404
    listed = (await call("GET", "/comments", params={"entity_id": draft})).json()["comments"]
    assert listed == [comment]
    assert (await call("PUT", f"/comments/{comment['comment_id']}", {"body": "Void"})).status_code == 200


async def test_comments_are_listed_newest_first_by_thing(call: Caller) -> None:
    one, other = await a_customer(call), await a_customer(call, "Sharma")
    made = [await call.made("/comments", a_comment(each)) for each in (one, other, one)]

    of_one = (await call("GET", "/comments", params={"entity_type": "CONTACT", "entity_id": one})).json()["comments"]

    assert of_one == [made[2], made[0]]
    assert (await call("GET", "/comments", params={"entity_type": "INVOICE"})).json()["comments"] == []


async def test_a_receipt_is_a_payment_that_comes_in(call: Caller) -> None:
    """Under either name it is commented on, found and told; money that goes out is no receipt."""
    customer = await a_customer(call)
    vendor = (await call.made("/contacts", {"contact_name": "Konkan Papers", "contact_type": "VENDOR"}))["contact_id"]
    receipt, paid = [
        (await call.made("/payments", {"flow": flow, "contact_id": contact, "amount": 5}))["payment_id"]
        for flow, contact in (("INCOMING", customer), ("OUTGOING", vendor))
    ]
    made = [
        await call.made("/comments", a_comment(key, entity_type=name))
        for key, name in ((receipt, "RECEIPT"), (receipt, "PAYMENT"), (paid, "PAYMENT"))
    ]
    refused = await call("POST", "/comments", a_comment(paid, entity_type="RECEIPT"))

    by_name = {
        name: (await call("GET", "/comments", params={"entity_type": name})).json()["comments"]
        for name in ("RECEIPT", "PAYMENT")
    }

    assert [each["entity_type"] for each in made] == ["RECEIPT", "PAYMENT", "PAYMENT"]
    assert by_name == {"RECEIPT": [made[1], made[0]], "PAYMENT": [made[2], made[1], made[0]]}
    assert (refused.status_code, refused.json()["field"]) == (404, "entity_id")
    told = (await call("GET", "/activity", params={"entity_type": "PAYMENT", "entity_id": receipt})).json()["activity"]
    assert [each["action"] for each in told] == ["COMMENT_ADDED", "COMMENT_ADDED", "PAYMENT_RECEIVED"]


async def test_only_the_author_changes_or_deletes(call: Caller, firm: Firm) -> None:
    comment = await call.made("/comments", a_comment(await a_customer(call)))
    path, colleague = f"/comments/{comment['comment_id']}", await a_colleague(call, firm)
    before = count_of(firm, "activity")

    for reply in (await colleague("PUT", path, {"body": "No"}), await colleague("DELETE", path)):
        assert (reply.status_code, reply.json()["code"]) == (422, "validation.failed")
        assert "only its author" in reply.json()["message"]
    assert (await colleague("GET", path)).json()["comment"] == comment
    assert count_of(firm, "activity") == before

    changed = await call("PUT", path, {"body": "Has paid"})
    assert (changed.json()["comment"]["body"], changed.json()["comment"]["version"]) == ("Has paid", 2)
    assert (await call("DELETE", path)).json()["message"] == "Comment deleted."
    assert (await call("GET", path)).status_code == 404


async def test_the_trail_keeps_what_a_comment_said_before(call: Caller) -> None:
    comment = await call.made("/comments", a_comment(await a_customer(call)))
    await call("PUT", f"/comments/{comment['comment_id']}", {"body": "Has paid"})

    newest = (await call("GET", f"/activity/{comment['comment_id']}")).json()["activity"][0]

    assert newest["changes"] == {"body": {"old": "Pays on Fridays", "new": "Has paid"}}


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"body": ""}, "validation.invalid_value", "body"),
        ({"body": "x" * 5001}, "validation.invalid_value", "body"),
        ({"body": "a\u0000b"}, "validation.failed", None),
        ({"entity_type": "COMMENT"}, "validation.invalid_value", "entity_type"),
        ({"author_user_id": "usr_x"}, "validation.failed", "author_user_id"),
        ({"entity_id": ""}, "validation.invalid_value", "entity_id"),
    ],
)
async def test_what_is_no_comment_is_refused(call: Caller, fields: Any, code: str, field: str | None) -> None:
    reply = await call("POST", "/comments", a_comment(await a_customer(call)) | fields)

    assert (reply.json()["code"], reply.json().get("field")) == (code, field)


async def test_each_scope_opens_its_own_operation(call: Caller, firm: Firm) -> None:
    comment = await call.made("/comments", a_comment(await a_customer(call)))
    path = f"/comments/{comment['comment_id']}"
    calls = {
        "READ": ("GET", path, None),
        "CREATE": ("POST", "/comments", a_comment(comment["entity_id"])),
        "UPDATE": ("PUT", path, {"description": "Now"}),
        "DELETE": ("DELETE", path, None),
    }
    for held in calls:
        token = await mint(firm.url, firm.owner_id, firm.organization_id, held=[f"AIBooks.comments.{held}"])
        for needed, (method, where, body) in calls.items():
            reply = await call.with_token(token)(method, where, body)
            assert (reply.status_code == 403) == (needed != held), (held, needed)


async def test_comments_of_another_firm_are_not_there(call: Caller, firm: Firm) -> None:
    comment = await call.made("/comments", a_comment(await a_customer(call)))
    stranger = call.with_token((await found(firm.url, name="Nilgiri")).token)

    assert (await stranger("GET", f"/comments/{comment['comment_id']}")).status_code == 404
    assert (await stranger("POST", "/comments", a_comment(comment["entity_id"]))).status_code == 404
    assert (await stranger("GET", "/comments")).json()["comments"] == []
