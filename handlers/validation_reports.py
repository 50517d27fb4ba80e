"""What the portal would refuse in a return, said beforehand."""

from collections.abc import Mapping
from typing import Any

from domain.books import Books
from domain.gst.returns import validated
from domain.gst.returns.asked import return_asked_for
from domain.gst.returns.locks import FORM_TITLES
from domain.gst.returns.period import furnished_period_named, return_period_named
from domain.gst.returns.validation import ValidationQuestion
from handlers.reports import Report
from handlers.shapes.reports import gst_validation as shown_gst_validation

_NAMED = {"GSTR1": furnished_period_named, "GSTR3B": return_period_named}


async def _ask(books: Books, query: Mapping[str, Any]) -> ValidationQuestion:
    form = query["form"]
    asked = await return_asked_for(books, query, form=FORM_TITLES[form], named=_NAMED[form])
    return ValidationQuestion(asked.scope, asked.of, form)


_gst_validation = Report(
    name="gst_validation",
    title="What the portal would refuse",
    ask=_ask,
    answer=validated.read,
    show=shown_gst_validation.show,
    sheets=shown_gst_validation.sheets,
)

get_gst_validation = _gst_validation.get
