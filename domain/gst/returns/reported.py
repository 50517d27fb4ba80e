"""What a statement of outward supplies tells: as it was filed, or as it would be filed now.

A filed one is read from what was kept then, so that it stays the same whatever happens to the documents. One that is
not filed yet tells the documents of its days, those that came late, and as amendments what others say by now.
"""

from collections.abc import Iterable, Sequence

from domain.books import Books
from domain.gst.returns.advances import Advance, advances
from domain.gst.returns.filed_rows import OF_IFF, FiledRow, LastSaid, last_said, rows_of
from domain.gst.returns.filing import OUTWARD_FORMS, Filings, ReturnFiling, filings_of
from domain.gst.returns.pending import NOTHING, Pending, pending, waiting_for
from domain.gst.returns.period import Frequency
from domain.gst.returns.question import ReturnQuestion
from domain.gst.returns.shown import Shown, as_shown, turned, turned_moves
from domain.gst.returns.sums import sums_of_documents
from domain.gst.returns.supplies import Outward, outward_supplies
from domain.values import Struct, replace


class Drafted(Struct, frozen=True):
    """What a return that is not filed is made of: the question with its late documents, and what it amends."""

    question: ReturnQuestion
    amended: Sequence[FiledRow]
    told_by_iff: frozenset[str]


async def drafted(books: Books, question: ReturnQuestion, form: str = "GSTR1") -> Drafted:
    """Return what the return of this form would be made of if it were filed now.

    ``told_by_iff`` are the documents of which an IFF of the quarter told all that it has a place for.
    """
    filings = await filings_of(books, question.gstin)
    waiting = await _waiting(books, question, filings, form)
    amended = [row for row in waiting.changed if question.branch_id in (None, row.branch_id)]
    early = await _said_by_iffs(books, question, filings, form)
    return Drafted(_asked(question, waiting, form), amended, frozenset(early))


async def filing_asked_for(books: Books, question: ReturnQuestion, form: str = "GSTR1") -> ReturnFiling | None:
    """Return the filed return of this form that is about the very days that are asked for, if there is one."""
    period = question.period
    if period is None:
        return None
    return (await filings_of(books, question.gstin)).of(form, period.label)


async def to_be_kept(books: Books, question: ReturnQuestion, form: str) -> list[FiledRow]:
    """Return what the return of this form, filed now, tells of each document. The question is about a whole period."""
    assert question.period is not None, "only whole periods are filed"
    draft, label = await drafted(books, question, form), question.period.label
    outward = await outward_supplies(books, draft.question)
    if form == "IFF":
        fresh = as_shown([row for row in outward if row.section in OF_IFF and row.is_to_registered])
    else:
        sums = await sums_of_documents(books, draft.question)
        fresh = as_shown(outward, sums, await advances(books, draft.question), period=label)
    said = await last_said(books, list(draft.told_by_iff), forms=("IFF",)) if draft.told_by_iff else {}
    told = [
        FiledRow(document_id=each.document_id, period=label, was=_now(said, each.document_id), now=each)
        for each in fresh
    ]
    return [*told, *draft.amended]


class Liable(Struct, frozen=True):
    """What the tax of a period is owed on: supplies, and what moved of advances."""

    outward: Sequence[Outward]
    advances: Sequence[Advance]


async def liable(books: Books, question: ReturnQuestion) -> Liable:
    """Return what the statements of the period tell together, as table 3.1 of its GSTR-3B has it.

    That is its GSTR-1, as filed or as it would be, with what its amendments change, its IFFs and its GSTR-1A (GSTN
    advisory 606: table 3.1 is made of these and locked).
    """
    filings = await filings_of(books, question.gstin)
    period, within = question.period, _within(filings, question)
    kept = await rows_of(books, *[each.id for each in within]) if within else []
    outward, moved = contributed(kept), moves_of(kept)
    if period is None or filings.of("GSTR1", period.label) is None:
        draft = await drafted(books, question)
        fresh = await outward_supplies(books, draft.question)
        outward += [row for row in fresh if not (row.document_id in draft.told_by_iff and row.section in OF_IFF)]
        outward += contributed(draft.amended)
        moved += await advances(books, draft.question)
        moved += moves_of(draft.amended)
    branch_id = question.branch_id
    if branch_id is None:
        return Liable(outward, moved)
    return Liable(
        [row for row in outward if row.branch_id == branch_id], [each for each in moved if each.branch_id == branch_id]
    )


def contributed(rows: Iterable[FiledRow]) -> list[Outward]:
    """What rows of a return add to the liability: what they say, less what was said before."""
    added: list[Outward] = []
    for row in rows:
        added += row.now.outward if row.now else []
        added += turned(row.was.outward) if row.was else []
    return added


def moves_of(rows: Iterable[FiledRow]) -> list[Advance]:
    """Return what rows of a return say moved of advances, less what was said before."""
    moved: list[Advance] = []
    for row in rows:
        moved += row.now.advances if row.now else []
        moved += turned_moves(row.was.advances) if row.was else []
    return moved


def _within(filings: Filings, question: ReturnQuestion) -> list[ReturnFiling]:
    """The filed statements of outward supplies within a whole period."""
    if question.period is None:
        return []
    return [
        each
        for each in filings.filed
        if each.form in OUTWARD_FORMS and question.from_on <= each.from_on and each.to_on <= question.to_on
    ]


async def _waiting(books: Books, question: ReturnQuestion, filings: Filings, form: str) -> Pending:
    if question.period is None:
        return NOTHING
    return waiting_for(await pending(books, question.gstin, filings), filings, question, form)


def _asked(question: ReturnQuestion, waiting: Pending, form: str) -> ReturnQuestion:
    """The question with the late documents; of a GSTR-1A nothing else."""
    asked = replace(question, late_ids=waiting.late_ids)
    return replace(asked, from_on=question.to_on, to_on=question.from_on) if form == "GSTR1A" else asked


async def _said_by_iffs(books: Books, question: ReturnQuestion, filings: Filings, form: str) -> list[str]:
    """The documents that IFFs of the quarter have told and that stand."""
    if question.frequency is not Frequency.QUARTERLY or form != "GSTR1":
        return []
    early = [each.id for each in _within(filings, question) if each.form == "IFF"]
    if not early:
        return []
    return [row.document_id for row in await rows_of(books, *early) if row.now is not None]


def _now(said: dict[str, LastSaid], document_id: str) -> Shown | None:
    return said[document_id].row.now if document_id in said else None
