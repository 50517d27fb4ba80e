"""The tax accounts of a registration over some days: what papers and entries by hand moved on them, head by head.

The control of a return (what documents posted is what it says), and the credit that stands when a period begins.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from domain.books import Books
from domain.gst.returns.amounts import HEADS, NO_TAX, Tax
from domain.gst.returns.question import ReturnQuestion
from domain.ledger.accounts import AccountRole
from domain.money import ZERO
from domain.reports import balances
from domain.reports.question import Scope
from domain.statements import Statement
from domain.values import Struct, replace


class TaxLedger(StrEnum):
    """Four accounts, one for each head of tax: credit, output tax, and tax owed on reverse charge."""

    INPUT = "INPUT"
    OUTPUT = "OUTPUT"
    REVERSE_CHARGE = "REVERSE_CHARGE"


class LedgerFacts(Struct, frozen=True):
    """Of one ledger: its accounts by head, and +1 where debits make it grow, -1 where credits do."""

    title: str
    roles: Mapping[str, AccountRole]
    sign: int


def _roles(prefix: str) -> Mapping[str, AccountRole]:
    return MappingProxyType({head: AccountRole(f"{prefix}_{head}") for head in HEADS})


TAX_LEDGERS: Mapping[TaxLedger, LedgerFacts] = MappingProxyType(
    {
        TaxLedger.INPUT: LedgerFacts("Input tax credit", _roles("input"), 1),
        TaxLedger.OUTPUT: LedgerFacts("Output tax", _roles("output"), -1),
        TaxLedger.REVERSE_CHARGE: LedgerFacts("Tax owed on reverse charge", _roles("rcm_output"), -1),
    }
)
"""Each ledger."""
_HEAD_OF = {role: (ledger, head) for ledger, facts in TAX_LEDGERS.items() for head, role in facts.roles.items()}


class Moved(Struct, frozen=True, kw_only=True):
    """What moved on one ledger, in the direction in which it grows: by papers, and by hand."""

    by_papers: Tax = NO_TAX
    by_hand: Tax = NO_TAX

    @property
    def total(self) -> Tax:
        """Both together."""
        return self.by_papers + self.by_hand


class _Row(Struct, frozen=True):
    role: str
    is_by_hand: bool
    amount: Decimal


# By hand are set-offs, payments of tax and openings, which belong to no table of the return.
_MOVED = Statement(
    """
select account.role,
       journal.source_type = any('{MANUAL,OPENING_BALANCE}') as is_by_hand,
       sum(line.debit - line.credit) as amount
  from accounts as account
  join journal_lines as line
    on line.organization_id = %(organization_id)s
   and line.account_id = account.id
   and line.entry_on between %(from_on)s and %(to_on)s
  join journals as journal
    on journal.organization_id = %(organization_id)s
   and journal.id = line.journal_id
  join branches as branch
    on branch.organization_id = %(organization_id)s
   and branch.id = line.branch_id
   and branch.gst_no = %(gstin)s
   and (%(branch_id)s::text is null or branch.id = %(branch_id)s)
 where account.organization_id = %(organization_id)s
   and account.role = any(%(roles)s)
 group by account.role, is_by_hand
"""
)


async def moved_on_ledgers(books: Books, question: ReturnQuestion) -> dict[TaxLedger, Moved]:
    """Return what moved on the tax ledgers of the registration in the days."""
    rows = await books.load(_Row, _MOVED, roles=[role.value for role in _HEAD_OF], **question.bounds)
    return {ledger: _moved(ledger, rows) for ledger in TaxLedger}


def _moved(ledger: TaxLedger, rows: Iterable[_Row]) -> Moved:
    mine = [row for row in rows if AccountRole(row.role) in TAX_LEDGERS[ledger].roles.values()]
    return Moved(
        by_papers=_tax(ledger, [row for row in mine if not row.is_by_hand]),
        by_hand=_tax(ledger, [row for row in mine if row.is_by_hand]),
    )


def _tax(ledger: TaxLedger, rows: Iterable[_Row]) -> Tax:
    sums = dict.fromkeys(HEADS, ZERO)
    for row in rows:
        _, head = _HEAD_OF[AccountRole(row.role)]
        sums[head] += TAX_LEDGERS[ledger].sign * row.amount
    return Tax(**sums)


_BRANCHES = Statement(
    """
select array_agg(id order by id) filter (where gst_no = %(gstin)s) as own,
       count(*) as all_branches
  from branches
 where organization_id = %(organization_id)s
"""
)


async def standing_at(
    books: Books, scope: Scope, question: ReturnQuestion, days: Sequence[date]
) -> list[dict[TaxLedger, Tax]]:
    """Return what the ledgers of the registration stood at, at the end of each of these days."""
    sums = [dict.fromkeys(TaxLedger, NO_TAX) for _ in days]
    for branch_id in await _branches_of(books, question):
        ledger = await balances.up_to(books, replace(scope, branch_id=branch_id, cost_center_id=None), days)
        account = {each.role: each.id for each in ledger.accounts if each.role}
        for place, nets in enumerate(ledger.days):
            for name, facts in TAX_LEDGERS.items():
                sums[place][name] += Tax(
                    **{
                        head: facts.sign * nets.get(account[role], balances.UpTo()).net
                        for head, role in facts.roles.items()
                    }
                )
    return sums


async def _branches_of(books: Books, question: ReturnQuestion) -> Sequence[str | None]:
    """The branches to be read, each by itself; ``None``, all at once, where all are of the registration."""
    if question.branch_id is not None:
        return [question.branch_id]
    row = await books.row(_BRANCHES, gstin=question.gstin) or {}
    own: list[str] = row["own"] or []
    return [None] if len(own) == row["all_branches"] else own
