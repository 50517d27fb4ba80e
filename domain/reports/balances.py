"""Balances of accounts up to a day: the only statement over what the ledger keeps of each account and month.

Balances are kept for thirds of months. Up to a day means the whole thirds before it, and of its own third the smaller
side: what was posted up to the day is added, or what was posted after it is taken off. As they were known at an instant
likewise: what was posted later is taken off, or only what was posted by then is added up (decision 0032).
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, select

from domain.books import Books
from domain.money import ZERO
from domain.reports.question import Scope
from domain.statements import Statement, reader_of
from domain.values import Struct
from models.ledger import account_balances
from models.masters import accounts


class Account(Struct, frozen=True):
    """An account of the chart, as it is called now."""

    id: str
    code: str
    name: str
    account_type: str
    role: str | None
    parent_id: str | None
    schedule_iii_head: str | None


class UpTo(Struct, frozen=True):
    """What an account was debited and credited up to a day, in rupees."""

    debit: Decimal = ZERO
    credit: Decimal = ZERO

    @property
    def net(self) -> Decimal:
        """The balance: a debit is positive."""
        return self.debit - self.credit


class Ledger(Struct, frozen=True):
    """The accounts by code, and for each day that was asked for what those with entries came to, by their ids."""

    accounts: tuple[Account, ...]
    days: tuple[Mapping[str, UpTo], ...]


class Cut(Struct, frozen=True):
    """How the balance up to a day is made: whole thirds of months before ``until``, and ``sign`` times a part of one.

    ``sign`` is 0 where there is no part, as at the end of a month.
    """

    until: date
    first_on: date
    last_on: date
    sign: int


class _Moved(Struct, frozen=True):
    """What moved on an account: in whole thirds or (``is_part``) in a part of one; ``place`` counts the days asked."""

    account_id: str
    place: int
    is_part: bool
    debit: Decimal
    credit: Decimal


class _Read(Struct, frozen=True):
    accounts: list[Account]
    moved: list[_Moved]


# A part of a third is looked up account by account, in the index of lines, whatever the planner thinks of it: hence the
# lateral. Conditions are comparisons of dates and ids, which row-level security lets an index answer.
#
# Which side of an instant is the nearer one is told by counting journals on both, in the index of their instants, ever
# further until one side ends: so it costs a small part of reading the lines of that side, which follows. A condition on
# it is looked at once, and what it rules out is not run.
_STATEMENT = """
with recursive walked as (
  select %(stride)s::bigint as reach, %(stride)s::bigint as before, %(stride)s::bigint as later
   where %(known_at)s::timestamptz is not null
   union all
  select reach * 4,
{journals_before},
{journals_later}
    from walked
   where before = reach
     and later = reach
), nearer as (
  select coalesce((select before < later from walked order by reach desc limit 1), false) as is_before
), account as (
  select id, code, name, account_type, role, parent_id, schedule_iii_head
    from accounts
   where organization_id = %(organization_id)s
), moved as (
  select account_id, width_bucket(begins_on, %(untils)s::date[]) as place, false as is_part,
         sum(debit) as debit, sum(credit) as credit
    from {balances}
   where (select is_before from nearer) is false
     and organization_id = %(organization_id)s
     and begins_on < %(until)s
     and (%(branch_id)s::text is null or branch_id = %(branch_id)s)
     {center}
   group by account_id, place
   union all
  select account.id, cut.place, true, cut.sign * part.debit, cut.sign * part.credit
    from unnest(%(places)s::int[], %(firsts)s::date[], %(lasts)s::date[], %(signs)s::int[])
           as cut(place, first_on, last_on, sign)
   cross join account
   cross join lateral (select sum(debit) as debit, sum(credit) as credit
                         from journal_lines
                        where organization_id = %(organization_id)s
                          and account_id = account.id
                          and entry_on between cut.first_on and cut.last_on
                          and (%(branch_id)s::text is null or branch_id = %(branch_id)s)
                          {center}) as part
   where (select is_before from nearer) is false
     and part.debit is not null
   union all
{lines_later}
   union all
{lines_before}
)
select json_build_object(
         'accounts', (select coalesce(json_agg(account order by code, id), '[]') from account),
         'moved', (select coalesce(json_agg(moved), '[]') from moved))::text
"""
_JOURNALS = """\
         (select count(*)
            from (select
                    from journals
                   where organization_id = %(organization_id)s
                     and posted_at {side} %(known_at)s::timestamptz
                   order by posted_at {outwards}
                   limit walked.reach * 4) as journal)"""
_LINES = """\
  select line.account_id, width_bucket(line.entry_on, %(after)s::date[]), false,
         {sign}sum(line.debit), {sign}sum(line.credit)
    from journals as journal
    join journal_lines as line on line.organization_id = %(organization_id)s
                              and line.journal_id = journal.id
   where (select is_before from nearer) is {chosen}
     and journal.organization_id = %(organization_id)s
     and journal.posted_at {side} %(known_at)s::timestamptz
     and journal.entry_on < %(last_after)s
     and (%(branch_id)s::text is null or line.branch_id = %(branch_id)s)
     {center}
   group by 1, 2"""


def _statement(balances: str, center: str) -> Statement:
    """The statement over the balances in a table, of lines on which a condition holds as well."""
    return Statement(
        _STATEMENT.format(
            balances=balances,
            center=center,
            journals_before=_JOURNALS.format(side="<=", outwards="desc"),
            journals_later=_JOURNALS.format(side=">", outwards="asc"),
            lines_before=_LINES.format(side="<=", sign="", chosen="true", center=center),
            lines_later=_LINES.format(side=">", sign="-", chosen="false", center=center),
        )
    )


_OF_ALL = _statement("account_balances", "")
_OF_A_CENTER = _statement("cost_center_balances", "and cost_center_id = %(cost_center_id)s")
_read = reader_of(_Read)
_DAY = timedelta(days=1)
_LAST_THIRD = 21
_STRIDE = 250
"""A quarter of the journals that are counted on each side of an instant at first."""


async def up_to(books: Books, scope: Scope, days: Sequence[date | None]) -> Ledger:
    """Return what each account came to at the end of each of ``days``; ``None`` is before the books began.

    Of the scope its branch, cost centre and ``known_at`` are read. The order of the days does not matter.
    """
    asked = sorted({day for day in days if day is not None})
    if not asked:
        asked = [books.today]
    read = _read(await books.value(_OF_A_CENTER if scope.cost_center_id else _OF_ALL, **_values(books, scope, asked)))
    sums = dict(zip(asked, _cumulated(read.moved, len(asked)), strict=True))
    return Ledger(tuple(read.accounts), tuple({} if day is None else sums[day] for day in days))


def current_balance() -> ColumnElement[Any]:
    """Debits less credits of each account, all that is posted, in rupees: a column for a selection of accounts."""
    return (
        select(func.coalesce(func.sum(account_balances.c.debit - account_balances.c.credit), 0))
        .where(
            account_balances.c.organization_id == accounts.c.organization_id,
            account_balances.c.account_id == accounts.c.id,
        )
        .correlate(accounts)
        .scalar_subquery()
    )


def cut_at(day: date, *, today: date) -> Cut:
    """Return how the balance at the end of ``day`` is made with the fewest lines.

    Of the third that still runs hardly anything is dated after today, so days to come do not count.
    """
    begins_on = day.replace(day=1 + 10 * min((day.day - 1) // 10, 2))
    until = following_month(day) if begins_on.day == _LAST_THIRD else begins_on + 10 * _DAY
    last_on = until - _DAY
    if day == last_on:
        return Cut(until, last_on, last_on, 0)
    days_up_to = (min(day, today) - begins_on).days + 1
    days_after = (min(last_on, today) - day).days
    if days_after < days_up_to or days_after <= 0:
        return Cut(until, day + _DAY, last_on, -1)
    return Cut(begins_on, begins_on, day, 1)


def following_month(day: date) -> date:
    """Return the first day of the month after that of ``day``."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def _values(books: Books, scope: Scope, asked: Sequence[date]) -> dict[str, Any]:
    """The parameters of the statement for days in their order."""
    cuts = [cut_at(day, today=books.today) for day in asked]
    parts = [(place, cut) for place, cut in enumerate(cuts) if cut.sign]
    return {
        "untils": [str(cut.until) for cut in cuts],
        "until": cuts[-1].until,
        "places": [place for place, _ in parts],
        "firsts": [str(cut.first_on) for _, cut in parts],
        "lasts": [str(cut.last_on) for _, cut in parts],
        "signs": [cut.sign for _, cut in parts],
        "after": [str(day + _DAY) for day in asked],
        "last_after": asked[-1] + _DAY,
        "branch_id": scope.branch_id,
        "cost_center_id": scope.cost_center_id,
        "known_at": scope.known_at,
        "stride": _STRIDE,
    }


def _cumulated(moved: Sequence[_Moved], days: int) -> list[dict[str, UpTo]]:
    """Add up what moved: thirds count for every day from theirs on, a part for its own day only."""
    sums: list[dict[str, UpTo]] = [{} for _ in range(days)]
    for each in moved:
        for place in (each.place,) if each.is_part else range(each.place, days):
            known = sums[place].get(each.account_id, UpTo())
            sums[place][each.account_id] = UpTo(known.debit + each.debit, known.credit + each.credit)
    return sums
