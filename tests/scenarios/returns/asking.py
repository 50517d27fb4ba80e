"""The questions that tests ask of the returns."""

from datetime import date
from typing import Any

from domain.gst.returns.period import Frequency, month_of
from domain.gst.returns.question import ReturnQuestion
from tests.domain.founded import MAHARASHTRA


def november(**said: str | None) -> ReturnQuestion:
    """November 2026, the month of every test, of the registration in Maharashtra."""
    return month(2026, 11, **said)


def month(year: int, number: int, **said: str | None) -> ReturnQuestion:
    """A month of the registration in Maharashtra."""
    period = month_of(date(year, number, 1))
    return ReturnQuestion(
        gstin=said.get("gstin") or MAHARASHTRA,
        from_on=period.first_day,
        to_on=period.last_day,
        period=period,
        frequency=Frequency.MONTHLY,
        branch_id=said.get("branch_id"),
    )


def told(row: Any, names: str) -> str:
    """What a row says, under names divided by blanks, as people write it; nothing is ``-``."""
    return " ".join("-" if getattr(row, name) is None else str(getattr(row, name)) for name in names.split())
