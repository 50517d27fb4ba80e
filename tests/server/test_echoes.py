"""What was shown may be sent back: it changes nothing, and what nobody can change is refused if it differs."""

from typing import Any

import pytest

from tests.running import Caller, Firm, shown
from tests.server.conftest import Standing
from tests.server.trade import a_customer, an_invoice, count_of
from tests.walking import ON_ONE, OPERATIONS, Operation, populate

NOT_AS_SHOWN = {
    "update_branch_logo": "a picture is shown as its bytes and sent in a form",
    "update_branch_signature": "a picture, too",
    "update_organization_logo": "a picture, too",
    "update_organization_signature": "a picture, too",
    "update_einvoice_credentials": "all registrations are listed there, and the password is never shown",
}
"""What cannot be sent back as it was shown, and why."""

READ = {each.path for each in OPERATIONS if each.method == "GET"}
ECHOING = [each for each in OPERATIONS if each.method == "PUT" and each.path in READ]
SENT_BACK = [each for each in ECHOING if each.id not in NOT_AS_SHOWN]


def path_of(operation: Operation, ids: dict[str, str]) -> str:
    return operation.path.replace(f"{{{operation.parameter}}}", ids.get(operation.parameter or "", ""))


@pytest.mark.parametrize("operation", SENT_BACK, ids=[each.id for each in SENT_BACK])
async def test_sending_back_what_was_shown_changes_nothing(standing: Standing, operation: Operation) -> None:
    call, path = standing.call, path_of(operation, standing.ids)
    before, happened = await call("GET", path), count_of(standing.firm, "activity")

    reply = await call("PUT", path, shown(before))

    assert reply.status_code == 200, reply.text
    assert (await call("GET", path)).content == before.content
    assert count_of(standing.firm, "activity") == happened


def test_each_exception_is_one() -> None:
    assert NOT_AS_SHOWN.keys() <= {each.id for each in ECHOING}


VERSIONED = [each for each in SENT_BACK if each in ON_ONE]


@pytest.mark.parametrize("operation", VERSIONED, ids=[each.id for each in VERSIONED])
async def test_what_nobody_can_change_is_refused_by_name(standing: Standing, operation: Operation) -> None:
    call, path = standing.call, path_of(operation, standing.ids)
    body = shown(await call("GET", path))

    for name, value in (("version", body["version"] + 1), ("created_time", "2020-01-01T00:00:00.000001Z")):
        reply = await call("PUT", path, {**body, name: value})
        assert (reply.status_code, reply.json()["code"]) == (400, "validation.invalid_value"), reply.text
        assert reply.json()["field"] == name


async def test_a_change_among_what_is_sent_back_is_made(call: Caller, firm: Firm) -> None:
    """A client reads a draft, changes a quantity, and sends all of it."""
    draft = await call.made("/invoices", an_invoice(await a_customer(call)))
    path = f"/invoices/{draft['invoice_id']}"
    body: dict[str, Any] = shown(await call("GET", path))
    body["line_items"][0]["quantity"] *= 2

    changed = shown(await call("PUT", path, body))

    assert changed["line_items"][0]["line_item_id"] == body["line_items"][0]["line_item_id"]
    assert (changed["version"], changed["taxable_total"]) == (2, 2 * draft["taxable_total"])


async def test_of_a_line_what_is_reckoned_cannot_be_set(call: Caller, firm: Firm) -> None:
    draft = await call.made("/invoices", an_invoice(await a_customer(call)))
    path = f"/invoices/{draft['invoice_id']}"
    body: dict[str, Any] = shown(await call("GET", path))
    body["line_items"][0]["taxable_amount"] += 1

    reply = await call("PUT", path, body)

    assert (reply.status_code, reply.json()["field"]) == (400, "line_items[0].taxable_amount")


async def test_of_a_posted_invoice_the_notes_can_be_changed_among_all_else(call: Caller, firm: Firm) -> None:
    """Members that are frozen by then are no change while they are the same."""
    ids = await populate(call, firm)
    path = f"/invoices/{ids['open_invoice_id']}"
    body: dict[str, Any] = shown(await call("GET", path))

    kept = await call("PUT", path, {**body, "notes": "Deliver on Monday."})
    frozen = await call("PUT", path, {**shown(kept), "currency_code": "USD"})

    assert (kept.status_code, shown(kept)["notes"]) == (200, "Deliver on Monday.")
    assert (frozen.status_code, frozen.json()["code"]) == (409, "conflict.invalid_state")


async def test_members_that_nobody_knows_stay_refused(call: Caller) -> None:
    path = f"/contacts/{await a_customer(call)}"
    body = shown(await call("GET", path))

    reply = await call("PUT", path, {**body, "moustache": True})

    assert (reply.status_code, reply.json()["field"]) == (422, "moustache")
