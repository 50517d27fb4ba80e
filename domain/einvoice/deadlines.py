"""Until when a document can be registered, and until when a registration can be cancelled."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from domain.einvoice.obligation import CRORE

_WITHIN_DAYS = 30
_WARNED_FROM_DAY = 25
_AGE_LIMITS = ((date(2023, 11, 1), 100 * CRORE), (date(2025, 4, 1), 10 * CRORE))
"""Since which day the portal refuses what is older, and of whose aggregate turnover (from so much on).

Source: GSTN advisories of 11-09-2023 (einvoice1.gst.gov.in/Documents/advisory080923.pdf) and 05-11-2024.
"""

CANCELLABLE_FOR = timedelta(hours=24)
"""How long after its registration a document can be cancelled at the portal."""


def last_day(dated_on: date, *, turnover: Decimal | None, today: date) -> date | None:
    """Return the last day on which the portal registers a document; ``None`` where age is no matter.

    The day of the document counts, by the example of the advisory of 2023: what is dated 1 November 2023 cannot be
    registered after 30 November.
    """
    limits = [limit for since, limit in _AGE_LIMITS if since <= today]
    if not limits or (turnover or 0) < limits[-1]:
        return None
    return dated_on + timedelta(days=_WITHIN_DAYS - 1)


def is_late(dated_on: date, *, turnover: Decimal | None, today: date) -> bool:
    """Whether the portal refuses the document for its age."""
    last = last_day(dated_on, turnover=turnover, today=today)
    return last is not None and today > last


def is_nearly_late(dated_on: date, *, turnover: Decimal | None, today: date) -> bool:
    """Whether there are few days left: from the twenty-fifth day on."""
    last = last_day(dated_on, turnover=turnover, today=today)
    return last is not None and dated_on + timedelta(days=_WARNED_FROM_DAY - 1) <= today <= last


def cancellable_until(acknowledged_at: datetime) -> datetime:
    """Return until when a registration can be cancelled at the portal (CGST Rules, rule 48(4); FORM GST INV-01)."""
    return acknowledged_at + CANCELLABLE_FOR
