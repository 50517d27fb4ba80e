"""The balance sheet as JSON and as a sheet."""

from collections.abc import Sequence
from typing import Any

from domain.reports.balance_sheet import Answer
from domain.reports.sheet import Sheet
from handlers.shapes.reports.statement_rows import (
    HEAD_COLUMNS,
    ID_COLUMN,
    Behind,
    lines_of,
    money_columns,
    previous_days,
    shown_sections,
    totals,
)


def show(answer: Answer) -> dict[str, Any]:
    """Return the members of the balance sheet."""
    start = answer.year_starts[0]
    behind = Behind(answer.question.scope, accounts_since=start, year_start=start)
    return {
        **previous_days(answer.question),
        "year_start_date": start,
        "layout": answer.question.layout,
        "sections": shown_sections(answer.sections, behind),
        **totals(lambda place: _totals(answer, place), answer.question),
    }


def sheets(answer: Answer) -> Sequence[Sheet]:
    """Return the sheet of the balance sheet."""
    columns = (*HEAD_COLUMNS, *money_columns(answer.question.times), ID_COLUMN)
    return (Sheet("balance_sheet", "Balance sheet", columns, tuple(lines_of(answer.sections))),)


def _totals(answer: Answer, place: int) -> dict[str, Any]:
    return {
        "assets": answer.assets[place],
        "liabilities": answer.liabilities[place],
        "equity": answer.equity[place],
        "earlier_profit": answer.earlier_profit[place],
        "profit_of_year": answer.profit_of_year[place],
    }
