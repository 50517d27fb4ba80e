"""Attempts: who may send a mail now, and what the answer of the mail server makes of it.

A mail is sent outside any transaction. Before, an attempt is written and the mail is out of others' reach for
``LEASE``; after, its outcome. Who dies in between leaves an attempt without one, and after the lease the mail is sent
again, under the same ``Message-ID``: at least once.
"""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import bindparam

from domain.books import Books
from domain.documents.kinds import KIND_NAMED
from domain.mails.mail import (
    Attempt,
    Mail,
    MailStatus,
    Purpose,
    Recipient,
    Told,
    as_shown,
    change,
    locked,
    note,
)
from domain.mails.queueing import ask_to_send
from domain.statements import Statement, among, tenant_select
from domain.values import Struct, field, replace
from models.documents import documents

LEASE = timedelta(minutes=10)
"""Longer than a PDF and a mail server may take together."""

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720))
"""After each attempt that failed for now; after one more, some 22 hours later, it is given up."""

LONGEST_MESSAGE = 500

_PAYABLE = Statement(
    tenant_select(documents, documents.c.id).where(
        documents.c.id == bindparam("id"),
        documents.c.balance > 0,
        among(documents.c.status, sorted({each for kind in KIND_NAMED.values() for each in kind.statuses.late_from})),
    )
)


class Outcome(StrEnum):
    """What came of an attempt."""

    SENT = "SENT"
    IN_PART = "IN_PART"
    DELAYED = "DELAYED"
    REFUSED = "REFUSED"
    UNKNOWN = "UNKNOWN"


class Answer(Struct, frozen=True):
    """What the mail server said of one recipient; a code of 5xx is for good."""

    code: int
    message: str

    @property
    def is_final(self) -> bool:
        """Whether it is no use to ask again."""
        return 500 <= self.code < 600


class Result(Struct, frozen=True, kw_only=True):
    """What came of an attempt: a word and words for it, and of recipients that were refused the answers."""

    outcome: str
    code: str | None
    message: str
    refused: Mapping[str, Answer] = field(default_factory=dict)


async def begin(books: Books, key: str, *, message_id: str) -> Mail | None:
    """Begin an attempt to send a mail, if it is due; return the mail, of which the last attempt is this one.

    ``message_id`` is what it is called unless it was called otherwise at an earlier attempt. A reminder of what needs
    no paying any more is cancelled instead.
    """
    mail = await locked(books, key)
    if mail is None or mail.next_attempt_at is None or mail.next_attempt_at > books.real_now:
        return None
    if mail.purpose == Purpose.REMINDER and await books.value(_PAYABLE, id=mail.entity_id) is None:
        await _cancel(books, mail)
        return None
    attempts = [_lost(each) for each in mail.attempts]
    if len(attempts) > len(PAUSES):
        await _settle(books, mail, attempts, mail.recipients, Told("smtp.unknown", "No answer was ever heard."))
        return None
    attempts.append(Attempt(number=len(attempts) + 1, began_at=as_shown(books.now)))
    name = mail.message_id or message_id
    lost_at = books.real_now + LEASE
    return await change(books, mail, {"attempts": attempts, "message_id": name, "next_attempt_at": lost_at})


def _lost(attempt: Attempt) -> Attempt:
    """An attempt whose end nobody has seen."""
    if attempt.outcome is not None:
        return attempt
    return replace(attempt, outcome=Outcome.UNKNOWN.value, code="smtp.unknown", message="The worker was lost.")


async def end(books: Books, key: str, number: int, result: Result) -> None:
    """Write what came of an attempt: what is settled for each recipient, and when it is tried again for the others."""
    mail = await locked(books, key)
    if mail is None or mail.status != MailStatus.QUEUED:
        return
    ended = {"ended_at": as_shown(books.now), "outcome": result.outcome, "code": result.code, "message": result.message}
    attempts = [replace(each, **ended) if each.number == number else each for each in mail.attempts]
    recipients = [_after(each, result) for each in mail.recipients]
    told = None if result.code is None else Told(result.code, result.message)
    await _settle(books, mail, attempts, recipients, told)


def _after(recipient: Recipient, result: Result) -> Recipient:
    """What an attempt makes of a recipient for whom nothing was settled before."""
    if recipient.status != MailStatus.QUEUED:
        return recipient
    answer = result.refused.get(recipient.email)
    if answer is not None:
        status = MailStatus.BOUNCED if answer.is_final else MailStatus.QUEUED
        return replace(recipient, status=status.value, smtp_code=answer.code, message=answer.message)
    if result.outcome in (Outcome.SENT, Outcome.IN_PART):
        return replace(recipient, status=MailStatus.SENT.value, smtp_code=250, message=result.message)
    status = MailStatus.FAILED if result.outcome == Outcome.REFUSED else MailStatus.QUEUED
    return replace(recipient, status=status.value, message=result.message)


async def _settle(
    books: Books, mail: Mail, attempts: list[Attempt], recipients: list[Recipient], told: Told | None
) -> None:
    """Write a mail after an attempt: to be tried again where recipients wait and attempts are left, else as it ends."""
    is_waiting = any(each.status == MailStatus.QUEUED for each in recipients)
    is_tried_again = is_waiting and len(attempts) <= len(PAUSES)
    if is_waiting and not is_tried_again:
        recipients = [
            replace(each, status=MailStatus.FAILED.value) if each.status == MailStatus.QUEUED else each
            for each in recipients
        ]
    taken = [each for each in recipients if each.status == MailStatus.SENT]
    status = MailStatus.QUEUED if is_tried_again else _final(recipients)
    next_attempt_at = books.real_now + PAUSES[len(attempts) - 1] if is_tried_again else None
    changed = await change(
        books,
        mail,
        {
            "attempts": attempts,
            "recipients": recipients,
            "status": status.value,
            "next_attempt_at": next_attempt_at,
            "sent_at": mail.sent_at or (books.now if taken else None),
            "error": None if status is MailStatus.SENT else told,
        },
    )
    if next_attempt_at is not None:
        ask_to_send(books, mail.id, next_attempt_at)
    _tell(books, mail, changed)


def _final(recipients: list[Recipient]) -> MailStatus:
    """The status of a mail for which all is settled: the worst that befell a recipient."""
    statuses = {each.status for each in recipients}
    return next((each for each in (MailStatus.BOUNCED, MailStatus.FAILED) if each in statuses), MailStatus.SENT)


def _tell(books: Books, before: Mail, after: Mail) -> None:
    """Note whom the mail has gone out to by this attempt, and that it bounced or failed; a notice is no event."""
    if after.purpose == Purpose.NOTICE:
        return
    settled = {each.email for each in before.recipients if each.status != MailStatus.QUEUED}
    fresh = [each for each in after.recipients if each.email not in settled]
    sent = [each for each in fresh if each.status == MailStatus.SENT]
    if sent:
        kind = KIND_NAMED.get(after.entity_type)
        note(books, after, f"{after.entity_type}_{kind.mailed_verb if kind else 'SENT'}", sent)
    if after.status in (MailStatus.BOUNCED, MailStatus.FAILED):
        lost = [each for each in after.recipients if each.status in (MailStatus.BOUNCED, MailStatus.FAILED)]
        note(books, after, f"{after.entity_type}_EMAIL_{after.status}", lost, error=after.error)


async def _cancel(books: Books, mail: Mail) -> None:
    """Send a reminder no more: what it is about is paid, credited or voided."""
    told = Told("reminder.not_due", "It needs no paying any more.")
    recipients = [
        replace(each, status=MailStatus.CANCELLED.value) if each.status == MailStatus.QUEUED else each
        for each in mail.recipients
    ]
    values = {"status": MailStatus.CANCELLED.value, "recipients": recipients, "next_attempt_at": None, "error": told}
    changed = await change(books, mail, values)
    note(books, changed, f"{mail.entity_type}_EMAIL_CANCELLED", changed.recipients)
