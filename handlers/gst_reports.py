"""GSTR-1, as a report and as the file that the portal takes, and the summary by codes."""

from collections.abc import Mapping
from typing import Any

from domain.books import Books
from domain.documents.kinds import Side
from domain.gst.returns import gstr1_report, hsn_summary
from domain.gst.returns.asked import check_is_whole, return_asked_for
from domain.gst.returns.gstr1_report import Gstr1Question
from domain.gst.returns.hsn_summary import HsnQuestion
from domain.gst.returns.period import furnished_period_named
from domain.gst.returns.portal_json import file_name, part_of
from domain.gst.returns.question import ReturnQuestion
from domain.gst.returns.told import Told, file_bytes, file_of, form_of, told
from handlers.replies import Reply
from handlers.reports import Report
from handlers.shapes.reports import gstr1 as shown_gstr1
from handlers.shapes.reports import gstr1_sheets
from handlers.shapes.reports import hsn_summary as shown_hsn_summary

_FORM, _AMENDMENT = "GSTR-1", "GSTR-1A"


async def _ask_gstr1(books: Books, query: Mapping[str, Any]) -> Gstr1Question:
    asked = await return_asked_for(books, query, form=_FORM, named=furnished_period_named)
    return Gstr1Question(asked.scope, asked.of, bool(query.get("details")))


async def _ask_gstr1a(books: Books, query: Mapping[str, Any]) -> Gstr1Question:
    asked = await return_asked_for(books, query, form=_AMENDMENT)
    check_is_whole(asked.of, _AMENDMENT)
    return Gstr1Question(asked.scope, asked.of, bool(query.get("details")), form="GSTR1A")


async def _ask_hsn_summary(books: Books, query: Mapping[str, Any]) -> HsnQuestion:
    asked = await return_asked_for(books, query, form=_FORM)
    return HsnQuestion(asked.scope, asked.of, Side[query["side"]], bool(query.get("details")))


_gstr1 = Report(
    name="gstr1",
    title=_FORM,
    ask=_ask_gstr1,
    answer=gstr1_report.read,
    show=shown_gstr1.show,
    sheets=gstr1_sheets.sheets,
)
_gstr1a = Report(
    name="gstr1a",
    title=_AMENDMENT,
    ask=_ask_gstr1a,
    answer=gstr1_report.read,
    show=shown_gstr1.show,
    sheets=gstr1_sheets.sheets,
)
_hsn_summary = Report(
    name="hsn_summary",
    title="Summary by HSN and SAC",
    ask=_ask_hsn_summary,
    answer=hsn_summary.read,
    show=shown_hsn_summary.show,
    sheets=shown_hsn_summary.sheets,
)

get_gstr1 = _gstr1.get
get_gstr1a = _gstr1a.get
get_hsn_summary = _hsn_summary.get


async def get_gstr1_json(books: Books, query: dict[str, Any]) -> Reply:
    """Answer with the file of a whole registration and period, or with a part of one that is too large."""
    async with books.snapshot():
        of = (await _ask_gstr1(books, query)).of
        check_is_whole(of, _FORM)
        written = await told(books, of, form_of(of))
    return _file(books, of, written, query.get("part"))


async def get_gstr1a_json(books: Books, query: dict[str, Any]) -> Reply:
    """Answer with the file of a GSTR-1A, whole or in parts."""
    async with books.snapshot():
        of = (await _ask_gstr1a(books, query)).of
        written = await told(books, of, "GSTR1A")
    return _file(books, of, written, query.get("part"), form="R1A")


def _file(books: Books, of: ReturnQuestion, written: Told, part: int | None, *, form: str = "R1") -> Reply:
    """The bytes that were filed, or those that would be; a part of them where one is asked for."""
    name = file_name(of.gstin, books.today, part=part, form=form)
    payload = written.payload if part is None else None
    bytes_of_part = payload or file_bytes(part_of(file_of(of, written.tables), part))
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Reply(200, None, headers, payload=bytes_of_part)
