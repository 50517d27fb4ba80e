"""Returns of a registration: their forms, in which order they are filed and until when, and what is read of them.

Source: CGST Act 2017, sections 37 to 39 (three years: 37(5), 39(11)); CGST Rules 2017, rules 59 to 61A (order: 59(6)).
"""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from domain.books import Books
from domain.gst.returns.lateness import due_on as gstr3b_due_on
from domain.gst.returns.locks import FORM_TITLES
from domain.gst.returns.period import Frequency
from domain.gst.states import state_of_prefix
from domain.statements import Statement
from domain.values import Struct

OUTWARD_FORMS = ("GSTR1", "IFF", "GSTR1A")
"""The statements of what was supplied."""
DRAFT, FILED, REOPENED = "DRAFT", "FILED", "REOPENED"
YEARS_TO_FILE = 3
AT_MOST_RUNNING = timedelta(hours=1)
"""What began before a return was filed may have waited for that; nothing waits for so long."""

_DUE_DAYS: Mapping[tuple[str, Frequency], int] = MappingProxyType(
    {
        ("GSTR1", Frequency.MONTHLY): 11,
        ("GSTR1", Frequency.QUARTERLY): 13,
        ("IFF", Frequency.QUARTERLY): 13,
    }
)
_MONTHS_A_YEAR = 12


class ReturnFiling(Struct, frozen=True, kw_only=True):
    """A return, filed or to be filed, without its bytes. ``period`` is MMYYYY, of a quarter its last month."""

    id: str
    gstin: str
    form: str
    period: str
    frequency: str
    from_on: date
    to_on: date
    status: str
    arn: str | None = None
    filed_on: date | None = None
    filed_at: datetime | None = None
    filed_by: str | None = None
    payload_sha256: str | None = None
    reopen_reason: str | None = None
    created_by: str
    version: int
    created_at: datetime
    modified_at: datetime

    @property
    def title(self) -> str:
        """What people call it."""
        return f"{FORM_TITLES[self.form]} of {self.period} for {self.gstin}"

    @property
    def due_on(self) -> date:
        """The day on which it is due; a GSTR-1A has until the GSTR-3B."""
        return due_on(
            self.form, self.to_on, Frequency(self.frequency), state_code=state_of_prefix(self.gstin[:2]) or ""
        )

    @property
    def can_be_filed_until(self) -> date:
        """The last day on which the portal takes it: three years after it was due."""
        year = self.due_on.year + YEARS_TO_FILE
        return self.due_on.replace(year=year, day=min(self.due_on.day, monthrange(year, self.due_on.month)[1]))


def due_on(form: str, last_day: date, frequency: Frequency, *, state_code: str) -> date:
    """Return the day on which a return of a period that ends on ``last_day`` is due.

    Source: notifications 83/2020-CT (GSTR-1: the 11th, of a quarter the 13th) and rules 59(2) (IFF: the 13th), 61(1).
    """
    day = _DUE_DAYS.get((form, frequency))
    if day is None:
        return gstr3b_due_on(last_day, is_quarterly=frequency is Frequency.QUARTERLY, state_code=state_code)
    if last_day.month == _MONTHS_A_YEAR:
        return date(last_day.year + 1, 1, day)
    return date(last_day.year, last_day.month + 1, day)


_COLUMNS = ", ".join(f"filing.{name}" for name in ReturnFiling.__struct_fields__)
_SELECT = f"""
select {_COLUMNS}
  from return_filings as filing
 where filing.organization_id = %(organization_id)s
"""  # noqa: S608  # names of columns only
_ONE_FOR_CHANGE = Statement(f"{_SELECT} and filing.id = %(id)s for update")
_ONE = Statement(f"{_SELECT} and filing.id = %(id)s")
_OF_REGISTRATION = Statement(
    f"""
{_SELECT}
   and filing.gstin = %(gstin)s
   and filing.status = any(%(statuses)s)
 order by filing.to_on, filing.filed_at, filing.id
"""
)


async def find(books: Books, key: str) -> ReturnFiling | None:
    """Return a return by its id."""
    return await books.load_one(ReturnFiling, _ONE, id=key)


async def find_for_change(books: Books, key: str) -> ReturnFiling | None:
    """Return a return by its id, and lock it."""
    return await books.load_one(ReturnFiling, _ONE_FOR_CHANGE, id=key)


class Filings(Struct, frozen=True):
    """The returns of a registration that are filed, the earliest first."""

    filed: Sequence[ReturnFiling]

    def of(self, form: str, period: str) -> ReturnFiling | None:
        """The return of a form and a period."""
        return next((each for each in self.filed if (each.form, each.period) == (form, period)), None)

    def ending_on(self, form: str, day: date) -> ReturnFiling | None:
        """The return of a form whose period ends on a day."""
        return next((each for each in self.filed if (each.form, each.to_on) == (form, day)), None)

    def first(self, *forms: str) -> ReturnFiling | None:
        """The one of the earliest period."""
        return next((each for each in self.filed if each.form in forms), None)

    def last(self, *forms: str) -> ReturnFiling | None:
        """The one of the latest period."""
        return next((each for each in reversed(self.filed) if each.form in forms), None)


async def filings_of(books: Books, gstin: str) -> Filings:
    """Return what a registration has filed."""
    return Filings(await books.load(ReturnFiling, _OF_REGISTRATION, gstin=gstin, statuses=[FILED]))


def told(filing: ReturnFiling) -> dict[str, Any]:
    """What the trail and the events tell of a return."""
    return {"form": filing.form, "period": filing.period, "gstin": filing.gstin, "status": filing.status}
