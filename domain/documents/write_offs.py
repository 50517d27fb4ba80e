"""Writing off what nobody will pay any more of a document, and taking that back.

What customers do not pay becomes a bad debt, what vendors never ask for is income. Tax stays as it was charged, for
there is no note for a debt that is lost (CGST Act, section 34).
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from domain.books import Books
from domain.documents import telling
from domain.documents.document import Paper
from domain.documents.kinds import Kind
from domain.documents.reading import find_for_change
from domain.errors import InvalidState
from domain.ids import new_id
from domain.ledger.accounts import AccountRole, by_role
from domain.ledger.journals import Entry, Posting, Source, check_period, journal_of
from domain.ledger.posting import Reversal
from domain.money import ZERO
from domain.settlements import (
    Allocation,
    OpenDocument,
    Outcome,
    balanced,
    moves,
    open_part,
    settled,
    settled_paper,
    settling_day,
    write,
)
from domain.statements import Statement, reader_of
from domain.values import Struct


class _WriteOff(Struct, frozen=True, kw_only=True):
    """A write-off that stands; ``rupees`` are what it posted to the account of what contacts owe or are owed."""

    id: str
    amount: Decimal
    applied_on: date
    journal_id: str | None
    rupees: Decimal


_STANDING = Statement(
    """
select coalesce(json_agg(standing order by id), '[]')::text as write_offs
  from (select allocation.id, allocation.amount, allocation.applied_on, allocation.journal_id,
               coalesce(line.debit - line.credit, 0) as rupees
          from allocations as allocation
          left join journal_lines as line
            on line.organization_id = allocation.organization_id
           and line.journal_id = allocation.journal_id
           and line.contact_id is not null
         where allocation.organization_id = %(organization_id)s
           and allocation.document_id = %(id)s
           and allocation.is_write_off
           and allocation.unapplied_at is null) as standing
"""
)
_read_standing = reader_of(list[_WriteOff])


async def write_off(
    books: Books, kind: Kind, key: str, *, amount: Decimal | None, on: date | None, reason: str | None
) -> Paper:
    """Write off so much of a document (unless it is said, all that is open) on a day (today).

    Locks the document, then balances. Raises: NotFound, VersionMismatch, InvalidState, PeriodLocked, Failed for more
    than is open and for a day before the document.
    """
    paper, facts = await find_for_change(books, kind, key)
    before, head = open_part(paper), paper.head
    if not before.is_posted or not before.balance:
        raise InvalidState(f"{kind.title} {head.number or head.id} is {head.status}: nothing of it is open.")
    day = settling_day(books, on, [head.dated_on])
    check_period(day, facts.locked_until)
    after = settled(before, written_off=before.balance if amount is None else amount)
    posting = await _given_up(books, kind, before, after, _source(paper, day, reason))
    fresh = Allocation(
        id=new_id("al"),
        document_id=key,
        is_write_off=True,
        amount=before.balance - after.balance,
        applied_on=day,
        journal_id=posting[0].id if posting else None,
        created_at=books.now,
        created_by=books.user_id,
    )
    told = {"amount": fresh.amount, "date": day, "reason": reason}
    new = settled_paper(books, paper, after)
    _tell(books, kind, paper, new, "WRITTEN_OFF", {"old": [], "new": [told]})
    await write(books, Outcome(documents=[after], allocations=[fresh], postings=[posting] if posting else []))
    return new


async def cancel(books: Books, kind: Kind, key: str) -> Paper:
    """Take back all that was written off a document, on the days on which it was, so that it is open again.

    What was written off is read once the document is locked. Locks the document, then balances. Raises: NotFound,
    VersionMismatch, InvalidState, PeriodLocked.
    """
    paper, facts = await find_for_change(books, kind, key)
    meant = _read_standing(await books.value(_STANDING, id=key))
    if not meant:
        raise InvalidState(f"Nothing of {kind.title.lower()} {paper.head.number or key} is written off.")
    for each in meant:
        check_period(each.applied_on, facts.locked_until)
    before = open_part(paper)
    after = settled(before, written_off=-sum((each.amount for each in meant), ZERO))
    source = _source(paper, max(each.applied_on for each in meant), None)
    posting = await _correction(books, before, after, meant, source)
    new = settled_paper(books, paper, after)
    told = [{"amount": each.amount, "date": each.applied_on} for each in meant]
    _tell(books, kind, paper, new, "WRITE_OFF_CANCELLED", {"old": told, "new": []})
    outcome = Outcome(
        documents=[after],
        unapplied_ids=[each.id for each in meant],
        reversals=[Reversal(each.journal_id, new_id("je")) for each in meant if each.journal_id],
        postings=[posting] if posting else [],
    )
    await write(books, outcome)
    return new


async def _given_up(
    books: Books, kind: Kind, before: OpenDocument, after: OpenDocument, source: Source
) -> Posting | None:
    """The journal that carries what leaves the control account to where the kind is written off to."""
    assert kind.written_off_to is not None, f"{kind.name} is not written off"
    moved = moves([before], [after])
    accounts = await by_role(books, {kind.written_off_to, *(role for role, _ in moved)})
    entries = [Entry(accounts[role], rupees, contact_id) for (role, contact_id), rupees in moved.items()]
    lost = Entry(accounts[kind.written_off_to], -sum(moved.values(), ZERO))
    return journal_of(books, source, [lost, *entries])


async def _correction(
    books: Books, before: OpenDocument, after: OpenDocument, meant: Sequence[_WriteOff], source: Source
) -> Posting | None:
    """What the reverses leave wrong on the control account: a paisa of another currency that was paid meanwhile."""
    moved = moves([before], [after])
    accounts = await by_role(books, {AccountRole.EXCHANGE_GAIN_LOSS, *(role for role, _ in moved)})
    posted = sum((each.rupees for each in meant), ZERO)
    entries = [Entry(accounts[role], rupees + posted, contact_id) for (role, contact_id), rupees in moved.items()]
    return journal_of(books, source, balanced(entries, accounts))


def _source(paper: Paper, on: date, reason: str | None) -> Source:
    head = paper.head
    return Source(on, head.branch_id, "DOCUMENT", head.id, reason or head.contact_name, head.number)


def _tell(books: Books, kind: Kind, old: Paper, new: Paper, verb: str, write_offs: dict[str, Any]) -> None:
    telling.note(books, kind, new.head, verb, {**telling.changes_of(old, new), "write_offs": write_offs})
