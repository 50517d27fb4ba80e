"""Mail servers to send to: a real one with STARTTLS and a password, and a rude one that answers what a test says."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from adapters.mail import SmtpMailer, SmtpServer

NAME, PASSWORD = "books", "p@ss word"  # of a server that lives for one test


@dataclass
class Received:
    """One message as a server got it."""

    sender: str
    recipients: list[str]
    content: bytes
    is_encrypted: bool

    @property
    def message(self) -> EmailMessage:
        """The message as a mail program reads it."""
        parsed = message_from_bytes(self.content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed


@dataclass
class Mailbox:
    """What a server got, and what it answers: to recipients that are ``refused``, and after the message."""

    received: list[Received] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    last_reply: str = "250 2.0.0 Queued as 4711"
    port: int = 0
    ca: trustme.CA | None = None

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        """Answer RCPT TO."""
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Answer the end of the data."""
        if self.last_reply.startswith("250"):
            content = bytes(envelope.content)
            self.received.append(
                Received(envelope.mail_from, list(envelope.rcpt_tos), content, session.ssl is not None)
            )
        return self.last_reply

    @property
    def tls(self) -> ssl.SSLContext:
        """What trusts this server's certificate."""
        context = ssl.create_default_context()
        if self.ca is not None:
            self.ca.configure_trust(context)
        return context

    def mailer(self, **wanted: Any) -> SmtpMailer:
        """A mailer for this server, with its name and password."""
        given = {"host": "localhost", "port": self.port, "username": NAME, "password": PASSWORD, **wanted}
        seconds = given.pop("answer_seconds", 5)
        return SmtpMailer(SmtpServer(**given), answer_seconds=seconds, tls=self.tls)


@contextmanager
def mail_server(*, has_tls: bool = True, **limits: Any) -> Iterator[Mailbox]:
    """A server on a free port, which asks for STARTTLS and a password (without TLS, for neither)."""
    box = Mailbox(ca=trustme.CA())
    assert box.ca is not None
    wanted: dict[str, Any] = {}
    if has_tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        box.ca.issue_cert("localhost").configure_cert(context)

        def is_known(server: Any, session: Any, envelope: Any, mechanism: str, given: Any) -> AuthResult:
            is_right = isinstance(given, LoginPassword) and (given.login, given.password) == (
                NAME.encode(),
                PASSWORD.encode(),
            )
            return AuthResult(success=is_right, handled=False)

        wanted = {"tls_context": context, "require_starttls": True, "auth_required": True, "authenticator": is_known}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        box.port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=box.port, **wanted, **limits)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


Dialogue = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def rude_server(dialogue: Dialogue) -> AsyncIterator[SmtpMailer]:
    """A server that says what ``dialogue`` does; yields a mailer for it that waits half a second for an answer."""

    async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await dialogue(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the test is over
        finally:
            writer.close()

    server = await asyncio.start_server(answered, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield SmtpMailer(SmtpServer(host="127.0.0.1", port=port, security="NONE"), answer_seconds=0.5)


async def up_to_data(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer well until the message itself has come."""
    writer.write(b"220 ready\r\n")
    while (line := await reader.readline()) and not line.upper().startswith(b"DATA"):
        writer.write(b"250 fine\r\n")
    writer.write(b"354 go on\r\n")
    await reader.readuntil(b"\r\n.\r\n")
