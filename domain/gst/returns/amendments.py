"""The tables of amendments: what was filed before and is otherwise now, as the portal takes it (b2ba, b2csa …).

A document stands with its whole present values and with number and date as filed; what is void by now stands with
nought. What was told by place and rate stands with the whole sums of its month and place. Source: FORM GSTR-1, tables 9
and 10; GSTN's returns offline tool.
"""

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from domain.books import Books
from domain.gst.ecommerce import EcommerceSection
from domain.gst.returns.advances import Advance, AdvanceTable
from domain.gst.returns.filed_rows import FiledRow, last_said, rows_of
from domain.gst.returns.filing import OUTWARD_FORMS, filings_of
from domain.gst.returns.gstr1 import TOGETHER, by_place, consumers_through_us, documents_of, documents_through_us
from domain.gst.returns.rows import DocumentRow, OperatorRow, PlaceRow, added_up
from domain.gst.returns.sections import Section
from domain.gst.returns.shown import turned_sums
from domain.gst.returns.sums import OutwardSum
from domain.gst.returns.supplies import Outward
from domain.money import ZERO
from domain.values import replace

AMENDMENT_OF: Mapping[str, str] = MappingProxyType(
    {
        "b2b": "b2ba",
        "b2cl": "b2cla",
        "b2cs": "b2csa",
        "exp": "expa",
        "cdnr": "cdnra",
        "cdnur": "cdnura",
        "at": "ata",
        "txpd": "txpda",
        "supeco": "supecoa",
        "ecom": "ecoma",
    }
)
"""The table that amends each table; table 8 has none, so that its next one tells the difference."""

_OPERATORS = (
    ("supecoa_clttxa", lambda row: row.ecommerce_section == EcommerceSection.COLLECTED_AT_SOURCE),
    ("supecoa_paytxa", lambda row: row.section is Section.SUPECO),
)


async def amendment_tables(books: Books, gstin: str, amended: Sequence[FiledRow]) -> dict[str, Sequence[Any]]:
    """Return the tables of amendments by their names, those that have rows."""
    if not amended:
        return {}
    tables: dict[str, list[Any]] = {
        AMENDMENT_OF[section]: _as_filed(documents_of(_present(section, amended), together), amended)
        for section, together in TOGETHER.items()
    }
    for name, documents in documents_through_us(_present(Section.ECOM, amended)).items():
        tables[_amendment_of_part(name)] = _as_filed(documents, amended)
    of_periods: dict[str, list[Outward]] = {}
    for period in sorted({row.period for row in amended if _is_in_sums(row)}):
        standing = await _as_it_stands(books, gstin, period, amended)
        of_periods[period] = [each for row in standing for each in _now(row)]
        for table in AdvanceTable:
            tables.setdefault(AMENDMENT_OF[table], []).extend(_advances(period, standing, amended, table))
    tables["b2csa"] = [row for period, rows in of_periods.items() for row in _places(period, rows, amended)]
    for name, is_of in _OPERATORS:
        tables[name] = [
            row for period, rows in of_periods.items() for row in _operators(period, filter(is_of, rows), amended)
        ]
    for period, rows in of_periods.items():
        for name, places in _through_us(period, rows, amended).items():
            tables.setdefault(_amendment_of_part(name), []).extend(places)
    return {name: rows for name, rows in tables.items() if rows}


def sums_changed(amended: Iterable[FiledRow]) -> list[OutwardSum]:
    """What amendments change in the tables that add up and have no amendments: table 8, and the summary by codes."""
    changes: list[OutwardSum] = []
    for row in amended:
        changes += row.now.sums if row.now else []
        changes += turned_sums(row.was.sums) if row.was else []
    return [_only_by_code(row) for row in changes if row.section not in (Section.SUPECO, Section.ECOM)]


def _only_by_code(row: OutwardSum) -> OutwardSum:
    """A sum for table 8 as it is; any other so that no table but that by codes takes it."""
    return row if row.section is Section.NIL else replace(row, section=Section.EXP, ecommerce_section=None)


def _amendment_of_part(name: str) -> str:
    """The list of table 15A that amends one of table 15: ``ecoma_b2ba`` of ``ecom_b2b``."""
    section, _, part = name.partition("_")
    return f"{AMENDMENT_OF[section]}_{part}a"


def _present(section: Section, amended: Iterable[FiledRow]) -> list[Outward]:
    """The rows of a table, as they are now, of the documents that were told in it."""
    told = [row for row in amended if any(each.section is section for each in _was(row))]
    return [each for row in told for each in _now(row) if each.section is section]


def _as_filed(documents: Iterable[DocumentRow], amended: Iterable[FiledRow]) -> list[DocumentRow]:
    """The documents with number and date as they were filed."""
    before = {row.document_id: each for row in amended for each in _was(row)}
    return [
        replace(row, amended_number=before[row.document_id].number, amended_on=before[row.document_id].dated_on)
        for row in documents
        if row.document_id is not None
    ]


def _was(row: FiledRow) -> Sequence[Outward]:
    return row.was.outward if row.was else ()


def _now(row: FiledRow) -> list[Outward]:
    """What a document says now; nought at each of its rates where it is void."""
    return row.now.outward if row.now else [_nought(each) for each in _was(row)]


def _nought(row: Outward) -> Outward:
    return replace(row, document_total=ZERO, taxable=ZERO, igst=ZERO, cgst=ZERO, sgst=ZERO, cess=ZERO)


def _moved_before(row: FiledRow) -> Sequence[Advance]:
    return row.was.advances if row.was else ()


def _moved_now(row: FiledRow) -> list[Advance]:
    """What moved of an advance, as it stands now; nought of each move where it is void."""
    if row.now:
        return row.now.advances
    return [replace(each, taxable=ZERO, igst=ZERO, cgst=ZERO, sgst=ZERO) for each in _moved_before(row)]


def _is_in_sums(row: FiledRow) -> bool:
    """Whether something of it was told by place and rate, or by operator, and not by itself."""
    return bool(_moved_before(row)) or any(
        each.section in (Section.B2CS, Section.SUPECO) or each.ecommerce_section is not None for each in _was(row)
    )


async def _as_it_stands(books: Books, gstin: str, period: str, amended: Sequence[FiledRow]) -> list[FiledRow]:
    """All that a period told first of documents and advances, each as it stands now."""
    filings = await filings_of(books, gstin)
    within = [each.id for each in filings.filed if each.period == period and each.form in OUTWARD_FORMS]
    told = [row.document_id for row in await rows_of(books, *within) if row.period == period]
    standing = {key: each.row for key, each in (await last_said(books, told, forms=OUTWARD_FORMS)).items()}
    standing |= {row.document_id: row for row in amended if row.document_id in standing}
    return list(standing.values())


def _advances(
    period: str, standing: Iterable[FiledRow], amended: Iterable[FiledRow], table: AdvanceTable
) -> list[PlaceRow]:
    """The sums of each place and rate of advances of which something changed, nought where nothing is left."""
    place = attrgetter("table", "place_of_supply", "supply_type", "rate")
    changed = {place(each) for row in amended if row.period == period for each in _moved_before(row)}
    moved = [each for row in standing for each in _moved_now(row) if each.table is table and place(each) in changed]
    return [replace(row, amended_period=period) for row in by_place(moved)]


def _places(period: str, rows: Sequence[Outward], amended: Iterable[FiledRow]) -> list[PlaceRow]:
    """The sums of each place of which something changed."""
    place = attrgetter("place_of_supply", "supply_type")
    of_period = [row for row in amended if row.period == period]
    changed = {place(each) for row in of_period for each in _was(row) if each.section is Section.B2CS}
    told = [row for row in rows if row.section is Section.B2CS and place(row) in changed]
    return [replace(row, amended_period=period) for row in by_place(told)]


def _through_us(period: str, rows: Sequence[Outward], amended: Iterable[FiledRow]) -> dict[str, list[PlaceRow]]:
    """Table 15 to buyers without a number: the sums of each supplier and place of which something changed."""
    place = attrgetter("section", "is_to_registered", "ecommerce_supplier_gst_no", "place_of_supply", "supply_type")
    changed = {place(each) for row in amended if row.period == period for each in _was(row)}
    told = [row for row in rows if row.section is Section.ECOM and place(row) in changed]
    return {
        name: [replace(row, amended_period=period) for row in places]
        for name, places in consumers_through_us(told).items()
    }


def _operators(period: str, rows: Iterable[Outward], amended: Iterable[FiledRow]) -> list[OperatorRow]:
    number = attrgetter("ecommerce_operator_gst_no")
    changed = {number(each) for row in amended if row.period == period for each in _was(row)} - {None}
    of_operators: dict[str, list[Outward]] = {}
    for row in rows:
        if number(row) in changed:
            of_operators.setdefault(number(row), []).append(row)
    return [
        OperatorRow(
            operator_gst_no=key,
            amounts=added_up(of_operators[key]),
            amended_period=period,
            amended_operator_gst_no=key,
        )
        for key in sorted(of_operators)
    ]
