"""What holds of the statements of any history: they are sums of its journal lines, and agree with each other."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from domain.books import Books
from domain.ledger.account_types import MONEY_TYPES
from domain.reports.balance_sheet import Answer as BalanceSheet
from domain.reports.balances import up_to
from domain.reports.layouts import SCHEDULE_III
from domain.reports.profit_and_loss import Answer as Profit
from domain.reports.question import as_of, year_start
from domain.reports.statement import is_result
from domain.reports.tree import Figures, Section
from tests.scenarios.builders import on
from tests.scenarios.histories.history import DAYS, History
from tests.scenarios.statements import the_balance_sheet, the_cash_flow, the_profit, the_trial_balance

_FIRST = "2026-03-01"


async def check_statements(history: History) -> None:
    """Check them at the end of every day on which something may have happened, and today those of each branch."""
    for day in sorted(DAYS):
        await _check(history, day, None)
    for branch_id in history.firm.branches:
        await _check(history, DAYS[0], branch_id)


async def _check(history: History, day: str, branch_id: str | None) -> None:
    books, query = history.books, {} if branch_id is None else {"branch_id": branch_id}
    standing: dict[str, Decimal] = defaultdict(Decimal)
    before: dict[str, Decimal] = defaultdict(Decimal)
    start = str(year_start(on(day), 4))
    for line in history.now["journal_lines"]:
        if line["entry_on"] <= day and branch_id in (None, line["branch_id"]):
            standing[line["account_id"]] += line["debit"] - line["credit"]
            if line["entry_on"] < start:
                before[line["account_id"]] += line["debit"] - line["credit"]
    accounts = (await up_to(books, await as_of(books, {"as_of_date": day, **query}), [on(day)])).accounts
    results = [account.id for account in accounts if is_result(account)]
    trial = await the_trial_balance(books, day, **query)
    shown = {
        row.account.id: row.figures[4] - row.figures[5]
        for section in trial.sections
        for group in section.groups
        for row in group.rows
        if row.account is not None
    }
    for account in accounts:
        opening = before[account.id] if is_result(account) else 0
        assert shown.get(account.id, 0) == standing[account.id] - opening, f"{account.name} at {day}"
    assert trial.total[4] == trial.total[5], f"the trial balance of {day} balances"
    sheet = await the_balance_sheet(books, day, **query)
    assert sheet.assets[0] == sheet.liabilities[0] + sheet.equity[0], f"assets are liabilities and equity at {day}"
    profit = await the_profit(books, start, day, **query)
    assert profit.net_profit == sheet.profit_of_year == (-sum(standing[key] - before[key] for key in results),)
    await _check_prescribed(books, (start, day), sheet, profit, query)
    flow = await the_cash_flow(books, _FIRST, day, **query)
    money = sum(standing[account.id] for account in accounts if account.account_type in MONEY_TYPES)
    assert flow.closing == (money,), f"cash and bank at {day}"
    assert flow.net_change == (flow.closing[0] - flow.opening[0],), f"the cash flow ends in cash at {day}"


async def _check_prescribed(
    books: Books, days: tuple[str, str], sheet: BalanceSheet, profit: Profit, query: dict[str, str]
) -> None:
    """The layouts differ in their heads, not in what these come to."""
    prescribed = await the_profit(books, *days, SCHEDULE_III, **query)
    assert prescribed.net_profit == profit.net_profit, f"the layouts have one profit at {days[1]}"
    assert _lines(prescribed.sections) == _lines(profit.sections)
    statute = await the_balance_sheet(books, days[1], SCHEDULE_III, **query)
    sums = [section.total[0] for section in statute.sections]
    assert sum(sums[:4]) == sum(sums[4:]) == sheet.assets[0], f"the layouts have one balance sheet total at {days[1]}"
    assert _lines(statute.sections) == _lines(sheet.sections)


def _lines(sections: Sequence[Section]) -> dict[str, Figures]:
    """What each account with an amount comes to, without its sign, which the side of the statement decides."""
    return {
        row.account.id: tuple(abs(each) for each in row.figures)
        for section in sections
        for group in section.groups
        for row in group.rows
        if row.account is not None and any(row.figures)
    }


async def check_ends_of_years(history: History) -> None:
    """The profit of a year is, the day after it, what earlier profits have grown by."""
    first = year_start(on(DAYS[0]), 4)
    last, new = [await the_balance_sheet(history.books, str(day)) for day in (first - timedelta(days=1), first)]
    assert new.earlier_profit == (last.earlier_profit[0] + last.profit_of_year[0],)
