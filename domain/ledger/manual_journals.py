"""Journals by hand: entered in balance, posted line by line, and taken back by their mirror image.

The accounts of what contacts owe and are owed, and of their advances, are closed to entries by hand: they equal the sum
of documents and payments, so they move through these alone.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from domain.books import Books, found
from domain.errors import Failed, InvalidState, NotFound
from domain.happenings import Happening
from domain.ledger.journals import Entry, Source, check_period, journal_as_entered
from domain.ledger.posting import post, reverse
from domain.ledger.surroundings import NamedAccount, Surroundings, around, check_all_found
from domain.money import ZERO, check_money
from domain.statements import Statement
from domain.values import Struct

MANUAL = "MANUAL"

HOW_TO_TAKE_BACK: Mapping[str, str] = MappingProxyType(
    {
        "DOCUMENT": "void the document {}",
        "PAYMENT": "void the payment {}",
        "EXPENSE": "delete the expense {}",
        "OPENING_BALANCE": "send the opening balances anew",
        "ITC_ADJUSTMENT": "delete the ITC adjustment {}",
        "BILL_OF_ENTRY": "void the bill of entry {}",
    }
)
"""What takes back a journal that was posted by something else than by hand, by its source."""


class _Stored(Struct, frozen=True):
    """A journal, by what decides whether it can be taken back."""

    entry_on: date
    source_type: str
    source_id: str | None
    reference: str | None
    reverses_id: str | None
    reversed_by_id: str | None
    total: Decimal
    locked_until: date | None

    @property
    def version(self) -> int:
        """1, and 2 once it is reversed: nothing else of a journal ever changes."""
        return 1 if self.reversed_by_id is None else 2


_FOR_REVERSAL = Statement(
    """
select journal.entry_on,
       journal.source_type,
       journal.source_id,
       journal.reference,
       journal.reverses_id,
       reversal.id as reversed_by_id,
       journal.total,
       organization.locked_until
  from journals as journal
  join organizations as organization
    on organization.id = journal.organization_id
  left join journals as reversal
    on reversal.organization_id = journal.organization_id
   and reversal.reverses_id = journal.id
 where journal.organization_id = %(organization_id)s
   and journal.id = %(id)s
"""
)


async def enter(books: Books, said: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> str:
    """Post a journal as it was entered, and return its id. Locks balances.

    Raises: NotFound for a branch, account, contact or cost centre that does not exist (of accounts and cost centres:
    that is not in use), Failed for a journal that does not balance or stands on a control account, PeriodLocked.
    """
    facts = await _facts_of(books, said, lines)
    entries = [_entry(line, index) for index, line in enumerate(lines)]
    _check_balance(entries)
    check_period(said["entry_on"], facts.locked_until)
    source = Source(
        entry_on=said["entry_on"],
        branch_id=facts.branch_id,
        source_type=MANUAL,
        source_id=None,
        narration=said.get("narration"),
        reference=said.get("reference"),
        contact_id=said.get("contact_id"),
    )
    posting = journal_as_entered(books, source, entries)
    await post(books, posting)
    journal = posting[0]
    _note_new(books, journal.id, journal.reference, on=journal.entry_on, total=journal.total)
    return journal.id


def _note_new(books: Books, key: str, reference: str | None, *, on: date, total: Decimal) -> None:
    """Tell of a journal that is new; the mirror image of another one is as much new as what was entered."""
    summary = {"date": on, "total": total}
    books.happened(Happening("JOURNAL_CREATED", "JOURNAL", key, reference, summary=summary))


async def delete(books: Books, key: str) -> None:
    """Take back a journal by hand: its reverse is posted on its own date, and both stay. Locks balances.

    Raises: NotFound, VersionMismatch, InvalidState, PeriodLocked.
    """
    stored = await _found(books, key)
    await _take_back(books, key, stored, on=stored.entry_on, verb="DELETED", narration=None)


async def reverse_on(books: Books, key: str, *, on: date | None, narration: str | None) -> None:
    """Reverse a journal by hand on a day of its own (today unless it is said), as accruals are. Locks balances.

    Raises: NotFound, VersionMismatch, InvalidState, PeriodLocked, Failed for a day before the journal.
    """
    stored = await _found(books, key)
    day = max(books.today, stored.entry_on) if on is None else on
    if day < stored.entry_on:
        raise Failed(f"{day} is before the date of the journal, {stored.entry_on}.", field="date")
    await _take_back(books, key, stored, on=day, verb="REVERSED", narration=narration)


def check_no_control_account(accounts: Sequence[NamedAccount], *, field: str, hint: str) -> None:
    """Refuse accounts that equal the sum of documents and payments; ``field`` has a place for the index. Raises Failed.

    Source: the control account of a ledger equals its sub-ledger only if nothing else posts to it.
    """
    for index, account in enumerate(accounts):
        if account.is_control:
            message = f"{account.name} holds what contacts owe, are owed or have advanced: {hint}."
            raise Failed(message, field=field.format(index))


async def _facts_of(books: Books, said: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> Surroundings:
    names = ("account_id", "contact_id", "cost_center_id")
    account_ids, contact_ids, cost_center_ids = ([line.get(name) for line in lines] for name in names)
    concerned = said.get("contact_id")
    facts = await around(
        books,
        branch_id=said.get("branch_id"),
        account_ids=account_ids,
        contact_ids=[*contact_ids, concerned],
        cost_center_ids=cost_center_ids,
    )
    check_all_found("Account", account_ids, facts.accounts, field="lines[{}].account_id")
    if concerned is not None and concerned not in facts.contact_ids:
        raise NotFound("Contact", concerned, field="contact_id")
    check_all_found("Contact", contact_ids, facts.contact_ids, field="lines[{}].contact_id")
    check_all_found("Cost centre", cost_center_ids, facts.cost_center_ids, field="lines[{}].cost_center_id")
    check_no_control_account(
        [facts.accounts[line["account_id"]] for line in lines],
        field="lines[{}].account_id",
        hint="enter an invoice, a bill, a note or a payment",
    )
    return facts


def signed_amount(line: Mapping[str, Any], *, field: str) -> Decimal:
    """The amount of a line with either a debit or a credit: a debit is positive. Raises Failed for both or neither."""
    debit, credit = line.get("debit") or ZERO, line.get("credit") or ZERO
    if bool(debit) == bool(credit):
        raise Failed("A line has either a debit or a credit, above nought.", field=field)
    return debit - credit


def _entry(line: Mapping[str, Any], index: int) -> Entry:
    return Entry(
        account_id=line["account_id"],
        amount=signed_amount(line, field=f"lines[{index}].debit"),
        contact_id=line.get("contact_id"),
        cost_center_id=line.get("cost_center_id"),
        description=line.get("description"),
    )


def _check_balance(entries: Sequence[Entry]) -> None:
    debits = sum((entry.amount for entry in entries if entry.amount > 0), ZERO)
    credits_ = -sum((entry.amount for entry in entries if entry.amount < 0), ZERO)
    if debits != credits_:
        difference = abs(debits - credits_)
        message = f"Debits are {debits}, credits {credits_}: the difference is {difference}."
        raise Failed(message, field="lines", details={"difference": debits - credits_})
    check_money(debits, field="total")


async def _found(books: Books, key: str) -> _Stored:
    stored = found(await books.load_one(_Stored, _FOR_REVERSAL, id=key), "Journal", key)
    books.expect_version("Journal", stored.version)
    return stored


async def _take_back(books: Books, key: str, stored: _Stored, *, on: date, verb: str, narration: str | None) -> None:
    if stored.source_type != MANUAL:
        how = HOW_TO_TAKE_BACK[stored.source_type].format(stored.source_id)
        raise InvalidState(f"The journal was not entered by hand; {how} to take it back.")
    if stored.reverses_id is not None:
        raise InvalidState(f"It is the reverse of {stored.reverses_id}; enter that one anew instead.")
    if stored.reversed_by_id is not None:
        raise InvalidState(f"It was reversed by {stored.reversed_by_id} already.")
    check_period(on, stored.locked_until)
    narration = narration or f"Reversal of {stored.reference or key}"
    reversal_id = await reverse(books, key, entry_on=on, narration=narration)
    _note_new(books, reversal_id, stored.reference, on=on, total=stored.total)
    changes = {"reversed_by_id": {"old": None, "new": reversal_id}}
    summary = {"date": on, "reversed_by_id": reversal_id}
    books.happened(Happening(f"JOURNAL_{verb}", "JOURNAL", key, stored.reference, changes, summary))
