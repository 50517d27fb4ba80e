"""Currencies and exchange rates as JSON."""

from sqlalchemy import literal

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
        "from_currency": "currency_code",
        "to_currency": literal(RUPEE),
        "rate_date": "rated_on",
        **same("rate", "source"),
        "created_time": "created_at",
    },
)
