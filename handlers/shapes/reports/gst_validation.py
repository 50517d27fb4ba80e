"""What the portal would refuse or ask about, as JSON and as a sheet."""

from collections.abc import Sequence
from typing import Any

from domain.gst.returns.finding import Severity
from domain.gst.returns.validation import Validated
from domain.reports.sheet import Column, Form, Line, Sheet
from handlers.shapes.gst_returns import finding_shown

_COLUMNS = (
    Column("severity", "Severity", Form.TEXT),
    Column("code", "Finding", Form.TEXT),
    Column("document_number", "Document", Form.TEXT),
    Column("line", "Line", Form.COUNT),
    Column("field", "Field", Form.TEXT),
    Column("message", "What is wrong", Form.TEXT),
    Column("remedy", "What to do", Form.TEXT),
    Column("rule", "Rule", Form.TEXT),
)


def show(answer: Validated) -> dict[str, Any]:
    """The members of the report."""
    refused = sum(finding.severity is Severity.REFUSED for finding in answer.findings)
    return {
        "form": answer.question.form,
        "gstin": answer.question.of.gstin,
        "period": answer.question.of.period.label if answer.question.of.period else None,
        "refused_count": refused,
        "queried_count": len(answer.findings) - refused,
        "validation": [finding_shown(each) for each in answer.findings],
    }


def sheets(answer: Validated) -> Sequence[Sheet]:
    """One line a finding."""
    shown = [finding_shown(each) for each in answer.findings]
    lines = [Line(tuple(each[column.key] for column in _COLUMNS)) for each in shown]
    return [Sheet("gst_validation", "What the portal would refuse", _COLUMNS, lines)]
