"""Mails handed to a real mail server, and to servers that hang, break off, refuse or talk nonsense."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from adapters.mail import MailDelayed, MailRefused, OutboxMailer, SmtpMailer, SmtpServer
from tests.server.mail_servers import PASSWORD, Dialogue, mail_server, rude_server, up_to_data

MESSAGE = b"Message-ID: <mail_1@books.example.in>\r\nSubject: Invoice\r\n\r\n.hidden dot\r\nFrom here on\r\n"
TO = ["accounts@sharma.example", "owner@sharma.example"]


async def send(mailer: SmtpMailer, recipients: list[str] = TO) -> Any:
    return await mailer.send(MESSAGE, sender="books@example.in", recipients=recipients)


async def test_a_mail_is_handed_over_under_tls_with_a_password() -> None:
    with mail_server() as box:
        taken = await send(box.mailer())

    (received,) = box.received
    assert (taken.reply.code, taken.refused) == (250, {})
    assert (received.sender, received.recipients) == ("books@example.in", TO)
    assert received.is_encrypted
    assert received.content == MESSAGE


async def test_tls_from_the_first_byte_is_not_what_starttls_is() -> None:
    with mail_server() as box, pytest.raises(MailDelayed, match="away"):
        await send(box.mailer(security="TLS"))

    assert box.received == []


async def test_without_starttls_nothing_is_sent() -> None:
    """Neither password nor mail go in the clear, unless the operator has said so."""
    with mail_server(has_tls=False) as box:
        with pytest.raises(MailDelayed, match="STARTTLS"):
            await send(box.mailer())
        assert box.received == []

        await send(box.mailer(security="NONE", username=None, password=None))
        assert len(box.received) == 1


async def test_a_certificate_that_nobody_vouches_for_is_not_trusted() -> None:
    with mail_server() as box, mail_server() as other:
        box.ca = other.ca
        with pytest.raises(MailDelayed, match=r"(?i)certificate"):
            await send(box.mailer())

    assert box.received == []


async def test_a_wrong_password_delays_the_mail_and_is_told_without_it() -> None:
    """The operator can mend it, so the mail waits."""
    with mail_server() as box, pytest.raises(MailDelayed, match="535") as told:
        await send(box.mailer(password="wrong secret"))

    assert (told.value.code, told.value.is_unknown) == (535, False)
    assert "wrong secret" not in str(told.value)
    assert PASSWORD not in repr(SmtpServer.from_url(f"smtp://books:{PASSWORD}@mail.example.in"))


async def test_of_several_recipients_some_are_refused() -> None:
    with mail_server() as box:
        box.refused = {TO[1]: "550 5.1.1 No such user"}
        taken = await send(box.mailer(), [*TO, "third@sharma.example"])

    assert box.received[0].recipients == [TO[0], "third@sharma.example"]
    assert {address: str(reply) for address, reply in taken.refused.items()} == {TO[1]: "550 5.1.1 No such user"}


async def test_where_all_recipients_are_refused_no_message_is_sent() -> None:
    with mail_server() as box:
        box.refused = {TO[0]: "550 No such user", TO[1]: "451 Try later"}
        taken = await send(box.mailer())

    assert box.received == []
    assert [reply.code for reply in taken.refused.values()] == [550, 451]


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [("554 5.7.1 Spam", MailRefused), ("452 4.2.2 Over quota", MailDelayed), ("421 4.3.2 Closing", MailDelayed)],
)
async def test_the_message_itself_is_refused(reply: str, outcome: type[Exception]) -> None:
    with mail_server() as box:
        box.last_reply = reply
        with pytest.raises(outcome, match=reply[4:]):
            await send(box.mailer())


async def test_a_mail_that_the_server_says_is_too_large_is_not_sent() -> None:
    with mail_server(data_size_limit=50) as box, pytest.raises(MailRefused, match="takes 50"):
        await send(box.mailer())


async def test_a_server_that_is_not_there_delays_the_mail() -> None:
    mailer = SmtpMailer(SmtpServer(host="127.0.0.1", port=9, security="NONE"), answer_seconds=1)
    with pytest.raises(MailDelayed, match="away"):
        await send(mailer)


async def _says_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def _greets_byte_by_byte(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    for _ in range(600):
        writer.write(b"2")
        await asyncio.sleep(0.1)


async def _hangs_up_at_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def _talks_nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    await asyncio.sleep(60)


async def _never_ends_a_reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    for _ in range(200_000):
        writer.write(b"220-" + b"x" * 1000 + b"\r\n")
        await writer.drain()


async def _answers_with_impossible_codes(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 ready\r\n")
    while await reader.readline():
        writer.write(b"250 fine\r\n" if reader.at_eof() else b"999 what\r\n")


async def _hangs_up_at_the_recipient(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 ready\r\n")
    while (line := await reader.readline()) and not line.startswith(b"RCPT"):
        writer.write(b"250 fine\r\n")
    writer.write(b"421 4.7.0 Too many connections\r\n")


@pytest.mark.parametrize(
    "dialogue",
    [
        _says_nothing,
        _greets_byte_by_byte,
        _hangs_up_at_once,
        _talks_nonsense,
        _never_ends_a_reply,
        _answers_with_impossible_codes,
        _hangs_up_at_the_recipient,
    ],
)
async def test_a_rude_server_delays_the_mail(dialogue: Dialogue) -> None:
    async with rude_server(dialogue) as mailer:
        async with asyncio.timeout(5):
            with pytest.raises(MailDelayed) as told:
                await send(mailer)

    assert not told.value.is_unknown
    assert len(str(told.value)) < 400


async def _takes_it_and_hangs(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await up_to_data(reader, writer)
    await asyncio.sleep(60)


async def _takes_it_and_breaks_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await up_to_data(reader, writer)
    writer.transport.abort()


@pytest.mark.parametrize("dialogue", [_takes_it_and_hangs, _takes_it_and_breaks_off])
async def test_nobody_knows_whether_a_mail_was_taken_that_no_answer_came_to(dialogue: Dialogue) -> None:
    async with rude_server(dialogue) as mailer:
        with pytest.raises(MailDelayed, match="did not say") as told:
            await send(mailer)

    assert told.value.is_unknown


async def _takes_it_and_hangs_at_goodbye(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await up_to_data(reader, writer)
    writer.write(b"250 Queued\r\n")
    await asyncio.sleep(60)


async def test_a_mail_that_is_taken_is_taken_whatever_follows() -> None:
    async with rude_server(_takes_it_and_hangs_at_goodbye) as mailer:
        taken = await send(mailer)

    assert str(taken.reply) == "250 Queued"


async def _lies_in_its_reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await up_to_data(reader, writer)
    writer.write("550 \u202eevil\x1b[31m \x00\r\n".encode())
    await asyncio.sleep(1)


async def test_what_a_server_says_is_kept_as_one_harmless_line() -> None:
    async with rude_server(_lies_in_its_reply) as mailer:
        with pytest.raises(MailRefused) as told:
            await send(mailer)

    assert str(told.value) == "550 evil [31m"


async def test_without_a_server_mails_are_files(tmp_path: Path) -> None:
    outbox = OutboxMailer(tmp_path / "outbox")
    for _ in range(2):
        await outbox.send(MESSAGE, sender="books@example.in", recipients=TO)

    (written,) = (tmp_path / "outbox").iterdir()
    assert written.name == "mail_1.eml"
    assert written.read_bytes() == (
        b"X-Sender: books@example.in\r\nX-Receiver: accounts@sharma.example\r\n"
        b"X-Receiver: owner@sharma.example\r\n" + MESSAGE
    )


async def test_an_outbox_that_cannot_be_written_delays_the_mail(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file")
    with pytest.raises(MailDelayed, match="cannot be written"):
        await OutboxMailer(tmp_path / "outbox").send(MESSAGE, sender="books@example.in", recipients=TO)
