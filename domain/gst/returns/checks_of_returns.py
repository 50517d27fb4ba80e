"""What the portal refuses, or asks about, of a return as a whole: pure checks of its documents, tables and turn.

Source: GSTN's tool and advisories; CGST Rules 2017, rules 46(b), 59 and 61; each check names its own.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from domain.financial_year import financial_year_of
from domain.gst.document_numbers import number_key
from domain.gst.itc import last_day_of_credit
from domain.gst.returns.checked import CheckedDocument
from domain.gst.returns.differences import Difference
from domain.gst.returns.finding import Check, Fault, Finding, Severity
from domain.gst.returns.gstr3b import Tables
from domain.gst.returns.inward import AVAILABLE, ON_REVERSE_CHARGE, Inward, InwardTable
from domain.gst.returns.series import Run, gaps
from domain.gst.returns.statements import Shortfall
from domain.money import ZERO
from domain.values import Struct

Faults = Iterator[Fault]
_REFUSED, _QUERIED = Severity.REFUSED, Severity.QUERIED


class WholeReturn(Struct, frozen=True, kw_only=True):
    """What is known of any return: whether its turn has come (else why not), and whether its time is over."""

    to_on: date
    today: date
    is_filed: bool = False
    not_its_turn: str | None = None
    can_be_filed_until: date | None = None


def _not_over(whole: WholeReturn) -> Faults:
    if whole.today <= whole.to_on:
        yield Fault(f"The period ends on {whole.to_on}; what comes until then is not in it yet.")


def _order(whole: WholeReturn) -> Faults:
    if whole.not_its_turn is not None and not whole.is_filed:
        yield Fault(whole.not_its_turn)


def _barred(whole: WholeReturn) -> Faults:
    last = whole.can_be_filed_until
    if last is not None and whole.today > last and not whole.is_filed:
        yield Fault(f"It could be filed until {last}.")


CHECKS_OF_ANY: tuple[Check[WholeReturn], ...] = (
    Check(
        "return.not_over",
        _QUERIED,
        "CGST Act, sections 37(1) and 39(1): a return is of a period that has ended",
        "File it once the period is over.",
        _not_over,
    ),
    Check(
        "return.order",
        _REFUSED,
        "CGST Act, sections 37(4) and 39(10); CGST Rules, rule 59(6)",
        "File the other return first, or mark it as filed.",
        _order,
    ),
    Check(
        "return.barred",
        _REFUSED,
        "CGST Act, sections 37(5) and 39(11): three years after it was due",
        "Nothing can be done on the portal; ask the officer.",
        _barred,
    ),
)


def _gaps(issued: Sequence[Run]) -> Faults:
    for gap in gaps(issued):
        yield Fault(f"Between {gap.after} and {gap.before} {gap.missing} numbers are missing.", "number")


CHECKS_OF_SUPPLIES: tuple[Check[Sequence[Run]], ...] = (
    Check(
        "number.gap",
        _QUERIED,
        "CGST Rules, rule 46(b): consecutive numbers; FORM GSTR-1, table 13",
        "See whether a document is still a draft, or was issued by hand and not entered.",
        _gaps,
    ),
)

DUPLICATE = Check[CheckedDocument](
    "number.duplicate",
    _REFUSED,
    "CGST Rules, rule 46(b): a number stands once a financial year; inv-1 and INV-1 are one",
    "Void one of the two.",
    lambda document: iter((Fault(f"{document.number} stands twice in its financial year.", "number"),)),
)
CHANGED = Check[Difference](
    "document.changed",
    _QUERIED,
    "CGST Act, section 37(3); CGST Rules, rule 59(1): what a filed return shows is amended",
    "It goes into the return that is named, by itself.",
    lambda change: iter((Fault(f"{change.change.lower()} since it was filed: {change.told}."),)),
)


def twins(documents: Sequence[CheckedDocument]) -> list[CheckedDocument]:
    """Return the documents whose number another one of their kind has in the same financial year, whatever its case."""
    keys = [(each.kind, financial_year_of(each.dated_on), number_key(each.number)) for each in documents]
    counted = Counter(keys)
    return [each for each, key in zip(documents, keys, strict=True) if counted[key] > 1]


class Taxes(Struct, frozen=True, kw_only=True):
    """A GSTR-3B: its tables, what was bought, and what its statements lack; ``today`` ends the time for credit."""

    tables: Tables
    shortfalls: Sequence[Shortfall]
    today: date


def _statement(taxes: Taxes) -> Faults:
    for each in taxes.shortfalls:
        yield Fault(each.message, f"{each.name.lower()}.{each.head}")


def _below_nought(taxes: Taxes) -> Faults:
    rows = {**taxes.tables.reversed, InwardTable.RECLAIMED: taxes.tables.told[InwardTable.RECLAIMED]}
    for table, tax in rows.items():
        for head in ("igst", "cgst", "sgst", "cess"):
            if getattr(tax, head) < ZERO:
                yield Fault(f"{table} has {getattr(tax, head)} of {head.upper()}.", table)
    for table, values in taxes.tables.untaxed.items():
        if min(values.interstate, values.intrastate) < ZERO:
            yield Fault(f"Table {table} has {min(values.interstate, values.intrastate)}.", table)


def _unequal(taxes: Taxes) -> Faults:
    for table, tax in {**taxes.tables.available, **taxes.tables.told}.items():
        if tax.cgst != tax.sgst:
            yield Fault(f"{table} has {tax.cgst} of CGST and {tax.sgst} of SGST.", table)


CHECKS_OF_TAXES: tuple[Check[Taxes], ...] = (
    Check(
        "statement.exceeded",
        _REFUSED,
        "GSTN advisory of 29-12-2025: no more reclaimed than reversed, no more credited of reverse charge than paid",
        "Enter what the statement stood at when the books began, or take less.",
        _statement,
    ),
    Check(
        "table.negative",
        _REFUSED,
        "GSTN's GSTR-3B utility 5.8: nothing below nought in 4(B), 4(D)(1) and 5",
        "A reversal below nought is a reclaim; what was given back of table 5 waits for the next return.",
        _below_nought,
    ),
    Check(
        "tax.unequal",
        _QUERIED,
        "CGST Act, section 9, and the SGST Acts: both are half of the rate",
        "See which vendor's paper has another tax printed on it.",
        _unequal,
    ),
)


def _time_barred(taken: tuple[Inward, date]) -> Faults:
    inward, today = taken
    last = last_day_of_credit(inward.paper.dated_on)
    is_credit = inward.table in AVAILABLE and inward.table not in ON_REVERSE_CHARGE
    if is_credit and inward.paper.kind != "ITC_ADJUSTMENT" and today > last and inward.worth.tax.total > ZERO:
        yield Fault(f"Its credit could be taken until {last}.", "date")


TIME_BARRED = Check[tuple[Inward, date]](
    "credit.time_barred",
    _REFUSED,
    "CGST Act, section 16(4): until 30 November after the financial year of the invoice",
    "Mark its lines as time-barred: it is told in 4(D)(2) then.",
    _time_barred,
)


def of_paper(check: Check[tuple[Inward, date]], inward: Inward, today: date) -> Iterator[Finding]:
    """Return what a check finds of something bought."""
    paper = inward.paper
    for fault in check.find((inward, today)):
        yield check.finding(fault, document_id=paper.document_id, document_type=paper.kind, number=paper.number)
