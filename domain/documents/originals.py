"""The original of a credit or debit note: what the note takes over from it, and how much it may take back.

Source: CGST Act 2017, section 34; the tax of a note follows that of the supply.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from domain.addresses import Address
from domain.books import Books, found
from domain.documents.document import Document, Paper
from domain.documents.kinds import KIND_NAMED, Kind, Side
from domain.errors import Failed
from domain.gst.itc import last_day_of_credit
from domain.statements import Statement, reader_of

Values = Mapping[str, Any]

# What a note takes over and may not say otherwise.
_TAKEN_OVER = (
    "contact_id",
    "gst_treatment",
    "gst_no",
    "place_of_supply",
    "currency_code",
    "exchange_rate",
    "is_reverse_charge",
    "is_export_with_payment",
)
# What a note takes over unless it says otherwise.
_PROPOSED = ("branch_id", "is_inclusive_tax", "billing_address", "shipping_address")


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginalLine:
    """A line of the original: what its tax was, and what became of the credit."""

    item_id: str | None
    name: str
    tax_category: str
    tax_percentage: Decimal
    cess_percentage: Decimal
    itc_eligibility: str | None
    itc_blocked_reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """An invoice or bill that a note corrects.

    ``worth`` is its total before rounding off, ``noted`` the same of the notes on it that stand, in its currency.
    """

    id: str
    kind: str
    number: str | None
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
    billing_address: Address | None
    shipping_address: Address | None
    worth: Decimal
    noted: Decimal
    lines: list[OriginalLine]


_LOOK = Statement(
    """
select row_to_json(original)::text as original
  from (select document.id, kind, number, journal_id is not null and voided_at is null as is_posted, branch_id,
               contact_id, dated_on, gst_treatment, gst_no, place_of_supply, currency_code,
               trim_scale(exchange_rate) as exchange_rate, is_inclusive_tax, is_reverse_charge,
               is_export_with_payment, billing_address, shipping_address, total - round_off as worth,
               (select coalesce(sum(note.total - note.round_off), 0)
                  from documents as note
                 where note.organization_id = document.organization_id
                   and note.parent_id = document.id
                   and note.id <> %(note_id)s
                   and note.journal_id is not null
                   and note.voided_at is null) as noted,
               (select json_agg(line)
                  from (select item_id, name, tax_category, trim_scale(tax_percentage) as tax_percentage,
                               trim_scale(cess_percentage) as cess_percentage, itc_eligibility, itc_blocked_reason
                          from document_lines
                         where organization_id = document.organization_id
                           and document_id = document.id
                         order by position) as line) as lines
          from documents as document
         where document.organization_id = %(organization_id)s
           and document.id = %(id)s
           and document.kind = %(kind)s) as original
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
_NOTES = Statement(
    """
select number
  from documents
 where organization_id = %(organization_id)s
   and parent_id = %(id)s
   and voided_at is null
 order by id
 limit 1
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
        raise Failed(f"{corrected.title} {original.number or key} is not posted.", field=field_of(kind))
    return original


def followed(
    kind: Kind, said: Values, lines: Sequence[Values], original: Original, *, is_new: bool
) -> tuple[Values, list[Values]]:
    """What is said of a note and its lines, with all that follows from the original; some only where it ``is_new``.

    Raises Failed where something else is said.
    """
    values = {**{name: getattr(original, name) for name in _PROPOSED if is_new}, **said}
    for name in _TAKEN_OVER:
        taken = getattr(original, name)
        if said.get(name) is not None and said[name] != taken:
            field = kind.side.value.contact_field if name == "contact_id" else name
            raise Failed(f"{_called(original)} has {taken}; the note cannot have {said[name]}.", field=field)
        values[name] = taken
    return values, [_with_credit(line, original) for line in lines]


def check(kind: Kind, paper: Paper, original: Original) -> None:
    """Refuse a note before its original, too late for GST, at another rate, or over what is left. Raises Failed."""
    head = paper.head
    if head.dated_on < original.dated_on:
        raise Failed(f"{_called(original)} is of {original.dated_on}; the note cannot be before it.", field="date")
    if not head.is_without_gst:
        _check_rates(paper, original)
        if kind.side is Side.SALE and head.tax_total and head.dated_on > last_day_of_credit(original.dated_on):
            raise Failed(
                f"Tax on {_called(original)} can be reduced until {last_day_of_credit(original.dated_on)} only "
                "(section 34(2)); send is_without_gst for a note on the value alone.",
                field="is_without_gst",
            )
    left = original.worth - original.noted
    if head.total - head.round_off > left:
        raise Failed(f"{_called(original)} has {left} left to credit; {head.total} is more.", field="line_items")


async def hold(books: Books, kind: Kind, head: Document) -> None:
    """Refuse to open a note for which its original has not enough left. Locks the original. Raises Failed, NotFound."""
    if head.parent_id is None:
        return
    await books.row(_LOCK, id=head.parent_id)
    original = await original_of(books, kind, head.parent_id, note_id=head.id)
    check(kind, Paper(head, []), original)


async def standing_note(books: Books, key: str) -> str | None:
    """The number (or, of a draft, ``draft``) of a note on a document that still stands; ``None`` without one."""
    row = await books.row(_NOTES, id=key)
    return None if row is None else row["number"] or "draft"


def _called(original: Original) -> str:
    return f"{KIND_NAMED[original.kind].title} {original.number}"


def _with_credit(line: Values, original: Original) -> Values:
    """A line takes back the credit that was taken of the same item (or name), else of all lines where they agree."""
    if line.get("itc_eligibility") or line.get("itc_blocked_reason"):
        return line
    of_same = [each for each in original.lines if each.item_id and each.item_id == line.get("item_id")]
    alike = of_same or [each for each in original.lines if each.name == line.get("name")] or original.lines
    decided = {(each.itc_eligibility, each.itc_blocked_reason) for each in alike}
    if len(decided) != 1:
        return line
    eligibility, reason = decided.pop()
    return {**line, "itc_eligibility": eligibility, "itc_blocked_reason": reason}


def _check_rates(paper: Paper, original: Original) -> None:
    rates = {(each.tax_category, each.tax_percentage, each.cess_percentage) for each in original.lines}
    for index, line in enumerate(paper.lines):
        if (line.tax_category, line.tax_percentage, line.cess_percentage) not in rates:
            raise Failed(
                f"No line of {_called(original)} bears {line.tax_percentage} % ({line.tax_category}).",
                field=f"line_items[{index}].tax_id",
            )
