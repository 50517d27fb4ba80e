"""What is unpaid, document by document: what customers and vendors have to be asked, with the days past due.

Notes and payments that are applied to nothing are listed with it, below nought, so that each contact's lines add up to
the net of the aging report.
"""

from datetime import date
from decimal import Decimal

from domain.books import Books
from domain.documents.kinds import Side
from domain.money import ZERO
from domain.reports.open_items import ITEMS, values_of
from domain.reports.question import Scope
from domain.reports.slices import Slice, Wanted
from domain.reports.slices import cut as cut_off
from domain.statements import Statement, reader_of
from domain.values import Struct


class Unpaid(Struct, frozen=True, kw_only=True):
    """One open document, note or payment. ``entity_type`` is the kind of the document, or PAYMENT.

    ``open_amount`` and ``total`` are in its own currency, ``balance`` is what stands on the ledger, in rupees; notes
    and payments are below nought. ``days_past_due`` is nought until the due date, and of notes and payments.
    """

    entity_type: str
    id: str
    contact_id: str
    contact_name: str
    number: str | None
    reference_number: str | None
    dated_on: date
    due_on: date
    branch_id: str
    currency_code: str
    exchange_rate: Decimal
    total: Decimal
    open_amount: Decimal
    balance: Decimal
    days_past_due: int


class Totals(Struct, frozen=True, kw_only=True):
    """All of it in rupees: documents, of them those past due, what is in credit, and the net."""

    document_count: int
    outstanding: Decimal = ZERO
    overdue: Decimal = ZERO
    unused_credits: Decimal = ZERO
    net: Decimal = ZERO


class Outstanding(Struct, frozen=True):
    """A slice by contact and due date, and the totals of all."""

    items: Slice[Unpaid]
    totals: Totals


_OUTSTANDING = Statement(
    f"""
with {ITEMS.strip()}, signed as (
  select entity_type, id, contact_id, number, reference_number, dated_on, due_on, branch_id, currency_code,
         trim_scale(exchange_rate) as exchange_rate, sign * total as total, sign * open as open_amount,
         sign * rupees as balance,
         case when standing = 'DUE' then greatest(%(as_of)s::date - due_on, 0) else 0 end as days_past_due
    from (select *, case when standing = 'DUE' then 1 else -1 end as sign from open_item) as item
), listed as (
  select signed.*, contact.contact_name
    from signed
    join contacts as contact
      on contact.organization_id = %(organization_id)s
     and contact.id = signed.contact_id
   where %(after_id)s::text is null
      or (contact.contact_name, contact.id, signed.due_on, signed.id)
         > ((select contact_name
               from contacts
              where organization_id = %(organization_id)s
                and id = %(after_contact_id)s::text),
            %(after_contact_id)s::text, %(after_on)s::date, %(after_id)s::text)
   order by contact.contact_name, contact.id, signed.due_on, signed.id
   limit %(row_limit)s
)
select (select coalesce(json_agg(listed), '[]') from listed)::text as items,
       (select row_to_json(whole)
          from (select count(*) filter (where balance > 0) as document_count,
                       coalesce(sum(balance) filter (where balance > 0), 0.00) as outstanding,
                       coalesce(sum(balance) filter (where days_past_due > 0), 0.00) as overdue,
                       coalesce(-sum(balance) filter (where balance < 0), 0.00) as unused_credits,
                       coalesce(sum(balance), 0.00) as net
                  from signed) as whole)::text as totals
"""  # noqa: S608  # no value in it
)
_read_items = reader_of(list[Unpaid])
_read_totals = reader_of(Totals)


async def outstanding(
    books: Books, side: Side, scope: Scope, wanted: Wanted, *, contact_id: str | None = None
) -> Outstanding:
    """List what stands open on a side of trade at the last day of the scope, of all contacts or of one."""
    after_contact_id, due_on, key = wanted.after or (None, None, None)
    row = await books.row(
        _OUTSTANDING,
        **values_of(side, scope, contact_id),
        after_contact_id=after_contact_id,
        after_on=due_on,
        after_id=key,
        row_limit=wanted.limit + 1,
    )
    assert row is not None, "an aggregate always gives one row"
    items = cut_off(_read_items(row["items"]), wanted, _place_of)
    return Outstanding(items, _read_totals(row["totals"]))


def _place_of(item: Unpaid) -> tuple[str, str, str]:
    return item.contact_id, item.due_on.isoformat(), item.id
