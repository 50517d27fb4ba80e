"""The summary by codes as JSON and as sheets."""

from collections.abc import Iterable, Sequence
from typing import Any

from domain.gst.returns.hsn_lines import HsnLine
from domain.gst.returns.hsn_summary import HsnSummary
from domain.money import trimmed, with_paise
from domain.reports.sheet import Column, Form, Line, Sheet, Weight
from handlers.shapes.reports.drill_down import to_source
from handlers.shapes.reports.gstr1 import shown_code, shown_return
from handlers.shapes.reports.gstr1_sheets import AMOUNT_COLUMNS, CODE_COLUMNS
from handlers.shapes.returns import taxed_shown

_HALVES = (("registered", "With registered parties (B2B)"), ("others", "All others (B2C)"))
_LINES = (
    Column("document_type", "Kind", Form.TEXT),
    Column("document_number", "Number", Form.TEXT),
    Column("date", "Date", Form.DATE),
    Column("is_with_registered", "Registered", Form.TEXT),
    Column("sign", "Sign", Form.COUNT),
    *CODE_COLUMNS,
    Column("document_id", "Document", Form.TEXT),
)


def show(answer: HsnSummary) -> dict[str, Any]:
    """The members of the report."""
    question = answer.question
    return {
        **shown_return(question.of, is_draft=answer.is_draft),
        "side": question.side.name,
        "registered": [shown_code(row) for row in answer.registered],
        "others": [shown_code(row) for row in answer.others],
        "total": taxed_shown(answer.total),
        "lines": [_shown_line(line) for line in answer.lines],
    }


def _shown_line(line: HsnLine) -> dict[str, Any]:
    return {
        "document_type": line.kind,
        "document_id": line.document_id,
        "document_number": line.number,
        "date": line.dated_on,
        "is_with_registered": line.is_with_registered,
        "sign": line.sign,
        "hsn_or_sac": line.hsn_or_sac,
        "unit_code": line.unit_code,
        "tax_percentage": trimmed(line.rate),
        "quantity": trimmed(line.quantity),
        "taxable_value": with_paise(line.taxable),
        "igst_amount": with_paise(line.igst),
        "cgst_amount": with_paise(line.cgst),
        "sgst_amount": with_paise(line.sgst),
        "cess_amount": with_paise(line.cess),
        "drill_down": to_source(line.kind, line.document_id),
    }


def sheets(answer: HsnSummary) -> Sequence[Sheet]:
    """Return the sheet of both halves, and that of the papers where they were asked for."""
    shown = show(answer)
    made = [Sheet("hsn_summary", "Summary by HSN and SAC", CODE_COLUMNS, list(_halves(shown)))]
    if answer.question.is_detailed:
        lines = [Line(tuple(row[column.key] for column in _LINES)) for row in shown["lines"]]
        made.append(Sheet("lines", "Documents", _LINES, lines))
    return made


def _halves(shown: dict[str, Any]) -> Iterable[Line]:
    nothing = (None,) * (len(CODE_COLUMNS) - 1)
    for half, title in _HALVES:
        yield Line((title, *nothing), weight=Weight.HEADING)
        yield from (Line(tuple(row[column.key] for column in CODE_COLUMNS), depth=1) for row in shown[half])
    amounts = (shown["total"][column.key] for column in AMOUNT_COLUMNS)
    yield Line(("Total", *(None,) * (len(CODE_COLUMNS) - len(AMOUNT_COLUMNS) - 1), *amounts), weight=Weight.TOTAL)
