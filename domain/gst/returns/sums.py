"""What a registration supplied, added up by everything that a summary asks for: the rows of ``supplies`` without names.

PostgreSQL adds the lines up; each sum is classified by the same rules as a document is. All summaries are made of
these rows: tables 7, 8, 12 and 14, and the totals of the tables of documents, so the halves of table 12 equal the rest.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from domain.books import Books
from domain.gst.hsn import is_service_code
from domain.gst.in_rupees import LINE_IN_RUPEES, SUMMED_IN_RUPEES
from domain.gst.returns.question import ReturnQuestion
from domain.gst.returns.sections import Section, Verdict
from domain.gst.returns.supplies import HEADS, SIGN_OF_KIND, verdict_on
from domain.gst.tax_catalogue import TaxCategory
from domain.gst.units import NOT_APPLICABLE, OTHERS
from domain.statements import Statement
from domain.values import Struct

_NO_QUANTITY = Decimal(0)


class OutwardSum(Struct, frozen=True, kw_only=True):
    """Lines alike in all that decides their place; amounts in rupees, none below zero, ``sign`` as of ``Outward``.

    ``hsn_or_sac`` is None where lines show no code. Services have the unit ``NA`` and no quantity.
    """

    sign: int
    section: Section
    table_type: str | None
    is_to_registered: bool
    place_of_supply: str
    supply_type: str
    is_reverse_charge: bool
    ecommerce_operator_gst_no: str | None
    ecommerce_section: str | None
    ecommerce_supplier_gst_no: str | None
    tax_category: str
    rate: Decimal
    hsn_or_sac: str | None
    unit_code: str
    quantity: Decimal
    taxable: Decimal
    igst: Decimal
    cgst: Decimal
    sgst: Decimal
    cess: Decimal


class DocumentCount(Struct, frozen=True, kw_only=True):
    """How many documents stand in a table, and what is owed for all of them (rupees), whichever way they go."""

    sign: int
    section: Section
    is_to_registered: bool
    documents: int
    value: Decimal


_DECIDING = (
    *("kind", "gst_treatment", "place_of_supply", "supply_type", "is_export_with_payment", "is_large"),
    *("value_limit", "ecommerce_section", "ecommerce_operator_gst_no", "is_tax_paid_by_operator"),
)
_FURTHER = ("is_reverse_charge", "ecommerce_supplier_gst_no")
_NAMES = (*_DECIDING, *_FURTHER)
_COLUMNS = ", ".join(f"document.{name}" for name in _NAMES)
_ALIKE = " || '|' || ".join(f"coalesce(head.{name}::text, '')" for name in _NAMES)


def _sums(key: str) -> Statement:
    """The statement that adds up the lines of documents that have the same ``key``.

    PostgreSQL compares one text for each line instead of all that decides; what decides is that of any one of them.
    """
    return Statement(
        f"""
with document as materialized (
  select head.id, head.exchange_rate, head.document_total, {", ".join(f"head.{name}" for name in _NAMES)},
         {key} as key
    from ({HEADS}) as head
), counted as (
  select document.key, min(document.id) as id, count(*) as documents, sum(document.document_total) as value
    from document
   group by document.key
), added as (
  select document.key,
         line.tax_category,
         line.tax_percentage,
         line.hsn_or_sac,
         line.unit_code,
         sum(line.quantity) as quantity,
         {SUMMED_IN_RUPEES}
    from document
    join document_lines as line
      on line.organization_id = %(organization_id)s
     and line.document_id = document.id
   cross join {LINE_IN_RUPEES}
   group by document.key, line.tax_category, line.tax_percentage, line.hsn_or_sac, line.unit_code
)
select document.id as document_id,
       counted.documents,
       counted.value,
       {_COLUMNS},
       added.tax_category,
       trim_scale(added.tax_percentage) as rate,
       added.hsn_or_sac,
       added.unit_code,
       trim_scale(added.quantity) as quantity,
       added.taxable,
       added.igst,
       added.cgst,
       added.sgst,
       added.cess
  from added
  join counted
    on counted.key = added.key
  join document
    on document.id = counted.id
"""  # noqa: S608  # fragments of our own
    )


_SUMS, _SUMS_OF_DOCUMENTS = _sums(_ALIKE), _sums("head.id")

# Which categories a document has lines of, as bits in the order of ``TaxCategory``.
_CATEGORIES = tuple(TaxCategory)
_BITS = " ".join(f"when '{category}' then {1 << place}" for place, category in enumerate(_CATEGORIES))
_COUNTS = Statement(
    f"""
with document as (
  {HEADS}
)
select {_COLUMNS},
       counted.categories,
       count(*) as documents,
       sum(document.document_total) as value
  from document
 cross join lateral (
   select bit_or(case line.tax_category {_BITS} end) as categories
     from document_lines as line
    where line.organization_id = %(organization_id)s
      and line.document_id = document.id
 ) as counted
 group by {_COLUMNS}, counted.categories
"""  # noqa: S608  # fragments of our own
)


async def outward_sums(books: Books, question: ReturnQuestion) -> list[OutwardSum]:
    """Return what the registration supplied in the days, added up."""
    return [_sum(row) for row in await _read(books, _SUMS, question)]


async def sums_of_documents(books: Books, question: ReturnQuestion) -> list[tuple[str, OutwardSum]]:
    """Return the same of each document by itself, with its id."""
    return [(row["document_id"], _sum(row)) for row in await _read(books, _SUMS_OF_DOCUMENTS, question)]


async def sums_and_counts(books: Books, question: ReturnQuestion) -> tuple[list[OutwardSum], list[DocumentCount]]:
    """Return the sums, and how many documents stand in each table; a mixed document stands in two.

    Where all lines of documents alike belong in one table, these are counted with the sums; else line by line.
    """
    rows = await _read(books, _SUMS, question)
    alike: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        alike.setdefault(row["document_id"], []).append(row)
    counted = [(each[0], _places(verdict_on(row) for row in each)) for each in alike.values()]
    if any(len(places) > 1 for _, places in counted):
        counted = [(row, _places_of(row)) for row in await _read(books, _COUNTS, question)]
    return [_sum(row) for row in rows], [_count(row, place) for row, places in counted for place in places]


async def _read(books: Books, statement: Statement, question: ReturnQuestion) -> list[dict[str, Any]]:
    return await books.rows(statement, kinds=list(SIGN_OF_KIND), **question.bounds)


def _count(row: dict[str, Any], place: tuple[Section, bool]) -> DocumentCount:
    section, is_to_registered = place
    return DocumentCount(
        sign=SIGN_OF_KIND[row["kind"]],
        section=section,
        is_to_registered=is_to_registered,
        documents=row["documents"],
        value=row["value"],
    )


def _sum(row: dict[str, Any]) -> OutwardSum:
    verdict, code, unit = verdict_on(row), row["hsn_or_sac"], row["unit_code"]
    is_service = code is not None and is_service_code(code)
    told = {name: row[name] for name in OutwardSum.__struct_fields__ if name in row}
    return OutwardSum(
        **{
            **told,
            "sign": SIGN_OF_KIND[row["kind"]],
            "section": verdict.section,
            "table_type": verdict.table_type,
            "is_to_registered": verdict.is_to_registered,
            "unit_code": NOT_APPLICABLE if is_service else unit or OTHERS,
            "quantity": _NO_QUANTITY if is_service else row["quantity"],
        }
    )


def _places_of(row: dict[str, Any]) -> list[tuple[Section, bool]]:
    found = (category for place, category in enumerate(_CATEGORIES) if row["categories"] & 1 << place)
    return _places(verdict_on({**row, "tax_category": category}) for category in found)


def _places(verdicts: Iterable[Verdict]) -> list[tuple[Section, bool]]:
    """The tables of verdicts and their halves, each once."""
    return list(dict.fromkeys((verdict.section, verdict.is_to_registered) for verdict in verdicts))
