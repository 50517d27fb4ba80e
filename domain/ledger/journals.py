"""Journals: balanced sets of entries, posted once and never changed; a correction is the reverse, posted as well."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from domain.books import Books
from domain.errors import PeriodLocked
from domain.ids import new_id
from domain.money import ZERO
from domain.values import Struct


class Journal(Struct, frozen=True, kw_only=True):
    """The head of a journal. ``total`` is the sum of its debits, and so of its credits, in rupees."""

    id: str
    entry_on: date
    branch_id: str
    source_type: str
    source_id: str | None
    reference: str | None
    narration: str | None
    contact_id: str | None
    reverses_id: str | None
    line_count: int
    total: Decimal
    posted_at: datetime
    posted_by: str


class JournalLine(Struct, frozen=True, kw_only=True):
    """One entry of a journal; of ``debit`` and ``credit`` (rupees) one is zero."""

    journal_id: str
    position: int
    account_id: str
    entry_on: date
    branch_id: str
    contact_id: str | None
    cost_center_id: str | None
    description: str | None
    debit: Decimal
    credit: Decimal


class Entry(Struct, frozen=True):
    """What is to be posted to one account: rupees, a debit when positive and a credit when negative."""

    account_id: str
    amount: Decimal
    contact_id: str | None = None
    cost_center_id: str | None = None
    description: str | None = None


class Source(Struct, frozen=True):
    """Where a journal comes from: the paper behind it (none of one by hand), its date and branch.

    ``contact_id`` is whom one by hand concerns as a whole.
    """

    entry_on: date
    branch_id: str
    source_type: str
    source_id: str | None
    narration: str | None
    reference: str | None = None
    contact_id: str | None = None


Posting = tuple[Journal, list[JournalLine]]
"""A journal and its lines."""


def journal_of(books: Books, source: Source, entries: Iterable[Entry]) -> Posting | None:
    """Return the journal of these entries, added up per account; ``None`` when there is nothing to post."""
    summed = _added_up(entries)
    return journal_as_entered(books, source, summed) if summed else None


def journal_as_entered(books: Books, source: Source, entries: Iterable[Entry]) -> Posting:
    """Return the journal of these entries, a line for each of them, as somebody has balanced them."""
    key = new_id("je")
    lines = [_line(key, source, position, entry) for position, entry in enumerate(entries, start=1)]
    total = sum((line.debit for line in lines), ZERO)
    assert total == sum((line.credit for line in lines), ZERO), f"{source} does not balance"
    journal = Journal(
        id=key,
        entry_on=source.entry_on,
        branch_id=source.branch_id,
        source_type=source.source_type,
        source_id=source.source_id,
        reference=source.reference,
        narration=source.narration,
        contact_id=source.contact_id,
        reverses_id=None,
        line_count=len(lines),
        total=total,
        posted_at=books.now,
        posted_by=books.user_id,
    )
    return journal, lines


def check_period(entry_on: date, locked_until: date | None) -> None:
    """Refuse an entry in a period that the accountant has locked. Raises PeriodLocked."""
    if locked_until is not None and entry_on <= locked_until:
        raise PeriodLocked(f"{entry_on} is not after {locked_until}, up to which the books are locked.", field="date")


def _added_up(entries: Iterable[Entry]) -> list[Entry]:
    sums: dict[tuple[str, str | None, str | None], Decimal] = {}
    for entry in entries:
        place = (entry.account_id, entry.contact_id, entry.cost_center_id)
        sums[place] = sums.get(place, ZERO) + entry.amount
    return [
        Entry(account_id, amount, contact_id, cost_center_id)
        for (account_id, contact_id, cost_center_id), amount in sums.items()
        if amount
    ]


def _line(key: str, source: Source, position: int, entry: Entry) -> JournalLine:
    return JournalLine(
        journal_id=key,
        position=position,
        account_id=entry.account_id,
        entry_on=source.entry_on,
        branch_id=source.branch_id,
        contact_id=entry.contact_id,
        cost_center_id=entry.cost_center_id,
        description=entry.description,
        debit=max(entry.amount, ZERO),
        credit=max(-entry.amount, ZERO),
    )
