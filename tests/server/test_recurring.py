"""Recurring documents over HTTP and by a worker whose clock the tests move."""

import asyncio
from typing import Any

import psycopg
import pytest

from tests.running import Caller, Firm, mint, rows
from tests.server.schedules import a_schedule, a_wish, carry_on, jobs_of, runs_of, the_schedule
from tests.server.trade import Json, a_customer, a_draft, an_invoice, count_of

END_OF_JANUARY, END_OF_MARCH = "2035-01-31T03:30:00", "2035-03-31T03:30:00"


async def invoices_of(call: Caller) -> list[Json]:
    """All invoices, the earliest date first."""
    found: list[Json] = (await call("GET", "/invoices?sort_order=ASC&per_page=200")).json()["invoices"]
    return found


def events_of(firm: Firm, verb: str) -> list[Json]:
    query = "select * from events where organization_id = %s and event_type = %s order by position"
    return rows(firm.url, query, firm.organization_id, f"RECURRING_{verb}")


def problem_of(reply: Any) -> tuple[int, str, str | None]:
    return reply.status_code, reply.json()["code"], reply.json().get("field")


async def test_one_invoice_a_month_at_nine_in_india(call: Caller, firm: Firm) -> None:
    schedule = await a_schedule(call, await a_customer(call))
    assert (schedule["next_due_date"], schedule["next_run_at"]) == ("2035-01-31", "2035-01-31T03:30:00.000000Z")

    await carry_on(firm, "2035-01-31T03:29:59")
    assert await invoices_of(call) == []
    await carry_on(firm, END_OF_JANUARY)
    (january,) = await invoices_of(call)
    assert (january["date"], january["status"], january["invoice_number"]) == ("2035-01-31", "SENT", "INV/34-35/0001")

    after = await the_schedule(call, schedule)
    assert (after["run_count"], after["last_due_date"], after["next_due_date"]) == (1, "2035-01-31", "2035-02-28")
    assert after["last_entity_id"] == january["invoice_id"]
    assert after["version"] == 2


async def test_what_was_missed_is_made_up_each_on_its_date(call: Caller, firm: Firm) -> None:
    schedule = await a_schedule(call, await a_customer(call))

    await carry_on(firm, "2035-04-15T00:00:00")

    dates = ["2035-01-31", "2035-02-28", "2035-03-31"]
    assert [each["date"] for each in await invoices_of(call)] == dates
    runs = await runs_of(call, schedule)
    assert [(each["due_date"], each["date"], each["status"], each["entity_ref"]) for each in runs] == [
        (day, day, "MADE", f"INV/34-35/000{number}") for number, day in enumerate(dates, start=1)
    ]
    assert (await the_schedule(call, schedule))["next_due_date"] == "2035-04-30"


async def test_drafts_where_nothing_is_approved(call: Caller, firm: Firm) -> None:
    await a_schedule(call, await a_customer(call), auto_approve=False)

    await carry_on(firm, END_OF_JANUARY)

    (draft,) = await invoices_of(call)
    assert (draft["status"], draft["invoice_number"], draft["date"]) == ("DRAFT", None, "2035-01-31")


@pytest.mark.parametrize(("limit", "expected"), [({"max_runs": 2}, 2), ({"end_date": "2035-03-30"}, 2), ({}, 3)])
async def test_a_schedule_ends(call: Caller, firm: Firm, limit: Json, expected: int) -> None:
    schedule = await a_schedule(call, await a_customer(call), **limit)

    await carry_on(firm, END_OF_MARCH)

    assert len(await invoices_of(call)) == expected
    after = await the_schedule(call, schedule)
    assert (after["next_due_date"] is None) == bool(limit)
    run = await call("POST", f"/recurring/{schedule['recurring_id']}/run")
    assert (run.status_code == 409) == bool(limit)


async def test_a_copy_is_of_the_document_as_it_was(call: Caller, firm: Firm) -> None:
    customer = await a_customer(call)
    fields = {"reference_number": "PO-7", "payment_terms": 15, "invoice_number": "OLD-1", "date": "2026-11-01"}
    original = await a_draft(call, customer, **fields)
    wish = a_wish(customer, template_entity_id=original)
    del wish["template_payload"]
    schedule = await call.made("/recurring", wish)
    assert (await call("DELETE", f"/invoices/{original}")).status_code == 200

    await carry_on(firm, END_OF_JANUARY)

    (copy,) = await invoices_of(call)
    assert (copy["date"], copy["due_date"], copy["invoice_number"]) == ("2035-01-31", "2035-02-15", "INV/34-35/0001")
    assert (copy["reference_number"], copy["total"]) == ("PO-7", 1000)
    assert schedule["template_entity_id"] == original
    assert not {"date", "due_date", "invoice_number", "invoice_id", "total"} & schedule["template_payload"].keys()


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"template_payload": None}, (400, "validation.invalid_value", "template_payload")),
        ({"template_payload": {}}, (400, "validation.required_field", "template_payload.customer_id")),
        ({"end_date": "2035-01-30"}, (422, "validation.failed", "end_date")),
        ({"start_date": "2020-01-31"}, (422, "validation.failed", "start_date")),
        ({"interval": 0}, (400, "validation.invalid_value", "interval")),
        ({"entity_type": "PAYMENT"}, (400, "validation.invalid_value", "entity_type")),
        ({"template_entity_id": "inv_unknown"}, (404, "not_found.resource", "template_entity_id")),
    ],
)
async def test_a_schedule_that_cannot_be_is_refused(
    call: Caller, firm: Firm, fields: Json, expected: tuple[int, str, str]
) -> None:
    reply = await call("POST", "/recurring", a_wish(await a_customer(call), **fields))

    assert problem_of(reply) == expected, reply.text
    assert (count_of(firm, "recurring_schedules"), jobs_of(firm, {"recurring_id": ""})) == (0, [])


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"line_items": [{"name": "Books", "rate": "much"}]}, (400, "validation.invalid_value", "line_items[0].rate")),
        ({"line_items": []}, (400, "validation.invalid_value", "line_items")),
        ({"line_items": [{"item_id": "it_unknown"}]}, (404, "not_found.resource", "line_items[0].item_id")),
        ({"customer_id": "ct_unknown"}, (404, "not_found.resource", "customer_id")),
        ({"colour": "red"}, (422, "validation.failed", "colour")),
        ({"date": "31 January"}, (400, "validation.invalid_value", "date")),
        ({"due_date": "2035-01-31"}, (422, "validation.failed", "due_date")),
        ({"invoice_number": "A-1"}, (422, "validation.failed", "invoice_number")),
        ({"discount": 5, "discount_percent": 5}, (422, "validation.failed", "discount")),
    ],
)
async def test_a_template_is_held_to_the_rules_of_its_document(
    call: Caller, firm: Firm, changes: Json, expected: tuple[int, str, str]
) -> None:
    """The same code and field as `create_invoice` gives, inside the template; a trial leaves nothing behind."""
    customer = await a_customer(call)
    wish = a_wish(customer, template_payload=an_invoice(customer) | changes)
    code, word, field = expected

    assert problem_of(await call("POST", "/recurring", wish)) == (code, word, f"template_payload.{field}")
    assert [count_of(firm, table) for table in ("documents", "journals", "number_counters")] == [0, 0, 0]

    schedule = await a_schedule(call, customer)
    reply = await call("PUT", f"/recurring/{schedule['recurring_id']}", {"template_payload": changes})
    assert problem_of(reply) == (code, word, f"template_payload.{field}")
    assert [count_of(firm, table) for table in ("documents", "journals", "number_counters")] == [0, 0, 0]


async def test_a_trial_is_not_in_the_trail(call: Caller, firm: Firm) -> None:
    await a_schedule(call, await a_customer(call))

    assert count_of(firm, "activity", "entity_type = 'INVOICE'") == 0
    assert count_of(firm, "activity", "action = 'RECURRING_CREATED'") == 1


async def test_run_now_makes_the_next_one_and_nothing_twice(call: Caller, firm: Firm) -> None:
    """The document of January is made early, dated today; when January comes, there is nothing to make."""
    schedule = await a_schedule(call, await a_customer(call))
    path, key = f"/recurring/{schedule['recurring_id']}/run", {"Idempotency-Key": "now"}

    first, again = [await call("POST", path, headers=key) for _ in range(2)]

    assert (first.status_code, again.headers["Idempotent-Replayed"]) == (200, "true"), first.text
    assert first.content == again.content
    (invoice,) = await invoices_of(call)
    run = first.json()["run"]
    assert (run["due_date"], run["entity_id"], run["status"]) == ("2035-01-31", invoice["invoice_id"], "MADE")
    assert run["date"] == invoice["date"] < "2035-01-31"
    await carry_on(firm, END_OF_JANUARY)
    assert len(await invoices_of(call)) == 1
    await carry_on(firm, "2035-02-28T03:30:00")
    assert [each["date"] for each in await invoices_of(call)] == [invoice["date"], "2035-02-28"]


async def test_many_runs_at_once_make_one_document_each(call: Caller, firm: Firm) -> None:
    schedule = await a_schedule(call, await a_customer(call), max_runs=5)
    path = f"/recurring/{schedule['recurring_id']}/run"

    replies = await asyncio.gather(*(call("POST", path) for _ in range(8)))

    assert sorted(reply.status_code for reply in replies) == [200] * 5 + [409] * 3
    made = [reply.json()["run"] for reply in replies if reply.status_code == 200]
    assert len({run["due_date"] for run in made}) == len({run["entity_id"] for run in made}) == 5
    assert count_of(firm, "documents") == count_of(firm, "recurring_runs") == 5


async def test_a_failure_is_kept_told_and_tried_again(call: Caller, firm: Firm) -> None:
    customer = await a_customer(call)
    schedule = await a_schedule(call, customer)
    assert (await call("POST", f"/contacts/{customer}/archive")).status_code == 200

    await carry_on(firm, END_OF_JANUARY)

    failed = await the_schedule(call, schedule)
    error = {
        "code": "validation.failed",
        "message": "Deccan Retail is archived.",
        "field": "template_payload.customer_id",
    }
    assert (failed["last_error"], failed["failure_count"], failed["run_count"]) == (error, 1, 0)
    assert (failed["next_due_date"], failed["next_run_at"]) == ("2035-01-31", "2035-02-01T03:30:00.000000Z")
    (run,) = await runs_of(call, schedule)
    assert (run["status"], run["error"], run["entity_id"], run["attempts"]) == ("FAILED", error, None, 1)
    (event,) = events_of(firm, "RUN_FAILED")
    assert event["summary"]["error"] == error
    assert event["summary"]["due_date"] == "2035-01-31"
    assert jobs_of(firm, schedule)[-1]["scheduled_at"].isoformat() == "2035-02-01T03:30:00+00:00"

    await call("PUT", f"/contacts/{customer}", {"status": "ACTIVE"})
    await carry_on(firm, "2035-02-01T03:30:00")
    (invoice,) = await invoices_of(call)
    assert invoice["date"] == "2035-01-31"
    (run,) = await runs_of(call, schedule)
    assert (run["status"], run["error"], run["attempts"]) == ("MADE", None, 2)
    mended = await the_schedule(call, schedule)
    assert (mended["last_error"], mended["failure_count"], mended["next_due_date"]) == (None, 0, "2035-02-28")


async def test_after_five_failures_it_pauses_and_resumes_where_it_failed(call: Caller, firm: Firm) -> None:
    customer = await a_customer(call)
    schedule = await a_schedule(call, customer)
    await call("POST", f"/contacts/{customer}/archive")

    for day in ("01-31", "02-01", "02-02", "02-03", "02-04", "02-05", "03-05"):
        await carry_on(firm, f"2035-{day}T03:30:00")

    paused = await the_schedule(call, schedule)
    assert (paused["is_active"], paused["failure_count"], paused["next_run_at"]) == (False, 5, None)
    assert len(events_of(firm, "RUN_FAILED")) == 5
    (event,) = events_of(firm, "PAUSED")
    assert event["summary"]["failure_count"] == 5
    assert (await call("POST", f"/recurring/{schedule['recurring_id']}/run")).status_code == 409

    await call("PUT", f"/contacts/{customer}", {"status": "ACTIVE"})
    resumed = await call("PUT", f"/recurring/{schedule['recurring_id']}", {"is_active": True})
    assert resumed.json()["recurring"]["next_due_date"] == "2035-01-31"
    await carry_on(firm, "2035-03-05T03:30:00")
    assert [each["date"] for each in await invoices_of(call)] == ["2035-01-31", "2035-02-28"]


async def test_dates_in_a_locked_period_are_skipped_and_the_rest_is_made(call: Caller, firm: Firm) -> None:
    schedule = await a_schedule(call, await a_customer(call))
    rows(firm.url, "update organizations set locked_until = '2035-02-28' where id = %s", firm.organization_id)

    await carry_on(firm, END_OF_MARCH)

    assert [each["date"] for each in await invoices_of(call)] == ["2035-03-31"]
    runs = await runs_of(call, schedule)
    assert [(each["due_date"], each["status"]) for each in runs] == [
        ("2035-01-31", "SKIPPED"),
        ("2035-02-28", "SKIPPED"),
        ("2035-03-31", "MADE"),
    ]
    assert runs[0]["error"]["code"] == "conflict.period_locked"
    assert runs[0]["error"]["field"] == "date"
    assert len(events_of(firm, "RUN_FAILED")) == 2
    assert (await the_schedule(call, schedule))["next_due_date"] == "2035-04-30"


async def test_paused_by_hand_it_passes_by_what_was_due(call: Caller, firm: Firm) -> None:
    """Resumed today, a schedule of 2035 has missed nothing; one that began before today goes on from today."""
    customer = await a_customer(call)
    schedule = await a_schedule(call, customer, is_active=False)
    await carry_on(firm, END_OF_MARCH)
    assert await invoices_of(call) == []

    resumed = await call("PUT", f"/recurring/{schedule['recurring_id']}", {"is_active": True})
    assert resumed.json()["recurring"]["next_due_date"] == "2035-01-31"
    path = f"/recurring/{schedule['recurring_id']}"
    changed = await call("PUT", path, {"start_date": "2035-03-31", "interval": 2, "name": "Other"})
    assert changed.json()["recurring"]["next_due_date"] == "2035-03-31"


async def test_a_changed_plan_counts_from_what_was_made(call: Caller, firm: Firm) -> None:
    schedule = await a_schedule(call, await a_customer(call))
    await carry_on(firm, "2035-02-28T03:30:00")

    change = {"frequency": "WEEKLY", "start_date": "2035-01-01"}
    changed = await call("PUT", f"/recurring/{schedule['recurring_id']}", change)

    assert changed.json()["recurring"]["next_due_date"] == "2035-03-05"
    assert changed.json()["recurring"]["run_count"] == 2


async def test_a_deleted_schedule_leaves_its_documents(call: Caller, firm: Firm) -> None:
    schedule = await a_schedule(call, await a_customer(call))
    await carry_on(firm, END_OF_JANUARY)
    path = f"/recurring/{schedule['recurring_id']}"

    assert (await call("DELETE", path)).status_code == 200

    await carry_on(firm, END_OF_MARCH)
    assert len(await invoices_of(call)) == 1
    assert [(await call("GET", each)).status_code for each in (path, f"{path}/runs")] == [404, 404]
    assert count_of(firm, "recurring_runs") == 1


async def test_a_job_waits_if_and_only_if_the_schedule_was_kept(call: Caller, firm: Firm) -> None:
    customer = await a_customer(call)
    schedule = await a_schedule(call, customer)
    (job,) = jobs_of(firm, schedule)
    assert (job["scheduled_at"].isoformat(), job["status"]) == ("2035-01-31T03:30:00+00:00", "todo")

    path = f"/recurring/{schedule['recurring_id']}"
    refused = await call("PUT", path, {"start_date": "2035-02-01", "end_date": "2035-01-01"})
    stale = await call("PUT", path, {"start_date": "2035-02-01"}, headers={"If-Match": '"9"'})
    assert (refused.status_code, stale.status_code) == (422, 412)
    assert len(jobs_of(firm, schedule)) == 1

    await call("PUT", path, {"start_date": "2035-02-01"})
    await call("PUT", path, {"is_active": False})
    assert [each["scheduled_at"].month for each in jobs_of(firm, schedule)] == [1, 2]


async def test_a_user_who_is_no_member_any_more_makes_nothing(call: Caller, firm: Firm) -> None:
    schedule = await a_schedule(call, await a_customer(call))
    suspend = "update memberships set is_active = %s where organization_id = %s"
    rows(firm.url, suspend, False, firm.organization_id)

    await carry_on(firm, END_OF_JANUARY)

    rows(firm.url, suspend, True, firm.organization_id)
    failed = await the_schedule(call, schedule)
    assert (failed["last_error"]["code"], failed["run_count"]) == ("auth.no_membership", 0)
    await carry_on(firm, "2035-02-01T03:30:00")
    assert (await the_schedule(call, schedule))["run_count"] == 1


async def test_the_trail_says_that_the_schedule_did_it(call: Caller, firm: Firm) -> None:
    await a_schedule(call, await a_customer(call))
    await carry_on(firm, END_OF_JANUARY)

    query = "select action, actor_user_id, metadata from activity where organization_id = %s order by id desc limit 3"
    trail = rows(firm.url, query, firm.organization_id)
    assert {each["action"] for each in trail} == {"INVOICE_CREATED", "INVOICE_APPROVED", "RECURRING_RUN"}
    assert {each["actor_user_id"] for each in trail} == {firm.owner_id}
    assert {each["metadata"]["source"] for each in trail} == {"RECURRING"}


@pytest.mark.parametrize(
    ("held", "auto_approve", "missing"),
    [
        ((), False, "AIBooks.invoices.CREATE"),
        (("AIBooks.invoices.CREATE",), True, "AIBooks.invoices.UPDATE"),
        (("AIBooks.invoices.CREATE",), False, None),
    ],
)
async def test_who_may_not_make_invoices_may_not_schedule_them(
    call: Caller, firm: Firm, held: tuple[str, ...], *, auto_approve: bool, missing: str | None
) -> None:
    customer = await a_customer(call)
    token = await mint(firm.url, firm.owner_id, firm.organization_id, held=("AIBooks.recurring.ALL", *held))

    reply = await call.with_token(token)("POST", "/recurring", a_wish(customer, auto_approve=auto_approve))

    assert (reply.status_code == 201) == (missing is None), reply.text
    if missing:
        assert reply.json()["details"] == {"required": [missing]}


async def test_journals_are_made_too(call: Caller, firm: Firm) -> None:
    """Depreciation of 15,000 at the end of each month."""
    accounts = (await call("GET", "/accounts?per_page=200")).json()["accounts"]
    expense, asset = [
        next(each["account_id"] for each in accounts if each["account_type"] == kind)
        for kind in ("EXPENSE", "FIXED_ASSET")
    ]
    lines = [{"account_id": expense, "debit": 15000}, {"account_id": asset, "credit": 15000}]
    body = {"memo": "Depreciation", "lines": lines}
    schedule = await a_schedule(call, "", entity_type="JOURNAL", template_payload=body)

    await carry_on(firm, END_OF_MARCH)

    journals = (await call("GET", "/journals?source_type=MANUAL")).json()["journals"]
    assert [each["date"] for each in journals] == ["2035-03-31", "2035-02-28", "2035-01-31"]
    assert {(each["total"], each["memo"]) for each in journals} == {(15000, "Depreciation")}
    unbalanced = {"lines": [lines[0], {**lines[1], "credit": 1}]}
    reply = await call("PUT", f"/recurring/{schedule['recurring_id']}", {"template_payload": unbalanced})
    assert reply.status_code == 422
    assert str(reply.json()["field"]).startswith("template_payload.")


async def test_the_sweep_sees_which_schedules_are_due_and_nothing_else(call: Caller, firm: Firm) -> None:
    await a_schedule(call, await a_customer(call))
    housekeeper = "-c role=finzbooks_housekeeper"

    with psycopg.connect(firm.url, autocommit=True, options=housekeeper) as connection:
        seen = connection.execute("select organization_id, id, next_run_at from recurring_schedules").fetchall()
        assert firm.organization_id in {organization_id for organization_id, *_ in seen}
        for refused in (
            "select name from recurring_schedules",
            "update recurring_schedules set next_run_at = null",
            "select * from recurring_runs",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(refused)
