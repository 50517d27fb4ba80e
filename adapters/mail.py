"""Mail servers over SMTP, and a directory where there is none.

Whatever a server answers, or does not, comes back as one of three: taken (with what it refused of single recipients),
refused for good, or not taken for now. Replies are foreign text: one line, cut, without control characters.
"""

import asyncio
import re
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib

_LONGEST_REPLY = 300
_QUIT_SECONDS = 2
_WHOLE_TIMES = 3
"""All up to the message itself may take so many times what one answer may."""
_KEPT_IN_OUTBOX = 500
_DISORDER = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")
_NO_FILE_NAME = re.compile(r"[^A-Za-z0-9._-]")


@dataclass(frozen=True, slots=True)
class Reply:
    """A code of SMTP and the words that came with it."""

    code: int
    text: str

    def __str__(self) -> str:
        """Both, as servers write them."""
        return f"{self.code} {self.text}".strip()


@dataclass(frozen=True, slots=True)
class Taken:
    """A mail was taken for all recipients but those ``refused``, each with the reply to it; none may be left."""

    reply: Reply
    refused: Mapping[str, Reply] = field(default_factory=dict)


class MailRefused(Exception):
    """The server takes this mail from nobody, now or later."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(str(reply))
        self.reply = reply


class MailDelayed(Exception):
    """The mail was not taken for now: the server is away, busy, slow, set up otherwise than we are, or talks nonsense.

    Where ``is_unknown``, it had the whole mail, and its answer did not come.
    """

    def __init__(self, why: str, *, code: int = 0, is_unknown: bool = False) -> None:
        super().__init__(why)
        self.code = code
        self.is_unknown = is_unknown


class Mailer(Protocol):
    """Hands mails over."""

    name: str

    async def send(self, message: bytes, *, sender: str, recipients: Sequence[str]) -> Taken:
        """Hand a message over for each recipient. Raises MailRefused, MailDelayed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpServer:
    """Where the mail server is, and who we are to it. ``security`` is STARTTLS, TLS (from the first byte) or NONE."""

    host: str
    port: int
    security: str = "STARTTLS"
    username: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def from_url(cls, url: str) -> "SmtpServer":
        """Read ``smtp://user:password@host:port``, ``?starttls=never``, or ``smtps://``."""
        parts = urlsplit(url)
        security = "TLS" if parts.scheme == "smtps" else "NONE" if parts.query == "starttls=never" else "STARTTLS"
        return cls(
            host=parts.hostname or "",
            port=parts.port or (465 if security == "TLS" else 587),
            security=security,
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
        )


class SmtpMailer:
    """Hands mails to one server, each over a connection of its own."""

    name = "SMTP"

    def __init__(self, server: SmtpServer, *, answer_seconds: float = 20, tls: ssl.SSLContext | None = None) -> None:
        self._server = server
        self._answer_seconds = answer_seconds
        self._tls = tls

    async def send(self, message: bytes, *, sender: str, recipients: Sequence[str]) -> Taken:
        """Hand a message over for each recipient. Raises MailRefused, MailDelayed."""
        client = self._client()
        try:
            async with asyncio.timeout(self._answer_seconds * _WHOLE_TIMES):
                await client.connect()
                _check_size(client, len(message))
                refused = await _named(client, sender=sender, recipients=recipients)
            if len(refused) == len(recipients):
                return Taken(next(iter(refused.values())), refused)
            taken = Taken(await _sent(client, message), refused)
            await _take_leave(client)
            return taken
        except aiosmtplib.SMTPResponseException as error:
            reply = _reply(error.code, error.message)
            raise MailDelayed(f"The mail server answers {reply}", code=reply.code) from None
        except (TimeoutError, aiosmtplib.SMTPTimeoutError):
            raise MailDelayed("The mail server is too slow.") from None
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise MailDelayed(f"The mail server is away: {_one_line(str(error)) or type(error).__name__}") from None
        finally:
            client.close()

    def _client(self) -> aiosmtplib.SMTP:
        server = self._server
        return aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.username,
            password=server.password,
            timeout=self._answer_seconds,
            use_tls=server.security == "TLS",
            start_tls=server.security == "STARTTLS",
            tls_context=None if server.security == "NONE" else self._tls,
        )


async def _named(client: aiosmtplib.SMTP, *, sender: str, recipients: Sequence[str]) -> dict[str, Reply]:
    """Name sender and recipients; return those that are refused, with the reply to each."""
    try:
        await client.mail(sender)
    except aiosmtplib.SMTPResponseException as error:
        raise _refused_or_delayed(error) from None
    refused: dict[str, Reply] = {}
    for recipient in recipients:
        try:
            await client.rcpt(recipient)
        except aiosmtplib.SMTPRecipientRefused as error:
            if error.code == aiosmtplib.SMTPStatus.domain_unavailable:  # 421: it hangs up
                raise
            refused[recipient] = _reply(error.code, error.message)
    return refused


async def _sent(client: aiosmtplib.SMTP, message: bytes) -> Reply:
    """Send the message itself. A connection that breaks here leaves open whether it was taken."""
    try:
        reply = await client.data(message)
    except aiosmtplib.SMTPDataError as error:
        raise _refused_or_delayed(error) from None
    except (aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPTimeoutError, OSError, TimeoutError) as error:
        why = _one_line(str(error)) or type(error).__name__
        raise MailDelayed(f"The mail server did not say whether it took the mail: {why}", is_unknown=True) from None
    return _reply(reply.code, reply.message)


async def _take_leave(client: aiosmtplib.SMTP) -> None:
    """Say goodbye; the mail is taken, whatever the server makes of that."""
    with suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
        async with asyncio.timeout(_QUIT_SECONDS):
            await client.quit()


def _check_size(client: aiosmtplib.SMTP, size: int) -> None:
    """Ask nothing of a server that has said that it takes less (RFC 1870). Raises MailRefused."""
    said = client.esmtp_extensions.get("size", "")
    if said.isdecimal() and 0 < int(said) < size:
        raise MailRefused(Reply(552, f"The mail has {size} bytes; the mail server takes {int(said)}."))


def _refused_or_delayed(error: aiosmtplib.SMTPResponseException) -> MailRefused | MailDelayed:
    reply = _reply(error.code, error.message)
    if 500 <= reply.code < 600:
        return MailRefused(reply)
    return MailDelayed(f"The mail server answers {reply}", code=reply.code)


def _reply(code: int, text: str) -> Reply:
    """A reply as it is kept; a code that is none counts as one that says nothing."""
    return Reply(code if 0 < code < 1000 else 0, _one_line(text))


def _one_line(text: str) -> str:
    return _DISORDER.sub(" ", text).strip()[:_LONGEST_REPLY]


class OutboxMailer:
    """Writes each mail into a directory, as ``.eml`` that mail programs open; the newest of them are kept.

    Above the message stand, as ``X-Sender`` and ``X-Receiver``, whom a mail server would have been told of.
    """

    name = "OUTBOX"

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    async def send(self, message: bytes, *, sender: str, recipients: Sequence[str]) -> Taken:
        """Write a message; the same one again in the same place. Raises MailDelayed where the disk takes no more."""
        try:
            path = await asyncio.to_thread(self._write, message, sender, recipients)
        except OSError as error:
            raise MailDelayed(f"The outbox cannot be written: {error.strerror}") from None
        return Taken(Reply(250, f"Written to {path.name}"))

    def _write(self, message: bytes, sender: str, recipients: Sequence[str]) -> Path:
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._directory / f"{_name_of(message)}.eml"
        envelope = [f"X-Sender: {sender}", *(f"X-Receiver: {recipient}" for recipient in recipients)]
        unfinished = path.with_suffix(".part")
        unfinished.write_bytes("".join(f"{line}\r\n" for line in envelope).encode("ascii") + message)
        unfinished.replace(path)
        for old in sorted(self._directory.glob("*.eml"))[:-_KEPT_IN_OUTBOX]:
            old.unlink(missing_ok=True)
        return path


def _name_of(message: bytes) -> str:
    """The local part of its ``Message-ID``, which sorts by time."""
    found = re.search(rb"^Message-ID: <([^@>\r\n]+)", message, re.MULTILINE)
    return _NO_FILE_NAME.sub("_", found[1].decode("ascii")) if found else "mail"
