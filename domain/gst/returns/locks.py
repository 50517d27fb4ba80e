"""What a filed return closes: the days up to its last, to what it shows (decision 0035).

A GSTR-1 closes them to sales documents that are not said to be late and to what moves the tax of an advance, a GSTR-3B
to adjustments of credit; and nothing that a filed return shows is taken back on such a day. All else is entered as
ever: the salaries, receipts and vendors' bills of a month come after its GSTR-1. The deferred trigger on journals says
the same (``closed_by_return``).
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from domain.books import Books
from domain.errors import PeriodLocked
from domain.statements import Statement
from domain.values import Struct

FORM_TITLES: Mapping[str, str] = MappingProxyType(
    {"GSTR1": "GSTR-1", "IFF": "IFF", "GSTR1A": "GSTR-1A", "GSTR3B": "GSTR-3B"}
)


class Filed(Struct, frozen=True, kw_only=True):
    """A return that is filed, and the last day that it closes; ``period`` as MMYYYY."""

    id: str
    form: str
    gstin: str
    period: str
    to_on: date
    arn: str

    @property
    def title(self) -> str:
        """What people call it."""
        return f"{FORM_TITLES[self.form]} of {self.period} for {self.gstin}"


_FIELDS = "filing.id, filing.form, filing.gstin, filing.period, filing.to_on, filing.arn"

LAST_OF_BRANCH = f"""
select {_FIELDS}
  from return_filings as filing
 where filing.organization_id = branch.organization_id
   and filing.gstin = branch.gst_no
   and filing.status = 'FILED'
   and filing.form = {{form}}
 order by filing.to_on desc
 limit 1
"""  # noqa: S608  # names of columns only
"""SQL for the last return of a ``form`` that the registration of a ``branch`` has filed."""

_LAST_OF = Statement(
    f"""
select filing.*
  from branches as branch
 cross join lateral ({LAST_OF_BRANCH.format(form="%(form)s")}) as filing
 where branch.organization_id = %(organization_id)s
   and branch.id = %(branch_id)s
"""  # noqa: S608  # no value in it
)
# What moved of an advance later on is shown under its id with the period behind it.
_SHOWING = Statement(
    f"""
select {_FIELDS}
  from return_rows as shown
  join return_filings as filing
    on filing.organization_id = %(organization_id)s
   and filing.id = shown.filing_id
 where shown.organization_id = %(organization_id)s
   and shown.document_id between %(document_id)s and %(document_id)s || '/~'
   and filing.status = 'FILED'
   and filing.to_on >= %(on)s
 order by filing.to_on desc, filing.id desc
 limit 1
"""  # noqa: S608  # names of columns only
)


def check_not_filed(dated_on: date, last: Filed | None, *, advice: str) -> None:
    """Refuse what would be dated in a period that ``last``, or a return before it, has closed. Raises PeriodLocked."""
    if last is not None and dated_on <= last.to_on:
        raise _locked(f"{last.title} is filed (ARN {last.arn}), and {dated_on} lies in it or before it. {advice}", last)


async def check_adjustment(books: Books, branch_id: str, dated_on: date) -> None:
    """Refuse an adjustment of credit in a period whose GSTR-3B is filed. Raises PeriodLocked."""
    last = await books.load_one(Filed, _LAST_OF, branch_id=branch_id, form="GSTR3B")
    check_not_filed(dated_on, last, advice="Date it after that: the next return shows it.")


async def check_tax_of_advance(books: Books, branch_id: str, tax: Iterable[Decimal], on: date) -> None:
    """Refuse to apply an advance that bears tax, or to take that back, where a GSTR-1 is filed. Raises PeriodLocked."""
    if not any(tax):
        return
    last = await books.load_one(Filed, _LAST_OF, branch_id=branch_id, form="GSTR1")
    check_not_filed(on, last, advice="The tax of the advance moved in it; what is applied later is told later.")


async def refuse_if_shown(books: Books, document_id: str, *, on: date, advice: str) -> None:
    """Refuse to take back on a day what a return shows that is filed for that day or later. Raises PeriodLocked."""
    showing = await books.load_one(Filed, _SHOWING, document_id=document_id, on=on)
    if showing is not None:
        raise _locked(f"{showing.title} shows it and is filed (ARN {showing.arn}). {advice}", showing)


def _locked(message: str, filed: Filed) -> PeriodLocked:
    return PeriodLocked(message, field="date", details={"return_id": filed.id})
