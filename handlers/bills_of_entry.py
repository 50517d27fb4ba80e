"""Bills of entry: duty and integrated tax on goods from abroad."""

from typing import Any

from domain import pages, registers
from domain.bills_of_entry import life
from domain.books import Books
from handlers.registers import wanted_page
from handlers.replies import Reply, created, page, shown
from handlers.shapes.bills_of_entry import BILL_OF_ENTRY, LINE, WHOLE_COLUMNS
from models.expenses import bills_of_entry

_ONE = registers.reading(bills_of_entry, WHOLE_COLUMNS)


async def list_bills_of_entry(books: Books, query: dict[str, Any]) -> Reply:
    """Show one page, with lines if they are asked for."""
    wanted = wanted_page(query)
    columns = WHOLE_COLUMNS if query.get("include") == "line_items" else BILL_OF_ENTRY.columns
    found = await pages.page(books, life.LISTING, columns, wanted)
    return page("bills_of_entry", found.rows, per_page=wanted.per_page, next_cursor=found.next_cursor, mark=found.mark)


async def get_bill_of_entry(books: Books, bill_of_entry_id: str) -> Reply:
    """Show one bill of entry with its lines."""
    return shown("bill_of_entry", await registers.read(books, _ONE, life.NOUN, bill_of_entry_id))


async def create_bill_of_entry(books: Books, body: dict[str, Any]) -> Reply:
    """Enter a bill of entry and post it."""
    lines = [LINE.values(line) for line in body["line_items"]]
    head = await life.record(books, BILL_OF_ENTRY.values(body), lines)
    fresh = await registers.read(books, _ONE, life.NOUN, head.id)
    return created("bill_of_entry", fresh, location=f"/api/public/v1/bills_of_entry/{head.id}")


async def void_bill_of_entry(books: Books, bill_of_entry_id: str, body: dict[str, Any] | None) -> Reply:
    """Reverse the posting."""
    await life.void(books, bill_of_entry_id, reason=(body or {}).get("reason"))
    return await get_bill_of_entry(books, bill_of_entry_id)
