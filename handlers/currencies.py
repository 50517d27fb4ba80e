"""The currencies in which documents can be made out."""

from domain import lookups
from domain.books import Books
from domain.currencies import CURRENCIES
from handlers.replies import Reply, listed
from handlers.shapes.currencies import CURRENCY


async def list_currencies(books: Books) -> Reply:
    """Show all currencies."""
    return listed("currencies", await lookups.every(books, CURRENCIES, CURRENCY.columns, {}))
