"""For which days a GST return is made: a month, or the quarter of those who file quarterly and pay monthly (QRMP).

Source: CGST Rules 2017, rules 59 and 61A; a return of a quarter is named by its last month.
"""

import re
from calendar import monthrange
from datetime import date
from enum import StrEnum

from domain.errors import Invalid
from domain.financial_year import return_period
from domain.gst.rates import GST_BEGAN_ON
from domain.values import Struct

_PERIOD = re.compile(r"(0[1-9]|1[0-2])(2[0-9]{3})", re.ASCII)
_LAST_YEAR = 2100
MONTHS_OF_A_QUARTER = 3


class Frequency(StrEnum):
    """How often a registration files; the tax is paid every month in either case."""

    MONTHLY = "MONTHLY"
    QUARTERLY = "QUARTERLY"


class ReturnPeriod(Struct, frozen=True, order=True):
    """The days of a return, both included, and how often its registration files.

    ``is_iff``: one of the first two months of a quarter, in which only invoices to registered buyers are furnished
    (the invoice furnishing facility, rule 59(2)).
    """

    first_day: date
    last_day: date
    frequency: Frequency = Frequency.MONTHLY
    is_iff: bool = False

    @property
    def label(self) -> str:
        """The period as returns write it, by its last month: ``MMYYYY``."""
        return return_period(self.last_day)


def month_of(on: date) -> ReturnPeriod:
    """Return the month of a day."""
    return ReturnPeriod(on.replace(day=1), _month_end(on.year, on.month))


def quarter_of(on: date) -> ReturnPeriod:
    """Return the quarter of a day, April to June and so on."""
    last_month = on.month + -on.month % MONTHS_OF_A_QUARTER
    return ReturnPeriod(
        date(on.year, last_month - MONTHS_OF_A_QUARTER + 1, 1), _month_end(on.year, last_month), Frequency.QUARTERLY
    )


def return_period_named(text: str, frequency: Frequency, *, field: str = "period") -> ReturnPeriod:
    """Return the month that ``MMYYYY`` names, or of those who file quarterly the quarter that it lies in.

    Raises Invalid for what is no such text, for months before GST began, and for years after 2100.
    """
    month = month_of(_first_day(text, field))
    return month if frequency is Frequency.MONTHLY else quarter_of(month.first_day)


def furnished_period_named(text: str, frequency: Frequency, *, field: str = "period") -> ReturnPeriod:
    """Return the days of the statement of outward supplies (GSTR-1) that ``MMYYYY`` names.

    Of those who file quarterly the last month of a quarter stands for the quarter, each of the first two for itself.
    Raises Invalid as ``return_period_named`` does.
    """
    month = month_of(_first_day(text, field))
    if frequency is Frequency.MONTHLY:
        return month
    quarter = quarter_of(month.first_day)
    if month.last_day == quarter.last_day:
        return quarter
    return ReturnPeriod(month.first_day, month.last_day, frequency, is_iff=True)


def whole_period(from_on: date, to_on: date, frequency: Frequency) -> ReturnPeriod | None:
    """Return the period whose days these are; ``None`` where they are those of none, so that nothing can be filed."""
    period = month_of(from_on) if frequency is Frequency.MONTHLY else quarter_of(from_on)
    return period if (period.first_day, period.last_day) == (from_on, to_on) else None


def _first_day(text: str, field: str) -> date:
    found = _PERIOD.fullmatch(text)
    if found is None or int(found[2]) > _LAST_YEAR:
        raise Invalid(f"'{text}' is no period of a return; April 2026 is written 042026.", field=field)
    day = date(int(found[2]), int(found[1]), 1)
    if day < GST_BEGAN_ON:
        raise Invalid(f"There was no GST in {text}; the first period is 072017.", field=field)
    return day


def _month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])
