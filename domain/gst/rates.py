"""The rates of GST by date, as whole rates (IGST); CGST and SGST are half each.

A rate outside the table is refused, because GSTN rejects the return; one that is not in force on a day is only worth
a warning: special schemes, old stock and notes to old invoices still use it.
Source: rates accepted by GSTN's offline tool; Notifications 9/2025-CT(R) to 17/2025-CT(R), in force 22-09-2025.
"""

from datetime import date
from decimal import Decimal

from domain.errors import Invalid
from domain.values import Struct

GST_BEGAN_ON = date(2017, 7, 1)


class Rate(Struct, frozen=True):
    """A rate (percent), the days it is in force, both included, and what it is for; ``until`` None: still."""

    percent: Decimal
    since: date
    until: date | None
    purpose: str


RATES = (
    Rate(Decimal("0"), GST_BEGAN_ON, None, "nil rated and exempt"),
    Rate(Decimal("0.1"), date(2017, 10, 23), None, "goods to a merchant exporter"),
    Rate(Decimal("0.25"), GST_BEGAN_ON, None, "rough precious stones"),
    Rate(Decimal("1"), date(2019, 4, 1), None, "affordable housing, after the deduction for land"),
    Rate(Decimal("1.5"), GST_BEGAN_ON, None, "cut diamonds and job work on diamonds"),
    Rate(Decimal("3"), GST_BEGAN_ON, None, "gold, silver and jewellery"),
    Rate(Decimal("5"), GST_BEGAN_ON, None, "merit goods and services"),
    Rate(Decimal("6"), date(2022, 4, 1), None, "bricks without input tax credit"),
    Rate(Decimal("7.5"), date(2019, 4, 1), None, "housing, before the deduction for land"),
    # Still charged on specified bricks and tiles, but withdrawn as a general rate.
    Rate(Decimal("12"), GST_BEGAN_ON, date(2025, 9, 21), "standard goods, the former lower rate"),
    Rate(Decimal("18"), GST_BEGAN_ON, None, "standard"),
    # In general until 21-09-2025; tobacco and pan masala bore it for four months more.
    Rate(Decimal("28"), GST_BEGAN_ON, date(2026, 1, 31), "the former highest rate"),
    Rate(Decimal("40"), date(2025, 9, 22), None, "aerated drinks, large cars, betting, tobacco"),
)
"""Every rate that GSTN accepts."""

_BY_PERCENT = {rate.percent: rate for rate in RATES}


def is_known(percent: Decimal) -> bool:
    """Say whether GSTN accepts the rate at all."""
    return percent in _BY_PERCENT


def in_force(percent: Decimal, on: date) -> bool:
    """Say whether the rate is in general force on the day; a known rate that is not deserves a warning."""
    rate = _BY_PERCENT.get(percent)
    return rate is not None and rate.since <= on and (rate.until is None or on <= rate.until)


def check_rate(percent: Decimal, *, field: str | None = None) -> Decimal:
    """Return the rate if GSTN accepts it; raises Invalid if not."""
    if percent in _BY_PERCENT:
        return percent
    known = ", ".join(str(rate.percent) for rate in RATES)
    raise Invalid(f"{percent} % is not a rate of GST; the rates are {known}.", field=field)
