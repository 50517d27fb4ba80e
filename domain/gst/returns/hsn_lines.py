"""What a registration supplied by code of goods and services: each document by HSN, unit and rate, in rupees.

What is behind the rows of table 12. Supplies on which an operator of electronic commerce pays the tax are not in it.
Source: FORM GSTR-1, table 12.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from domain.books import Books
from domain.gst.hsn import is_service_code
from domain.gst.returns.in_rupees import LINE_IN_RUPEES, SUMMED_IN_RUPEES
from domain.gst.returns.question import ReturnQuestion
from domain.gst.returns.sections import EcommerceSection
from domain.gst.returns.supplies import HEADS, SIGN_OF_KIND
from domain.gst.treatments import GstTreatment
from domain.gst.units import NOT_APPLICABLE, OTHERS
from domain.statements import Statement
from domain.values import Struct

_NO_QUANTITY = Decimal(0)


class HsnLine(Struct, frozen=True, kw_only=True):
    """What a document supplied under one code, in one unit and at one rate; amounts in rupees, none below zero.

    ``sign`` as of ``Outward``. ``hsn_or_sac`` is None where the line shows no code. Services have the unit ``NA`` and
    no quantity.
    """

    document_id: str
    kind: str
    sign: int
    number: str
    dated_on: date
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


_LINES = Statement(
    f"""
with document as (
  {HEADS}
)
select document.id as document_id,
       document.kind,
       document.number,
       document.dated_on,
       document.gst_treatment,
       line.hsn_or_sac,
       line.unit_code,
       trim_scale(line.tax_percentage) as rate,
       trim_scale(sum(line.quantity)) as quantity,
       {SUMMED_IN_RUPEES}
  from document
  join document_lines as line
    on line.organization_id = %(organization_id)s
   and line.document_id = document.id
 cross join {LINE_IN_RUPEES}
 where document.ecommerce_section is distinct from '{EcommerceSection.SECTION_9_5}'
 group by document.id,
          document.kind,
          document.number,
          document.dated_on,
          document.gst_treatment,
          line.hsn_or_sac,
          line.unit_code,
          line.tax_percentage
 order by line.hsn_or_sac, line.unit_code, line.tax_percentage, document.dated_on, document.number, document.id
"""  # noqa: S608  # fragments of our own
)


async def hsn_lines(books: Books, question: ReturnQuestion) -> list[HsnLine]:
    """Return what each document of the registration supplied in the days by code, unit and rate, in their order."""
    return [_line(row) for row in await books.rows(_LINES, kinds=list(SIGN_OF_KIND), **question.bounds)]


def _line(row: dict[str, Any]) -> HsnLine:
    code, unit, quantity = row["hsn_or_sac"], row.pop("unit_code"), row.pop("quantity")
    is_service = code is not None and is_service_code(code)
    return HsnLine(
        sign=SIGN_OF_KIND[row["kind"]],
        is_to_registered=GstTreatment(row.pop("gst_treatment")).is_registered,
        unit_code=NOT_APPLICABLE if is_service else unit or OTHERS,
        quantity=_NO_QUANTITY if is_service else quantity,
        **row,
    )
