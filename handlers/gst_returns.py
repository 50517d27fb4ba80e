"""Returns of GST: opened, filed, opened again, and compared with what the books say now."""

from datetime import date
from typing import Any

from domain import pages, registers
from domain.books import Books, found
from domain.gst.returns import filing, filing_life
from domain.gst.returns.differences import differences
from domain.gst.returns.filing_life import NOUN, RETURN_LISTING
from domain.gst.returns.makers import MAKERS
from handlers.registers import wanted_page
from handlers.replies import Reply, created, page, shown
from handlers.shapes.gst_returns import GST_RETURN, differences_shown
from models.returns import return_filings

_READING = registers.reading(return_filings, GST_RETURN.columns)


async def list_gst_returns(books: Books, query: dict[str, Any]) -> Reply:
    """Show one page, latest period first."""
    wanted = wanted_page(query)
    listed = await pages.page(books, RETURN_LISTING, GST_RETURN.columns, wanted)
    return page("gst_returns", listed.rows, per_page=wanted.per_page, next_cursor=listed.next_cursor)


async def get_gst_return(books: Books, return_id: str) -> Reply:
    """Show one return."""
    return await _shown(books, return_id)


async def create_gst_return(books: Books, body: dict[str, Any]) -> Reply:
    """Begin a return."""
    often = body.get("frequency", "MONTHLY")
    made = await filing_life.open_return(
        books, form=body["form"], period=body["period"], gstin=body.get("gstin"), frequency=often
    )
    row = await registers.read(books, _READING, NOUN, made.id)
    return created("gst_return", row, location=f"/api/public/v1/gst/returns/{made.id}")


async def file_gst_return(books: Books, return_id: str, body: dict[str, Any]) -> Reply:
    """Keep a return as it was filed, and close its days."""
    filed_on = date.fromisoformat(body["filed_on"])
    await filing_life.file(books, return_id, arn=body["arn"], filed_on=filed_on, makers=MAKERS)
    return await _shown(books, return_id)


async def reopen_gst_return(books: Books, return_id: str, body: dict[str, Any]) -> Reply:
    """Open the days of a return again."""
    await filing_life.reopen(books, return_id, reason=body["reason"])
    return await _shown(books, return_id)


async def get_gst_return_differences(books: Books, return_id: str) -> Reply:
    """Show what a filed return would tell otherwise today."""
    one = found(await filing.find(books, return_id), NOUN, return_id)
    return shown("differences", differences_shown(await differences(books, one)))


async def get_gst_return_payload(books: Books, return_id: str) -> Reply:
    """Show the bytes that were filed."""
    return Reply(200, None, payload=await filing_life.payload_of(books, return_id))


async def _shown(books: Books, key: str) -> Reply:
    return shown("gst_return", await registers.read(books, _READING, NOUN, key))
