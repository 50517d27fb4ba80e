"""An explicit null clears, in children too; where a value follows from others it is worked out anew instead."""

from collections.abc import Iterator
from typing import Any

import pytest

from openapi.bundle import resolve
from tests.running import Caller, Firm
from tests.server.conftest import Standing
from tests.server.trade import a_customer
from tests.walking import OPERATIONS, SPEC, Operation, populate

Json = dict[str, Any]

FOLLOW = {
    "pan": "it is part of the GSTIN",
    "place_of_contact": "the GSTIN begins with its state",
    "account_id": "a line is posted to some account: the default one",
    "display_name": "it is the contact's name where nobody says another",
    "legal_name": "it is the contact's name where nobody says another",
    "itc_eligibility": "the law decides it where nobody says",
    "opening_balance": "without one it is nought",
    "round_off": "it is reckoned where nobody says it",
}
"""Members that are null only where nothing decides them."""

FOLLOW_THE_ORIGINAL = {"update_credit_note": {"tax_id"}, "update_debit_note": {"tax_id"}}
"""What a line of a note that takes back a line of its original has from there (section 34(1))."""

CHILDREN = {"line_items": "line_item_id", "contact_persons": "contact_person_id"}
CHANGING = [
    each
    for each in OPERATIONS
    if each.method == "PUT" and "application/json" in each.document["requestBody"]["content"] and each.parameter
]


def plain(schema: Json) -> Json:
    schema = resolve(SPEC, schema)
    return plain(schema["allOf"][0]) if "allOf" in schema else schema


def body_of(operation: Operation) -> Json:
    return plain(operation.document["requestBody"]["content"]["application/json"]["schema"])


def nullable(schema: Json) -> Iterator[str]:
    for name, member in schema.get("properties", {}).items():
        if member.get("nullable") or resolve(SPEC, member).get("nullable"):
            yield name


def resource(answer: Json) -> Json:
    found: Json = next(value for value in answer.values() if isinstance(value, dict))
    return found


@pytest.mark.parametrize("operation", CHANGING, ids=[each.id for each in CHANGING])
async def test_a_null_that_is_taken_is_what_is_read(call: Caller, firm: Firm, operation: Operation) -> None:
    """It may be refused, where the law or a posted document forbids it; it is never passed over."""
    ids = await populate(call, firm)
    path = operation.path.replace(f"{{{operation.parameter}}}", ids[operation.parameter or ""])
    schema = body_of(operation)
    follow = FOLLOW.keys() | FOLLOW_THE_ORIGINAL.get(operation.id, set())
    for name in nullable(schema):
        reply = await call("PUT", path, {name: None})
        if reply.status_code == 200:
            assert resource(reply.json())[name] is None or name in follow, name
    for child, key in CHILDREN.items():
        if child in schema["properties"]:
            stored = resource((await call("GET", path)).json())[child]
            for name in nullable(plain(schema["properties"][child]["items"])):
                reply = await call("PUT", path, {child: [{key: stored[0][key], name: None}]})
                if reply.status_code == 200:
                    assert resource(reply.json())[child][0][name] is None or name in follow, f"{child}.{name}"


async def test_an_items_text_stays_away_once_it_is_cleared(standing: Standing) -> None:
    call = standing.call
    item = await call.made(
        "/items", {"item_name": "Atlas", "rate": 500, "hsn_or_sac": "4901", "unit": "nos", "description": "Of India"}
    )
    said = {"item_id": item["item_id"], "tax_category": "EXEMPT"}
    customer = await a_customer(call)
    filled = await call.made("/invoices", {"customer_id": customer, "line_items": [said]})
    cleared = await call.made(
        "/invoices", {"customer_id": customer, "line_items": [{**said, "description": None, "unit": None}]}
    )
    path = f"/invoices/{cleared['invoice_id']}"
    renamed = [{"line_item_id": cleared["line_items"][0]["line_item_id"], "name": "School atlas"}]

    assert [filled["line_items"][0][name] for name in ("description", "unit")] == ["Of India", "nos"]
    assert [cleared["line_items"][0][name] for name in ("description", "unit")] == [None, None]
    [line] = resource((await call("PUT", path, {"line_items": renamed})).json())["line_items"]
    assert (line["name"], line["description"], line["unit"]) == ("School atlas", None, None)


async def test_a_line_lets_go_of_its_item_and_keeps_the_rest(standing: Standing) -> None:
    call = standing.call
    line = {"item_id": standing.ids["item_id"], "quantity": 2, "rate": 70, "tax_category": "EXEMPT"}
    draft = await call.made("/invoices", {"customer_id": await a_customer(call), "line_items": [line]})
    [drafted] = draft["line_items"]

    freed = [{"line_item_id": drafted["line_item_id"], "item_id": None}]
    reply = await call("PUT", f"/invoices/{draft['invoice_id']}", {"line_items": freed})

    assert resource(reply.json())["line_items"] == [{**drafted, "item_id": None}]
