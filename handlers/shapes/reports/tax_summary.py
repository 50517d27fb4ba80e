"""The tax summary as JSON and as sheets."""

from collections.abc import Sequence
from typing import Any

from domain.gst.returns.amounts import HEADS, Tax
from domain.gst.returns.tax_summary import LedgerStanding, SummaryRow, TaxSummary
from domain.reports.sheet import Column, Form, Line, Sheet
from handlers.shapes.reports.gstr3b import payment_row
from handlers.shapes.returns import HEAD_MEMBERS, tax_shown, taxed_shown

_HEAD_COLUMNS = tuple(Column(HEAD_MEMBERS[head], head.upper(), Form.MONEY) for head in HEADS)
_COLUMNS = (
    Column("kind", "Kind", Form.TEXT),
    Column("tax_percentage", "Rate", Form.PERCENT),
    Column("taxable_value", "Taxable value", Form.MONEY),
    *_HEAD_COLUMNS,
)
_LEDGER_COLUMNS = (
    Column("ledger", "Ledger", Form.TEXT),
    Column("movement", "", Form.TEXT),
    *_HEAD_COLUMNS,
)


def show(answer: TaxSummary) -> dict[str, Any]:
    """The members of the summary."""
    question, paid = answer.of.question, answer.of.payment
    return {
        "gstin": question.of.gstin,
        "period": question.of.period.label if question.of.period else None,
        "is_draft": answer.of.is_draft,
        "rates": [_rate(row) for row in answer.rows],
        "ledgers": [_ledger(each) for each in answer.ledgers],
        "payment": [payment_row(paid, head) for head in HEADS],
    }


def sheets(answer: TaxSummary) -> Sequence[Sheet]:
    """The tax by rate, and the ledgers."""
    rates = [Line(tuple(_rate(row)[column.key] for column in _COLUMNS)) for row in answer.rows]
    ledgers = [line for each in answer.ledgers for line in _ledger_lines(each)]
    return (
        Sheet("tax_summary", "Tax summary", _COLUMNS, rates),
        Sheet("ledgers", "Tax ledgers", _LEDGER_COLUMNS, ledgers),
    )


def _rate(row: SummaryRow) -> dict[str, Any]:
    return {"kind": row.kind, "tax_percentage": row.rate, **taxed_shown(row.worth)}


def _ledger(each: LedgerStanding) -> dict[str, Any]:
    return {
        "ledger": each.ledger,
        "title": each.title,
        "opening": tax_shown(each.opening),
        "posted": tax_shown(each.moved.by_papers),
        "entered_by_hand": tax_shown(each.moved.by_hand),
        "closing": tax_shown(each.closing),
    }


def _ledger_lines(each: LedgerStanding) -> list[Line]:
    movements = (
        ("Opening", each.opening),
        ("Posted", each.moved.by_papers),
        ("By hand", each.moved.by_hand),
        ("Closing", each.closing),
    )
    return [_ledger_line(each.title, title, tax) for title, tax in movements]


def _ledger_line(ledger: str, title: str, tax: Tax) -> Line:
    return Line((ledger, title, *(getattr(tax, head) for head in HEADS)))
