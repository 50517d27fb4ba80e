"""The statements of the ledger: trial balance, profit and loss account, balance sheet, cash flow."""

from collections.abc import Mapping
from typing import Any

from domain.books import Books
from domain.reports import balance_sheet, cash_flow, profit_and_loss, question, trial_balance
from domain.reports.layouts import STANDARD
from domain.reports.statement import Question, asked
from handlers.reports import Report
from handlers.shapes.reports import balance_sheet as shown_balance_sheet
from handlers.shapes.reports import cash_flow as shown_cash_flow
from handlers.shapes.reports import profit_and_loss as shown_profit_and_loss
from handlers.shapes.reports import trial_balance as shown_trial_balance


async def _ask_of_day(books: Books, query: Mapping[str, Any]) -> Question:
    return asked(await question.as_of(books, query), query.get("layout", STANDARD))


async def _ask_of_period(books: Books, query: Mapping[str, Any]) -> Question:
    return asked(await question.up_to(books, query), query.get("layout", STANDARD))


_trial_balance = Report(
    name="trial_balance",
    title="Trial balance",
    ask=_ask_of_day,
    answer=trial_balance.answer,
    show=shown_trial_balance.show,
    sheets=shown_trial_balance.sheets,
)
_profit_and_loss = Report(
    name="profit_and_loss",
    title="Profit and loss",
    ask=_ask_of_period,
    answer=profit_and_loss.answer,
    show=shown_profit_and_loss.show,
    sheets=shown_profit_and_loss.sheets,
)
_balance_sheet = Report(
    name="balance_sheet",
    title="Balance sheet",
    ask=_ask_of_day,
    answer=balance_sheet.answer,
    show=shown_balance_sheet.show,
    sheets=shown_balance_sheet.sheets,
)
_cash_flow = Report(
    name="cash_flow",
    title="Cash flow",
    ask=_ask_of_period,
    answer=cash_flow.answer,
    show=shown_cash_flow.show,
    sheets=shown_cash_flow.sheets,
)

get_trial_balance = _trial_balance.get
get_profit_and_loss = _profit_and_loss.get
get_balance_sheet = _balance_sheet.get
get_cash_flow = _cash_flow.get
