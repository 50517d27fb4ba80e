"""The currencies in which documents can be made out, and what one unit of each is worth in rupees from a day on."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, literal

from domain.books import Books
from domain.errors import Duplicate, Failed, Invalid, Required
from domain.happenings import Happening
from domain.ids import new_id
from domain.lookups import Lookup
from domain.pages import Listing, between_dates
from domain.statements import Statement, as_rows, insertion, tenant_select
from domain.values import Struct
from models.organization import currencies, exchange_rates

RUPEE = "INR"

CURRENCIES = Lookup(
    noun="Currency",
    table=currencies,
    key=currencies.c.code,
    filters={},
    order=(currencies.c.code,),
)

EXCHANGE_RATE_LISTING = Listing(
    name="exchange_rates",
    table=exchange_rates,
    filters={
        "from_currency": exchange_rates.c.currency_code == bindparam("from_currency"),
        "to_currency": literal(RUPEE) == bindparam("to_currency"),
        **between_dates(exchange_rates.c.rated_on),
    },
    orders={"rate_date": exchange_rates.c.rated_on},
)

_IS_KNOWN = Statement("select 1 from currencies where code = %(code)s")
_RATE_OF_THE_DAY = Statement(
    tenant_select(exchange_rates, exchange_rates.c.rate).where(
        exchange_rates.c.currency_code == bindparam("currency_code"),
        exchange_rates.c.rated_on == bindparam("rated_on"),
    )
)


class ExchangeRate(Struct, frozen=True):
    """``rate`` rupees for one unit of ``currency_code``, from ``rated_on`` until the next rate, as ``source`` says."""

    id: str
    currency_code: str
    rated_on: date
    rate: Decimal
    source: str | None
    created_at: datetime


_INSERTION = Statement(insertion(exchange_rates, ExchangeRate))

_ONE = Decimal(1)
_LATEST_RATE = Statement(
    """
select rate
  from exchange_rates
 where organization_id = %(organization_id)s
   and currency_code = %(currency_code)s
   and rated_on <= %(on)s
 order by rated_on desc
 limit 1
"""
)


async def check_currency(books: Books, code: str, *, field: str = "currency_code") -> None:
    """Check that ``code`` is one of the currencies. Raises Invalid."""
    if code != RUPEE and await books.value(_IS_KNOWN, code=code) is None:
        raise Invalid(f"{code} is not one of the currencies.", field=field)


async def rupees_a_unit(books: Books, currency: str, *, base: str, said: Decimal | None, on: date) -> Decimal:
    """Return the exchange rate of a paper: as said, else the latest rate up to its date; of the ``base`` currency 1.

    Raises: Invalid when another rate than 1 is said of the base currency, Required when no rate is known.
    """
    if currency == base:
        if said is not None and said != _ONE:
            raise Invalid(f"The exchange rate of {currency} is 1.", field="exchange_rate")
        return _ONE
    rate = said if said is not None else await latest_rate(books, currency, on=on)
    if rate is None:
        raise Required(f"There is no rate of {currency} up to {on}.", field="exchange_rate")
    return rate


async def latest_rate(books: Books, currency: str, *, on: date) -> Decimal | None:
    """The latest exchange rate up to a day; ``None`` where none was entered."""
    rate: Decimal | None = await books.value(_LATEST_RATE, currency_code=currency, on=on)
    return rate


async def add_exchange_rate(books: Books, values: Mapping[str, Any], *, into: str = RUPEE) -> ExchangeRate:
    """Add the rate of one currency for one day.

    Raises: Failed for the rupee itself and for a rate into another currency, Invalid for an unknown currency,
    Duplicate if the day has a rate already.
    """
    rate = ExchangeRate(**{"id": new_id("xr"), "created_at": books.now, "source": None, **values})
    if into != RUPEE:
        raise Failed("The books are kept in rupees, so a rate says what one unit is in INR.", field="to_currency")
    if rate.currency_code == RUPEE:
        raise Failed("The books are kept in rupees; the rupee has no exchange rate.", field="from_currency")
    await check_currency(books, rate.currency_code, field="from_currency")
    stored = await books.value(_RATE_OF_THE_DAY, currency_code=rate.currency_code, rated_on=rate.rated_on)
    if stored is not None:
        raise Duplicate(
            f"{rate.currency_code} has the rate {stored.normalize():f} for {rate.rated_on} already.", field="rate_date"
        )
    await books.run(_INSERTION, rows=as_rows([rate]))
    books.happened(
        Happening(
            action="EXCHANGE_RATE_CREATED",
            entity_type="EXCHANGE_RATE",
            entity_id=rate.id,
            reference=f"{rate.currency_code} {rate.rated_on}",
            summary={"rate": rate.rate},
        )
    )
    return rate
