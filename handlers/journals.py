"""Journals: all of the ledger, and those that are entered by hand."""

from datetime import date
from typing import Any

from domain import pages, registers
from domain.books import Books
from domain.ledger import manual_journals
from domain.ledger.journal_listing import JOURNAL_LISTING
from handlers.registers import wanted_page
from handlers.replies import Reply, created, gone, page, shown
from handlers.shapes.journals import JOURNAL, JOURNAL_LINE, WHOLE_JOURNAL
from models.ledger import journals

_READING = registers.reading(journals, WHOLE_JOURNAL.columns)


async def list_journals(books: Books, query: dict[str, Any]) -> Reply:
    """Show one page, with lines if they are asked for."""
    wanted = wanted_page(query)
    columns = WHOLE_JOURNAL.columns if query.get("include") == "lines" else JOURNAL.columns
    found = await pages.page(books, JOURNAL_LISTING, columns, wanted)
    return page("journals", found.rows, per_page=wanted.per_page, next_cursor=found.next_cursor)


async def get_journal(books: Books, journal_id: str) -> Reply:
    """Show one journal with its lines."""
    return shown("journal", await _read(books, journal_id))


async def create_journal(books: Books, body: dict[str, Any]) -> Reply:
    """Post a journal by hand."""
    lines = [JOURNAL_LINE.values(line) for line in body["lines"]]
    journal_id = await manual_journals.enter(books, JOURNAL.values(body), lines)
    location = f"/api/public/v1/journals/{journal_id}"
    return created("journal", await _read(books, journal_id), location=location)


async def reverse_journal(books: Books, journal_id: str, body: dict[str, Any] | None) -> Reply:
    """Post the mirror image of a journal by hand on a day of its own."""
    said = JOURNAL.values(body or {})
    day: date | None = said.get("entry_on")
    await manual_journals.reverse_on(books, journal_id, on=day, narration=said.get("narration"))
    return shown("journal", await _read(books, journal_id))


async def delete_journal(books: Books, journal_id: str) -> Reply:
    """Take back a journal by hand: its mirror image is posted on its own date."""
    await manual_journals.delete(books, journal_id)
    return gone("The journal was reversed; it and its reverse can still be read.")


async def _read(books: Books, journal_id: str) -> dict[str, Any]:
    return await registers.read(books, _READING, "Journal", journal_id)
