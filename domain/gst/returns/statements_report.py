"""The running statements of a registration over some days, month by month, from what was entered as their opening."""

from collections.abc import Sequence

from domain.books import Books
from domain.gst.returns.asked import AskedReturn
from domain.gst.returns.gstr3b_report import openings_of_statements
from domain.gst.returns.inward import Inward
from domain.gst.returns.opening_balances import GstOpeningBalances, standing
from domain.gst.returns.purchases import what_statements_follow
from domain.gst.returns.statements import RunningStatement, running
from domain.reports.question import Scope
from domain.values import Struct


class StatementsQuestion(Struct, frozen=True, kw_only=True):
    """Whose statements, over which days, and whether the papers behind them are asked for."""

    asked: AskedReturn
    is_detailed: bool = False

    @property
    def scope(self) -> Scope:
        """What part of the books is read."""
        return self.asked.scope


class Statements(Struct, frozen=True, kw_only=True):
    """Both statements, what was entered as their opening, and the figures that moved them in the days."""

    question: StatementsQuestion
    entered: GstOpeningBalances
    statements: Sequence[RunningStatement]
    inward: Sequence[Inward]


async def read(books: Books, question: StatementsQuestion) -> Statements:
    """Return the statements, out of one snapshot."""
    of = question.asked.of
    openings = await openings_of_statements(books, of)
    inward = await what_statements_follow(books, of)
    return Statements(
        question=question,
        entered=await standing(books, of.gstin),
        statements=[running(name, opening, (), inward) for name, opening in openings.items()],
        inward=inward,
    )
