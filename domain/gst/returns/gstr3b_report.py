"""GSTR-3B as its registration reads it before it files: the tables, how they are paid, and whether the books agree."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from domain.books import Books
from domain.gst.rates import GST_BEGAN_ON
from domain.gst.returns import lateness, opening_balances
from domain.gst.returns.amounts import NO_TAX, Tax, tax_of
from domain.gst.returns.checks_of_returns import Taxes
from domain.gst.returns.filing import filings_of
from domain.gst.returns.finding import Finding
from domain.gst.returns.gstr3b import Supplied, Tables, supplied, tables_of
from domain.gst.returns.inward import Inward, InwardTable
from domain.gst.returns.inward_told import inward_told
from domain.gst.returns.lateness import MonthLiability
from domain.gst.returns.period import Frequency, month_of, quarter_of
from domain.gst.returns.purchases import what_statements_follow
from domain.gst.returns.question import ReturnQuestion
from domain.gst.returns.reported import liable
from domain.gst.returns.set_off import SetOff, set_off
from domain.gst.returns.statements import (
    RunningStatement,
    Shortfall,
    StatementName,
    movement_of,
    running,
    shortfalls,
)
from domain.gst.returns.tax_ledgers import TAX_LEDGERS, Moved, TaxLedger, moved_on_ledgers, standing_at
from domain.gst.returns.validation import findings_of_taxes
from domain.gst.states import state_of_prefix
from domain.reports.question import Scope
from domain.statements import Statement
from domain.values import Struct, replace

_DAY = timedelta(days=1)
_FORM = "GSTR3B"


class Gstr3bQuestion(Struct, frozen=True, kw_only=True):
    """Which return, and what the books do not know of it.

    ``paid_on`` is the day on which it is paid and filed, ``None``: in time; ``credit`` what the electronic credit
    ledger stood at before the period, ``None``: what the input tax accounts did. ``is_detailed`` asks for what is
    behind the figures.
    """

    scope: Scope
    of: ReturnQuestion
    paid_on: date | None = None
    credit: Tax | None = None
    is_detailed: bool = False


class Difference(Struct, frozen=True, kw_only=True):
    """A tax ledger beside the return: what papers moved on it, what the return says, and what was entered by hand."""

    ledger: TaxLedger
    moved: Moved
    returned: Tax

    @property
    def title(self) -> str:
        """What people call the ledger."""
        return TAX_LEDGERS[self.ledger].title

    @property
    def difference(self) -> Tax:
        """What papers posted and the return does not say; nothing where the books are as the return is."""
        return self.moved.by_papers - self.returned


class Gstr3b(Struct, frozen=True, kw_only=True):
    """The whole return: ``supplies`` and ``inward`` are the figures of which ``tables`` are the sums.

    ``findings`` are what the portal would say to it.
    """

    question: Gstr3bQuestion
    is_draft: bool
    tables: Tables
    due_on: date
    months: Sequence[MonthLiability]
    interest: Tax
    late_fee: Tax
    opening_credit: Tax
    payment: SetOff
    differences: Sequence[Difference]
    statements: Sequence[RunningStatement]
    shortfalls: Sequence[Shortfall]
    supplies: Sequence[Supplied]
    inward: Sequence[Inward]
    findings: Sequence[Finding] = ()


_TOLD = Statement(
    """
select distinct shown.document_id
  from return_filings as filing
  join return_rows as shown
    on shown.organization_id = %(organization_id)s
   and shown.filing_id = filing.id
   and shown.document_id = any(%(document_ids)s)
 where filing.organization_id = %(organization_id)s
   and filing.gstin = %(gstin)s
   and filing.form = 'GSTR3B'
   and filing.status = 'FILED'
"""
)
_TURNOVER = Statement("select aggregate_turnover from organizations where id = %(organization_id)s")


async def read(books: Books, question: Gstr3bQuestion) -> Gstr3b:
    """Return the GSTR-3B of a registration and period, out of one snapshot."""
    of = question.of
    owed = await liable(books, of)
    supplies = supplied(owed.outward, owed.advances)
    inward = (await inward_told(books, of)).inward
    tables = tables_of(supplies, inward)
    opening = question.credit
    if opening is None:
        (standing,) = await standing_at(books, question.scope, of, [of.from_on - _DAY])
        opening = standing[TaxLedger.INPUT]
    payment = set_off(
        payable=tables.output_tax.in_rupees(),
        reverse_charge=tables.reverse_charge.tax.in_rupees(),
        credit=(opening + tables.net_credit).in_rupees(),
        on=of.to_on,
    )
    openings = await openings_of_statements(books, of)
    lacking = shortfalls(openings, inward)
    checked = Taxes(tables=tables, shortfalls=lacking, today=books.today)
    due_on = _due_on(of, of.to_on)
    paid_on = question.paid_on or due_on
    months = liability_by_month(of, supplies, inward)
    turnover: Decimal | None = await books.value(_TURNOVER)
    return Gstr3b(
        question=question,
        is_draft=of.is_draft(books.today),
        tables=tables,
        due_on=due_on,
        months=months,
        interest=lateness.interest(
            months, cash=payment.cash_needed, period_months=_months_of(of), return_due_on=due_on, paid_on=paid_on
        ),
        late_fee=lateness.late_fee(is_nil=tables.is_nil, turnover=turnover, return_due_on=due_on, filed_on=paid_on),
        opening_credit=opening,
        payment=payment,
        differences=differences_of(await moved_on_ledgers(books, of), tables),
        statements=[running(name, stood, (), inward) for name, stood in openings.items()],
        shortfalls=lacking,
        supplies=supplies,
        inward=inward,
        findings=await findings_of_taxes(books, of, checked, inward),
    )


def liability_by_month(
    of: ReturnQuestion, supplies: Sequence[Supplied], inward: Sequence[Inward]
) -> list[MonthLiability]:
    """Return the tax of table 3.1 by the month of the document's date: the break-up table of liability.

    Source: GSTN advisory of 30-01-2026.
    """
    owed = [each for each in inward if each.table is InwardTable.REVERSE_CHARGE]
    months = {_month(each.dated_on) for each in supplies if each.worth.tax != NO_TAX}
    months |= {_month(each.paper.dated_on) for each in owed}
    return [
        MonthLiability(
            month=month,
            due_on=_due_on(of, _last_day_of(of, month)),
            outward=tax_of(each.worth.tax for each in supplies if _month(each.dated_on) == month),
            reverse_charge=tax_of(each.worth.tax for each in owed if _month(each.paper.dated_on) == month),
        )
        for month in sorted(months)
    ]


def differences_of(moved: Mapping[TaxLedger, Moved], tables: Tables) -> list[Difference]:
    """Return each tax ledger beside what the return says of it (gst-rules 12.6): the control of both."""
    returned = {
        TaxLedger.OUTPUT: tables.output_tax,
        TaxLedger.REVERSE_CHARGE: tables.reverse_charge.tax,
        TaxLedger.INPUT: tables.net_credit,
    }
    return [Difference(ledger=ledger, moved=moved[ledger], returned=tax) for ledger, tax in returned.items()]


async def openings_of_statements(books: Books, of: ReturnQuestion) -> dict[StatementName, Tax]:
    """Return what the running statements stood at before the days: what was entered, and what came since.

    A paper of a filed period that its return does not tell came later, and counts where it is told.
    """
    entered = await opening_balances.standing(books, of.gstin)
    since = GST_BEGAN_ON if entered.as_of_on is None else entered.as_of_on + _DAY
    before: Sequence[Inward] = ()
    if since < of.from_on:
        figures = await what_statements_follow(books, replace(of, from_on=since, to_on=of.from_on - _DAY))
        before = await _told_before(books, of, figures)
    return {name: movement_of(name, stood, before).closing for name, stood in entered.by_statement.items()}


async def _told_before(books: Books, of: ReturnQuestion, figures: Sequence[Inward]) -> Sequence[Inward]:
    filings = await filings_of(books, of.gstin)
    first, last = filings.first(_FORM), filings.last(_FORM)
    if first is None or last is None or last.to_on + _DAY != of.from_on:
        return figures
    asked = [each.paper.document_id for each in figures if each.paper.dated_on >= first.from_on]
    told = {row["document_id"] for row in await books.rows(_TOLD, gstin=of.gstin, document_ids=asked)}
    return [each for each in figures if each.paper.dated_on < first.from_on or each.paper.document_id in told]


def _due_on(of: ReturnQuestion, last_day: date) -> date:
    state = state_of_prefix(of.gstin[:2]) or ""
    return lateness.due_on(last_day, is_quarterly=of.frequency is Frequency.QUARTERLY, state_code=state)


def _last_day_of(of: ReturnQuestion, month: date) -> date:
    """The last day of the period of a return in which the tax of a month ought to have been declared."""
    period = quarter_of(month) if of.frequency is Frequency.QUARTERLY else month_of(month)
    return period.last_day


def _months_of(of: ReturnQuestion) -> frozenset[date]:
    months, month = set(), _month(of.from_on)
    while month <= of.to_on:
        months.add(month)
        month = month_of(month).last_day + _DAY
    return frozenset(months)


def _month(on: date) -> date:
    return on.replace(day=1)
