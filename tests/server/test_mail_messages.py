"""Messages as a mail program reads them: what went in comes out, whatever letters and quotes names are made of."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from adapters.mail_messages import Attachment, Envelope, message_of

WRITTEN_AT = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
NAME = "सह्याद्री “Workspaces” & Sons, प्राइवेट लिमिटेड <पुणे>"
INJECTION = "Acme\r\nBcc: everybody@evil.example\n\n<script>\u2028X-Evil: 1\x0b\x0c\x85\x1c"


def an_envelope(**fields: Any) -> Envelope:
    wanted = {
        "message_id": "<mail_01kar7v3fxe7srq2mv8cx0a1ml@books.example.in>",
        "written_at": WRITTEN_AT,
        "sender": "books@example.in",
        "sender_name": "Acme Industries",
        "to": ["accounts@sharma.example"],
        "subject": "Invoice INV/26-27/0042",
        **fields,
    }
    return Envelope(**wanted)


def read(content: bytes) -> EmailMessage:
    parsed = message_from_bytes(content, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def a_message(text: str = "Hello", html: str = "<p>Hello</p>", **fields: Any) -> bytes:
    return message_of(an_envelope(**fields), text=text, html=html)


def test_a_message_has_a_text_a_page_and_the_files() -> None:
    pdf = Attachment(filename="INV-26-27-0042.pdf", media_type="application/pdf", content=b"%PDF-1.7 \x00\xff" * 99)
    content = message_of(
        an_envelope(cc=["owner@sahyadri.example"], reply_to="pune@sahyadri.example"),
        text="Dear Asha,\n\nधन्यवाद ₹1,18,000.00\n",
        html="<p>Dear Asha</p>",
        attachments=[pdf],
    )
    message = read(content)

    assert {name: str(message[name]) for name in message if name != "Content-Type"} == {
        "MIME-Version": "1.0",
        "Message-ID": "<mail_01kar7v3fxe7srq2mv8cx0a1ml@books.example.in>",
        "Date": "Sat, 21 Nov 2026 06:30:00 +0000",
        "From": "Acme Industries <books@example.in>",
        "To": "accounts@sharma.example",
        "Cc": "owner@sahyadri.example",
        "Reply-To": "pune@sahyadri.example",
        "Subject": "Invoice INV/26-27/0042",
    }
    text, page = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None and page is not None
    assert text.get_content().replace("\r\n", "\n") == "Dear Asha,\n\nधन्यवाद ₹1,18,000.00\n"
    assert page.get_content().strip() == "<p>Dear Asha</p>"
    (file,) = message.iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == ("INV-26-27-0042.pdf", "application/pdf")
    assert file.get_content() == pdf.content


def test_the_same_message_is_the_same_to_the_byte() -> None:
    assert a_message() == a_message()


def test_a_message_is_lines_of_ascii_that_every_server_takes() -> None:
    """RFC 5321: 7 bits, 998 characters a line at most, lines end with CR and LF."""
    content = a_message(
        "ж" * 50_000 + "\nFrom me\n.", f"<p>{'x' * 50_000}</p>", subject="ж" * 500, sender_name=NAME * 9
    )

    assert content.isascii()
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert b"\r" not in content.replace(b"\r\n", b"")


def test_no_name_and_no_subject_makes_a_header() -> None:
    message = read(a_message(sender_name=INJECTION, subject=INJECTION))

    assert set(message.keys()) == {"MIME-Version", "Message-ID", "Date", "From", "To", "Subject", "Content-Type"}
    assert message["From"].addresses[0].addr_spec == "books@example.in"
    assert message["Subject"] == "Acme Bcc: everybody@evil.example <script> X-Evil: 1"


_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200)


@given(name=_TEXTS, subject=_TEXTS)
@example(name='Sharma "Sons", Pvt. Ltd. (Pune) <x@y.in>; \\', subject="=?utf-8?q?evil?=")
@example(name=NAME, subject="x" * 200)
@example(name="=?utf-8?b?ZXZpbA==?=", subject=":")
@example(name="0" * 61 + '"', subject="A " * 99 + "₹")
def test_names_and_subjects_come_out_as_they_went_in(name: str, subject: str) -> None:
    """But for blanks and what is no letter, of which a line is made one."""
    message = read(a_message(sender_name=name, subject=subject))
    (sender,) = message["From"].addresses

    assert len(message["To"].addresses) == 1
    assert sender.addr_spec == "books@example.in"
    assert said(sender.display_name) == said(name)
    assert said(message["Subject"] or "") == said(subject)
    assert len(message.keys()) == (7 if message["Subject"] else 6)


def said(text: str) -> str:
    return "".join(each for each in text if each.isprintable() and not each.isspace())
