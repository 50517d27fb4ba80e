"""Messages out of mails: the words that somebody wrote, or the usual ones out of ``templates/mail/``."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from adapters.mail_messages import Attachment, Envelope, message_of
from domain.access import links
from domain.access.links import Due
from domain.access.roles import TITLES
from domain.access.security_events import SecurityEvent
from domain.books import INDIA
from domain.mails.mail import Letter, Mail, Purpose
from server.mail.plain_text import text_of

_TEMPLATES = Path(__file__).parent.parent.parent / "templates" / "mail"
_SERVICE = "FinzBooks"
_environment = Environment(
    loader=FileSystemLoader(_TEMPLATES),
    autoescape=select_autoescape(("html",), default=False),
    undefined=StrictUndefined,
    auto_reload=False,
)


def composed(
    mail: Mail, *, sender: str, service_name: str, written_at: datetime, attachments: Sequence[Attachment]
) -> bytes:
    """Return the message of a mail whose first attempt has begun, and which so has a ``Message-ID``.

    Addresses in BCC stand nowhere in it.
    """
    assert mail.message_id is not None, "a mail gets its name with its first attempt"
    owner = mail.letter.organization_name
    envelope = Envelope(
        message_id=mail.message_id,
        written_at=written_at,
        sender=sender,
        sender_name=f"{owner} via {service_name}" if service_name else owner,
        to=mail.addresses("TO"),
        cc=mail.addresses("CC"),
        reply_to=mail.reply_to,
        subject=mail.subject,
        is_automatic=mail.purpose != Purpose.DOCUMENT,
    )
    text, html = words_of(mail, is_attached=bool(attachments))
    return message_of(envelope, text=text, html=html, attachments=attachments)


def words_of(mail: Mail, *, is_attached: bool) -> tuple[str, str]:
    """Return the text and the HTML of a mail."""
    if mail.body_html is not None:
        body = Markup(mail.body_html)  # noqa: S704  # cleaned when the mail was asked for, and nothing else is stored
        return text_of(mail.body_html), _environment.get_template("written.html").render(body=body)
    letter, name = mail.letter, mail.purpose.lower()
    known = {"letter": letter, "is_attached": is_attached, "what": _what(letter), "facts": _facts(letter)}
    # A text of its own, so that what it holds is escaped where it stands in HTML.
    known["sentence"] = _environment.get_template(f"{name}_sentence.txt").render(known)
    text, html = (_environment.get_template(f"{name}.{ending}").render(known) for ending in ("txt", "html"))
    return text, html


def security_message(
    event: SecurityEvent, *, name: str, email: str, message_id: str, sender: str, service_name: str
) -> bytes:
    """Return the message that tells a user what happened to the account."""
    service = service_name or _SERVICE
    envelope = Envelope(
        message_id=message_id,
        written_at=event.at,
        sender=sender,
        sender_name=service,
        to=[email],
        subject=f"{event.subject} ({service})",
        is_automatic=True,
    )
    facts = [
        ("When", f"{event.at.astimezone(INDIA):%d %B %Y, %H:%M} in India"),
        ("From", event.address),
        ("With", event.agent),
    ]
    known = {"name": name, "sentence": event.sentence, "facts": [(label, value) for label, value in facts if value]}
    text, html = (_environment.get_template(f"security.{ending}").render(known) for ending in ("txt", "html"))
    return message_of(envelope, text=text, html=html)


def _what(letter: Letter) -> str:
    title = letter.title.lower()
    return f"{title} {letter.number}" if letter.number else f"draft {title}"


def _facts(letter: Letter) -> list[tuple[str, str]]:
    facts = [
        ("Number", letter.number),
        ("Date", letter.dated_on),
        (letter.due_title, letter.due_on),
        ("Amount", letter.amount),
        ("Open", None if letter.open_amount == letter.amount else letter.open_amount),
    ]
    return [(name, value) for name, value in facts if value]


def link_message(due: Due, *, address: str, sign_in: str, message_id: str, sender: str, service_name: str) -> bytes:
    """Return the message with a link that proves an address. What strangers wrote stands in none that strangers get."""
    service = service_name or _SERVICE
    subject, lines, last = _WORDS_OF_LINKS[due.purpose]
    said = {"service": service, "organization": due.organization, "role": due.role and TITLES[due.role],
            "inviter": due.inviter}  # fmt: skip
    envelope = Envelope(
        message_id=message_id,
        written_at=due.created_at,
        sender=sender,
        sender_name=service,
        to=[due.email],
        subject=subject.format_map(said),
        is_automatic=True,
    )
    known = {
        "lines": [line.format_map(said) for line in lines],
        "address": sign_in if due.purpose == links.KNOWN else address,
        "last": last,
    }
    text, html = (_environment.get_template(f"link.{ending}").render(known) for ending in ("txt", "html"))
    return message_of(envelope, text=text, html=html)


_NOTHING_TO_DO = "If it was not you, there is nothing to do: without the link nothing happens."
_WORDS_OF_LINKS = {
    links.SIGN_UP: (
        "Open your account ({service})",
        (
            "Somebody, most likely you, wants to open an account at {service} with this address.",
            "Follow the link and choose a password. It works once, for 24 hours:",
        ),
        _NOTHING_TO_DO,
    ),
    links.KNOWN: (
        "You have an account ({service})",
        (
            "Somebody, most likely you, wants to open an account at {service} with this address. There is one already.",
            "Sign in; if you have forgotten the password, the page has a link for that:",
        ),
        "If it was not you, there is nothing to do.",
    ),
    links.RESET: (
        "Choose another password ({service})",
        (
            "Somebody, most likely you, has forgotten the password of your account at {service}.",
            "Follow the link and choose another one. It works once, for 24 hours:",
        ),
        _NOTHING_TO_DO,
    ),
    links.INVITATION: (
        "{organization} ({service})",
        (
            "{inviter} invites you to work with the books of {organization} at {service}, as: {role}.",
            "Follow the link to accept. It works once, for seven days:",
        ),
        _NOTHING_TO_DO,
    ),
}
