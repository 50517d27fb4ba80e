"""Queueing a mail: row, activity and job in the transaction of whoever asks, within what an organization may send."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from domain.books import INDIA, Books
from domain.documents.kinds import Kind
from domain.errors import RateLimited
from domain.ids import new_id
from domain.jobs import Job
from domain.mails import letters
from domain.mails.addresses import recipients_of
from domain.mails.cleaning import clean, one_line
from domain.mails.letters import Facts
from domain.mails.mail import SEND_MAIL, Mail, Purpose, Recipient, add, note
from domain.statements import Statement

_COUNT = Statement(
    """
insert into mail_counts (organization_id, counted_on, recipients)
select %(organization_id)s, %(counted_on)s, %(more)s::integer
 where %(more)s <= %(most)s::integer
    on conflict (organization_id, counted_on)
    do update set recipients = mail_counts.recipients + excluded.recipients
            where mail_counts.recipients + excluded.recipients <= %(most)s
returning recipients
"""
)


async def mail_document(books: Books, kind: Kind, key: str, said: Mapping[str, Any]) -> Mail:
    """Queue a mail about a document. Raises: NotFound, VersionMismatch, Invalid, RateLimited."""
    return await _as_said(books, await letters.of_document(books, kind, key), said)


async def mail_payment(books: Books, key: str, said: Mapping[str, Any]) -> Mail:
    """Queue a mail about a payment. Raises: NotFound, VersionMismatch, Invalid, RateLimited."""
    return await _as_said(books, await letters.of_payment(books, key), said)


async def _as_said(books: Books, facts: Facts, said: Mapping[str, Any]) -> Mail:
    body = said.get("body_html")
    return await queue(
        books,
        facts,
        recipients_of(said),
        subject=one_line(said["subject"]) if said.get("subject") else letters.usual_subject(facts),
        body_html=clean(body, field="body_html") if body else None,
        attach_pdf=said.get("attach_pdf", True),
    )


async def queue(
    books: Books,
    facts: Facts,
    recipients: Sequence[Recipient],
    *,
    subject: str,
    body_html: str | None,
    attach_pdf: bool,
    reminder_days: int | None = None,
) -> Mail:
    """Queue a mail; with ``reminder_days`` it is the reminder of that step. Raises RateLimited."""
    await _count(books, len(recipients))
    mail = Mail(
        id=new_id("mail"),
        entity_type=facts.entity_type,
        entity_id=facts.entity_id,
        entity_ref=facts.number,
        purpose=(Purpose.DOCUMENT if reminder_days is None else Purpose.REMINDER).value,
        reminder_days=reminder_days,
        recipients=list(recipients),
        subject=subject,
        body_html=body_html,
        letter=letters.letter_of(facts, today=books.today),
        attach_pdf=attach_pdf,
        reply_to=facts.reply_to,
        next_attempt_at=books.real_now,
        created_by=books.user_id or None,
        created_at=books.now,
        modified_at=books.now,
    )
    await add(books, mail)
    step = {} if reminder_days is None else {"reminder_days": reminder_days}
    note(books, mail, f"{mail.entity_type}_EMAIL_QUEUED", mail.recipients, **step)
    ask_to_send(books, mail.id, books.real_now)
    return mail


def ask_to_send(books: Books, mail_id: str, at: datetime) -> None:
    """Ask for the job that sends a mail."""
    books.ask_for(Job(SEND_MAIL, {"organization_id": books.organization_id, "mail_id": mail_id}, at))


async def _count(books: Books, more: int) -> None:
    """Count recipients against what the organization may send to on one day in India. Locks the count of the day."""
    most = books.mail_recipients_per_day
    now = books.real_now
    today = now.astimezone(INDIA).date()
    if await books.value(_COUNT, more=more, most=most, counted_on=today) is None:
        tomorrow = datetime.combine(today + timedelta(days=1), time(), INDIA)
        wait = max(1, int((tomorrow - now).total_seconds()))
        message = f"Mails go to {most} recipients a day at most; {more} more would be too many today."
        raise RateLimited(message, headers={"Retry-After": str(wait)})
