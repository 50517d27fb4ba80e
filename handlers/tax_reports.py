"""Reports on tax beside the returns: the tax summary, and the running statements of credit."""

from collections.abc import Mapping
from typing import Any

from domain.books import Books
from domain.gst.returns import statements_report, tax_summary
from domain.gst.returns.asked import return_asked_for
from domain.gst.returns.gstr3b_report import Gstr3bQuestion
from domain.gst.returns.statements_report import StatementsQuestion
from handlers.reports import Report
from handlers.shapes.reports import gst_statements as shown_statements
from handlers.shapes.reports import tax_summary as shown_summary

_FORM = "GSTR-3B"


async def _ask_summary(books: Books, query: Mapping[str, Any]) -> Gstr3bQuestion:
    asked = await return_asked_for(books, query, form=_FORM)
    return Gstr3bQuestion(scope=asked.scope, of=asked.of)


async def _ask_statements(books: Books, query: Mapping[str, Any]) -> StatementsQuestion:
    asked = await return_asked_for(books, query, form=_FORM)
    return StatementsQuestion(asked=asked, is_detailed=bool(query.get("details")))


_tax_summary = Report(
    name="tax_summary",
    title="Tax summary",
    ask=_ask_summary,
    answer=tax_summary.read,
    show=shown_summary.show,
    sheets=shown_summary.sheets,
)
_gst_statements = Report(
    name="gst_statements",
    title="Running statements of GST credit",
    ask=_ask_statements,
    answer=statements_report.read,
    show=shown_statements.show,
    sheets=shown_statements.sheets,
)

get_tax_summary = _tax_summary.get
get_gst_statements = _gst_statements.get
