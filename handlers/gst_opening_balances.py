"""What the running statements of GST credit stood at when the books began."""

from typing import Any

from domain.books import Books
from domain.gst.returns import opening_balances
from domain.gst.returns.question import registration_asked_for
from handlers.replies import Reply, shown
from handlers.shapes import gst_opening_balances as shapes

_FORM = "GSTR-3B"


async def get_gst_opening_balances(books: Books, query: dict[str, Any]) -> Reply:
    """Show those of a registration as they stand."""
    gstin = await registration_asked_for(books, form=_FORM, gstin=query.get("gstin"))
    return shown("gst_opening_balances", shapes.shown_openings(await opening_balances.standing(books, gstin)))


async def update_gst_opening_balances(books: Books, body: dict[str, Any]) -> Reply:
    """Put others in their place."""
    gstin = await registration_asked_for(books, form=_FORM, gstin=body.get("gstin"))
    entered = await opening_balances.enter(books, shapes.said_openings(gstin, body))
    return shown("gst_opening_balances", shapes.shown_openings(entered))
