"""Table 13: which numbers were issued, as runs of consecutive ones, and how many of them were cancelled.

Every document of the days counts that is issued under GST, whatever it supplied; a commercial note, a draft and what
was owed before the books began do not. Source: FORM GSTR-1, table 13; CGST Act 2017, section 31(3); CGST Rules 2017,
rules 46(b), 47A and 50 to 55.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from itertools import pairwise
from types import MappingProxyType

from domain.books import Books
from domain.documents.kinds import KINDS, Effect, Kind
from domain.gst.returns.question import ReturnQuestion
from domain.gst.returns.rows import IssuedRow
from domain.gst.returns.supplies import OUTWARD_KINDS
from domain.statements import Statement
from domain.values import Struct

_DIGITS = re.compile(r"([0-9]+)")


class Nature(IntEnum):
    """What a document is in table 13, by the portal's number."""

    INVOICE = 1
    SELF_INVOICE = 2
    REVISED_INVOICE = 3
    DEBIT_NOTE = 4
    CREDIT_NOTE = 5
    RECEIPT_VOUCHER = 6
    PAYMENT_VOUCHER = 7
    REFUND_VOUCHER = 8
    CHALLAN_JOB_WORK = 9
    CHALLAN_ON_APPROVAL = 10
    CHALLAN_LIQUID_GAS = 11
    CHALLAN_OTHER = 12


NATURE_NAMES: Mapping[Nature, str] = MappingProxyType(
    {
        Nature.INVOICE: "Invoices for outward supply",
        Nature.SELF_INVOICE: "Invoices for inward supply from unregistered person",
        Nature.REVISED_INVOICE: "Revised Invoice",
        Nature.DEBIT_NOTE: "Debit Note",
        Nature.CREDIT_NOTE: "Credit Note",
        Nature.RECEIPT_VOUCHER: "Receipt Voucher",
        Nature.PAYMENT_VOUCHER: "Payment Voucher",
        Nature.REFUND_VOUCHER: "Refund Voucher",
        Nature.CHALLAN_JOB_WORK: "Delivery Challan for job work",
        Nature.CHALLAN_ON_APPROVAL: "Delivery Challan for supply on approval",
        Nature.CHALLAN_LIQUID_GAS: "Delivery Challan in case of liquid gas",
        Nature.CHALLAN_OTHER: "Delivery Challan in case other than by way of supply (excluding at S no. 9 to 11)",
    }
)
"""As the portal names them."""


def _nature_of(kind: Kind) -> Nature:
    """What a document of this kind on the sale side is: an invoice, or a note that adds or takes off."""
    if kind.corrects is None:
        return Nature.INVOICE
    return Nature.DEBIT_NOTE if kind.effect is Effect.POSTS else Nature.CREDIT_NOTE


_ISSUED_KINDS = {kind.name: _nature_of(kind) for kind in OUTWARD_KINDS}
_NUMBERED_KINDS = [*_ISSUED_KINDS, *(kind.name for kind in KINDS if "challan_purpose" in kind.proposed)]
_SELF_INVOICING_KINDS = [kind.name for kind in KINDS if kind.writes_self_invoices]


_PURPOSES = {
    "JOB_WORK": Nature.CHALLAN_JOB_WORK,
    "SUPPLY_ON_APPROVAL": Nature.CHALLAN_ON_APPROVAL,
    "LIQUID_GAS": Nature.CHALLAN_LIQUID_GAS,
    "OTHER": Nature.CHALLAN_OTHER,
}
_NATURE_OF_WORD = {**_ISSUED_KINDS, **_PURPOSES, **{nature.name: nature for nature in Nature}}

# A receipt voucher is due for an advance, a refund voucher for one that is paid back, a payment voucher for what is
# paid to a supplier on reverse charge; other money is in the same series and no document of GST (section 31(3)).
_ISSUED = """
with issuing as (
  select branch.id
    from branches as branch
   where branch.organization_id = %(organization_id)s
     and branch.gst_no = %(gstin)s
     and (%(branch_id)s::text is null or branch.id = %(branch_id)s)
), issued as (
select coalesce(document.challan_purpose, document.kind) as word,
       document.number,
       document.voided_at is not null as is_cancelled
  from documents as document
  join issuing on issuing.id = document.branch_id
 where document.organization_id = %(organization_id)s
   and document.kind = any(%(kinds)s)
   and (document.dated_on between %(from_on)s and %(to_on)s or document.id = any(%(late_ids)s))
   and document.status <> 'DRAFT'
   and document.number is not null
   and not document.is_opening_balance
   and not document.is_without_gst
 union all
select 'SELF_INVOICE', document.self_invoice_number, document.voided_at is not null
  from documents as document
  join issuing on issuing.id = document.branch_id
 where document.organization_id = %(organization_id)s
   and document.kind = any(%(self_invoicing_kinds)s)
   and document.dated_on between %(from_on)s and %(to_on)s
   and document.self_invoice_number is not null
 union all
select 'SELF_INVOICE', expense.self_invoice_number, expense.deleted_at is not null
  from expenses as expense
  join issuing on issuing.id = expense.branch_id
 where expense.organization_id = %(organization_id)s
   and expense.dated_on between %(from_on)s and %(to_on)s
   and expense.self_invoice_number is not null
 union all
select voucher.word, payment.number, payment.voided_at is not null
  from payments as payment
  join issuing on issuing.id = payment.branch_id
 cross join lateral (
   select case when payment.flow = 'INCOMING' and payment.payment_type = 'ADVANCE' then 'RECEIPT_VOUCHER'
               when payment.flow = 'OUTGOING' and bool_or(advance.flow = 'INCOMING') then 'REFUND_VOUCHER'
               when payment.flow = 'OUTGOING' and bool_or(bill.is_reverse_charge) then 'PAYMENT_VOUCHER' end as word
     from allocations as allocation
     left join documents as bill
       on bill.organization_id = %(organization_id)s
      and bill.id = allocation.document_id
     left join payments as advance
       on advance.organization_id = %(organization_id)s
      and advance.id = allocation.refunded_payment_id
    where allocation.organization_id = %(organization_id)s
      and allocation.payment_id = payment.id
      and (allocation.unapplied_at is null or payment.voided_at is not null)
 ) as voucher
 where payment.organization_id = %(organization_id)s
   and payment.dated_on between %(from_on)s and %(to_on)s
   and voucher.word is not null
)
""".strip()
_EACH = Statement(
    f"""
{_ISSUED}
select word, number as first, number as last, 1 as count, is_cancelled::int as cancelled
  from issued
"""  # noqa: S608  # fragments of our own
)
# Numbers that differ in their last digits alone, are equally long and rise by one, are one row. Bytes are compared, so
# that only numbers which people too would count on from one another are put together.
_STRETCHES = Statement(
    f"""
{_ISSUED}, split as (
  select word, is_cancelled, number collate "C" as number, rtrim(number, '0123456789') collate "C" as series
    from issued
), placed as (
  select split.*,
         coalesce(nullif(substr(number, length(series) + 1), ''), '0')::numeric
         - row_number() over (partition by word, series, length(number) order by number) as place
    from split
)
select word,
       min(number) as first,
       max(number) as last,
       count(*) as count,
       count(*) filter (where is_cancelled) as cancelled
  from placed
 group by word, series, length(number), place
"""  # noqa: S608  # fragments of our own
)


async def documents_issued(books: Books, question: ReturnQuestion) -> list[IssuedRow]:
    """Return the runs of numbers that the registration issued in the days, by nature and in their order."""
    found = _in_series(await _read(books, _STRETCHES, question))
    if _are_mixed(found):
        found = _in_series(await _read(books, _EACH, question))
    return _joined(found)


async def _read(books: Books, statement: Statement, question: ReturnQuestion) -> list[IssuedRow]:
    rows = await books.rows(
        statement, kinds=_NUMBERED_KINDS, self_invoicing_kinds=_SELF_INVOICING_KINDS, **question.bounds
    )
    return [IssuedRow(nature=_NATURE_OF_WORD[row.pop("word")], **row) for row in rows]


def runs(issued: Iterable[IssuedRow]) -> list[IssuedRow]:
    """Return numbers, each by itself, as runs of consecutive ones.

    Two numbers are consecutive where they differ in one group of digits alone, which rises by one: padded to the same
    length, or not padded at all. A gap, or another way to number, begins a new run.
    """
    return _joined(_in_series(issued))


class _Stretch(Struct, frozen=True):
    """Numbers of which each follows the one before, with the first and the last of them taken apart."""

    row: IssuedRow
    first: list[str]
    last: list[str]


def _in_series(issued: Iterable[IssuedRow]) -> list[_Stretch]:
    split = [_Stretch(each, *(_DIGITS.split(number.upper()) for number in (each.first, each.last))) for each in issued]
    return sorted(split, key=lambda each: (each.row.nature, _in_order(each.first)))


def _are_mixed(stretches: Sequence[_Stretch]) -> bool:
    """Whether numbers of one stretch stand between those of another, or one number stands twice."""
    return any(
        one.row.nature == other.row.nature and _in_order(other.first) <= _in_order(one.last)
        for one, other in pairwise(stretches)
    )


def _joined(stretches: Sequence[_Stretch]) -> list[IssuedRow]:
    """Those that follow one another as one row; they are in their order."""
    found: list[list[IssuedRow]] = []
    last: list[str] = []
    for each in stretches:
        if found and found[-1][-1].nature == each.row.nature and _follows(last, each.first):
            found[-1].append(each.row)
        else:
            found.append([each.row])
        last = each.last
    return [
        IssuedRow(
            run[0].nature,
            run[0].first,
            run[-1].last,
            sum(each.count for each in run),
            sum(each.cancelled for each in run),
        )
        for run in found
    ]


def _in_order(parts: Sequence[str]) -> list[tuple[int, str]]:
    """A key by which numbers stand as people count: 9 before 10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in parts]


def _follows(parts: Sequence[str], next_parts: Sequence[str]) -> bool:
    if len(parts) != len(next_parts):
        return False
    changed = [pair for pair in zip(parts, next_parts, strict=True) if pair[0] != pair[1]]
    return len(changed) == 1 and _rises_by_one(*changed[0])


def _rises_by_one(one: str, other: str) -> bool:
    if not (one.isdigit() and other.isdigit()) or int(other) != int(one) + 1:
        return False
    return len(one) == len(other) or not (one.startswith("0") or other.startswith("0"))
