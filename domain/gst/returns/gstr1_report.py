"""GSTR-1 as its registration reads it before it files: a total of each table, its rows, and what is behind them.

Nothing is read document by document unless it is asked for: the rows are sums that PostgreSQL made.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from operator import attrgetter
from types import MappingProxyType
from typing import TypeVar

from domain.books import Books
from domain.gst.returns.advances import Advance
from domain.gst.returns.amounts import NOTHING, Tax, Taxed, taxed_of
from domain.gst.returns.filed_rows import FiledRow
from domain.gst.returns.finding import Finding
from domain.gst.returns.gstr1 import Gstr1, furnished_early, grouped, summaries
from domain.gst.returns.gstr1_source import source_of
from domain.gst.returns.question import ReturnQuestion
from domain.gst.returns.rows import HsnRow, OperatorRow, PlaceRow, added_up, as_said
from domain.gst.returns.sections import Section
from domain.gst.returns.sums import DocumentCount, OutwardSum
from domain.gst.returns.supplies import Outward
from domain.gst.returns.told import form_of
from domain.gst.returns.validation import findings_of_supplies
from domain.money import ZERO
from domain.reports.question import Scope
from domain.values import Struct


class TableName(Struct, frozen=True):
    """What a table is called in the form."""

    number: str
    title: str


TABLE_NAMES: Mapping[str, TableName] = MappingProxyType(
    {
        "b2b": TableName("4A, 4B, 6B, 6C", "Supplies to registered persons, SEZ and deemed exports"),
        "b2cl": TableName("5", "Large supplies between states to unregistered persons"),
        "exp": TableName("6A", "Exports"),
        "b2cs": TableName("7", "Other supplies to unregistered persons, net of notes"),
        "nil": TableName("8", "Nil rated, exempted and non-GST supplies"),
        "cdnr": TableName("9B", "Credit and debit notes, registered"),
        "cdnur": TableName("9B", "Credit and debit notes, unregistered"),
        "at": TableName("11A", "Advances received for which no invoice has been issued"),
        "txpd": TableName("11B", "Advances received earlier and adjusted now"),
        "hsn": TableName("12", "HSN-wise summary"),
        "doc_issue": TableName("13", "Documents issued"),
        "supeco_clttx": TableName("14(a)", "Supplies through operators who collect tax (section 52)"),
        "supeco_paytx": TableName("14(b)", "Supplies through operators who pay the tax (section 9(5))"),
        "ecom": TableName("15", "Supplies through us as the operator who pays the tax (section 9(5))"),
    }
)
"""The tables of the form in their order, by the names of the portal."""

_SECTION_OF = {
    "b2b": Section.B2B,
    "b2cl": Section.B2CL,
    "exp": Section.EXP,
    "b2cs": Section.B2CS,
    "nil": Section.NIL,
    "cdnr": Section.CDNR,
    "cdnur": Section.CDNUR,
    "supeco_paytx": Section.SUPECO,
    "ecom": Section.ECOM,
}
_TOLD_BY_DOCUMENT = (Section.B2B, Section.B2CL, Section.EXP, Section.CDNR, Section.CDNUR)
_NOTES = (Section.CDNR, Section.CDNUR)
_OWED_BY_OTHERS = (Section.SUPECO,)
_TOLD_EARLY = (Section.B2B, Section.CDNR, Section.ECOM)


class Gstr1Question(Struct, frozen=True):
    """Which return, and whether what is behind the figures is asked for. ``form`` is None of a GSTR-1 or its IFF."""

    scope: Scope
    of: ReturnQuestion
    is_detailed: bool = False
    form: str | None = None


class TableTotal(Struct, frozen=True, kw_only=True):
    """A table with how many documents stand in it, what is owed for them, and its sums net of credit notes.

    ``documents`` and ``value`` are None of tables that are not made of documents.
    """

    name: str
    amounts: Taxed
    documents: int | None = None
    value: Decimal | None = None


class SupplyRow(Struct, frozen=True, kw_only=True):
    """Documents of one table alike in type, place and rate; amounts of notes are not below zero.

    ``is_credit`` says which way notes go; it is None of invoices.
    """

    section: Section
    table_type: str | None
    is_credit: bool | None
    is_reverse_charge: bool
    place_of_supply: str
    supply_type: str
    rate: Decimal
    amounts: Taxed


class Gstr1Report(Struct, frozen=True, kw_only=True):
    """The whole return. ``supplies`` are the rows of the tables of documents; ``documents`` and ``moved`` are what is
    behind the figures, where that is asked for. ``owed`` is what the supplies and advances of the days add to the tax
    that is owed: without what buyers pay on reverse charge, or operators under section 9(5). ``return_id`` is that of
    the return where it is filed, ``amended`` what it amends, ``findings`` what the portal would say to it; None where
    it was not checked.
    """

    question: Gstr1Question
    is_draft: bool
    totals: Sequence[TableTotal]
    supplies: Sequence[SupplyRow]
    tables: Gstr1
    owed: Tax
    documents: Sequence[Outward] = ()
    moved: Sequence[Advance] = ()
    return_id: str | None = None
    amended: Sequence[FiledRow] = ()
    findings: Sequence[Finding] | None = None


async def read(books: Books, question: Gstr1Question) -> Gstr1Report:
    """Return the statement of a registration and its days, as filed or as it would be, out of one snapshot."""
    of, form = question.of, question.form or form_of(question.of)
    source = await source_of(books, of, form, details=question.is_detailed)
    tables = summaries(of, source.sums, source.advances, source.issued)
    told, counts, documents, advanced = source.told, source.counts, source.documents, source.advances
    if form == "IFF":
        told, counts, documents = _told_early(told), _told_early(counts), _told_early(documents)
        advanced, tables = [], furnished_early(tables)
    filing = source.filing
    is_checked = question.is_detailed and form != "GSTR1A"
    return Gstr1Report(
        question=question,
        is_draft=of.is_draft(books.today),
        totals=_totals(told, counts, tables),
        supplies=_rows(told),
        tables=tables,
        owed=_owed(told, tables),
        documents=documents if question.is_detailed else [],
        moved=advanced if question.is_detailed else [],
        return_id=filing.id if filing else None,
        amended=source.amended,
        findings=await findings_of_supplies(books, of, source.issued) if is_checked else None,
    )


Early = TypeVar("Early", OutwardSum, DocumentCount, Outward)


def _told_early(rows: Iterable[Early]) -> list[Early]:
    """What is told in the first two months of a quarter: documents to buyers with a number."""
    return [row for row in rows if row.section in _TOLD_EARLY and row.is_to_registered]


def _rows(sums: Iterable[OutwardSum]) -> list[SupplyRow]:
    """The tables of documents, each row added up over the codes of goods and services."""
    groups = grouped((row for row in sums if row.section in _TOLD_BY_DOCUMENT), _alike)
    return [
        SupplyRow(
            section=first.section,
            table_type=first.table_type,
            is_credit=first.sign < 0 if first.section in _NOTES else None,
            is_reverse_charge=first.is_reverse_charge,
            place_of_supply=first.place_of_supply,
            supply_type=first.supply_type,
            rate=first.rate,
            amounts=as_said(groups[key]),
        )
        for key in sorted(groups)
        for first in groups[key][:1]
    ]


def _alike(row: OutwardSum) -> tuple[object, ...]:
    type_of_table, place = row.table_type or "", row.place_of_supply
    return (row.section, type_of_table, row.sign, row.is_reverse_charge, place, row.supply_type, row.rate)


def _totals(sums: Iterable[OutwardSum], counts: Iterable[DocumentCount], tables: Gstr1) -> list[TableTotal]:
    supplied, counted = grouped(sums, attrgetter("section")), grouped(counts, attrgetter("section"))
    hsn = (*tables.hsn, *tables.hsn_b2b, *tables.hsn_b2c)
    others = {
        "at": TableTotal(name="at", amounts=_sum_of(tables.at)),
        "txpd": TableTotal(name="txpd", amounts=_sum_of(tables.txpd)),
        "hsn": TableTotal(name="hsn", amounts=_sum_of(hsn)),
        "doc_issue": TableTotal(
            name="doc_issue", amounts=NOTHING, documents=sum(row.net_issued for row in tables.doc_issue)
        ),
        "supeco_clttx": TableTotal(name="supeco_clttx", amounts=_sum_of(tables.supeco_clttx)),
    }
    return [
        others[name] if name in others else _total(name, supplied.get(section, ()), counted.get(section, ()))
        for name in TABLE_NAMES
        for section in (_SECTION_OF.get(name),)
    ]


def _total(name: str, supplied: Iterable[OutwardSum], counted: Sequence[DocumentCount]) -> TableTotal:
    return TableTotal(
        name=name,
        amounts=added_up(supplied),
        documents=sum(row.documents for row in counted),
        value=sum([row.sign * row.value for row in counted], ZERO),
    )


def _sum_of(rows: Iterable[PlaceRow | HsnRow | OperatorRow]) -> Taxed:
    return taxed_of(row.amounts for row in rows)


def _owed(sums: Iterable[OutwardSum], tables: Gstr1) -> Tax:
    ours = added_up(row for row in sums if not row.is_reverse_charge and row.section not in _OWED_BY_OTHERS)
    return ours.tax + _sum_of(tables.at).tax - _sum_of(tables.txpd).tax
