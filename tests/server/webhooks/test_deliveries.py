"""What is sent to webhooks: in order for each thing, once at least, and tried again by the schedule; real receivers."""

import asyncio
import base64
import hashlib
import hmac
import json
from datetime import timedelta

import pytest

from domain.webhooks.endpoints import purpose_of
from domain.webhooks.outcomes import PAUSES
from tests.running import Firm, open_sandbox, rows
from tests.server.receiving import (
    ANOTHER_SECRET,
    BEGINNING,
    SECRET,
    Answer,
    MovedClock,
    Received,
    a_pump,
    always,
    an_endpoint,
    attempts,
    deliveries,
    happened,
    receiver,
    sealer,
    the_endpoint,
)

JITTER = 1.1


async def test_an_event_is_posted_as_the_contract_prints_it(firm: Firm) -> None:
    async with receiver() as there, a_pump(firm) as pump:
        key = an_endpoint(firm, there.url)
        event = happened(firm, "inv_1", 7, event_type="INVOICE_APPROVED")
        await pump.serve_all()

    (got,) = there.got
    (delivery,) = deliveries(firm, key)
    assert list(got.body) == ["event_type", "delivery_id", "event_id", "occurred_at", "org_id", "data"]
    assert got.body["event_type"] == got.headers["x-aibooks-event"] == "INVOICE_APPROVED"
    assert got.body["delivery_id"] == got.headers["x-aibooks-delivery"] == got.headers["webhook-id"] == delivery["id"]
    assert (got.body["event_id"], got.body["org_id"]) == (event, firm.organization_id)
    assert got.body["occurred_at"] == delivery["occurred_at"].strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert got.body["data"] == {"id": "inv_1", "number": "INV/1", "step": 7, "total": 1180.5}
    assert got.headers["content-type"] == "application/json"
    assert got.headers["user-agent"].startswith("FinzBooks")
    assert delivery["status"] == "DELIVERED"
    assert (delivery["sequence"], delivery["previous_sequence"]) == (the_endpoint(firm, key)["reached"], None)


async def test_both_signatures_are_right(firm: Firm) -> None:
    async with receiver() as there, a_pump(firm) as pump:
        an_endpoint(firm, there.url)
        happened(firm, "inv_1")
        await pump.serve_all()

    (got,) = there.got
    assert got.headers["x-aibooks-signature"] == f"t={got.headers['x-aibooks-timestamp']},v1={signed(got, SECRET)}"
    assert got.headers["webhook-signature"] == f"v1,{standard(got, SECRET)}"


async def test_while_two_secrets_are_good_both_sign(firm: Firm) -> None:
    clock = MovedClock()
    async with receiver() as there, a_pump(firm, clock) as pump:
        key = an_endpoint(firm, there.url)
        rotate = """
        update webhook_endpoints
           set previous_secret_sealed = secret_sealed, previous_secret_until = %s, secret_sealed = %s
         where id = %s
        """
        sealed = sealer().seal(ANOTHER_SECRET, purpose_of(key))
        rows(firm.url, rotate, BEGINNING + timedelta(hours=24), sealed, key)
        happened(firm, "inv_1")
        await pump.serve_all()
        clock.on(timedelta(hours=24))
        happened(firm, "inv_2")
        await pump.serve_all()

    both, one = there.got
    stamp = both.headers["x-aibooks-timestamp"]
    assert (
        both.headers["x-aibooks-signature"] == f"t={stamp},v1={signed(both, ANOTHER_SECRET)},v1={signed(both, SECRET)}"
    )
    assert both.headers["webhook-signature"] == f"v1,{standard(both, ANOTHER_SECRET)} v1,{standard(both, SECRET)}"
    assert one.headers["x-aibooks-signature"].count("v1=") == 1


async def test_each_attempt_is_signed_anew_and_recorded_without_the_secret(firm: Firm) -> None:
    clock, answers = MovedClock(), iter([(500, {}), (302, {"Location": "https://elsewhere.example.in/"}), (204, {})])

    async def answer(received: Received) -> Answer:
        return next(answers)

    async with receiver(answer) as there, a_pump(firm, clock) as pump:
        key = an_endpoint(firm, there.url)
        happened(firm, "inv_1")
        for _ in range(3):
            await pump.serve_all()
            clock.on(timedelta(minutes=6))

    stored = attempts(firm, key)
    assert [each["number"] for each in stored] == [1, 2, 3]
    assert [each["response_status"] for each in stored] == [500, 302, 204]
    assert stored[1]["response_headers"]["location"] == "https://elsewhere.example.in/"
    assert stored[0]["response_body"] == "ok"
    stamps = [got.headers["x-aibooks-timestamp"] for got in there.got]
    assert len(set(stamps)) == 3
    assert [each["request_headers"]["X-AIBooks-Timestamp"] for each in stored] == stamps
    assert len({got.raw for got in there.got}) == 1, "the same body each time"
    assert [each["request_body"] for each in stored] == [got.raw.decode() for got in there.got]
    assert SECRET not in json.dumps(stored, default=str)
    (delivery,) = deliveries(firm, key)
    assert (delivery["status"], delivery["attempt_count"], delivery["failure_count"]) == ("DELIVERED", 3, 2)


async def test_attempts_are_counted_by_what_came_of_them(firm: Firm) -> None:
    async with receiver() as there, receiver(always(500)) as broken, a_pump(firm) as pump:
        rows(firm.url, "delete from outcome_counts")
        for url in (there.url, broken.url):
            an_endpoint(firm, url)
        for number in range(3):
            happened(firm, f"inv_{number}")
        await pump.serve_all()

    counted = rows(firm.url, "select outcome, number from outcome_counts where kind = 'webhook' order by outcome")
    assert counted[0] == {"outcome": "delivered", "number": 3}
    assert counted[1]["outcome"] == "failed"
    assert counted[1]["number"] == len(broken.got) >= 1


async def test_only_what_is_subscribed_to_and_only_what_is_new_is_told(firm: Firm) -> None:
    async with receiver() as there, a_pump(firm) as pump:
        happened(firm, "inv_1", 1, event_type="INVOICE_APPROVED")
        key = an_endpoint(firm, there.url, events=("INVOICE_APPROVED", "INVOICE_PAID"), payload="ID_ONLY")
        happened(firm, "inv_2", 2, event_type="INVOICE_APPROVED")
        happened(firm, "inv_2", 3, event_type="INVOICE_UPDATED")
        happened(firm, "inv_3", 4, event_type="INVOICE_PAID")
        await pump.serve_all()

    assert [(got.body["event_type"], got.body["data"]) for got in there.got] == [
        ("INVOICE_APPROVED", {"id": "inv_2"}),
        ("INVOICE_PAID", {"id": "inv_3"}),
    ]
    (last,) = rows(firm.url, "select max(sequence) as last from event_sequence where organization_id = %s",
                   firm.organization_id)  # fmt: skip
    assert the_endpoint(firm, key)["reached"] == last["last"]


async def test_a_failure_holds_up_its_own_thing_and_no_other(firm: Firm) -> None:
    clock, is_up = MovedClock(), False

    async def answer(received: Received) -> Answer:
        return (200 if is_up or received.entity != "inv_bad" else 500), {}

    async with receiver(answer) as there, a_pump(firm, clock) as pump:
        key = an_endpoint(firm, there.url)
        for step in range(1, 5):
            for entity in ("inv_bad", "inv_a", "inv_b"):
                happened(firm, entity, step)
        await pump.serve_all()
        assert (there.of("inv_bad"), there.of("inv_a"), there.of("inv_b")) == ([1], [1, 2, 3, 4], [1, 2, 3, 4])

        happened(firm, "inv_a", 5)
        await pump.serve_all()
        assert (there.of("inv_bad"), there.of("inv_a")[-1]) == ([1], 5)

        is_up = True
        clock.on(timedelta(seconds=6))
        await pump.serve_all()

    assert there.of("inv_bad") == [1, 1, 2, 3, 4]
    assert {each["status"] for each in deliveries(firm, key)} == {"DELIVERED"}


async def test_retries_follow_the_schedule_and_then_the_next_one_has_its_turn(firm: Firm) -> None:
    clock, moments = MovedClock(), []

    async def answer(received: Received) -> Answer:
        moments.append(clock.now)
        return (503 if received.told == ("inv_1", 1) else 200), {}

    async with receiver(answer) as there, a_pump(firm, clock) as pump:
        key = an_endpoint(firm, there.url)
        happened(firm, "inv_1", 1)
        happened(firm, "inv_1", 2)
        await pump.serve_all()
        for _ in PAUSES:
            head = deliveries(firm, key)[0]
            clock.now = head["next_at"] - timedelta(milliseconds=1)
            await pump.serve_all()
            assert deliveries(firm, key)[0]["attempt_count"] == head["attempt_count"], "not before its time"
            clock.now = max(head["next_at"], the_endpoint(firm, key)["paused_until"])
            await pump.serve_all()
        clock.on(timedelta(minutes=1))  # for which an endpoint is left alone that has failed for days
        await pump.serve_all()

    assert there.of("inv_1") == [1] * 10 + [2]
    for pause, before, then in zip(PAUSES, moments, moments[1:], strict=False):
        assert pause <= then - before <= pause * JITTER
    first, second = deliveries(firm, key)
    assert (first["status"], first["attempt_count"], second["status"]) == ("FAILED", 10, "DELIVERED")
    assert the_endpoint(firm, key)["failing_since"] is None


@pytest.mark.parametrize(
    ("status", "said", "least"),
    [
        (429, "3600", timedelta(hours=1)),
        (503, "Thu, 01 Mar 2035 09:20:00 GMT", timedelta(minutes=20)),
        (429, "999999999", timedelta(hours=24)),
        (429, "1", PAUSES[0]),
        (503, "soon", PAUSES[0]),
        (500, "3600", PAUSES[0]),
    ],
)
async def test_who_asks_to_be_left_alone_is(firm: Firm, status: int, said: str, least: timedelta) -> None:
    clock = MovedClock()
    async with receiver(always(status, **{"Retry-After": said})) as there, a_pump(firm, clock) as pump:
        key = an_endpoint(firm, there.url)
        happened(firm, "inv_1")
        await pump.serve_all()

    (delivery,) = deliveries(firm, key)
    second = timedelta(seconds=1)  # to which dates are sent
    assert least - second <= delivery["next_at"] - BEGINNING <= max(least, PAUSES[0] * JITTER)


async def test_what_nobody_answers_is_tried_again(firm: Firm) -> None:
    async def hang_up(received: Received) -> Answer:
        raise ConnectionError

    clock = MovedClock()
    async with receiver(hang_up) as there, a_pump(firm, clock) as pump:
        lost, refused = an_endpoint(firm, there.url), an_endpoint(firm, "http://127.0.0.1:9/hooks")
        forbidden = an_endpoint(firm, "https://10.1.2.3/hooks")
        happened(firm, "inv_1")
        await pump.serve_all()

    for key, code in ((lost, "CONNECTION_LOST"), (refused, "CANNOT_CONNECT"), (forbidden, "FORBIDDEN_URL")):
        (attempt,), (delivery,) = attempts(firm, key), deliveries(firm, key)
        assert (attempt["response_status"], attempt["error_code"]) == (None, code)
        assert attempt["error_message"]
        assert delivery["status"] == "PENDING"
        assert delivery["next_at"] > BEGINNING


async def test_what_happens_while_it_is_off_is_told_when_it_is_on_again(firm: Firm) -> None:
    clock = MovedClock()
    switch = """
    update webhook_endpoints
       set is_active = %s, disabled_reason = %s, disabled_at = %s, paused_until = null
     where id = %s
    """
    async with receiver(always(500)) as there, a_pump(firm, clock) as pump:
        key = an_endpoint(firm, there.url)
        happened(firm, "inv_1", 1)
        await pump.serve_all()
        rows(firm.url, switch, False, "MANUAL", clock.now, key)
        happened(firm, "inv_1", 2)
        clock.on(timedelta(seconds=10))
        await pump.serve_all()
        assert there.told == [("inv_1", 1)]

        there.answering = always(200)
        rows(firm.url, switch, True, None, None, key)
        await pump.serve_all()

    assert there.of("inv_1") == [1, 1, 2]


async def test_an_endpoint_may_be_deleted_while_it_is_called(firm: Firm) -> None:
    async def answer(received: Received) -> Answer:
        rows(firm.url, "delete from webhook_endpoints where id = %s", key)
        cancel = "update webhook_deliveries set status = 'CANCELLED', next_at = null, taken_by = null, ended_at = now()"
        rows(firm.url, f"{cancel} where endpoint_id = %s and status = 'PENDING'", key)
        return 200, {}

    async with receiver(answer) as there, a_pump(firm) as pump:
        key = an_endpoint(firm, there.url)
        happened(firm, "inv_1", 1)
        happened(firm, "inv_1", 2)
        await pump.serve_all()

    assert there.told == [("inv_1", 1)]
    assert [each["status"] for each in deliveries(firm, key)] == ["CANCELLED", "CANCELLED"]


async def test_a_sandbox_and_its_live_books_do_not_mix(firm: Firm) -> None:
    sandbox = await open_sandbox(firm)
    async with receiver() as live, receiver() as tested, a_pump(firm) as pump:
        an_endpoint(firm, live.url)
        an_endpoint(sandbox, tested.url)
        happened(firm, "inv_live")
        happened(sandbox, "inv_test")
        await pump.serve_all()

    assert [each.entity for each in live.got] == ["inv_live"]
    assert [each.entity for each in tested.got] == ["inv_test"]
    assert tested.got[0].body["org_id"] == sandbox.organization_id


async def test_no_more_than_eight_are_on_their_way_to_one_endpoint(firm: Firm) -> None:
    async def slowly(received: Received) -> Answer:
        await asyncio.sleep(0.02)
        return 200, {}

    async with receiver(slowly) as there, a_pump(firm) as pump:
        an_endpoint(firm, there.url)
        for number in range(60):
            happened(firm, f"inv_{number}")
        await pump.serve_all()

    assert len(there.got) == 60
    assert there.most_at_once == 8


async def test_two_pumps_share_the_endpoints_and_tell_everything_once_in_order(firm: Firm) -> None:
    async def slowly(received: Received) -> Answer:
        await asyncio.sleep(0.002)
        return 200, {}

    async with receiver(slowly) as there, a_pump(firm) as first, a_pump(firm) as second:
        an_endpoint(firm, there.url)
        for step in range(1, 31):
            for entity in ("inv_a", "inv_b", "inv_c", "inv_d"):
                happened(firm, entity, step)
            await asyncio.gather(first._claimed(), second._claimed())
        await asyncio.gather(first.serve_all(), second.serve_all())
        await asyncio.gather(first.serve_all(), second.serve_all())

    for entity in ("inv_a", "inv_b", "inv_c", "inv_d"):
        assert there.of(entity) == list(range(1, 31))


def signed(got: Received, secret: str) -> str:
    """What ``v1`` is to be."""
    text = f"{got.headers['x-aibooks-timestamp']}.".encode() + got.raw
    return hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()


def standard(got: Received, secret: str) -> str:
    """What the signature of Standard Webhooks is to be."""
    text = f"{got.headers['webhook-id']}.{got.headers['webhook-timestamp']}.".encode() + got.raw
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
