"""Endpoints that fail for long or are gone, and what is given up and forgotten in time."""

from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from adapters.mail import OutboxMailer
from domain.ids import new_id
from server.jobs import mailing
from server.jobs.deferring import deferring
from server.jobs.job_queue import forget, job_queue
from server.mail.post import Post
from tests.running import Firm, rows
from tests.server.receiving import (
    BEGINNING,
    MovedClock,
    a_pump,
    always,
    an_endpoint,
    attempts,
    deliveries,
    happened,
    receiver,
    the_endpoint,
)


async def test_who_is_gone_is_switched_off_at_once(firm: Firm) -> None:
    async with receiver(always(410)) as there, a_pump(firm) as pump:
        key = an_endpoint(firm, there.url)
        for step in (1, 2, 3):
            happened(firm, "inv_1", step)
        await pump.serve_all()
        happened(firm, "inv_2")
        await pump.serve_all()

    assert there.told == [("inv_1", 1)]
    endpoint = the_endpoint(firm, key)
    assert (endpoint["is_active"], endpoint["disabled_reason"], endpoint["version"]) == (False, "GONE", 2)
    assert endpoint["disabled_at"] is not None
    assert [each["status"] for each in deliveries(firm, key)] == ["FAILED", "CANCELLED", "CANCELLED"]
    query = "select action, changes from activity where entity_id = %s"
    (told,) = rows(firm.url, query, key)
    assert told["action"] == "WEBHOOK_ENDPOINT_DISABLED"
    assert told["changes"]["disabled_reason"] == {"old": None, "new": "GONE"}


async def test_who_fails_for_five_days_is_switched_off_and_who_made_it_is_told(firm: Firm, tmp_path: Path) -> None:
    clock = MovedClock()
    async with receiver(always(500)) as there, a_pump(firm, clock) as pump:
        key = an_endpoint(firm, there.url)
        for _ in range(6):
            happened(firm, new_id("inv"))
            await pump.serve_all()
            assert the_endpoint(firm, key)["is_active"] == (clock.now - BEGINNING < timedelta(days=5))
            clock.on(timedelta(days=1))

    endpoint = the_endpoint(firm, key)
    assert (endpoint["disabled_reason"], endpoint["failing_since"]) == ("FAILING", BEGINNING)
    assert {each["status"] for each in deliveries(firm, key)} <= {"PENDING", "FAILED"}, "what waits, waits on"
    query = "select event_type, summary ->> 'disabled_reason' as why from events where entity_id = %s"
    assert rows(firm.url, query, key) == [{"event_type": "WEBHOOK_ENDPOINT_DISABLED", "why": "FAILING"}]
    (mail,) = rows(firm.url, "select id from mails where organization_id = %s", firm.organization_id)
    (owner,) = rows(firm.url, "select email from users where id = %s", firm.owner_id)

    outbox = OutboxMailer(tmp_path)
    post = Post(mailer=outbox, outbox=tmp_path, printer=never_printed, sender="books@example.in")
    await mailing.send_if_due(
        firm.url, firm.organization_id, mail["id"], post=post, now=clock.now, defer=deferring(job_queue(firm.url))
    )
    recipient, text = the_letter(tmp_path)
    assert owner["email"] in recipient
    assert there.url in text and "5 days" in text


def the_letter(outbox: Path) -> tuple[str, str]:
    """To whom the only mail in an outbox goes, and its text."""
    (letter,) = [message_from_bytes(each.read_bytes(), policy=policy.default) for each in outbox.glob("**/*.eml")]
    assert isinstance(letter, EmailMessage)
    body = letter.get_body(("plain",))
    assert body is not None
    return str(letter["To"]), body.get_content()


async def never_printed(organization_id: str, entity_type: str, entity_id: str) -> tuple[str, bytes]:
    """A notice has no PDF."""
    raise AssertionError("nothing is to be printed")


async def test_failures_far_apart_do_not_add_up(firm: Firm) -> None:
    """One failure is followed by silence for a week, and then by another one: it does not fail for a week."""
    clock = MovedClock()
    async with receiver(always(500)) as there, a_pump(firm, clock) as pump:
        key = an_endpoint(firm, there.url)
        happened(firm, "inv_1")
        await pump.serve_all()
        clock.on(timedelta(days=7))
        await pump.serve_all()

    endpoint = the_endpoint(firm, key)
    assert (endpoint["is_active"], endpoint["failing_since"]) == (True, clock.now)


async def test_what_is_old_is_forgotten_with_its_attempts(firm: Firm) -> None:
    async with receiver() as there, a_pump(firm) as pump:
        key = an_endpoint(firm, there.url)
        happened(firm, "inv_old")
        happened(firm, "inv_new")
        await pump.serve_all()
        off = an_endpoint(firm, "http://127.0.0.1:9/off")
        happened(firm, "inv_waiting")
        await pump.serve_all()
    rows(firm.url, "update webhook_deliveries set ended_at = now() - interval '31 days' where entity_id = 'inv_old'")
    switch = "update webhook_endpoints set is_active = false, disabled_reason = 'MANUAL', disabled_at = now() - %s"
    rows(firm.url, f"{switch} where id = %s", timedelta(days=31), off)

    await forget(firm.url)

    assert [each["entity_id"] for each in deliveries(firm, key)] == ["inv_new", "inv_waiting"]
    assert len(attempts(firm, key)) == 2
    assert [each["status"] for each in deliveries(firm, off)] == ["CANCELLED"]
