"""The dated catalogue of GST rates."""

from typing import Any

from domain import lookups
from domain.books import Books
from domain.catalog import TAXES
from handlers.lookups import sent
from handlers.replies import Reply, listed, shown
from handlers.shapes.catalog import TAX


async def list_taxes(books: Books, query: dict[str, Any]) -> Reply:
    """Show the rates that the filters let through."""
    return listed("taxes", await lookups.every(books, TAXES, TAX.columns, sent(query)))


async def get_tax(books: Books, tax_id: str) -> Reply:
    """Show one rate."""
    return shown("tax", await lookups.one(books, TAXES, TAX.columns, tax_id))
