"""The dated table of sections for tax deducted at source."""

from datetime import date
from typing import Any

from domain.books import Books
from domain.tds import sections_on
from handlers.replies import Reply, listed
from handlers.shapes.tds_sections import tds_section


async def list_tds_sections(books: Books, query: dict[str, Any]) -> Reply:
    """Show the sections of the day."""
    said = query.get("date")
    sections = sections_on(date.fromisoformat(said) if said else books.today)
    return listed("tds_sections", [tds_section(section) for section in sections])
