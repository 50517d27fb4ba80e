"""The original of a credit or debit note: what stands on it already, and how much a note may take back.

Source: CGST Act 2017, section 34.
"""

from datetime import date
from decimal import Decimal

from domain.addresses import Address
from domain.books import Books, found
from domain.documents.document import Line, Paper
from domain.documents.kinds import KIND_NAMED, Kind, Side
from domain.errors import Failed
from domain.gst.itc import last_day_of_credit
from domain.statements import Statement, reader_of
from domain.values import Struct


class OriginalLine(Struct, frozen=True, kw_only=True):
    """A line of the original; its account and cost centre only while they are in use."""

    item_id: str | None
    account_id: str | None
    cost_center_id: str | None
    name: str
    hsn_or_sac: str | None
    unit: str | None
    rate: Decimal
    discount_percent: Decimal | None
    tax_id: str | None
    itc_eligibility: str | None
    itc_blocked_reason: str | None


class RateLeft(Struct, frozen=True, kw_only=True):
    """The value at one rate of tax that the notes on the original have left of it, in its currency."""

    tax_category: str
    tax_percentage: Decimal
    cess_percentage: Decimal
    taxable_amount: Decimal


class Original(Struct, frozen=True, kw_only=True):
    """An invoice or bill that a note corrects.

    ``worth`` is its total before rounding off, ``noted`` the same of the notes on it that stand, in its currency;
    ``left`` is what they leave at each rate. Notes without GST take from the total alone.
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
    discount_percent: Decimal | None
    billing_address: Address | None
    shipping_address: Address | None
    worth: Decimal
    noted: Decimal
    lines: list[OriginalLine]
    left: list[RateLeft]

    @property
    def called(self) -> str:
        """What people call it."""
        return f"{KIND_NAMED[self.kind].title} {self.number or self.id}"


_LOOK = Statement(
    """
with note as (
  select id, total - round_off as worth, is_without_gst
    from documents
   where organization_id = %(organization_id)s
     and parent_id = %(id)s
     and id <> %(note_id)s
     and journal_id is not null
     and voided_at is null
), line as (
  select line.item_id, account.id as account_id, cost_center.id as cost_center_id, line.name, line.hsn_or_sac,
         line.unit, trim_scale(line.rate) as rate, trim_scale(line.discount_percent) as discount_percent, line.tax_id,
         line.itc_eligibility, line.itc_blocked_reason
    from document_lines as line
    left join accounts as account
      on account.organization_id = line.organization_id
     and account.id = line.account_id
     and account.is_active
    left join cost_centers as cost_center
      on cost_center.organization_id = line.organization_id
     and cost_center.id = line.cost_center_id
     and cost_center.is_active
   where line.organization_id = %(organization_id)s
     and line.document_id = %(id)s
   order by line.position
), rate as (
  select tax_category, trim_scale(tax_percentage) as tax_percentage, trim_scale(cess_percentage) as cess_percentage,
         sum(case when document_id = %(id)s then taxable_amount else -taxable_amount end) as taxable_amount
    from document_lines
   where organization_id = %(organization_id)s
     and (document_id = %(id)s or document_id in (select id from note where not is_without_gst))
   group by 1, 2, 3
)
select row_to_json(original)::text as original
  from (select id, kind, number, number_scope, journal_id is not null and voided_at is null as is_posted, branch_id,
               contact_id, dated_on, gst_treatment, gst_no, place_of_supply, currency_code,
               trim_scale(exchange_rate) as exchange_rate, is_inclusive_tax, is_reverse_charge,
               is_export_with_payment, trim_scale(discount_percent) as discount_percent, billing_address,
               shipping_address, total - round_off as worth,
               (select coalesce(sum(worth), 0) from note) as noted,
               (select json_agg(line) from line) as lines,
               (select json_agg(rate) from rate) as left
          from documents
         where organization_id = %(organization_id)s
           and id = %(id)s
           and kind = %(kind)s) as original
"""
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


def field_of(kind: Kind) -> str:
    """The contract's name of a note's original: ``invoice_id`` or ``bill_id``."""
    assert kind.corrects is not None, f"{kind.name} is no note"
    return f"{KIND_NAMED[kind.corrects].series}_id"


async def original_of(books: Books, kind: Kind, key: str, *, note_id: str = "") -> Original:
    """Return what a note of this kind, ``note_id`` if it is stored, corrects. Raises NotFound."""
    assert kind.corrects is not None, f"{kind.name} is no note"
    corrected = KIND_NAMED[kind.corrects]
    row = await books.row(_LOOK, id=key, kind=corrected.name, note_id=note_id)
    original = _read(found(row, corrected.title, key, field=field_of(kind))["original"])
    if not original.is_posted:
        raise Failed(f"{original.called} is not posted.", field=field_of(kind))
    return original


def check(kind: Kind, paper: Paper, original: Original) -> None:
    """Refuse a note of another contact or registration, before its original, too late for GST, or over what is left.

    Raises Failed.
    """
    head = paper.head
    if head.contact_id != original.contact_id:
        raise Failed(f"{original.called} is not of {head.contact_name}.", field=kind.field_of("contact_id"))
    if head.dated_on < original.dated_on:
        raise Failed(f"{original.called} is of {original.dated_on}; the note cannot be before it.", field="date")
    if head.branch_id != original.branch_id and head.number_scope != original.number_scope:
        raise Failed(f"{original.called} is of another registration than the branch.", field="branch_id")
    if not head.is_without_gst:
        _check_time(kind, paper, original)
        _check_rates(paper, original)
    worth, left = head.total - head.round_off, original.worth - original.noted
    if worth > left:
        raise Failed(f"{original.called} has {left} left to credit; {worth} is more.", field="line_items")


async def hold(books: Books, kind: Kind, paper: Paper) -> None:
    """Refuse to open a note for which its original has not enough left. Locks the original. Raises Failed, NotFound."""
    head = paper.head
    if head.parent_id is None:
        return
    await books.row(_LOCK, id=head.parent_id)
    check(kind, paper, await original_of(books, kind, head.parent_id, note_id=head.id))


def _check_time(kind: Kind, paper: Paper, original: Original) -> None:
    """Tax that was charged can be taken back up to 30 November after the year of the supply (section 34(2))."""
    last_day = last_day_of_credit(original.dated_on)
    if kind.side is Side.SALE and paper.head.tax_total and paper.head.dated_on > last_day:
        raise Failed(
            f"The tax of {original.called} can be reduced until {last_day} only (section 34(2)); "
            "send is_without_gst for a note on the value alone.",
            field="is_without_gst",
        )


def _check_rates(paper: Paper, original: Original) -> None:
    """Each rate takes back no more than what was supplied at it."""
    left = {
        (rate.tax_category, rate.tax_percentage, rate.cess_percentage): rate.taxable_amount for rate in original.left
    }
    for index, line in enumerate(paper.lines):
        rate = (line.tax_category, line.tax_percentage, line.cess_percentage)
        if rate not in left:
            raise Failed(
                f"No line of {original.called} bears {_percent(line)}.",
                field=f"line_items[{index}].tax_id",
            )
        if line.taxable_amount > left[rate]:
            raise Failed(
                f"{original.called} has {left[rate]} left at {_percent(line)}; {line.taxable_amount} is more.",
                field=f"line_items[{index}]",
            )
        left[rate] -= line.taxable_amount


def _percent(line: Line) -> str:
    cess = f" and {line.cess_percentage.normalize():f} % cess" if line.cess_percentage else ""
    return f"{line.tax_percentage.normalize():f} % ({line.tax_category}){cess}"
