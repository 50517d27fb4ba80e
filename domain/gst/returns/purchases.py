"""Reading what was bought in a period by branches of one registration: the rows that ``inward`` classifies, in rupees.

What is bought in another currency is worth what was posted: the value at the document's rate, and the tax on that value
(CGST Rules 2017, rule 34). Opening balances and commercial notes without GST are no part of a return.
"""

from collections.abc import Sequence
from datetime import date

from domain.books import Books
from domain.documents.kinds import KINDS, Effect, Side
from domain.gst.returns.inward import Adjusted, Bought, Inward, classified
from domain.statements import Statement
from domain.values import Struct

_SIGNS = {
    kind.name: 1 if kind.effect is Effect.POSTS else -1
    for kind in KINDS
    if kind.side is Side.PURCHASE and kind.effect is not Effect.NONE
}
_SIGN = "case document.kind " + " ".join(f"when '{name}' then {sign}" for name, sign in _SIGNS.items()) + " end"
_KINDS = "'{" + ",".join(_SIGNS) + "}'"


def _tax(head: str, percent: str) -> str:
    """SQL for a head of a line's tax in rupees: as it stands, or in another currency anew on the value in rupees."""
    return (
        f"sum(sign * case when paper.exchange_rate = 1 or line.{head}_amount = 0 then line.{head}_amount "
        f"else round(posted.taxable * {percent} * 0.01, 2) end) as {head}"
    )


_AMOUNTS = ",\n       ".join(
    [
        "sum(sign * posted.taxable) as taxable",
        _tax("igst", "line.tax_percentage"),
        _tax("cgst", "(line.tax_percentage / 2)"),
        _tax("sgst", "(line.tax_percentage / 2)"),
        _tax("cess", "line.cess_percentage"),
    ]
)
_IN_RUPEES = """lateral (
   select case when paper.exchange_rate = 1 then line.taxable_amount
               else round(line.taxable_amount * paper.exchange_rate, 2) end as taxable
 ) as posted"""

_BOUGHT = Statement(
    f"""
select document.kind as kind,
       document.id as document_id,
       coalesce(document.reference_number, document.number) as number,
       document.self_invoice_number,
       document.dated_on,
       document.branch_id,
       document.contact_id,
       document.contact_name,
       document.gst_no,
       document.gst_treatment,
       document.supply_type,
       document.is_reverse_charge,
       false as is_isd_invoice,
       false as is_import,
       line.tax_category,
       trim_scale(line.tax_percentage) as rate,
       coalesce(line.itc_eligibility, 'NONE') as itc_eligibility,
       line.itc_blocked_reason,
       {_AMOUNTS.replace("paper.", "document.")}
  from documents as document
  join document_lines as line
    on line.organization_id = document.organization_id
   and line.document_id = document.id
 cross join {_IN_RUPEES.replace("paper.", "document.")}
 cross join lateral (select {_SIGN} as sign) as signed
 where document.organization_id = %(organization_id)s
   and document.kind = any({_KINDS})
   and document.dated_on between %(from_on)s and %(to_on)s
   and document.branch_id = any(%(branch_ids)s)
   and document.journal_id is not null
   and document.voided_at is null
   and not document.is_opening_balance
   and not document.is_without_gst
   and (document.is_reverse_charge or not %(is_reverse_charge_only)s)
 group by document.organization_id, document.id, line.tax_category, line.tax_percentage, line.itc_eligibility,
          line.itc_blocked_reason
 union all
select 'EXPENSE',
       expense.id,
       coalesce(expense.reference_number, expense.self_invoice_number),
       expense.self_invoice_number,
       expense.dated_on,
       expense.branch_id,
       expense.contact_id,
       expense.contact_name,
       expense.gst_no,
       expense.gst_treatment,
       expense.supply_type,
       expense.is_reverse_charge,
       false,
       false,
       line.tax_category,
       trim_scale(line.tax_percentage),
       line.itc_eligibility,
       line.itc_blocked_reason,
       {_AMOUNTS.replace("paper.", "expense.")}
  from expenses as expense
  join expense_lines as line
    on line.organization_id = expense.organization_id
   and line.expense_id = expense.id
 cross join {_IN_RUPEES.replace("paper.", "expense.")}
 cross join lateral (select 1 as sign) as signed
 where expense.organization_id = %(organization_id)s
   and expense.dated_on between %(from_on)s and %(to_on)s
   and expense.branch_id = any(%(branch_ids)s)
   and expense.journal_id is not null
   and expense.deleted_at is null
   and line.tax_category is not null
   and (expense.is_reverse_charge or not %(is_reverse_charge_only)s)
 group by expense.organization_id, expense.id, line.tax_category, line.tax_percentage, line.itc_eligibility,
          line.itc_blocked_reason
 union all
select 'BILL_OF_ENTRY',
       entry.id,
       entry.number,
       null,
       entry.dated_on,
       entry.branch_id,
       null,
       null,
       null,
       null,
       'INTER_STATE',
       false,
       false,
       true,
       line.tax_category,
       trim_scale(line.tax_percentage),
       line.itc_eligibility,
       line.itc_blocked_reason,
       sum(line.taxable_amount),
       sum(line.igst_amount),
       0,
       0,
       sum(line.cess_amount)
  from bills_of_entry as entry
  join bill_of_entry_lines as line
    on line.organization_id = entry.organization_id
   and line.bill_of_entry_id = entry.id
 where entry.organization_id = %(organization_id)s
   and entry.dated_on between %(from_on)s and %(to_on)s
   and entry.branch_id = any(%(branch_ids)s)
   and entry.voided_at is null
   and not %(is_reverse_charge_only)s
 group by entry.organization_id, entry.id, line.tax_category, line.tax_percentage, line.itc_eligibility,
          line.itc_blocked_reason
 order by dated_on, document_id, rate
"""
)
_ADJUSTED = Statement(
    """
select 'ITC_ADJUSTMENT' as kind,
       adjustment.id as document_id,
       null as number,
       null as self_invoice_number,
       adjustment.dated_on,
       adjustment.branch_id,
       bill.contact_id,
       bill.contact_name,
       bill.gst_no,
       adjustment.kind as movement,
       adjustment.reason,
       adjustment.gstr3b_table,
       adjustment.igst_amount as igst,
       adjustment.cgst_amount as cgst,
       adjustment.sgst_amount as sgst,
       adjustment.cess_amount as cess
  from itc_adjustments as adjustment
  left join documents as bill
    on bill.organization_id = adjustment.organization_id
   and bill.id = adjustment.bill_id
 where adjustment.organization_id = %(organization_id)s
   and adjustment.dated_on between %(from_on)s and %(to_on)s
   and adjustment.branch_id = any(%(branch_ids)s)
   and adjustment.voided_at is null
   and (adjustment.gstr3b_table = any('{4(B)(2),4(D)(1)}') or not %(is_to_come_back_only)s)
 order by adjustment.dated_on, adjustment.id
"""
)


class Days(Struct, frozen=True):
    """Whose purchases, and of which days: branches of one registration, the first and the last day."""

    branch_ids: Sequence[str]
    from_on: date
    to_on: date


async def inward_supplies(books: Books, days: Days) -> list[Inward]:
    """Return every figure that what was bought in these days puts into GSTR-3B."""
    return classified(await _bought(books, days), await _adjusted(books, days))


async def what_statements_follow(books: Books, days: Days) -> list[Inward]:
    """Return of these figures those of reverse charge, and of credit reversed for a time or reclaimed."""
    return classified(
        await _bought(books, days, is_reverse_charge_only=True), await _adjusted(books, days, is_to_come_back_only=True)
    )


async def _bought(books: Books, days: Days, *, is_reverse_charge_only: bool = False) -> list[Bought]:
    return await books.load(Bought, _BOUGHT, **_of(days), is_reverse_charge_only=is_reverse_charge_only)


async def _adjusted(books: Books, days: Days, *, is_to_come_back_only: bool = False) -> list[Adjusted]:
    return await books.load(Adjusted, _ADJUSTED, **_of(days), is_to_come_back_only=is_to_come_back_only)


def _of(days: Days) -> dict[str, object]:
    return {"branch_ids": list(days.branch_ids), "from_on": days.from_on, "to_on": days.to_on}
