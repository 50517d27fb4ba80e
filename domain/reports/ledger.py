"""The ledger of one account: what it came to before a period, each line of the period with the balance after it, and
what it came to at the end.

The balances before and after come out of the sums that are kept of each month, so only the lines that are shown are
read; those of one contact alone are not kept, and are added up.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from domain import pages
from domain.books import Books, found
from domain.errors import Invalid
from domain.reports import balances
from domain.reports.balances import UpTo
from domain.reports.question import Scope
from domain.statements import Statement
from domain.values import Struct
from models.ledger import journal_lines

_BATCH = 2000


class Named(Struct, frozen=True):
    """An account or a contact under the name that it has now; only an account has a code and a type."""

    id: str
    name: str
    code: str | None = None
    account_type: str | None = None


class Question(Struct, frozen=True):
    """A page of at most ``limit`` lines after ``cursor``, of this account, and of one contact if it is named."""

    scope: Scope
    account: Named
    contact: Named | None
    limit: int
    cursor: str | None = None


class Posted(Struct, frozen=True, kw_only=True):
    """A line on the account; of ``debit`` and ``credit`` (rupees) one is zero.

    The contra account is that of the largest line on the other side; ``contra_others`` counts the other accounts there.
    """

    journal_id: str
    position: int
    entry_on: date
    branch_id: str
    source_type: str
    source_id: str | None
    reference: str | None
    narration: str | None
    description: str | None
    contact_id: str | None
    contact_name: str | None
    cost_center_id: str | None
    contra_id: str | None
    contra_name: str | None
    contra_others: int
    debit: Decimal
    credit: Decimal


class Row(Struct, frozen=True):
    """A line and the balance of the account after it: a debit is positive."""

    posted: Posted
    balance: Decimal


class Answer(Struct, frozen=True):
    """A page of the ledger; ``opening`` and ``closing`` are those of the whole period."""

    question: Question
    opening: UpTo
    closing: UpTo
    rows: tuple[Row, ...]
    next_cursor: str | None


_ACCOUNT = Statement(
    """
select id, name, code, account_type
  from accounts
 where organization_id = %(organization_id)s
   and id = %(id)s
"""
)
_CONTACT = Statement(
    """
select id, contact_name as name
  from contacts
 where organization_id = %(organization_id)s
   and id = %(id)s
"""
)
# What was not asked for is null and drops out when the statement is planned.
_ASKED_FOR = """
 where line.organization_id = %(organization_id)s
   and line.account_id = %(account_id)s
   and line.entry_on <= %(last_on)s
   and (%(branch_id)s::text is null or line.branch_id = %(branch_id)s)
   and (%(cost_center_id)s::text is null or line.cost_center_id = %(cost_center_id)s)
   and (%(contact_id)s::text is null or line.contact_id = %(contact_id)s or line.contact_id is null and exists (
       select
         from journals as journal
        where journal.organization_id = %(organization_id)s
          and journal.id = line.journal_id
          and journal.contact_id = %(contact_id)s))
   and (%(known_at)s::timestamptz is null or exists (
       select
         from journals as journal
        where journal.organization_id = %(organization_id)s
          and journal.id = line.journal_id
          and journal.posted_at <= %(known_at)s))
"""
_LINES = Statement(
    f"""
with line as (
     select line.journal_id, line.position, line.account_id, line.entry_on, line.branch_id, line.contact_id,
            line.cost_center_id, line.description, line.debit, line.credit
       from journal_lines as line
     {_ASKED_FOR}
        and line.entry_on >= %(first_on)s
        and (%(after_on)s::date is null
             or (line.entry_on, line.journal_id, line.position) > (%(after_on)s, %(after_id)s::text, %(after)s::int))
      order by line.entry_on, line.journal_id, line.position
      limit %(row_limit)s
)
select line.journal_id, line.position, line.entry_on, line.branch_id, journal.source_type, journal.source_id,
       journal.reference, journal.narration, line.description, contact.id as contact_id, contact.contact_name,
       line.cost_center_id, contra.account_id as contra_id, contra_account.name as contra_name,
       coalesce(contra.others, 0) as contra_others, line.debit, line.credit
  from line
  join journals as journal on journal.organization_id = %(organization_id)s
                          and journal.id = line.journal_id
  left join lateral (
       select other.account_id, count(*) over () - 1 as others
         from journal_lines as other
        where other.organization_id = %(organization_id)s
          and other.journal_id = line.journal_id
          and (other.debit > 0) <> (line.debit > 0)
        group by other.account_id
        order by sum(other.debit + other.credit) desc, min(other.position)
        limit 1) as contra on true
  left join accounts as contra_account on contra_account.organization_id = %(organization_id)s
                                      and contra_account.id = contra.account_id
  left join contacts as contact on contact.organization_id = %(organization_id)s
                               and contact.id = coalesce(line.contact_id, journal.contact_id)
 order by line.entry_on, line.journal_id, line.position
"""  # noqa: S608  # parts of this file only
)
_BEFORE_PAGE = Statement(
    f"""
select coalesce(sum(line.debit - line.credit), 0)
  from journal_lines as line
{_ASKED_FOR}
   and line.entry_on >= %(first_on)s
   and (line.entry_on, line.journal_id, line.position) <= (%(after_on)s, %(after_id)s::text, %(after)s::int)
"""  # noqa: S608  # parts of this file only
)
_ADDED_UP = Statement(
    f"""
select coalesce(sum(line.debit) filter (where line.entry_on < %(first_on)s), 0) as debit_before,
       coalesce(sum(line.credit) filter (where line.entry_on < %(first_on)s), 0) as credit_before,
       coalesce(sum(line.debit), 0) as debit,
       coalesce(sum(line.credit), 0) as credit
  from journal_lines as line
{_ASKED_FOR}
"""  # noqa: S608  # parts of this file only
)


async def find_account(books: Books, account_id: str) -> Named:
    """Return the account. Raises NotFound, with the field ``account_id``."""
    return found(await books.load_one(Named, _ACCOUNT, id=account_id), "Account", account_id, field="account_id")


async def find_contact(books: Books, contact_id: str | None) -> Named | None:
    """Return the contact, if one is named. Raises NotFound, with the field ``contact_id``."""
    if contact_id is None:
        return None
    return found(await books.load_one(Named, _CONTACT, id=contact_id), "Contact", contact_id, field="contact_id")


async def answer(books: Books, question: Question) -> Answer:
    """Return the page of the ledger that is asked for. Raises Invalid for a cursor of another question."""
    binding = _binding(books, question)
    values = {**_asked_for(question), **_place(question.cursor, binding)}
    opening, closing = await ends(books, question)
    before = opening.net
    if question.cursor is not None:
        before += await books.value(_BEFORE_PAGE, **values)
    read = await books.load(Posted, _LINES, **values, row_limit=question.limit + 1)
    shown = tuple(with_balances(read[: question.limit], before))
    next_cursor = _cursor_after(shown[-1].posted, binding) if len(read) > question.limit else None
    return Answer(question, opening, closing, shown, next_cursor)


async def ends(books: Books, question: Question) -> tuple[UpTo, UpTo]:
    """Return what the account came to before the period, and at its end."""
    period = question.scope.period
    if question.contact is None:
        before = period.first_on and period.first_on - timedelta(days=1)
        known = await balances.up_to(books, question.scope, (before, period.last_on))
        opening, closing = (day.get(question.account.id, UpTo()) for day in known.days)
        return opening, closing
    sums = await books.row(_ADDED_UP, **_asked_for(question))
    assert sums is not None, "sums always give a row"
    return UpTo(sums["debit_before"], sums["credit_before"]), UpTo(sums["debit"], sums["credit"])


async def rows(books: Books, question: Question, opening: Decimal) -> AsyncIterator[list[Row]]:
    """Yield the lines of the whole period with their balances, batch by batch; it is read within a snapshot."""
    values = {**_asked_for(question), **_place(None, b""), "row_limit": None}
    async for batch in books.batches(Posted, _LINES, size=_BATCH, **values):
        found_rows = list(with_balances(batch, opening))
        opening = found_rows[-1].balance
        yield found_rows


def with_balances(posted: Iterable[Posted], before: Decimal) -> Iterator[Row]:
    """Yield lines with the balance after each, ``before`` being that before the first."""
    balance = before
    for line in posted:
        balance += line.debit - line.credit
        yield Row(line, balance)


def _asked_for(question: Question) -> dict[str, Any]:
    scope = question.scope
    return {
        "account_id": question.account.id,
        "contact_id": question.contact and question.contact.id,
        "first_on": scope.period.first_on,
        "last_on": scope.period.last_on,
        "branch_id": scope.branch_id,
        "cost_center_id": scope.cost_center_id,
        "known_at": scope.known_at,
    }


def _binding(books: Books, question: Question) -> bytes:
    filters = {name: value for name, value in _asked_for(question).items() if value is not None}
    return pages.binding_of(books.organization_id, "ledger", filters)


def _cursor_after(line: Posted, binding: bytes) -> str:
    place = {"cursor_key": line.entry_on, "cursor_id": f"{line.journal_id}:{line.position}"}
    return pages.sealed(place, binding, None)


def _place(cursor: str | None, binding: bytes) -> Mapping[str, Any]:
    """The line after which a page begins. Raises Invalid."""
    if cursor is None:
        return {"after_on": None, "after_id": None, "after": None}
    day, place, _ = pages.opened(cursor, binding, journal_lines.c.entry_on)
    journal_id, _, position = place.rpartition(":")
    if not position.isdecimal():
        raise Invalid("The cursor is not one of this report with this question.", field="cursor")
    return {"after_on": day, "after_id": journal_id, "after": int(position)}
