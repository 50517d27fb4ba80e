"""GSTR-3B: as a report, and as the file that the portal takes."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from domain.books import Books
from domain.gst.returns.asked import check_is_whole, return_asked_for
from domain.gst.returns.gstr3b_file import file_name, upload_file
from domain.gst.returns.gstr3b_report import Gstr3bQuestion, read
from domain.gst.returns.period import ReturnPeriod
from domain.gst.returns.told import bytes_of, filed_bytes
from handlers.replies import Reply
from handlers.reports import Report
from handlers.shapes.reports import gstr3b as shown_gstr3b
from handlers.shapes.reports import gstr3b_sheets
from handlers.shapes.returns import credit_said

_FORM = "GSTR-3B"


async def _ask(books: Books, query: Mapping[str, Any]) -> Gstr3bQuestion:
    asked = await return_asked_for(books, query, form=_FORM)
    paid_on = query.get("paid_on")
    return Gstr3bQuestion(
        scope=asked.scope,
        of=asked.of,
        paid_on=None if paid_on is None else date.fromisoformat(paid_on),
        credit=credit_said(query),
        is_detailed=bool(query.get("details")),
    )


_gstr3b = Report(
    name="gstr3b",
    title=_FORM,
    ask=_ask,
    answer=read,
    show=shown_gstr3b.show,
    sheets=gstr3b_sheets.sheets,
)

get_gstr3b = _gstr3b.get


async def get_gstr3b_json(books: Books, query: dict[str, Any]) -> Reply:
    """Answer with the file of a whole registration and period."""
    async with books.snapshot():
        question = await _ask(books, query)
        period = check_is_whole(question.of, _FORM)
        payload = await filed_bytes(books, question.of, "GSTR3B") or await _drafted_file(books, question, period)
    name = file_name(question.of.gstin, period)
    return Reply(200, None, {"Content-Disposition": f'attachment; filename="{name}"'}, payload=payload)


async def _drafted_file(books: Books, question: Gstr3bQuestion, period: ReturnPeriod) -> bytes:
    """The bytes of a return that is not filed yet."""
    answer = await read(books, question)
    return bytes_of(
        upload_file(question.of.gstin, period, answer.tables, interest=answer.interest, late_fee=answer.late_fee)
    )
