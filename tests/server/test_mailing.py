"""Mails on their way: handed to a real mail server by a worker's job, tried again, given up; whatever crashes."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from adapters.mail import MailDelayed, Mailer, OutboxMailer, Taken
from domain.errors import NotFound, Unavailable
from server.jobs.deferring import deferring
from server.jobs.job_queue import job_queue
from server.jobs.mailing import SWEEP, send_if_due
from server.mail.post import Post
from server.settings import Settings
from tests.running import Caller, Firm, open_sandbox, rows, shown
from tests.server.mail_servers import mail_server, rude_server, up_to_data
from tests.server.test_mails import TO, a_sent_invoice, mailed
from tests.server.trade import Json

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\nnot printed for real\n%%EOF\n"


async def a_printer(organization_id: str, entity_type: str, key: str) -> tuple[str, bytes]:
    return "INV-26-27-0001.pdf", PDF


def a_post(mailer: Mailer, outbox: Path, **fields: Any) -> Post:
    return replace(Post(mailer=mailer, outbox=outbox, printer=a_printer, sender="books@example.in"), **fields)


@pytest.fixture
def post(tmp_path: Path) -> Post:
    """A post that writes files."""
    return a_post(OutboxMailer(tmp_path / "outbox"), tmp_path / "outbox")


async def sent(firm: Firm, mail: Json, post: Post, *, later: timedelta = timedelta()) -> None:
    """Run the job of a mail, so much later than now."""
    defer = deferring(job_queue(firm.url))
    now = datetime.now(UTC) + timedelta(seconds=1) + later
    await send_if_due(firm.url, firm.organization_id, mail["mail_id"], post=post, now=now, defer=defer)


async def now_of(call: Caller, mail: Json) -> Json:
    return shown(await call("GET", f"/mails/{mail['mail_id']}"))


def statuses(mail: Json) -> dict[str, Any]:
    return {each["email"]: (each["status"], each["smtp_code"]) for each in mail["recipients"]}


async def actions_of(call: Caller, invoice: Json) -> list[str]:
    trail = (await call("GET", f"/activity/{invoice['invoice_id']}")).json()["activity"]
    return [each["action"] for each in trail if "EMAIL" in each["action"] or each["action"] == "INVOICE_SENT"]


async def test_a_mail_arrives_with_its_pdf(call: Caller, firm: Firm, tmp_path: Path) -> None:
    invoice = await a_sent_invoice(call)
    await call("PUT", f"/branches/{firm.branch_id}", {"email": "pune@sahyadri.example", "phone": "020 4567 8900"})
    mail = await mailed(call, invoice, cc=["owner@sahyadri.example"], bcc=["audit@sahyadri.example"])
    with mail_server() as box:
        await sent(firm, mail, a_post(box.mailer(), tmp_path))
        await sent(firm, mail, a_post(box.mailer(), tmp_path), later=timedelta(days=1))

    (received,) = box.received
    assert received.sender == "books@example.in"
    assert received.recipients == [TO[0], "owner@sahyadri.example", "audit@sahyadri.example"]
    assert b"audit" not in received.content
    message = received.message
    told = {name: str(message[name]) for name in ("From", "To", "Cc", "Reply-To", "Subject", "Message-ID")}
    assert told == {
        "From": "Sahyadri Traders <books@example.in>",
        "To": "accounts@sharma.example",
        "Cc": "owner@sahyadri.example",
        "Reply-To": "pune@sahyadri.example",
        "Subject": "Invoice INV/26-27/0001 from Sahyadri Traders",
        "Message-ID": f"<{mail['mail_id']}@example.in>",
    }
    (file,) = message.iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("INV-26-27-0001.pdf", PDF)
    text = message.get_body(("plain",))
    assert text is not None
    words = text.get_content()
    for part in (
        "Dear Deccan Retail,",
        "attached our invoice INV/26-27/0001.",
        "Amount: ₹1,000.00",
        "call 020 4567 8900",
    ):
        assert part in words

    after = await now_of(call, mail)
    assert (after["status"], after["attempt_count"], after["next_attempt_at"], after["error"]) == (
        "SENT",
        1,
        None,
        None,
    )
    assert set(statuses(after).values()) == {("SENT", 250)}
    assert after["message_id"] == told["Message-ID"]
    assert after["attempts"][0] | {"began_at": "", "ended_at": ""} == {
        "number": 1,
        "began_at": "",
        "ended_at": "",
        "outcome": "SENT",
        "code": None,
        "message": "250 2.0.0 Queued as 4711",
    }
    assert await actions_of(call, invoice) == ["INVOICE_SENT", "INVOICE_EMAIL_QUEUED"]
    assert shown(await call("GET", f"/invoices/{invoice['invoice_id']}")) == invoice


async def test_words_of_ones_own_go_out_cleaned_and_as_text(call: Caller, firm: Firm, tmp_path: Path) -> None:
    body = "<p>Dear <b>Asha</b>,</p><ul><li>pay <a href='https://a.in/x'>here</a></li></ul><script>x</script>"
    mail = await mailed(call, await a_sent_invoice(call), body_html=body, attach_pdf=False, subject="ధన్యవాదాలు “Asha”")
    with mail_server() as box:
        await sent(firm, mail, a_post(box.mailer(), tmp_path, service_name="Books & Co"))

    message = box.received[0].message
    text, page = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None and page is not None
    assert text.get_content().replace("\r\n", "\n") == "Dear Asha,\n\n- pay here (https://a.in/x)\n"
    assert mail["body_html"] in page.get_content()
    assert "script" not in page.get_content()
    assert (str(message["Subject"]), str(message["From"])) == (
        "ధన్యవాదాలు “Asha”",
        "Sahyadri Traders via Books & Co <books@example.in>",
    )
    assert list(message.iter_attachments()) == []


async def test_without_a_mail_server_a_mail_is_a_file(call: Caller, firm: Firm, post: Post) -> None:
    mail = await mailed(call, await a_sent_invoice(call))
    await sent(firm, mail, post)

    (written,) = post.outbox.glob("*.eml")
    assert written.stem == mail["mail_id"]
    assert (await now_of(call, mail))["attempts"][0]["message"] == f"250 Written to {written.name}"


async def test_no_mail_of_a_sandbox_leaves_the_machine(call: Caller, firm: Firm, tmp_path: Path) -> None:
    sandbox = await open_sandbox(firm)
    tester = call.with_token(sandbox.token)
    mail = await mailed(tester, await a_sent_invoice(tester))
    with mail_server() as box:
        await sent(sandbox, mail, a_post(box.mailer(), tmp_path))

    assert box.received == []
    assert [path.stem for path in (tmp_path / "sandbox").iterdir()] == [mail["mail_id"]]
    assert (await now_of(tester, mail))["status"] == "SENT"


async def test_who_is_refused_for_now_is_asked_again_and_nobody_else(call: Caller, firm: Firm, tmp_path: Path) -> None:
    invoice = await a_sent_invoice(call)
    mail = await mailed(call, invoice, to=["a@b.example", "c@d.example", "e@f.example"])
    with mail_server() as box:
        box.refused = {"c@d.example": "450 4.2.1 Mailbox busy", "e@f.example": "550 5.1.1 No such user"}
        await sent(firm, mail, a_post(box.mailer(), tmp_path))
        waiting = await now_of(call, mail)
        box.refused = {}
        await sent(firm, mail, a_post(box.mailer(), tmp_path))
        assert len(box.received) == 1, "it is not due yet"
        await sent(firm, mail, a_post(box.mailer(), tmp_path), later=timedelta(minutes=1))

    assert [each.recipients for each in box.received] == [["a@b.example"], ["c@d.example"]]
    assert len({each.message["Message-ID"] for each in box.received}) == 1
    assert (waiting["status"], waiting["error"]["code"]) == ("QUEUED", "smtp.refused")
    assert statuses(waiting) == {
        "a@b.example": ("SENT", 250),
        "c@d.example": ("QUEUED", 450),
        "e@f.example": ("BOUNCED", 550),
    }
    after = await now_of(call, mail)
    assert (after["status"], [each["outcome"] for each in after["attempts"]]) == ("BOUNCED", ["IN_PART", "SENT"])
    assert statuses(after) == {
        "a@b.example": ("SENT", 250),
        "c@d.example": ("SENT", 250),
        "e@f.example": ("BOUNCED", 550),
    }
    assert after["sent_at"] == waiting["sent_at"]
    assert await actions_of(call, invoice) == [
        "INVOICE_EMAIL_BOUNCED",
        "INVOICE_SENT",
        "INVOICE_SENT",
        "INVOICE_EMAIL_QUEUED",
    ]


async def test_a_mail_that_is_refused_for_good_is_not_tried_again(call: Caller, firm: Firm, tmp_path: Path) -> None:
    invoice = await a_sent_invoice(call)
    mail = await mailed(call, invoice)
    with mail_server() as box:
        box.last_reply = "554 5.7.1 We take no invoices"
        await sent(firm, mail, a_post(box.mailer(), tmp_path))

    after = await now_of(call, mail)
    assert (after["status"], after["next_attempt_at"], after["sent_at"]) == ("FAILED", None, None)
    assert after["error"] == {"code": "smtp.refused", "message": "554 5.7.1 We take no invoices"}
    assert await actions_of(call, invoice) == ["INVOICE_EMAIL_FAILED", "INVOICE_EMAIL_QUEUED"]


class _Away:
    name = "AWAY"

    async def send(self, message: bytes, *, sender: str, recipients: Any) -> Taken:
        raise MailDelayed("The mail server is away: nobody there")


async def test_a_mail_is_tried_eight_times_within_a_day_and_then_given_up(
    call: Caller, firm: Firm, tmp_path: Path
) -> None:
    mail = await mailed(call, await a_sent_invoice(call))
    later, waits = timedelta(), [1, 5, 15, 60, 180, 360, 720]
    for minutes in waits:
        await sent(firm, mail, a_post(_Away(), tmp_path), later=later)
        assert (await now_of(call, mail))["status"] == "QUEUED"
        later += timedelta(minutes=minutes)
    await sent(firm, mail, a_post(_Away(), tmp_path), later=later)

    after = await now_of(call, mail)
    assert (after["status"], after["attempt_count"], after["next_attempt_at"]) == ("FAILED", 8, None)
    assert after["error"] == {"code": "smtp.away", "message": "The mail server is away: nobody there"}
    began = [datetime.fromisoformat(each["began_at"]) for each in after["attempts"]]
    passed = [round((after_it - it).total_seconds() / 60) for it, after_it in pairwise(began)]
    assert passed == waits
    query = "select scheduled_at from procrastinate_jobs where args ->> 'mail_id' = %s"
    assert len(rows(firm.url, query, mail["mail_id"])) == 8


async def test_no_mail_goes_without_the_pdf_that_it_promises(call: Caller, firm: Firm, post: Post) -> None:
    async def away(organization_id: str, entity_type: str, key: str) -> tuple[str, bytes]:
        raise Unavailable("Nothing makes PDFs here.")

    mail = await mailed(call, await a_sent_invoice(call))
    await sent(firm, mail, replace(post, printer=away))
    waiting = await now_of(call, mail)
    await sent(firm, mail, post, later=timedelta(minutes=1))

    assert (waiting["status"], waiting["error"]["code"]) == ("QUEUED", "pdf.away")
    assert (await now_of(call, mail))["status"] == "SENT"


async def test_what_is_gone_cannot_be_printed_for_a_mail(call: Caller, firm: Firm, post: Post) -> None:
    async def gone(organization_id: str, entity_type: str, key: str) -> tuple[str, bytes]:
        raise NotFound("Invoice", key)

    mail = await mailed(call, await a_sent_invoice(call))
    await sent(firm, mail, replace(post, printer=gone))

    after = await now_of(call, mail)
    assert (after["status"], after["error"]["code"]) == ("FAILED", "pdf.failed")


async def test_a_mail_that_is_too_large_is_not_sent(call: Caller, firm: Firm, post: Post) -> None:
    async def large(organization_id: str, entity_type: str, key: str) -> tuple[str, bytes]:
        return "large.pdf", b"%PDF-" + b"x" * 100_000

    mail = await mailed(call, await a_sent_invoice(call))
    await sent(firm, mail, replace(post, printer=large, limit_bytes=100_000))

    after = await now_of(call, mail)
    assert (after["status"], after["error"]["code"]) == ("FAILED", "mail.too_large")


class _Dies:
    """A mail server that takes the mail; the worker dies before it hears so."""

    name = "DIES"

    def __init__(self) -> None:
        self.ids: list[bytes] = []

    async def send(self, message: bytes, *, sender: str, recipients: Any) -> Taken:
        self.ids += [line for line in message.split(b"\r\n") if line.startswith(b"Message-ID")]
        raise asyncio.CancelledError


async def test_who_dies_after_the_mail_was_taken_leaves_it_to_be_sent_again_under_the_same_name(
    call: Caller, firm: Firm, tmp_path: Path
) -> None:
    """At least once: whoever gets it twice can tell by its Message-ID."""
    mail, dies = await mailed(call, await a_sent_invoice(call)), _Dies()
    with pytest.raises(asyncio.CancelledError):
        await sent(firm, mail, a_post(dies, tmp_path))
    lost = await now_of(call, mail)
    with mail_server() as box:
        await sent(firm, mail, a_post(box.mailer(), tmp_path), later=timedelta(minutes=9))
        assert box.received == [], "another may still be at it"
        await sent(firm, mail, a_post(box.mailer(), tmp_path), later=timedelta(minutes=11))

    assert (lost["status"], lost["attempts"][0]["outcome"]) == ("QUEUED", None)
    after = await now_of(call, mail)
    assert (after["status"], [each["outcome"] for each in after["attempts"]]) == ("SENT", ["UNKNOWN", "SENT"])
    assert dies.ids == [f"Message-ID: {box.received[0].message['Message-ID']}".encode()]


async def _hangs(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await up_to_data(reader, writer)
    await asyncio.sleep(30)


async def test_a_server_that_hangs_after_the_message_leaves_it_unknown(
    call: Caller, firm: Firm, tmp_path: Path
) -> None:
    mail = await mailed(call, await a_sent_invoice(call))
    async with rude_server(_hangs) as mailer:
        await sent(firm, mail, a_post(mailer, tmp_path))

    after = await now_of(call, mail)
    assert (after["status"], after["error"]["code"], after["attempts"][0]["outcome"]) == (
        "QUEUED",
        "smtp.unknown",
        "UNKNOWN",
    )


async def test_workers_that_race_send_a_mail_once(call: Caller, firm: Firm, tmp_path: Path) -> None:
    mail = await mailed(call, await a_sent_invoice(call))
    with mail_server() as box:
        await asyncio.gather(*(sent(firm, mail, a_post(box.mailer(), tmp_path)) for _ in range(6)))

    assert len(box.received) == 1
    assert (await now_of(call, mail))["attempt_count"] == 1


async def test_a_job_that_was_lost_is_asked_for_again(call: Caller, firm: Firm) -> None:
    mail = await mailed(call, await a_sent_invoice(call))
    rows(firm.url, "delete from procrastinate_jobs where args ->> 'mail_id' = %s", mail["mail_id"])
    assert (firm.organization_id, mail["mail_id"]) in await SWEEP.found(firm.url)
    async with (queue := job_queue(firm.url)).open_async():
        await SWEEP.ask(queue, firm.url)
        await SWEEP.ask(queue, firm.url)

    jobs = rows(firm.url, "select task_name from procrastinate_jobs where args ->> 'mail_id' = %s", mail["mail_id"])
    assert [job["task_name"] for job in jobs] == ["send_mail"]


def test_the_settings_say_where_mails_go(tmp_path: Path) -> None:
    url = "smtp://AKIA%2F1:p%40ss@email-smtp.ap-south-1.amazonaws.com:587"
    given = {"FINZBOOKS_SMTP_URL": url, "FINZBOOKS_MAIL_SENDER": "books@example.in"}
    post = Post.from_settings(Settings.from_environment(given), a_printer)

    assert post.mailer.name == "SMTP"
    assert (post.sender, post.message_id("mail_1")) == ("books@example.in", "<mail_1@example.in>")
    assert Post.from_settings(Settings.from_environment({}), a_printer).mailer.name == "OUTBOX"
