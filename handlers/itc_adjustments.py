"""Reversals and reclaims of input tax credit."""

from typing import Any

from domain import itc_adjustments as rules
from domain import pages, registers
from domain.books import Books
from handlers.registers import wanted_page
from handlers.replies import Reply, created, gone, page, shown
from handlers.shapes.itc_adjustments import ITC_ADJUSTMENT
from models.itc import itc_adjustments

_READING = registers.reading(itc_adjustments, ITC_ADJUSTMENT.columns)


async def list_itc_adjustments(books: Books, query: dict[str, Any]) -> Reply:
    """Show one page, newest date first."""
    wanted = wanted_page(query)
    found = await pages.page(books, rules.ITC_ADJUSTMENT_LISTING, ITC_ADJUSTMENT.columns, wanted)
    return page("itc_adjustments", found.rows, per_page=wanted.per_page, next_cursor=found.next_cursor)


async def get_itc_adjustment(books: Books, itc_adjustment_id: str) -> Reply:
    """Show one adjustment."""
    return shown("itc_adjustment", await _read(books, itc_adjustment_id))


async def create_itc_adjustment(books: Books, body: dict[str, Any]) -> Reply:
    """Post a reversal or a reclaim."""
    key = await rules.enter(books, ITC_ADJUSTMENT.values(body))
    return created("itc_adjustment", await _read(books, key), location=f"/api/public/v1/itc_adjustments/{key}")


async def delete_itc_adjustment(books: Books, itc_adjustment_id: str) -> Reply:
    """Take an adjustment back by reversing its journal."""
    await rules.delete(books, itc_adjustment_id)
    return gone("The ITC adjustment was taken back; its journal is reversed.")


async def _read(books: Books, key: str) -> dict[str, Any]:
    return await registers.read(books, _READING, "ITC adjustment", key)
