"""What was sold in a period by customer and by item, notes taken off, in rupees."""

from decimal import Decimal

from domain.books import Books
from domain.documents.kinds import Side
from domain.money import ZERO
from domain.reports import trade
from domain.reports.parties import Traders, traded
from domain.reports.question import Period, Scope
from domain.reports.slices import Slice, Wanted
from domain.reports.slices import cut as cut_off
from domain.statements import Statement, reader_of
from domain.values import Struct


class SoldItem(Struct, frozen=True, kw_only=True):
    """What was sold of an item; lines that name none stand together under no item.

    ``average_price`` is value by quantity in rupees, ``None`` where the quantity is nought.
    """

    item_id: str | None
    item_name: str | None
    sku: str | None
    unit: str | None
    quantity: Decimal
    value: Decimal
    average_price: Decimal | None
    previous_quantity: Decimal | None = None
    previous_value: Decimal | None = None


class SoldTotals(Struct, frozen=True, kw_only=True):
    """The value of all items, without tax, in rupees."""

    value: Decimal = ZERO
    previous_value: Decimal | None = None


class SoldItems(Struct, frozen=True):
    """A slice of items by name, and all of them together."""

    items: Slice[SoldItem]
    totals: SoldTotals


_BY_ITEM = Statement(
    f"""
with paper as ({trade.compared(trade.sources(Side.SALE))}
), sold as (
  select line.item_id,
         coalesce(sum(paper.sign * line.quantity) filter (where not is_before), 0.00) as quantity,
         coalesce(sum(paper.sign * line.value) filter (where not is_before), 0.00) as value,
         coalesce(sum(paper.sign * line.quantity) filter (where is_before), 0.00) as previous_quantity,
         coalesce(sum(paper.sign * line.value) filter (where is_before), 0.00) as previous_value
    from paper
   cross join lateral ({trade.lines_of(Side.SALE)}) as line
   where %(cost_center_id)s::text is null or line.cost_center_id = %(cost_center_id)s::text
   group by line.item_id
), listed as (
  select sold.item_id, item.item_name, item.sku, item.unit, trim_scale(quantity) as quantity, value,
         round(value / nullif(quantity, 0), 2) as average_price,
         case when %(before_last_on)s::date is not null then trim_scale(previous_quantity) end as previous_quantity,
         case when %(before_last_on)s::date is not null then previous_value end as previous_value
    from sold
    left join items as item
      on item.organization_id = %(organization_id)s
     and item.id = sold.item_id
   where %(after_id)s::text is null
      or sold.item_id is null
      or (item.item_name, item.id) > (select item_name, id
                                        from items
                                       where organization_id = %(organization_id)s
                                         and id = %(after_id)s::text)
   order by sold.item_id is null, item.item_name, item.id
   limit %(row_limit)s
)
select (select coalesce(json_agg(listed), '[]') from listed)::text as items,
       (select row_to_json(whole)
          from (select coalesce(sum(value), 0.00) as value,
                       case when %(before_last_on)s::date is not null then coalesce(sum(previous_value), 0.00) end
                         as previous_value
                  from sold) as whole)::text as totals
"""  # noqa: S608  # no value in it
)
_read_items = reader_of(list[SoldItem])
_read_totals = reader_of(SoldTotals)


async def by_customer(books: Books, scope: Scope, wanted: Wanted, *, before: Period | None = None) -> Traders:
    """Add up what was sold in a period by customer."""
    return await traded(books, Side.SALE, scope, wanted, before=before)


async def by_item(
    books: Books, scope: Scope, wanted: Wanted, *, before: Period | None = None, contact_id: str | None = None
) -> SoldItems:
    """Add up what was sold in a period by item, to all customers or to one."""
    row = await books.row(
        _BY_ITEM,
        **trade.values_of(Side.SALE, scope, before=before, contact_id=contact_id),
        after_id=None if wanted.after is None else wanted.after[0],
        row_limit=wanted.limit + 1,
    )
    assert row is not None, "an aggregate always gives one row"
    items = cut_off(_read_items(row["items"]), wanted, lambda each: (each.item_id or "",))
    return SoldItems(items, _read_totals(row["totals"]))
