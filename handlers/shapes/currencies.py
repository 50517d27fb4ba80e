"""Currencies and exchange rates as JSON."""

from domain.currencies import RUPEE
from handlers.shapes.shape import Shape, same
from models.organization import currencies, exchange_rates

CURRENCY = Shape(
    currencies,
    {
        "currency_code": "code",
        "currency_name": "name",
        **same("symbol", "decimal_places"),
        "is_base": currencies.c.code == RUPEE,
    },
)

EXCHANGE_RATE = Shape(
    exchange_rates,
    {
        "exchange_rate_id": "id",
        "currency_code": "currency_code",
        "date": "rated_on",
        "rate": "rate",
        "created_time": "created_at",
    },
)
