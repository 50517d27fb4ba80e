"""What a registration supplied by code of goods and services: each document by HSN, unit and rate, in rupees.

The lines are those of ``supplies``, so that both halves of the summary equal the tables of documents. Supplies on which
an operator of electronic commerce pays the tax are not in it. Source: FORM GSTR-1, table 12.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from domain.books import Books
from domain.gst.hsn import is_service_code
from domain.gst.returns.in_rupees import LINE_IN_RUPEES, SUMMED_IN_RUPEES
from domain.gst.returns.question import ReturnQuestion
from domain.gst.returns.sections import EcommerceSection
from domain.gst.returns.supplies import SIGN_OF_KIND, SUPPLIED
from domain.gst.treatments import GstTreatment
from domain.gst.units import NOT_APPLICABLE, OTHERS
from domain.statements import Statement
from domain.values import Struct

_NO_QUANTITY = Decimal(0)


class HsnLine(Struct, frozen=True, kw_only=True):
    """What was supplied under one code, in one unit and at one rate; amounts in rupees, none below zero.

    ``sign`` as of ``Outward``. ``hsn_or_sac`` is None where the line shows no code. Services have the unit ``NA`` and
    no quantity. ``document_id``, ``number`` and ``dated_on`` are None where documents are added up.
    """

    sign: int
    is_to_registered: bool
    hsn_or_sac: str | None
    unit_code: str
    rate: Decimal
    quantity: Decimal
    taxable: Decimal
    igst: Decimal
    cgst: Decimal
    sgst: Decimal
    cess: Decimal
    document_id: str | None = None
    number: str | None = None
    dated_on: date | None = None


def _lines(*keys: str) -> Statement:
    """The statement that adds the lines up by further ``keys`` of the document."""
    further = "".join(f"document.{key},\n       " for key in keys)
    grouped = "".join(f",\n          document.{key}" for key in keys)
    return Statement(
        f"""
select {further}document.kind,
       document.gst_treatment,
       line.hsn_or_sac,
       line.unit_code,
       trim_scale(line.tax_percentage) as rate,
       trim_scale(sum(line.quantity)) as quantity,
       {SUMMED_IN_RUPEES}
  from documents as document,
       branches as branch,
       document_lines as line
 cross join {LINE_IN_RUPEES}
 where {SUPPLIED}
   and document.ecommerce_section is distinct from '{EcommerceSection.SECTION_9_5}'
 group by document.kind,
          document.gst_treatment,
          line.hsn_or_sac,
          line.unit_code,
          line.tax_percentage{grouped}
 order by line.hsn_or_sac, line.unit_code, line.tax_percentage, document.kind, document.gst_treatment{grouped}
"""  # noqa: S608  # fragments of our own
    )


_ADDED_UP = _lines()
_OF_DOCUMENTS = _lines("id", "number", "dated_on")


async def hsn_lines(books: Books, question: ReturnQuestion) -> list[HsnLine]:
    """Return what the registration supplied in the days by code, unit and rate, all documents of a kind added up."""
    return [_line(row) for row in await _rows(books, _ADDED_UP, question)]


async def hsn_lines_of_documents(books: Books, question: ReturnQuestion) -> list[HsnLine]:
    """Return the same of each document by itself."""
    return [
        _line(row, document_id=row.pop("id"), number=row.pop("number"), dated_on=row.pop("dated_on"))
        for row in await _rows(books, _OF_DOCUMENTS, question)
    ]


async def _rows(books: Books, statement: Statement, question: ReturnQuestion) -> list[dict[str, Any]]:
    return await books.rows(statement, kinds=list(SIGN_OF_KIND), **question.bounds)


def _line(row: dict[str, Any], **of_document: Any) -> HsnLine:
    sign, treatment = SIGN_OF_KIND[row.pop("kind")], GstTreatment(row.pop("gst_treatment"))
    code, unit, quantity = row["hsn_or_sac"], row.pop("unit_code"), row.pop("quantity")
    is_service = code is not None and is_service_code(code)
    return HsnLine(
        sign=sign,
        is_to_registered=treatment.is_registered,
        unit_code=NOT_APPLICABLE if is_service else unit or OTHERS,
        quantity=_NO_QUANTITY if is_service else quantity,
        **row,
        **of_document,
    )
