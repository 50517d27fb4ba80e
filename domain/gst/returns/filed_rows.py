"""Documents as filed returns have shown them: the rows of one return, and what the last one said of some documents."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from domain.books import Books
from domain.gst.returns.sections import Section
from domain.gst.returns.shown import Shown
from domain.statements import Statement, as_rows, reader_of
from domain.values import Struct

OF_IFF = (Section.B2B, Section.CDNR, Section.ECOM)
"""The tables of which an IFF tells what went to buyers with a number (rule 59(2))."""


class FiledRow(Struct, frozen=True, kw_only=True):
    """What a return did to a document: told it first (``was`` is None), or amended what a return had said before.

    ``now`` is what it says from then on, None where it brought it to nought. ``period`` (MMYYYY) is that of the return
    that told it first, whose place an amendment takes.
    """

    document_id: str
    period: str
    was: Shown | None = None
    now: Shown | None = None

    @property
    def is_amendment(self) -> bool:
        """Whether it changes what was said, and does not only add what an IFF had no place for."""
        if self.was is None or self.now is None or self.was.sums:
            return self.was is not None
        return self.now.of_sections(*OF_IFF).outward != self.was.outward

    @property
    def shown(self) -> Shown:
        """What there is of it: as it stands, or as it stood."""
        shown = self.now or self.was
        assert shown is not None, "a row tells of something"
        return shown

    @property
    def branch_id(self) -> str:
        """The branch that it is of."""
        shown = self.shown
        return shown.outward[0].branch_id if shown.outward else shown.advances[0].branch_id

    @property
    def hash(self) -> str:
        """The hash of what it says from then on; empty of nothing."""
        return self.now.hash if self.now else ""


class LastSaid(Struct, frozen=True, kw_only=True):
    """What the last filed return said of a document: its id and when it was filed, its form and the end of its days."""

    document_id: str
    filing_id: str
    form: str
    to_on: date
    row_hash: str
    row: FiledRow


_INSERT = Statement(
    """
insert into return_rows (organization_id, filing_id, document_id, document_type, number, dated_on, section,
                         is_amendment, row_hash, row)
select %(organization_id)s, %(filing_id)s, document_id, document_type, number, dated_on, section, is_amendment,
       row_hash, row
  from json_to_recordset(%(rows)s)
    as told(document_id text, document_type text, number text, dated_on date, section text, is_amendment boolean,
            row_hash text, row json)
"""  # no value in it
)
_DELETE = Statement("delete from return_rows where organization_id = %(organization_id)s and filing_id = %(filing_id)s")
_OF_FILING = Statement(
    """
select coalesce(json_agg(row order by dated_on, number, document_id), '[]')::text
  from return_rows
 where organization_id = %(organization_id)s
   and filing_id = any(%(filing_ids)s)
"""
)
_LAST_SAID = Statement(
    """
select coalesce(json_agg(said), '[]')::text
  from (select distinct on (shown.document_id)
               shown.document_id, shown.filing_id, filing.form, filing.to_on, shown.row_hash, shown.row
          from return_rows as shown
          join return_filings as filing
            on filing.organization_id = %(organization_id)s
           and filing.id = shown.filing_id
         where shown.organization_id = %(organization_id)s
           and shown.document_id = any(%(document_ids)s)
           and filing.form = any(%(forms)s)
           and filing.status = 'FILED'
         order by shown.document_id, filing.to_on desc, filing.filed_at desc) as said
"""
)
_read_rows = reader_of(list[FiledRow])
_read_said = reader_of(list[LastSaid])


async def write(books: Books, filing_id: str, rows: Iterable[FiledRow]) -> None:
    """Keep what a return says of each document, in the place of what an earlier try to file it said."""
    await books.run(_DELETE, filing_id=filing_id)
    await books.run(_INSERT, filing_id=filing_id, rows=as_rows([_as_row(row) for row in rows]))


async def rows_of(books: Books, *filing_ids: str) -> list[FiledRow]:
    """Return what some returns say, by the dates of the documents."""
    return _read_rows(await books.value(_OF_FILING, filing_ids=list(filing_ids)))


async def last_said(books: Books, document_ids: Sequence[str], *, forms: Sequence[str]) -> dict[str, LastSaid]:
    """Return what the last filed return of these forms said of each document, where one did."""
    found = _read_said(await books.value(_LAST_SAID, document_ids=list(document_ids), forms=list(forms)))
    return {each.document_id: each for each in found}


def _as_row(row: FiledRow) -> dict[str, Any]:
    shown = row.shown
    return {
        "document_id": row.document_id,
        "document_type": shown.document_type,
        "number": shown.number,
        "dated_on": shown.dated_on,
        "section": shown.section,
        "is_amendment": row.is_amendment,
        "row_hash": row.hash,
        "row": row,
    }
