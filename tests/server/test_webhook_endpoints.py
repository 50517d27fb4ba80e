"""Webhook endpoints: what may be one, and secrets that are shown once and lie nowhere in clear."""

import base64
import re
from typing import Any

import pytest

from tests.running import Caller, Firm, rows, shown
from tests.server.trade import a_customer

PATH = "/webhooks/endpoints"
HOOK = {"url": "https://hooks.sharma.example/books", "events": ["INVOICE_APPROVED", "PAYMENT_RECEIVED"]}


async def an_endpoint(call: Caller, **said: Any) -> dict[str, Any]:
    """An endpoint as it was answered, with its secret."""
    return await call.made(PATH, {**HOOK, **said})


def stored(firm: Firm, key: str) -> dict[str, Any]:
    """The row of an endpoint."""
    (row,) = rows(firm.url, "select * from webhook_endpoints where organization_id = %s and id = %s",
                  firm.organization_id, key)  # fmt: skip
    return row


async def test_the_secret_is_shown_when_it_is_made_and_never_again(call: Caller, firm: Firm) -> None:
    made = await an_endpoint(call, description="Posts to our own ERP")

    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", made["secret"])
    assert len(base64.b64decode(made["secret"].removeprefix("whsec_"))) == 32
    key = made.pop("endpoint_id")
    assert key.startswith("wh_")
    assert {
        name: made[name] for name in ("url", "events", "payload", "is_active", "version", "created_by_user_id")
    } == {
        **HOOK,
        "payload": "SUMMARY",
        "is_active": True,
        "version": 1,
        "created_by_user_id": firm.owner_id,
    }
    for path in (f"{PATH}/{key}", PATH):
        assert made["secret"] not in (await call("GET", path)).text
        assert "secret" not in str((await call("GET", path)).json()).replace("previous_secret_until", "")
    assert (await an_endpoint(call))["secret"] != made["secret"]


async def test_no_secret_lies_in_clear_in_the_database(call: Caller, firm: Firm) -> None:
    """Whoever gets hold of a dump gets no secret: not of the endpoint, nor of the answers kept for repeated calls."""
    keyed = {"headers": {"Idempotency-Key": "hook"}}
    made = await call.made(PATH, HOOK, **keyed)
    path = f"{PATH}/{made['endpoint_id']}/rotate_secret"
    rotated = shown(await call("POST", path, headers={"Idempotency-Key": "rotate"}))

    kept = "".join(
        str([bytes(value) if isinstance(value, memoryview | bytes) else value for value in row.values()])
        for table in ("webhook_endpoints", "activity", "events", "idempotency_keys")
        for row in rows(firm.url, f"select * from {table} where organization_id = %s", firm.organization_id)
    )
    for secret in (made["secret"], rotated["secret"]):
        assert secret not in kept
        assert secret.removeprefix("whsec_") not in kept
    assert "WEBHOOK_ENDPOINT_SECRET_ROTATED" in kept
    assert "secret_sealed" not in str(rows(firm.url, "select changes from activity where organization_id = %s",
                                           firm.organization_id))  # fmt: skip


async def test_a_repeated_call_is_answered_with_the_same_secret(call: Caller, firm: Firm) -> None:
    """Whoever lost the answer would else have an endpoint whose signatures he cannot check."""
    first, again = [await call("POST", PATH, HOOK, headers={"Idempotency-Key": "hook"}) for _ in range(2)]

    assert again.headers["Idempotent-Replayed"] == "true"
    assert (again.status_code, again.content) == (201, first.content)
    assert [again.headers[name] for name in ("ETag", "Location")] == [
        first.headers[name] for name in ("ETag", "Location")
    ]
    assert len((await call("GET", PATH)).json()["endpoints"]) == 1

    other = await call("POST", PATH, {**HOOK, "events": ["*"]}, headers={"Idempotency-Key": "hook"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency.key_reused")


async def test_an_answer_sealed_with_a_key_that_is_gone_is_refused(call: Caller, firm: Firm) -> None:
    await call("POST", PATH, HOOK, headers={"Idempotency-Key": "hook"})
    rows(firm.url, "update idempotency_keys set body = encode(gen_random_uuid()::text::bytea, 'base64')::bytea"
                   " where organization_id = %s returning 1", firm.organization_id)  # fmt: skip

    again = await call("POST", PATH, HOOK, headers={"Idempotency-Key": "hook"})

    assert (again.status_code, again.json()["code"]) == (409, "conflict.invalid_state"), again.text


async def test_a_new_secret_leaves_the_one_before_it_good_for_a_day(call: Caller, firm: Firm) -> None:
    made = await an_endpoint(call)
    before = stored(firm, made["endpoint_id"])

    rotated = shown(await call("POST", f"{PATH}/{made['endpoint_id']}/rotate_secret"))

    after = stored(firm, made["endpoint_id"])
    assert rotated["secret"] != made["secret"]
    assert (rotated["version"], after["previous_secret_sealed"]) == (2, before["secret_sealed"])
    assert after["secret_sealed"] != before["secret_sealed"]
    assert (after["previous_secret_until"] - after["modified_at"]).total_seconds() == pytest.approx(24 * 3600, abs=1)
    assert rotated["previous_secret_until"] is not None


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.sharma.example/books",
        "https://127.0.0.1/books",
        "https://localhost/books",
        "https://10.1.2.3/books",
        "https://[::ffff:10.0.0.1]/books",
        "https://169.254.169.254/latest/meta-data",
        "https://intranet/books",
        "https://user:password@hooks.sharma.example/books",
        "https://hooks.sharma.example/books#top",
    ],
)
async def test_what_does_not_lead_out_of_our_network_is_refused(call: Caller, url: str) -> None:
    made = await an_endpoint(call)

    for reply in (
        await call("POST", PATH, {**HOOK, "url": url}),
        await call("PUT", f"{PATH}/{made['endpoint_id']}", {"url": url}),
    ):
        refusal = reply.json()
        assert (reply.status_code, refusal["code"], refusal["field"]) == (400, "validation.invalid_value", "url")


async def test_a_url_is_kept_in_its_usual_form(call: Caller) -> None:
    made = await an_endpoint(call, url="HTTPS://Hooks.Sharma.example:443/Books?x=1")

    assert made["url"] == "https://hooks.sharma.example/Books?x=1"


@pytest.mark.parametrize(
    ("events", "field"),
    [(["INVOICE_APPROVED", "INVOICE_PONDERED"], "events[1]"), ([], "events"), (["*", "*"], "events")],
)
async def test_only_events_that_there_are_can_be_subscribed_to(call: Caller, events: list[str], field: str) -> None:
    refused = await call("POST", PATH, {**HOOK, "events": events})

    assert (refused.status_code, refused.json()["field"]) == (400, field), refused.text
    assert (await an_endpoint(call, events=["*"]))["events"] == ["*"]


async def test_switching_on_again_forgets_the_failures(call: Caller, firm: Firm) -> None:
    key = (await an_endpoint(call))["endpoint_id"]
    off = shown(await call("PUT", f"{PATH}/{key}", {"is_active": False}))
    assert (off["is_active"], off["disabled_reason"]) == (False, "MANUAL")
    assert off["disabled_at"] is not None
    rows(firm.url, "update webhook_endpoints set disabled_reason = 'FAILING', failing_since = now(),"
                   " last_failed_at = now(), paused_until = now() where organization_id = %s returning 1",
         firm.organization_id)  # fmt: skip
    assert shown(await call("GET", f"{PATH}/{key}"))["failing_since"] is not None

    on = shown(await call("PUT", f"{PATH}/{key}", {"is_active": True}))

    assert [on[name] for name in ("is_active", "disabled_reason", "disabled_at", "failing_since")] == [
        True,
        None,
        None,
        None,
    ]
    row = stored(firm, key)
    assert (row["last_failed_at"], row["paused_until"]) == (None, None)


async def test_an_endpoint_is_told_what_happens_from_now_on(call: Caller, firm: Firm) -> None:
    await a_customer(call)
    key = (await an_endpoint(call))["endpoint_id"]

    (last,) = rows(firm.url, "select max(sequence) as place from event_sequence where organization_id = %s",
                   firm.organization_id)  # fmt: skip
    assert stored(firm, key)["reached"] == last["place"] > 0


async def test_there_is_room_for_fifty(call: Caller) -> None:
    for _ in range(50):
        await an_endpoint(call)

    refused = await call("POST", PATH, HOOK)

    assert (refused.status_code, refused.json()["code"]) == (422, "validation.failed")
    first = (await call("GET", PATH)).json()["endpoints"][0]["endpoint_id"]
    assert (await call("DELETE", f"{PATH}/{first}")).status_code == 200
    await an_endpoint(call)


async def test_lists_show_those_that_are_told_or_not(call: Caller) -> None:
    on, off = [(await an_endpoint(call))["endpoint_id"] for _ in range(2)]
    await call("PUT", f"{PATH}/{off}", {"is_active": False})

    for is_active, expected in ((True, [on]), (False, [off]), (None, [off, on])):
        query = {} if is_active is None else {"is_active": str(is_active).lower()}
        listed = (await call("GET", PATH, params=query)).json()["endpoints"]
        assert [each["endpoint_id"] for each in listed] == expected


async def test_what_was_deleted_is_told_nothing_more(call: Caller, firm: Firm) -> None:
    key = (await an_endpoint(call))["endpoint_id"]
    sent = shown(await call("POST", f"{PATH}/{key}/test"))["delivery_id"]

    assert (await call("DELETE", f"{PATH}/{key}")).status_code == 200

    assert (await call("GET", f"{PATH}/{key}")).status_code == 404
    delivery = shown(await call("GET", f"/webhooks/deliveries/{sent}"))
    assert (delivery["status"], delivery["next_attempt_at"]) == ("CANCELLED", None)
    assert delivery["ended_at"] is not None
    again = await call("POST", f"/webhooks/deliveries/{sent}/redeliver")
    assert (again.status_code, again.json()["code"]) == (409, "conflict.invalid_state")


async def test_the_trail_tells_what_changed_and_the_feed_not_where_to(call: Caller, firm: Firm) -> None:
    """A URL may be a secret as well (of a chat's hook it is): who reads the feed, or is told of it, does not see it."""
    key = (await an_endpoint(call))["endpoint_id"]
    await call("PUT", f"{PATH}/{key}", {"url": "https://chat.example/hooks/T0/B0"})

    (changed, made) = (await call("GET", f"/activity/{key}")).json()["activity"]
    assert [made["action"], changed["action"]] == ["WEBHOOK_ENDPOINT_CREATED", "WEBHOOK_ENDPOINT_UPDATED"]
    assert changed["changes"] == {"url": {"old": HOOK["url"], "new": "https://chat.example/hooks/T0/B0"}}
    told = (await call("GET", "/events", params={"entity_id": key})).json()["events"]
    assert len(told) == 2
    assert "https://" not in str(told)
