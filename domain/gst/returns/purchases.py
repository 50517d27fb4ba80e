"""Reading what was bought in a period by branches of one registration: the rows that ``inward`` classifies, in rupees.

What is bought in another currency is worth what was posted: the value at the document's rate, and the tax on that value
(CGST Rules 2017, rule 34). Opening balances and commercial notes without GST are no part of a return.
"""

from domain.books import Books
from domain.gst.in_rupees import tax_in_rupees, value_in_rupees
from domain.gst.returns.conditions import KINDS_BOUGHT, SIGN_OF_BOUGHT
from domain.gst.returns.inward import Adjusted, Bought, Inward, classified
from domain.gst.returns.question import ReturnQuestion
from domain.statements import Statement

_SIGN = "case paper.kind " + " ".join(f"when '{name}' then {sign}" for name, sign in SIGN_OF_BOUGHT.items()) + " end"
_HEADS_IN_RUPEES = {
    head: tax_in_rupees(head, document="paper", value="posted.taxable") for head in ("igst", "cgst", "sgst", "cess")
}
_VALUE_IN_RUPEES = value_in_rupees("paper")

_BRANCHES = """array(select branch.id
                                 from branches as branch
                                where branch.organization_id = %(organization_id)s
                                  and branch.gst_no = %(gstin)s
                                  and (%(branch_id)s::text is null or branch.id = %(branch_id)s))"""

# The lines of one kind of paper, added up where they are alike in all that decides their place in the return.
_LINES = """
select {kind} as kind,
       paper.id as document_id,
       {number} as number,
       {self_invoice_number} as self_invoice_number,
       paper.dated_on,
       paper.branch_id,
       {party},
       {nature},
       coalesce(line.tax_category, 'TAXABLE') as tax_category,
       trim_scale(line.tax_percentage) as rate,
       coalesce(line.itc_eligibility, 'NONE') as itc_eligibility,
       line.itc_blocked_reason,
       sum(sign * posted.taxable) as taxable,
       sum(sign * {igst}) as igst,
       sum(sign * {cgst}) as cgst,
       sum(sign * {sgst}) as sgst,
       sum(sign * {cess}) as cess
  from {table} as paper
  join {lines} as line
    on line.organization_id = paper.organization_id
   and line.{refers} = paper.id
 cross join lateral (select {value} as taxable, {sign} as sign) as posted
 where paper.organization_id = %(organization_id)s
   and {which}
   and paper.branch_id = any({branches})
   and {stands}
   and ({is_reverse_charge} or not %(is_reverse_charge_only)s)
 group by paper.organization_id, paper.id, line.tax_category, line.tax_percentage, line.itc_eligibility,
          line.itc_blocked_reason
"""
_PARTY = """paper.contact_id,
       paper.contact_name,
       paper.gst_no,
       paper.gst_treatment"""
# Two statements in the place of one condition with an "or", so that each finds its papers by an index.
_WHICH = "{which}"
_OF_DAYS = "paper.dated_on between %(from_on)s and %(to_on)s"
_LATE_ONES = "paper.id = any(%(late_ids)s)"
_OF_DOCUMENTS = _LINES.format(
    which=_WHICH,
    branches=_BRANCHES,
    kind="paper.kind",
    number="coalesce(paper.reference_number, paper.number)",
    self_invoice_number="paper.self_invoice_number",
    party=_PARTY,
    nature="paper.supply_type, paper.is_reverse_charge, paper.is_isd_invoice, false as is_import",
    table="documents",
    lines="document_lines",
    refers="document_id",
    value=_VALUE_IN_RUPEES,
    sign=_SIGN,
    is_reverse_charge="paper.is_reverse_charge",
    stands=f"""paper.kind = any({KINDS_BOUGHT})
   and paper.journal_id is not null
   and paper.voided_at is null
   and not paper.is_opening_balance
   and not paper.is_without_gst""",
    **_HEADS_IN_RUPEES,
)
_OF_EXPENSES = _LINES.format(
    which=_WHICH,
    branches=_BRANCHES,
    kind="'EXPENSE'",
    number="coalesce(paper.reference_number, paper.self_invoice_number)",
    self_invoice_number="paper.self_invoice_number",
    party=_PARTY,
    nature="paper.supply_type, paper.is_reverse_charge, false, false",
    table="expenses",
    lines="expense_lines",
    refers="expense_id",
    value=_VALUE_IN_RUPEES,
    sign="1",
    is_reverse_charge="paper.is_reverse_charge",
    stands="""paper.journal_id is not null
   and paper.deleted_at is null
   and (line.tax_category is not null or paper.gst_treatment = 'COMPOSITION')""",
    **_HEADS_IN_RUPEES,
)
_OF_BILLS_OF_ENTRY = _LINES.format(
    which=_WHICH,
    branches=_BRANCHES,
    kind="'BILL_OF_ENTRY'",
    number="paper.number",
    self_invoice_number="null",
    party="null, null, null, null",
    nature="'INTER_STATE', false, false, true",
    table="bills_of_entry",
    lines="bill_of_entry_lines",
    refers="bill_of_entry_id",
    value="line.taxable_amount",
    sign="1",
    is_reverse_charge="false",
    stands="paper.voided_at is null",
    igst="line.igst_amount",
    cgst="0",
    sgst="0",
    cess="line.cess_amount",
)
_PAPERS = " union all ".join((_OF_DOCUMENTS, _OF_EXPENSES, _OF_BILLS_OF_ENTRY))
_IN_ORDER = " order by dated_on, document_id, rate"
_BOUGHT = Statement(_PAPERS.replace(_WHICH, _OF_DAYS) + _IN_ORDER)
_CAME_LATE = Statement(_PAPERS.replace(_WHICH, _LATE_ONES) + _IN_ORDER)
_ADJUSTED = Statement(
    f"""
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
   and adjustment.branch_id = any({_BRANCHES})
   and adjustment.voided_at is null
   and (adjustment.gstr3b_table = any('{{4(B)(2),4(D)(1)}}') or not %(is_to_come_back_only)s)
 order by adjustment.dated_on, adjustment.id
"""  # noqa: S608  # fragments of our own
)


async def inward_supplies(books: Books, question: ReturnQuestion) -> list[Inward]:
    """Return every figure that what the registration bought in the days puts into its GSTR-3B."""
    return classified(await _bought(books, question), await _adjusted(books, question))


async def what_statements_follow(books: Books, question: ReturnQuestion) -> list[Inward]:
    """Return of these figures those of reverse charge, and of credit reversed for a time or reclaimed."""
    return classified(
        await _bought(books, question, is_reverse_charge_only=True),
        await _adjusted(books, question, is_to_come_back_only=True),
    )


async def _bought(books: Books, question: ReturnQuestion, *, is_reverse_charge_only: bool = False) -> list[Bought]:
    values = {**question.bounds, "is_reverse_charge_only": is_reverse_charge_only}
    late = await books.load(Bought, _CAME_LATE, **values) if question.late_ids else []
    return late + await books.load(Bought, _BOUGHT, **values)


async def _adjusted(books: Books, question: ReturnQuestion, *, is_to_come_back_only: bool = False) -> list[Adjusted]:
    return await books.load(Adjusted, _ADJUSTED, **question.bounds, is_to_come_back_only=is_to_come_back_only)
