"""Mails over the API: what is queued, to whom and in which words; and what is refused."""

from typing import Any

import pytest

from tests.running import Caller, Firm, calling, found, mint, rows, shown, workers
from tests.server.conftest import Site
from tests.server.trade import Json, a_customer, a_draft, count_of
from tests.walking import populate

TO = ["accounts@sharma.example"]


async def a_sent_invoice(call: Caller) -> Json:
    """An invoice of 1,000 rupees that is approved."""
    draft = await a_draft(call, await a_customer(call))
    return shown(await call("POST", f"/invoices/{draft}/approve"))


async def mailed(call: Caller, invoice: Json, **said: Any) -> Json:
    reply = await call("POST", f"/invoices/{invoice['invoice_id']}/email", {"to": TO, **said})
    assert reply.status_code == 200, reply.text
    return shown(reply)


def jobs(firm: Firm) -> list[Json]:
    query = (
        "select task_name, args from procrastinate_jobs where task_name = 'send_mail' and args ->> %s = %s order by id"
    )
    return rows(firm.url, query, "organization_id", firm.organization_id)


async def test_a_mail_is_queued_with_its_job_and_told_in_the_trail(call: Caller, firm: Firm) -> None:
    invoice = await a_sent_invoice(call)
    await call("PUT", f"/branches/{firm.branch_id}", {"email": "pune@sahyadri.example"})

    mail = await mailed(call, invoice, cc=["owner@sahyadri.example"], bcc=["audit@sahyadri.example"])

    recipient = {"status": "QUEUED", "smtp_code": None, "message": None}
    assert mail | {"mail_id": "", "created_time": "", "last_modified_time": "", "next_attempt_at": ""} == {
        "mail_id": "",
        "entity_type": "INVOICE",
        "entity_id": invoice["invoice_id"],
        "entity_ref": "INV/26-27/0001",
        "purpose": "DOCUMENT",
        "reminder_days": None,
        "status": "QUEUED",
        "recipients": [
            {"email": "accounts@sharma.example", "role": "TO", **recipient},
            {"email": "owner@sahyadri.example", "role": "CC", **recipient},
            {"email": "audit@sahyadri.example", "role": "BCC", **recipient},
        ],
        "subject": "Invoice INV/26-27/0001 from Sahyadri Traders",
        "body_html": None,
        "attach_pdf": True,
        "reply_to": "pune@sahyadri.example",
        "message_id": None,
        "attempt_count": 0,
        "next_attempt_at": "",
        "sent_at": None,
        "error": None,
        "created_by_user_id": firm.owner_id,
        "version": 1,
        "created_time": "",
        "last_modified_time": "",
        "attempts": [],
    }
    assert [job["args"]["mail_id"] for job in jobs(firm)] == [mail["mail_id"]]
    assert shown(await call("GET", f"/mails/{mail['mail_id']}")) == mail
    trail = (await call("GET", f"/activity/{invoice['invoice_id']}")).json()["activity"]
    assert trail[0]["action"] == "INVOICE_EMAIL_QUEUED"
    assert shown(await call("GET", f"/invoices/{invoice['invoice_id']}")) == invoice


async def test_a_mail_is_asked_for_once_with_a_key(call: Caller, firm: Firm) -> None:
    invoice = await a_sent_invoice(call)
    path, key = f"/invoices/{invoice['invoice_id']}/email", {"Idempotency-Key": "mail-1"}

    first, again = [await call("POST", path, {"to": TO}, headers=key) for _ in range(2)]

    assert again.headers["Idempotent-Replayed"] == "true"
    assert first.json() == again.json()
    assert count_of(firm, "mails") == len(jobs(firm)) == 1


async def test_every_kind_that_goes_out_can_be_mailed(call: Caller, firm: Firm) -> None:
    ids = await populate(call, firm)
    kinds = {
        "estimates": ("estimate_id", "Estimate EST/26-27/0001"),
        "sales_orders": ("sales_order_id", "Sales order SO/26-27/0001"),
        "delivery_challans": ("delivery_challan_id", "Delivery challan DC/26-27/0001"),
        "purchase_orders": ("purchase_order_id", "Purchase order PO/26-27/0001"),
        "credit_notes": ("credit_note_id", "Draft credit note"),
        "debit_notes": ("debit_note_id", "Draft debit note"),
        "customer_debit_notes": ("customer_debit_note_id", "Draft customer debit note"),
        "payments": ("payment_id", "Receipt RV/26-27/0001"),
    }
    for plural, (name, subject) in kinds.items():
        reply = await call("POST", f"/{plural}/{ids[name]}/email", {"to": TO})
        assert reply.status_code == 200, reply.text
        assert shown(reply)["subject"] == f"{subject} from Sahyadri Traders"
    assert (await call("POST", f"/bills/{ids['bill_id']}/email", {"to": TO})).status_code == 404


async def test_a_subject_is_one_line_whatever_the_organization_is_called(site: Site) -> None:
    firm = await found(site.database, name='Sharma "Sons" \u2028& Co')
    async with calling(*site.urls) as caller:
        call = caller.with_token(firm.token)
        mail = await mailed(call, await a_sent_invoice(call))

    assert mail["subject"] == 'Invoice INV/26-27/0001 from Sharma "Sons" & Co'


HOSTILE = """
<p onclick="steal()" style="color: red">Dear <b>Asha</b></p><script>steal()</script><style>p {color: url(x)}</style>
<a href="javascript:steal()">a</a><a href="file:///etc/passwd">b</a><a href="data:text/html,x">c</a>
<a href="https://sahyadri.example/pay?a=1&amp;b=2">pay</a><img src="http://evil.example/pixel.png">
<form action="http://evil.example"><input name="card"></form><iframe src="http://evil.example"></iframe>
<p style="background-color: u\\72l(http://evil.example)">x</p><base href="//evil.example"><svg onload="steal()"></svg>
"""


async def test_html_is_cleaned_before_it_is_kept(call: Caller) -> None:
    mail = await mailed(call, await a_sent_invoice(call), body_html=HOSTILE)

    body = mail["body_html"]
    assert '<p style="color:red">Dear <b>Asha</b></p>' in body.replace("color: red", "color:red")
    assert 'href="https://sahyadri.example/pay?a=1&amp;b=2"' in body
    for bad in (
        "steal",
        "javascript",
        "file:",
        "data:",
        "evil",
        "<img",
        "<form",
        "<input",
        "<iframe",
        "<svg",
        "<style",
    ):
        assert bad not in body


async def test_an_address_is_kept_once_in_letters_that_all_servers_read(call: Caller) -> None:
    said = {"to": ["info@müller.example", "A.Sharma@Sharma.example"], "cc": ["info@xn--mller-kva.example"]}
    mail = await mailed(call, await a_sent_invoice(call), **said)

    assert [(each["email"], each["role"]) for each in mail["recipients"]] == [
        ("info@xn--mller-kva.example", "TO"),
        ("A.Sharma@sharma.example", "TO"),
    ]


BAD = {
    "no recipient": ({"to": []}, "to"),
    "a line break": ({"to": ["a@b.example\r\nBcc: c@d.example"]}, "to[0]"),
    "a line break at the end": ({"to": ["a@b.example\n"], "cc": ["x\n@y.example"]}, "cc[0]"),
    "a name": ({"to": ['"Asha" <a@b.example>']}, "to[0]"),
    "two in one": ({"to": ["a@b.example,c@d.example"]}, "to[0]"),
    "no domain": ({"to": ["asha@localhost"]}, "to[0]"),
    "a number for a domain": ({"to": ["asha@127.0.0.1"]}, "to[0]"),
    "letters that no server need take": ({"to": ["आशा@b.example"]}, "to[0]"),
    "a domain that cannot be": ({"to": TO, "bcc": ["a@-b-.example"]}, "bcc[0]"),
    "a long local part": ({"to": ["a" * 65 + "@b.example"]}, "to[0]"),
    "a line break in the subject": ({"to": TO, "subject": "Hello\r\nBcc: c@d.example"}, "subject"),
    "a blank subject": ({"to": TO, "subject": "  "}, "subject"),
    "a long subject": ({"to": TO, "subject": "x" * 501}, "subject"),
    "a long text": ({"to": TO, "body_html": "x" * 50_001}, "body_html"),
    "nothing but a script": ({"to": TO, "body_html": "<script>alert(1)</script>"}, "body_html"),
    "too many": (
        {
            "to": [f"a{number}@b.example" for number in range(30)],
            "cc": [f"c{number}@b.example" for number in range(21)],
        },
        "to",
    ),
}


@pytest.mark.parametrize(("said", "field"), BAD.values(), ids=BAD)
async def test_what_cannot_be_sent_is_refused(call: Caller, firm: Firm, said: Json, field: str) -> None:
    invoice = await a_sent_invoice(call)
    reply = await call("POST", f"/invoices/{invoice['invoice_id']}/email", said)

    assert (reply.status_code, reply.json()["code"], reply.json()["field"]) == (400, "validation.invalid_value", field)
    assert count_of(firm, "mails") == 0


async def test_fifty_recipients_are_not_too_many(call: Caller) -> None:
    mail = await mailed(call, await a_sent_invoice(call), to=[f"a{number}@b.example" for number in range(50)])

    assert len(mail["recipients"]) == 50


async def test_mailing_needs_the_scope_to_change_the_document(call: Caller, firm: Firm) -> None:
    invoice = await a_sent_invoice(call)
    reader = call.with_token(await mint(firm.url, firm.owner_id, firm.organization_id, held=["AIBooks.invoices.READ"]))
    reply = await reader("POST", f"/invoices/{invoice['invoice_id']}/email", {"to": TO})

    assert (reply.status_code, reply.json()["details"]) == (403, {"required": ["AIBooks.invoices.UPDATE"]})


async def test_a_mail_about_another_version_is_refused(call: Caller) -> None:
    invoice = await a_sent_invoice(call)
    path = f"/invoices/{invoice['invoice_id']}/email"
    reply = await call("POST", path, {"to": TO}, headers={"If-Match": f'"{invoice["version"] - 1}"'})

    assert reply.status_code == 412


async def test_mails_are_listed_by_what_they_are_about(call: Caller) -> None:
    first, second = await a_sent_invoice(call), await a_sent_invoice(call)
    mails = [await mailed(call, invoice) for invoice in (first, second, first)]
    ids = [mail["mail_id"] for mail in mails]

    async def listed(**query: Any) -> list[str]:
        return [mail["mail_id"] for mail in (await call("GET", "/mails", params=query)).json()["mails"]]

    assert await listed() == ids[::-1]
    assert await listed(entity_id=first["invoice_id"]) == [ids[2], ids[0]]
    assert await listed(entity_type="ESTIMATE") == await listed(status="SENT") == []
    assert await listed(status="QUEUED", per_page=2) == ids[:0:-1]
    page = (await call("GET", "/mails", params={"per_page": 2})).json()["page_context"]
    assert await listed(per_page=2, cursor=page["next_cursor"]) == ids[:1]


async def test_an_organization_sends_to_so_many_recipients_a_day(site: Site) -> None:
    """Three are allowed: two in one mail, then one; a refusal counts nothing and is not kept under the key."""
    firm = await found(site.database)
    with workers(site.database, 1, FINZBOOKS_MAIL_RECIPIENTS_PER_DAY="3") as (worker,):
        async with calling(worker.url) as caller:
            call = caller.with_token(firm.token)
            invoice = await a_sent_invoice(call)
            path, key = f"/invoices/{invoice['invoice_id']}/email", {"Idempotency-Key": "a-mail"}
            await mailed(call, invoice, to=["a@b.example", "c@d.example"])
            over = await call("POST", path, {"to": ["a@b.example", "c@d.example"]}, headers=key)
            rows(firm.url, "update mail_counts set recipients = 1 where organization_id = %s", firm.organization_id)
            again = await call("POST", path, {"to": ["a@b.example", "c@d.example"]}, headers=key)
            last = await call("POST", path, {"to": TO})

    assert (over.status_code, over.json()["code"]) == (429, "rate_limit.exceeded")
    assert 0 < int(over.headers["Retry-After"]) <= 86_400
    assert (again.status_code, last.status_code) == (200, 429)
    assert count_of(firm, "mails") == 2
