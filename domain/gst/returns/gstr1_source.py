"""What a report on a statement of outward supplies is made of: as it was kept when it was filed, or read anew."""

from collections.abc import Iterable, Sequence

from domain.books import Books
from domain.gst.returns.advances import Advance, advances
from domain.gst.returns.amendments import sums_changed
from domain.gst.returns.documents_issued import documents_issued
from domain.gst.returns.filed_rows import OF_IFF, FiledRow, rows_of
from domain.gst.returns.filing import ReturnFiling
from domain.gst.returns.question import ReturnQuestion
from domain.gst.returns.reported import Drafted, drafted, filing_asked_for
from domain.gst.returns.rows import IssuedRow
from domain.gst.returns.sections import Section
from domain.gst.returns.sums import DocumentCount, OutwardSum, sums_and_counts, sums_of_documents
from domain.gst.returns.supplies import Outward, outward_supplies
from domain.gst.returns.told import told
from domain.money import ZERO
from domain.values import Struct


class Source(Struct, frozen=True, kw_only=True):
    """The rows of a return: ``sums`` of all that is added up, ``told`` of them those of the tables of documents.

    ``documents`` is empty unless it is asked for. ``amended`` is what it amends, ``filing`` the return if it is filed.
    """

    sums: Sequence[OutwardSum]
    told: Sequence[OutwardSum]
    counts: Sequence[DocumentCount]
    advances: Sequence[Advance]
    issued: Sequence[IssuedRow]
    documents: Sequence[Outward] = ()
    amended: Sequence[FiledRow] = ()
    filing: ReturnFiling | None = None


async def source_of(books: Books, question: ReturnQuestion, form: str, *, details: bool) -> Source:
    """Read what a report of this form is made of; its documents where ``details`` are asked for."""
    filing = await filing_asked_for(books, question, form)
    if filing is not None:
        return await _as_filed(books, question, filing)
    draft = await drafted(books, question, form)
    if draft.told_by_iff:
        return await _after_iff(books, draft)
    asked = draft.question
    sums, counts = await sums_and_counts(books, asked)
    return Source(
        sums=[*sums, *sums_changed(draft.amended)],
        told=sums,
        counts=counts,
        advances=await advances(books, asked),
        issued=await documents_issued(books, asked),
        documents=await outward_supplies(books, asked) if details else [],
        amended=draft.amended,
    )


async def _after_iff(books: Books, draft: Drafted) -> Source:
    """The rows of a quarter of which an IFF has told some: these count by code, and are told no more by document."""
    asked, early = draft.question, draft.told_by_iff
    sums = await sums_of_documents(books, asked)
    outward = await outward_supplies(books, asked)
    fresh = [row for row in outward if not (row.document_id in early and row.section in OF_IFF)]
    return Source(
        sums=[*(row for _, row in sums), *sums_changed(draft.amended)],
        told=[row for key, row in sums if not (key in early and row.section in OF_IFF)],
        counts=_counts(fresh),
        advances=await advances(books, asked),
        issued=await documents_issued(books, asked),
        documents=fresh,
        amended=draft.amended,
    )


async def _as_filed(books: Books, question: ReturnQuestion, filing: ReturnFiling) -> Source:
    kept = await rows_of(books, filing.id)
    rows = [row for row in kept if question.branch_id in (None, row.branch_id)]
    amended = [row for row in rows if row.is_amendment]
    fresh = [row for row in rows if not row.is_amendment and row.now is not None]
    early = {row.document_id for row in fresh if row.was is not None}
    outward = [each for row in fresh for each in row.shown.outward]
    documents = [row for row in outward if not (row.document_id in early and row.section in OF_IFF)]
    sums = [(row.document_id, each) for row in fresh for each in row.shown.sums]
    is_whole = question.branch_id is None
    issued = (await told(books, question, filing.form)).tables.doc_issue if is_whole else ()
    return Source(
        sums=[*(each for _, each in sums), *sums_changed(amended)],
        told=[each for key, each in sums if not (key in early and each.section in OF_IFF)],
        counts=_counts(documents),
        advances=[each for row in fresh for each in row.shown.advances],
        issued=issued,
        documents=documents,
        amended=amended,
        filing=filing,
    )


def _counts(outward: Iterable[Outward]) -> list[DocumentCount]:
    """How many documents stand in each table; a mixed one stands in two."""
    heads: dict[tuple[int, Section, bool], dict[str, Outward]] = {}
    for row in outward:
        heads.setdefault((row.sign, row.section, row.is_to_registered), {})[row.document_id] = row
    return [
        DocumentCount(
            sign=sign,
            section=section,
            is_to_registered=is_to_registered,
            documents=len(documents),
            value=sum([row.document_total for row in documents.values()], ZERO),
        )
        for (sign, section, is_to_registered), documents in heads.items()
    ]
