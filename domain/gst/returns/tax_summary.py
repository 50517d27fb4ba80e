"""What tax a registration charged, owes and may credit, by rate; where its tax ledgers stand; and how it is paid.

Sums of the same two streams as GSTR-3B, so that both agree.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from domain.books import Books
from domain.gst.itc import ItcEligibility
from domain.gst.returns import gstr3b_report
from domain.gst.returns.amounts import NOTHING, Tax, Taxed
from domain.gst.returns.gstr3b import Supplied, SupplyRow
from domain.gst.returns.gstr3b_report import Gstr3b, Gstr3bQuestion
from domain.gst.returns.inward import AVAILABLE, Inward, InwardTable
from domain.gst.returns.tax_ledgers import TAX_LEDGERS, Moved, TaxLedger, standing_at
from domain.values import Struct

_DAY = timedelta(days=1)


class TaxKind(StrEnum):
    """What becomes of tax."""

    OUTWARD = "OUTWARD"
    REVERSE_CHARGE = "REVERSE_CHARGE"
    ELIGIBLE = "ELIGIBLE"
    BLOCKED = "BLOCKED"
    NOT_AVAILABLE = "NOT_AVAILABLE"
    REVERSED = "REVERSED"
    RECLAIMED = "RECLAIMED"


class SummaryRow(Struct, frozen=True, kw_only=True):
    """Tax of one kind at one rate, in percent; adjustments of credit have none."""

    kind: TaxKind
    rate: Decimal | None
    worth: Taxed


class LedgerStanding(Struct, frozen=True, kw_only=True):
    """A tax ledger over the days, in the direction in which it grows."""

    ledger: TaxLedger
    opening: Tax
    moved: Moved
    closing: Tax

    @property
    def title(self) -> str:
        """What people call it."""
        return TAX_LEDGERS[self.ledger].title


class TaxSummary(Struct, frozen=True, kw_only=True):
    """The summary, with the return of the same days, which tells how the tax is paid."""

    rows: Sequence[SummaryRow]
    ledgers: Sequence[LedgerStanding]
    of: Gstr3b


async def read(books: Books, question: Gstr3bQuestion) -> TaxSummary:
    """Return the summary of the days, out of one snapshot."""
    of = await gstr3b_report.read(books, question)
    days = question.of
    before, after = await standing_at(books, question.scope, days, [days.from_on - _DAY, days.to_on])
    moved = {each.ledger: each.moved for each in of.differences}
    return TaxSummary(
        rows=summed(of.supplies, of.inward),
        ledgers=[
            LedgerStanding(ledger=ledger, opening=before[ledger], moved=moved[ledger], closing=after[ledger])
            for ledger in TaxLedger
        ],
        of=of,
    )


def summed(supplies: Iterable[Supplied], inward: Iterable[Inward]) -> list[SummaryRow]:
    """Return the figures added up by kind and rate, each kind from the lowest rate on."""
    sums: dict[tuple[TaxKind, Decimal | None], Taxed] = {}
    for kind, rate, worth in (*_supplied(supplies), *_bought(inward)):
        sums[kind, rate] = sums.get((kind, rate), NOTHING) + worth
    order = list(TaxKind)
    keys = sorted(sums, key=lambda key: (order.index(key[0]), key[1] is None, key[1] or Decimal(0)))
    return [SummaryRow(kind=kind, rate=rate, worth=sums[kind, rate]) for kind, rate in keys]


_Figure = tuple[TaxKind, Decimal | None, Taxed]


def _supplied(supplies: Iterable[Supplied]) -> Iterator[_Figure]:
    """All that is supplied but for what an operator of electronic commerce pays the tax of."""
    for each in supplies:
        if each.row is not SupplyRow.THROUGH_OPERATOR:
            yield TaxKind.OUTWARD, each.source.rate, each.worth


def _bought(inward: Iterable[Inward]) -> Iterator[_Figure]:
    for each in inward:
        kind = _KIND_OF_TABLE.get(each.table)
        if kind is not None:
            yield _of_paper(kind, each), each.rate, each.worth
        elif each.table in AVAILABLE and _is_eligible(each):
            yield TaxKind.ELIGIBLE, each.rate, each.worth


_KIND_OF_TABLE = {
    InwardTable.REVERSE_CHARGE: TaxKind.REVERSE_CHARGE,
    InwardTable.NOT_AVAILABLE: TaxKind.NOT_AVAILABLE,
    InwardTable.REVERSED_FOR_GOOD: TaxKind.REVERSED,
    InwardTable.REVERSED_FOR_A_TIME: TaxKind.REVERSED,
    InwardTable.RECLAIMED: TaxKind.RECLAIMED,
}


def _of_paper(kind: TaxKind, each: Inward) -> TaxKind:
    """What goes out through 4(B)(1) with its own paper was blocked, not reversed."""
    return TaxKind.BLOCKED if kind is TaxKind.REVERSED and each.itc_eligibility is not None else kind


def _is_eligible(each: Inward) -> bool:
    return each.itc_eligibility == ItcEligibility.ELIGIBLE
