"""The day book: the journals of a period in the order in which they were posted day by day, with their lines."""

from collections.abc import AsyncIterator, Iterable
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from domain import pages
from domain.books import Books
from domain.money import ZERO
from domain.reports.question import Scope
from domain.statements import Statement
from domain.values import Struct
from models.ledger import journals

_BATCH = 2000


class Question(Struct, frozen=True):
    """A page of at most ``limit`` lines after ``cursor``; an entry is shown whole, and alone if it is longer."""

    scope: Scope
    limit: int
    cursor: str | None = None


class Posted(Struct, frozen=True, kw_only=True):
    """A line of a journal, with what stands on its head; of ``debit`` and ``credit`` (rupees) one is zero."""

    journal_id: str
    entry_on: date
    branch_id: str
    source_type: str
    source_id: str | None
    reference: str | None
    narration: str | None
    position: int
    account_id: str
    account_code: str
    account_name: str
    contact_id: str | None
    contact_name: str | None
    cost_center_id: str | None
    description: str | None
    debit: Decimal
    credit: Decimal


class Entry(Struct, frozen=True):
    """A journal with its lines in their order."""

    lines: tuple[Posted, ...]

    @property
    def head(self) -> Posted:
        """A line, for what all of them say of the journal."""
        return self.lines[0]

    @property
    def total(self) -> Decimal:
        """What its debits come to, and so its credits, in rupees."""
        return sum((line.debit for line in self.lines), ZERO)


class Answer(Struct, frozen=True):
    """A page of the day book; ``debit`` and ``credit`` are the sums of what it shows, and equal."""

    question: Question
    entries: tuple[Entry, ...]
    debit: Decimal
    credit: Decimal
    next_cursor: str | None


_HEAD = """
       journal.id, journal.entry_on, journal.branch_id, journal.source_type, journal.source_id, journal.reference,
       journal.narration, journal.contact_id
"""
_ASKED_FOR = """
       from journals as journal
      where journal.organization_id = %(organization_id)s
        and journal.entry_on between %(first_on)s and %(last_on)s
        and (%(branch_id)s::text is null or journal.branch_id = %(branch_id)s)
        and (%(known_at)s::timestamptz is null or journal.posted_at <= %(known_at)s)
"""
_LINES = """
select journal.id as journal_id, journal.entry_on, journal.branch_id, journal.source_type, journal.source_id,
       journal.reference, journal.narration, line.position, line.account_id, account.code as account_code,
       account.name as account_name, contact.id as contact_id, contact.contact_name, line.cost_center_id,
       line.description, line.debit, line.credit
  from journal
  join journal_lines as line on line.organization_id = %(organization_id)s
                            and line.journal_id = journal.id
  join accounts as account on account.organization_id = %(organization_id)s
                          and account.id = line.account_id
  left join contacts as contact on contact.organization_id = %(organization_id)s
                               and contact.id = coalesce(line.contact_id, journal.contact_id)
 order by journal.entry_on, journal.id, line.position
"""
_ALL = Statement(
    f"""
with journal as (
     select {_HEAD} {_ASKED_FOR}
)
{_LINES}
"""  # parts of this file only
)
# A journal has two lines or more, so half as many hold those of a page. The first without room tells of the next page.
_PAGE = Statement(
    f"""
with found as (
     select {_HEAD}, row_number() over earlier as place,
            sum(journal.line_count) over earlier - journal.line_count as lines_before
     {_ASKED_FOR}
        and (%(after_on)s::date is null or (journal.entry_on, journal.id) > (%(after_on)s, %(after_id)s::text))
     window earlier as (order by journal.entry_on, journal.id)
      order by journal.entry_on, journal.id
      limit %(line_limit)s::bigint / 2 + 2
), journal as (
     select *
       from found
      where lines_before <= %(line_limit)s
         or place <= 2
)
{_LINES}
"""  # noqa: S608  # parts of this file only
)


async def answer(books: Books, question: Question) -> Answer:
    """Return the page of the day book that is asked for. Raises Invalid for a cursor of another question."""
    values, binding = _asked_for(question.scope), _binding(books, question.scope)
    after_on, after_id = None, None
    if question.cursor is not None:
        after_on, after_id, _ = pages.opened(question.cursor, binding, journals.c.entry_on)
    place = {"after_on": after_on, "after_id": after_id, "line_limit": question.limit}
    found = entries_of(await books.load(Posted, _PAGE, **values, **place))
    shown = with_room(found, question.limit)
    next_cursor = _cursor_after(shown[-1], binding) if len(shown) < len(found) else None
    return Answer(
        question,
        shown,
        sum((line.debit for entry in shown for line in entry.lines), ZERO),
        sum((line.credit for entry in shown for line in entry.lines), ZERO),
        next_cursor,
    )


def lines(books: Books, question: Question) -> AsyncIterator[list[Posted]]:
    """Yield the lines of the whole period, batch by batch; it must be read within a snapshot."""
    return books.batches(Posted, _ALL, size=_BATCH, **_asked_for(question.scope))


def entries_of(posted: Iterable[Posted]) -> tuple[Entry, ...]:
    """Return the journals of lines that stand in the order of their journals."""
    return tuple(Entry(tuple(each)) for _, each in groupby(posted, lambda line: line.journal_id))


def with_room(entries: tuple[Entry, ...], limit: int) -> tuple[Entry, ...]:
    """Return the first entries that have ``limit`` lines together, but always the first of all."""
    room = limit
    for place, entry in enumerate(entries):
        room -= len(entry.lines)
        if room < 0 and place:
            return entries[:place]
    return entries


def _asked_for(scope: Scope) -> dict[str, Any]:
    return {
        "first_on": scope.period.first_on,
        "last_on": scope.period.last_on,
        "branch_id": scope.branch_id,
        "known_at": scope.known_at,
    }


def _cursor_after(entry: Entry, binding: bytes) -> str:
    place = {"cursor_key": entry.head.entry_on, "cursor_id": entry.head.journal_id}
    return pages.sealed(place, binding, None)


def _binding(books: Books, scope: Scope) -> bytes:
    filters = {name: value for name, value in _asked_for(scope).items() if value is not None}
    return pages.binding_of(books.organization_id, "day_book", filters)
