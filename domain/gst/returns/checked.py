"""Documents of outward supplies with all that the checks of a return look at, read at once."""

from datetime import date
from decimal import Decimal

from domain.books import Books
from domain.documents.kinds import KIND_NAMED
from domain.gst.in_rupees import in_rupees
from domain.gst.returns.conditions import COUNTS
from domain.gst.returns.question import ReturnQuestion
from domain.gst.returns.supplies import NOTE_KINDS, SIGN_OF_KIND
from domain.gst.states import state_of_prefix
from domain.gst.treatments import GstTreatment
from domain.statements import Statement, reader_of
from domain.values import Struct, field


class CheckedLine(Struct, frozen=True, kw_only=True):
    """A line of a document; ``position`` counts from 1."""

    position: int
    hsn_or_sac: str | None
    unit_code: str | None
    tax_category: str
    rate: Decimal
    quantity: Decimal
    taxable: Decimal


class CheckedDocument(Struct, frozen=True, kw_only=True):
    """A posted document on the sale side. ``turnover`` (rupees) is the organization's of the year before.

    ``original_…`` is the invoice of a note, in the books or as the note names it; ``credited`` what all credit notes on
    that invoice come to. Amounts in rupees.
    """

    id: str
    kind: str
    number: str
    dated_on: date
    gstin: str
    gst_no: str | None
    gst_treatment: str
    place_of_supply: str
    supply_type: str
    is_reverse_charge: bool
    is_export_with_payment: bool
    is_late_entry: bool
    total: Decimal
    ecommerce_operator_gst_no: str | None
    ecommerce_section: str | None
    shipping_bill_number: str | None
    shipping_bill_on: date | None
    port_code: str | None
    ship_to_gst_no: str | None
    is_linked: bool
    original_number: str | None
    original_on: date | None
    original_total: Decimal | None
    credited: Decimal
    turnover: Decimal
    lines: list[CheckedLine] = field(default_factory=list)

    @property
    def is_note(self) -> bool:
        """Whether it corrects an invoice."""
        return self.kind in NOTE_KINDS

    @property
    def is_credit(self) -> bool:
        """Whether it takes off."""
        return SIGN_OF_KIND[self.kind] < 0

    @property
    def noun(self) -> str:
        """What people call its kind."""
        return KIND_NAMED[self.kind].title

    @property
    def treatment(self) -> GstTreatment:
        """How GST looks on the customer."""
        return GstTreatment(self.gst_treatment)

    @property
    def our_state(self) -> str | None:
        """The state of our registration."""
        return state_of_prefix(self.gstin[:2])


_CHECKED = Statement(
    f"""
select coalesce(json_agg(document order by dated_on, number), '[]')::text
  from (
    select document.id,
           document.kind,
           document.number,
           document.dated_on,
           branch.gst_no as gstin,
           document.gst_no,
           document.gst_treatment,
           document.place_of_supply,
           document.supply_type,
           document.is_reverse_charge,
           document.is_export_with_payment,
           document.is_late_entry,
           {in_rupees("document", "total")} as total,
           document.ecommerce_operator_gst_no,
           document.ecommerce_section,
           document.shipping_bill_number,
           document.shipping_bill_on,
           document.port_code,
           document.shipping_address ->> 'gst_no' as ship_to_gst_no,
           document.parent_id is not null as is_linked,
           coalesce(original.number, document.original_invoice_number) as original_number,
           coalesce(original.dated_on, document.original_invoice_on) as original_on,
           coalesce({in_rupees("original", "total")},
                    {in_rupees("document", "original_invoice_total")}) as original_total,
           coalesce((select sum({in_rupees("note", "total")})
                       from documents as note
                      where note.organization_id = %(organization_id)s
                        and note.parent_id = document.parent_id
                        and note.kind = document.kind
                        and note.approved_at is not null
                        and note.voided_at is null), 0) as credited,
           coalesce(organization.aggregate_turnover, 0) as turnover,
           (select json_agg(line order by position)
              from (select line.position,
                           line.hsn_or_sac,
                           line.unit_code,
                           line.tax_category,
                           trim_scale(line.tax_percentage) as rate,
                           trim_scale(line.quantity) as quantity,
                           line.taxable_amount as taxable
                      from document_lines as line
                     where line.organization_id = %(organization_id)s
                       and line.document_id = document.id) as line) as lines
      from documents as document
      join organizations as organization
        on organization.id = %(organization_id)s
      join branches as branch
        on branch.organization_id = %(organization_id)s
       and branch.id = document.branch_id
       and branch.gst_no = %(gstin)s
       and (%(branch_id)s::text is null or branch.id = %(branch_id)s)
      left join documents as original
        on original.organization_id = %(organization_id)s
       and original.id = document.parent_id
     where document.organization_id = %(organization_id)s
       and document.kind = any(%(kinds)s)
       and (document.dated_on between %(from_on)s and %(to_on)s or document.id = any(%(late_ids)s))
       and {COUNTS}
  ) as document
"""  # noqa: S608  # fragments of our own
)
_read = reader_of(list[CheckedDocument])


async def checked_documents(books: Books, question: ReturnQuestion) -> list[CheckedDocument]:
    """Return the documents that a statement of the days is made of, by date and number."""
    return _read(await books.value(_CHECKED, kinds=list(SIGN_OF_KIND), **question.bounds))
