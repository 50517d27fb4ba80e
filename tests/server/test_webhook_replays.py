"""What is sent to endpoints at somebody's wish: tests, once more, and a range of the feed again, in order by thing."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from contract_tests.webhook_bodies import assert_told_rightly
from tests.running import Caller, Firm, rows, shown
from tests.server.following import follow
from tests.server.test_webhook_endpoints import PATH, an_endpoint
from tests.server.trade import a_customer, an_invoice
from tests.workers_rows import an_attempt

DELIVERIES = "/webhooks/deliveries"
_WAITING = """
select event_type, lane, next_at is not null as is_first
  from webhook_deliveries
 where organization_id = %s and status = 'PENDING'
 order by position
"""


async def listed(call: Caller, **query: Any) -> list[dict[str, Any]]:
    """What a list of deliveries shows."""
    reply = await call("GET", DELIVERIES, params=query)
    assert reply.status_code == 200, reply.text
    found: list[dict[str, Any]] = reply.json()["deliveries"]
    return found


async def a_test_of(call: Caller, key: str) -> dict[str, Any]:
    """The delivery of a test."""
    return shown(await call("POST", f"{PATH}/{key}/test"))


async def switched_off(call: Caller, key: str) -> None:
    """Switch an endpoint off."""
    assert (await call("PUT", f"{PATH}/{key}", {"is_active": False})).status_code == 200


async def replayed(call: Caller, key: str, **wanted: Any) -> dict[str, Any]:
    """What a replay answers."""
    reply = await call("POST", f"{PATH}/{key}/replay", wanted)
    assert reply.status_code == 200, reply.text
    return shown(reply)


async def some_history(call: Caller) -> tuple[str, str, str]:
    """Two contacts, and an invoice that is approved."""
    one, other = await a_customer(call, "Asha"), await a_customer(call, "Birla")
    invoice = await call.made("/invoices", an_invoice(one, auto_approve=True))
    return one, other, invoice["invoice_id"]


async def test_a_test_goes_to_one_endpoint_and_is_no_event(call: Caller, firm: Firm) -> None:
    """Whatever it subscribes to; the feed tells that it was asked for, not the test."""
    key = (await an_endpoint(call))["endpoint_id"]
    await an_endpoint(call, events=["*"])

    delivery = await a_test_of(call, key)

    assert {name: delivery[name] for name in ("endpoint_id", "event_type", "entity_id", "status", "sequence")} == {
        "endpoint_id": key,
        "event_type": "ENDPOINT_TEST",
        "entity_id": key,
        "status": "PENDING",
        "sequence": None,
    }
    assert delivery["next_attempt_at"] is not None
    assert delivery["attempts"] == []
    assert [each["delivery_id"] for each in await listed(call)] == [delivery["delivery_id"]]
    events, _ = await follow(call)
    assert [each["event_type"] for each in events][-1] == "WEBHOOK_ENDPOINT_TESTED"
    assert "ENDPOINT_TEST" not in [each["event_type"] for each in events]
    (row,) = rows(firm.url, "select summary from webhook_deliveries where organization_id = %s", firm.organization_id)
    assert_told_rightly("ENDPOINT_TEST", row["summary"], delivery["occurred_at"])


@pytest.mark.parametrize("what", ["test", "replay"])
async def test_nothing_is_sent_to_an_endpoint_that_is_off(call: Caller, what: str) -> None:
    key = (await an_endpoint(call))["endpoint_id"]
    await switched_off(call, key)

    reply = await call("POST", f"{PATH}/{key}/{what}", {"from_sequence": 1} if what == "replay" else None)

    assert (reply.status_code, reply.json()["code"]) == (409, "conflict.invalid_state"), reply.text
    assert await listed(call) == []


async def test_what_has_ended_is_sent_once_more_under_its_id(call: Caller, firm: Firm) -> None:
    key = (await an_endpoint(call))["endpoint_id"]
    sent = (await a_test_of(call, key))["delivery_id"]
    path = f"{DELIVERIES}/{sent}/redeliver"
    waiting = await call("POST", path)
    assert (waiting.status_code, waiting.json()["code"]) == (409, "conflict.invalid_state"), waiting.text
    an_attempt(firm, sent)
    delivered = shown(await call("GET", f"{DELIVERIES}/{sent}"))
    assert (delivered["status"], delivered["attempt_count"]) == ("DELIVERED", 1)
    assert [(each["number"], each["response_status"]) for each in delivered["attempts"]] == [(1, 200)]

    again = shown(await call("POST", path))

    assert (again["delivery_id"], again["status"], again["ended_at"]) == (sent, "PENDING", None)
    assert again["next_attempt_at"] is not None
    assert (again["attempt_count"], len(again["attempts"])) == (1, 1), "what was tried stays"
    an_attempt_later = rows(firm.url, "select failure_count from webhook_deliveries where id = %s", sent)
    assert an_attempt_later == [{"failure_count": 0}]
    await call("DELETE", f"{PATH}/{key}")
    gone = await call("POST", path)
    assert (gone.status_code, gone.json()["code"]) == (409, "conflict.invalid_state")


async def test_what_is_sent_once_more_waits_behind_what_is_on_its_way(call: Caller, firm: Firm) -> None:
    """Of one thing only the first that waits is due."""
    customer = await a_customer(call)
    key = (await an_endpoint(call, events=["*"]))["endpoint_id"]
    await replayed(call, key, from_sequence=1)
    (first,) = await listed(call, entity_id=customer)
    an_attempt(firm, first["delivery_id"])
    await replayed(call, key, from_sequence=1)

    again = shown(await call("POST", f"{DELIVERIES}/{first['delivery_id']}/redeliver"))

    assert (again["status"], again["next_attempt_at"]) == ("PENDING", None)
    waiting = [each for each in rows(firm.url, _WAITING, firm.organization_id) if each["lane"] == customer]
    assert sorted(each["is_first"] for each in waiting) == [False, True]


async def test_a_range_of_places_is_told_again_in_order(call: Caller, firm: Firm) -> None:
    one, other, invoice = await some_history(call)
    events, _ = await follow(call)
    key = (await an_endpoint(call, events=["*"]))["endpoint_id"]

    replay = await replayed(call, key, from_sequence=1, to_sequence=len(events))

    assert replay == {
        "endpoint_id": key,
        "from_sequence": 1,
        "to_sequence": len(events),
        "count": len(events),
        "has_more": False,
    }
    deliveries = (await listed(call, per_page=200))[::-1]
    assert [each["sequence"] for each in deliveries] == list(range(1, len(events) + 1))
    assert [each["event_id"] for each in deliveries] == [each["event_id"] for each in events]
    assert all(each["is_replay"] for each in deliveries)
    waiting = rows(firm.url, _WAITING, firm.organization_id)
    lanes = [each["lane"] for each in waiting]
    assert {one, other, invoice} <= set(lanes)
    for place, each in enumerate(waiting):
        assert each["is_first"] == (each["lane"] not in lanes[:place]), "of each thing the first one leads"


async def test_only_what_it_subscribes_to_is_told_again(call: Caller, firm: Firm) -> None:
    await some_history(call)
    key = (await an_endpoint(call, events=["CONTACT_CREATED"], payload="ID_ONLY"))["endpoint_id"]

    replay = await replayed(call, key, from_sequence=1)

    assert replay["count"] == 2
    kept = rows(firm.url, "select event_type, entity_id, summary from webhook_deliveries where organization_id = %s",
                firm.organization_id)  # fmt: skip
    assert {each["event_type"] for each in kept} == {"CONTACT_CREATED"}
    assert all(each["summary"] == {"id": each["entity_id"]} for each in kept)


async def test_what_is_told_for_the_first_time_is_not_told_again(call: Caller) -> None:
    """What has happened since the endpoint was made is on its way by itself."""
    key = (await an_endpoint(call, events=["CONTACT_CREATED"]))["endpoint_id"]
    await a_customer(call)
    _, place = await follow(call)

    replay = await replayed(call, key, from_sequence=int(place))

    assert replay == {"endpoint_id": key, "from_sequence": None, "to_sequence": None, "count": 0, "has_more": False}


async def test_a_range_of_times_is_told_again(call: Caller) -> None:
    await some_history(call)
    events, _ = await follow(call)
    key = (await an_endpoint(call, events=["*"]))["endpoint_id"]
    contacts = [each for each in events if each["event_type"] == "CONTACT_CREATED"]

    replay = await replayed(
        call, key, from_time=contacts[0]["occurred_at"], to_time=contacts[1]["occurred_at"]
    )  # both ends included

    assert (replay["from_sequence"], replay["to_sequence"]) == (contacts[0]["sequence"], contacts[1]["sequence"])
    later = datetime.fromisoformat(events[-1]["occurred_at"]) + timedelta(hours=1)
    assert (await replayed(call, key, from_time=later.isoformat()))["count"] == 0


@pytest.mark.parametrize(
    ("wanted", "code", "field"),
    [
        ({}, "validation.required_field", "from_sequence"),
        ({"to_sequence": 5}, "validation.required_field", "from_sequence"),
        ({"from_sequence": 5, "to_sequence": 4}, "validation.invalid_value", "to_sequence"),
        ({"from_sequence": 1, "from_time": "2026-10-31T06:30:00Z"}, "validation.invalid_value", "from_time"),
        ({"from_time": "2026-10-31T06:30:00Z", "to_sequence": 4}, "validation.invalid_value", "to_sequence"),
        (
            {"from_time": "2026-10-31T06:30:00Z", "to_time": "2026-10-31T06:29:59Z"},
            "validation.invalid_value",
            "to_time",
        ),
        ({"from_sequence": 1_000_000}, "validation.invalid_value", "from_sequence"),
    ],
    ids=str,
)
async def test_what_is_no_range_is_refused(call: Caller, wanted: dict[str, Any], code: str, field: str) -> None:
    key = (await an_endpoint(call))["endpoint_id"]

    reply = await call("POST", f"{PATH}/{key}/replay", wanted)

    assert (reply.status_code, reply.json()["code"], reply.json()["field"]) == (400, code, field), reply.text


async def test_what_is_kept_no_more_cannot_be_told_again(call: Caller, firm: Firm) -> None:
    """As the feed says it: 410, and which place is the first that there is."""
    await some_history(call)
    events, _ = await follow(call)
    key = (await an_endpoint(call, events=["*"]))["endpoint_id"]
    rows(firm.url, "delete from event_sequence where organization_id = %s and sequence <= 3 returning 1",
         firm.organization_id)  # fmt: skip

    for wanted in ({"from_sequence": 3}, {"from_time": events[0]["occurred_at"]}):
        reply = await call("POST", f"{PATH}/{key}/replay", wanted)
        assert (reply.status_code, reply.json()["code"]) == (410, "events.expired"), reply.text
        assert reply.json()["details"] == {"oldest_sequence": 4}
    assert (await replayed(call, key, from_sequence=4))["from_sequence"] == 4


async def test_one_replay_has_ten_thousand_events_at_most(call: Caller, firm: Firm) -> None:
    rows(firm.url, """
insert into events (organization_id, id, event_type, entity_type, entity_id, summary, occurred_at)
select %s, 'evt_' || lpad(n::text, 6, '0'), 'CONTACT_UPDATED', 'CONTACT', 'ct_' || n %% 7, '{"id": "ct_1"}', now()
  from generate_series(1, 10500) as n
returning 1
""", firm.organization_id)  # fmt: skip
    key = (await an_endpoint(call, events=["CONTACT_UPDATED"]))["endpoint_id"]

    first = await replayed(call, key, from_sequence=1)
    rest = await replayed(call, key, from_sequence=first["to_sequence"] + 1)

    assert (first["count"], first["has_more"]) == (10000, True)
    assert (rest["count"], rest["has_more"]) == (500, False)
    assert rest["from_sequence"] == first["to_sequence"] + 1


async def test_deliveries_are_listed_by_what_they_are(call: Caller, firm: Firm) -> None:
    one, _, invoice = await some_history(call)
    first, second = [(await an_endpoint(call, events=["*"]))["endpoint_id"] for _ in range(2)]
    await replayed(call, first, from_sequence=1)
    test = (await a_test_of(call, second))["delivery_id"]
    an_attempt(firm, test)

    assert [each["delivery_id"] for each in await listed(call, endpoint_id=second)] == [test]
    assert [each["delivery_id"] for each in await listed(call, status="DELIVERED")] == [test]
    assert {each["entity_id"] for each in await listed(call, entity_id=one)} == {one}
    approved = await listed(call, event_type="INVOICE_APPROVED")
    assert [each["entity_id"] for each in approved] == [invoice]
    assert await listed(call, date_to="2020-01-01") == []
    assert test in [each["delivery_id"] for each in await listed(call, date_from="2020-01-01")]
    pages = (await call("GET", DELIVERIES, params={"per_page": 1})).json()
    follower = await listed(call, per_page=1, cursor=pages["page_context"]["next_cursor"])
    assert follower[0]["delivery_id"] != pages["deliveries"][0]["delivery_id"]
