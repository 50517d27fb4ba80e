"""What one unit of a foreign currency is worth in rupees."""

from typing import Any

from domain import currencies, registers
from domain.books import Books
from domain.currencies import EXCHANGE_RATE_LISTING, RUPEE
from handlers.lookups import whole_list
from handlers.replies import Reply, created, shown
from handlers.shapes.currencies import EXCHANGE_RATE
from models.organization import exchange_rates

_READING = registers.reading(exchange_rates, EXCHANGE_RATE.columns)


async def list_exchange_rates(books: Books, query: dict[str, Any]) -> Reply:
    """Show the newest rates, as many as are asked for."""
    limit = query.pop("limit")
    return await whole_list(
        books, EXCHANGE_RATE_LISTING, EXCHANGE_RATE, plural="exchange_rates", limit=limit, query=query
    )


async def create_exchange_rate(books: Books, body: dict[str, Any]) -> Reply:
    """Add the rate of a currency for a day."""
    into = body.get("to_currency", RUPEE)
    rate = await currencies.add_exchange_rate(books, EXCHANGE_RATE.values(body), into=into)
    return created("exchange_rate", await _read(books, rate.id), location=f"/api/public/v1/exchange_rates/{rate.id}")


async def get_exchange_rate(books: Books, key: str) -> Reply:
    """Show one rate."""
    return shown("exchange_rate", await _read(books, key))


async def _read(books: Books, key: str) -> Any:
    return await registers.read(books, _READING, "Exchange rate", key)
