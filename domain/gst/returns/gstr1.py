"""GSTR-1: what a registration supplied in its period, table by table, each a sum of the same rows.

Source: CGST Act 2017, section 37; CGST Rules 2017, rule 59; FORM GSTR-1. HSN in two lists and table 13 for everybody
from period 052025 (GSTN's advisories on tables 12 and 13).
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from types import MappingProxyType
from typing import Any, TypeVar

from domain.books import Books
from domain.gst.ecommerce import EcommerceSection
from domain.gst.returns.advances import Advance, AdvanceTable, advances
from domain.gst.returns.amounts import NOTHING
from domain.gst.returns.documents_issued import documents_issued
from domain.gst.returns.hsn_lines import HsnLine
from domain.gst.returns.question import ReturnQuestion
from domain.gst.returns.rows import (
    DocumentRow,
    HsnRow,
    IssuedRow,
    NilRow,
    OperatorRow,
    PlaceRow,
    RateRow,
    added_up,
    as_said,
)
from domain.gst.returns.sections import Section
from domain.gst.returns.sums import OutwardSum, outward_sums
from domain.gst.returns.supplies import Outward, outward_supplies
from domain.gst.tax_catalogue import TaxCategory
from domain.values import Struct, replace

HSN_IN_TWO_LISTS_SINCE = date(2025, 5, 1)
"""From this period on table 12 tells supplies to registered buyers apart from the others."""

Row = TypeVar("Row")
_DOCUMENT = attrgetter("document_id")
_EXPORT_NOTES = ("EXPWP", "EXPWOP")
_UNTAXED = (TaxCategory.NIL_RATED, TaxCategory.EXEMPT, TaxCategory.NON_GST)
_NO_QUANTITY = Decimal(0)
NOT_IN_HSN = (Section.SUPECO, Section.ECOM)
"""Supplies on which an operator pays the tax (section 9(5)) are in no summary by codes."""


TOGETHER: Mapping[Section, Callable[[Outward], str | None]] = MappingProxyType(
    {
        Section.B2B: attrgetter("gst_no"),
        Section.B2CL: attrgetter("place_of_supply"),
        Section.EXP: attrgetter("table_type"),
        Section.CDNR: attrgetter("gst_no"),
        Section.CDNUR: attrgetter("table_type"),
    }
)
"""The tables of documents, and by what those of one buyer, place or kind stand together."""


class Gstr1(Struct, frozen=True, kw_only=True):
    """The tables of a return, under the portal's names; those of amendments (``…a``) stay empty in a first return.

    ``hsn_b2b`` and ``hsn_b2c`` are the halves of table 12; ``hsn`` is the one list of periods before 052025.
    ``supeco_clttx`` is table 14(a), ``supeco_paytx`` 14(b); the four ``ecom_…`` are table 15, by whether the supplier
    and the buyer are registered.
    """

    b2b: Sequence[DocumentRow] = ()
    b2ba: Sequence[DocumentRow] = ()
    b2cl: Sequence[DocumentRow] = ()
    b2cla: Sequence[DocumentRow] = ()
    b2cs: Sequence[PlaceRow] = ()
    b2csa: Sequence[PlaceRow] = ()
    nil: Sequence[NilRow] = ()
    exp: Sequence[DocumentRow] = ()
    expa: Sequence[DocumentRow] = ()
    cdnr: Sequence[DocumentRow] = ()
    cdnra: Sequence[DocumentRow] = ()
    cdnur: Sequence[DocumentRow] = ()
    cdnura: Sequence[DocumentRow] = ()
    at: Sequence[PlaceRow] = ()
    ata: Sequence[PlaceRow] = ()
    txpd: Sequence[PlaceRow] = ()
    txpda: Sequence[PlaceRow] = ()
    doc_issue: Sequence[IssuedRow] = ()
    hsn: Sequence[HsnRow] = ()
    hsn_b2b: Sequence[HsnRow] = ()
    hsn_b2c: Sequence[HsnRow] = ()
    supeco_clttx: Sequence[OperatorRow] = ()
    supeco_paytx: Sequence[OperatorRow] = ()
    supecoa_clttxa: Sequence[OperatorRow] = ()
    supecoa_paytxa: Sequence[OperatorRow] = ()
    ecom_b2b: Sequence[DocumentRow] = ()
    ecom_b2c: Sequence[PlaceRow] = ()
    ecom_urp2b: Sequence[DocumentRow] = ()
    ecom_urp2c: Sequence[PlaceRow] = ()
    ecoma_b2ba: Sequence[DocumentRow] = ()
    ecoma_b2ca: Sequence[PlaceRow] = ()
    ecoma_urp2ba: Sequence[DocumentRow] = ()
    ecoma_urp2ca: Sequence[PlaceRow] = ()


FURNISHED_EARLY = ("b2b", "b2ba", "cdnr", "cdnra", "ecom_b2b", "ecom_urp2b", "ecoma_b2ba", "ecoma_urp2ba")
"""The tables of the invoice furnishing facility: in the first two months of a quarter nothing else is told."""
TOLD_EARLY = frozenset({Section.B2B, Section.CDNR, Section.ECOM})
"""The tables of which what was furnished early does not come again in the return of the quarter."""


class Supplies(Struct, frozen=True, kw_only=True):
    """All that a return of outward supplies is made of, as it was read: document by document, and added up."""

    outward: Sequence[Outward]
    sums: Sequence[OutwardSum]
    advances: Sequence[Advance]
    issued: Sequence[IssuedRow]


async def read_supplies(books: Books, question: ReturnQuestion) -> Supplies:
    """Read what the registration supplied, was advanced and issued in the days."""
    return Supplies(
        outward=await outward_supplies(books, question),
        sums=await outward_sums(books, question),
        advances=await advances(books, question),
        issued=await documents_issued(books, question),
    )


def gstr1_of(question: ReturnQuestion, read: Supplies, *, furnished: Collection[str] = ()) -> Gstr1:
    """Return the tables of the period.

    ``furnished`` are the ids of documents that the invoice furnishing facility has told already: they are left out of
    the tables of documents to registered buyers (rule 59(2)), not of the summaries.
    """
    told = (row for row in read.outward if row.document_id not in furnished or row.section not in TOLD_EARLY)
    of = grouped(told, attrgetter("section"))
    whole = replace(
        summaries(question, read.sums, read.advances, read.issued),
        **{section: documents_of(of.get(section, ()), key) for section, key in TOGETHER.items()},
        **documents_through_us(of.get(Section.ECOM, ())),
    )
    return furnished_early(whole) if question.period and question.period.is_iff else whole


def summaries(
    question: ReturnQuestion, sums: Iterable[OutwardSum], advanced: Iterable[Advance], issued: Sequence[IssuedRow]
) -> Gstr1:
    """Return the tables that add up: those of buyers without a number, of what bears no tax, of codes, and so on."""
    of = grouped(sums, attrgetter("section"))
    whole = [row for rows in of.values() for row in rows]
    advanced = list(advanced)
    return Gstr1(
        b2cs=by_place(of.get(Section.B2CS, ())),
        nil=_untaxed(of.get(Section.NIL, ())),
        at=_of_advances(advanced, AdvanceTable.RECEIVED),
        txpd=_of_advances(advanced, AdvanceTable.ADJUSTED),
        doc_issue=issued,
        supeco_clttx=_by_operator(
            row for row in whole if row.ecommerce_section == EcommerceSection.COLLECTED_AT_SOURCE
        ),
        supeco_paytx=_by_operator(of.get(Section.SUPECO, ())),
        **consumers_through_us(of.get(Section.ECOM, ())),
        **_hsn((row for row in whole if row.section not in NOT_IN_HSN), question.to_on),
    )


def furnished_early(whole: Gstr1) -> Gstr1:
    """Return what of the tables is told in the first two months of a quarter."""
    return Gstr1(**{name: getattr(whole, name) for name in FURNISHED_EARLY})


def grouped(rows: Iterable[Row], key: Callable[[Row], Any]) -> dict[Any, list[Row]]:
    """Return the rows by a key, in the order in which each is first met."""
    groups: dict[Any, list[Row]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return groups


def documents_of(rows: Sequence[Outward], together: Callable[[Outward], str | None]) -> list[DocumentRow]:
    """Return each document by itself, those of one buyer, place or kind one after the other."""
    whole = [list(each) for _, each in groupby(rows, _DOCUMENT)]
    whole.sort(key=lambda each: together(each[0]) or "")
    return [_document(each) for each in whole]


def _document(rows: Sequence[Outward]) -> DocumentRow:
    """One document; its amounts have no sign, and what it says at one rate is one item."""
    head = rows[0]
    return DocumentRow(
        number=head.number,
        dated_on=head.dated_on,
        value=head.document_total,
        items=tuple([RateRow(rate, as_said(each)) for rate, each in grouped(rows, attrgetter("rate")).items()]),
        supply_type=head.supply_type,
        gst_no=head.gst_no,
        place_of_supply=None if head.table_type in _EXPORT_NOTES else head.place_of_supply,
        is_reverse_charge=head.is_reverse_charge,
        table_type=head.table_type,
        is_credit=head.sign < 0 if head.is_note else None,
        shipping_bill_number=head.shipping_bill_number,
        shipping_bill_on=head.shipping_bill_on,
        port_code=head.port_code,
        supplier_gst_no=head.ecommerce_supplier_gst_no,
        document_id=head.document_id,
        kind=head.kind,
        contact_id=head.contact_id,
        contact_name=head.contact_name,
        why=head.why,
    )


_PLACE = attrgetter("place_of_supply", "supply_type", "rate")


def by_place(rows: Iterable[OutwardSum | Outward | Advance]) -> list[PlaceRow]:
    """Return the sums by place, border crossed or not, and rate, net of what counts against it."""
    groups = grouped(rows, _PLACE)
    return [
        PlaceRow(place_of_supply=place, supply_type=supply_type, rate=rate, amounts=added_up(groups[key]))
        for key in sorted(groups)
        for place, supply_type, rate in (key,)
    ]


def _untaxed(rows: Iterable[OutwardSum]) -> list[NilRow]:
    groups = grouped(rows, attrgetter("is_to_registered", "supply_type"))
    return [
        NilRow(*key, *(added_up(row for row in groups[key] if row.tax_category == one).taxable for one in _UNTAXED))
        for key in sorted(groups, reverse=True)
    ]


def _of_advances(rows: Iterable[Advance], table: AdvanceTable) -> list[PlaceRow]:
    """Net of tax; what came to nothing within the period is not told."""
    return [row for row in by_place(row for row in rows if row.table is table) if row.amounts != NOTHING]


def _by_operator(rows: Iterable[OutwardSum]) -> list[OperatorRow]:
    groups = grouped(rows, attrgetter("ecommerce_operator_gst_no"))
    return [OperatorRow(operator_gst_no=number, amounts=added_up(groups[number])) for number in sorted(groups)]


def _hsn(lines: Iterable[OutwardSum], last_day: date) -> dict[str, Any]:
    """Table 12, in one list or in its halves by buyers with and without a number; exports are in the second."""
    if last_day < HSN_IN_TWO_LISTS_SINCE:
        return {"hsn": hsn_rows(lines)}
    halves = grouped(lines, attrgetter("is_to_registered"))
    return {"hsn_b2b": hsn_rows(halves.get(True, ())), "hsn_b2c": hsn_rows(halves.get(False, ()))}


def hsn_rows(lines: Iterable[OutwardSum | HsnLine]) -> list[HsnRow]:
    """Return a summary by code, unit and rate, in their order; lines without a code come first."""
    groups = grouped(lines, attrgetter("hsn_or_sac", "unit_code", "rate"))
    return [
        HsnRow(
            hsn_or_sac=code,
            unit_code=unit,
            rate=rate,
            quantity=sum([line.sign * line.quantity for line in groups[code, unit, rate]], _NO_QUANTITY),
            amounts=added_up(groups[code, unit, rate]),
        )
        for code, unit, rate in sorted(groups, key=lambda key: (key[0] or "", *key[1:]))
    ]


def documents_through_us(rows: Sequence[Outward]) -> dict[str, Any]:
    """Return table 15, what others supplied to registered buyers through us: by whether the supplier is registered."""
    told = [row for row in rows if row.is_to_registered]
    registered = [row for row in told if row.ecommerce_supplier_gst_no is not None]
    others = [row for row in told if row.ecommerce_supplier_gst_no is None]
    return {
        "ecom_b2b": documents_of(registered, attrgetter("ecommerce_supplier_gst_no")),
        "ecom_urp2b": documents_of(others, attrgetter("gst_no")),
    }


def consumers_through_us(rows: Iterable[OutwardSum | Outward]) -> dict[str, Any]:
    """Return the same to buyers without a number, by supplier, place and rate."""
    groups = grouped((row for row in rows if not row.is_to_registered), attrgetter("ecommerce_supplier_gst_no"))
    others = by_place(groups.pop(None, ()))
    registered = [
        replace(place, supplier_gst_no=number) for number, each in sorted(groups.items()) for place in by_place(each)
    ]
    return {"ecom_b2c": registered, "ecom_urp2c": others}
