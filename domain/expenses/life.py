"""The life of an expense: posted when it is entered, reversed and posted anew when it changes, reversed when deleted.

Posted journals are never changed; what neither the ledger nor a return shows is changed without a new journal.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam

from domain.books import Books, found
from domain.documents.kinds import BILL
from domain.documents.numbering import SELF_INVOICE_NUMBER, self_invoice_prefix
from domain.errors import InvalidState
from domain.expenses.expense import Expense, ExpenseLine, Spent
from domain.expenses.posting import posting_of
from domain.expenses.reckoning import Reckoned, Said, reckoned
from domain.financial_year import financial_year_of
from domain.gst.returns.locks import refuse_if_shown
from domain.gst.treatments import GstTreatment
from domain.happenings import Happening, difference, told_of
from domain.ids import new_id
from domain.ledger.journals import Journal, JournalLine, check_period
from domain.ledger.posting import MIRRORED, Reversal, reverse
from domain.statements import Statement, as_json, as_rows, columns_of, insertion, replacement, tenant_select
from domain.values import replace
from domain.vendor_papers import VendorPaper, refuse_twin
from models.expenses import expense_lines, expenses
from models.ledger import journal_lines, journals

_NOT_POSTED = frozenset(("mode", "notes", "tags", "custom_fields"))
_TOLD = told_of(Expense, "journal_id", "number_scope", "financial_year")

# The number is taken first, because every posting locks its series before balances.
_POST = Statement(
    f"""
with numbered as materialized (
  select {SELF_INVOICE_NUMBER} as number
    from json_to_record(%(place)s)
      as place(branch_id text, number_scope text, financial_year text, self_prefix text)
), {MIRRORED.strip()}, journal as (
  {insertion(journals, Journal, parameter="journals")}
), entries as (
  {insertion(journal_lines, JournalLine, parameter="entries")}
)
select number from numbered
"""  # noqa: S608  # names of tables and columns only
)
_INSERT = Statement(
    f"with head as ({insertion(expenses, Expense, parameter='heads')})\n"
    f"{insertion(expense_lines, ExpenseLine, parameter='lines')}"
)
_REPLACE = Statement(replacement(expenses, Expense))
_INSERT_LINES = Statement(insertion(expense_lines, ExpenseLine))
_DELETE_LINES = Statement(
    "delete from expense_lines where organization_id = %(organization_id)s and expense_id = %(id)s"
)
_FOR_CHANGE = Statement(
    tenant_select(expenses, *columns_of(expenses, Expense))
    .where(expenses.c.id == bindparam("id"), expenses.c.deleted_at.is_(None))
    .with_for_update()
)
_LINES = Statement(
    tenant_select(expense_lines, *columns_of(expense_lines, ExpenseLine))
    .where(expense_lines.c.expense_id == bindparam("id"))
    .order_by(expense_lines.c.position)
)


async def record(books: Books, said: Said) -> Expense:
    """Enter an expense and post it; on reverse charge it may take the number of a self-invoice.

    Locks that series, then balances. Raises: PeriodLocked, and what reckoning refuses.
    """
    new = await reckoned(books, said, None)
    check_period(new.expense.head.dated_on, new.facts.locked_until)
    await _refuse_twin(books, new.expense.head)
    spent = await _posted(books, new)
    await books.run(_INSERT, heads=as_rows([spent.head]), lines=as_rows(spent.lines))
    _note(books, spent.head, "CREATED")
    return spent.head


async def amend(books: Books, key: str, said: Said) -> Expense:
    """Change what was said; where it is posted, reverse the old entry and post a new one.

    Locks the row, then the series of self-invoices, then balances. Raises: NotFound, VersionMismatch, PeriodLocked,
    InvalidState for what has a self-invoice and would leave its series, and what reckoning refuses.
    """
    stored = await _find_for_change(books, key)
    said = replace(said, head=_with_merged_fields(stored.head, said.head))
    new = await reckoned(books, said, stored)
    changed = new.expense
    if changed == stored:
        return stored.head
    await _refuse_twin(books, changed.head)
    if not _is_posted_alike(changed, stored):
        for head in (stored.head, changed.head):
            check_period(head.dated_on, new.facts.locked_until)
        await _refuse_if_shown(books, stored.head)
        _check_series(stored.head, changed.head)
        changed = await _posted(books, new, instead_of=stored.head)
    head = replace(changed.head, version=stored.head.version + 1, modified_at=books.now)
    await books.run(_REPLACE, rows=as_rows([head]))
    if changed.lines != stored.lines:
        await books.run(_DELETE_LINES, id=key)
        await books.run(_INSERT_LINES, rows=as_rows(changed.lines))
    _note(books, head, "UPDATED", _changes(stored, Spent(head, changed.lines)))
    return head


async def delete(books: Books, key: str) -> None:
    """Reverse an expense and show it no more; the row stays, and the number of its self-invoice is used.

    Locks the row, then balances.

    Raises: NotFound, VersionMismatch, PeriodLocked.
    """
    stored = await _find_for_change(books, key)
    locked_until = await books.value(_LOCKED_UNTIL)
    check_period(stored.head.dated_on, locked_until)
    await _refuse_if_shown(books, stored.head)
    if stored.head.journal_id is not None:
        narration = _reversal_of(stored.head)
        await reverse(books, stored.head.journal_id, entry_on=stored.head.dated_on, narration=narration)
    gone = replace(stored.head, deleted_at=books.now, version=stored.head.version + 1, modified_at=books.now)
    await books.run(_REPLACE, rows=as_rows([gone]))
    _note(books, gone, "DELETED")


async def _refuse_if_shown(books: Books, head: Expense) -> None:
    """Refuse to reverse an expense that a filed return shows. Raises PeriodLocked."""
    advice = "Take the credit back with an ITC adjustment dated after that."
    await refuse_if_shown(books, head.id, on=head.dated_on, advice=advice)


_LOCKED_UNTIL = Statement("select locked_until from organizations where id = %(organization_id)s")


async def _find_for_change(books: Books, key: str) -> Spent:
    head = found(await books.load_one(Expense, _FOR_CHANGE, id=key), "Expense", key)
    books.expect_version("Expense", head.version)
    return Spent(head, await books.load(ExpenseLine, _LINES, id=key))


async def _posted(books: Books, new: Reckoned, *, instead_of: Expense | None = None) -> Spent:
    """Reverse the entry that it had, post the expense, and give it the number of a self-invoice if it needs one."""
    reversals = _reversals(instead_of)
    posting, place, head = await posting_of(books, new), _place_in_series(new), new.expense.head
    number = await books.value(
        _POST,
        place=as_json(place),
        reversals=as_rows(reversals),
        journals=as_rows([posting[0]] if posting else []),
        entries=as_rows(posting[1] if posting else []),
        happened_at=books.now,
        user_id=books.user_id,
    )
    if number is not None:
        series = {name: place[name] for name in ("number_scope", "financial_year")}
        head = replace(head, self_invoice_number=number, **series)
    return replace(new.expense, head=replace(head, journal_id=posting[0].id if posting else None))


async def _refuse_twin(books: Books, head: Expense) -> None:
    """Refuse what a bill or another expense of the vendor is. Locks the number of his paper. Raises Duplicate."""
    paper = VendorPaper.behind(head, BILL.name)
    if paper is not None and (paper.contact_id or paper.gst_no):
        await refuse_twin(books, paper)


def _place_in_series(new: Reckoned) -> dict[str, Any]:
    """What the number of a self-invoice is taken from; ``self_prefix`` is ``None`` where it has one or needs none."""
    head, facts = new.expense.head, new.facts
    prefix = self_invoice_prefix(
        GstTreatment(head.gst_treatment) if head.gst_treatment else None,
        is_reverse_charge=head.is_reverse_charge,
        prefixes=facts.prefixes,
        on=head.dated_on,
    )
    return {
        "branch_id": head.branch_id,
        "number_scope": facts.number_scope,
        "financial_year": financial_year_of(head.dated_on).label,
        "self_prefix": None if head.self_invoice_number else prefix,
    }


def _check_series(stored: Expense, wanted: Expense) -> None:
    """Refuse to take an expense out of the series of its self-invoice, where its number would be missing."""
    number = stored.self_invoice_number
    if number is None:
        return
    if wanted.branch_id != stored.branch_id:
        raise InvalidState(f"Its self-invoice {number} is of another branch; delete it instead.", field="branch_id")
    if financial_year_of(wanted.dated_on).label != stored.financial_year:
        raise InvalidState(f"Its self-invoice {number} is of {stored.financial_year}; delete it instead.", field="date")


def _reversals(head: Expense | None) -> list[Reversal]:
    if head is None or head.journal_id is None:
        return []
    return [Reversal(head.journal_id, new_id("je"), head.dated_on, _reversal_of(head))]


def _reversal_of(head: Expense) -> str:
    return f"Reversal of expense {head.reference_number or head.id}"


def _is_posted_alike(one: Spent, other: Spent) -> bool:
    kept = {name: getattr(other.head, name) for name in _NOT_POSTED}
    return replace(one.head, **kept) == other.head and one.lines == other.lines


def _with_merged_fields(head: Expense, said: Mapping[str, Any]) -> dict[str, Any]:
    custom_fields = said.get("custom_fields")
    return dict(said) if custom_fields is None else {**said, "custom_fields": {**head.custom_fields, **custom_fields}}


def _changes(old: Spent, new: Spent) -> dict[str, dict[str, Any]]:
    lines = {"line_items": {"old": old.lines, "new": new.lines}} if old.lines != new.lines else {}
    return difference(old.head, new.head, _TOLD) | lines


def _note(books: Books, head: Expense, verb: str, changes: dict[str, dict[str, Any]] | None = None) -> None:
    summary = {"total": head.total, "contact_id": head.contact_id, "date": head.dated_on}
    books.happened(Happening(f"EXPENSE_{verb}", "EXPENSE", head.id, head.reference_number, changes or {}, summary))
