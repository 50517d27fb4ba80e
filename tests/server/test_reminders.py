"""Reminders: when they go out, in which words, and that each goes out once whatever crashes."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.mail import OutboxMailer
from server.jobs.deferring import deferring
from server.jobs.job_queue import job_queue
from server.jobs.mailing import send_if_due
from server.jobs.reminding import remind_all
from server.mail.post import Post
from tests.running import Caller, Firm, rows, shown
from tests.server.test_mailing import a_post, actions_of, now_of
from tests.server.trade import Json, an_invoice, count_of

DUE_ON = "2026-11-20"
EMAIL = "accounts@deccan.example"


@pytest.fixture
def post(tmp_path: Path) -> Post:
    """A post that writes files."""
    return a_post(OutboxMailer(tmp_path), tmp_path)


async def wanting(call: Caller, firm: Firm, **setting: Any) -> None:
    wanted = {"is_enabled": True, "days": [-3, 1, 7, 30], **setting}
    reply = await call("PUT", f"/organizations/{firm.organization_id}", {"payment_reminders": wanted})
    assert reply.status_code == 200, reply.text


async def an_open_invoice(call: Caller, *, email: str | None = EMAIL, **contact: Any) -> Json:
    """An invoice of 1,000 rupees of 1 November that is due on 20 November."""
    party = {"contact_name": "Deccan Retail", "billing_address": {"state_code": "IN-MH"}, "email": email, **contact}
    customer = await call.made("/contacts", party)
    body = an_invoice(customer["contact_id"], date="2026-11-01", due_date=DUE_ON, auto_approve=True)
    return await call.made("/invoices", body)


async def reminded(firm: Firm, post: Post, day: str) -> None:
    """Do what the worker does at noon of a day in India."""
    now = datetime.fromisoformat(f"{day}T06:30:00+00:00")
    await remind_all(firm.url, post=post, now=now, defer=deferring(job_queue(firm.url)))


async def mails_of(call: Caller) -> list[Json]:
    return (await call("GET", "/mails?per_page=200")).json()["mails"][::-1]  # type: ignore[no-any-return]


async def steps_of(call: Caller) -> list[int]:
    return [mail["reminder_days"] for mail in await mails_of(call)]


async def test_nobody_is_reminded_unless_the_organization_wants_it(call: Caller, firm: Firm, post: Post) -> None:
    await an_open_invoice(call)
    setting = shown(await call("GET", f"/organizations/{firm.organization_id}"))["payment_reminders"]
    await reminded(firm, post, "2026-11-27")

    assert setting == {"is_enabled": False, "days": [1, 7, 30], "subject": None, "body_html": None}
    assert await steps_of(call) == []


async def test_a_customer_is_reminded_once_at_each_step(call: Caller, firm: Firm, post: Post) -> None:
    """Due on the 20th: three days before, the day after, a week and thirty days later."""
    await wanting(call, firm)
    invoice = await an_open_invoice(call)
    days = {"2026-11-16": [], "2026-11-17": [-3], "2026-11-18": [-3], "2026-11-21": [-3, 1], "2026-11-26": [-3, 1],
            "2026-11-27": [-3, 1, 7], "2026-12-20": [-3, 1, 7, 30], "2027-01-20": [-3, 1, 7, 30]}  # fmt: skip
    for day, steps in days.items():
        for _ in range(2):
            await reminded(firm, post, day)
        assert await steps_of(call) == steps, day

    mail = (await mails_of(call))[1]
    assert (mail["purpose"], mail["entity_id"], mail["attach_pdf"]) == ("REMINDER", invoice["invoice_id"], True)
    assert [each["email"] for each in mail["recipients"]] == [EMAIL]
    assert mail["subject"] == "Reminder: Invoice INV/26-27/0001 from Sahyadri Traders is overdue"
    assert mail["created_by_user_id"] is None
    assert await actions_of(call, invoice) == ["INVOICE_EMAIL_QUEUED"] * 4
    trail = (await call("GET", f"/activity/{invoice['invoice_id']}")).json()["activity"]
    assert trail[0]["metadata"]["source"] == "REMINDER"


async def test_who_switches_reminders_on_floods_nobody(call: Caller, firm: Firm, post: Post) -> None:
    """Of steps that have passed the last one only, and that within three days."""
    await an_open_invoice(call)
    await wanting(call, firm)
    await reminded(firm, post, "2026-12-10")
    assert await steps_of(call) == [], "the step of 27 November is too long ago"

    await reminded(firm, post, "2026-12-22")
    assert await steps_of(call) == [30]


async def test_what_is_paid_voided_or_has_no_address_is_not_reminded_of(call: Caller, firm: Firm, post: Post) -> None:
    await wanting(call, firm)
    paid, voided = await an_open_invoice(call), await an_open_invoice(call)
    await an_open_invoice(call, email=None)
    await an_open_invoice(call, email="asha@localhost")
    customer = (await call("GET", f"/invoices/{paid['invoice_id']}")).json()["invoice"]["customer_id"]
    await call.made(
        "/payments",
        {"flow": "INCOMING", "contact_id": customer, "amount": 1000,
         "allocations": [{"invoice_id": paid["invoice_id"], "amount": 1000}]},
    )  # fmt: skip
    assert (await call("POST", f"/invoices/{voided['invoice_id']}/void")).status_code == 200
    await reminded(firm, post, "2026-11-21")

    assert await steps_of(call) == []


async def test_where_the_contact_has_no_address_its_primary_person_is_reminded(
    call: Caller, firm: Firm, post: Post
) -> None:
    await wanting(call, firm)
    persons = [
        {"first_name": "Asha", "email": "asha@deccan.example"},
        {"first_name": "Ravi", "email": "ravi@deccan.example", "is_primary": True},
    ]
    await an_open_invoice(call, email=None, contact_persons=persons)
    await reminded(firm, post, "2026-11-21")

    (mail,) = await mails_of(call)
    assert [each["email"] for each in mail["recipients"]] == ["ravi@deccan.example"]


async def test_a_reminder_that_waited_is_cancelled_when_the_invoice_is_paid(
    call: Caller, firm: Firm, post: Post
) -> None:
    await wanting(call, firm)
    invoice = await an_open_invoice(call)
    await reminded(firm, post, "2026-11-21")
    (mail,) = await mails_of(call)
    await call.made(
        "/payments",
        {"flow": "INCOMING", "contact_id": invoice["customer_id"], "amount": 1000,
         "allocations": [{"invoice_id": invoice["invoice_id"], "amount": 1000}]},
    )  # fmt: skip
    defer, later = deferring(job_queue(firm.url)), datetime.now(UTC) + timedelta(days=1)
    await send_if_due(firm.url, firm.organization_id, mail["mail_id"], post=post, now=later, defer=defer)

    after = await now_of(call, mail)
    assert (after["status"], after["error"]["code"]) == ("CANCELLED", "reminder.not_due")
    assert {each["status"] for each in after["recipients"]} == {"CANCELLED"}
    assert list(post.outbox.glob("**/*.eml")) == []


async def test_two_workers_at_once_remind_once(call: Caller, firm: Firm, post: Post) -> None:
    await wanting(call, firm)
    for _ in range(5):
        await an_open_invoice(call)
    await asyncio.gather(*(reminded(firm, post, "2026-11-21") for _ in range(4)))

    assert await steps_of(call) == [1] * 5
    assert count_of(firm, "payment_reminders") == 5
    query = "select 1 from procrastinate_jobs where task_name = 'send_mail' and args ->> %s = %s"
    assert len(rows(firm.url, query, "organization_id", firm.organization_id)) == 5


async def test_a_worker_that_dies_in_between_reminds_nobody_twice_and_forgets_nobody(
    call: Caller, firm: Firm, post: Post
) -> None:
    """It dies while it asks for the job of the third: the first two stand, the third is undone as a whole."""
    await wanting(call, firm)
    for _ in range(4):
        await an_open_invoice(call)
    asked, defer = 0, deferring(job_queue(firm.url))

    async def dies(connection: Any, jobs: Any) -> None:
        nonlocal asked
        await defer(connection, jobs)
        asked += len(jobs)
        if asked == 3:
            raise asyncio.CancelledError

    now = datetime.fromisoformat("2026-11-21T06:30:00+00:00")
    with pytest.raises(asyncio.CancelledError):
        await remind_all(firm.url, post=post, now=now, defer=dies)
    assert (await steps_of(call), count_of(firm, "payment_reminders")) == ([1, 1], 2)

    await reminded(firm, post, "2026-11-21")
    assert await steps_of(call) == [1] * 4
    assert len({mail["entity_id"] for mail in await mails_of(call)}) == 4


async def test_reminders_keep_within_what_may_be_sent_on_a_day(call: Caller, firm: Firm, post: Post) -> None:
    await wanting(call, firm)
    for _ in range(3):
        await an_open_invoice(call)
    few = replace(post, recipients_per_day=2)
    await reminded(firm, few, "2026-11-21")
    await reminded(firm, few, "2026-11-21")
    assert await steps_of(call) == [1, 1]

    await reminded(firm, few, "2026-11-22")
    assert await steps_of(call) == [1, 1, 1]


async def test_words_of_ones_own_have_their_placeholders_filled_as_text(call: Caller, firm: Firm, post: Post) -> None:
    await wanting(
        call,
        firm,
        subject="{{invoice_number}}: {{ balance }} since {{due_date}} ({{days_overdue}} days)",
        body_html='<p>Dear {{customer_name}}, <a href="{{customer_name}}">pay</a></p><script>x</script>',
    )
    await an_open_invoice(call, contact_name="javascript:alert(1)<b onclick=x>\u2028")
    await reminded(firm, post, "2026-11-21")

    (mail,) = await mails_of(call)
    assert mail["subject"] == "INV/26-27/0001: ₹1,000.00 since 20 Nov 2026 (1 days)"
    assert "javascript:alert(1)&lt;b onclick=x&gt;" in mail["body_html"]
    assert "href" not in mail["body_html"]
    assert "<script" not in mail["body_html"]


@pytest.mark.parametrize(
    ("setting", "field"),
    [
        ({"body_html": "<p>{{password}}</p>"}, "payment_reminders.body_html"),
        ({"subject": "{{customer_name.__class__}}"}, "payment_reminders.subject"),
        ({"body_html": "<script>x</script>"}, "payment_reminders.body_html"),
        ({"days": [400]}, "payment_reminders.days[0]"),
        ({"subject": "a\nb"}, "payment_reminders.subject"),
    ],
)
async def test_a_setting_that_cannot_be_is_refused(call: Caller, firm: Firm, setting: Json, field: str) -> None:
    reply = await call("PUT", f"/organizations/{firm.organization_id}", {"payment_reminders": setting})

    assert (reply.status_code, reply.json()["code"], reply.json()["field"]) == (400, "validation.invalid_value", field)


async def test_what_is_not_said_of_the_setting_stays(call: Caller, firm: Firm) -> None:
    path = f"/organizations/{firm.organization_id}"
    await call("PUT", path, {"payment_reminders": {"days": [7, 1, 7], "body_html": "<p onclick=x>Pay</p>"}})
    after = shown(await call("PUT", path, {"payment_reminders": {"is_enabled": True}}))["payment_reminders"]

    assert after == {"is_enabled": True, "days": [1, 7], "subject": None, "body_html": "<p>Pay</p>"}
