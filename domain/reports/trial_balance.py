"""The trial balance: what each account opened the financial year with, what moved on it since, and how it stands.

Income and expense open each year at nought; what they came to before is shown under retained earnings.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from domain.books import Books
from domain.money import ZERO
from domain.reports.balances import Account, Ledger, UpTo, up_to
from domain.reports.layouts import TRIAL_BALANCE
from domain.reports.question import Scope, year_start
from domain.reports.statement import Question, carried_row, is_result, laid_out, result_of
from domain.reports.tree import Carried, Figures, Section, added
from domain.values import Struct

COLUMNS = ("opening_debit", "opening_credit", "debit", "credit", "closing_debit", "closing_credit")
"""What the figures of each time are, in rupees; none is negative."""


class Answer(Struct, frozen=True):
    """The accounts by class and type; ``total`` has the sums of all, debits equal to credits.

    ``year_starts`` are the days from which debits and credits count: of the day asked for and of the one compared with.
    """

    question: Question
    year_starts: tuple[date, ...]
    sections: tuple[Section, ...]
    total: Figures


async def answer(books: Books, question: Question) -> Answer:
    """Return the trial balance at the end of a day."""
    times = question.times
    starts = tuple(year_start_of(question.scope, time.last_on) for time in times)
    days = [day for start, time in zip(starts, times, strict=True) for day in (start - timedelta(days=1), time.last_on)]
    ledger = await up_to(books, question.scope, days)
    columns = len(times) * len(COLUMNS)
    carried = {Carried.EARLIER_YEARS: (carried_row(Carried.EARLIER_YEARS, _earlier_results(ledger)),)}
    sections = laid_out(TRIAL_BALANCE, ledger.accounts, _figures(ledger), carried=carried, columns=columns)
    return Answer(question, starts, sections, added((section.total for section in sections), columns))


def year_start_of(scope: Scope, day: date) -> date:
    """Return the first day of the organization's financial year in which a day falls."""
    return year_start(day, scope.keeper.fiscal_year_start_month)


def _figures(ledger: Ledger) -> dict[str, Figures]:
    return {
        account.id: tuple(
            amount
            for before, at in _pairs(ledger.days)
            for amount in _columns(account, before.get(account.id, UpTo()), at.get(account.id, UpTo()))
        )
        for account in ledger.accounts
    }


def _columns(account: Account, before: UpTo, at: UpTo) -> Figures:
    opening = ZERO if is_result(account) else before.net
    debit, credit = at.debit - before.debit, at.credit - before.credit
    return (*_sides(opening), debit, credit, *_sides(opening + debit - credit))


def _earlier_results(ledger: Ledger) -> Figures:
    amounts: list[Decimal] = []
    for before, _ in _pairs(ledger.days):
        sides = _sides(result_of(ledger.accounts, before).net)
        amounts += [*sides, ZERO, ZERO, *sides]
    return tuple(amounts)


def _pairs(days: Sequence[Mapping[str, UpTo]]) -> list[tuple[Mapping[str, UpTo], Mapping[str, UpTo]]]:
    return list(zip(days[::2], days[1::2], strict=True))


def _sides(net: Decimal) -> tuple[Decimal, Decimal]:
    """A balance as debit and credit, of which one is zero."""
    return (net, ZERO) if net > 0 else (ZERO, -net or ZERO)
