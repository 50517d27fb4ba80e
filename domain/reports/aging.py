"""How old it is what customers owe and what vendors are owed, contact by contact, in rupees.

What stands open is sorted by the days past its due date (or since its date). Notes and payments that are applied to
nothing stand in columns of their own and reduce the net, which adds up to the balance of the control accounts.
"""

from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from domain.books import Books
from domain.documents.kinds import Side
from domain.ledger.accounts import AccountRole, by_role
from domain.money import ZERO
from domain.payments.payment import ON_ACCOUNT
from domain.reports.balances import UpTo, up_to
from domain.reports.open_items import ITEMS, values_of
from domain.reports.question import Scope
from domain.reports.slices import Slice, Wanted
from domain.reports.slices import cut as cut_off
from domain.statements import Statement, reader_of
from domain.values import Struct, replace


class AgedBy(StrEnum):
    """From which day on the age of a document counts."""

    DUE_DATE = "DUE_DATE"
    DOCUMENT_DATE = "DOCUMENT_DATE"


BUCKETS = MappingProxyType(
    {
        "current": "days <= 0",
        "days_1_30": "days between 1 and 30",
        "days_31_60": "days between 31 and 60",
        "days_61_90": "days between 61 and 90",
        "days_over_90": "days > 90",
    }
)
"""The buckets, and the days past due that belong to each; day 90 belongs to 61 to 90."""


class Aged(Struct, frozen=True, kw_only=True):
    """Open amounts by age in rupees: ``total`` is all buckets; notes and payments on account are above nought.

    ``other_entries`` is what stands on the control accounts without a document or payment behind it, and the paise by
    which documents in other currencies differ from what was posted. ``net`` is the total less notes and payments, and
    those entries.
    """

    current: Decimal = ZERO
    days_1_30: Decimal = ZERO
    days_31_60: Decimal = ZERO
    days_61_90: Decimal = ZERO
    days_over_90: Decimal = ZERO
    total: Decimal = ZERO
    unapplied_notes: Decimal = ZERO
    unapplied_payments: Decimal = ZERO
    other_entries: Decimal = ZERO
    net: Decimal = ZERO


class AgedContact(Aged, frozen=True, kw_only=True):
    """The same of one contact; the row without one has the entries that name nobody."""

    contact_id: str | None
    contact_name: str | None


class AgedAll(Aged, frozen=True, kw_only=True):
    """The same of all; ``advance_tax`` is what of unapplied payments stands with the output tax."""

    advance_tax: Decimal = ZERO


class Control(Struct, frozen=True, kw_only=True):
    """What the net agrees with: the accounts of documents and of advances, and the tax inside advances, in rupees.

    Receivables are above nought as debits, payables as credits; advances and their tax reduce them.
    """

    account_id: str
    balance: Decimal
    advances_account_id: str
    advances_balance: Decimal
    advance_tax: Decimal

    @property
    def net(self) -> Decimal:
        """What the net of all contacts comes to."""
        return self.balance - self.advances_balance - self.advance_tax


class Aging(Struct, frozen=True):
    """A slice of contacts by name, all of them together, and what that agrees with; ``None`` for a part of the books.

    Money of one branch may settle documents of another one, so that of a branch there is no account to agree with.
    """

    contacts: Slice[AgedContact]
    totals: AgedAll
    control: Control | None


_SUMS = ",\n         ".join(
    f"coalesce(sum(rupees) filter (where {days}), 0.00) as {name}" for name, days in BUCKETS.items()
)
_ALL = ", ".join(f"coalesce(sum({name}), 0.00) as {name}" for name in AgedAll.__struct_fields__)
# What the ledger has of each contact is read only where the sum of all does not agree: it costs as much as there is.
_AGING = Statement(
    f"""
with {ITEMS.strip()}, entry as (
  select contact_id, standing, rupees, tax,
         case when standing = 'DUE'
              then %(as_of)s::date - case when %(by_due_date)s then due_on else dated_on end
          end as days
    from open_item
  union all
  select line.contact_id, 'POSTED', (line.debit - line.credit) * %(sign)s, 0, null
    from journal_lines as line
    join journals as journal
      on journal.organization_id = line.organization_id
     and journal.id = line.journal_id
   where %(reads_ledger)s
     and line.organization_id = %(organization_id)s
     and line.account_id = any(%(account_ids)s)
     and line.entry_on <= %(as_of)s
     and journal.organization_id = %(organization_id)s
     and (%(known_at)s::timestamptz is null or journal.posted_at <= %(known_at)s::timestamptz)
), summed as (
  select contact_id,
         {_SUMS},
         coalesce(sum(rupees) filter (where days is not null), 0.00) as total,
         coalesce(sum(rupees) filter (where standing = 'NOTE'), 0.00) as unapplied_notes,
         coalesce(sum(rupees) filter (where standing = 'ADVANCE'), 0.00) as unapplied_payments,
         coalesce(sum(rupees) filter (where standing = 'POSTED'), 0.00) as posted,
         sum(tax) as advance_tax
    from entry
   group by contact_id
), explained as (
  select *,
         case when %(reads_ledger)s
              then posted - (total - unapplied_notes - unapplied_payments + advance_tax)
              else 0.00
          end as other_entries
    from summed
), aged as (
  select *, total - unapplied_notes - unapplied_payments + other_entries as net
    from explained
), one as (
  select aged.contact_id, contact.contact_name, {", ".join(Aged.__struct_fields__)}
    from aged
    left join contacts as contact
      on contact.organization_id = %(organization_id)s
     and contact.id = aged.contact_id
   where (total <> 0 or unapplied_notes <> 0 or unapplied_payments <> 0 or other_entries <> 0)
     and (%(after_id)s::text is null
          or aged.contact_id is null
          or (contact.contact_name, contact.id) > (select contact_name, id
                                                     from contacts
                                                    where organization_id = %(organization_id)s
                                                      and id = %(after_id)s::text))
   order by aged.contact_id is null, contact.contact_name, contact.id
   limit %(row_limit)s
)
select (select coalesce(json_agg(one), '[]') from one)::text as contacts,
       (select row_to_json(whole) from (select {_ALL} from aged) as whole)::text as totals
"""  # noqa: S608  # names of columns only
)
_read_contacts = reader_of(list[AgedContact])
_read_totals = reader_of(AgedAll)


async def aging(books: Books, side: Side, scope: Scope, by: AgedBy, wanted: Wanted) -> Aging:
    """Age what stands open on a side of trade at the last day of the scope."""
    found = await _aged(books, side, scope, by, wanted, reads_ledger=False)
    if scope.branch_id is not None:
        return found
    control = await _control(books, side, scope, found.totals)
    if control.net != found.totals.net:
        found = await _aged(books, side, scope, by, wanted, reads_ledger=True)
    return replace(found, control=control)


async def _aged(books: Books, side: Side, scope: Scope, by: AgedBy, wanted: Wanted, *, reads_ledger: bool) -> Aging:
    accounts = await by_role(books, _roles(side))
    row = await books.row(
        _AGING,
        **values_of(side, scope),
        by_due_date=by is AgedBy.DUE_DATE,
        reads_ledger=reads_ledger,
        account_ids=list(accounts.values()),
        sign=-ON_ACCOUNT[side].sign,
        after_id=None if wanted.after is None else wanted.after[0],
        row_limit=wanted.limit + 1,
    )
    assert row is not None, "an aggregate always gives one row"
    contacts = cut_off(_read_contacts(row["contacts"]), wanted, lambda each: (each.contact_id or "",))
    return Aging(contacts, _read_totals(row["totals"]), None)


async def _control(books: Books, side: Side, scope: Scope, totals: AgedAll) -> Control:
    """What the control accounts stand at; ``totals`` tell the tax inside the advances."""
    account_id, advances_id = (await by_role(books, _roles(side))).values()
    sums, sign = (await up_to(books, scope, (scope.period.last_on,))).days[0], -ON_ACCOUNT[side].sign
    return Control(
        account_id=account_id,
        balance=sign * sums.get(account_id, UpTo()).net,
        advances_account_id=advances_id,
        advances_balance=-sign * sums.get(advances_id, UpTo()).net,
        advance_tax=totals.advance_tax,
    )


def _roles(side: Side) -> tuple[AccountRole, AccountRole]:
    return side.value.control_account, ON_ACCOUNT[side].advances
