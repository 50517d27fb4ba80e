"""The demo's GST returns: those of the month before the last are filed, that of the last one waits to be."""

from datetime import date, timedelta

from domain import happenings
from domain.books import Books
from domain.financial_year import return_period
from domain.gst.returns import filing_life
from domain.gst.returns.makers import MAKERS
from domain.statements import Statement

_DAY = timedelta(days=1)
_FILED_ON_DAY = {"GSTR1": 11, "GSTR3B": 20}
_REGISTRATIONS = Statement(
    """
select distinct gst_no
  from branches
 where organization_id = %(organization_id)s
   and gst_no is not null
 order by gst_no
"""
)
# The entries of the demo are checked before their days are closed, as if each had been committed.
_SETTLE = (Statement("set constraints all immediate"), Statement("set constraints all deferred"))


async def file_returns(books: Books) -> None:
    """File both returns of the month before the last for every registration, and open the next GSTR-1."""
    for statement in _SETTLE:
        await books.run(statement)
    last = (books.today.replace(day=1) - _DAY).replace(day=1)
    before = last - _DAY
    for place, row in enumerate(await books.rows(_REGISTRATIONS)):
        for form, day in _FILED_ON_DAY.items():
            await _file(books, form, before, row["gst_no"], filed_on=last.replace(day=day), place=place)
        await _open(books, "GSTR1", last, row["gst_no"])
    await happenings.record(books)


async def _file(books: Books, form: str, month: date, gstin: str, *, filed_on: date, place: int) -> None:
    key = await _open(books, form, month, gstin)
    arn = f"AA{gstin[:2]}{filed_on:%m%y}{filed_on.day:05}{place}{form[-1]}"
    await filing_life.file(books, key, arn=arn, filed_on=filed_on, makers=MAKERS)


async def _open(books: Books, form: str, month: date, gstin: str) -> str:
    period = return_period(month)
    return (await filing_life.open_return(books, form=form, period=period, gstin=gstin, frequency="MONTHLY")).id
