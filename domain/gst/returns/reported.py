"""What a statement of outward supplies tells: as it was filed, or as it would be filed now.

A filed one is read from what was kept then, so that it stays the same whatever happens to the documents. One that is
not filed yet tells the documents of its days, those that came late, and as amendments what others say by now.
"""

from collections.abc import Iterable, Sequence

from domain.books import Books
from domain.gst.returns.advances import Advance, advances
from domain.gst.returns.filed_rows import OF_IFF, FiledRow, last_said, rows_of
from domain.gst.returns.filing import Filings, ReturnFiling, filings_of
from domain.gst.returns.hsn_lines import HsnLine, hsn_lines, hsn_lines_of_documents
from domain.gst.returns.pending import NOTHING, Pending, pending, waiting_for
from domain.gst.returns.period import Frequency
from domain.gst.returns.question import ReturnQuestion
from domain.gst.returns.sections import Section
from domain.gst.returns.shown import Shown, as_shown, turned, turned_lines
from domain.gst.returns.supplies import Outward, outward_supplies
from domain.values import Struct, replace


class Reported(Struct, frozen=True, kw_only=True):
    """What a return tells: documents in their own tables, goods and services by code, advances, and amendments.

    Table 8 and the HSN summary have no amendments: what changes in them stands in ``outward`` and ``hsn``, the new
    added and the old taken off. ``filing`` is the return where it is filed.
    """

    outward: Sequence[Outward]
    hsn: Sequence[HsnLine]
    advances: Sequence[Advance]
    amended: Sequence[FiledRow] = ()
    filing: ReturnFiling | None = None


async def reported(books: Books, question: ReturnQuestion, form: str = "GSTR1") -> Reported:
    """Return what the return of this form tells of the days that are asked for."""
    filings = await filings_of(books, question.gstin)
    filing = _filing_of(filings, question, form)
    if filing is not None:
        return _of_branch(_as_filed(await rows_of(books, filing.id), filing), question.branch_id)
    waiting = await _waiting(books, question, filings, form)
    asked = _asked(question, waiting, form)
    outward = await _not_told_by_iff(books, await outward_supplies(books, asked), question, filings, form)
    hsn = [] if form == "IFF" else await hsn_lines(books, asked)
    moved = [] if form == "IFF" else await advances(books, asked)
    amended = waiting.changed
    told = Reported(
        outward=[*outward, *_changes_of_table_8(amended)],
        hsn=[*hsn, *_changes_by_code(amended)],
        advances=moved,
        amended=amended,
    )
    return _of_branch(told, question.branch_id)


async def to_be_kept(books: Books, question: ReturnQuestion, form: str) -> list[FiledRow]:
    """Return what the return of this form, filed now, tells of each document. The question is about whole periods."""
    assert question.period is not None, "only whole periods are filed"
    filings = await filings_of(books, question.gstin)
    waiting = await _waiting(books, question, filings, form)
    asked, label = _asked(question, waiting, form), question.period.label
    outward = await outward_supplies(books, asked)
    if form == "IFF":
        fresh = as_shown([row for row in outward if row.section in OF_IFF])
    else:
        moved = await advances(books, asked)
        fresh = as_shown(outward, await hsn_lines_of_documents(books, asked), moved, period=label)
    said = await _said_by_iff(books, [each.document_id for each in fresh], question, form)
    told = [
        FiledRow(document_id=each.document_id, period=label, was=said.get(each.document_id), now=each)
        for each in fresh
        if form != "IFF" or each.document_id not in said
    ]
    return [*told, *waiting.changed]


def contributed(rows: Iterable[FiledRow]) -> list[Outward]:
    """What rows of a return add to the liability: what they say, less what was said before."""
    added: list[Outward] = []
    for row in rows:
        added += row.now.outward if row.now else []
        added += turned(row.was.outward) if row.was else []
    return added


def _filing_of(filings: Filings, question: ReturnQuestion, form: str) -> ReturnFiling | None:
    period = question.period
    filing = None if period is None else filings.of(form, period.label)
    return filing if filing and (filing.from_on, filing.to_on) == (question.from_on, question.to_on) else None


async def _waiting(books: Books, question: ReturnQuestion, filings: Filings, form: str) -> Pending:
    if question.period is None:
        return NOTHING
    return waiting_for(await pending(books, question.gstin, filings), filings, question, form)


def _asked(question: ReturnQuestion, waiting: Pending, form: str) -> ReturnQuestion:
    """The question with the late documents; of a GSTR-1A nothing else."""
    asked = replace(question, late_ids=waiting.late_ids)
    return replace(asked, from_on=question.to_on, to_on=question.from_on) if form == "GSTR1A" else asked


def _as_filed(rows: Sequence[FiledRow], filing: ReturnFiling) -> Reported:
    """The rows apart: what an IFF told is no amendment, but told no more."""
    amended = [row for row in rows if row.is_amendment]
    fresh = [row for row in rows if row.was is None]
    completed = [row for row in rows if row.was is not None and not row.is_amendment]
    outward = [each for row in fresh for each in row.shown.outward]
    outward += [each for row in completed for each in row.shown.outward if each.section not in OF_IFF]
    return Reported(
        outward=[*outward, *_changes_of_table_8(amended)],
        hsn=[line for row in (*fresh, *completed) for line in row.shown.hsn] + _changes_by_code(amended),
        advances=[each for row in fresh for each in row.shown.advances],
        amended=amended,
        filing=filing,
    )


async def _said_by_iff(
    books: Books, document_ids: Sequence[str], question: ReturnQuestion, form: str
) -> dict[str, Shown]:
    if question.frequency is not Frequency.QUARTERLY or form == "GSTR1A":
        return {}
    said = await last_said(books, document_ids, forms=("IFF",))
    return {key: each.row.now for key, each in said.items() if each.row.now is not None}


async def _not_told_by_iff(
    books: Books, outward: Sequence[Outward], question: ReturnQuestion, filings: Filings, form: str
) -> Sequence[Outward]:
    """The rows without those that an IFF of the quarter has told."""
    if filings.last("IFF") is None:
        return [row for row in outward if form != "IFF" or row.section in OF_IFF]
    said = await _said_by_iff(books, list({row.document_id for row in outward}), question, form)
    return [
        row
        for row in outward
        if not (row.document_id in said and row.section in OF_IFF) and (form != "IFF" or row.section in OF_IFF)
    ]


def _changes_of_table_8(amended: Iterable[FiledRow]) -> list[Outward]:
    return [row for row in contributed(amended) if row.section is Section.NIL]


def _changes_by_code(amended: Iterable[FiledRow]) -> list[HsnLine]:
    changes: list[HsnLine] = []
    for row in amended:
        changes += row.now.hsn if row.now else []
        changes += turned_lines(row.was.hsn) if row.was else []
    return changes


def _of_branch(told: Reported, branch_id: str | None) -> Reported:
    """What a return tells of one branch; goods and services by code of a draft are of it already."""
    if branch_id is None:
        return told
    mine = {row.document_id for row in told.outward if row.branch_id == branch_id}
    return replace(
        told,
        outward=[row for row in told.outward if row.branch_id == branch_id],
        hsn=[line for line in told.hsn if line.document_id is None or line.document_id in mine],
        advances=[each for each in told.advances if each.branch_id == branch_id],
        amended=[row for row in told.amended if row.shown.outward[0].branch_id == branch_id],
    )
