"""The profit and loss account: income, cost of goods sold, expenses and what is left, over any period."""

from datetime import timedelta

from domain.books import Books
from domain.reports.balances import Ledger, UpTo, up_to
from domain.reports.layouts import PROFIT_AND_LOSS
from domain.reports.statement import Question, is_result, laid_out
from domain.reports.tree import Figures, Section
from domain.values import Struct


class Answer(Struct, frozen=True):
    """Sections and results in their order; the last of them is the net profit, a loss where it is negative."""

    question: Question
    sections: tuple[Section, ...]

    @property
    def net_profit(self) -> Figures:
        """The net profit of each time."""
        return self.sections[-1].total


async def answer(books: Books, question: Question) -> Answer:
    """Return the profit and loss account of a period, which may begin with the books."""
    times = question.times
    days = [day for time in times for day in (time.first_on and time.first_on - timedelta(days=1), time.last_on)]
    ledger = await up_to(books, question.scope, days)
    layout = PROFIT_AND_LOSS[question.layout]
    return Answer(question, laid_out(layout, ledger.accounts, moved(ledger), carried={}, columns=len(times)))


def moved(ledger: Ledger) -> dict[str, Figures]:
    """Return what moved on each account of income and expense from each first to each second of the days asked for."""
    pairs = list(zip(ledger.days[::2], ledger.days[1::2], strict=True))
    return {
        account.id: tuple(at.get(account.id, UpTo()).net - before.get(account.id, UpTo()).net for before, at in pairs)
        for account in ledger.accounts
        if is_result(account)
    }
