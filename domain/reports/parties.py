"""What was traded with each contact in a period: value, tax and total in rupees, notes taken off."""

from decimal import Decimal
from functools import lru_cache

from domain.books import Books
from domain.documents.kinds import Side
from domain.money import ZERO
from domain.reports import trade
from domain.reports.question import Period, Scope
from domain.reports.slices import Slice, Wanted
from domain.reports.slices import cut as cut_off
from domain.statements import Statement, reader_of
from domain.values import Struct


class Traded(Struct, frozen=True, kw_only=True):
    """What papers of a period come to, in rupees, and what those before did (``None`` without a comparison).

    ``other_charges`` are untaxed charges and rounding off: total = value + tax - tax on reverse charge - tax of exports
    that is claimed back + other charges.
    """

    document_count: int = 0
    value: Decimal = ZERO
    tax: Decimal = ZERO
    eligible_tax: Decimal = ZERO
    blocked_tax: Decimal = ZERO
    reverse_charge_tax: Decimal = ZERO
    export_tax_claimed: Decimal = ZERO
    other_charges: Decimal = ZERO
    total: Decimal = ZERO
    previous_value: Decimal | None = None
    previous_total: Decimal | None = None


class Trader(Traded, frozen=True, kw_only=True):
    """The same of one contact; what names none stands together."""

    contact_id: str | None
    contact_name: str | None


class Traders(Struct, frozen=True):
    """A slice of contacts by name, and all of them together."""

    contacts: Slice[Trader]
    totals: Traded


_SUMMED = ("value", "tax", "eligible_tax", "blocked_tax", "reverse_charge_tax", "export_tax_claimed", "total")
_NOW = ", ".join(f"coalesce(sum({name}) filter (where not is_before), 0.00) as {name}" for name in _SUMMED)
_BEFORE = ", ".join(
    f"case when %(before_last_on)s::date is not null then coalesce(sum({name}) filter (where is_before), 0.00) end"
    f" as previous_{name}"
    for name in ("value", "total")
)
_ALL = ", ".join(f"coalesce(sum({name}), 0.00) as {name}" for name in (*_SUMMED, "other_charges"))
_ALL_BEFORE = ", ".join(
    f"case when %(before_last_on)s::date is not null then coalesce(sum(previous_{name}), 0.00) end as previous_{name}"
    for name in ("value", "total")
)


@lru_cache
def _by_contact(side: Side, *beside: str) -> Statement:
    selections = trade.sources(side, *(trade.BESIDE_BILLS[name] for name in beside))
    return Statement(
        f"""
with paper as ({trade.compared(selections)}
), {trade.amounts(side, also=("is_before",)).strip()}, traded as (
  select contact_id,
         count(*) filter (where not is_before and not is_cancellation) as document_count,
         {_NOW},
         coalesce(sum(other_charges + round_off) filter (where not is_before), 0.00) as other_charges,
         {_BEFORE}
    from amount
   group by contact_id
), listed as (
  select traded.*, contact.contact_name
    from traded
    left join contacts as contact
      on contact.organization_id = %(organization_id)s
     and contact.id = traded.contact_id
   where %(after_id)s::text is null
      or traded.contact_id is null
      or (contact.contact_name, contact.id) > (select contact_name, id
                                                 from contacts
                                                where organization_id = %(organization_id)s
                                                  and id = %(after_id)s::text)
   order by traded.contact_id is null, contact.contact_name, contact.id
   limit %(row_limit)s
)
select (select coalesce(json_agg(listed), '[]') from listed)::text as contacts,
       (select row_to_json(whole)
          from (select coalesce(sum(document_count), 0) as document_count, {_ALL}, {_ALL_BEFORE}
                  from traded) as whole)::text as totals
"""  # noqa: S608  # no value in it
    )


_read_contacts = reader_of(list[Trader])
_read_totals = reader_of(Traded)


async def traded(
    books: Books,
    side: Side,
    scope: Scope,
    wanted: Wanted,
    *,
    before: Period | None = None,
    beside: tuple[str, ...] = (),
) -> Traders:
    """Add up the papers of a side by contact, with those ``beside`` documents (``trade.BESIDE_BILLS``).

    ``before`` are the days to compare with.
    """
    row = await books.row(
        _by_contact(side, *beside),
        **trade.values_of(side, scope, before=before),
        after_id=None if wanted.after is None else wanted.after[0],
        row_limit=wanted.limit + 1,
    )
    assert row is not None, "an aggregate always gives one row"
    contacts = cut_off(_read_contacts(row["contacts"]), wanted, lambda each: (each.contact_id or "",))
    return Traders(contacts, _read_totals(row["totals"]))
