"""What stands open of documents and payments at the end of a day, as the books told it at an instant.

What was open then is what is open now and what was settled later, so the cost follows what is open and what was
settled since, not the age of the books. Documents and payments of later days do not exist yet.
"""

from collections.abc import Mapping
from typing import Any

from domain.documents.kinds import KINDS, Effect, Side
from domain.payments.payment import FLOWS
from domain.reports.question import Scope
from models.payments import SETTLEMENT


def values_of(side: Side, scope: Scope, contact_id: str | None = None) -> Mapping[str, Any]:
    """The values that ``ITEMS`` asks for: at the last day of the scope, of all contacts or of one."""
    return {
        "as_of": scope.period.last_on,
        "known_at": scope.known_at,
        "branch_id": scope.branch_id,
        "contact_id": contact_id,
        "due_kinds": kinds_of(side, Effect.POSTS),
        "kinds": kinds_of(side, Effect.POSTS, Effect.REVERSES),
        "flows": [name for name, flow in FLOWS.items() if flow.side is side],
    }


def kinds_of(side: Side, *effects: Effect) -> list[str]:
    """The names of the kinds of a side with one of these effects."""
    return [kind.name for kind in KINDS if kind.side is side and kind.effect in effects]


# A refund is of the other flow, and always applied in full: it never stands open. What was voided stands
# until the day of its reverse. The conditions on `balance` and `unallocated` are written as those of the indexes are.
_PAPER = """
paper.id, paper.kind, paper.branch_id, paper.contact_id, paper.number, paper.reference_number, paper.dated_on,
         paper.due_on, paper.currency_code, paper.exchange_rate, paper.total, paper.approved_at as told_at"""
_MONEY = f"""
money.id, money.branch_id, money.contact_id, money.number, money.reference_number, money.dated_on,
         money.currency_code, money.exchange_rate,
         {SETTLEMENT} as total,
         money.cgst_left + money.sgst_left + money.igst_left as tax, money.created_at as told_at"""
_TAX = "cgst_amount + sgst_amount + igst_amount as tax"

ITEMS = f"""
moved as (
  select document_id, note_id, payment_id, refunded_payment_id, amount, {_TAX}
    from allocations
   where organization_id = %(organization_id)s
     and applied_on > %(as_of)s
     and unapplied_at is null
  union all
  select document_id, note_id, payment_id, refunded_payment_id, amount, {_TAX}
    from allocations
   where organization_id = %(organization_id)s
     and created_at > %(known_at)s::timestamptz
     and applied_on <= %(as_of)s
     and unapplied_at is null
  union all
  select document_id, note_id, payment_id, refunded_payment_id, -amount, -(cgst_amount + sgst_amount + igst_amount)
    from allocations
   where organization_id = %(organization_id)s
     and unapplied_at > %(known_at)s::timestamptz
     and created_at <= %(known_at)s::timestamptz
     and applied_on <= %(as_of)s
  union all
  select allocations.document_id, null, allocations.payment_id, allocations.refunded_payment_id, -allocations.amount,
         -(allocations.cgst_amount + allocations.sgst_amount + allocations.igst_amount)
    from payments as money
    join allocations
      on allocations.organization_id = %(organization_id)s
     and allocations.payment_id = money.id
     and allocations.unapplied_at = money.voided_at
     and allocations.applied_on <= %(as_of)s
   where money.organization_id = %(organization_id)s
     and money.voided_on > %(as_of)s
     and (%(known_at)s::timestamptz is null or money.voided_at <= %(known_at)s::timestamptz)
), change as materialized (
  select id, sum(amount) as moved_amount, sum(tax) as moved_tax
    from (select document_id as id, amount, 0 as tax from moved where document_id is not null
          union all
          select note_id, amount, 0 from moved where note_id is not null
          union all
          select payment_id, amount, tax from moved where payment_id is not null
          union all
          select refunded_payment_id, amount, tax from moved where refunded_payment_id is not null) as each
   group by id
), paper as (
  select {_PAPER.strip()}, paper.balance as left_now
    from documents as paper
   where paper.organization_id = %(organization_id)s
     and paper.balance > 0
     and paper.journal_id is not null
  union all
  select {_PAPER.strip()}, 0
    from change
    join documents as paper
      on paper.organization_id = %(organization_id)s
     and paper.id = change.id
   where paper.balance = 0
     and paper.journal_id is not null
     and paper.voided_at is null
  union all
  select {_PAPER.strip()}, paper.total - paper.tds_amount
    from documents as paper
   where paper.organization_id = %(organization_id)s
     and paper.voided_on > %(as_of)s
     and paper.journal_id is not null
  union all
  select {_PAPER.strip()}, paper.total - paper.tds_amount
    from documents as paper
   where paper.organization_id = %(organization_id)s
     and paper.voided_at > %(known_at)s::timestamptz
     and (paper.voided_on is null or paper.voided_on <= %(as_of)s)
     and paper.journal_id is not null
), money as (
  select {_MONEY.strip()}, money.flow, money.unallocated as left_now
    from payments as money
   where money.organization_id = %(organization_id)s
     and money.unallocated > 0
  union all
  select {_MONEY.strip()}, money.flow, 0
    from change
    join payments as money
      on money.organization_id = %(organization_id)s
     and money.id = change.id
   where money.unallocated = 0
     and money.voided_at is null
  union all
  select {_MONEY.replace("_left", "_amount").strip()}, money.flow, {SETTLEMENT}
    from payments as money
   where money.organization_id = %(organization_id)s
     and (money.voided_at > %(known_at)s::timestamptz or money.voided_on > %(as_of)s)
), item as (
  select paper.id, paper.kind as entity_type,
         case when paper.kind = any(%(due_kinds)s) then 'DUE' else 'NOTE' end as standing,
         paper.branch_id, paper.contact_id, paper.number, paper.reference_number, paper.dated_on,
         coalesce(paper.due_on, paper.dated_on) as due_on, paper.currency_code, paper.exchange_rate, paper.total,
         paper.left_now + coalesce(change.moved_amount, 0) as open,
         0 as tax
    from paper
    left join change using (id)
   where paper.kind = any(%(kinds)s)
     and paper.dated_on <= %(as_of)s
     and (%(known_at)s::timestamptz is null or paper.told_at <= %(known_at)s::timestamptz)
     and (%(branch_id)s::text is null or paper.branch_id = %(branch_id)s::text)
     and (%(contact_id)s::text is null or paper.contact_id = %(contact_id)s::text)
     and paper.left_now + coalesce(change.moved_amount, 0) <> 0
  union all
  select money.id, 'PAYMENT', 'ADVANCE', money.branch_id, money.contact_id, money.number, money.reference_number,
         money.dated_on, money.dated_on, money.currency_code, money.exchange_rate, money.total,
         money.left_now + coalesce(change.moved_amount, 0),
         money.tax + coalesce(change.moved_tax, 0)
    from money
    left join change using (id)
   where money.flow = any(%(flows)s)
     and money.dated_on <= %(as_of)s
     and (%(known_at)s::timestamptz is null or money.told_at <= %(known_at)s::timestamptz)
     and (%(branch_id)s::text is null or money.branch_id = %(branch_id)s::text)
     and (%(contact_id)s::text is null or money.contact_id = %(contact_id)s::text)
     and money.left_now + coalesce(change.moved_amount, 0) <> 0
), open_item as (
  select *, round(open * exchange_rate, 2) as rupees
    from item
)
"""  # noqa: S608  # names of columns only
"""Common table expressions: ``open_item`` has a row for each document, note and payment that stands open.

``standing`` is DUE, NOTE or ADVANCE (money on account). ``open`` is what is left in its currency, ``rupees`` the same
at its own rate, as the ledger holds it; ``tax`` is what of an advance for services stands with the output tax (CGST
Act, section 13(2)).
"""
