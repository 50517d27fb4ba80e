"""Expenses: what is paid at once, without a bill."""

from typing import Any

from domain import pages, registers
from domain.books import Books
from domain.documents.printing import prints
from domain.expenses import life, reading
from handlers.papers import wanted_paper
from handlers.registers import wanted_page
from handlers.replies import Reply, created, gone, page, printed, shown
from handlers.shapes.expenses import COLUMNS, WHOLE_COLUMNS, expense_said
from handlers.shapes.modes import with_mode

_ONE = reading.showing(WHOLE_COLUMNS)


async def list_expenses(books: Books, query: dict[str, Any]) -> Reply:
    """Show one page, with lines if they are asked for."""
    wanted = wanted_page(with_mode(query))
    columns = WHOLE_COLUMNS if query.get("include") == "line_items" else COLUMNS
    found = await pages.page(books, reading.EXPENSE_LISTING, columns, wanted)
    return page("expenses", found.rows, per_page=wanted.per_page, next_cursor=found.next_cursor, mark=found.mark)


async def get_expense(books: Books, expense_id: str) -> Reply:
    """Show one expense with its lines."""
    return shown("expense", await registers.read(books, _ONE, "Expense", expense_id))


async def get_expense_pdf(books: Books, expense_id: str, query: dict[str, Any]) -> Reply:
    """Put an expense on paper."""
    paper = await prints.of(books, "EXPENSE", expense_id, wanted_paper(query))
    return printed(paper, is_saved=query["download"])


async def create_expense(books: Books, body: dict[str, Any]) -> Reply:
    """Enter an expense and post it."""
    head = await life.record(books, expense_said(body))
    fresh = await registers.read(books, _ONE, "Expense", head.id)
    return created("expense", fresh, location=f"/api/public/v1/expenses/{head.id}")


async def update_expense(books: Books, expense_id: str, body: dict[str, Any]) -> Reply:
    """Change what was sent, and post the expense anew where that changes its entry."""
    await life.amend(books, expense_id, expense_said(body))
    return await get_expense(books, expense_id)


async def delete_expense(books: Books, expense_id: str) -> Reply:
    """Reverse the entry, and show the expense no more."""
    await life.delete(books, expense_id)
    return gone("Expense deleted.")
