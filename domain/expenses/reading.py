"""Expenses read back: which can be listed and how, their lines, and what all lines of one have in common."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    select,
)

from domain.pages import Columns, Listing, between_dates, equal_to, mentions, modified_after
from domain.statements import Statement, gathered, tenant_select
from models.expenses import expense_lines, expenses

_line = expense_lines.c
_IS_THERE = expenses.c.deleted_at.is_(None)


def lines_of(columns: Columns) -> ColumnElement[Any]:
    """The lines of each expense as one JSON array of ``columns``: a column for a selection of expenses."""
    return gathered(expenses, expense_lines, _line.expense_id, columns)


def of_all_lines(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """What the lines of each expense have in common; absent where they differ: a column for expenses."""
    is_one = func.count(func.distinct(func.coalesce(column, literal_column("''")))) == 1
    return (
        select(case((is_one, func.min(column))))
        .where(_line.organization_id == expenses.c.organization_id, _line.expense_id == expenses.c.id)
        .correlate(expenses)
        .scalar_subquery()
    )


def rate_on_reverse_charge() -> ColumnElement[Any]:
    """The rate (percent) of all lines of an expense on reverse charge; absent where they differ or bear none."""
    lowest, highest = func.min(_line.tax_percentage), func.max(_line.tax_percentage)
    return (
        select(case((and_(expenses.c.is_reverse_charge, lowest == highest), func.trim_scale(func.nullif(lowest, 0)))))
        .where(_line.organization_id == expenses.c.organization_id, _line.expense_id == expenses.c.id)
        .correlate(expenses)
        .scalar_subquery()
    )


def showing(columns: Columns) -> Statement:
    """The statement that selects ``columns`` of one expense by id."""
    return Statement(tenant_select(expenses, *columns).where(expenses.c.id == bindparam("id"), _IS_THERE))


def _goes_to(name: str) -> ColumnElement[bool]:
    """A line of the expense goes to the account or cost centre that is asked for."""
    return (
        select(_line.id)
        .where(
            _line.organization_id == expenses.c.organization_id,
            _line.expense_id == expenses.c.id,
            _line[name] == bindparam(name),
        )
        .correlate(expenses)
        .exists()
    )


EXPENSE_LISTING = Listing(
    name="expenses",
    table=expenses,
    always=_IS_THERE,
    filters={
        "vendor_id": expenses.c.contact_id == bindparam("vendor_id"),
        "account_id": _goes_to("account_id"),
        "cost_center_id": _goes_to("cost_center_id"),
        **equal_to(expenses, "branch_id", "paid_through_account_id", "mode"),
        "is_rcm": expenses.c.is_reverse_charge == bindparam("is_rcm"),
        **between_dates(expenses.c.dated_on),
        **modified_after(expenses),
        "search": mentions(expenses.c.reference_number, expenses.c.contact_name, expenses.c.notes),
    },
    orders={"date": expenses.c.dated_on, "created_time": expenses.c.id, "last_modified_time": expenses.c.modified_at},
)
