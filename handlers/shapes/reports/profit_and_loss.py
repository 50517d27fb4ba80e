"""The profit and loss account as JSON and as a sheet."""

from collections.abc import Sequence
from typing import Any

from domain.reports.profit_and_loss import Answer
from domain.reports.sheet import Sheet
from handlers.shapes.reports.statement_rows import (
    HEAD_COLUMNS,
    ID_COLUMN,
    Behind,
    amounts,
    lines_of,
    money_columns,
    previous_days,
    shown_sections,
)


def show(answer: Answer) -> dict[str, Any]:
    """Return the members of the profit and loss account."""
    scope = answer.question.scope
    return {
        **previous_days(answer.question),
        "layout": answer.question.layout,
        "sections": shown_sections(answer.sections, Behind(scope, accounts_since=scope.period.first_on)),
        **amounts("net_profit", answer.net_profit),
    }


def sheets(answer: Answer) -> Sequence[Sheet]:
    """Return the sheet of the profit and loss account."""
    columns = (*HEAD_COLUMNS, *money_columns(answer.question.times), ID_COLUMN)
    return (Sheet("profit_and_loss", "Profit and loss", columns, tuple(lines_of(answer.sections))),)
