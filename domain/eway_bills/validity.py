"""How long an e-way bill is good, and until when it can be made, extended, cancelled and closed.

Days and midnights are those of India. Source: CGST Rules 2017, rule 138(9), (10); Notification 94/2020-CT (200 km a
day from 01-01-2021, before that 100 km); GSTN advisory of 17-12-2024 (180 and 360 days, from 01-01-2025); voluntary
closure: announced for 01-08-2026 and put off on that day, so ``CLOSURE_FROM`` is open.
"""

from datetime import date, datetime, time, timedelta

from domain.books import INDIA
from domain.eway_bills.transport import Vehicle

CANCELLED_WITHIN = timedelta(hours=24)
EXTENDED_AROUND = timedelta(hours=8)
"""An e-way bill is extended from so long before it ends until so long after."""
OLDEST_DOCUMENT = timedelta(days=180)
LAST_EXTENSION = timedelta(days=360)
AGES_COUNT_FROM = date(2025, 1, 1)
"""From this day on the two ages are limits."""
CLOSURE_FROM: date | None = None
"""The day from which e-way bills can be closed once the goods have arrived; ``None``: not yet."""

_KILOMETRES_A_DAY = ((date(2018, 4, 1), 100), (date(2021, 1, 1), 200))
_OVER_DIMENSIONAL_A_DAY = 20
_LAST_MINUTE = time(23, 59)


def days_of(distance_km: int, vehicle_type: str, *, on: date) -> int:
    """Return how many days goods may take: one for each 200 km or part of them, of over-dimensional cargo 20 km."""
    by_law = [kilometres for since, kilometres in _KILOMETRES_A_DAY if since <= on]
    a_day = _OVER_DIMENSIONAL_A_DAY if vehicle_type == Vehicle.OVER_DIMENSIONAL else (by_law or [100])[-1]
    return max(1, -(-distance_km // a_day))


def valid_until(began_at: datetime, distance_km: int, vehicle_type: str) -> datetime:
    """Return when a bill ends whose Part B was said at ``began_at``.

    The first day ends at the midnight after the day that follows; the portal writes its last minute.
    """
    began_on = began_at.astimezone(INDIA).date()
    last_on = began_on + timedelta(days=days_of(distance_km, vehicle_type, on=began_on))
    return datetime.combine(last_on, _LAST_MINUTE, INDIA)


def oldest_document_on(today: date) -> date | None:
    """Return the date that a document must have at least for an e-way bill to be made; ``None``: any."""
    return today - OLDEST_DOCUMENT if today >= AGES_COUNT_FROM else None


def may_be_cancelled(generated_at: datetime, now: datetime) -> bool:
    """Whether the 24 hours of cancelling have not passed."""
    return now <= generated_at + CANCELLED_WITHIN


def extension_window(ends_at: datetime) -> tuple[datetime, datetime]:
    """Return from when until when a bill can be extended that ends at ``ends_at``."""
    return ends_at - EXTENDED_AROUND, ends_at + EXTENDED_AROUND


def last_extended_until(generated_at: datetime) -> datetime | None:
    """Return the moment beyond which no extension goes; ``None`` for bills of a time without that limit."""
    limit = datetime.combine(generated_at.astimezone(INDIA).date() + LAST_EXTENSION, _LAST_MINUTE, INDIA)
    return limit if limit.date() >= AGES_COUNT_FROM else None


def closure_window(ends_at: datetime) -> datetime:
    """Return until when a bill can be closed that ends at ``ends_at``: a day after it has ended."""
    return ends_at + timedelta(days=1)


def is_closed_voluntarily(today: date) -> bool:
    """Whether the portal takes closures by now."""
    return CLOSURE_FROM is not None and today >= CLOSURE_FROM
