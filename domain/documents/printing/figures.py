"""Figures as they are printed: rupees grouped by lakh and crore, other currencies by thousands, days, quantities."""

from datetime import date, datetime
from decimal import Decimal

from domain.books import INDIA
from domain.currencies import RUPEE
from domain.money import PAISA, trimmed
from domain.values import Struct

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_HUNDRED = 2
_THOUSAND = 3
_PAISE = 2


class Currency(Struct, frozen=True):
    """A currency and how its amounts are written."""

    code: str = RUPEE
    name: str = "Indian rupee"
    symbol: str = "₹"
    decimal_places: int = 2

    @property
    def is_indian(self) -> bool:
        """Whether its figures are grouped by lakh and crore."""
        return self.code == RUPEE

    def figure(self, amount: Decimal) -> str:
        """Return an amount without the symbol: 12,34,567.00. Books keep hundredths; a yen has none to show."""
        decimals = min(self.decimal_places, _PAISE)
        is_whole = amount == amount.to_integral_value()
        return grouped(amount.quantize(PAISA), decimals if is_whole else _PAISE, is_indian=self.is_indian)

    def price(self, amount: Decimal) -> str:
        """Return the price of a unit: as an amount, with as many further digits as it has."""
        plain = trimmed(amount)
        digits = -int(plain.as_tuple().exponent)
        return grouped(plain, max(digits, min(self.decimal_places, _PAISE)), is_indian=self.is_indian)

    def with_symbol(self, amount: Decimal) -> str:
        """Return an amount with the symbol before it: ₹12,34,567.00, AED 500.00."""
        sign = "-" if amount < 0 else ""
        blank = " " if self.symbol[-1:].isalpha() or self.symbol.endswith(".") else ""
        return f"{sign}{self.symbol}{blank}{self.figure(abs(amount))}"


RUPEES = Currency()


def grouped(number: Decimal, decimals: int, *, is_indian: bool) -> str:
    """Return a number with so many decimals, its digits in groups: three, then by two in India, else by three."""
    sign, digits = ("-" if number < 0 else ""), f"{abs(number):.{decimals}f}"
    whole, dot, fraction = digits.partition(".")
    size = _HUNDRED if is_indian else _THOUSAND
    groups, rest = [whole[-_THOUSAND:]], whole[:-_THOUSAND]
    while rest:
        groups.append(rest[-size:])
        rest = rest[:-size]
    return f"{sign}{','.join(reversed(groups))}{dot}{fraction}"


def quantity(number: Decimal) -> str:
    """Return a quantity with as many decimals as it has: 1,250 and 0.125."""
    plain = trimmed(number)
    return grouped(plain, max(-int(plain.as_tuple().exponent), 0), is_indian=True)


def percent(rate: Decimal) -> str:
    """Return a rate: 9% and 0.125%."""
    return f"{trimmed(rate):f}%"


def day(on: date) -> str:
    """Return a day so that nobody takes the month for the day: 12 Nov 2026."""
    return f"{on.day:02} {_MONTHS[on.month - 1]} {on.year}"


def day_of(at: datetime) -> str:
    """Return the day in India of an instant."""
    return day(at.astimezone(INDIA).date())


def moment(at: datetime) -> str:
    """Return an instant as clocks in India show it: 12 Nov 2026, 17:05."""
    there = at.astimezone(INDIA)
    return f"{day(there.date())}, {there.hour:02}:{there.minute:02}"
