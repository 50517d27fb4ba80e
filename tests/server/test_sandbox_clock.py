"""The clock of a sandbox: what it decides, what it does not, and who may set it."""

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from server.jobs import lapsing, recurring
from server.jobs.job_queue import forget
from server.postgres.figures import FigureReader
from server.settings import DatabaseUrl
from tests.running import Caller, Firm, Worker, calling, found, mint, open_sandbox, rows, shown, workers
from tests.server.sandboxes import asked_clock, clock_of, set_clock, work
from tests.server.trade import a_customer, an_invoice

JUNE = "2026-06-01T10:00:00+05:30"


@pytest.fixture(scope="module")
def server(new_database: Callable[[], DatabaseUrl]) -> Iterator[tuple[DatabaseUrl, list[Worker]]]:
    """Two processes on a database of their own, so that jobs of no other test wait there."""
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


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def test_a_sandbox_begins_at_the_real_time(trial: Caller, call: Caller) -> None:
    for each in (trial, call):
        clock = await clock_of(each)
        assert (clock["is_set"], clock["status"], clock["now"]) == (False, "READY", clock["real_now"])
        assert abs(moment(clock["now"]) - datetime.now(UTC)) < timedelta(minutes=5)


async def test_the_clock_goes_on_from_where_it_was_set(trial: Caller) -> None:
    began = datetime.now(UTC)
    set_to = await set_clock(trial, now=JUNE)
    assert (set_to["is_set"], set_to["today"]) == (True, "2026-06-01")
    for _ in range(4):  # both processes know
        clock = await clock_of(trial)
        since = moment(clock["now"]) - moment(JUNE)
        assert timedelta(0) <= since <= datetime.now(UTC) - began + timedelta(seconds=5)
    later = await set_clock(trial, advance_days=31)
    assert later["today"] == "2026-07-02"
    assert moment(later["now"]) - moment(clock["now"]) >= timedelta(days=31)


async def test_it_decides_the_days_in_its_books_alone(trial: Caller, call: Caller) -> None:
    await set_clock(trial, now=JUNE)
    customer = await a_customer(trial)
    invoice = await trial.made("/invoices", an_invoice(customer, payment_terms=15, auto_approve=True))
    assert (invoice["date"], invoice["due_date"], invoice["status"]) == ("2026-06-01", "2026-06-16", "SENT")
    assert invoice["created_time"].startswith("2026-06-01T04:30")
    assert invoice["invoice_number"].startswith("INV/26-27/")
    await set_clock(trial, advance_days=31)
    path = f"/invoices/{invoice['invoice_id']}"
    assert shown(await trial("GET", path))["status"] == "OVERDUE"
    (trail,) = (await trial("GET", f"/activity/{invoice['invoice_id']}?per_page=1")).json()["activity"]
    assert trail["occurred_at"] > "2026-06-01"

    of_today = await call.made("/invoices", an_invoice(await a_customer(call)))
    assert abs(moment(of_today["created_time"]) - datetime.now(UTC)) < timedelta(minutes=5)


async def test_a_token_of_several_organizations_sees_each_by_its_own_clock(
    call: Caller, sandbox: Firm, trial: Caller
) -> None:
    await set_clock(trial, now=JUNE)
    partner = call.with_token(await mint(sandbox.url, sandbox.owner_id, None, is_sandbox=True))
    clock = await clock_of(
        Caller(partner.client, partner.urls, partner.token, {"X-AIBooks-Org": sandbox.organization_id})
    )
    assert clock["today"] == "2026-06-01"


async def test_it_goes_back_only_while_nothing_has_a_date(trial: Caller) -> None:
    await a_customer(trial)
    await set_clock(trial, now=JUNE)
    assert (await set_clock(trial, now="2026-04-01T00:00:00+05:30"))["today"] == "2026-04-01"
    await trial.made("/invoices", an_invoice(await a_customer(trial)))
    refused = await asked_clock(trial, now="2026-03-31T00:00:00+05:30")
    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (
        409,
        "conflict.invalid_state",
        "now",
    )
    assert (await set_clock(trial, now=JUNE))["today"] == "2026-06-01"


async def test_live_books_go_by_the_real_clock(call: Caller, live: Firm) -> None:
    refused = await asked_clock(call, advance_days=1)
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict.invalid_state")
    with pytest.raises(psycopg.errors.CheckViolation):
        rows(live.url, "update organizations set clock_offset = interval '1 day' where id = %s", live.organization_id)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({}, "validation.required_field"),
        ({"now": JUNE, "advance_days": 1}, "validation.invalid_value"),
        ({"now": "2017-06-30T23:59:59+05:30"}, "validation.invalid_value"),
        ({"now": "2099-01-01T00:00:00Z"}, "validation.invalid_value"),
        ({"now": "2026-06-01"}, "validation.invalid_value"),
        ({"now": "2026-06-01T10:00:00"}, "validation.invalid_value"),
        ({"advance_days": 0}, "validation.invalid_value"),
        ({"advance_days": 4000}, "validation.invalid_value"),
    ],
)
async def test_a_clock_that_cannot_be_is_refused(trial: Caller, said: dict[str, object], code: str) -> None:
    refused = await asked_clock(trial, **said)
    assert (refused.status_code, refused.json()["code"]) == (400, code), refused.text


async def test_together_they_may_not_go_too_far(trial: Caller) -> None:
    assert (await asked_clock(trial, advance_days=3660)).status_code == 200
    assert (await asked_clock(trial, advance_days=1)).json()["field"] == "advance_days"


async def test_setting_it_is_in_the_trail_and_told(trial: Caller, sandbox: Firm) -> None:
    await set_clock(trial, now=JUNE)
    trail = (await trial("GET", "/activity?entity_type=ORGANIZATION")).json()["activity"]
    row = next(each for each in trail if each["action"] != "ORGANIZATION_CREATED")
    assert (row["action"], row["actor_user_id"]) == ("ORGANIZATION_CLOCK_SET", sandbox.owner_id)
    assert row["changes"]["now"]["new"].startswith("2026-06-01T04:30:00")
    events = (await trial("GET", "/events?event_type=ORGANIZATION_CLOCK_SET")).json()["events"]
    assert [event["occurred_at"][:16] for event in events] == ["2026-06-01T04:30"]


async def test_what_is_about_the_service_goes_by_the_real_clock(trial: Caller, sandbox: Firm) -> None:
    """A year on: tokens, idempotency keys, limits, webhooks and links are as good as they were."""
    key = {"Idempotency-Key": "customer-1"}
    expires_at = datetime.now(UTC) + timedelta(days=1)
    bounded = trial.with_token(
        await mint(sandbox.url, sandbox.owner_id, sandbox.organization_id, expires_at=expires_at)
    )
    customer = {"contact_name": "Deccan Retail", "billing_address": {"state_code": "IN-MH"}}
    first = await bounded("POST", "/contacts", customer, headers=key)
    endpoint = await trial.made("/webhooks/endpoints", {"url": "https://hooks.example.com/in", "events": ["*"]})
    await set_clock(trial, advance_days=365)

    again = await bounded("POST", "/contacts", customer, headers=key)
    assert (again.headers["Idempotent-Replayed"], again.content) == ("true", first.content)
    rotated = await trial("POST", f"/webhooks/endpoints/{endpoint['endpoint_id']}/rotate_secret")
    assert rotated.status_code == 200, rotated.text
    (row,) = rows(
        sandbox.url,
        "select previous_secret_until - now() as left from webhook_endpoints where organization_id = %s",
        sandbox.organization_id,
    )
    assert timedelta(hours=23) < row["left"] <= timedelta(hours=24)
    invoice = await trial.made("/invoices", an_invoice(first.json()["contact"]["contact_id"], auto_approve=True))
    queued = await trial("POST", f"/invoices/{invoice['invoice_id']}/email", {"to": ["a@example.com"]})
    assert queued.status_code in (200, 201, 202), queued.text
    (mail,) = rows(
        sandbox.url,
        "select abs(extract(epoch from next_attempt_at - now())) < 300 as is_due_now, created_at from mails"
        " where organization_id = %s",
        sandbox.organization_id,
    )
    assert mail["is_due_now"] and mail["created_at"] > datetime.now(UTC) + timedelta(days=360)


async def test_what_has_become_due_is_done(trial: Caller, sandbox: Firm, tmp_path: Path) -> None:
    """Three months on: the recurring invoices are made and dated as they fell due, and what is late is told."""
    await set_clock(trial, now=JUNE)
    customer = await a_customer(trial)
    due = await trial.made("/invoices", an_invoice(customer, due_date="2026-06-16", auto_approve=True))
    await trial.made(
        "/recurring",
        {
            "name": "Books",
            "entity_type": "INVOICE",
            "frequency": "MONTHLY",
            "start_date": "2026-06-30",
            "auto_approve": True,
            "template_payload": an_invoice(customer, payment_terms=365),
        },
    )
    await work(sandbox.url, tmp_path)
    assert (await clock_of(trial))["status"] == "READY"
    behind = await set_clock(trial, advance_days=92)
    assert (behind["today"], behind["status"]) == ("2026-09-01", "CATCHING_UP")
    await work(sandbox.url, tmp_path)

    assert (await clock_of(trial))["status"] == "READY"
    invoices = (await trial("GET", "/invoices?sort_column=date&sort_order=ASC")).json()["invoices"]
    assert [each["date"] for each in invoices] == ["2026-06-01", "2026-06-30", "2026-07-30", "2026-08-30"]
    events = (await trial("GET", "/events?event_type=INVOICE_OVERDUE")).json()["events"]
    assert [event["entity_id"] for event in events] == [due["invoice_id"]]


async def test_sweeps_go_by_each_clock(trial: Caller, sandbox: Firm, call: Caller, live: Firm) -> None:
    """The same schedule and the same invoice in both: due in the sandbox, a year ahead, and not in live books."""
    start = f"{datetime.now(UTC) + timedelta(days=30):%Y-%m-%d}"
    for each in (trial, call):
        customer = await a_customer(each)
        await each.made(
            "/recurring",
            {
                "name": "Books",
                "entity_type": "INVOICE",
                "frequency": "MONTHLY",
                "start_date": start,
                "template_payload": an_invoice(customer),
            },
        )
        await each.made("/invoices", an_invoice(customer, due_date=start, auto_approve=True))
    await set_clock(trial, advance_days=365)

    due = {organization_id for organization_id, _ in await recurring.SWEEP.found(sandbox.url)}
    late = set(await lapsing.with_lapses(sandbox.url))
    assert sandbox.organization_id in due & late
    assert live.organization_id not in due | late
    later = datetime.now(UTC) + timedelta(days=60)
    assert live.organization_id in {each for each, _ in await recurring.SWEEP.found(sandbox.url, now=later)}
    assert live.organization_id in await lapsing.with_lapses(sandbox.url, now=later)


async def test_a_sandbox_that_lives_in_the_past_is_no_old_one(trial: Caller, sandbox: Firm) -> None:
    """Its events are months old by their times, and were written seconds ago: they are kept, and set off no alarm."""
    await set_clock(trial, now=JUNE)
    await trial.made("/webhooks/endpoints", {"url": "https://hooks.example.com/in", "events": ["*"]})
    await a_customer(trial)
    told = (await FigureReader(sandbox.url).read()).samples
    assert told["feed_lag"][0][1] < 300

    before = (await trial("GET", "/events?after=0")).json()["events"]
    await forget(sandbox.url)
    await set_clock(trial, advance_days=100)
    await forget(sandbox.url)
    assert (await trial("GET", "/events?after=0")).json()["events"][: len(before)] == before
    for table, key in (("events", "id"), ("event_sequence", "event_id")):
        rows(sandbox.url, f"update {table} set {key} = 'evt_01aaaaaaaa' where organization_id = %s and {key} = %s",
             sandbox.organization_id, before[0]["event_id"])  # fmt: skip
    await forget(sandbox.url)
    assert (await trial("GET", "/events?after=0")).json()["details"] == {"oldest_sequence": 2}
