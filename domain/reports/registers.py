"""The sales and the purchase register: the papers of a period by date, with their lines, and what they come to.

Value, tax by head and total of each paper are what it posted: total = value + tax - tax on reverse charge - tax of
exports that is claimed back + charges + round-off. Notes, and what is taken back, stand below nought.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache

from domain.books import Books
from domain.documents.kinds import Side
from domain.money import ZERO
from domain.reports import trade
from domain.reports.question import Scope
from domain.reports.slices import Slice, Wanted
from domain.reports.slices import cut as cut_off
from domain.statements import Statement, reader_of
from domain.values import Struct


class Amounts(Struct, frozen=True, kw_only=True):
    """What papers come to, in rupees. ``tax`` is all heads; of purchases it is eligible for credit or blocked."""

    value: Decimal = ZERO
    cgst: Decimal = ZERO
    sgst: Decimal = ZERO
    igst: Decimal = ZERO
    cess: Decimal = ZERO
    tax: Decimal = ZERO
    eligible_tax: Decimal = ZERO
    blocked_tax: Decimal = ZERO
    reverse_charge_tax: Decimal = ZERO
    export_tax_claimed: Decimal = ZERO
    other_charges: Decimal = ZERO
    round_off: Decimal = ZERO
    total: Decimal = ZERO
    tds: Decimal = ZERO


class RegisteredLine(Struct, frozen=True, kw_only=True):
    """A line of a paper: amounts in rupees, ``rate`` in its currency. ``value`` is duty on a bill of entry."""

    id: str
    item_id: str | None
    account_id: str
    description: str | None
    hsn_or_sac: str | None
    quantity: Decimal | None
    unit_code: str | None
    rate: Decimal | None
    tax_category: str | None
    tax_percentage: Decimal
    cess_percentage: Decimal
    itc_eligibility: str | None
    cost_center_id: str | None
    value: Decimal
    cgst: Decimal
    sgst: Decimal
    igst: Decimal
    cess: Decimal


class Registered(Amounts, frozen=True, kw_only=True):
    """A paper: ``entity_type`` is the kind of a document, EXPENSE or BILL_OF_ENTRY; ``id`` is that of its kind.

    ``booked_on`` is its date, of what takes one back (``is_cancellation``) the date of that. ``assessable_total`` is
    what customs valued goods at, ``None`` of anything else.
    """

    entity_type: str
    id: str
    booked_on: date
    is_cancellation: bool
    number: str | None
    reference_number: str | None
    contact_id: str | None
    contact_name: str | None
    gst_no: str | None
    gst_treatment: str | None
    place_of_supply: str | None
    branch_id: str
    currency_code: str
    exchange_rate: Decimal
    is_reverse_charge: bool
    original_id: str | None
    assessable_total: Decimal | None
    lines: list[RegisteredLine]


class RegisterTotals(Amounts, frozen=True, kw_only=True):
    """All papers of the period together."""

    paper_count: int


class Register(Struct, frozen=True):
    """A slice of papers by date, and the totals of the period; ``None`` on the slices after the first."""

    papers: Slice[Registered]
    totals: RegisterTotals | None


_BESIDE: Mapping[Side, tuple[str, ...]] = {Side.SALE: (), Side.PURCHASE: tuple(trade.BESIDE_BILLS.values())}
_SIGNED = ("quantity", "value", *trade.HEADS)
_NUMBERS = ("quantity", "rate", "tax_percentage", "cess_percentage")


def _member(name: str) -> str:
    value = f"paper.sign * line.{name}" if name in _SIGNED else f"line.{name}"
    return f"'{name}', trim_scale({value})" if name in _NUMBERS else f"'{name}', {value}"


_LINES = (
    f"coalesce(json_agg(json_build_object({', '.join(map(_member, RegisteredLine.__struct_fields__))})"
    " order by line.position), '[]')"
)
_TOTALS = ", ".join(f"coalesce(sum({name}), 0.00) as {name}" for name in Amounts.__struct_fields__)


@lru_cache
def _papers(side: Side) -> Statement:
    selections = trade.sources(side, *_BESIDE[side])
    return Statement(
        f"""
with paper as materialized ({trade.first_of(selections)}
), {trade.amounts(side, shown_lines=_LINES).strip()}
select coalesce(json_agg(amount order by booked_on, id), '[]')::text
  from amount
"""  # noqa: S608  # no value in it
    )


@lru_cache
def _totals(side: Side) -> Statement:
    selections = trade.sources(side, *_BESIDE[side])
    return Statement(
        f"""
with paper as ({trade.all_of(selections)}
), {trade.amounts(side).strip()}
select row_to_json(whole)::text
  from (select count(*) as paper_count, {_TOTALS} from amount) as whole
"""  # noqa: S608  # no value in it
    )


_read_papers = reader_of(list[Registered])
_read_totals = reader_of(RegisterTotals)


async def register(
    books: Books,
    side: Side,
    scope: Scope,
    wanted: Wanted,
    *,
    contact_id: str | None = None,
    item_id: str | None = None,
) -> Register:
    """List what was sold or bought in a period: of all contacts or of one, of all items or where one is among them."""
    papers = await register_slice(books, side, scope, wanted, contact_id=contact_id, item_id=item_id)
    if wanted.after is not None:
        return Register(papers, None)
    totals = await books.value(_totals(side), **trade.values_of(side, scope, contact_id=contact_id, item_id=item_id))
    return Register(papers, _read_totals(totals))


async def register_slice(
    books: Books, side: Side, scope: Scope, wanted: Wanted, *, contact_id: str | None = None, item_id: str | None = None
) -> Slice[Registered]:
    """The same without totals, for exports."""
    after_on, after_id = wanted.after or (None, None)
    values = trade.values_of(side, scope, contact_id=contact_id, item_id=item_id)
    found = await books.value(_papers(side), **values, after_on=after_on, after_id=after_id, row_limit=wanted.limit + 1)
    return cut_off(_read_papers(found), wanted, lambda paper: (paper.booked_on.isoformat(), paper.id))
