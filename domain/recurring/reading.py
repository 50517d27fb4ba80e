"""Schedules and runs read back to be shown."""

from typing import Any

from sqlalchemy import Table, bindparam, true

from domain.books import Books, found
from domain.pages import Columns
from domain.statements import Statement, from_json, tenant_select, written


def showing(table: Table, columns: Columns) -> Statement:
    """The statement that selects ``columns`` of one row by id, written as in a list: an instant has its fraction."""
    row, shown = written(table, columns)
    query = tenant_select(table, shown.label("shown")).select_from(table.join(row, true()))
    return Statement(query.where(table.c.id == bindparam("id")))


async def show(books: Books, statement: Statement, noun: str, key: str) -> dict[str, Any]:
    """Return one row as ``statement`` (see ``showing``) selects it. Raises NotFound."""
    shown: dict[str, Any] = from_json(found(await books.row(statement, id=key), noun, key)["shown"])
    return shown
