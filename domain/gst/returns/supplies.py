"""What a registration supplied: each document by rate and tax category, in rupees, with its table of GSTR-1 and why.

GSTR-1, table 3.1 of GSTR-3B and the tax summary are sums of these rows and of nothing else, so they agree. They are
read by the dates of the documents, posted and not voided; what was owed before the books began is no supply of theirs,
a note without GST changes none, and nobody supplies to his own registration (CGST Act, section 25(4)).
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from domain.books import Books
from domain.documents.kinds import KINDS, Effect, Side
from domain.gst.in_rupees import LINE_IN_RUPEES, SUMMED_IN_RUPEES, in_rupees
from domain.gst.returns.conditions import COUNTS, signs_of
from domain.gst.returns.question import ReturnQuestion
from domain.gst.returns.sections import LARGE_SINCE, Circumstances, Section, Verdict, classified
from domain.statements import Statement
from domain.values import Struct

OUTWARD_KINDS = tuple(kind for kind in KINDS if kind.side is Side.SALE and kind.effect is not Effect.NONE)
"""The kinds of which returns of outward supplies are made: invoices, and the notes to them."""
SIGN_OF_KIND = signs_of(Side.SALE)
"""+1 of invoices and debit notes to customers, -1 of credit notes."""
NOTE_KINDS = frozenset(kind.name for kind in OUTWARD_KINDS if kind.corrects)
"""The kinds that correct an invoice."""


class Outward(Struct, frozen=True, kw_only=True):
    """What one document supplied at one rate and in one tax category; amounts in rupees, none below zero.

    ``sign`` is +1 where they are added, -1 where a credit note takes them off. ``rate`` is the whole rate in percent.
    ``document_total`` is what the customer owes for the whole document. ``gstin`` is ours, ``gst_no`` the customer's.
    ``original_…`` is the invoice that a note corrects, as the books have it or as the note says; ``is_large``: that
    invoice, or this one, is worth more than ``value_limit``.
    ``section`` is the table of GSTR-1, ``table_type`` the kind within it (``R``, ``SEWP``, ``WPAY``, ``B2CL`` …),
    ``is_to_registered`` the half of the HSN summary, ``why`` the rule that decided.
    """

    document_id: str
    kind: str
    sign: int
    number: str
    dated_on: date
    document_total: Decimal
    contact_id: str
    contact_name: str
    gst_no: str | None
    gst_treatment: str
    branch_id: str
    gstin: str
    place_of_supply: str
    supply_type: str
    is_reverse_charge: bool
    is_export_with_payment: bool
    ecommerce_operator_gst_no: str | None
    ecommerce_section: str | None
    ecommerce_supplier_gst_no: str | None
    is_tax_paid_by_operator: bool = False
    shipping_bill_number: str | None
    shipping_bill_on: date | None
    port_code: str | None
    original_id: str | None
    original_number: str | None
    original_on: date | None
    is_large: bool
    value_limit: Decimal
    tax_category: str
    rate: Decimal
    taxable: Decimal
    igst: Decimal
    cgst: Decimal
    sgst: Decimal
    cess: Decimal
    section: Section
    table_type: str | None
    is_to_registered: bool
    why: str

    @property
    def tax(self) -> Decimal:
        """All heads together, in rupees."""
        return self.igst + self.cgst + self.sgst + self.cess

    @property
    def is_note(self) -> bool:
        """Whether it corrects an invoice."""
        return self.kind in NOTE_KINDS


_OF_HEADS = (
    *("kind", "number", "dated_on", "document_total", "contact_id", "contact_name", "gst_no", "gst_treatment"),
    *("branch_id", "gstin", "place_of_supply", "supply_type", "is_reverse_charge", "is_export_with_payment"),
    *("ecommerce_operator_gst_no", "ecommerce_section", "ecommerce_supplier_gst_no", "is_tax_paid_by_operator"),
    *("shipping_bill_number", "shipping_bill_on", "port_code", "original_id", "original_number", "original_on"),
    *("is_large", "value_limit"),
)
_LIMIT = (
    "case"
    + "".join(f" when measured.made_on >= date '{since}' then {limit}" for since, limit in LARGE_SINCE)
    + f" else {LARGE_SINCE[-1][1]} end"
)

HEADS = f"""
select document.id,
       document.kind,
       document.number,
       document.dated_on,
       document.contact_id,
       document.contact_name,
       document.gst_no,
       document.gst_treatment,
       document.branch_id,
       branch.gst_no as gstin,
       document.place_of_supply,
       document.supply_type,
       document.is_reverse_charge,
       document.is_export_with_payment,
       document.ecommerce_operator_gst_no,
       document.ecommerce_section,
       document.ecommerce_supplier_gst_no,
       document.is_tax_paid_by_operator,
       document.shipping_bill_number,
       document.shipping_bill_on,
       document.port_code,
       document.exchange_rate,
       {in_rupees("document", "total")} as document_total,
       original.id as original_id,
       coalesce(original.number, document.original_invoice_number) as original_number,
       coalesce(original.dated_on, document.original_invoice_on) as original_on,
       measured.total > {_LIMIT} as is_large,
       {_LIMIT} as value_limit
  from documents as document
  join branches as branch
    on branch.organization_id = %(organization_id)s
   and branch.id = document.branch_id
  left join lateral (
   select parent.id, parent.number, parent.dated_on, parent.exchange_rate, parent.total
     from documents as parent
    where document.parent_id is not null
      and parent.organization_id = %(organization_id)s
      and parent.id = document.parent_id
    limit 1
  ) as original
    on true
 cross join lateral (
   select coalesce(original.dated_on, document.original_invoice_on, document.dated_on) as made_on,
          coalesce({in_rupees("original", "total")}, {in_rupees("document", "original_invoice_total")},
                   {in_rupees("document", "total")}) as total
 ) as measured
 where document.organization_id = %(organization_id)s
   and document.kind = any(%(kinds)s)
   and (document.dated_on between %(from_on)s and %(to_on)s or document.id = any(%(late_ids)s))
   and {COUNTS}
   and document.gst_no is distinct from branch.gst_no
   and branch.gst_no = %(gstin)s
   and (%(branch_id)s::text is null or branch.id = %(branch_id)s)
""".strip()  # noqa: S608  # fragments of our own
"""The documents with which a registration supplied. A note is as large as its original invoice: as the books have it,
else as the note says, else as the note is itself. The limit keeps PostgreSQL at looking up the few originals by their
ids: joined, it would read every document of the book for them."""

# The lines of each document are added up where they lie together; joined to all heads, a wrong guess of the planner at
# how many there are would cost the square of them.
_OUTWARD = Statement(
    f"""
with document as (
  {HEADS}
)
select document.id as document_id,
       {", ".join(f"document.{name}" for name in _OF_HEADS)},
       supplied.tax_category,
       trim_scale(supplied.tax_percentage) as rate,
       supplied.taxable,
       supplied.igst,
       supplied.cgst,
       supplied.sgst,
       supplied.cess
  from document
 cross join lateral (
   select line.tax_category, line.tax_percentage, {SUMMED_IN_RUPEES}
     from document_lines as line
    cross join {LINE_IN_RUPEES}
    where line.organization_id = %(organization_id)s
      and line.document_id = document.id
    group by line.tax_category, line.tax_percentage
 ) as supplied
 order by document.dated_on, document.number, document.id, supplied.tax_category desc, supplied.tax_percentage
"""  # noqa: S608  # fragments of our own
)


async def outward_supplies(books: Books, question: ReturnQuestion) -> list[Outward]:
    """Return what the registration supplied in the days, ordered by date, number, and rate within a document."""
    rows = await books.rows(_OUTWARD, kinds=list(SIGN_OF_KIND), **question.bounds)
    return [_outward(row) for row in rows]


def _outward(row: dict[str, Any]) -> Outward:
    verdict = verdict_on(row)
    return Outward(
        sign=SIGN_OF_KIND[row["kind"]],
        section=verdict.section,
        table_type=verdict.table_type,
        is_to_registered=verdict.is_to_registered,
        why=verdict.why,
        **row,
    )


def verdict_on(row: Mapping[str, Any]) -> Verdict:
    """Return where a supply belongs, of whose document and tax category the row says what that depends on."""
    return classified(
        Circumstances(
            is_note=row["kind"] in NOTE_KINDS,
            gst_treatment=row["gst_treatment"],
            place_of_supply=row["place_of_supply"],
            supply_type=row["supply_type"],
            tax_category=row["tax_category"],
            is_with_payment=row["is_export_with_payment"],
            is_large=row["is_large"],
            limit=row["value_limit"],
            ecommerce_section=row["ecommerce_section"],
            is_operator=not row["is_tax_paid_by_operator"],
        )
    )
