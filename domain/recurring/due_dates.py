"""When documents are due: the dates of a plan, each reckoned from its first day, so that none drifts.

The 31st is the last day of shorter months and the 31st again of longer ones; 29 February is the 28th in common years.
"""

from calendar import monthrange
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from domain.books import INDIA
from domain.values import Struct

RUNS_AT = time(9, 0, tzinfo=INDIA)
"""The time of day, in India, at which a document is made."""
LAST_DAY = date(2099, 12, 31)
"""The last day that the contract can write; no plan goes beyond it."""

_MONTHS_OF_A_YEAR = 12


class Frequency(StrEnum):
    """How often a document comes round."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    QUARTERLY = "QUARTERLY"
    YEARLY = "YEARLY"


_DAYS = {Frequency.DAILY: 1, Frequency.WEEKLY: 7}
_MONTHS = {Frequency.MONTHLY: 1, Frequency.QUARTERLY: 3, Frequency.YEARLY: _MONTHS_OF_A_YEAR}


class Plan(Struct, frozen=True):
    """Due dates from ``start_on``, ``every`` so many days, weeks, months …, up to and including ``end_on``."""

    frequency: Frequency
    every: int
    start_on: date
    end_on: date | None = None

    def due_date(self, number: int) -> date:
        """The due date with this number; the first, ``start_on``, has the number 0."""
        if self.frequency in _DAYS:
            return self.start_on + timedelta(days=number * self.every * _DAYS[self.frequency])
        return _months_after(self.start_on, number * self.every * _MONTHS[self.frequency])

    def first_due(self, not_before: date) -> date | None:
        """The first due date on or after a day; ``None`` when the plan has ended by then."""
        last = min(self.end_on or LAST_DAY, LAST_DAY)
        if not_before > last:
            return None
        number = self._number_near(not_before)
        while self.due_date(number) < not_before:
            number += 1
        due_on = self.due_date(number)
        return due_on if due_on <= last else None

    def _number_near(self, day: date) -> int:
        """The number of a due date that lies on the day, or before it by little more than one period."""
        if self.frequency in _DAYS:
            periods = (day - self.start_on).days // (self.every * _DAYS[self.frequency])
        else:
            months = _month_number(day) - _month_number(self.start_on)
            periods = months // (self.every * _MONTHS[self.frequency])
        return max(periods, 0)


def run_at(due_on: date) -> datetime:
    """The moment at which the document of a due date is made."""
    return datetime.combine(due_on, RUNS_AT)


def next_run_after(now: datetime) -> datetime:
    """The next moment at which documents are made, after ``now``."""
    today = run_at(now.astimezone(INDIA).date())
    return today if today > now else today + timedelta(days=1)


def _months_after(day: date, months: int) -> date:
    year, month = divmod(_month_number(day) + months, _MONTHS_OF_A_YEAR)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _month_number(day: date) -> int:
    return day.year * _MONTHS_OF_A_YEAR + day.month - 1
