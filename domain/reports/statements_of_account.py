"""The statement of a contact's account: what was owed at first, what papers made of it, and what is owed at last.

It is read off the ledger: what each paper moved on the accounts of what the contact owes, is owed and has advanced. The
tax inside an advance for services, which stands with the output tax until there is an invoice, counts as advanced too.
Above nought the contact owes us, below it we owe the contact.
"""

from datetime import date
from decimal import Decimal

from domain.books import Books
from domain.documents.kinds import Side
from domain.ledger.accounts import by_role
from domain.money import ZERO
from domain.payments.payment import ON_ACCOUNT
from domain.reports.question import Scope
from domain.reports.slices import Slice, Wanted
from domain.reports.slices import cut as cut_off
from domain.statements import Statement, reader_of
from domain.values import Struct


class Entry(Struct, frozen=True, kw_only=True):
    """What a paper moved on a day, in rupees; one of debit and credit is nought. ``balance`` is that after it.

    ``entry_type`` is the kind of the document, PAYMENT, WRITE_OFF or EXCHANGE_DIFFERENCE of what ``id`` names, or
    JOURNAL of an entry without a paper.
    """

    booked_on: date
    entry_type: str
    id: str
    number: str | None
    reference_number: str | None
    due_on: date | None
    debit: Decimal
    credit: Decimal
    balance: Decimal


class StatementTotals(Struct, frozen=True, kw_only=True):
    """The balances before and after the period, and all that moved in it, in rupees."""

    opening_balance: Decimal = ZERO
    debit: Decimal = ZERO
    credit: Decimal = ZERO
    closing_balance: Decimal = ZERO


class StatementOfAccount(Struct, frozen=True):
    """A slice of entries by date, and the totals; with the contact's name as it is now."""

    contact_name: str
    entries: Slice[Entry]
    totals: StatementTotals


# From the contact's papers to their journals, and from these to their lines: in this order whatever PostgreSQL knows of
# the tables. Where it knew nothing yet, it looked the papers up for each line of the books.
_STATEMENT = Statement(
    """
with paper as materialized (
  select id, kind as entity_type, number, reference_number, due_on, journal_id
    from documents
   where organization_id = %(organization_id)s
     and contact_id = %(contact_id)s
     and journal_id is not null
     and dated_on <= %(last_on)s
  union all
  select id, 'PAYMENT', number, reference_number, null, journal_id
    from payments
   where organization_id = %(organization_id)s
     and contact_id = %(contact_id)s
     and dated_on <= %(last_on)s
), posted as materialized (
  select paper.id, paper.entity_type, paper.number, paper.reference_number, paper.due_on, journal.id as journal_id,
         journal.entry_on, coalesce(journal.reverses_id, journal.id) as root_id,
         coalesce(journal.reverses_id, journal.id) = paper.journal_id as is_own
    from paper
   cross join lateral (select id, entry_on, reverses_id
                         from journals
                        where organization_id = %(organization_id)s
                          and source_id = paper.id
                          and entry_on <= %(last_on)s
                          and (%(known_at)s::timestamptz is null or posted_at <= %(known_at)s::timestamptz)
                       offset 0) as journal
  union all
  select journal.id, 'JOURNAL', journal.reference, null, null, journal.id, journal.entry_on, journal.id, true
    from journals as journal
   where journal.organization_id = %(organization_id)s
     and journal.source_id is null
     and journal.entry_on <= %(last_on)s
     and (%(known_at)s::timestamptz is null or journal.posted_at <= %(known_at)s::timestamptz)
), moved as (
  select posted.id, posted.entry_on,
         case when posted.is_own then posted.entity_type
              when exists (select from allocations
                            where allocations.organization_id = %(organization_id)s
                              and allocations.document_id = posted.id
                              and allocations.journal_id = posted.root_id
                              and allocations.is_write_off) then 'WRITE_OFF'
              else 'EXCHANGE_DIFFERENCE'
          end as entry_type,
         posted.number, posted.reference_number, posted.due_on, line.debit - line.credit as amount
    from posted
   cross join lateral (select contact_id, account_id, branch_id, debit, credit
                         from journal_lines
                        where organization_id = %(organization_id)s
                          and journal_id = posted.journal_id
                       offset 0) as line
   where (%(branch_id)s::text is null or line.branch_id = %(branch_id)s::text)
     and ((line.contact_id = %(contact_id)s and line.account_id = any(%(account_ids)s))
          or (posted.entity_type = 'PAYMENT' and line.account_id = any(%(tax_account_ids)s)))
), entry as (
  select entry_on, entry_type, id, number, reference_number, due_on, sum(amount) as amount
    from moved
   group by entry_on, entry_type, id, number, reference_number, due_on
  having sum(amount) <> 0
), opening as (
  select coalesce(sum(amount), 0.00) as balance
    from entry
   where entry_on < %(first_on)s
), running as (
  select entry_on as booked_on, entry_type, id, number, reference_number, due_on,
         greatest(amount, 0.00) as debit, greatest(-amount, 0.00) as credit,
         (select balance from opening) + sum(amount) over (order by entry_on, id, entry_type) as balance
    from entry
   where entry_on >= %(first_on)s
), listed as (
  select *
    from running
   where %(after_id)s::text is null
      or (booked_on, id, entry_type) > (%(after_on)s::date, %(after_id)s::text, %(after_type)s::text)
   order by booked_on, id, entry_type
   limit %(row_limit)s
)
select (select coalesce(json_agg(listed), '[]') from listed)::text as entries,
       (select row_to_json(whole)
          from (select (select balance from opening) as opening_balance,
                       coalesce(sum(debit), 0.00) as debit,
                       coalesce(sum(credit), 0.00) as credit,
                       (select balance from opening) + coalesce(sum(debit - credit), 0) as closing_balance
                  from running) as whole)::text as totals,
       (select contact_name
          from contacts
         where organization_id = %(organization_id)s
           and id = %(contact_id)s) as contact_name
"""
)
_read_entries = reader_of(list[Entry])
_read_totals = reader_of(StatementTotals)


async def statement_of_account(books: Books, scope: Scope, contact_id: str, wanted: Wanted) -> StatementOfAccount:
    """State the account of a contact for a period."""
    on_account = [role for side in Side for role in (side.value.control_account, ON_ACCOUNT[side].advances)]
    accounts = await by_role(books, on_account)
    tax_accounts = await by_role(books, Side.SALE.value.tax_accounts.values())
    after_on, after_id, after_type = wanted.after or (None, None, None)
    row = await books.row(
        _STATEMENT,
        contact_id=contact_id,
        first_on=scope.period.first_on,
        last_on=scope.period.last_on,
        known_at=scope.known_at,
        branch_id=scope.branch_id,
        account_ids=list(accounts.values()),
        tax_account_ids=list(tax_accounts.values()),
        after_on=after_on,
        after_id=after_id,
        after_type=after_type,
        row_limit=wanted.limit + 1,
    )
    assert row is not None, "an aggregate always gives one row"
    entries = cut_off(_read_entries(row["entries"]), wanted, _place_of)
    return StatementOfAccount(row["contact_name"], entries, _read_totals(row["totals"]))


def _place_of(entry: Entry) -> tuple[str, str, str]:
    return entry.booked_on.isoformat(), entry.id, entry.entry_type
