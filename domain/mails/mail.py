"""A mail as it is stored, with its recipients and attempts; how it is listed, read and locked."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, select, true

from domain.books import Books
from domain.happenings import Happening
from domain.pages import Listing, equal_to
from domain.statements import Statement, as_rows, columns_of, insertion, of_tenant, reader_of, replacement, written
from domain.values import Struct, field, replace
from models.mails import mails

MAIL_NOUN = "Mail"
"""What one is called in a refusal."""

SEND_MAIL = "send_mail"
"""The name of the job that sends a mail, if it is due."""


class MailStatus(StrEnum):
    """Where a mail, or a mail to one recipient, is."""

    QUEUED = "QUEUED"
    SENT = "SENT"
    BOUNCED = "BOUNCED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class Purpose(StrEnum):
    """What a mail is for."""

    DOCUMENT = "DOCUMENT"
    REMINDER = "REMINDER"
    NOTICE = "NOTICE"


class Told(Struct, frozen=True):
    """Why a mail is not sent: a word for machines, and what people read."""

    code: str
    message: str


class Recipient(Struct, frozen=True, kw_only=True):
    """One address, how it is named in the mail, and what the mail server last said of it."""

    email: str
    role: str
    status: str = MailStatus.QUEUED.value
    smtp_code: int | None = None
    message: str | None = None


class Attempt(Struct, frozen=True, kw_only=True):
    """One attempt; instants as they are shown. Without an outcome it goes on, or nobody knows what came of it."""

    number: int
    began_at: str
    ended_at: str | None = None
    outcome: str | None = None
    code: str | None = None
    message: str | None = None


class Letter(Struct, frozen=True, kw_only=True):
    """What the usual text is made of, every string ready, as it was when the mail was asked for.

    ``due_title`` is what the day ``due_on`` is called; ``open_amount`` is what is still to be paid of what is owed;
    ``days_overdue`` is negative before the due date.
    """

    organization_name: str
    contact_name: str
    title: str
    number: str | None
    dated_on: str
    due_title: str
    due_on: str | None
    amount: str
    open_amount: str | None = None
    days_overdue: int | None = None
    phone: str | None = None


class Mail(Struct, frozen=True, kw_only=True):
    """A mail. ``body_html`` is absent where the usual text is sent; ``created_by`` of what nobody asked for."""

    id: str
    entity_type: str
    entity_id: str
    entity_ref: str | None
    purpose: str
    reminder_days: int | None = None
    status: str = MailStatus.QUEUED.value
    recipients: list[Recipient]
    subject: str
    body_html: str | None
    letter: Letter
    attach_pdf: bool
    reply_to: str | None
    message_id: str | None = None
    attempts: list[Attempt] = field(default_factory=list)
    next_attempt_at: datetime | None
    sent_at: datetime | None = None
    error: Told | None = None
    created_by: str | None
    version: int = 1
    created_at: datetime
    modified_at: datetime

    def waiting(self) -> list[Recipient]:
        """The recipients for whom it is not settled yet."""
        return [each for each in self.recipients if each.status == MailStatus.QUEUED]

    def addresses(self, *roles: str) -> list[str]:
        """The addresses that are named so."""
        return [each.email for each in self.recipients if each.role in roles]


MAIL_LISTING = Listing(
    name="mails",
    table=mails,
    filters=equal_to(mails, "entity_type", "entity_id", "status"),
    orders={"created_time": mails.c.id},
)

_ROW, _ROW_JSON = written(mails, columns_of(mails, Mail), name="mail")
_LOCKING = Statement(
    select(_ROW_JSON.label("mail"))
    .select_from(mails.join(_ROW, true()))
    .where(of_tenant(mails), mails.c.id == bindparam("id"))
    .with_for_update(of=mails)
)
_INSERTION = Statement(insertion(mails, Mail))
_REPLACEMENT = Statement(replacement(mails, Mail))
_read = reader_of(Mail)


def as_shown(instant: datetime) -> str:
    """Return an instant as the contract writes it."""
    return instant.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


async def locked(books: Books, key: str) -> Mail | None:
    """Return a mail, locked until the transaction ends."""
    text = await books.value(_LOCKING, id=key)
    return None if text is None else _read(text)


async def add(books: Books, new: Mail) -> None:
    """Write a mail that is new."""
    await books.run(_INSERTION, rows=as_rows([new]))


async def change(books: Books, stored: Mail, values: Mapping[str, Any]) -> Mail:
    """Write what has changed of a mail that is locked."""
    changed = replace(stored, **values, version=stored.version + 1, modified_at=books.now)
    await books.run(_REPLACEMENT, rows=as_rows([changed]))
    return changed


def note(books: Books, mail: Mail, action: str, recipients: Sequence[Recipient], **told: Any) -> None:
    """Note in the trail of what a mail is about that something happened to it, such as ``INVOICE_SENT``."""
    summary = {"mail_id": mail.id, "recipients": [each.email for each in recipients], **told}
    books.happened(Happening(action, mail.entity_type, mail.entity_id, mail.entity_ref, summary=summary))
