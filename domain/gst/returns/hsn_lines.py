"""What a registration supplied, or bought, by code of goods and services: each paper by HSN, unit and rate, in rupees.

What was supplied is what is behind the rows of table 12: supplies on which an operator of electronic commerce pays the
tax are not in it. What was bought is of bills, expenses and debit notes, with the tax on them; imports stand at what
the vendor billed, for their tax is that of the bill of entry. Source: FORM GSTR-1, table 12; FORM GSTR-9, table 18.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from domain.books import Books
from domain.documents.kinds import KINDS, Effect, Side
from domain.gst.ecommerce import EcommerceSection
from domain.gst.hsn import is_service_code
from domain.gst.in_rupees import LINE_IN_RUPEES, SUMMED_IN_RUPEES
from domain.gst.returns.conditions import COUNTS
from domain.gst.returns.question import ReturnQuestion
from domain.gst.returns.supplies import HEADS, SIGN_OF_KIND
from domain.gst.treatments import GstTreatment
from domain.gst.units import NOT_APPLICABLE, OTHERS
from domain.statements import Statement
from domain.values import Struct

_NO_QUANTITY = Decimal(0)


class HsnLine(Struct, frozen=True, kw_only=True):
    """What one paper says under one code, in one unit and at one rate; amounts in rupees, none below zero.

    ``sign`` is +1 where it is added, -1 where a note takes it back. ``is_with_registered``: the other side has a number
    under GST. ``hsn_or_sac`` is None where the line shows no code. Services have the unit ``NA`` and no quantity.
    """

    document_id: str
    kind: str
    sign: int
    number: str | None
    dated_on: date
    is_with_registered: bool
    hsn_or_sac: str | None
    unit_code: str
    rate: Decimal
    quantity: Decimal
    taxable: Decimal
    igst: Decimal
    cgst: Decimal
    sgst: Decimal
    cess: Decimal


_BY_CODE = f"""
line.hsn_or_sac,
       line.unit_code,
       trim_scale(line.tax_percentage) as rate,
       trim_scale(sum(line.quantity)) as quantity,
       {SUMMED_IN_RUPEES}
""".strip()

_SUPPLIED = Statement(
    f"""
with document as (
  {HEADS}
)
select document.id as document_id,
       document.kind,
       document.number,
       document.dated_on,
       document.gst_treatment,
       {_BY_CODE}
  from document
  join document_lines as line
    on line.organization_id = %(organization_id)s
   and line.document_id = document.id
 cross join {LINE_IN_RUPEES}
 where document.ecommerce_section is distinct from '{EcommerceSection.PAID_BY_OPERATOR}'
 group by document.id, document.kind, document.number, document.dated_on, document.gst_treatment,
          line.hsn_or_sac, line.unit_code, line.tax_percentage
"""  # noqa: S608  # fragments of our own
)

_BOUGHT = Statement(
    f"""
with receiving as (
  select branch.id
    from branches as branch
   where branch.organization_id = %(organization_id)s
     and branch.gst_no = %(gstin)s
     and (%(branch_id)s::text is null or branch.id = %(branch_id)s)
)
select document.id as document_id,
       document.kind,
       coalesce(document.reference_number, document.number) as number,
       document.dated_on,
       document.gst_treatment,
       {_BY_CODE}
  from documents as document
  join receiving on receiving.id = document.branch_id
  join document_lines as line
    on line.organization_id = %(organization_id)s
   and line.document_id = document.id
 cross join {LINE_IN_RUPEES}
 where document.organization_id = %(organization_id)s
   and document.kind = any(%(kinds)s)
   and document.dated_on between %(from_on)s and %(to_on)s
   and {COUNTS}
   and not document.is_isd_invoice
 group by document.id, document.kind, document.reference_number, document.number, document.dated_on,
          document.gst_treatment, line.hsn_or_sac, line.unit_code, line.tax_percentage
 union all
select document.id,
       'EXPENSE',
       document.reference_number,
       document.dated_on,
       document.gst_treatment,
       {_BY_CODE.replace("line.unit_code", "null").replace("sum(line.quantity)", "coalesce(sum(line.quantity), 0)")}
  from expenses as document
  join receiving on receiving.id = document.branch_id
  join expense_lines as line
    on line.organization_id = %(organization_id)s
   and line.expense_id = document.id
 cross join {LINE_IN_RUPEES}
 where document.organization_id = %(organization_id)s
   and document.dated_on between %(from_on)s and %(to_on)s
   and document.deleted_at is null
   and line.tax_category is not null
 group by document.id, document.reference_number, document.dated_on, document.gst_treatment, line.hsn_or_sac,
          line.tax_percentage
"""  # noqa: S608  # fragments of our own
)

_SIGN_OF_BOUGHT = {
    "EXPENSE": 1,
    **{
        kind.name: 1 if kind.effect is Effect.POSTS else -1
        for kind in KINDS
        if kind.side is Side.PURCHASE and kind.effect is not Effect.NONE
    },
}


async def supplied_by_code(books: Books, question: ReturnQuestion) -> list[HsnLine]:
    """Return what each document of the registration supplied in the days, by code, unit and rate, in their order."""
    rows = await books.rows(_SUPPLIED, kinds=list(SIGN_OF_KIND), **question.bounds)
    return _in_order(_line(row, SIGN_OF_KIND) for row in rows)


async def bought_by_code(books: Books, question: ReturnQuestion) -> list[HsnLine]:
    """Return the same of what it bought."""
    rows = await books.rows(_BOUGHT, kinds=list(_SIGN_OF_BOUGHT), **question.bounds)
    return _in_order(_line(row, _SIGN_OF_BOUGHT) for row in rows)


def _in_order(lines: Iterable[HsnLine]) -> list[HsnLine]:
    return sorted(
        lines, key=lambda line: (line.hsn_or_sac or "", line.unit_code, line.rate, line.dated_on, line.document_id)
    )


def _line(row: dict[str, Any], signs: Mapping[str, int]) -> HsnLine:
    code, unit, quantity, treatment = (
        row.pop(name) for name in ("hsn_or_sac", "unit_code", "quantity", "gst_treatment")
    )
    is_service = code is not None and is_service_code(code)
    return HsnLine(
        sign=signs[row["kind"]],
        is_with_registered=treatment is not None and GstTreatment(treatment).is_registered,
        hsn_or_sac=code,
        unit_code=NOT_APPLICABLE if is_service else unit or OTHERS,
        quantity=_NO_QUANTITY if is_service else quantity,
        **row,
    )
