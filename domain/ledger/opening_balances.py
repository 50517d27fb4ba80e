"""Opening balances: what the accounts stood at when the books began, as one entry that can be sent again.

Whatever the entry lacks to balance goes to the account of the opening balance difference. Documents that were open on
that day are entered as documents and post against the same account, so in the end it stands at nought.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from domain.books import Books
from domain.errors import Failed
from domain.happenings import Happening, difference
from domain.ledger.accounts import AccountRole, by_role
from domain.ledger.journals import Entry, Source, check_period, journal_as_entered
from domain.ledger.manual_journals import check_no_control_account, signed_amount
from domain.ledger.posting import post, reverse
from domain.ledger.surroundings import Surroundings, around, check_all_found
from domain.money import ZERO, check_money
from domain.statements import Statement, reader_of
from domain.values import Struct

OPENING_BALANCE = "OPENING_BALANCE"


class Balance(Struct, frozen=True):
    """What one account stood at, in rupees; of debit and credit one is zero."""

    account_id: str
    account_code: str
    account_name: str
    debit: Decimal
    credit: Decimal


class OpeningBalances(Struct, frozen=True):
    """The entry as it stands; before there is one, it has no date and no balances.

    ``difference`` is what it put on the account of the difference, ``open_difference`` what that account stands at now,
    documents from before included: debits are positive. ``version`` grows with each change.
    """

    entry_on: date | None
    journal_id: str | None
    balances: list[Balance]
    difference: Decimal
    open_difference: Decimal
    version: int

    @property
    def amounts(self) -> dict[str, Decimal]:
        """Each account's amount, a debit positive."""
        return {balance.account_id: balance.debit - balance.credit for balance in self.balances}


_LOCK = Statement("select pg_advisory_xact_lock(hashtextextended('opening balances', 0) # hashtext(%(of)s))")

# The journals of all opening balances have the organization as their source, by which there is an index.
_STANDING = Statement(
    """
with sent as (
  select id, entry_on, reverses_id
    from journals
   where organization_id = %(organization_id)s
     and source_id = %(organization_id)s
     and source_type = 'OPENING_BALANCE'
), entry as (
  select id, entry_on
    from sent
   where reverses_id is null
     and not exists (select from sent as reversal where reversal.reverses_id = sent.id)
), line as (
  select account.id as account_id, account.code as account_code, account.name as account_name, line.debit, line.credit
    from journal_lines as line
    join accounts as account
      on account.organization_id = line.organization_id
     and account.id = line.account_id
   where line.organization_id = %(organization_id)s
     and line.journal_id = (select id from entry)
), opening as (
  select (select entry_on from entry) as entry_on,
         (select id from entry) as journal_id,
         (select coalesce(json_agg(line order by account_code, account_id), '[]')
            from line
           where account_id <> %(difference_account)s) as balances,
         (select coalesce(sum(debit - credit), 0)
            from line
           where account_id = %(difference_account)s) as difference,
         (select coalesce(sum(debit - credit), 0)
            from account_balances
           where organization_id = %(organization_id)s
             and account_id = %(difference_account)s) as open_difference,
         (select 1 + count(*) from sent) as version
)
select row_to_json(opening)::text from opening
"""
)
_read = reader_of(OpeningBalances)


async def standing(books: Books) -> OpeningBalances:
    """Return the opening balances as they stand."""
    return _read(await books.value(_STANDING, difference_account=await _difference_account(books)))


async def update(books: Books, *, entry_on: date, lines: Sequence[Mapping[str, Any]]) -> OpeningBalances:
    """Put these balances in the place of what stood before, which is reversed. Locks opening balances, then balances.

    Raises: VersionMismatch, NotFound for an account that does not exist or is not in use, Failed for one that is named
    twice, is a control account or the difference itself, PeriodLocked for the old date or the new one.
    """
    await books.row(_LOCK, of=books.organization_id)
    stored = await standing(books)
    books.expect_version("Opening balances", stored.version)
    facts, entries = await _entries_of(books, lines)
    amounts = {entry.account_id: entry.amount for entry in entries}
    if (amounts, entry_on if amounts else None) == (stored.amounts, stored.entry_on):
        return stored
    if stored.journal_id is not None and stored.entry_on is not None:
        check_period(stored.entry_on, facts.locked_until)
        await reverse(books, stored.journal_id, entry_on=stored.entry_on, narration="Opening balances sent anew")
    if entries:
        check_period(entry_on, facts.locked_until)
        await _post(books, entry_on, facts, entries)
    changed = await standing(books)
    _note(books, stored, changed)
    return changed


async def _entries_of(books: Books, lines: Sequence[Mapping[str, Any]]) -> tuple[Surroundings, list[Entry]]:
    account_ids = [line["account_id"] for line in lines]
    facts = await around(books, branch_id=None, account_ids=account_ids)
    field = "balances[{}].account_id"
    check_all_found("Account", account_ids, facts.accounts, field=field)
    hint = "enter what was open as documents with is_opening_balance"
    check_no_control_account([facts.accounts[key] for key in account_ids], field=field, hint=hint)
    difference_account = await _difference_account(books)
    for index, key in enumerate(account_ids):
        if key in account_ids[:index]:
            raise Failed(f"{facts.accounts[key].name} is named twice.", field=field.format(index))
        if key == difference_account:
            raise Failed("The difference follows from the other balances.", field=field.format(index))
    amounts = [signed_amount(line, field=f"balances[{index}].debit") for index, line in enumerate(lines)]
    return facts, [Entry(key, amount) for key, amount in zip(account_ids, amounts, strict=True)]


async def _post(books: Books, entry_on: date, facts: Surroundings, entries: list[Entry]) -> None:
    lacking = -sum((entry.amount for entry in entries), ZERO)
    if lacking:
        entries = [*entries, Entry(await _difference_account(books), lacking)]
    check_money(sum((entry.amount for entry in entries if entry.amount > 0), ZERO), field="total")
    source = Source(entry_on, facts.branch_id, OPENING_BALANCE, books.organization_id, "Opening balances")
    await post(books, journal_as_entered(books, source, entries))


async def _difference_account(books: Books) -> str:
    role = AccountRole.OPENING_BALANCE_DIFFERENCE
    return (await by_role(books, (role,)))[role]


def _note(books: Books, old: OpeningBalances, new: OpeningBalances) -> None:
    books.happened(
        Happening(
            action="OPENING_BALANCES_UPDATED",
            entity_type="OPENING_BALANCES",
            entity_id=books.organization_id,
            reference=None,
            changes=difference(old, new, ("entry_on", "balances", "difference")),
            summary={"date": new.entry_on, "difference": new.difference},
        )
    )
