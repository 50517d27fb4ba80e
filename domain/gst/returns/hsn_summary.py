"""The summary by code of goods and services, of what a registration supplied or bought, in its two halves.

The outward one is table 12 of GSTR-1: made of the same sums. The inward one is for books and GSTR-9, table 18.
"""

from collections.abc import Sequence

from domain.books import Books
from domain.documents.kinds import Side
from domain.gst.returns.amounts import Taxed, taxed_of
from domain.gst.returns.gstr1 import NOT_IN_HSN, hsn_rows
from domain.gst.returns.hsn_lines import HsnLine, bought_by_code, supplied_by_code
from domain.gst.returns.question import ReturnQuestion
from domain.gst.returns.rows import HsnRow
from domain.gst.returns.sums import outward_sums
from domain.reports.question import Scope
from domain.values import Struct


class HsnQuestion(Struct, frozen=True):
    """Of which registration and days, of which side of trade, and whether what is behind the rows is asked for."""

    scope: Scope
    of: ReturnQuestion
    side: Side = Side.SALE
    is_detailed: bool = False


class HsnSummary(Struct, frozen=True, kw_only=True):
    """Rows by code, unit and rate: trade with parties that have a number under GST (``registered``), and the rest."""

    question: HsnQuestion
    is_draft: bool
    registered: Sequence[HsnRow]
    others: Sequence[HsnRow]
    lines: Sequence[HsnLine]

    @property
    def total(self) -> Taxed:
        """Both halves together."""
        return taxed_of(row.amounts for row in (*self.registered, *self.others))


async def read(books: Books, question: HsnQuestion) -> HsnSummary:
    """Return the summary of a side of trade, out of one snapshot."""
    if question.side is Side.SALE:
        return await _of_supplies(books, question)
    bought = await bought_by_code(books, question.of)
    return HsnSummary(
        question=question,
        is_draft=question.of.is_draft(books.today),
        registered=hsn_rows(line for line in bought if line.is_with_registered),
        others=hsn_rows(line for line in bought if not line.is_with_registered),
        lines=bought if question.is_detailed else [],
    )


async def _of_supplies(books: Books, question: HsnQuestion) -> HsnSummary:
    sums = [row for row in await outward_sums(books, question.of) if row.section not in NOT_IN_HSN]
    return HsnSummary(
        question=question,
        is_draft=question.of.is_draft(books.today),
        registered=hsn_rows(row for row in sums if row.is_to_registered),
        others=hsn_rows(row for row in sums if not row.is_to_registered),
        lines=await supplied_by_code(books, question.of) if question.is_detailed else [],
    )
