"""What the accounts stood at when the books began."""

from datetime import date
from typing import Any

from domain.books import Books
from domain.ledger import opening_balances
from handlers.replies import Reply, shown
from handlers.shapes import opening_balances as shapes


async def get_opening_balances(books: Books) -> Reply:
    """Show them as they stand."""
    return shown("opening_balances", shapes.opening_balances(await opening_balances.standing(books)))


async def update_opening_balances(books: Books, body: dict[str, Any]) -> Reply:
    """Put others in their place."""
    entry_on = date.fromisoformat(body["date"])
    changed = await opening_balances.update(books, entry_on=entry_on, lines=shapes.lines_said(body))
    return shown("opening_balances", shapes.opening_balances(changed))
