"""The cash flow statement by the indirect method: from the net profit to the change of cash and bank.

What stands against no money is taken out of the profit and out of the investments alike: entries that only move between
fixed or other assets and income or expense, such as depreciation. Source: Accounting Standard 3, paragraphs 18(b), 20.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from domain.books import Books
from domain.ledger.account_types import CLASS_OF, MONEY_TYPES
from domain.money import ZERO
from domain.reports.balances import Account, Ledger, UpTo, up_to
from domain.reports.layouts import CASH_FLOW, INVESTED_TYPES
from domain.reports.question import Period, Scope
from domain.reports.statement import RESULT_CLASSES, Question, carried_row, is_result, laid_out
from domain.reports.tree import Carried, Figures, Row, Section, added, rows_of
from domain.statements import Statement
from domain.values import Struct


class Answer(Struct, frozen=True):
    """Operating, investing and financing flows; the last section is what they come to, the change of cash and bank.

    ``money`` are the accounts of cash and bank and how each changed, ``opening`` and ``closing`` what they stood at.
    """

    question: Question
    sections: tuple[Section, ...]
    money: tuple[Row, ...]
    opening: Figures
    closing: Figures

    @property
    def net_change(self) -> Figures:
        """How cash and bank changed, by what flowed."""
        return self.sections[-1].total


# A journal touches an asset and income or expense and nothing else: no money moved. There are few lines on such assets,
# so they are looked up account by account, and then the journals they are of; "offset 0" keeps the planner, who takes
# all accounts for alike, from reading all lines instead.
_WITHOUT_MONEY = Statement(
    """
with account as (
  select id, account_type
    from accounts
   where organization_id = %(organization_id)s
), touched as (
  select distinct line.journal_id
    from account
   cross join lateral (select journal_id
                         from journal_lines
                        where organization_id = %(organization_id)s
                          and account_id = account.id
                          and entry_on between %(first_on)s and %(last_on)s
                          and (%(branch_id)s::text is null or branch_id = %(branch_id)s)
                       offset 0) as line
   where account.account_type = any(%(invested_types)s::text[])
), entry as (
  select line.journal_id, line.account_id, account.account_type, line.net
    from touched
   cross join lateral (select posted_at
                         from journals
                        where organization_id = %(organization_id)s
                          and id = touched.journal_id
                       offset 0) as journal
   cross join lateral (select journal_id, account_id, debit - credit as net
                         from journal_lines
                        where organization_id = %(organization_id)s
                          and journal_id = touched.journal_id
                       offset 0) as line
    join account on account.id = line.account_id
   where (%(known_at)s::timestamptz is null or journal.posted_at <= %(known_at)s)
), without_money as (
  select journal_id
    from entry
   group by journal_id
  having bool_and(account_type = any(%(invested_types)s::text[] || %(result_types)s::text[]))
     and bool_or(account_type = any(%(result_types)s::text[]))
)
select account_id, sum(net) as net
  from entry
  join without_money using (journal_id)
 where account_type = any(%(invested_types)s::text[])
 group by account_id
"""
)
_RESULT_TYPES = sorted(each for each, its_class in CLASS_OF.items() if its_class in RESULT_CLASSES)


async def answer(books: Books, question: Question) -> Answer:
    """Return the cash flow of a period. It reads twice or more, so it runs in a snapshot."""
    times = question.times
    days = [day for time in times for day in (time.first_on and time.first_on - timedelta(days=1), time.last_on)]
    ledger = await up_to(books, question.scope, days)
    without_money = [await _without_money(books, question.scope, time) for time in times]
    moved = {account.id: _moved(ledger, account) for account in ledger.accounts}
    aside = {key: tuple(each.get(key, ZERO) for each in without_money) for key in moved}
    profit = added((moved[account.id] for account in ledger.accounts if is_result(account)), len(times))
    carried = {
        Carried.THIS_PERIOD: (carried_row(Carried.THIS_PERIOD, profit),),
        Carried.WITHOUT_MONEY: rows_of(ledger.accounts, aside, len(times)),
    }
    paid = {key: tuple(a - b for a, b in zip(moved[key], aside[key], strict=True)) for key in moved}
    sections = laid_out(CASH_FLOW, ledger.accounts, paid, carried=carried, columns=len(times))
    money = [account for account in ledger.accounts if account.account_type in MONEY_TYPES]
    return Answer(
        question=question,
        sections=sections,
        money=tuple(rows_of(money, moved, len(times))),
        opening=_balance(money, ledger.days[::2]),
        closing=_balance(money, ledger.days[1::2]),
    )


async def _without_money(books: Books, scope: Scope, time: Period) -> dict[str, Decimal]:
    """What moved on each fixed or other asset in entries without money; debits are positive."""
    values = {"invested_types": list(INVESTED_TYPES), "result_types": _RESULT_TYPES}
    days = {"first_on": time.first_on, "last_on": time.last_on}
    part = {"branch_id": scope.branch_id, "known_at": scope.known_at}
    return {row["account_id"]: row["net"] for row in await books.rows(_WITHOUT_MONEY, **values, **days, **part)}


def _moved(ledger: Ledger, account: Account) -> Figures:
    pairs = zip(ledger.days[::2], ledger.days[1::2], strict=True)
    return tuple(at.get(account.id, UpTo()).net - before.get(account.id, UpTo()).net for before, at in pairs)


def _balance(accounts: Sequence[Account], days: Sequence[Mapping[str, UpTo]]) -> Figures:
    return tuple(sum((day[each.id].net for each in accounts if each.id in day), ZERO) for day in days)
