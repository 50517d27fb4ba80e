"""Advances for services: the tax that is due when the money comes, and given back when the invoice is there.

An advance and what it was applied to within the same days leave nothing of either: only the rest is told as received
(table 11A), and only what came before the days as adjusted in them (11B). Advances for goods bear no tax, and what is
supplied without payment of tax none either. Source: CGST Act 2017, sections 12, 13(2) and 31(3)(d) to (f); Notification
66/2017-CT; FORM GSTR-1, table 11.
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from domain.books import Books
from domain.gst.returns.question import ReturnQuestion
from domain.money import ZERO
from domain.statements import Statement
from domain.values import Struct


class AdvanceTable(StrEnum):
    """A part of table 11, by its name in the portal's file: received, or adjusted."""

    RECEIVED = "at"
    ADJUSTED = "txpd"


_WHY = {
    ("RECEIVED", True): "An advance for services, taxed when it is received: table 11A.",
    ("APPLIED", True): "Invoiced in the same period in which it was received: taken off table 11A.",
    ("REFUNDED", True): "Paid back in the same period in which it was received: taken off table 11A.",
    ("APPLIED", False): "Received in an earlier period and invoiced now: table 11B.",
    ("REFUNDED", False): "Received in an earlier period and paid back now, without a supply: table 11B.",
}


class Advance(Struct, frozen=True, kw_only=True):
    """What moved of an advance: received, applied to an invoice, or paid back; amounts in rupees, none below zero.

    ``sign`` is that with which it counts in ``table``. ``taxable`` is net of the tax inside (CGST Rules, rule 35).
    ``moved_on`` is the day of it; ``document_id`` and ``document_number`` are those of the invoice, or of the refund.
    """

    table: AdvanceTable
    sign: int
    payment_id: str
    number: str
    received_on: date
    moved_on: date
    contact_id: str
    contact_name: str
    branch_id: str
    gstin: str
    place_of_supply: str
    supply_type: str
    rate: Decimal
    taxable: Decimal
    igst: Decimal
    cgst: Decimal
    sgst: Decimal
    document_id: str | None
    document_number: str | None
    why: str

    @property
    def cess(self) -> Decimal:
        """None: services bear no compensation cess."""
        return ZERO

    @property
    def tax(self) -> Decimal:
        """All heads together, in rupees."""
        return self.igst + self.cgst + self.sgst


# What a payment met as it was recorded has no tax inside, and goes out again on the same day.
_MOVED = Statement(
    """
with advance as (
  select payment.*, branch.gst_no as gstin
    from payments as payment
    join branches as branch
      on branch.organization_id = %(organization_id)s
     and branch.id = payment.branch_id
   where payment.organization_id = %(organization_id)s
     and payment.is_service_advance
     and payment.voided_at is null
     and (payment.dated_on <= %(to_on)s or payment.id = any(%(late_ids)s))
     and payment.cgst_amount + payment.sgst_amount + payment.igst_amount > 0
     and branch.gst_no = %(gstin)s
     and (%(branch_id)s::text is null or branch.id = %(branch_id)s)
), taken as (
  select advance.id as payment_id,
         case when allocation.payment_id = advance.id then 'APPLIED' else 'REFUNDED' end as movement,
         allocation.applied_on as moved_on,
         allocation.amount as gross,
         allocation.igst_amount,
         allocation.cgst_amount,
         allocation.sgst_amount,
         coalesce(allocation.document_id, allocation.payment_id) as document_id,
         allocation.id as allocation_id
    from advance
    join allocations as allocation
      on allocation.organization_id = %(organization_id)s
     and (allocation.payment_id = advance.id or allocation.refunded_payment_id = advance.id)
     and allocation.unapplied_at is null
), moved as (
  select advance.id as payment_id,
         'RECEIVED' as movement,
         advance.dated_on as moved_on,
         advance.unallocated + coalesce((select sum(gross) from taken where taken.payment_id = advance.id), 0) as gross,
         advance.igst_amount,
         advance.cgst_amount,
         advance.sgst_amount,
         null as document_id,
         null as allocation_id
    from advance
   union all
  select * from taken
)
select moved.movement,
       moved.moved_on,
       advance.id as payment_id,
       advance.number,
       advance.dated_on as received_on,
       advance.contact_id,
       advance.contact_name,
       advance.branch_id,
       advance.gstin,
       advance.place_of_supply,
       advance.supply_type,
       trim_scale(advance.tax_percentage) as rate,
       moved.gross - moved.igst_amount - moved.cgst_amount - moved.sgst_amount as taxable,
       moved.igst_amount as igst,
       moved.cgst_amount as cgst,
       moved.sgst_amount as sgst,
       moved.document_id,
       coalesce(document.number, refund.number) as document_number
  from moved
  join advance
    on advance.id = moved.payment_id
  left join documents as document
    on document.organization_id = %(organization_id)s
   and document.id = moved.document_id
  left join payments as refund
    on refund.organization_id = %(organization_id)s
   and refund.id = moved.document_id
 where moved.moved_on between %(from_on)s and %(to_on)s
    or advance.id = any(%(late_ids)s)
       and moved.moved_on <= greatest(advance.dated_on, %(to_on)s)
 order by advance.dated_on, advance.number, advance.id, moved.moved_on, moved.allocation_id nulls first
"""
)


async def advances(books: Books, question: ReturnQuestion) -> list[Advance]:
    """Return what moved of the registration's advances for services in the days, in the order they were received."""
    return [_advance(row, question) for row in await books.rows(_MOVED, **question.bounds)]


def _advance(row: dict[str, Any], question: ReturnQuestion) -> Advance:
    movement = row.pop("movement")
    is_received_now = row["received_on"] >= question.from_on or row["payment_id"] in question.late_ids
    return Advance(
        table=AdvanceTable.RECEIVED if is_received_now else AdvanceTable.ADJUSTED,
        sign=-1 if is_received_now and movement != "RECEIVED" else 1,
        why=_WHY[movement, is_received_now],
        **row,
    )
