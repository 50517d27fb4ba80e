"""The balance sheet: assets, and what they are financed with, at the end of a day.

Profits of earlier financial years stand under retained earnings, that of the running year by itself.
"""

from datetime import date, timedelta

from domain.books import Books
from domain.ledger.account_types import CLASS_OF, AccountClass
from domain.reports.balances import Ledger, UpTo, up_to
from domain.reports.layouts import BALANCE_SHEET
from domain.reports.statement import Question, carried_row, is_result, laid_out, result_of, signed
from domain.reports.tree import Carried, Figures, Section, added
from domain.reports.trial_balance import year_start_of
from domain.values import Struct


class Answer(Struct, frozen=True):
    """Sections in their order, and the totals of each time: assets are liabilities and equity together.

    ``year_starts`` are the first days of the financial years whose profit stands by itself.
    """

    question: Question
    year_starts: tuple[date, ...]
    sections: tuple[Section, ...]
    assets: Figures
    liabilities: Figures
    equity: Figures
    earlier_profit: Figures
    profit_of_year: Figures


async def answer(books: Books, question: Question) -> Answer:
    """Return the balance sheet at the end of a day."""
    times = question.times
    starts = tuple(year_start_of(question.scope, time.last_on) for time in times)
    days = [day for start, time in zip(starts, times, strict=True) for day in (start - timedelta(days=1), time.last_on)]
    ledger = await up_to(books, question.scope, days)
    figures, results, columns = _figures(ledger), _results(ledger), len(times)
    carried = {what: (carried_row(what, amounts),) for what, amounts in results.items()}
    earlier, of_year = signed(results[Carried.EARLIER_YEARS], -1), signed(results[Carried.THIS_PERIOD], -1)
    own = signed(_of_class(ledger, figures, AccountClass.EQUITY), -1)
    return Answer(
        question=question,
        year_starts=starts,
        sections=laid_out(BALANCE_SHEET[question.layout], ledger.accounts, figures, carried=carried, columns=columns),
        assets=_of_class(ledger, figures, AccountClass.ASSET),
        liabilities=signed(_of_class(ledger, figures, AccountClass.LIABILITY), -1),
        equity=added((own, earlier, of_year), columns),
        earlier_profit=earlier,
        profit_of_year=of_year,
    )


def _figures(ledger: Ledger) -> dict[str, Figures]:
    return {
        account.id: tuple(at.get(account.id, UpTo()).net for at in ledger.days[1::2])
        for account in ledger.accounts
        if not is_result(account)
    }


def _results(ledger: Ledger) -> dict[Carried, Figures]:
    """What income and expense came to before each financial year and since its start; profits are negative."""
    before = [result_of(ledger.accounts, day).net for day in ledger.days[::2]]
    at = [result_of(ledger.accounts, day).net for day in ledger.days[1::2]]
    since = tuple(now - then for now, then in zip(at, before, strict=True))
    return {Carried.EARLIER_YEARS: tuple(before), Carried.THIS_PERIOD: since}


def _of_class(ledger: Ledger, figures: dict[str, Figures], wanted: AccountClass) -> Figures:
    every = [figures[each.id] for each in ledger.accounts if CLASS_OF[each.account_type] is wanted]
    return added(every, len(ledger.days) // 2)
