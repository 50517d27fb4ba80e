"""The original of a note: what stands on it already, and how much of it a note may still take back.

Source: CGST Act 2017, section 34.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from domain.addresses import Address
from domain.books import Books, found
from domain.documents.document import Document, Paper
from domain.documents.kinds import KIND_NAMED, KINDS, Kind
from domain.documents.unlinked import check_time
from domain.documents.worth import Worth
from domain.errors import Failed
from domain.money import ZERO
from domain.statements import Statement, reader_of
from domain.values import Struct


class OriginalLine(Struct, frozen=True, kw_only=True):
    """A line of the original; its account and cost centre only while they are in use.

    ``worth`` is what it came to after all discounts; notes by quantity have taken ``taken`` for ``taken_quantity``.
    """

    id: str
    item_id: str | None
    account_id: str | None
    cost_center_id: str | None
    name: str
    hsn_or_sac: str | None
    unit: str | None
    quantity: Decimal
    rate: Decimal
    discount: Decimal | None
    discount_percent: Decimal | None
    tax_id: str | None
    tax_category: str
    tax_percentage: Decimal
    cess_percentage: Decimal
    cess_per_unit: Decimal = ZERO
    itc_eligibility: str | None
    itc_blocked_reason: str | None
    worth: Worth
    taken_quantity: Decimal
    taken: Worth

    @property
    def alike(self) -> tuple[object, ...]:
        """What tells it from other lines: what was supplied, its price and its tax."""
        discount = (self.discount or ZERO) / self.quantity
        tax = (self.tax_category, self.tax_percentage, self.cess_percentage, self.cess_per_unit)
        return (self.item_id or self.name, self.item_id is None, self.rate, discount, self.discount_percent, tax)


class Lot(Struct, frozen=True, kw_only=True):
    """Lines of the original that nothing tells apart, as one: a note takes so much of all of them together.

    ``line`` is the first of them; with ``is_inclusive_tax`` its price is what is shared out, not its value.
    """

    line: OriginalLine
    is_inclusive_tax: bool
    quantity: Decimal
    worth: Worth
    taken_quantity: Decimal
    taken: Worth

    @property
    def left_quantity(self) -> Decimal:
        """How much of it no note took by quantity yet."""
        return max(self.quantity - self.taken_quantity, Decimal(0))

    @property
    def left(self) -> Worth:
        """What notes by quantity leave of its worth."""
        return self.worth.less(self.taken)

    def part(self, quantity: Decimal) -> Worth:
        """What so much of it is worth."""
        share = self.worth.part_with_tax if self.is_inclusive_tax else self.worth.part
        return share(quantity, self.quantity)


class RateLeft(Struct, frozen=True, kw_only=True):
    """What the notes on the original leave of what was supplied at one rate of tax, in its currency."""

    tax_category: str
    tax_percentage: Decimal
    cess_percentage: Decimal
    worth: Worth


class Original(Struct, frozen=True, kw_only=True):
    """An invoice or bill that a note corrects.

    ``worth`` is its total before rounding off; ``noted``, ``noted_total``, ``noted_taxable`` and ``noted_tds`` are the
    same of the notes that take back of it and stand, in its currency; ``left`` is what they leave at each rate. Notes
    without GST take from the total alone.
    """

    id: str
    kind: str
    number: str | None
    number_scope: str | None
    is_posted: bool
    branch_id: str
    contact_id: str
    dated_on: date
    gst_treatment: str
    gst_no: str | None
    place_of_supply: str
    currency_code: str
    exchange_rate: Decimal
    is_inclusive_tax: bool
    is_reverse_charge: bool
    is_export_with_payment: bool
    is_export_tax_claimed: bool
    ecommerce_operator_gst_no: str | None = None
    ecommerce_section: str | None = None
    ecommerce_supplier_gst_no: str | None = None
    is_tax_paid_by_operator: bool = False
    is_isd_invoice: bool = False
    billing_address: Address | None
    shipping_address: Address | None
    taxable_total: Decimal
    total: Decimal
    worth: Decimal
    tds_section: str | None
    tds_percent: Decimal | None
    tds_amount: Decimal
    noted: Decimal
    noted_total: Decimal
    noted_taxable: Decimal
    noted_tds: Decimal
    lines: list[OriginalLine]
    left: list[RateLeft]

    @property
    def called(self) -> str:
        """What people call it."""
        return f"{KIND_NAMED[self.kind].title} {self.number or self.id}"

    @property
    def leaves_tax_out(self) -> bool:
        """Whether its total is without the tax that it shows."""
        return self.is_reverse_charge or self.is_export_tax_claimed or self.is_tax_paid_by_operator

    @property
    def worth_left(self) -> Decimal:
        """What the notes leave of it before rounding off."""
        return self.worth - self.noted

    @property
    def total_left(self) -> Decimal:
        """What the notes leave of its total."""
        return max(self.total - self.noted_total, ZERO)

    def lots(self) -> Mapping[str, Lot]:
        """Its lots, by the id of each of their lines."""
        lots: dict[tuple[object, ...], Lot] = {}
        for line in self.lines:
            lot = lots.get(line.alike)
            lots[line.alike] = Lot(
                line=lot.line if lot else line,
                is_inclusive_tax=self.is_inclusive_tax,
                quantity=line.quantity + (lot.quantity if lot else 0),
                worth=line.worth.and_(lot.worth) if lot else line.worth,
                taken_quantity=line.taken_quantity + (lot.taken_quantity if lot else 0),
                taken=line.taken.and_(lot.taken) if lot else line.taken,
            )
        return {line.id: lots[line.alike] for line in self.lines}


_HEADS = ("taxable", "cgst", "sgst", "igst", "cess")
_WORTH = ", ".join(f"'{head}', line.{head}_amount" for head in _HEADS)
_TAKEN = ", ".join(f"'{head}', coalesce(taken.{head}, 0)" for head in _HEADS)
_SUMS = ", ".join(f"sum({head}_amount) as {head}" for head in _HEADS)
_LEFT = ", ".join(
    f"'{head}', greatest(sum(case when document_id = %(id)s then {head}_amount else -{head}_amount end), 0)"
    for head in _HEADS
)
_LOOK = Statement(
    f"""
with note as (
  select id, total - round_off as worth, total, taxable_total, tds_amount, is_without_gst
    from documents
   where organization_id = %(organization_id)s
     and parent_id = %(id)s
     and id <> %(note_id)s
     and kind = any(%(taking_back)s)
     and approved_at is not null
     and voided_at is null
), taken as (
  select corrected_line_id, sum(quantity) as quantity, {_SUMS}
    from document_lines
   where organization_id = %(organization_id)s
     and document_id in (select id from note where not is_without_gst)
     and corrected_line_id is not null
   group by corrected_line_id
), line as (
  select line.id, line.item_id, account.id as account_id, cost_center.id as cost_center_id, line.name, line.hsn_or_sac,
         line.unit, trim_scale(line.quantity) as quantity, trim_scale(line.rate) as rate, line.discount,
         trim_scale(line.discount_percent) as discount_percent, line.tax_id, line.tax_category,
         trim_scale(line.tax_percentage) as tax_percentage, trim_scale(line.cess_percentage) as cess_percentage,
         trim_scale(line.cess_per_unit) as cess_per_unit, line.itc_eligibility, line.itc_blocked_reason,
         json_build_object({_WORTH}) as worth,
         trim_scale(coalesce(taken.quantity, 0)) as taken_quantity, json_build_object({_TAKEN}) as taken
    from document_lines as line
    left join accounts as account
      on account.organization_id = %(organization_id)s
     and account.id = line.account_id
     and account.is_active
    left join cost_centers as cost_center
      on cost_center.organization_id = %(organization_id)s
     and cost_center.id = line.cost_center_id
     and cost_center.is_active
    left join taken on taken.corrected_line_id = line.id
   where line.organization_id = %(organization_id)s
     and line.document_id = %(id)s
   order by line.position
), rate as (
  select tax_category, trim_scale(tax_percentage) as tax_percentage, trim_scale(cess_percentage) as cess_percentage,
         json_build_object({_LEFT}) as worth
    from document_lines
   where organization_id = %(organization_id)s
     and (document_id = %(id)s or document_id in (select id from note where not is_without_gst))
   group by 1, 2, 3
)
select row_to_json(original)::text as original
  from (select id, kind, number, number_scope, approved_at is not null and voided_at is null as is_posted, branch_id,
               contact_id, dated_on, gst_treatment, gst_no, place_of_supply, currency_code,
               trim_scale(exchange_rate) as exchange_rate, is_inclusive_tax, is_reverse_charge,
               is_export_with_payment, is_export_tax_claimed, ecommerce_operator_gst_no, ecommerce_section,
               ecommerce_supplier_gst_no, is_tax_paid_by_operator, is_isd_invoice, billing_address, shipping_address,
               taxable_total, total,
               total - round_off as worth, tds_section, trim_scale(tds_percent) as tds_percent, tds_amount,
               (select coalesce(sum(worth), 0) from note) as noted,
               (select coalesce(sum(total), 0) from note) as noted_total,
               (select coalesce(sum(taxable_total), 0) from note) as noted_taxable,
               (select coalesce(sum(tds_amount), 0) from note) as noted_tds,
               (select json_agg(line) from line) as lines,
               (select json_agg(rate) from rate) as left
          from documents
         where organization_id = %(organization_id)s
           and id = %(id)s
           and kind = %(kind)s) as original
"""  # noqa: S608  # names of columns only
)
# Two notes at once must see each other, so the original is locked before what stands on it is added up.
_LOCK = Statement(
    """
select id
  from documents
 where organization_id = %(organization_id)s
   and id = %(id)s
   for update
"""
)
_read = reader_of(Original)
_TAKING_BACK = [kind.name for kind in KINDS if kind.takes_back]


def field_of(kind: Kind) -> str:
    """The contract's name of a note's original: ``invoice_id`` or ``bill_id``."""
    return kind.field_of("parent_id")


async def original_of(books: Books, kind: Kind, key: str, *, note_id: str = "") -> Original:
    """Return what a note of this kind, ``note_id`` if it is stored, corrects. Raises NotFound."""
    assert kind.corrects is not None, f"{kind.name} is no note"
    corrected = KIND_NAMED[kind.corrects]
    row = await books.row(_LOOK, id=key, kind=corrected.name, note_id=note_id, taking_back=_TAKING_BACK)
    original = _read(found(row, corrected.title, key, field=field_of(kind))["original"])
    if not original.is_posted:
        raise Failed(f"{original.called} is not posted.", field=field_of(kind))
    return original


async def lock(books: Books, key: str | None) -> None:
    """Lock the original of a note that is to be approved, if it has one, before what is left of it is looked up."""
    if key is not None:
        await books.row(_LOCK, id=key)


def check(kind: Kind, paper: Paper, original: Original) -> None:
    """Refuse a note of another contact or registration, before its original, too late for GST, or over what is left.

    What adds to its original is never too late for the supplier, nor too much (CGST Act 2017, section 34(3)).

    Raises Failed.
    """
    head = paper.head
    if head.contact_id != original.contact_id:
        raise Failed(f"{original.called} is not of {head.contact_name}.", field=kind.field_of("contact_id"))
    if head.dated_on < original.dated_on:
        raise Failed(f"{original.called} is of {original.dated_on}; the note cannot be before it.", field="date")
    if head.branch_id != original.branch_id and head.number_scope != original.number_scope:
        raise Failed(f"{original.called} is of another registration than the branch.", field="branch_id")
    if kind.takes_back:
        check_time(kind, head, called=original.called, supplied_on=original.dated_on)
        _check_left(head, original)


def _check_left(head: Document, original: Original) -> None:
    """Refuse a note over what is left."""
    worth, left = head.total - head.round_off, original.worth_left
    if worth > left:
        raise Failed(f"{original.called} has {left} left to credit; {worth} is more.", field="line_items")
    if head.total > original.total_left:
        left = original.total_left
        raise Failed(f"{original.called} has {left} left to credit; {head.total} is more.", field="round_off")
