"""The cash flow statement as JSON and as a sheet."""

from collections.abc import Sequence
from typing import Any

from domain.reports.cash_flow import Answer
from domain.reports.sheet import Line, Sheet, Weight
from handlers.shapes.reports.statement_rows import (
    HEAD_COLUMNS,
    ID_COLUMN,
    Behind,
    lines_of,
    money_columns,
    previous_days,
    shown_row,
    shown_sections,
    totals,
)


def show(answer: Answer) -> dict[str, Any]:
    """Return the members of the cash flow statement."""
    scope = answer.question.scope
    behind = Behind(scope, accounts_since=scope.period.first_on)
    return {
        **previous_days(answer.question),
        "sections": shown_sections(answer.sections, behind),
        "money_accounts": [shown_row(row, behind) for row in answer.money],
        **totals(lambda place: _totals(answer, place), answer.question),
    }


def sheets(answer: Answer) -> Sequence[Sheet]:
    """Return the sheet of the cash flow statement, which ends in cash and bank."""
    columns = (*HEAD_COLUMNS, *money_columns(answer.question.times), ID_COLUMN)
    lines = (
        *lines_of(answer.sections),
        Line(("", "Cash and bank before", *answer.opening, ""), weight=Weight.SUBTOTAL),
        Line(("", "Cash and bank at the end", *answer.closing, ""), weight=Weight.TOTAL),
    )
    return (Sheet("cash_flow", "Cash flow", columns, lines),)


def _totals(answer: Answer, place: int) -> dict[str, Any]:
    return {
        "net_change": answer.net_change[place],
        "opening_balance": answer.opening[place],
        "closing_balance": answer.closing[place],
    }
