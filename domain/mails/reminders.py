"""Reminders of invoices that fall due or are overdue: one mail an invoice and step, whatever crashes.

The row of the step, the mail and its job are one transaction, and the row's key lets nobody write a second one.
"""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import bindparam, select

from domain.books import Books
from domain.documents.kinds import KINDS
from domain.errors import Invalid
from domain.mails import letters, queueing
from domain.mails.addresses import recipients_of
from domain.mails.cleaning import one_line
from domain.mails.letters import OF_DOCUMENTS, Facts
from domain.mails.reminder_settings import Reminders, filled_html, filled_line
from domain.statements import Statement, as_rows, insertion, of_tenant
from domain.values import Struct
from models.documents import documents
from models.mails import payment_reminders
from models.organization import organizations

GRACE_DAYS = 3
"""A step that nobody could send on its day (the worker was away) is sent up to so many days later, then passed over."""

MOST_AT_ONCE = 200
"""How many invoices of an organization are looked for at once."""

_REMINDED = [kind.name for kind in KINDS if kind.is_reminded]
_OPEN = sorted({status for kind in KINDS if kind.is_reminded for status in kind.statuses.late_from})

# Of all steps that have come only the last one is sent, so that nobody who switches reminders on floods old debtors.
_CANDIDATES = """
select document.id as document_id, document.due_on, step.days, contact.email
  from documents as document
  join lateral (
    select coalesce(party.email, (
             select person ->> 'email'
               from jsonb_array_elements(party.contact_persons) as person
              where person ->> 'email' is not null
              order by (person ->> 'is_primary')::boolean desc nulls last
              limit 1)) as email
      from contacts as party
     where party.organization_id = document.organization_id
       and party.id = document.contact_id
  ) as contact on contact.email is not null
  cross join lateral (
    select max(each.days) as days
      from unnest(%(steps)s::integer[]) as each (days)
     where each.days <= %(today)s::date - document.due_on
  ) as step
 where document.organization_id = %(organization_id)s
   and document.kind = any(%(kinds)s)
   and document.status = any(%(open)s)
   and document.balance > 0
   and document.journal_id is not null
   and %(today)s::date - document.due_on - step.days <= %(grace)s::integer
   and not exists (
     select from payment_reminders as sent
      where sent.organization_id = document.organization_id
        and sent.document_id = document.id
        and sent.days = step.days)
"""
_DUE = Statement(
    _CANDIDATES
    + """   and (document.due_on, document.id) > (%(after_on)s::date, %(after_id)s)
 order by document.due_on, document.id
 limit %(most)s
"""
)
_STILL_DUE = Statement(
    _CANDIDATES
    + """   and document.id = %(document_id)s
"""
)
_LOCK = Statement(
    select(documents.c.id).where(of_tenant(documents), documents.c.id == bindparam("id")).with_for_update()
)
_SETTING = Statement(
    select(organizations.c.payment_reminders).where(organizations.c.id == bindparam("organization_id"))
)
_FACTS = Statement(OF_DOCUMENTS.where(documents.c.id == bindparam("id")))


class Due(Struct, frozen=True):
    """An invoice of which the customer is to be reminded today: ``days`` is the step, ``email`` where."""

    document_id: str
    due_on: date
    days: int
    email: str


class _Sent(Struct, frozen=True):
    document_id: str
    days: int
    mail_id: str
    created_at: str


_KEEP = Statement(insertion(payment_reminders, _Sent) + "\non conflict do nothing\nreturning mail_id")


async def setting(books: Books) -> Reminders:
    """Return the organization's setting."""
    return Reminders(**await books.value(_SETTING))


async def due(books: Books, reminders: Reminders, *, after: Due | None = None) -> list[Due]:
    """Return invoices of which customers are to be reminded today, by due date, those behind ``after`` only."""
    if not reminders.is_enabled or not reminders.days:
        return []
    after_on, after_id = (date.min, "") if after is None else (after.due_on, after.document_id)
    values = {"after_on": after_on, "after_id": after_id, "most": MOST_AT_ONCE}
    return await books.load(Due, _DUE, **_asked(reminders), **values)


def _asked(reminders: Reminders) -> dict[str, object]:
    return {"steps": reminders.days, "kinds": _REMINDED, "open": _OPEN, "grace": GRACE_DAYS}


async def remind(books: Books, reminders: Reminders, document_id: str) -> bool:
    """Queue the reminder of an invoice if it is still due, and say whether. Locks the invoice, then the day's count.

    Raises RateLimited where the organization has sent too much today.
    """
    # A statement of its own: what waits for a lock does not see what was inserted meanwhile.
    await books.run(_LOCK, id=document_id)
    step = await books.load_one(Due, _STILL_DUE, **_asked(reminders), document_id=document_id)
    facts = await books.load_one(Facts, _FACTS, id=document_id) if step else None
    if step is None or facts is None:
        return False
    try:
        recipients = recipients_of({"to": [step.email]})
    except Invalid:
        return False  # the contact's address is none that can be sent to
    values = _values(books, facts)
    mail = await queueing.queue(
        books,
        facts,
        recipients,
        subject=filled_line(reminders.subject, values) if reminders.subject else _usual_subject(facts, step),
        body_html=filled_html(reminders.body_html, values) if reminders.body_html else None,
        attach_pdf=True,
        reminder_days=step.days,
    )
    sent = {"document_id": document_id, "days": step.days, "mail_id": mail.id, "created_at": books.now}
    kept = await books.value(_KEEP, rows=as_rows([sent]))
    assert kept is not None, "the invoice is locked, and there was no such row"
    return True


def _usual_subject(facts: Facts, step: Due) -> str:
    what = f"{facts.title} {facts.number}"
    return one_line(f"Reminder: {what} from {facts.organization_name} {'is due' if step.days <= 0 else 'is overdue'}")


def _values(books: Books, facts: Facts) -> Mapping[str, str]:
    """What stands in place of the placeholders."""
    letter = letters.letter_of(facts, today=books.today)
    overdue = letter.days_overdue or 0
    return {
        "customer_name": letter.contact_name,
        "invoice_number": letter.number or "",
        "invoice_date": letter.dated_on,
        "due_date": letter.due_on or "",
        "total": letter.amount,
        "balance": letter.open_amount or "",
        "days_overdue": str(max(overdue, 0)),
        "days_until_due": str(max(-overdue, 0)),
        "organization_name": letter.organization_name,
    }
