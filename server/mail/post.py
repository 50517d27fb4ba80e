"""How mails leave this installation, out of its settings: the mail server or the outbox, the sender, the limits."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from adapters.mail import Mailer, OutboxMailer, SmtpMailer, SmtpServer
from domain.access import links
from server.sealing import Sealer
from server.settings import Settings

Print = Callable[[str, str, str], Awaitable[tuple[str, bytes]]]
"""Returns file name and bytes of the PDF of a thing, as its route answers it: organization, kind and id are given.

Raises: NotFound, and Unavailable where nothing prints just now.
"""


KEY_OF_LINKS = "mailed links"
"""For what the key is that links are made by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """How mails go out: by ``mailer``, but those of sandboxes, which stay in the directory ``outbox``.

    ``sender`` is the address for all organizations, ``limit_bytes`` the largest mail. ``address_of_link`` makes
    a link that proves an address out of its id.
    """

    mailer: Mailer
    outbox: Path
    printer: Print
    sender: str
    service_name: str = ""
    sign_in_address: str = "http://localhost:8000/console/sign-in"
    address_of_link: Callable[[str], str] = str
    limit_bytes: int = 10 * 1024 * 1024
    recipients_per_day: int = 500

    @classmethod
    def from_settings(cls, settings: Settings, printer: Print) -> "Post":
        """Return what the settings ask for."""
        outbox = settings.data_directory / "outbox"
        server = SmtpServer.from_url(settings.smtp_url) if settings.smtp_url else None
        return cls(
            mailer=SmtpMailer(server, answer_seconds=settings.smtp_timeout_seconds) if server else OutboxMailer(outbox),
            outbox=outbox,
            printer=printer,
            sender=settings.mail_sender,
            service_name=settings.mail_sender_name,
            sign_in_address=f"{settings.public_url}/console/sign-in",
            address_of_link=link_maker(settings.public_url, Sealer(settings)),
            limit_bytes=settings.mail_limit_bytes,
            recipients_per_day=settings.mail_recipients_per_day,
        )

    def message_id(self, mail_id: str) -> str:
        """What a mail is called by mail servers."""
        return f"<{mail_id}@{self.sender.rpartition('@')[2]}>"

    def mailer_for(self, *, is_sandbox: bool) -> Mailer:
        """Return what takes the mails of an organization: nothing that a sandbox sends leaves the machine."""
        return OutboxMailer(self.outbox / "sandbox") if is_sandbox else self.mailer


def link_maker(public_url: str, sealer: Sealer) -> Callable[[str], str]:
    """Return what makes the address of a mailed link out of its id."""

    def address(link_id: str) -> str:
        return f"{public_url}/console/links/{links.token_of(sealer.key_for(KEY_OF_LINKS), link_id)}"

    return address
