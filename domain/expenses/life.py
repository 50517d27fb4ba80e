"""The life of an expense: posted when it is entered, reversed and posted anew when it changes, reversed when deleted.

Posted journals are never changed; what neither the ledger nor a return shows is changed without a new journal.
"""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from sqlalchemy import bindparam

from domain.books import Books, found
from domain.expenses.expense import Expense, ExpenseLine, Spent
from domain.expenses.posting import posting_of
from domain.expenses.reckoning import Reckoned, Said, reckoned
from domain.happenings import Happening, difference
from domain.ledger.journals import check_period
from domain.ledger.posting import post, reverse
from domain.statements import Statement, as_rows, columns_of, insertion, replacement, tenant_select
from models.expenses import expense_lines, expenses

_NOT_POSTED = frozenset(("notes", "tags", "custom_fields"))
_OF_THE_ROW = frozenset(("id", "version", "created_at", "modified_at", "journal_id"))
_TOLD = tuple(f.name for f in fields(Expense) if f.name not in _OF_THE_ROW)

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
    """Enter an expense and post it. Locks balances. Raises: PeriodLocked, and what reckoning refuses."""
    new = await reckoned(books, said, None)
    check_period(new.expense.head.dated_on, new.facts.locked_until)
    spent = await _posted(books, new)
    await books.run(_INSERT, heads=as_rows([spent.head]), lines=as_rows(spent.lines))
    _note(books, spent.head, "CREATED")
    return spent.head


async def amend(books: Books, key: str, said: Said) -> Expense:
    """Change what was said; where it is posted, reverse the old entry and post a new one. Locks the row, then balances.

    Raises: NotFound, VersionMismatch, PeriodLocked, and what reckoning refuses.
    """
    stored = await _find_for_change(books, key)
    said = replace(said, head=_with_merged_fields(stored.head, said.head))
    new = await reckoned(books, said, stored)
    changed = new.expense
    if changed == stored:
        return stored.head
    if not _is_posted_alike(changed, stored):
        for head in (stored.head, changed.head):
            check_period(head.dated_on, new.facts.locked_until)
        await _reverse(books, stored.head)
        changed = await _posted(books, new)
    head = replace(changed.head, version=stored.head.version + 1, modified_at=books.now)
    await books.run(_REPLACE, rows=as_rows([head]))
    if changed.lines != stored.lines:
        await books.run(_DELETE_LINES, id=key)
        await books.run(_INSERT_LINES, rows=as_rows(changed.lines))
    _note(books, head, "UPDATED", _changes(stored, Spent(head, changed.lines)))
    return head


async def delete(books: Books, key: str) -> None:
    """Reverse an expense and show it no more; the row stays. Locks the row, then balances.

    Raises: NotFound, VersionMismatch, PeriodLocked.
    """
    stored = await _find_for_change(books, key)
    locked_until = await books.value(_LOCKED_UNTIL)
    check_period(stored.head.dated_on, locked_until)
    await _reverse(books, stored.head)
    gone = replace(stored.head, deleted_at=books.now, version=stored.head.version + 1, modified_at=books.now)
    await books.run(_REPLACE, rows=as_rows([gone]))
    _note(books, gone, "DELETED")


_LOCKED_UNTIL = Statement("select locked_until from organizations where id = %(organization_id)s")


async def _find_for_change(books: Books, key: str) -> Spent:
    head = found(await books.load_one(Expense, _FOR_CHANGE, id=key), "Expense", key)
    books.expect_version("Expense", head.version)
    return Spent(head, await books.load(ExpenseLine, _LINES, id=key))


async def _posted(books: Books, new: Reckoned) -> Spent:
    posting = await posting_of(books, new)
    if posting is not None:
        await post(books, posting)
    return replace(new.expense, head=replace(new.expense.head, journal_id=posting[0].id if posting else None))


async def _reverse(books: Books, head: Expense) -> None:
    if head.journal_id is not None:
        narration = f"Reversal of expense {head.reference_number or head.id}"
        await reverse(books, head.journal_id, entry_on=head.dated_on, narration=narration)


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
