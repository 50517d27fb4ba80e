"""What was sold and bought in a period, paper by paper and line by line, in rupees as the ledger holds it.

A paper is a posted document, an expense or a bill of entry; notes count below nought. What a document brought forward
from before the books began is no trade of the period. One that was voided on a later day, because a filed return shows
it, stands in the period of its date and is taken back in that of its reverse.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.documents.kinds import KIND_NAMED, Effect, Side
from domain.gst.in_rupees import tax_in_rupees, value_in_rupees
from domain.gst.itc import ItcEligibility
from domain.reports.open_items import kinds_of
from domain.reports.question import Period, Scope

TRADING = (Effect.POSTS, Effect.REVERSES)

HEADS = ("cgst", "sgst", "igst", "cess")


def values_of(
    side: Side,
    scope: Scope,
    *,
    contact_id: str | None = None,
    item_id: str | None = None,
    before: Period | None = None,
) -> dict[str, Any]:
    """The values that papers and their amounts ask for: the days of the scope, of all contacts or of one.

    With ``item_id`` only documents that have the item; ``before`` are the days to compare with.
    """
    return {
        "first_on": scope.period.first_on,
        "last_on": scope.period.last_on,
        "before_first_on": before and before.first_on,
        "before_last_on": before and before.last_on,
        "known_at": scope.known_at,
        "branch_id": scope.branch_id,
        "cost_center_id": scope.cost_center_id,
        "contact_id": contact_id,
        "item_id": item_id,
        "is_bought": bool(side.value.reverse_charge_accounts),
        "credited": [state.value for state in ItcEligibility if state.is_credited],
    }


_HEAD = """
id, number, reference_number, contact_id, contact_name, gst_no, gst_treatment, place_of_supply, branch_id,
         currency_code, exchange_rate, is_reverse_charge"""
_IS_KNOWN = """
     and (%(known_at)s::timestamptz is null or {told_at} <= %(known_at)s::timestamptz)
     and (%(branch_id)s::text is null or branch_id = %(branch_id)s::text)"""
_OF_CONTACT = """
     and (%(contact_id)s::text is null or contact_id = %(contact_id)s::text)"""
_OF_ITEM = """
     and (%(item_id)s::text is null
          or exists (select from document_lines
                      where document_lines.organization_id = %(organization_id)s
                        and document_lines.document_id = documents.id
                        and document_lines.item_id = %(item_id)s::text))"""
_IS_VOID = "voided_at is not null and (%(known_at)s::timestamptz is null or voided_at <= %(known_at)s::timestamptz)"


def _documents(kind: str, day: str, *, is_taken_back: bool) -> str:
    """Documents of a kind that are dated, or taken back, in the period."""
    sign = (1 if KIND_NAMED[kind].effect is Effect.POSTS else -1) * (-1 if is_taken_back else 1)
    standing = (
        f"     and {_IS_VOID}\n     and voided_on > dated_on\n"
        if is_taken_back
        else f"     and (not ({_IS_VOID}) or voided_on > dated_on)\n"
    )
    return f"""
  select '{kind}' as entity_type, {day} as booked_on, {str(is_taken_back).lower()} as is_cancellation, {sign} as sign,
         {_HEAD.strip()}, parent_id as original_id,
         is_reverse_charge or is_tax_paid_by_operator as is_anothers_tax, is_export_tax_claimed,
         taxable_total, cgst_total, sgst_total, igst_total, cess_total, untaxed_charges, tds_amount, total,
         null::numeric as assessable_total
    from documents
   where organization_id = %(organization_id)s
     and kind = '{kind}'
     and {day} between %(first_on)s and %(last_on)s
     and approved_at is not null
     and not is_opening_balance
{standing.rstrip()}{_IS_KNOWN.format(told_at="approved_at").rstrip()}{_OF_CONTACT}{_OF_ITEM}"""  # noqa: S608


_EXPENSES = f"""
  select 'EXPENSE' as entity_type, dated_on as booked_on, false as is_cancellation, 1 as sign,
         {_HEAD.replace("number,", "self_invoice_number as number,", 1).strip()}, null as original_id,
         is_reverse_charge as is_anothers_tax, false as is_export_tax_claimed,
         taxable_total, cgst_total, sgst_total, igst_total, cess_total, 0 as untaxed_charges, 0 as tds_amount, total,
         null::numeric as assessable_total
    from expenses
   where organization_id = %(organization_id)s
     and dated_on between %(first_on)s and %(last_on)s
     and (deleted_at is null or deleted_at > %(known_at)s::timestamptz)
     and %(item_id)s::text is null
{_IS_KNOWN.format(told_at="created_at").strip(chr(10))}{_OF_CONTACT}"""  # noqa: S608

_BILLS_OF_ENTRY = f"""
  select 'BILL_OF_ENTRY' as entity_type, dated_on as booked_on, false as is_cancellation, 1 as sign,
         id, number, port_code as reference_number, null as contact_id, null as contact_name, null as gst_no,
         null as gst_treatment, null as place_of_supply, branch_id, 'INR' as currency_code, 1 as exchange_rate,
         false as is_reverse_charge, bill_id as original_id,
         false as is_anothers_tax, false as is_export_tax_claimed,
         customs_duty_total as taxable_total, 0 as cgst_total, 0 as sgst_total, igst_total, cess_total,
         0 as untaxed_charges, 0 as tds_amount, total, assessable_total
    from bills_of_entry
   where organization_id = %(organization_id)s
     and dated_on between %(first_on)s and %(last_on)s
     and (voided_at is null or voided_at > %(known_at)s::timestamptz)
     and %(contact_id)s::text is null
     and %(item_id)s::text is null
{_IS_KNOWN.format(told_at="created_at").strip(chr(10))}"""  # noqa: S608


def sources(side: Side, *beside: str) -> list[str]:
    """The selections of papers of a side, one for each kind and day, and those ``beside`` the documents."""
    found = []
    for kind in kinds_of(side, *TRADING):
        found.append(_documents(kind, "dated_on", is_taken_back=False))
        found.append(_documents(kind, "voided_on", is_taken_back=True))
    return [*found, *beside]


BESIDE_BILLS: Mapping[str, str] = {"EXPENSE": _EXPENSES, "BILL_OF_ENTRY": _BILLS_OF_ENTRY}
"""What is bought without a bill: selections to stand beside those of documents."""


_TOLD = (
    "entity_type",
    "id",
    "booked_on",
    "is_cancellation",
    "sign",
    "number",
    "reference_number",
    "contact_id",
    "contact_name",
    "gst_no",
    "gst_treatment",
    "place_of_supply",
    "branch_id",
    "currency_code",
    "is_reverse_charge",
    "original_id",
)


def all_of(selections: list[str]) -> str:
    """All papers of the period, as SQL."""
    return "\n  union all".join(selections)


def compared(selections: list[str]) -> str:
    """All papers of the period, and those of the days to compare with (``is_before``), as SQL."""
    now = all_of(selections)
    before = now.replace("%(first_on)s", "%(before_first_on)s::date").replace("%(last_on)s", "%(before_last_on)s::date")
    return (
        f"\n  select *, false as is_before from ({now}) as now"  # noqa: S608
        f"\n  union all\n  select *, true from ({before}) as before"
    )


def first_of(selections: list[str]) -> str:
    """The first ``row_limit`` papers after ``after_on`` and ``after_id`` by day and id, as SQL.

    Each selection is cut off by itself: an index has it in this order, so that nothing else is read.
    """
    cut = [
        f"\n  (select * from ({each}\n  ) as one\n"  # noqa: S608
        "   where %(after_id)s::text is null or (booked_on, id) > (%(after_on)s::date, %(after_id)s::text)\n"
        "   order by booked_on, id\n   limit %(row_limit)s)"
        for each in selections
    ]
    return "\n  union all".join(cut) + "\n   order by booked_on, id\n   limit %(row_limit)s"


def _line_tax(head: str) -> str:
    """A head of a line's tax in rupees; of a sale none where another pays it."""
    tax = tax_in_rupees(head, document="paper", value=value_in_rupees("paper"))
    return f"case when paper.is_anothers_tax and not %(is_bought)s then 0 else {tax} end as {head}"


_LINE = ", ".join(_line_tax(head) for head in HEADS)
_LINES = f"""
        select line.id, line.position, line.item_id, line.account_id, line.name as description, line.hsn_or_sac,
               line.quantity, line.unit_code, line.rate, line.tax_category, line.tax_percentage, line.cess_percentage,
               line.itc_eligibility, line.cost_center_id,
               round(line.taxable_amount * paper.exchange_rate, 2) as value,
               {_LINE}
          from document_lines as line
         where line.organization_id = %(organization_id)s
           and line.document_id = paper.id"""  # noqa: S608
_LINES_BESIDE = f"""
        union all
        select line.id, line.position, null, line.account_id, line.note, line.hsn_or_sac,
               line.quantity, null, null, line.tax_category, line.tax_percentage, line.cess_percentage,
               line.itc_eligibility, line.cost_center_id,
               round(line.taxable_amount * paper.exchange_rate, 2),
               {_LINE}
          from expense_lines as line
         where line.organization_id = %(organization_id)s
           and line.expense_id = paper.id
        union all
        select line.id, line.position, null, line.account_id, line.description, line.hsn_or_sac,
               line.quantity, null, null, line.tax_category, line.tax_percentage, line.cess_percentage,
               line.itc_eligibility, line.cost_center_id,
               line.customs_duty, 0, 0, line.igst_amount, line.cess_amount
          from bill_of_entry_lines as line
         where line.organization_id = %(organization_id)s
           and line.bill_of_entry_id = paper.id"""  # noqa: S608


def lines_of(side: Side) -> str:
    """The lines of ``paper`` in rupees, as SQL: value, and tax by head, without the sign of the paper."""
    return _LINES if not side.value.reverse_charge_accounts else _LINES + _LINES_BESIDE


_TAX = " + ".join(HEADS)
_SUMS = ",\n           ".join(f"coalesce(sum({name}), 0) as own_{name}" for name in ("value", *HEADS))
_IN_RUPEES = ",\n         ".join(
    f"case when is_read then own_{head} when is_anothers_tax and not %(is_bought)s then 0"
    f" else {head}_total end as {head}"
    for head in HEADS
)
_SIGNED = ("value", *HEADS, "tax", "eligible_tax", "reverse_charge_tax", "export_tax_claimed", "assessable_total")


def amounts(side: Side, *, shown_lines: str | None = None, also: Sequence[str] = ()) -> str:
    """Common table expressions that make ``amount`` out of ``paper``: its amounts in rupees, notes below nought.

    What is in rupees is read off the heads, unless the lines are to be shown, a cost centre is asked for, or their
    credit matters. ``shown_lines`` is an aggregate of ``line``; ``also`` are further columns of ``paper``. Of a cost
    centre, which has no part in charges and rounding, the total is value and tax.
    """
    needs_all = shown_lines is not None or bool(side.value.reverse_charge_accounts)
    is_read = "true" if needs_all else "(paper.exchange_rate <> 1 or %(cost_center_id)s::text is not null)"
    signed = ",\n         ".join(f"sign * {name} as {name}" for name in _SIGNED)
    return f"""
read as (
  select paper.*, own.*
    from paper
   cross join lateral (
    select {_SUMS},
           coalesce(sum({_TAX}) filter (where itc_eligibility = any(%(credited)s)), 0) as eligible_tax,
           count(*) as line_count,
           {is_read} as is_read,
           {shown_lines or "null"} as lines
      from ({lines_of(side)}) as line
     where {is_read}
       and (%(cost_center_id)s::text is null or line.cost_center_id = %(cost_center_id)s::text)) as own
   where %(cost_center_id)s::text is null or own.line_count > 0
), in_rupees as (
  select *, case when is_read then own_value else taxable_total end as value,
         {_IN_RUPEES},
         case when %(cost_center_id)s::text is null then round(untaxed_charges * exchange_rate, 2) end as charges,
         case when %(cost_center_id)s::text is null then round(total * exchange_rate, 2) end as paper_total,
         round(total * exchange_rate, 2) - round((total - tds_amount) * exchange_rate, 2) as withheld
    from read
), taxed as (
  select *, {_TAX} as tax,
         case when is_anothers_tax then {_TAX} else 0 end as reverse_charge_tax,
         case when is_export_tax_claimed then {_TAX} else 0 end as export_tax_claimed_back
    from in_rupees
), amount as (
  select {", ".join((*_TOLD, *also))}, lines,
         trim_scale(exchange_rate) as exchange_rate,
         {signed.replace("sign * export_tax_claimed as", "sign * export_tax_claimed_back as")},
         case when %(is_bought)s then sign * (tax - eligible_tax) else 0 end as blocked_tax,
         sign * withheld as tds,
         sign * coalesce(charges, 0) as other_charges,
         sign * coalesce(paper_total - charges - value - tax + reverse_charge_tax + export_tax_claimed_back, 0)
           as round_off,
         sign * coalesce(paper_total, value + tax - reverse_charge_tax - export_tax_claimed_back) as total
    from taxed
)
"""  # noqa: S608  # names of columns only
