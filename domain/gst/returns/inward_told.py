"""What a GSTR-3B tells of what was bought: as it was filed, or what the days brought and what the last one missed.

Papers of earlier days that came after their return was filed are told in the next one (section 16(4) is their limit),
and what a filed return told and is void by now is taken off there: a GSTR-3B is never amended.
"""

from collections.abc import Sequence
from datetime import timedelta

from domain.books import Books
from domain.gst.returns.amounts import NOTHING
from domain.gst.returns.conditions import KINDS_BOUGHT, untold
from domain.gst.returns.filed_rows import FiledRow, last_said, rows_of
from domain.gst.returns.filing import AT_MOST_RUNNING, Filings, ReturnFiling, filings_of
from domain.gst.returns.inward import Inward
from domain.gst.returns.purchases import inward_supplies
from domain.gst.returns.question import ReturnQuestion
from domain.gst.returns.shown import as_shown
from domain.statements import Statement
from domain.values import Struct, replace

FORM = "GSTR3B"
_DAY = timedelta(days=1)

_LATE = Statement(
    f"""
with paper as (
  select document.id, document.branch_id, document.dated_on, document.approved_at as entered_at
    from documents as document
   where document.organization_id = %(organization_id)s
     and document.kind = any({KINDS_BOUGHT})
     and document.modified_at > %(since)s
     and document.journal_id is not null
     and document.voided_at is null
     and not document.is_opening_balance
     and not document.is_without_gst
   union all
  select id, branch_id, dated_on, created_at
    from expenses
   where organization_id = %(organization_id)s
     and modified_at > %(since)s
     and deleted_at is null
   union all
  select id, branch_id, dated_on, created_at
    from bills_of_entry
   where organization_id = %(organization_id)s
     and modified_at > %(since)s
     and voided_at is null
)
select paper.id
  from paper
  join branches as branch
    on branch.organization_id = %(organization_id)s
   and branch.id = paper.branch_id
   and branch.gst_no = %(gstin)s
 where paper.dated_on <= %(filed_to)s
   and paper.entered_at > %(since)s
   and (paper.dated_on >= %(first_day)s or paper.entered_at > %(filed_at)s)
   and {untold("paper")}
 order by paper.dated_on, paper.id
"""  # noqa: S608  # fragments of our own
)
_VOID = Statement(
    """
select distinct shown.document_id
  from return_filings as filing
  join return_rows as shown
    on shown.organization_id = %(organization_id)s
   and shown.filing_id = filing.id
  join documents as document
    on document.organization_id = %(organization_id)s
   and document.id = shown.document_id
   and document.voided_at > filing.filed_at
 where filing.organization_id = %(organization_id)s
   and filing.gstin = %(gstin)s
   and filing.form = 'GSTR3B'
   and filing.status = 'FILED'
"""
)


class InwardTold(Struct, frozen=True):
    """The figures of a return, and what it says of each paper where it is not filed."""

    inward: Sequence[Inward]
    rows: Sequence[FiledRow]


async def inward_told(books: Books, question: ReturnQuestion) -> InwardTold:
    """Return what the GSTR-3B of the days that are asked for tells of what was bought."""
    period = question.period
    filings = await filings_of(books, question.gstin)
    filing = None if period is None else filings.of(FORM, period.label)
    if filing is not None:
        rows = await rows_of(books, filing.id)
        return InwardTold(_of_branch(_figures(rows), question.branch_id), rows)
    last = _before(filings, question)
    if last is None or period is None:
        inward = await inward_supplies(books, question)
        return InwardTold(inward, _fresh(inward, question))
    inward = await inward_supplies(books, replace(question, late_ids=await _late(books, question, filings, last)))
    taken_back = await _taken_back(books, question)
    off = _of_branch(_figures(taken_back), question.branch_id)
    return InwardTold([*inward, *off], [*_fresh(inward, question), *taken_back])


def _before(filings: Filings, question: ReturnQuestion) -> ReturnFiling | None:
    """The last filed return, where the one that is asked for follows it."""
    last = filings.last(FORM)
    return last if last is not None and last.to_on + _DAY == question.from_on else None


async def _late(books: Books, question: ReturnQuestion, filings: Filings, last: ReturnFiling) -> tuple[str, ...]:
    first = filings.first(FORM)
    assert last.filed_at is not None and first is not None, "they are filed"
    rows = await books.rows(
        _LATE,
        gstin=question.gstin,
        since=last.filed_at - AT_MOST_RUNNING,
        filed_at=last.filed_at,
        filed_to=last.to_on,
        first_day=first.from_on,
        forms=[FORM],
    )
    return tuple(row["id"] for row in rows)


async def _taken_back(books: Books, question: ReturnQuestion) -> list[FiledRow]:
    keys = [row["document_id"] for row in await books.rows(_VOID, gstin=question.gstin)]
    if not keys:
        return []
    said = await last_said(books, keys, forms=(FORM,))
    return [
        FiledRow(document_id=key, period=each.row.period, was=each.row.now, now=None)
        for key, each in said.items()
        if each.row.now is not None
    ]


def _fresh(inward: Sequence[Inward], question: ReturnQuestion) -> list[FiledRow]:
    period = question.period.label if question.period else ""
    return [FiledRow(document_id=each.document_id, period=period, now=each) for each in as_shown(inward=inward)]


def _figures(rows: Sequence[FiledRow]) -> list[Inward]:
    """What rows add to the tables: what they say, less what was said before."""
    added: list[Inward] = []
    for row in rows:
        added += row.now.inward if row.now else []
        added += [replace(each, worth=NOTHING - each.worth) for each in row.was.inward] if row.was else []
    return added


def _of_branch(inward: Sequence[Inward], branch_id: str | None) -> list[Inward]:
    return [each for each in inward if branch_id in (None, each.paper.branch_id)]
