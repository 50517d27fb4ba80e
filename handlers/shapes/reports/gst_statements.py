"""The running statements as JSON and as a sheet."""

from collections.abc import Iterator, Sequence
from typing import Any

from domain.financial_year import return_period
from domain.gst.returns.amounts import HEADS
from domain.gst.returns.statements import Movement, RunningStatement
from domain.gst.returns.statements_report import Statements
from domain.reports.sheet import Column, Form, Line, Sheet, Weight
from handlers.shapes.reports.gstr3b import paper_behind, statement_shown
from handlers.shapes.returns import HEAD_MEMBERS, tax_shown

_COLUMNS = (
    Column("statement", "Statement", Form.TEXT),
    Column("period", "Month", Form.TEXT),
    Column("movement", "", Form.TEXT),
    *(Column(HEAD_MEMBERS[head], head.upper(), Form.MONEY) for head in HEADS),
)


def show(answer: Statements) -> dict[str, Any]:
    """The members of the report."""
    question = answer.question
    return {
        "gstin": question.asked.of.gstin,
        "opening_date": answer.entered.as_of_on,
        "statements": [
            {**statement_shown(each), "months": [_month(month) for month in each.months]} for each in answer.statements
        ],
        "details": [paper_behind(each) for each in answer.inward] if question.is_detailed else [],
    }


def sheets(answer: Statements) -> Sequence[Sheet]:
    """Both statements under one another."""
    lines = [line for each in answer.statements for line in _lines(each)]
    return (Sheet("gst_statements", "Running statements of GST credit", _COLUMNS, lines),)


def _month(month: Movement) -> dict[str, Any]:
    assert month.month is not None, "it is that of a month"
    return {
        "period": return_period(month.month),
        "opening": tax_shown(month.opening),
        "added": tax_shown(month.added),
        "taken": tax_shown(month.taken),
        "closing": tax_shown(month.closing),
    }


def _lines(statement: RunningStatement) -> Iterator[Line]:
    yield Line((statement.title, "", "", *(None for _ in HEADS)), weight=Weight.HEADING)
    for month in (*statement.months, statement.whole):
        period = "" if month.month is None else return_period(month.month)
        weight = Weight.TOTAL if month.month is None else Weight.ROW
        for title in ("opening", "added", "taken", "closing"):
            tax = getattr(month, title)
            heads = (getattr(tax, head) for head in HEADS)
            yield Line((statement.name, period, title.capitalize(), *heads), depth=1, weight=weight)
